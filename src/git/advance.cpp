#include "git/advance.h"

#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/text.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

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

// Uncommitted paths that the advance would touch, with the letters that `git status` has for them.
std::map<std::string, std::string> overlapping(const std::set<std::string>& changed,
                                               const fs::path& checkout) {
  const process::Result status = process::run(status_command(checkout));
  std::map<std::string, std::string> both;
  for (const StatusEntry& entry : parse_status(status.out).entries) {
    if (concerns(changed, entry.path)) both[entry.path] = entry.code;
  }
  return both;
}

// True for the byte in the box of an item ("- [ ] ", "1. [x] ") or a heading ("## [ ] "); what
// stands in brackets elsewhere may be code.
bool is_in_box(const std::string& text, std::size_t at) {
  if (at == 0 || at + 1 >= text.size() || text[at - 1] != '[' || text[at + 1] != ']') return false;
  const std::size_t begin = text.rfind('\n', at) + 1;  // npos + 1 is 0
  const std::string_view marker = std::string_view(text).substr(begin, at - 1 - begin);
  return !trim(marker).empty() && marker.back() == ' ' &&
         marker.find_first_not_of("> \t-*+#0123456789.)") == std::string_view::npos;
}

}  // namespace

bool only_boxes_differ(const std::string& before, const std::string& after) {
  constexpr std::string_view kBefore = " xX-~", kAfter = " xX";
  if (before.size() != after.size()) return false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    const bool is_tick = kBefore.find(before[i]) != std::string_view::npos &&
                         kAfter.find(after[i]) != std::string_view::npos;
    if (!is_tick || !is_in_box(before, i)) return false;
  }
  return true;
}

namespace {

bool ticks_only(Store& store, const Advance& advance, const std::string& path) {
  const auto before = find_blob(store, advance.from, path);
  const auto after = find_blob(store, advance.to, path);
  return before && after && only_boxes_differ(*before, *after);
}

// The files whose letters are these and in which the advance only ticks.
std::vector<std::string> ticked_files(Store& store, const Advance& advance,
                                      const std::map<std::string, std::string>& uncommitted,
                                      std::string_view letters) {
  std::vector<std::string> paths;
  for (const auto& [path, code] : uncommitted) {
    if (code == letters && ticks_only(store, advance, path)) paths.push_back(path);
  }
  return paths;
}

// The index entries of these paths become those of `commit`; no file changes.
process::Result set_entries(Store& store, const fs::path& checkout, const std::string& commit,
                            const std::vector<std::string>& paths) {
  std::string entries;
  for (const std::string& path : paths) {
    const auto entry = find_entry(store, commit, path);
    if (entry) entries += entry->mode + " " + entry->oid + '\t' + path + '\0';
  }
  return run(checkout, {"update-index", "-z", "--index-info"}, entries);
}

// The tree of `to` with these files as they are in `from`.
std::string tree_beside(Store& store, const Advance& advance,
                        const std::vector<std::string>& paths) {
  std::map<std::string, std::string> blobs;
  for (const std::string& path : paths) {
    const auto entry = find_entry(store, advance.from, path);
    if (entry) blobs[path] = entry->oid;
  }
  std::string tree = tree_with_files(store, advance.to, blobs);
  store.flush();
  return tree;
}

// As follow(), with these files left as they are.
bool follow_beside(Store& store, const Advance& advance, const fs::path& checkout,
                   const std::vector<std::string>& paths, Mode mode) {
  const auto result = read_tree(checkout, advance.from, tree_beside(store, advance, paths), mode);
  if (!process::succeeded(result.outcome)) return false;
  if (mode == Mode::dry_run) return true;
  const auto set = set_entries(store, checkout, advance.to, paths);
  if (!process::succeeded(set.outcome)) fail_git("git update-index", set);
  return true;
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
void unfollow(Store& store, const Advance& advance, std::size_t count,
              const std::vector<Beside>& beside) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto one = std::find_if(beside.begin(), beside.end(), [&](const Beside& b) {
      return b.checkout == advance.checkouts[i];
    });
    if (one != beside.end()) {
      (void)set_entries(store, one->checkout, advance.from, one->paths);
      (void)run(one->checkout,
                {"read-tree", "-m", "-u", tree_beside(store, advance, one->paths), advance.from});
      continue;
    }
    // Files that were there before stay, so the index alone goes back.
    const bool index_only = i == 0 && !advance.only_index.empty();
    (void)run(advance.checkouts[i],
              {"read-tree", "-m", index_only ? "-i" : "-u", advance.to, advance.from});
  }
}

// Brings one checkout along; the paths in the way when it cannot be.
std::vector<std::string> obstacles(Store& store, const Advance& advance,
                                   const std::set<std::string>& changed, const fs::path& checkout,
                                   Mode mode, std::vector<Beside>& beside) {
  std::vector<std::string> unknown;
  const bool has_files = advance.only_index.empty() || checkout != advance.checkouts.front();
  if (has_files) unknown = unknown_files(store, advance, changed, checkout);
  std::string refusal;
  if (unknown.empty()) {
    const process::Result result = follow(advance, checkout, mode);
    if (process::succeeded(result.outcome)) return {};
    refusal = printable_line(trim(result.err));
  }
  auto uncommitted = overlapping(changed, checkout);
  const auto ticked = ticked_files(store, advance, uncommitted, "1 .M");
  if (has_files && unknown.empty() && !ticked.empty() && ticked.size() == uncommitted.size() &&
      follow_beside(store, advance, checkout, ticked, mode)) {
    beside.push_back({checkout, ticked});
    return {};
  }
  if (ticked.size() < uncommitted.size() + unknown.size()) {
    for (const std::string& path : ticked) uncommitted.erase(path);
  }
  std::set<std::string> paths(unknown.begin(), unknown.end());
  for (const auto& [path, code] : uncommitted) paths.insert(path);
  if (paths.empty()) paths.insert(refusal);
  return {paths.begin(), paths.end()};
}

}  // namespace

AdvanceOutcome advance_branch(Store& store, RefWriter& refs, const Advance& advance) {
  std::vector<RefChange> changes = {{advance.branch, advance.from, advance.to}};
  changes.insert(changes.end(), advance.with.begin(), advance.with.end());
  InTheWay obstacle;
  Advanced advanced;
  std::size_t followed = 0;
  const auto refused = refs.change(changes, [&] {
    if (advance.locked) advance.locked();
    if (advance.checkouts.empty()) return true;
    const std::set<std::string> changed = changed_by(store, advance);
    for (const fs::path& checkout : advance.checkouts) {
      obstacle = {checkout,
                  obstacles(store, advance, changed, checkout, Mode::really, advanced.beside)};
      if (!obstacle.paths.empty()) return false;
      fault_point("checkout followed");
      ++followed;
    }
    return true;
  });
  if (!refused) return advanced;
  unfollow(store, advance, followed, advanced.beside);
  if (refused->empty()) return obstacle;
  return Moved{*refused};
}

std::optional<InTheWay> find_obstacle(Store& store, const Advance& advance) {
  const std::set<std::string> changed = changed_by(store, advance);
  std::vector<Beside> beside;
  for (const fs::path& checkout : advance.checkouts) {
    InTheWay obstacle{checkout,
                      obstacles(store, advance, changed, checkout, Mode::dry_run, beside)};
    if (!obstacle.paths.empty()) return obstacle;
  }
  return std::nullopt;
}

void put_back(Store& store, const Advance& advance) {
  for (const fs::path& checkout : advance.checkouts) {
    std::error_code ignored;
    if (!fs::exists(checkout, ignored)) continue;
    process::Result result = read_tree(checkout, advance.to, advance.from);
    if (!process::succeeded(result.outcome)) {
      const auto uncommitted = overlapping(changed_by(store, advance), checkout);
      const auto ticked = ticked_files(store, advance, uncommitted, "1 MM");
      (void)set_entries(store, checkout, advance.from, ticked);
      result = read_tree(checkout, advance.to, advance.from);
    }
    if (!process::succeeded(result.outcome)) fail_git("git read-tree", result);
  }
}

std::vector<Beside> files_beside(Store& store, const Advance& advance) {
  std::vector<Beside> beside;
  const std::set<std::string> changed = changed_by(store, advance);
  for (const fs::path& checkout : advance.checkouts) {
    std::error_code ignored;
    if (!fs::exists(checkout, ignored)) continue;
    auto ticked = ticked_files(store, advance, overlapping(changed, checkout), "1 .M");
    if (!ticked.empty()) beside.push_back({checkout, std::move(ticked)});
  }
  return beside;
}

}  // namespace chant::git
