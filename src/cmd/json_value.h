// What all JSON answers are made with.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace chant::cmd {

using Json = nlohmann::ordered_json;

// ASCII alone: the same to every reader, and harmless on a terminal.
[[nodiscard]] inline std::string text_of(const Json& json) {
  return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

[[nodiscard]] inline Json or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace chant::cmd
