#include "record/snapshot.h"

#include "git/tree.h"
#include "record/branch_work.h"
#include "record/landing.h"
#include "record/names.h"
#include "record/spec_files.h"
#include "record/task.h"
#include "spec/id.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace chant::record {
namespace {

namespace fs = std::filesystem;

// Ids whose claim is held by a live process.
std::set<std::string> claimed_ids(const git::Repository& repository) {
  std::set<std::string> ids;
  std::error_code ignored;
  constexpr std::string_view kPrefix = "spec-";
  constexpr std::string_view kEnd = ".lock";
  for (const auto& entry : fs::directory_iterator(repository.chant_dir() / "locks", ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.compare(0, kPrefix.size(), kPrefix) != 0 || name.size() < 11) continue;
    if (!is_locked(entry.path())) continue;
    ids.insert(name.substr(kPrefix.size(), name.size() - kPrefix.size() - kEnd.size()));
  }
  return ids;
}

// What the target's own version of each spec says, when the checkout is not on the target.
void read_target_statuses(Workspace& workspace, Snapshot& snapshot) {
  if (snapshot.target_tip.empty() || workspace.on_target()) return;
  git::Store& store = workspace.store();
  for (auto& [id, item] : snapshot.items) {
    const auto text = git::find_blob(store, snapshot.target_tip, spec_path(id));
    if (!text) {
      item.facts.target_status = "pending";
      continue;
    }
    try {
      item.facts.target_status = spec::parse_spec(id, *text, spec_path(id)).status;
    } catch (const Error&) {
      item.facts.target_status = "pending";
    }
  }
}

// True when the last seal of the spec is in base..tip and the file still says so at the tip.
bool is_sealed(Workspace& workspace, const std::string& id, const std::string& tip) {
  git::Store& store = workspace.store();
  const auto seal = store.find_ref(kept_ref(id, "tip"));
  if (!seal) return false;
  if (*seal != tip) {
    const auto base = store.find_ref(kept_ref(id, "base"));
    if (!store.is_ancestor(*seal, tip) || (base && store.is_ancestor(*seal, *base))) return false;
  }
  const auto spec = load_spec_at(workspace, id, tip);
  return spec && spec->status == "completed";
}

void add_branch(Workspace& workspace, Snapshot& snapshot, const git::Ref& ref,
                const std::set<std::string>& recorded) {
  const config::Config& config = workspace.config();
  for (const auto mode : {config::BranchMode::direct, config::BranchMode::branch}) {
    const std::string prefix = branch_ref(config, mode, "");
    if (ref.name.compare(0, prefix.size(), prefix) != 0) continue;
    const std::string id = ref.name.substr(prefix.size());
    if (snapshot.items.count(id) == 0) continue;
    SpecBranch branch{ref.name, ref.oid, is_sealed(workspace, id, ref.oid), recorded.count(id) > 0};
    SpecBranch& known = snapshot.branches[id];
    if (known.ref.empty() || branch.sealed) known = std::move(branch);
  }
}

void add_parked(Workspace& workspace, Snapshot& snapshot, const std::string& id) {
  const auto item = snapshot.items.find(id);
  if (item == snapshot.items.end()) return;
  auto parked = find_parked(workspace, id);
  if (!parked) return;
  item->second.facts.parked = parked->reason;
  snapshot.parked.emplace(id, std::move(*parked));
}

// Who could not land without another waits no more when that one is completed.
void release_dependents(Snapshot& snapshot) {
  for (auto parked = snapshot.parked.begin(); parked != snapshot.parked.end();) {
    const auto needed = snapshot.items.find(parked->second.needs);
    const bool landed =
        needed != snapshot.items.end() && (needed->second.facts.target_status.empty()
                                               ? needed->second.spec.status
                                               : needed->second.facts.target_status) == "completed";
    if (landed) snapshot.items.at(parked->first).facts.parked.clear();
    parked = landed ? snapshot.parked.erase(parked) : std::next(parked);
  }
}

// What the sweep found, as far as it is about the work that there is now.
void read_findings(Workspace& workspace, Snapshot& snapshot) {
  journal::Journal* journal = workspace.find_journal();
  if (journal == nullptr || snapshot.target.empty()) return;
  for (auto& [id, finding] : journal->findings(snapshot.target)) {
    const auto item = snapshot.items.find(id);
    if (item == snapshot.items.end()) continue;
    const auto branch = snapshot.branches.find(id);
    const bool current = (branch != snapshot.branches.end() && branch->second.tip == finding.tip) ||
                         workspace.store().find_ref(kept_ref(id, "tip")) == finding.tip;
    if (!current && finding.state != "landed") continue;
    const spec::Spec& file = item->second.spec;
    spec::Facts& facts = item->second.facts;
    const bool completed =
        (facts.target_status.empty() ? file.status : facts.target_status) == "completed";
    if (finding.state == "reverted" && !completed) {
      facts.reopened = finding.reason;
      facts.sealed = false;
    } else if (!finding.reason.empty() && (!completed || !is_unrecorded(finding))) {
      facts.doubt = finding.reason;
    }
    snapshot.findings.emplace(id, std::move(finding));
  }
}

std::vector<git::Ref> load_refs(Workspace& workspace, Snapshot& snapshot) {
  const config::Config& config = workspace.config();
  std::vector<std::string> patterns = {branch_ref(config, config::BranchMode::direct, ""),
                                       branch_ref(config, config::BranchMode::branch, ""),
                                       "refs/chant/spec/", parked_ref("")};
  if (!snapshot.target.empty()) patterns.push_back(snapshot.target);
  std::vector<git::Ref> refs = workspace.store().refs(patterns);
  for (const git::Ref& ref : refs) {
    if (ref.name == snapshot.target) snapshot.target_tip = ref.oid;
  }
  return refs;
}

// Ids that are no specs here, but have a branch (with its tip) or a last attempt that was not good.
std::map<std::string, std::string> find_others(Workspace& workspace, const Snapshot& snapshot,
                                               const std::vector<git::Ref>& refs) {
  const config::Config& config = workspace.config();
  std::map<std::string, std::string> tips;
  const auto prefixes = {branch_ref(config, config::BranchMode::direct, ""),
                         branch_ref(config, config::BranchMode::branch, "")};
  for (const std::string& prefix : prefixes) {
    for (const git::Ref& ref : refs) {
      if (ref.name.starts_with(prefix)) tips.emplace(ref.name.substr(prefix.size()), ref.oid);
    }
  }
  for (const auto& [id, attempt] : snapshot.last) {
    if (snapshot.items.count(id) > 0 || tips.count(id) > 0) continue;
    const bool is_elsewhere =
        !attempt.branch.empty() &&
        std::none_of(prefixes.begin(), prefixes.end(),
                     [&ref = attempt.branch](const auto& p) { return ref.starts_with(p); });
    const auto tip = is_elsewhere ? workspace.store().find_ref(attempt.branch) : std::nullopt;
    if (tip || attempt.exit_class != "ok") tips.emplace(id, tip.value_or(""));
  }
  std::erase_if(tips, [&](const auto& one) {
    return snapshot.items.count(one.first) > 0 || !spec::is_valid_id(one.first);
  });
  return tips;
}

// Tasks of lists have no file on the target: they are specs while there is something of them that
// has not landed.
void add_tasks(Workspace& workspace, Snapshot& snapshot, const std::vector<git::Ref>& refs,
               Boxes& boxes) {
  for (const auto& [id, tip] : find_others(workspace, snapshot, refs)) {
    const auto base = workspace.store().find_ref(kept_ref(id, "base"));
    auto begun = base ? load_spec_at(workspace, id, *base) : std::nullopt;
    auto now = tip.empty() ? std::nullopt : load_spec_at(workspace, id, tip);
    if (!begun) begun = base ? std::nullopt : now;
    if (!begun || !begun->source) continue;
    if (tip.empty() && boxes.find(*begun->source).kind != Boxes::State::Kind::open) continue;
    spec::Item& item = snapshot.items[id];
    item.spec = now ? std::move(*now) : *begun;
    item.spec.source = begun->source;
    item.spec.depends_on = boxes.still_needed(
        id, *begun->source, begun->depends_on.value_or(std::vector<std::string>{}));
  }
}

void read_boxes(Snapshot& snapshot, Boxes& boxes) {
  for (auto& [id, item] : snapshot.items) {
    if (!item.spec.source) continue;
    item.facts.target_status = boxes.is_done(*item.spec.source) ? "completed" : "pending";
  }
}

void read_refs(Workspace& workspace, Snapshot& snapshot, const std::vector<git::Ref>& refs) {
  std::set<std::string> recorded;
  for (const git::Ref& ref : refs) {
    const std::string parked = parked_ref("");
    if (ref.name.compare(0, parked.size(), parked) == 0) {
      add_parked(workspace, snapshot, ref.name.substr(parked.size()));
    }
    constexpr std::string_view kKept = "refs/chant/spec/";
    constexpr std::string_view kBase = "/base";
    if (ref.name.compare(0, kKept.size(), kKept) != 0) continue;
    const std::string rest = ref.name.substr(kKept.size());
    const auto slash = rest.rfind('/');
    if (slash != std::string::npos && rest.substr(slash) == kBase)
      recorded.insert(rest.substr(0, slash));
  }
  for (const git::Ref& ref : refs) add_branch(workspace, snapshot, ref, recorded);
  // A branch with another prefix than the configured ones is told by the record on it.
  for (const std::string& id : recorded) {
    const auto item = snapshot.items.find(id);
    if (item == snapshot.items.end() || snapshot.branches.count(id) > 0) continue;
    const spec::Spec& spec = item->second.spec;
    if (spec.status == "completed" && !spec.source) continue;
    if (auto branch = find_sealed_branch(workspace, id)) snapshot.branches[id] = *branch;
  }
}

// An agent may outlive a git chant that was killed, until its supervisor has ended it; the
// supervisor holds the log for as long.
bool is_ending(const journal::Attempt& attempt) {
  return attempt.ended == 0 && !attempt.log.empty() && is_locked(attempt.log);
}

void add_attempt_facts(spec::Item& item, const journal::Attempt& attempt) {
  // A limit of an account says nothing about the spec.
  if (is_of_account(attempt.exit_class)) return;
  spec::Facts& facts = item.facts;
  facts.reason = attempt.reason;
  if (attempt.ended == 0) {
    facts.last = spec::Facts::Last::failed;
    facts.reason = "interrupted: git chant was killed";
  } else if (attempt.exit_class == "ok") {
    facts.last = spec::Facts::Last::ok;
  } else {
    facts.last =
        needs_person(attempt.exit_class) ? spec::Facts::Last::attention : spec::Facts::Last::failed;
  }
}

}  // namespace

bool needs_person(const std::string& exit_class) {
  constexpr std::array<std::string_view, 4> kClasses = {"conflict", "gate", "leftovers",
                                                        "tampered"};
  return std::find(kClasses.begin(), kClasses.end(), exit_class) != kClasses.end();
}

bool is_of_account(const std::string& exit_class) {
  return exit_class == "rate_limited" || exit_class == "overloaded" || exit_class == "auth";
}

std::optional<SpecBranch> find_sealed_branch(Workspace& workspace, const std::string& id) {
  git::Store& store = workspace.store();
  const auto seal = store.find_ref(kept_ref(id, "tip"));
  if (!seal) return std::nullopt;
  std::vector<std::string> refs = {branch_ref(workspace.config(), config::BranchMode::direct, id),
                                   branch_ref(workspace.config(), config::BranchMode::branch, id)};
  const auto spec = load_spec_at(workspace, id, *seal);
  // A `branch` that is not named after the spec is somebody's own, and not ours to land and delete.
  const std::string recorded = spec ? spec->branch : "";
  const bool ours = recorded.size() > id.size() &&
                    recorded.compare(recorded.size() - id.size(), id.size(), id) == 0;
  if (ours) refs.push_back("refs/heads/" + recorded);
  for (const std::string& ref : refs) {
    const auto tip = store.find_ref(ref);
    if (tip && is_sealed(workspace, id, *tip)) return SpecBranch{ref, *tip, true, true};
  }
  return std::nullopt;
}

std::vector<std::string> Snapshot::ids() const {
  std::vector<std::string> all;
  all.reserve(items.size());
  for (const auto& [id, item] : items) all.push_back(id);
  return all;
}

std::string Snapshot::resolve(const std::string& text) const {
  return spec::resolve_id(text, ids(), local_date());
}

std::map<std::string, spec::Item> load_specs(const git::Repository& repository,
                                             std::vector<std::string>& notes) {
  spec::SpecFiles files = load_spec_files(repository);
  for (const std::string& name : files.strange_names) {
    notes.push_back(fmt::format("passed over '{}': not a valid spec id", printable_line(name)));
  }
  return std::move(files.items);
}

Snapshot take_snapshot(Workspace& workspace, std::map<std::string, spec::Item> tasks) {
  Snapshot snapshot;
  snapshot.target = workspace.find_target();
  snapshot.items = load_specs(workspace.repository(), snapshot.notes);
  snapshot.items.merge(tasks);
  if (journal::Journal* journal = workspace.find_journal()) {
    snapshot.last = journal->last_attempts();
  }
  const std::vector<git::Ref> refs = load_refs(workspace, snapshot);
  Boxes boxes(workspace, snapshot.target_tip);
  add_tasks(workspace, snapshot, refs, boxes);
  read_refs(workspace, snapshot, refs);
  read_target_statuses(workspace, snapshot);
  read_boxes(snapshot, boxes);
  release_dependents(snapshot);
  const std::set<std::string> claimed = claimed_ids(workspace.repository());
  for (auto& [id, item] : snapshot.items) {
    item.facts.claimed = claimed.count(id) > 0;
    const auto branch = snapshot.branches.find(id);
    item.facts.sealed = branch != snapshot.branches.end() && branch->second.sealed;
    const auto attempt = snapshot.last.find(id);
    if (attempt == snapshot.last.end()) continue;
    add_attempt_facts(item, attempt->second);
    if (is_ending(attempt->second)) item.facts.claimed = true;
  }
  read_findings(workspace, snapshot);
  const auto dependents = workspace.config().mode == config::BranchMode::branch
                              ? spec::Dependents::start_from_finished
                              : spec::Dependents::wait_for_target;
  snapshot.states = spec::compute_states(snapshot.items, dependents);
  return snapshot;
}

std::vector<std::string> settle_interrupted(Workspace& workspace) {
  std::vector<std::string> lines;
  journal::Journal* journal = workspace.find_journal();
  if (journal == nullptr) return lines;
  for (const auto& [id, last] : journal->last_attempts()) {
    if (last.ended != 0 || is_ending(last)) continue;
    const auto claim = FileLock::try_acquire(claim_path(workspace.repository(), id));
    if (!claim) continue;
    // It may have ended, in order, just before we got its claim.
    journal::Attempt attempt = journal->attempts(id).back();
    if (attempt.ended != 0) continue;
    attempt.exit_class = "killed";
    attempt.reason = "interrupted: git chant was killed";
    const auto tip =
        attempt.branch.empty() ? std::nullopt : workspace.store().find_ref(attempt.branch);
    if (tip) attempt.tip = *tip;
    journal->end_attempt(attempt);
    lines.push_back(fmt::format("attempt {} of {} was interrupted{}", attempt.number, id,
                                tip ? "; its work is on " + short_ref(attempt.branch) : ""));
  }
  return lines;
}

}  // namespace chant::record
