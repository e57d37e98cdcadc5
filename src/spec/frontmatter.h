// Where the frontmatter of a spec file is, and its YAML. For this module only.
//
// Frontmatter is line based: it opens with the first line that is not blank, when that is
// exactly `---`, and closes with the next such line; blanks may follow the dashes. Throws Error
// with the file and line when it is not closed or holds an unresolved merge conflict.
#pragma once

#include "spec/yaml.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace chant::spec {

struct Frontmatter {
  bool present = false;
  std::size_t open = 0;   // offset of the opening line; where one would go when absent
  std::size_t yaml = 0;   // of the first line between
  std::size_t close = 0;  // of the closing line
  std::size_t body = 0;   // after the closing line
  int first_line = 1;     // number of the line at `yaml`
  YamlNode root;          // a map, or null when there are no keys
};

[[nodiscard]] Frontmatter read_frontmatter(std::string_view text, const std::string& shown);

}  // namespace chant::spec
