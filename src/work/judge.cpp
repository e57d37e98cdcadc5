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
#include <optional>
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

// Where what the branch did begins: what came in by merging the target, or by moving onto it, is
// not its doing.
std::string beginning(record::Workspace& workspace, const Evidence& evidence,
                      const Judgement& judgement) {
  const std::string& tip = judgement.tip;
  std::string from = evidence.base;
  if (!evidence.target_tip.empty() && evidence.target_tip != evidence.base &&
      !is_straight(workspace.store(), evidence.base, judgement.commits)) {
    const process::Result merge_base =
        git::run(workspace.repository().top_level, {"merge-base", evidence.target_tip, tip});
    if (process::succeeded(merge_base.outcome)) from = std::string(trim(merge_base.out));
    // A fork point that was merged in memory is no ancestor of the target and counts first. That
    // of a task is, but for the spec file in it.
    const std::string base =
        evidence.list.empty() ? evidence.base
                              : git::load_commit(workspace.store(), evidence.base).parents.front();
    if (!workspace.store().is_ancestor(base, from)) from = evidence.base;
  }
  return from;
}

// Files that the branch changed although it must not: below .chant/ all but its own spec.
std::vector<std::string> foreign_changes(record::Workspace& workspace, const Evidence& evidence,
                                         const std::string& from, const std::string& tip) {
  std::vector<std::string> paths = git::changed_paths(workspace.store(), from, tip, ".chant");
  paths.erase(std::remove(paths.begin(), paths.end(), record::spec_path(evidence.id)), paths.end());
  return paths;
}

// Repositories that were committed as a link: the branch does not have their files, and no
// .gitmodules says where they are.
std::vector<std::string> bare_links(record::Workspace& workspace, const std::string& base,
                                    const std::string& tip) {
  git::Store& store = workspace.store();
  std::vector<std::string> links;
  const std::string modules = git::find_blob(store, tip, ".gitmodules").value_or("");
  for (const std::string& path : git::changed_paths(store, base, tip, "")) {
    const auto entry = git::find_entry(store, tip, path);
    if (!entry || entry->mode != "160000") continue;
    if (modules.find("= " + path + "\n") != std::string::npos) continue;
    const auto before = git::find_entry(store, base, path);
    if (!before || before->mode != "160000") links.push_back(path);
  }
  return links;
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

// The spec as it is in a commit; std::nullopt when it is not there or broken.
std::optional<spec::Spec> find_spec(record::Workspace& workspace, const std::string& id,
                                    const std::string& commit) {
  const std::string path = record::spec_path(id);
  auto text = commit.empty() ? std::nullopt : git::find_blob(workspace.store(), commit, path);
  if (!text) return std::nullopt;
  try {
    return spec::parse_spec(id, std::move(*text), path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// True when it stands there, perhaps with a remark behind it; with a command it is another one.
bool has_criterion(const spec::Spec& spec, const spec::Criterion& wanted) {
  const std::string words = printable_line(trim(wanted.text));
  return std::any_of(spec.criteria.begin(), spec.criteria.end(), [&](const auto& criterion) {
    return !spec::find_run_command(criterion.text) &&
           printable_line(trim(criterion.text)).starts_with(words);
  });
}

// What was open when the work began and is no criterion any more, although nobody has changed that
// on the target. Criteria with a command are compared when it has run.
std::vector<const spec::Criterion*> lost_criteria(record::Workspace& workspace,
                                                  const Evidence& evidence, const spec::Spec& first,
                                                  const spec::Spec& now) {
  std::vector<const spec::Criterion*> lost;
  for (const spec::Criterion& criterion : first.criteria) {
    if (criterion.ticked || spec::find_run_command(criterion.text)) continue;
    if (!has_criterion(now, criterion)) lost.push_back(&criterion);
  }
  if (lost.empty()) return lost;
  const auto target = find_spec(workspace, evidence.id, evidence.target_tip);
  std::erase_if(lost, [&](const auto* one) { return target && !has_criterion(*target, *one); });
  return lost;
}

// Whether boxes count, and which, is what the spec said when the work began.
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
  const spec::Spec first = find_spec(workspace, id, evidence.base).value_or(spec);
  const bool required = first.criteria_policy.empty()
                            ? workspace.config().criteria == config::Criteria::require
                            : first.criteria_policy != "ignore";
  if (!required) return {};
  const auto open = open_criteria(spec, evidence.checked_later);
  if (!open.empty()) {
    return {"unchecked", fmt::format("{} of {} criteria not ticked, the first: {}", open.size(),
                                     spec.criteria.size(), printable_line(open.front()->text))};
  }
  const auto lost = lost_criteria(workspace, evidence, first, spec);
  if (lost.empty()) return {};
  return {"unchecked",
          fmt::format("{} of {} criteria taken out of the spec or reworded, the first: {}",
                      lost.size(), first.criteria.size(), printable_line(lost.front()->text))};
}

// A retry is told: that is no attack, but what an agent does that wants to be tidy.
Verdict list_verdict(record::Workspace& workspace, const Evidence& evidence,
                     const std::string& from, const std::string& tip) {
  if (evidence.list.empty()) return {};
  const auto before = git::find_entry(workspace.store(), from, evidence.list);
  const auto now = git::find_entry(workspace.store(), tip, evidence.list);
  const bool same = before && now ? before->oid == now->oid && before->mode == now->mode
                                  : before.has_value() == now.has_value();
  if (same) return {};
  return {"failed", fmt::format("the branch changes '{}', where only git chant ticks a box, after "
                                "the landing; put it back: git checkout {} -- {}",
                                printable_line(evidence.list), from.substr(0, 10),
                                printable_line(shell_quoted(evidence.list)))};
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
  const std::string from = beginning(workspace, evidence, judgement);
  const auto foreign = foreign_changes(workspace, evidence, from, judgement.tip);
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
    judgement.verdict = list_verdict(workspace, evidence, from, judgement.tip);
    if (judgement.verdict.good()) {
      judgement.verdict = criteria_verdict(workspace, evidence, judgement.tip);
    }
    const auto links = bare_links(workspace, evidence.base, judgement.tip);
    if (!links.empty()) {
      judgement.verdict = {
          "leftovers",
          fmt::format("'{}' is a repository of its own: its files are not in the commit",
                      printable_line(links.front()))};
    }
  }
  return judgement;
}

}  // namespace chant::work
