// JSON answers about what lands and what does not (json.h).
#pragma once

#include "cmd/json_value.h"
#include "land/forecast.h"
#include "record/parked.h"
#include "sched/train_events.h"

#include <map>
#include <optional>
#include <string>

namespace chant::cmd {

[[nodiscard]] Json json_files(const std::vector<git::ConflictedPath>& files);
[[nodiscard]] Json json_matrix(const land::Matrix& matrix);
// A packet, without the marked-up text.
[[nodiscard]] Json json_parked(const record::Parked& parked);

[[nodiscard]] std::string json_reconciled(const sched::TrainSummary& summary);
[[nodiscard]] std::string json_forecast(const land::Forecast& forecast);
[[nodiscard]] std::string json_reconcile_status(
    const std::string& who, const std::optional<land::Wish>& open,
    const std::map<std::string, record::Parked>& parked);

}  // namespace chant::cmd
