#include "land/packet.h"

#include "git/run.h"
#include "git/trailers.h"
#include "git/tree.h"
#include "record/names.h"
#include "record/seal.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>

namespace chant::land {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostCommits = 50;        // named of either side
constexpr std::size_t kMostPaths = 200;         // on a command line
constexpr std::size_t kMostPairs = 1000;        // tried for the first that conflicts
constexpr std::streamoff kLogEnd = 16L * 1024;  // bytes read of a log
constexpr std::size_t kLogLines = 40;
constexpr std::size_t kAround = 3;              // lines shown before and after a conflict
constexpr std::size_t kMostText = 64UL * 1024;  // shown of a file

std::vector<std::string> paths_of(const std::vector<git::ConflictedPath>& files) {
  std::set<std::string> paths;
  for (const git::ConflictedPath& file : files) {
    if (!file.path.empty()) paths.insert(file.path);
  }
  return {paths.begin(), paths.end()};
}

// Commits of `side` that `other` has not and that touch these paths, oldest first; the newest of
// them when there are many. Without paths: all of them.
std::vector<std::string> commits_of(const fs::path& directory, const std::string& side,
                                    const std::string& other,
                                    const std::vector<std::string>& paths) {
  std::vector<std::string> arguments = {"--literal-pathspecs", "rev-list",    "--topo-order",
                                        "--reverse",           "--no-merges", "--full-history"};
  arguments.push_back(fmt::format("--max-count={}", kMostCommits));
  arguments.insert(arguments.end(), {side, "^" + other, "--"});
  const std::size_t count = std::min(paths.size(), kMostPaths);
  arguments.insert(arguments.end(), paths.begin(),
                   paths.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<std::string> commits;
  for (std::string& line : split(git::output(directory, std::move(arguments)), '\n')) {
    if (!line.empty()) commits.push_back(std::move(line));
  }
  return commits;
}

record::SideCommit described(record::Workspace& workspace, const std::string& oid) {
  const git::Commit commit = git::load_commit(workspace.store(), oid);
  record::SideCommit side{oid, commit.message.substr(0, commit.message.find('\n')), ""};
  for (const git::Trailer& trailer : git::find_trailers(commit.message)) {
    if (lower(trailer.key) == "chant-spec") side.spec = trailer.value;
  }
  return side;
}

std::vector<record::SideCommit> side_of(record::Workspace& workspace, const fs::path& directory,
                                        const std::string& side, const std::string& other,
                                        const std::vector<std::string>& paths) {
  std::vector<std::string> oids = commits_of(directory, side, other, paths);
  // A name in a conflict can be one that no commit of this side knows: a directory was renamed.
  if (oids.empty() && !paths.empty()) oids = commits_of(directory, side, other, {});
  std::vector<record::SideCommit> commits;
  for (const std::string& oid : oids) {
    if (record::is_seal(git::load_commit(workspace.store(), oid))) continue;
    commits.push_back(described(workspace, oid));
  }
  return commits;
}

// The oldest commit of theirs that conflicts with anything of ours, and the oldest of ours that it
// conflicts with.
std::optional<std::pair<record::SideCommit, record::SideCommit>> find_first_pair(
    const fs::path& directory, const record::Parked& parked) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const record::SideCommit& theirs : parked.their_commits) {
    for (const record::SideCommit& ours : parked.our_commits) {
      if (pairs.size() < kMostPairs) pairs.emplace_back(ours.commit, theirs.commit);
    }
  }
  std::optional<std::size_t> first;
  try {
    git::merge_pairs(directory, pairs, [&first](std::size_t index, const git::TreeMerge& merge) {
      if (!first && !merge.clean()) first = index;
    });
  } catch (const Error&) {
    // One of them is from a history that was joined later: such a pair git does not merge.
    return std::nullopt;
  }
  if (!first) return std::nullopt;
  return std::pair{parked.our_commits[*first % parked.our_commits.size()],
                   parked.their_commits[*first / parked.our_commits.size()]};
}

record::Parked begin_packet(const std::string& kind, const std::string& target,
                            const Entry& entry) {
  record::Parked parked;
  parked.id = entry.id;
  parked.kind = kind;
  parked.target = target;
  parked.branch = entry.branch;
  parked.tip = entry.branch_tip;
  parked.at = now_ms() / 1000;
  return parked;
}

// The spec that all of the other side's commits are of, else the target.
std::string opponent(const record::Parked& parked) {
  std::set<std::string> specs;
  for (const record::SideCommit& commit : parked.our_commits) specs.insert(commit.spec);
  if (specs.size() == 1 && !specs.begin()->empty()) return "spec '" + *specs.begin() + "'";
  return "'" + record::short_ref(parked.target) + "'";
}

std::string conflict_words(const record::Parked& parked) {
  const std::vector<std::string> paths = paths_of(parked.files);
  if (paths.empty() && !parked.files.empty()) {
    return fmt::format("does not merge with {}: {}", printable_line(opponent(parked)),
                       printable_line(parked.files.front().kind));
  }
  constexpr std::size_t kShown = 3;
  const auto shown = static_cast<std::ptrdiff_t>(std::min(paths.size(), kShown));
  const std::vector<std::string> first(paths.begin(), paths.begin() + shown);
  const std::string more =
      paths.size() > kShown ? fmt::format(" and {} more", paths.size() - kShown) : "";
  return fmt::format("conflicts with {} in '{}'{}", printable_line(opponent(parked)),
                     printable_line(join(first, "', '")), more);
}

std::string end_of(const fs::path& log) {
  std::ifstream file(log, std::ios::binary);
  if (!file) return "";
  file.seekg(0, std::ios::end);
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - kLogEnd));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::size_t at = text.size();
  for (std::size_t lines = 0; lines < kLogLines && at != std::string::npos && at > 0; ++lines) {
    at = text.rfind('\n', at - 1);
  }
  return at == std::string::npos || at == 0 ? text : text.substr(at + 1);
}

std::string line_of(const record::SideCommit& commit) {
  return fmt::format("{} {}{}\n", record::abbreviated(commit.commit), commit.subject,
                     commit.spec.empty() ? "" : " (spec " + commit.spec + ")");
}

// The conflicts of a marked-up file, with the lines around each.
std::string marked_places(const std::vector<std::string>& lines) {
  std::string text;
  std::size_t shown = 0;  // lines up to here were looked at
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].compare(0, 7, "<<<<<<<") != 0) continue;
    std::size_t end = i;
    while (end < lines.size() && lines[end].compare(0, 7, ">>>>>>>") != 0) ++end;
    if (end == lines.size()) break;
    const std::size_t from = std::max(shown, i - std::min(i, kAround));
    if (from > shown || text.empty()) text += fmt::format("@@ line {} @@\n", from + 1);
    shown = std::min(lines.size(), end + 1 + kAround);
    for (std::size_t at = from; at < shown; ++at) text += lines[at] + "\n";
    if (text.size() > kMostText) return text.substr(0, kMostText) + "\n[...]\n";
    i = end;
  }
  return text;
}

}  // namespace

record::Parked describe_conflict(record::Workspace& workspace, const fs::path& directory,
                                 const std::string& target, const Entry& entry,
                                 const Clashing& clashing) {
  record::Parked parked = begin_packet("conflict", target, entry);
  if (!clashing.why.empty()) {
    parked.kind = "task";
    parked.reason = clashing.why;
    parked.next = "git chant reconcile " + entry.id;
    return parked;
  }
  parked.ours = clashing.ours;
  parked.theirs = clashing.theirs;
  parked.files = clashing.merge.conflicts;
  parked.merged = clashing.merge.tree;
  const std::vector<std::string> paths = paths_of(parked.files);
  parked.our_commits = side_of(workspace, directory, parked.ours, parked.theirs, paths);
  parked.their_commits = side_of(workspace, directory, parked.theirs, parked.ours, paths);
  parked.first_pair = find_first_pair(directory, parked);
  parked.reason = conflict_words(parked);
  parked.next = "git chant reconcile --resolve " + entry.id;
  return parked;
}

record::Parked describe_red(const std::string& target, const Entry& entry, const std::string& why,
                            const fs::path& log) {
  record::Parked parked = begin_packet("gate", target, entry);
  parked.reason = "the gate failed: " + printable_line(why);
  parked.next = "git chant show " + entry.id;
  parked.log = log.string();
  parked.log_end = end_of(log);
  return parked;
}

record::Parked describe_dependent(const std::string& target, const Entry& entry,
                                  const std::string& dependency) {
  record::Parked parked = begin_packet("dependency", target, entry);
  parked.reason = fmt::format("needs '{}', which did not land", dependency);
  parked.next = "git chant show " + dependency;
  parked.needs = dependency;
  return parked;
}

std::string conflict_text(const record::Parked& parked) {
  std::string text = "files:\n";
  for (const git::ConflictedPath& file : parked.files) {
    text += fmt::format("  {} ({})\n", file.path, file.kind);
  }
  text += "commits of " + record::short_ref(parked.target) + ":\n";
  for (const record::SideCommit& commit : parked.our_commits) text += "  " + line_of(commit);
  text += "commits of " + record::short_ref(parked.branch) + ":\n";
  for (const record::SideCommit& commit : parked.their_commits) text += "  " + line_of(commit);
  if (parked.first_pair) {
    text += "first two that conflict:\n  " + line_of(parked.first_pair->first) + "  " +
            line_of(parked.first_pair->second);
  }
  return text;
}

std::vector<MarkedFile> marked_files(record::Workspace& workspace, const record::Parked& parked) {
  std::vector<MarkedFile> files;
  if (parked.merged.empty()) return files;
  for (const std::string& path : paths_of(parked.files)) {
    const auto entry = git::find_entry_in(workspace.store(), parked.merged, path);
    if (!entry || entry->mode.compare(0, 3, "100") != 0) continue;
    const auto object = workspace.store().find_object(entry->oid);
    if (!object || object->content.find('\0') != std::string::npos) continue;
    std::string text = marked_places(split(object->content, '\n'));
    if (!text.empty()) files.push_back({path, std::move(text)});
  }
  return files;
}

}  // namespace chant::land
