// Putting branches on a train: who comes aboard, who does not fit, and who waits for those.
#pragma once

#include "land/entry.h"
#include "land/recorded.h"
#include "land/train.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace chant::land {

struct Misfit {
  Entry entry;
  Clashing clashing;
};
struct Dependent {
  Entry entry;
  std::string dependency;  // id of the one that is not aboard
};

class Assembly {
 public:
  // `aboard` is called for each branch that fits, with how many are aboard then. `recorded`
  // outlives the assembly.
  using Aboard = std::function<void(const std::string& id, std::size_t number)>;
  Assembly(record::Workspace& workspace, const TrainOptions& options, RecordedResolutions& recorded,
           Aboard aboard);

  // Tries the entries in this order; a branch that does not fit is tried again when the others
  // are aboard. Never a dependent without what it depends on.
  void board(std::vector<Entry> entries);
  // Takes one out; who came after it is put on again, and whoever did not fit gets a new chance.
  void take_out(std::size_t position);

  [[nodiscard]] Train& train() { return train_; }
  [[nodiscard]] const std::vector<Entry>& aboard() const { return aboard_; }
  [[nodiscard]] const std::vector<Misfit>& misfits() const { return misfits_; }
  [[nodiscard]] const std::vector<Dependent>& dependents() const { return dependents_; }

 private:
  [[nodiscard]] std::string missing_dependency(const Entry& entry) const;
  bool try_one(const Entry& entry);

  git::Store& store_;
  Train train_;
  RecordedResolutions& recorded_;
  Aboard report_;
  std::vector<Entry> aboard_;
  std::vector<Misfit> misfits_;
  std::vector<Dependent> dependents_;
};

}  // namespace chant::land
