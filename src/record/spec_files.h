// The spec files of a checkout, or of an index: read, parsed, and told from files that are none.
#pragma once

#include "git/index.h"
#include "git/repository.h"
#include "git/store.h"
#include "spec/lint.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::record {

// The name of the file when `path` is that of a spec file, valid id or not: directly in
// .chant/specs, ending in ".md", not hidden.
[[nodiscard]] std::optional<std::string> spec_file_name(std::string_view path);

// A file that cannot be read as a spec is an item with `broken` set.
[[nodiscard]] spec::SpecFiles load_spec_files(const git::Repository& repository);

// Makes the directory of spec files when it is gone: git takes one away with its last file.
void make_specs_directory(const git::Repository& repository);

// Those of an index, which is `head` ("" before the first commit) with these changes.
[[nodiscard]] spec::SpecFiles load_staged_specs(git::Store& store, const std::string& head,
                                                const std::vector<git::StagedChange>& changes);

// What is wrong with the spec files among the changes, seen together with all others of the index.
[[nodiscard]] std::vector<spec::Finding> lint_staged(git::Store& store, const std::string& head,
                                                     const std::vector<git::StagedChange>& changes);

}  // namespace chant::record
