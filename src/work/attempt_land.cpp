// The landing of an attempt whose work is sealed, with the gate before it when there is one.
#include "land/landing.h"
#include "record/names.h"
#include "util/error.h"
#include "util/text.h"
#include "work/attempt.h"

#include <fmt/format.h>

namespace chant::work {

using Kind = sched::EndedSpec::Kind;

land::Request Attempt::landing() const {
  return {task_.id, spec_.title, record_.branch, sealed_tip_, scene_.target, scene_.operation};
}

std::string Attempt::last_commit() const {
  return record_.commits.empty() ? sealed_tip_.substr(0, 7) : record_.commits.back().substr(0, 7);
}

void Attempt::land() {
  if (scene_.mode == config::BranchMode::branch || scene_.landing == Landing::later) {
    return end({task_.id, Kind::finished, last_commit(), "ok", "", "git chant reconcile"},
               sched::Ending::done);
  }
  workspace().journal().set_step(record_, "land");
  if (scene_.gate) {
    // One at a time: each is tested on what the ones before it left.
    return scene_.gate_lane.enter([this] { guard([this] { land_behind_gate(); }); });
  }
  alone([this] { land_now(); });
}

void Attempt::land_now() {
  const auto outcome = land::land(workspace(), landing());
  if (const auto* conflict = std::get_if<land::Conflict>(&outcome)) return end_conflict(*conflict);
  if (const auto* obstacle = std::get_if<land::InTheWay>(&outcome)) return end_waiting(*obstacle);
  end_landed(std::get<land::Landed>(outcome));
}

// Whatever happens, the lane is left.
void Attempt::land_behind_gate() {
  in_gate_lane_ = true;
  if (scene_.stopping) return stop_waiting();
  alone([this] { test_behind_gate(); });
}

void Attempt::test_behind_gate() {
  const auto prepared = land::prepare(workspace(), landing());
  if (const auto* conflict = std::get_if<land::Conflict>(&prepared)) return end_conflict(*conflict);
  const land::Prepared what = std::get<land::Prepared>(prepared);
  scene_.events.note(task_.id, "the gate runs");
  gate_run_ = scene_.gate->start(what.to, task_.id, [this, what](const land::Verdict& verdict) {
    gate_run_.reset();
    alone([this, what, verdict] { gate_ended(what, verdict); });
  });
}

void Attempt::gate_ended(const land::Prepared& what, const land::Verdict& verdict) {
  if (verdict.stopped) return stop_waiting();
  if (!verdict.error.empty()) fail("the gate cannot be run: {}", verdict.error);
  if (!verdict.green) {
    return end({task_.id, Kind::attention, last_commit(), "gate",
                fmt::format("the gate is red: {} (log {})", verdict.why, verdict.log.string()),
                "git chant reconcile " + task_.id},
               sched::Ending::failed);
  }
  const auto outcome = land::land_prepared(workspace(), landing(), what);
  if (std::holds_alternative<land::Moved>(outcome)) return land_behind_gate();
  if (const auto* obstacle = std::get_if<land::InTheWay>(&outcome)) return end_waiting(*obstacle);
  end_landed(std::get<land::Landed>(outcome));
}

void Attempt::stop_waiting() {
  end({task_.id, Kind::finished, last_commit(), "ok", "waits to land: the run was stopped",
       "git chant reconcile " + task_.id},
      sched::Ending::failed);
}

void Attempt::end_landed(const land::Landed& landed) {
  for (const std::string& note : landed.notes) scene_.events.note(task_.id, note);
  end({task_.id, Kind::completed, last_commit(), "ok", "", ""}, sched::Ending::done);
}

void Attempt::end_conflict(const land::Conflict& conflict) {
  if (!conflict.why.empty()) {
    return end({task_.id, Kind::attention, last_commit(), "conflict", conflict.why,
                "git chant reconcile " + task_.id},
               sched::Ending::failed);
  }
  end({task_.id, Kind::attention, last_commit(), "conflict",
       fmt::format("conflicts with '{}' in '{}'", record::short_ref(scene_.target),
                   printable_line(join(conflict.paths, "', '"))),
       "git merge " + record::short_ref(record_.branch)},
      sched::Ending::failed);
}

void Attempt::end_waiting(const land::InTheWay& obstacle) {
  end({task_.id, Kind::finished, last_commit(), "ok",
       fmt::format("waits to land: uncommitted changes in '{}'",
                   printable_line(join(obstacle.paths, "', '"))),
       "git chant work " + task_.id},
      sched::Ending::failed);
}

}  // namespace chant::work
