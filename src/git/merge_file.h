// git's own three-way merge of plain text, as `git merge` does it for a file.
#pragma once

#include <filesystem>
#include <string>

namespace chant::git {

struct FileMerge {
  std::string text;
  bool conflict = false;  // marked in the style that merge.conflictStyle says
};

// `directory`: where git looks for its configuration. `marker_size` 0: git's own. Throws Error
// when git refuses, as it does for what is not text.
[[nodiscard]] FileMerge merge_file(const std::filesystem::path& directory, const std::string& base,
                                   const std::string& ours, const std::string& theirs,
                                   int marker_size);

}  // namespace chant::git
