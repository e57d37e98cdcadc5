#include "land/lineup.h"

#include "record/parked.h"
#include "record/snapshot.h"

#include <algorithm>
#include <set>

namespace chant::land {

Lineup line_up(const std::vector<Entry>& entries, const Matrix& matrix) {
  Lineup lineup;
  std::set<std::string> hopeless;
  for (const Clash& clash : matrix.clashes) {
    if (clash.other.empty()) {
      hopeless.insert(clash.one);
    } else {
      lineup.conflicts.emplace_back(clash.one, clash.other);
    }
  }
  lineup.landers.reserve(entries.size());
  for (const Entry& entry : entries) {
    lineup.landers.push_back({entry.id, entry.depends_on, entry.paths.size(), entry.finished_at,
                              hopeless.count(entry.id) > 0});
  }
  return lineup;
}

std::vector<Entry> in_order(const std::vector<Entry>& entries, const Lineup& lineup,
                            sched::Order order) {
  std::vector<Entry> sorted;
  sorted.reserve(entries.size());
  for (const std::string& id : sched::landing_order(lineup.landers, lineup.conflicts, order)) {
    sorted.push_back(*std::find_if(entries.begin(), entries.end(),
                                   [&id](const Entry& entry) { return entry.id == id; }));
  }
  return sorted;
}

Intake gather(record::Workspace& workspace, const Wish& wish) {
  const record::Snapshot snapshot = record::take_snapshot(workspace);
  Intake intake = take_in(workspace, snapshot, wish.target, wish.ids, wish.when);
  const auto parked = record::load_parked(workspace);
  const std::vector<Entry> all = std::move(intake.entries);
  intake.entries.clear();
  for (const Entry& entry : all) {
    const auto packet = parked.find(entry.id);
    const bool named = std::find(wish.ids.begin(), wish.ids.end(), entry.id) != wish.ids.end();
    if (std::find(wish.skip.begin(), wish.skip.end(), entry.id) != wish.skip.end()) {
      intake.left_out.push_back({entry.id, "skipped"});
    } else if (!named && packet != parked.end() && packet->second.kind == "gate" &&
               packet->second.target == wish.target) {
      intake.left_out.push_back(
          {entry.id, "its gate failed; git chant reconcile " + entry.id + " tries it again"});
    } else {
      intake.entries.push_back(entry);
    }
  }
  return intake;
}

}  // namespace chant::land
