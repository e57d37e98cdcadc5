// The second half of `git chant import`: what has become of tasks that were imported.
#pragma once

#include "cmd/context.h"

#include <string>

namespace chant::cmd {

struct ReportOptions {
  std::string what;  // name of a feature or path of a list as typed, "" for all
  bool write_back = false, yes = false, json = false;
};
[[nodiscard]] int report_import(const ReportOptions& options, Context& context);

}  // namespace chant::cmd
