#include "land/reconcile.h"

#include "land/assembly.h"
#include "land/landing.h"
#include "land/lineup.h"
#include "land/merge.h"
#include "land/packet.h"
#include "land/proving.h"
#include "record/keep.h"
#include "record/names.h"
#include "record/target.h"
#include "record/task.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

namespace chant::land {
namespace {

namespace fs = std::filesystem;

constexpr int kMostRetrains = 20;

class Reconciler {
 public:
  Reconciler(record::Workspace& workspace, Queue& queue, Wish wish, const Resolver& resolver,
             sched::TrainEvents& events)
      : workspace_(workspace),
        queue_(queue),
        wish_(std::move(wish)),
        resolver_(resolver),
        events_(events),
        recorded_(workspace) {
    loop_.on_signal([this](int signal, int) { signal_ = signal; });
  }

  Reconciled run();

 private:
  enum class Next { done, again, waits, interrupted };

  Next land_once();
  [[nodiscard]] std::unique_ptr<Assembly> assemble(const std::vector<Entry>& entries,
                                                   const std::string& base);
  [[nodiscard]] std::unique_ptr<Assembly> put_together(const std::vector<Entry>& entries,
                                                       const std::string& base,
                                                       const std::string& directory);
  [[nodiscard]] Next prove_all(Assembly& assembly);
  [[nodiscard]] Next land_all(Assembly& assembly, const std::string& base);
  [[nodiscard]] Next land_each(std::vector<Entry> entries);
  [[nodiscard]] Next land_alone(Entry entry);
  void require_records(const std::vector<Entry>& entries, const std::string& commit);
  void collect(const Assembly& assembly);
  [[nodiscard]] bool resolve_conflicts();
  void park_all();
  void park(std::vector<git::RefChange>& changes, const record::Parked& packet);
  [[nodiscard]] bool interrupted();
  void finish(Next end);

  record::Workspace& workspace_;
  Queue& queue_;
  Wish wish_;
  const Resolver& resolver_;
  sched::TrainEvents& events_;
  RecordedResolutions recorded_;
  process::Loop loop_;
  std::unique_ptr<MergePlace> place_;
  std::unique_ptr<Gate> gate_;
  int signal_ = 0;
  sched::TrainSummary summary_;
  std::vector<Red> red_;
  std::vector<Misfit> misfits_;
  std::vector<Dependent> dependents_;
  std::set<std::string> landed_, unresolved_;
  std::string known_tip_;  // of the target, as we left or found it
};

// Signals are delivered while the loop waits; so it is given something to do at once.
bool Reconciler::interrupted() {
  loop_.soon([] {});
  loop_.run_once();
  return signal_ != 0;
}

std::unique_ptr<Assembly> Reconciler::put_together(const std::vector<Entry>& entries,
                                                   const std::string& base,
                                                   const std::string& directory) {
  auto assembly = std::make_unique<Assembly>(
      workspace_,
      TrainOptions{wish_.strategy, wish_.target, base, wish_.when, directory, place_.get()},
      recorded_, [this, of = entries.size()](const std::string& id, std::size_t number) {
        events_.merged(id, number, of);
      });
  assembly->board(entries);
  return assembly;
}

std::unique_ptr<Assembly> Reconciler::assemble(const std::vector<Entry>& entries,
                                               const std::string& base) {
  const std::string directory = place_->directory();
  if (wish_.order != sched::Order::automatic || entries.size() < 2) {
    return put_together(in_order(entries, line_up(entries, {}), wish_.order), base, directory);
  }
  const Matrix matrix = predict(workspace_, directory, base, entries);
  const Lineup lineup = line_up(entries, matrix);
  auto best = put_together(in_order(entries, lineup, wish_.order), base, directory);
  // The order is a good guess. When more might come aboard, the plain one is tried as well.
  const std::size_t left = entries.size() - best->aboard().size();
  if (left <= sched::least_left_behind(lineup.landers, lineup.conflicts)) return best;
  auto plain = put_together(in_order(entries, lineup, sched::Order::id), base, directory);
  if (plain->aboard().size() > best->aboard().size()) return plain;
  return best;
}

Reconciler::Next Reconciler::prove_all(Assembly& assembly) {
  if (wish_.gate.empty()) return Next::done;
  if (!gate_) {
    const config::Config& config = workspace_.config();
    gate_ = std::make_unique<Gate>(
        workspace_, loop_,
        GateOptions{wish_.gate, config.reconcile.gate_timeout, config.grace, wish_.slots,
                    wish_.name, workspace_.repository().chant_dir() / "logs/reconcile" / wish_.name,
                    wish_.target});
  }
  Proof proof = prove(
      assembly, *gate_, loop_, wish_.slots, wish_.land_each ? 1 : wish_.batch, events_,
      [this] { return signal_ != 0; }, [&] { queue_.pin(assembly.train()); });
  summary_.gate_runs += proof.runs;
  for (Red& red : proof.red) red_.push_back(std::move(red));
  if (proof.interrupted) return Next::interrupted;
  if (proof.base) {
    summary_.waits =
        fmt::format("the gate fails on '{}' as it is: {} (log {})", record::short_ref(wish_.target),
                    proof.base->why, proof.base->log.string());
    summary_.next = "git chant reconcile --abort";
    return Next::waits;
  }
  return Next::done;
}

void Reconciler::require_records(const std::vector<Entry>& entries, const std::string& commit) {
  for (const Entry& entry : entries) {
    if (record::says_completed(workspace_, entry.id, commit)) continue;
    fail("'{}' does not say that it is completed in what would land; nothing has landed", entry.id);
  }
}

Reconciler::Next Reconciler::land_all(Assembly& assembly, const std::string& base) {
  const std::vector<Entry>& aboard = assembly.aboard();
  if (aboard.empty()) return Next::done;
  Landing landing;
  landing.target = wish_.target;
  landing.from = base;
  landing.to = assembly.train().candidate(aboard.size());
  landing.keep_branches = wish_.keep_branches;
  landing.kind = "reconcile";
  landing.name = wish_.name;
  landing.summary =
      fmt::format("land {} on {}", counted(aboard.size(), "spec"), record::short_ref(wish_.target));
  std::vector<std::string> ids;
  for (const Entry& entry : aboard) {
    landing.specs.push_back({entry.id, entry.branch, entry.branch_tip, entry.tip});
    ids.push_back(entry.id);
  }
  require_records(aboard, landing.to);
  const GroupOutcome outcome = land_group(workspace_, landing);
  if (const auto* moved = std::get_if<Moved>(&outcome)) {
    events_.note("something moved meanwhile, the train is made again: " + moved->reason);
    return Next::again;
  }
  if (const auto* obstacle = std::get_if<InTheWay>(&outcome)) {
    summary_.waits = fmt::format("uncommitted changes are in the way in '{}': '{}'",
                                 obstacle->checkout, join(obstacle->paths, "', '"));
    summary_.next = "git chant reconcile --continue";
    return Next::waits;
  }
  const Landed& landed = std::get<Landed>(outcome);
  landed_.insert(ids.begin(), ids.end());
  summary_.landed.insert(summary_.landed.end(), ids.begin(), ids.end());
  summary_.to = known_tip_ = landed.commit;
  events_.landed(ids, landed.commit);
  for (const std::string& note : landed.notes) events_.note(note);
  return Next::done;
}

void Reconciler::collect(const Assembly& assembly) {
  misfits_ = assembly.misfits();
  dependents_ = assembly.dependents();
}

Reconciler::Next Reconciler::land_alone(Entry entry) {
  std::erase_if(entry.depends_on, [this](const std::string& id) { return landed_.count(id) > 0; });
  const auto tip = workspace_.store().find_ref(wish_.target);
  if (!tip) fail("the branch '{}' is gone", record::short_ref(wish_.target));
  if (*tip != known_tip_) entry.fork.clear();  // somebody else moved it: nothing is known of that
  const auto assembly = put_together({entry}, *tip, place_->directory());
  queue_.pin(assembly->train());
  misfits_.insert(misfits_.end(), assembly->misfits().begin(), assembly->misfits().end());
  if (interrupted()) return Next::interrupted;
  const Next proven = prove_all(*assembly);
  return proven == Next::done ? land_all(*assembly, *tip) : proven;
}

// Each on what the target is by then. Those that did not fit are tried again as long as others
// land.
Reconciler::Next Reconciler::land_each(std::vector<Entry> entries) {
  for (bool progress = true; progress && !entries.empty();) {
    progress = false;
    misfits_.clear();
    dependents_.clear();
    std::vector<Entry> left;
    for (const Entry& entry : entries) {
      const auto waits_for = [this](const std::string& id) { return landed_.count(id) == 0; };
      const auto dependency =
          std::find_if(entry.depends_on.begin(), entry.depends_on.end(), waits_for);
      if (dependency != entry.depends_on.end()) {
        dependents_.push_back({entry, *dependency});
      } else if (const Next next = land_alone(entry); next != Next::done) {
        return next;
      }
      const bool landed = landed_.count(entry.id) > 0;
      const auto is_red = [&entry](const Red& red) { return red.entry.id == entry.id; };
      progress = progress || landed;
      const bool open = !landed && std::none_of(red_.begin(), red_.end(), is_red);
      if (open) left.push_back(entry);
    }
    entries = std::move(left);
  }
  return Next::done;
}

// One look at everything that is there, and one landing.
Reconciler::Next Reconciler::land_once() {
  const auto tip = workspace_.store().find_ref(wish_.target);
  if (!tip) fail("the branch '{}' is gone", record::short_ref(wish_.target));
  record::require_quiet_checkouts(workspace_, wish_.target);
  Intake intake = gather(workspace_, wish_);
  std::erase_if(intake.entries, [this](const Entry& entry) {
    return std::any_of(red_.begin(), red_.end(),
                       [&entry](const Red& red) { return red.entry.id == entry.id; });
  });
  summary_.left_out.clear();
  for (const LeftOut& left : intake.left_out) {
    if (landed_.count(left.id) == 0) summary_.left_out.emplace_back(left.id, left.reason);
  }
  misfits_.clear();
  dependents_.clear();
  if (summary_.from.empty()) {
    summary_.from = summary_.to = *tip;
    events_.began(summary_.target, intake.entries.size());
  }
  if (intake.entries.empty()) return Next::done;
  known_tip_ = *tip;
  queue_.begin(wish_, *tip);
  place_ = std::make_unique<MergePlace>(workspace_, wish_.target);
  const auto assembly = assemble(intake.entries, *tip);
  if (wish_.land_each) {
    std::vector<Entry> in_order = assembly->aboard();
    for (const Misfit& misfit : assembly->misfits()) in_order.push_back(misfit.entry);
    for (const Dependent& dependent : assembly->dependents()) in_order.push_back(dependent.entry);
    return land_each(std::move(in_order));
  }
  queue_.pin(assembly->train());
  collect(*assembly);
  if (interrupted()) return Next::interrupted;
  const Next proven = prove_all(*assembly);
  collect(*assembly);
  if (proven != Next::done) return proven;
  return land_all(*assembly, *tip);
}

void Reconciler::park(std::vector<git::RefChange>& changes, const record::Parked& packet) {
  changes.push_back(record::park(workspace_, packet));
  const sched::ParkedSpec parked{packet.id, packet.kind, packet.reason, packet.next};
  summary_.parked.push_back(parked);
  events_.parked(parked);
}

void Reconciler::park_all() {
  std::vector<git::RefChange> changes;
  const std::string now = workspace_.store().find_ref(wish_.target).value_or(summary_.to);
  for (const Misfit& misfit : misfits_) {
    // What is in a scratch worktree is told by the packet that was written for it.
    const auto before = record::find_parked(workspace_, misfit.entry.id);
    if (before && fs::exists(before->scratch)) {
      park(changes, *before);
      continue;
    }
    // Looked at once more, against what the target is now.
    Clashing clashing = misfit.clashing;
    git::TreeMerge again = merge(workspace_, place_->directory(), now, misfit.entry.tip);
    if (!again.clean()) clashing = {now, misfit.entry.tip, std::move(again)};
    park(changes,
         describe_conflict(workspace_, place_->directory(), wish_.target, misfit.entry, clashing));
  }
  for (const Red& red : red_) {
    park(changes, describe_red(wish_.target, red.entry, red.verdict.why, red.verdict.log));
  }
  for (const Dependent& dependent : dependents_) {
    park(changes, describe_dependent(wish_.target, dependent.entry, dependent.dependency));
  }
  queue_.close(std::move(changes));
}

bool Reconciler::resolve_conflicts() {
  if (!resolver_ || misfits_.empty()) return false;
  bool progress = false;
  const std::string now = workspace_.store().find_ref(wish_.target).value_or(summary_.to);
  for (const Misfit& misfit : std::vector<Misfit>(misfits_)) {
    if (!misfit.clashing.why.empty()) continue;
    if (interrupted() || !unresolved_.insert(misfit.entry.id).second) continue;
    git::TreeMerge again = merge(workspace_, place_->directory(), now, misfit.entry.tip);
    if (again.clean()) {
      progress = true;
      continue;
    }
    record::Parked packet =
        describe_conflict(workspace_, place_->directory(), wish_.target, misfit.entry,
                          {now, misfit.entry.tip, std::move(again)});
    const std::string failed = resolver_(loop_, packet);
    if (failed.empty()) progress = true;
    if (failed.empty()) continue;
    events_.note(fmt::format("{} is not resolved: {}", misfit.entry.id, failed));
  }
  return progress;
}

void Reconciler::finish(Next end) {
  if (end == Next::interrupted) {
    summary_.interrupted = true;
    summary_.next = "git chant reconcile --continue";
  }
  if (end == Next::done) park_all();
}

Reconciled Reconciler::run() {
  const std::int64_t began = now_ms();
  summary_.target = record::short_ref(wish_.target);
  for (const std::string& line : record::put_stale_scratch_aside(workspace_)) events_.note(line);
  Next next = Next::again;
  for (int turn = 0; next == Next::again; ++turn) {
    if (turn == kMostRetrains) {
      summary_.waits = fmt::format("'{}' keeps moving", summary_.target);
      summary_.next = "git chant reconcile --continue";
      next = Next::waits;
      break;
    }
    const std::size_t before = landed_.size();
    next = land_once();
    if (next != Next::done) continue;
    // Whoever did not fit may fit now that some were taken out by the gate.
    const bool more = landed_.size() > before && !misfits_.empty() && !red_.empty();
    if (!interrupted() && (more || resolve_conflicts())) next = Next::again;
    if (interrupted()) next = Next::interrupted;
  }
  finish(next);
  summary_.elapsed_ms = now_ms() - began;
  events_.summary(summary_);
  return {summary_, signal_};
}

}  // namespace

Reconciled reconcile(record::Workspace& workspace, Queue& queue, const Wish& wish,
                     const Resolver& resolver, sched::TrainEvents& events) {
  return Reconciler(workspace, queue, wish, resolver, events).run();
}

}  // namespace chant::land
