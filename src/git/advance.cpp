#include "git/advance.h"

#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>
#include <iterator>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

process::Result read_tree(const fs::path& checkout, const std::string& from,
                          const std::string& to) {
  process::Result result = run(checkout, {"read-tree", "-m", "-u", from, to});
  if (process::succeeded(result.outcome)) return result;
  // A file that was only touched looks changed until the index is refreshed.
  (void)run(checkout, {"update-index", "-q", "--refresh"});
  return run(checkout, {"read-tree", "-m", "-u", from, to});
}

process::Result follow(const Advance& advance, const fs::path& checkout) {
  if (advance.only_index.empty() || checkout != advance.checkouts.front()) {
    return read_tree(checkout, advance.from, advance.to);
  }
  return run(checkout, {"update-index", "--add", "-z", "--stdin"},
             join(advance.only_index, std::string(1, '\0')) + '\0');
}

std::vector<std::string> overlapping(Store& store, const Advance& advance, const fs::path& checkout,
                                     const process::Result& refusal) {
  std::vector<std::string> changed = changed_paths(store, advance.from, advance.to, "");
  std::sort(changed.begin(), changed.end());
  const process::Result status = process::run(status_command(checkout));
  std::vector<std::string> dirty;
  for (const StatusEntry& entry : parse_status(status.out).entries) dirty.push_back(entry.path);
  std::sort(dirty.begin(), dirty.end());
  std::vector<std::string> both;
  std::set_intersection(changed.begin(), changed.end(), dirty.begin(), dirty.end(),
                        std::back_inserter(both));
  if (both.empty()) both.push_back(printable_line(trim(refusal.err)));
  return both;
}

}  // namespace

AdvanceOutcome advance_branch(Store& store, RefWriter& refs, const Advance& advance) {
  std::vector<RefChange> changes = {{advance.branch, advance.from, advance.to}};
  changes.insert(changes.end(), advance.with.begin(), advance.with.end());
  InTheWay obstacle;
  const auto refused = refs.change(changes, [&] {
    for (std::size_t i = 0; i < advance.checkouts.size(); ++i) {
      const fs::path& checkout = advance.checkouts[i];
      const process::Result result = follow(advance, checkout);
      if (process::succeeded(result.outcome)) continue;
      obstacle = {checkout, overlapping(store, advance, checkout, result)};
      for (std::size_t done = 0; done < i; ++done) {
        (void)run(advance.checkouts[done], {"read-tree", "-m", "-u", advance.to, advance.from});
      }
      return false;
    }
    return true;
  });
  if (!refused) return Advanced{};
  if (refused->empty()) return obstacle;
  return Moved{*refused};
}

void put_back(const Advance& advance) {
  for (const fs::path& checkout : advance.checkouts) {
    std::error_code ignored;
    if (!fs::exists(checkout, ignored)) continue;
    const process::Result result = read_tree(checkout, advance.to, advance.from);
    if (!process::succeeded(result.outcome)) fail_git("git read-tree", result);
  }
}

}  // namespace chant::git
