#include "spec/yaml.h"

#include "support/catch.h"
#include "util/error.h"

#include <fmt/format.h>

#include <chrono>

using namespace chant::spec;
using Catch::Contains;
using Kind = YamlNode::Kind;

namespace {

YamlNode parse(std::string_view text) { return parse_yaml(text, {"f.yaml"}); }

std::string error_of(std::string_view text, const YamlSource& source = {"f.yaml"}) {
  try {
    (void)parse_yaml(text, source);
  } catch (const chant::Error& error) {
    return error.what();
  }
  return "no error";
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("a document becomes a tree of text with line numbers") {
  const auto root =
      parse_yaml("a: b\r\nlist:\r\n- 'x y'\r\n- {k: v}\r\nempty:\r\nlast: \"q\"\r\n", {"f", 10});
  REQUIRE(root.kind == Kind::map);
  REQUIRE(root.entries.size() == 4);
  CHECK(root.find("a")->text == "b");
  CHECK_FALSE(root.find("a")->quoted);
  CHECK(root.entries[1].line == 11);
  const auto* list = root.find("list");
  REQUIRE(list->kind == Kind::list);
  REQUIRE(list->items.size() == 2);
  CHECK(list->items[0].text == "x y");
  CHECK(list->items[0].quoted);
  CHECK(list->items[0].line == 12);
  CHECK(list->items[1].find("k")->text == "v");
  CHECK(root.find("empty")->kind == Kind::null);
  CHECK(root.find("empty")->line == 14);
  CHECK(root.find("last")->quoted);
  CHECK(root.find("absent") == nullptr);
}

TEST_CASE("text without content is a null node") {
  for (const auto* text : {"", "\n\n", "# only a comment\n", "---\n"}) {
    CHECK(parse(text).kind == Kind::null);
  }
}

TEST_CASE("scalars are never converted") {
  const auto root = parse("[5e58057, 010, no, 0x10, 1_000, '7', ~, null, .inf]");
  std::vector<std::string> texts;
  for (const auto& item : root.items) texts.push_back(item.text);
  CHECK(texts == std::vector<std::string>{"5e58057", "010", "no", "0x10", "1_000", "7", "~", "null",
                                          ".inf"});
  CHECK(root.items[6].kind == Kind::null);
  CHECK(root.items[5].kind == Kind::scalar);
}

TEST_CASE("block scalars, folded text and a byte order mark are read") {
  CHECK(parse("\xEF\xBB\xBFrun: |\n  a\n  # b\n  \tc\nnext: >-\n  d\n  e\n").find("run")->text ==
        "a\n# b\n\tc\n");
  CHECK(parse("next: >-\n  d\n  e\n").find("next")->text == "d e");
  CHECK(parse("---\na: b\n").find("a")->text == "b");
}

TEST_CASE("hostile structure is refused with file and line") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a: &x b\n", "f.yaml:1: anchors are not allowed"},
      {"a: 1\nb: *x\n", "f.yaml:2: "},
      {"x: &a [*a]\n", "f.yaml:1: anchors are not allowed"},
      {"b: 1\n<<: {a: 1}\n", "f.yaml:2: merge keys"},
      {"a: 1\nb: !!python/object x\n", "f.yaml:2: tags are not allowed"},
      {"a: ! b\n", "f.yaml:1: tags are not allowed"},
      {"a: ! 'b'\n", "f.yaml:1: tags are not allowed"},
      {"a: !own [x]\n", "f.yaml:1: tags are not allowed"},
      {"! {a: b}\n", "f.yaml:1: tags are not allowed"},
      {"%YAML 9.9\n---\na: b\n", "f.yaml:1: directives are not allowed"},
      {"status: a\nb: c\nstatus: d\n", "f.yaml:3: duplicate key 'status'"},
      {"o: {a: 1, 'a': 2}\n", "f.yaml:1: duplicate key 'a'"},
      {"a: 1\n---\nb: 2\n", "f.yaml:2: a second document"},
      {"a: 1\n...\nb\n", "f.yaml:2: a second document"},
      {"- a\nb: c\n", "f.yaml:2: unexpected text"},
      {"a:\n\tb: 1\n", "f.yaml:2: a tab is used as indentation"},
      {"? [x]\n: y\n", "f.yaml:1: a key must be text"},
      {"a: 'x\nb: c\n", "f.yaml:1: a quote is not closed"},
      {"a: 1\nb: \"x\n", "f.yaml:2: a quote is not closed"},
      {"a: 'x''\nb: c\n", "f.yaml:1: a quote is not closed"},
      {"a: [b\n", "f.yaml:"},
      {"a: b: c\n", "f.yaml:1: "},
  };
  for (const auto& [text, message] : cases) {
    INFO(text);
    CHECK_THAT(error_of(text), Contains(message));
  }
}

TEST_CASE("bytes that readers disagree about are refused before parsing") {
  using namespace std::string_literals;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a: b\nc: d\0e[31m\n"s, "f.yaml:2: the control character U+0000"},
      {"a: \x04\n"s, "f.yaml:1: the control character U+0004"},
      {"a: \x1b[31m\n"s, "U+001B"},
      {"a: \x7f\n"s, "U+007F"},
      {"a: \xC2\x85\n"s, "U+0085"},
      {"a: \xE2\x80\xA8\n"s, "U+2028"},
      {"a: \xE2\x80\xA9\n"s, "U+2029"},
      {"a: \xEF\xBF\xBE\n"s, "U+FFFE"},
      {"a: b\rc: d\n"s, "f.yaml:1: a carriage return"},
      {"a: b\nc: \xFF\n"s, "f.yaml:2: not UTF-8 at byte 8"},
      {"a: \xC0\xAF\n"s, "not UTF-8"},
      {"a: \xED\xA0\x80\n"s, "not UTF-8"},
      {"\xFF\xFE"
       "a\0"s,
       "save the file as UTF-8"},
      {"a: \"\\e]52;c\"\n"s, "f.yaml:1: the control character U+001B"},
      {"a: \"\\0\"\n"s, "U+0000"},
      {"a: \"\\ud800\"\n"s, "f.yaml:1: "},
  };
  for (const auto& [text, message] : cases) {
    INFO(message);
    CHECK_THAT(error_of(text), Contains(message));
  }
  CHECK(parse("a: é \xE2\x80\x93 \xF0\x9F\x98\x80\n").find("a")->text ==
        "é \xE2\x80\x93 \xF0\x9F\x98\x80");
}

TEST_CASE("nesting is limited to 32 levels however it is written") {
  CHECK(error_of(repeated("[", 32) + repeated("]", 32)) == "no error");
  for (const auto* unit : {"[", "- ", "? ", "{a: ", "[{a: "}) {
    INFO(unit);
    CHECK_THAT(error_of(repeated(unit, 40)), Contains("nested deeper than 32 levels"));
  }
  std::string indented;
  for (std::size_t i = 0; i < 40; ++i) indented += std::string(i, ' ') + "a:\n";
  CHECK_THAT(error_of(indented), Contains("nested deeper"));
}

TEST_CASE("text made to be expensive is refused at once") {
  const auto start = std::chrono::steady_clock::now();
  CHECK_THAT(error_of(repeated("[", 250'000)), Contains("brackets"));
  CHECK_THAT(error_of(repeated("{a: ", 60'000)), Contains("brackets"));
  CHECK_THAT(error_of(repeated("- ", 130'000)), Contains("nested deeper"));
  CHECK_THAT(error_of(std::string(300 * 1024, 'x')),
             Contains("f.yaml:1: larger than 262144 bytes"));
  CHECK_THAT(error_of("abc", {"f.yaml", 3, 2}), Contains("f.yaml:3: larger than 2 bytes"));
  std::string many;
  for (int i = 0; i < 5'000; ++i) many += fmt::format("k{}: v\n", i);
  CHECK(parse(many).entries.size() == 5'000);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

TEST_CASE("a written scalar reads back as exactly its text") {
  const std::vector<std::string> values = {"",
                                           " ",
                                           "a",
                                           "a b",
                                           " a",
                                           "a ",
                                           "-",
                                           "- a",
                                           "-x",
                                           "?",
                                           ": ",
                                           "a: b",
                                           "a:",
                                           "a #b",
                                           "#a",
                                           "a#b",
                                           "[a]",
                                           "a, b",
                                           "{",
                                           "*a",
                                           "&a",
                                           "!a",
                                           "|",
                                           ">",
                                           "'",
                                           "it's",
                                           "\"q\"",
                                           "a\\b",
                                           "%x",
                                           "@x",
                                           "`x`",
                                           "null",
                                           "~",
                                           "No",
                                           "TRUE",
                                           "y",
                                           "on",
                                           "1",
                                           "-1",
                                           "+1",
                                           "010",
                                           "0x10",
                                           "0o7",
                                           "1e3",
                                           "5e58057",
                                           "212e120",
                                           "1234567",
                                           ".5",
                                           ".inf",
                                           ".NaN",
                                           "1_000",
                                           "12:30:45",
                                           "2026-01-24",
                                           "2026-01-24T10:00:00Z",
                                           "<<",
                                           "=",
                                           "---",
                                           "...",
                                           "a\nb",
                                           "a\tb",
                                           "é",
                                           "日本",
                                           "\xF0\x9F\x98\x80",
                                           "\xC2\xA0",
                                           "x\xEF\xBB\xBF",
                                           "2026-01-24-001-x7m",
                                           "src/a.c",
                                           "feature/x",
                                           "{{x}}",
                                           "$(id)",
                                           "%s",
                                           "c++",
                                           "C#"};
  for (const auto& value : values) {
    INFO(value);
    const auto root = parse(fmt::format("k: {}\nl: [{}]\nz:\n- {}\n", yaml_scalar(value),
                                        yaml_scalar(value), yaml_scalar(value)));
    for (const auto* node :
         {root.find("k"), &root.find("l")->items.at(0), &root.find("z")->items.at(0)}) {
      CHECK(node->kind == Kind::scalar);
      CHECK(node->text == value);
    }
  }
}

TEST_CASE("what any reader could take for something else than text is quoted") {
  for (const auto* value : {"5e58057", "212e120", "1234567", "0233978", "no", "Null", "y", "0x1f",
                            "1.5", "2026-01-24", "12:30", ".nan", "0o17", "1_0", "~", "=", ""}) {
    CHECK(yaml_scalar(value) == fmt::format("\"{}\"", value));
  }
  for (const auto* value : {"abc1234", "9392e7a", "1abcdef", "2026-01-24-001-x7m", "completed", "é",
                            "a\"b", "claude-opus-4-5", "chant/2026-01-24-001-x7m", "12ab"}) {
    CHECK(yaml_scalar(value) == value);
  }
  CHECK(yaml_scalar("a\x1b\"\\\n") == "\"a\\x1b\\\"\\\\\\n\"");
  CHECK(yaml_scalar("\r") == "\"\\r\"");
  CHECK(yaml_scalar("\xC2\x85\xE2\x80\xA8") == "\"\\x85\\u2028\"");
}
