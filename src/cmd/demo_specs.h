// The specs of `git chant demo`: three that do not need each other, and two that wait for them.
#pragma once

#include <string_view>
#include <vector>

namespace chant::cmd {

struct DemoSpec {
  std::string_view id;
  std::string_view text;
};

[[nodiscard]] std::vector<DemoSpec> demo_specs();

}  // namespace chant::cmd
