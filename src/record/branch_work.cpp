#include "record/branch_work.h"

#include "record/names.h"
#include "record/seal.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace chant::record {
namespace {

bool names_other_spec(const git::Commit& commit, const std::string& id) {
  const auto names = mentioned(commit.message, "Chant-Spec");
  return !names.empty() && std::find(names.begin(), names.end(), id) == names.end();
}

// True when `tip` came by a merge commit, beside the first-parent chain.
bool came_by_merge(History& history, const std::string& tip) {
  const std::string& arrival = history.arrival(tip);
  return arrival != tip && history.commit(arrival).parents.size() > 1 &&
         history.commit(arrival).parents.front() != tip;
}

// The added commits that are reached from `start` over wanted ones.
std::unordered_set<std::string> added_from(
    History& history, const std::string& start,
    const std::function<bool(const std::string&)>& is_wanted) {
  std::unordered_set<std::string> visited;
  std::vector<std::string> pending = {start};
  while (!pending.empty()) {
    const std::string oid = std::move(pending.back());
    pending.pop_back();
    if (!history.is_added(oid) || !is_wanted(oid) || !visited.insert(oid).second) continue;
    for (const std::string& parent : history.commit(oid).parents) pending.push_back(parent);
  }
  return visited;
}

// The commits that a merged branch brought: those reached from its tip that arrived with it.
std::vector<std::string> brought(History& history, const Candidate& candidate) {
  if (!history.is_added(candidate.tip)) return {};
  const bool merged = came_by_merge(history, candidate.tip);
  if (!merged && candidate.made_on_target) return {};
  const std::string arrival = history.arrival(candidate.tip);
  const auto had = added_from(history, candidate.before, [](const auto&) { return true; });
  const auto visited = added_from(history, candidate.tip, [&](const std::string& oid) {
    if (merged) return history.arrival(oid) == arrival;
    return oid != candidate.base && had.count(oid) == 0;
  });
  std::vector<std::string> own;
  for (const std::string& oid : history.added()) {
    if (visited.count(oid) == 0) continue;
    // Fast-forwarded, and nobody knows where the branch began: only what says so is its own.
    const bool told = merged || !candidate.base.empty() || !candidate.before.empty() ||
                      !mentioned(history.commit(oid).message, "Chant-Spec").empty();
    if (told) own.push_back(oid);
  }
  return own;
}

std::vector<std::string> not_merged(History& history, const Candidate& candidate) {
  std::vector<std::string> own;
  // A part of the branch may be in the target already.
  const std::string fork = history.fork(candidate.tip);
  if (!candidate.base.empty() && fork != candidate.base && history.is_added(fork)) {
    Candidate part = candidate;
    part.tip = fork;
    own = brought(history, part);
  }
  for (std::string& oid : history.unmerged(candidate.tip)) own.push_back(std::move(oid));
  return own;
}

std::string blob_at(Workspace& workspace, const std::string& commit, const std::string& path) {
  if (commit.empty()) return "";
  const auto entry = git::find_entry(workspace.store(), commit, path);
  return entry ? entry->mode + entry->oid : "";
}

}  // namespace

std::vector<std::string> own_of(History& history, const Candidate& candidate) {
  std::vector<std::string> own = history.is_in_target(candidate.tip)
                                     ? brought(history, candidate)
                                     : not_merged(history, candidate);
  own.erase(std::remove_if(own.begin(), own.end(),
                           [&](const std::string& oid) {
                             const git::Commit& commit = history.commit(oid);
                             return is_seal(commit) || commit.parents.size() > 1 ||
                                    names_other_spec(commit, candidate.id);
                           }),
            own.end());
  return own;
}

Content content_of(Workspace& workspace, History& history, const Candidate& candidate,
                   const std::vector<std::string>& own) {
  Content content;
  if (own.empty()) return content;
  const auto& parents = history.commit(own.front()).parents;
  content.before = parents.empty() ? "" : parents.front();
  content.after = candidate.tip;
  for (const std::string& oid : own) {
    const git::Commit& commit = history.commit(oid);
    const std::string from =
        commit.parents.empty() ? "" : history.commit(commit.parents.front()).tree;
    for (std::string& path : git::changed_trees(workspace.store(), from, commit.tree, ".chant")) {
      content.paths.insert(std::move(path));
    }
  }
  return content_at(workspace, std::move(content), history.target_tip());
}

Content content_at(Workspace& workspace, Content content, const std::string& commit) {
  content.untouched = 0;
  for (auto path = content.paths.begin(); path != content.paths.end();) {
    const std::string before = blob_at(workspace, content.before, *path);
    if (before == blob_at(workspace, content.after, *path)) {  // changed and changed back
      path = content.paths.erase(path);
      continue;
    }
    if (before == blob_at(workspace, commit, *path)) ++content.untouched;
    ++path;
  }
  return content;
}

std::optional<spec::Spec> load_spec(Workspace& workspace, const std::string& id,
                                    const std::string& blob) {
  auto object = workspace.store().find_object(blob);
  if (!object || object->type != "blob") return std::nullopt;
  try {
    return spec::parse_spec(id, std::move(object->content), spec_path(id));
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<spec::Spec> load_spec_at(Workspace& workspace, const std::string& id,
                                       const std::string& commit) {
  const auto entry = git::find_entry(workspace.store(), commit, spec_path(id));
  if (!entry || entry->mode.compare(0, 3, "100") != 0) return std::nullopt;
  return load_spec(workspace, id, entry->oid);
}

bool names_exactly(const std::vector<std::string>& abbreviations,
                   const std::vector<std::string>& commits) {
  return std::equal(abbreviations.begin(), abbreviations.end(), commits.begin(), commits.end(),
                    [](const std::string& shortened, const std::string& oid) {
                      return shortened.size() >= 7 &&
                             oid.compare(0, shortened.size(), shortened) == 0;
                    });
}

std::vector<std::string> resolved(const std::vector<std::string>& abbreviations,
                                  const std::vector<std::string>& own, const History& history) {
  std::vector<std::string> commits;
  for (const std::string& shortened : abbreviations) {
    const auto matches = [&](const std::string& oid) {
      return shortened.size() >= 7 && oid.compare(0, shortened.size(), shortened) == 0;
    };
    auto found = std::find_if(own.begin(), own.end(), matches);
    std::string oid = found == own.end() ? "" : *found;
    if (oid.empty()) {
      found = std::find_if(history.added().begin(), history.added().end(), matches);
      if (found != history.added().end()) oid = *found;
    }
    commits.push_back(std::move(oid));
  }
  return commits;
}

std::vector<std::string> mentioned(const std::string& message, const std::string& trailer) {
  std::vector<std::string> values;
  for (std::string_view rest = message; !rest.empty();) {
    const std::string_view line = trim(rest.substr(0, rest.find('\n')));
    if (line.substr(0, trailer.size()) == trailer && line.substr(trailer.size(), 1) == ":") {
      values.emplace_back(trim(line.substr(trailer.size() + 1)));
    }
    const auto end = rest.find('\n');
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return values;
}

Reverts::Reverts(History& history) {
  constexpr std::string_view kWords = "This reverts commit ";
  std::unordered_map<std::string, std::string> undone;  // revert -> what it reverts
  for (const std::string& oid : history.added()) {
    const std::string& message = history.commit(oid).message;
    const std::size_t id_size = oid.size();
    for (auto at = message.find(kWords); at != std::string::npos;
         at = message.find(kWords, at + 1)) {
      const std::string reverted = message.substr(at + kWords.size(), id_size);
      const auto revert = undone.find(reverted);
      if (revert != undone.end()) by_.erase(revert->second);
      undone[oid] = reverted;
      by_[reverted] = oid;
    }
  }
}

std::string Reverts::of(const std::string& commit) const {
  const auto found = by_.find(commit);
  return found == by_.end() ? "" : found->second;
}

}  // namespace chant::record
