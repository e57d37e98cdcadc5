// The short cut for the YAML that nearly all spec files are written in: `key: word words`, lists
// of such scalars in block or flow style, and comments on lines of their own. It understands only
// what every YAML reader takes the same way, and passes everything else on to the real parser; a
// test holds the two together.
#pragma once

#include "spec/yaml.h"

#include <optional>
#include <string_view>

namespace chant::spec {

// The tree that parse_yaml gives for `text`, or std::nullopt when the text is not that plain.
[[nodiscard]] std::optional<YamlNode> parse_plain_yaml(std::string_view text, int first_line);

// parse_yaml without the short cut; `text` has no byte order mark.
[[nodiscard]] YamlNode parse_any_yaml(std::string_view text, const YamlSource& source);

}  // namespace chant::spec
