// YAML as hostile input: a tree of text, with the line of every value, or one Error.
//
// Only what frontmatter and configuration need is accepted: one document of maps, lists and
// scalars. Refused, each with file and line: text over the size limit, bytes that are not
// UTF-8, control characters, a lone carriage return, tabs as indentation, nesting over 32
// levels, anchors, aliases, tags, directives, duplicate keys, a second document. Scalars are
// never converted: `5e58057`, `010` and `no` are the text they are. This is the only module
// that includes yaml-cpp, and only in yaml.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chant::spec {

struct YamlNode {
  enum class Kind { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  std::string text;     // of a scalar
  bool quoted = false;  // the scalar was written in quotes
  int line = 0;         // 1-based, in the file
  std::vector<YamlNode> items;
  std::vector<Entry> entries;

  // The value of `key` in a map, or nullptr.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlNode::Entry {
  std::string key;
  int line = 0;
  YamlNode value;
};

struct YamlSource {
  std::string name;    // the file, for messages
  int first_line = 1;  // line of the file that `text` starts at
  std::size_t max_bytes = 256 * 1024;
};

// Throws Error "<name>:<line>: <what>". Empty text is a null node.
[[nodiscard]] YamlNode parse_yaml(std::string_view text, const YamlSource& source);

// True when both say the same, however they are written and wherever they are.
[[nodiscard]] bool same_value(const YamlNode& a, const YamlNode& b);

// `value` as a YAML scalar that every reader takes as exactly this string: plain where that is
// safe, else double-quoted.
[[nodiscard]] std::string yaml_scalar(std::string_view value);

}  // namespace chant::spec
