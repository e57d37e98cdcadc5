// Rebasing without a checkout: commits made again on another tip.
#pragma once

#include "git/merge_tree.h"
#include "record/workspace.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace chant::land {

struct Replayed {
  std::string tip;
  std::vector<std::string> commits;  // that were made, oldest first
};
struct Stuck {
  std::string commit;  // that does not fit
  git::TreeMerge merge;
};

// Brings the changes of `commits` (oldest first) onto the commit `onto`, one commit for each, with
// its message, author and author's date; the committer's date is `when`. Merges are left out, and
// so are commits that have nothing left to change. What they do to the file `without` ("": none) is
// left out. Moves no ref. Throws Error.
[[nodiscard]] std::variant<Replayed, Stuck> replay(
    record::Workspace& workspace, const std::filesystem::path& directory, const std::string& onto,
    const std::vector<std::string>& commits, std::int64_t when, const std::string& without = {});

}  // namespace chant::land
