#include "git/advance.h"

#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/text.h"

#include <algorithm>
#include <set>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

enum class Mode { really, dry_run };

process::Result read_tree(const fs::path& checkout, const std::string& from, const std::string& to,
                          Mode mode = Mode::really) {
  std::vector<std::string> command = {"read-tree", "-m", "-u", from, to};
  if (mode == Mode::dry_run) command.insert(command.begin() + 1, "-n");
  process::Result result = run(checkout, command);
  if (process::succeeded(result.outcome)) return result;
  // A file that was only touched looks changed until the index is refreshed.
  (void)run(checkout, {"update-index", "-q", "--refresh"});
  return run(checkout, command);
}

process::Result follow(const Advance& advance, const fs::path& checkout, Mode mode) {
  if (advance.only_index.empty() || checkout != advance.checkouts.front()) {
    return read_tree(checkout, advance.from, advance.to, mode);
  }
  if (mode == Mode::dry_run) return {};
  return run(checkout, {"update-index", "--add", "-z", "--stdin"},
             join(advance.only_index, std::string(1, '\0')) + '\0');
}

// True when a change of one of these paths would touch `path`: itself, a directory above it, or
// what is below it.
bool concerns(const std::set<std::string>& changed, const std::string& path) {
  const std::string inside = path + "/";
  const auto below = changed.lower_bound(inside);
  if (below != changed.end() && below->compare(0, inside.size(), inside) == 0) return true;
  for (auto end = path.find('/');; end = path.find('/', end + 1)) {
    if (changed.count(path.substr(0, end)) > 0) return true;
    if (end == std::string::npos) return false;
  }
}

// Uncommitted paths that the advance would touch.
std::set<std::string> overlapping(const std::set<std::string>& changed, const fs::path& checkout) {
  const process::Result status = process::run(status_command(checkout));
  std::set<std::string> both;
  for (const StatusEntry& entry : parse_status(status.out).entries) {
    if (concerns(changed, entry.path)) both.insert(entry.path);
  }
  return both;
}

// What stands in the checkout where `path` or one of its directories would be, or "".
std::string standing_at(const fs::path& checkout, const std::string& path) {
  for (auto end = path.find('/');; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    std::error_code ignored;
    const fs::file_type type = fs::symlink_status(checkout / part, ignored).type();
    if (type == fs::file_type::not_found || type == fs::file_type::none) return "";
    if (end == std::string::npos || type != fs::file_type::directory) return part;
  }
}

// Files that git does not know where the advance adds some: `read-tree` would overwrite those that
// are ignored, and whole directories of them, without a word.
std::vector<std::string> unknown_files(Store& store, const Advance& advance,
                                       const std::set<std::string>& changed,
                                       const fs::path& checkout) {
  std::vector<std::string> candidates;
  for (const std::string& path : changed) {
    std::string standing = standing_at(checkout, path);
    if (standing.empty()) continue;
    const auto before = find_entry(store, advance.from, standing);
    if (before && before->mode != "40000") continue;
    candidates.push_back(std::move(standing));
  }
  std::vector<std::string> unknown;
  constexpr std::size_t kAtOnce = 500;
  for (std::size_t from = 0; from < candidates.size(); from += kAtOnce) {
    std::vector<std::string> command = {"--literal-pathspecs", "ls-files", "--others", "-z", "--"};
    const std::size_t to = std::min(from + kAtOnce, candidates.size());
    for (std::size_t i = from; i < to; ++i) command.push_back(candidates[i]);
    for (std::string& path : split(output(checkout, std::move(command)), '\0')) {
      if (!path.empty()) unknown.push_back(std::move(path));
    }
  }
  return unknown;
}

std::set<std::string> changed_by(Store& store, const Advance& advance) {
  const auto paths = changed_paths(store, advance.from, advance.to, "");
  return {paths.begin(), paths.end()};
}

// Takes back what follow() did in the first `count` checkouts.
void unfollow(const Advance& advance, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    // Files that were there before stay, so the index alone goes back.
    const bool index_only = i == 0 && !advance.only_index.empty();
    (void)run(advance.checkouts[i],
              {"read-tree", "-m", index_only ? "-i" : "-u", advance.to, advance.from});
  }
}

// Brings one checkout along; the paths in the way when it cannot be.
std::vector<std::string> obstacles(Store& store, const Advance& advance,
                                   const std::set<std::string>& changed, const fs::path& checkout,
                                   Mode mode) {
  std::vector<std::string> unknown;
  if (advance.only_index.empty() || checkout != advance.checkouts.front()) {
    unknown = unknown_files(store, advance, changed, checkout);
  }
  std::string refusal;
  if (unknown.empty()) {
    const process::Result result = follow(advance, checkout, mode);
    if (process::succeeded(result.outcome)) return {};
    refusal = printable_line(trim(result.err));
  }
  std::set<std::string> paths = overlapping(changed, checkout);
  paths.insert(unknown.begin(), unknown.end());
  if (paths.empty()) paths.insert(refusal);
  return {paths.begin(), paths.end()};
}

}  // namespace

AdvanceOutcome advance_branch(Store& store, RefWriter& refs, const Advance& advance) {
  std::vector<RefChange> changes = {{advance.branch, advance.from, advance.to}};
  changes.insert(changes.end(), advance.with.begin(), advance.with.end());
  InTheWay obstacle;
  std::size_t followed = 0;
  const auto refused = refs.change(changes, [&] {
    if (advance.locked) advance.locked();
    if (advance.checkouts.empty()) return true;
    const std::set<std::string> changed = changed_by(store, advance);
    for (const fs::path& checkout : advance.checkouts) {
      obstacle = {checkout, obstacles(store, advance, changed, checkout, Mode::really)};
      if (!obstacle.paths.empty()) return false;
      fault_point("checkout followed");
      ++followed;
    }
    return true;
  });
  if (!refused) return Advanced{};
  unfollow(advance, followed);
  if (refused->empty()) return obstacle;
  return Moved{*refused};
}

std::optional<InTheWay> find_obstacle(Store& store, const Advance& advance) {
  const std::set<std::string> changed = changed_by(store, advance);
  for (const fs::path& checkout : advance.checkouts) {
    InTheWay obstacle{checkout, obstacles(store, advance, changed, checkout, Mode::dry_run)};
    if (!obstacle.paths.empty()) return obstacle;
  }
  return std::nullopt;
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
