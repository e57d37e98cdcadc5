// Where everything of a spec is: file, branch, refs, lock, log. The one place that makes these
// names; after a branch was made only its recorded full name is used.
#pragma once

#include "config/config.h"
#include "git/repository.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace chant::record {

[[nodiscard]] std::string spec_path(std::string_view id);  // in the repository
[[nodiscard]] std::string branch_ref(const config::Config& config, config::BranchMode mode,
                                     std::string_view id);
// refs/chant/spec/<id>/<name>: "base" (fork point), "tip" (last sealed tip), or the number of an
// attempt whose branch or leftovers are kept.
[[nodiscard]] std::string kept_ref(std::string_view id, std::string_view name);
// "spec/x" for "refs/heads/spec/x"; other refs unchanged.
[[nodiscard]] std::string short_ref(std::string_view ref);

[[nodiscard]] std::filesystem::path claim_path(const git::Repository& repository,
                                               std::string_view id);
[[nodiscard]] std::filesystem::path landing_lock_path(const git::Repository& repository);
[[nodiscard]] std::filesystem::path journal_path(const git::Repository& repository);
// Directory of the logs, prompts and scripts of a spec's attempts.
[[nodiscard]] std::filesystem::path log_directory(const git::Repository& repository,
                                                  std::string_view id);

}  // namespace chant::record
