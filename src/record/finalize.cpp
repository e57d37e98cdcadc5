#include "record/finalize.h"

#include "git/run.h"
#include "git/tree.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/target.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::record {
namespace {

[[noreturn]] void refuse(const std::string& why, const std::string& hint = {}) {
  throw Error(why, hint, Exit::no);
}

std::string regex_quoted(const std::string& id) {
  std::string quoted;
  for (const char c : id) {
    if (c == '.') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

// Value of a trailer of a commit message, or "".
std::string trailer(const std::string& message, const std::string& name) {
  std::string value;
  for (const std::string& line : split(message, '\n')) {
    if (line.compare(0, name.size() + 2, name + ": ") == 0) {
      value = std::string(trim(line.substr(name.size() + 2)));
    }
  }
  return value;
}

// The commits of a branch that is in the target, told by its recorded fork point.
std::vector<std::string> commits_of_branch(Workspace& workspace, const Snapshot& snapshot,
                                           const std::string& id, const std::string& tip) {
  if (!workspace.store().is_ancestor(tip, snapshot.target_tip)) {
    refuse(fmt::format("the work of {} is not in '{}'", id, short_ref(snapshot.target)),
           fmt::format("git merge {}",
                       short_ref(snapshot.branches.count(id) > 0 ? snapshot.branches.at(id).ref
                                                                 : kept_ref(id, "tip"))));
  }
  const auto base = workspace.store().find_ref(kept_ref(id, "base"));
  if (!base) return {};
  return own_commits(workspace, tip, {*base});
}

std::vector<std::string> find_work(Workspace& workspace, const Snapshot& snapshot,
                                   const std::string& id) {
  const auto branch = snapshot.branches.find(id);
  if (branch != snapshot.branches.end()) {
    auto commits = commits_of_branch(workspace, snapshot, id, branch->second.tip);
    if (!commits.empty()) return commits;
  } else if (const auto tip = workspace.store().find_ref(kept_ref(id, "tip"))) {
    auto commits = commits_of_branch(workspace, snapshot, id, *tip);
    if (!commits.empty()) return commits;
  }
  return find_named_commits(workspace, snapshot.target_tip, id);
}

void require_ticked(const spec::Spec& spec) {
  if (spec.criteria_policy == "ignore" || spec.unticked() == 0) return;
  refuse(fmt::format("{} is not done: {}", spec.id, open_criteria(spec)));
}

}  // namespace

std::string open_criteria(const spec::Spec& spec) {
  const auto open = std::find_if(spec.criteria.begin(), spec.criteria.end(),
                                 [](const spec::Criterion& c) { return !c.ticked; });
  return fmt::format(
      "{} {} open, the first at {}:{}: {}",
      spec.unticked() == 1 ? "1 criterion" : fmt::format("{} criteria", spec.unticked()),
      spec.unticked() == 1 ? "is" : "are", spec_path(spec.id), open->line,
      printable_line(open->text));
}

std::vector<std::string> find_named_commits(Workspace& workspace, const std::string& target_tip,
                                            const std::string& id) {
  const auto search = [&](const std::string& pattern) {
    std::vector<std::string> found =
        split(git::output(workspace.repository().top_level,
                          {"rev-list", "--no-merges", "--reverse", "--extended-regexp", "--grep",
                           pattern, target_tip, "--"}),
              '\n');
    found.erase(std::remove_if(found.begin(), found.end(),
                               [&](const std::string& oid) {
                                 return oid.empty() ||
                                        !trailer(git::load_commit(workspace.store(), oid).message,
                                                 "Chant-Seal")
                                             .empty();
                               }),
                found.end());
    return found;
  };
  std::vector<std::string> commits = search("^Chant-Spec: " + regex_quoted(id) + "$");
  if (commits.empty()) commits = search("^chant\\(" + regex_quoted(id) + "\\):");
  return commits;
}

Finalized finalize(Workspace& workspace, const Snapshot& snapshot, const std::string& id) {
  require_quiet_checkout(workspace);
  const std::string target = workspace.require_target();
  auto text = git::find_blob(workspace.store(), snapshot.target_tip, spec_path(id));
  if (!text) {
    refuse(fmt::format("'{}' is not in '{}'", spec_path(id), short_ref(target)));
  }
  const spec::Spec spec = spec::parse_spec(id, std::move(*text), spec_path(id));
  Finalized finalized;
  finalized.commits = spec.commits;
  if (spec.status == "completed" && !spec.commits.empty() && !spec.completed_at.empty()) {
    finalized.already = true;
    return finalized;
  }
  if (snapshot.items.at(id).facts.claimed) refuse(fmt::format("{} is being worked on", id));
  Result result;
  result.commits = find_work(workspace, snapshot, id);
  if (result.commits.empty()) {
    refuse(fmt::format("no commit in '{}' belongs to {}", short_ref(target), id),
           fmt::format("git chant work {}", id));
  }
  require_ticked(spec);
  const git::Commit last = git::load_commit(workspace.store(), result.commits.back());
  result.completed_at = rfc3339(last.committed);
  result.model = trailer(last.message, "Chant-Model");
  if (result.model.empty()) result.model = spec.model;
  (void)commit_on_target(workspace, {{spec_path(id), with_result(spec, result)}},
                         fmt::format("chant({}): finalize\n\nChant-Spec: {}\nChant-Seal: {}\n", id,
                                     id, rfc3339(now_ms() / 1000)),
                         Files::to_be_written);
  finalized.commits = result.commits;
  return finalized;
}

}  // namespace chant::record
