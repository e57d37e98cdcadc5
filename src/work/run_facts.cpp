// What the detection of pitfalls looks at, from the journal, the worktrees and git.
#include "git/guard.h"
#include "git/run.h"
#include "git/worktree.h"
#include "land/matrix.h"
#include "land/merge.h"
#include "record/names.h"
#include "record/parked.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/time.h"
#include "work/pitfalls.h"

#include <algorithm>

namespace chant::work {
namespace {

using Kind = sched::EndedSpec::Kind;

// True when git can be run there: not what was planted, nor in another repository.
bool is_harmless(const record::Workspace& workspace, const RunFacts& facts,
                 const git::Marking& marking) {
  const bool tampered = std::any_of(
      facts.attempts.begin(), facts.attempts.end(), [&](const journal::Attempt& attempt) {
        return attempt.spec == marking.spec && attempt.exit_class == "tampered";
      });
  return !tampered && git::is_worktree_of(workspace.repository(), marking.worktree);
}

bool has_uncommitted_work(const std::filesystem::path& worktree) {
  const process::Result status = process::run(git::status_command(worktree));
  return process::succeeded(status.outcome) && !git::parse_status(status.out).entries.empty();
}

void look_at_worktrees(const record::Workspace& workspace, RunFacts& facts) {
  const git::Repository& repository = workspace.repository();
  for (const git::Marking& marking : git::marked_worktrees(repository)) {
    if (marking.owner != git::Owner::run) continue;
    if (is_locked(record::claim_path(repository, marking.spec))) continue;
    const std::string path = marking.worktree.string();
    facts.worktrees.emplace(marking.spec, path);
    if (is_harmless(workspace, facts, marking) && has_uncommitted_work(path)) {
      facts.uncommitted.emplace(marking.spec, path);
    }
  }
}

// The work of the run as it is now: what landed, too, because others may conflict with it.
std::vector<land::Entry> work_of(record::Workspace& workspace, const RunFacts& facts) {
  std::vector<land::Entry> entries;
  for (const sched::EndedSpec& spec : facts.specs) {
    const bool has_work = spec.kind == Kind::completed || spec.kind == Kind::finished ||
                          spec.exit_class == "conflict" || spec.exit_class == "gate";
    const auto tip = workspace.store().find_ref(record::kept_ref(spec.id, "tip"));
    if (!has_work || !tip) continue;
    land::Entry entry;
    entry.id = spec.id;
    entry.tip = *tip;
    entries.push_back(std::move(entry));
  }
  return entries;
}

void find_conflicts(record::Workspace& workspace, RunFacts& facts) {
  const bool waiting =
      std::any_of(facts.specs.begin(), facts.specs.end(), [](const sched::EndedSpec& spec) {
        return spec.kind == Kind::finished || spec.exit_class == "conflict";
      });
  const auto target = workspace.store().find_ref(workspace.find_target());
  if (!waiting || !target) return;
  const land::MergePlace place(workspace, workspace.find_target());
  const land::Matrix matrix =
      land::predict(workspace, place.directory(), *target, work_of(workspace, facts));
  for (const land::Clash& clash : matrix.clashes) {
    auto& others = facts.conflicts[clash.one];
    if (clash.other.empty()) continue;
    others.push_back(clash.other);
    facts.conflicts[clash.other].push_back(clash.one);
  }
}

void find_landings(RunFacts& facts) {
  for (const sched::EndedSpec& spec : facts.specs) {
    if (spec.kind != Kind::completed && spec.kind != Kind::finished) continue;
    for (const journal::Attempt& attempt : facts.attempts) {
      if (attempt.spec != spec.id || attempt.exit_class != "ok") continue;
      std::int64_t& at = facts.landed_at[spec.id];
      if (at == 0 || attempt.ended < at) at = attempt.ended;
    }
  }
}

}  // namespace

RunFacts gather_facts(record::Workspace& workspace, std::int64_t run, const sched::Summary& summary,
                      const std::map<std::string, std::vector<std::string>>& depends_on) {
  RunFacts facts;
  facts.run = run;
  facts.specs = summary.specs;
  facts.attempts = workspace.journal().attempts_of_run(run);
  facts.depends_on = depends_on;
  look_at_worktrees(workspace, facts);
  find_conflicts(workspace, facts);
  find_landings(facts);
  for (journal::Account& account : workspace.journal().accounts()) {
    if (account.closed_until > now_ms()) facts.closed.push_back(std::move(account));
  }
  return facts;
}

}  // namespace chant::work
