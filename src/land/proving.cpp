#include "land/proving.h"

#include "sched/gate_plan.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <map>

namespace chant::land {
namespace {

class Prover {
 public:
  Prover(Assembly& assembly, Gate& gate, sched::GatePlan& plan, sched::TrainEvents& events)
      : assembly_(assembly), gate_(gate), plan_(plan), events_(events) {}

  void start_all() {
    while (const auto prefix = plan_.next()) start(*prefix);
  }

  // Ends runs whose verdict can change nothing any more.
  void stop_moot() {
    for (auto it = running_.begin(); it != running_.end();) {
      if (!plan_.is_moot(it->first)) {
        ++it;
        continue;
      }
      plan_.drop(it->first);
      gate_.stop(it->second);
      it = running_.erase(it);
    }
  }

  void stop_all() {
    ++generation_;
    running_.clear();
    gate_.stop_all();
  }

  [[nodiscard]] std::size_t runs() const { return runs_; }
  [[nodiscard]] const Verdict& verdict_of(std::size_t prefix) const { return verdicts_.at(prefix); }

 private:
  void start(std::size_t prefix) {
    const std::string label = label_of(prefix);
    events_.gate_began(label);
    const auto done = [this, prefix, label, generation = generation_](const Verdict& verdict) {
      runs_ += static_cast<std::size_t>(verdict.runs);
      if (verdict.stopped || generation != generation_) return;
      if (!verdict.error.empty()) fail("the gate cannot be run: {}", verdict.error);
      running_.erase(prefix);
      verdicts_[prefix] = verdict;
      events_.gate_ended(label, verdict.green, words_of(verdict));
      plan_.verdict(prefix, verdict.green);
    };
    running_[prefix] = gate_.start(assembly_.train().candidate(prefix), label, done);
  }

  [[nodiscard]] std::string label_of(std::size_t prefix) const {
    if (prefix == 0) return "the target alone";
    const std::string& last = assembly_.aboard()[prefix - 1].id;
    if (prefix == 1) return last;
    return fmt::format("{} up to {}", counted(prefix, "spec"), last);
  }

  [[nodiscard]] static std::string words_of(const Verdict& verdict) {
    if (!verdict.green) return "red: " + verdict.why;
    if (verdict.flaky) return "green, but red at first: flaky";
    return verdict.cached ? "green, as before" : "green";
  }

  Assembly& assembly_;
  Gate& gate_;
  sched::GatePlan& plan_;
  sched::TrainEvents& events_;
  std::map<std::size_t, Gate::Id> running_;
  std::map<std::size_t, Verdict> verdicts_;
  std::size_t runs_ = 0;
  int generation_ = 0;
};

}  // namespace

Proof prove(Assembly& assembly, Gate& gate, process::Loop& loop, std::size_t slots,
            std::size_t batch, sched::TrainEvents& events, const std::function<bool()>& interrupted,
            const std::function<void()>& changed) {
  Proof proof;
  sched::GatePlan plan(assembly.aboard().size(), slots, batch);
  Prover prover(assembly, gate, plan, events);
  while (!plan.done() && !interrupted()) {
    prover.start_all();
    if (plan.base_is_red()) {
      proof.base = prover.verdict_of(0);
      break;
    }
    if (const auto culprit = plan.culprit()) {
      prover.stop_all();
      proof.red.push_back({assembly.aboard().at(*culprit), prover.verdict_of(*culprit + 1)});
      assembly.take_out(*culprit);
      plan.remove_culprit(assembly.aboard().size());
      changed();
      continue;
    }
    prover.stop_moot();
    loop.run_once();
  }
  proof.interrupted = interrupted() && !plan.done();
  prover.stop_all();
  while (gate.running() > 0) loop.run_once();
  proof.runs = prover.runs();
  return proof;
}

}  // namespace chant::land
