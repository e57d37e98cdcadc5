#include "land/forecast.h"

#include "land/assembly.h"
#include "land/merge.h"
#include "land/packet.h"
#include "record/names.h"
#include "util/error.h"

#include <set>

namespace chant::land {

Forecast forecast(record::Workspace& workspace, const Wish& wish) {
  const auto tip = workspace.store().find_ref(wish.target);
  if (!tip) fail("the branch '{}' is gone", record::short_ref(wish.target));
  Intake intake = gather(workspace, wish);
  MergePlace place(workspace, wish.target);
  Forecast cast{wish.target, std::move(intake.left_out), {}, {}, {}, {}};
  cast.matrix = predict(workspace, place.directory(), *tip, intake.entries);
  const Lineup lineup = line_up(intake.entries, cast.matrix);
  RecordedResolutions recorded(workspace);
  Assembly assembly(workspace,
                    {wish.strategy, wish.target, *tip, wish.when, place.directory(), &place},
                    recorded, [](const std::string&, std::size_t) {});
  assembly.board(in_order(intake.entries, lineup, wish.order));
  std::set<std::string> aboard;
  for (const Entry& entry : assembly.aboard()) {
    cast.order.push_back(entry.id);
    aboard.insert(entry.id);
  }
  for (auto& wave : sched::landing_waves(lineup.landers, lineup.conflicts, wish.order)) {
    std::erase_if(wave, [&aboard](const std::string& id) { return aboard.count(id) == 0; });
    if (!wave.empty()) cast.waves.push_back(std::move(wave));
  }
  for (const Misfit& misfit : assembly.misfits()) {
    cast.parked.push_back(describe_conflict(workspace, place.directory(), wish.target, misfit.entry,
                                            misfit.clashing));
  }
  for (const Dependent& dependent : assembly.dependents()) {
    cast.parked.push_back(describe_dependent(wish.target, dependent.entry, dependent.dependency));
  }
  return cast;
}

}  // namespace chant::land
