#include "record/match.h"

#include "record/patches.h"

#include <algorithm>
#include <map>
#include <utility>

namespace chant::record {
namespace {

using PatchIds = std::map<Change, std::string>;

Change whole(History& history, const Unproven& item) {
  const std::string from = item.fork.empty() ? "" : history.commit(item.fork).tree;
  return {from, history.commit(item.candidate->tip).tree};
}

// A squash whose message is the one that git prepared names each commit of the branch.
std::string squash_that_lists(History& history, const Unproven& item) {
  for (const std::string& oid : history.added()) {
    const git::Commit& commit = history.commit(oid);
    if (commit.parents.size() != 1) continue;
    if (std::all_of(item.own.begin(), item.own.end(), [&](const std::string& own) {
          return commit.message.find("commit " + own) != std::string::npos;
        })) {
      return oid;
    }
  }
  return "";
}

// An added commit with the same author, time and subject: for commits without content of their
// own outside of .chant.
std::string same_elsewhere(History& history, const std::string& own) {
  const git::Commit& wanted = history.commit(own);
  const auto subject = [](const git::Commit& c) {
    return c.message.substr(0, c.message.find('\n'));
  };
  for (const std::string& oid : history.added()) {
    const git::Commit& commit = history.commit(oid);
    if (commit.author == wanted.author && subject(commit) == subject(wanted)) return oid;
  }
  return "";
}

Match match_one(History& history, const Unproven& item, const PatchIds& ids,
                const std::map<std::string, std::string>& in_target) {
  const auto counterpart = [&](const std::string& id) -> std::string {
    const auto found = in_target.find(id);
    return found == in_target.end() ? "" : found->second;
  };
  Match match;
  for (const std::string& oid : item.own) {
    const auto id = ids.find({"", oid});
    const bool has_content = id != ids.end();
    std::string there = history.is_in_target(oid) ? oid
                        : has_content             ? counterpart(id->second)
                                                  : same_elsewhere(history, oid);
    if (has_content) ++match.wanted;
    if (there.empty()) continue;
    if (has_content) ++match.found;
    const bool listed =
        std::find(match.commits.begin(), match.commits.end(), there) != match.commits.end();
    if (!listed) match.commits.push_back(std::move(there));
  }
  if (!item.fork.empty()) {
    const auto id = ids.find(whole(history, item));
    if (id != ids.end()) match.whole = counterpart(id->second);
  }
  match.listing = squash_that_lists(history, item);
  return match;
}

}  // namespace

std::vector<Match> match_by_content(Workspace& workspace, History& history,
                                    const std::vector<Unproven>& items) {
  if (items.empty()) return {};
  std::set<std::string> paths;
  std::vector<Change> changes;
  for (const Unproven& item : items) {
    paths.insert(item.paths.begin(), item.paths.end());
    for (const std::string& oid : item.own) changes.push_back({"", oid});
    if (!item.fork.empty()) changes.push_back(whole(history, item));
  }
  if (!items.empty()) {
    for (const std::string& oid : history.added()) {
      if (history.commit(oid).parents.size() == 1) changes.push_back({"", oid});
    }
  }
  const auto ids = patch_ids(workspace, changes, paths);
  std::map<std::string, std::string> in_target;  // patch id -> commit
  for (const std::string& oid : history.added()) {
    const auto id = ids.find({"", oid});
    if (id != ids.end()) in_target.emplace(id->second, oid);
  }
  std::vector<Match> matches;
  matches.reserve(items.size());
  for (const Unproven& item : items) matches.push_back(match_one(history, item, ids, in_target));
  return matches;
}

}  // namespace chant::record
