#include "spec/plain_yaml.h"

#include "support/catch.h"
#include "util/error.h"
#include "util/text.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

namespace chant::spec {
namespace {

std::string shown(const YamlNode& node) {
  std::string text = std::to_string(static_cast<int>(node.kind)) + "@" + std::to_string(node.line) +
                     (node.quoted ? "q" : "") + "'" + node.text + "'";
  for (const YamlNode& item : node.items) text += "[" + shown(item) + "]";
  for (const auto& entry : node.entries) {
    text += "{" + entry.key + "@" + std::to_string(entry.line) + ":" + shown(entry.value) + "}";
  }
  return text;
}

// True when the short cut was taken; what it gives must be what the parser gives.
bool agrees(const std::string& text) {
  const auto plain = parse_plain_yaml(text, 2);
  if (!plain) return false;
  INFO(text);
  std::string parsed;
  try {
    parsed = shown(parse_any_yaml(text, {"x", 2}));
  } catch (const Error& error) {
    parsed = error.what();
  }
  CHECK(shown(*plain) == parsed);
  return true;
}

}  // namespace

TEST_CASE("plain frontmatter takes the short cut and reads as the parser reads it") {
  CHECK(agrees("type: code\nstatus: pending\n"));
  CHECK(agrees("# words\ntype:   code  \n\nlabels: [a, b-c,d]\ncommits:\n- 5e58057\n- 1234567\n"));
  CHECK(agrees("depends_on: []\ncompleted_at: 2026-01-24T12:48:41Z\nfiles:\n    - a/b.c\n"));
}

TEST_CASE("what is not plain is left to the parser") {
  for (const char* text : {"a: 'x'\n",
                           "a: \"x\"\n",
                           "a: x # y\n",
                           "a: b: c\n",
                           "a: b:\n",
                           "a:\n",
                           "a: null\n",
                           "a: ~\n",
                           "a: &x b\n",
                           "a: *x\n",
                           "a: !t b\n",
                           "a: |\n  x\n",
                           "a: {b: c}\n",
                           "a: [b: c]\n",
                           "a: b\n  c\n",
                           "a:\n  - b\n   - c\n",
                           "a:\n- b\nc: d\n- e\n",
                           "a: b\na: c\n",
                           "--- \na: b\n",
                           "a: b\n...\n",
                           "a:\tb\n",
                           "a: b\r\n",
                           "- a\n",
                           "a\n",
                           "\"a\": b\n",
                           "a:\n  b: c\n",
                           "a: [b, ]\n",
                           "a: [b,, c]\n",
                           "# \x01\na: b\n",
                           "a: \xC3\xA9\n",
                           "null: x\n",
                           ""}) {
    INFO(text);
    CHECK_FALSE(parse_plain_yaml(text, 1).has_value());
  }
}

TEST_CASE("the short cut agrees with the parser on random text") {
  std::mt19937 random(20261121);
  const std::vector<std::string> pieces = {
      "a",     "b1",  ": ", ":",  "- ", "-",   "\n",  "\n",   "\n  ",
      " ",     "[",   "]",  ", ", ",",  "#",   "x y", "null", "2026-01-01T00:00:00Z",
      "5e5",   "010", "no", "'",  "~",  "a: ", "c: ", "\n- ", "$(",
      "<<",    "=",   "@x", "!",  "%",  "\t",  "---", "...",  "key:",
      "key: v"};
  int taken = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (auto n = random() % 14; n > 0; --n) text += pieces[random() % pieces.size()];
    if (agrees(text)) ++taken;
  }
  CHECK(taken > 100);
}

TEST_CASE("the short cut agrees with the parser on real frontmatter") {
  const char* corpus = std::getenv("CHANT_SPEC_CORPUS");
  if (corpus == nullptr) return;
  int taken = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const std::string all = text.str();
    const auto end = all.find("\n---\n", 4);
    if (end != std::string::npos && agrees(all.substr(4, end - 3))) ++taken;
  }
  CHECK(taken > 300);
}

}  // namespace chant::spec
