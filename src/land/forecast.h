// What reconcile would do, as far as it can be known without running anything.
#pragma once

#include "land/lineup.h"
#include "record/parked.h"

#include <string>
#include <vector>

namespace chant::land {

struct Forecast {
  std::string target;  // full ref
  std::vector<LeftOut> left_out;
  Matrix matrix;
  std::vector<std::string> order;               // ids, as they would land
  std::vector<std::vector<std::string>> waves;  // ids
  std::vector<record::Parked> parked;           // that would not land
};

// Merges in memory; no ref and no checkout changes. Throws Error.
[[nodiscard]] Forecast forecast(record::Workspace& workspace, const Wish& wish);

}  // namespace chant::land
