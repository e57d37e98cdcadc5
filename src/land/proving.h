// Testing what is aboard a train until everything that is left aboard is known to be good.
#pragma once

#include "land/assembly.h"
#include "land/gate.h"
#include "process/loop.h"
#include "sched/train_events.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace chant::land {

struct Red {
  Entry entry;
  Verdict verdict;
};

struct Proof {
  std::vector<Red> red;  // taken out of the train
  // The gate fails on the target as it is: nothing is proven. Its verdict, else std::nullopt.
  std::optional<Verdict> base;
  std::size_t runs = 0;
  bool interrupted = false;
};

// Blocks. `interrupted` is asked at every turn. After a culprit was taken out, `changed` is called.
[[nodiscard]] Proof prove(Assembly& assembly, Gate& gate, process::Loop& loop, std::size_t slots,
                          std::size_t batch, sched::TrainEvents& events,
                          const std::function<bool()>& interrupted,
                          const std::function<void()>& changed);

}  // namespace chant::land
