#include "work/judge.h"

#include "git/run.h"
#include "git/tree.h"
#include "record/names.h"
#include "record/seal.h"
#include "spec/run_command.h"
#include "spec/spec.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace chant::work {
namespace {

std::string name_of(agent::Report::Kind kind) {
  switch (kind) {
    case agent::Report::Kind::rate_limited:
      return "rate_limited";
    case agent::Report::Kind::overloaded:
      return "overloaded";
    case agent::Report::Kind::auth:
      return "auth";
    case agent::Report::Kind::none:
    case agent::Report::Kind::failed:
      break;
  }
  return "failed";
}

// True when these commits (oldest first) lie one behind the other on `base`: nothing was merged in.
bool is_straight(git::Store& store, std::string base, const std::vector<std::string>& commits) {
  return std::all_of(commits.begin(), commits.end(), [&](const std::string& oid) {
    const std::vector<std::string> parents = git::load_commit(store, oid).parents;
    return parents.size() == 1 && parents.front() == std::exchange(base, oid);
  });
}

// Files below .chant/ that the branch changed although they are not its own spec. What came in
// by merging the target, or by moving onto it, is not its doing.
std::vector<std::string> foreign_changes(record::Workspace& workspace, const Evidence& evidence,
                                         const Judgement& judgement) {
  const std::string& tip = judgement.tip;
  std::string from = evidence.base;
  if (!evidence.target_tip.empty() && evidence.target_tip != evidence.base &&
      !is_straight(workspace.store(), evidence.base, judgement.commits)) {
    const process::Result merge_base =
        git::run(workspace.repository().top_level, {"merge-base", evidence.target_tip, tip});
    if (process::succeeded(merge_base.outcome)) from = std::string(trim(merge_base.out));
    // A fork point that was merged in memory is no ancestor of the target and counts first.
    if (!workspace.store().is_ancestor(evidence.base, from)) from = evidence.base;
  }
  std::vector<std::string> paths = git::changed_paths(workspace.store(), from, tip, ".chant");
  paths.erase(std::remove(paths.begin(), paths.end(), record::spec_path(evidence.id)), paths.end());
  return paths;
}

// Boxes that are open, but for those whose commands are run afterwards.
std::vector<const spec::Criterion*> open_criteria(const spec::Spec& spec,
                                                  const std::vector<std::string>& checked_later) {
  std::vector<const spec::Criterion*> open;
  for (const spec::Criterion& criterion : spec.criteria) {
    const auto run = spec::find_run_command(criterion.text);
    const bool later = run && std::find(checked_later.begin(), checked_later.end(), run->command) !=
                                  checked_later.end();
    if (!criterion.ticked && !later) open.push_back(&criterion);
  }
  return open;
}

Verdict criteria_verdict(record::Workspace& workspace, const Evidence& evidence,
                         const std::string& tip) {
  const std::string& id = evidence.id;
  const std::string path = record::spec_path(id);
  auto text = git::find_blob(workspace.store(), tip, path);
  if (!text) return {"tampered", fmt::format("'{}' is gone from the branch", path)};
  spec::Spec spec;
  try {
    spec = spec::parse_spec(id, std::move(*text), path);
  } catch (const Error& error) {
    return {"tampered", fmt::format("the spec file on the branch is broken: {}", error.what())};
  }
  const bool required = spec.criteria_policy.empty()
                            ? workspace.config().criteria == config::Criteria::require
                            : spec.criteria_policy != "ignore";
  const auto open = open_criteria(spec, evidence.checked_later);
  if (!required || open.empty()) return {};
  return {"unchecked", fmt::format("{} of {} criteria not ticked, the first: {}", open.size(),
                                   spec.criteria.size(), printable_line(open.front()->text))};
}

Verdict branch_verdict(record::Workspace& workspace, const Evidence& evidence) {
  const git::Status& status = evidence.status;
  if (status.branch != evidence.branch) {
    return {"tampered",
            fmt::format("the agent left branch '{}' for {}", record::short_ref(evidence.branch),
                        status.branch.empty() ? "a detached HEAD"
                                              : "'" + record::short_ref(status.branch) + "'")};
  }
  if (status.head.empty() || !workspace.store().is_ancestor(evidence.base, status.head)) {
    return {"tampered", "the agent rewrote history below its fork point"};
  }
  return {};
}

}  // namespace

Verdict verdict_of_agent(const process::Outcome& outcome, const agent::Report& report,
                         const std::string& error) {
  // An agent that could not be started has exit 127; a supervisor that was killed, its signal.
  const bool signaled = std::holds_alternative<process::Signaled>(outcome);
  if (!error.empty()) return {signaled ? "killed" : "setup", error};
  if (std::holds_alternative<process::Stopped>(outcome)) return {"killed", "interrupted"};
  if (std::holds_alternative<process::TimedOut>(outcome)) return {"timeout", "ran out of time"};
  if (signaled) {
    return {"killed", "the agent was " + process::describe(outcome)};
  }
  const bool exit_ok = process::succeeded(outcome);
  if (exit_ok && report.guessed) return {};
  const std::string words = printable_line(report.error.substr(0, 300));
  if (!report.error.empty() || (!exit_ok && report.kind != agent::Report::Kind::none)) {
    return {name_of(report.kind),
            words.empty() ? "the agent ended with " + process::describe(outcome) : words};
  }
  if (!exit_ok) return {"failed", "the agent ended with " + process::describe(outcome)};
  if (!report.saw_end) return {"failed", "the agent's output ended without its result"};
  return {};
}

Judgement judge(record::Workspace& workspace, const Evidence& evidence, const Verdict& agent) {
  Judgement judgement;
  judgement.tip = evidence.status.head;
  judgement.verdict = branch_verdict(workspace, evidence);
  if (!judgement.verdict.good()) return judgement;
  std::vector<std::string> excluded = {evidence.base};
  if (!evidence.target_tip.empty()) excluded.push_back(evidence.target_tip);
  judgement.commits = record::own_commits(workspace, judgement.tip, excluded);
  const std::vector<std::string> foreign = foreign_changes(workspace, evidence, judgement);
  if (!foreign.empty()) {
    judgement.verdict = {"tampered",
                         fmt::format("the branch changes '{}', which is not its own spec",
                                     printable_line(join(foreign, "', '")))};
  } else if (!agent.good()) {
    judgement.verdict = agent;
  } else if (!evidence.leftovers.empty()) {
    judgement.verdict = {"leftovers", fmt::format("the agent left {} uncommitted: '{}'",
                                                  counted(evidence.leftovers.size(), "file"),
                                                  printable_line(evidence.leftovers.front()))};
  } else if (judgement.commits.empty()) {
    judgement.verdict = evidence.excuse;
    if (evidence.excuse.good()) {
      judgement.verdict = {"no_commit", "the agent ended well but made no commit"};
    }
  } else {
    judgement.verdict = criteria_verdict(workspace, evidence, judgement.tip);
  }
  return judgement;
}

}  // namespace chant::work
