// One line of an agent's JSON stream, read as hostile input.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chant::agent {

// The object on this line, or std::nullopt when it is none. What is nested deeper than 64 levels
// is left out. Escapes of half a surrogate pair, which JavaScript writes when it cuts a text, are
// read as U+FFFD. Throws nothing.
[[nodiscard]] std::optional<nlohmann::json> find_object(std::string_view line);

// The member `key` of an object when it is of that type.
[[nodiscard]] std::string text_of(const nlohmann::json& object, const char* key);  // else ""
[[nodiscard]] std::optional<std::int64_t> integer_of(const nlohmann::json& object, const char* key);
[[nodiscard]] bool flag_of(const nlohmann::json& object, const char* key);  // else false
// The member, or a null value.
[[nodiscard]] const nlohmann::json& member_of(const nlohmann::json& object, const char* key);

}  // namespace chant::agent
