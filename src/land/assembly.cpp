#include "land/assembly.h"

#include <algorithm>
#include <optional>

namespace chant::land {

Assembly::Assembly(record::Workspace& workspace, const TrainOptions& options,
                   RecordedResolutions& recorded, Aboard aboard)
    : store_(workspace.store()),
      train_(workspace, options),
      recorded_(recorded),
      report_(std::move(aboard)) {}

std::string Assembly::missing_dependency(const Entry& entry) const {
  for (const std::string& id : entry.depends_on) {
    const auto is_it = [&id](const Entry& other) { return other.id == id; };
    if (std::none_of(aboard_.begin(), aboard_.end(), is_it)) return id;
  }
  return "";
}

bool Assembly::try_one(const Entry& entry) {
  const std::string ours = train_.tip();
  auto clashing = train_.add(entry);
  if (clashing && clashing->why.empty()) {
    const auto tree = recorded_.find(ours, entry.tip);
    if (tree) clashing = train_.add_resolved(entry, *tree);
  }
  if (clashing) {
    misfits_.push_back({entry, std::move(*clashing)});
    return false;
  }
  aboard_.push_back(entry);
  report_(entry.id, aboard_.size());
  return true;
}

void Assembly::board(std::vector<Entry> entries) {
  const git::ObjectBatch batch(store_);
  for (bool progress = true; progress && !entries.empty();) {
    progress = false;
    misfits_.clear();
    std::vector<Entry> waiting;
    for (Entry& entry : entries) {
      const bool fits = missing_dependency(entry).empty() && try_one(entry);
      if (fits) progress = true;
      if (!fits) waiting.push_back(std::move(entry));
    }
    entries = std::move(waiting);
  }
  store_.flush();
  dependents_.clear();
  for (Entry& entry : entries) {
    const std::string missing = missing_dependency(entry);
    if (!missing.empty()) dependents_.push_back({std::move(entry), missing});
  }
}

void Assembly::take_out(std::size_t position) {
  const auto at = aboard_.begin() + static_cast<std::ptrdiff_t>(position);
  std::vector<Entry> again(at + 1, aboard_.end());
  aboard_.erase(at, aboard_.end());
  train_.cut(position);
  for (Misfit& misfit : misfits_) again.push_back(std::move(misfit.entry));
  for (Dependent& dependent : dependents_) again.push_back(std::move(dependent.entry));
  misfits_.clear();
  dependents_.clear();
  board(std::move(again));
}

}  // namespace chant::land
