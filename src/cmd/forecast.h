// A forecast, for people.
#pragma once

#include "cmd/context.h"
#include "land/forecast.h"
#include "ui/matrix.h"

namespace chant::cmd {

[[nodiscard]] ui::ShownMatrix shown(const land::Matrix& matrix, const std::string& target);

void print_forecast(Context& context, const land::Forecast& forecast);

}  // namespace chant::cmd
