#include "spec/spec.h"
#include "support/catch.h"
#include "util/error.h"

using namespace chant::spec;
using Catch::Contains;
using Strings = std::vector<std::string>;

namespace {

std::string edit(const std::string& text, const Changes& changes) {
  return with_changes(parse_spec("x", text, "x.md"), changes);
}

std::string edit_yaml(const std::string& yaml, const Changes& changes) {
  const auto text = edit("---\n" + yaml + "---\nbody", changes);
  REQUIRE(text.substr(0, 4) == "---\n");
  REQUIRE(text.substr(text.size() - 8) == "---\nbody");
  return text.substr(4, text.size() - 12);
}

Changes set(const std::string& key, const std::string& value) { return {{key, Value::of(value)}}; }
Changes set(const std::string& key, const Strings& items) { return {{key, Value::of(items)}}; }
Changes removed(const std::string& key) { return {{key, Value::removed()}}; }

}  // namespace

TEST_CASE("a scalar is replaced on its line and nothing else moves") {
  CHECK(edit_yaml("# head\n\nstatus:   pending   # why\n# foot\ntype: code\n",
                  set("status", "completed")) ==
        "# head\n\nstatus:   completed   # why\n# foot\ntype: code\n");
  CHECK(edit_yaml("status: pending\n  # note\n\ntype: code\n", set("status", "completed")) ==
        "status: completed\n  # note\n\ntype: code\n");
  CHECK(edit_yaml("model: # none yet\n", set("model", "m")) == "model: m # none yet\n");
  CHECK(edit_yaml("model:\n", set("model", "m")) == "model: m\n");
  CHECK(edit_yaml("model: a#b # c\n", set("model", "m")) == "model: m # c\n");
  CHECK(edit_yaml("\"model\": a\n", set("model", "m")) == "\"model\": m\n");
}

TEST_CASE("quotes are kept where the new value needs no escapes") {
  CHECK(edit_yaml("a: 'it''s # x' # c\n", set("a", "b")) == "a: 'b' # c\n");
  CHECK(edit_yaml("a: \"q\\\" # x\" # c\n", set("a", "b")) == "a: \"b\" # c\n");
  CHECK(edit_yaml("a: 'x'\n", set("a", "5e58057")) == "a: \"5e58057\"\n");
  CHECK(edit_yaml("a: x\n", set("a", "no: way # \n")) == "a: \"no: way # \\n\"\n");
}

TEST_CASE("a value of several lines is replaced as a whole") {
  CHECK(edit_yaml("a: |\n  x\n  # y\n\nb: c\n", set("a", "z")) == "a: z\n\nb: c\n");
  CHECK(edit_yaml("a: x\n  y\n# c\nb: c\n", set("a", "z")) == "a: z\n# c\nb: c\n");
  CHECK(edit_yaml("a: \"x\n\n  y\"\nb: c\n", set("a", "z")) == "a: \"z\"\nb: c\n");
  CHECK(edit_yaml("a: # m\n  k: v\n  l: [w]\nb: c\n", set("a", "z")) == "a: z # m\nb: c\n");
  CHECK(edit_yaml("? a\n: x\nb: c\n", set("a", "z")) == "a: z\nb: c\n");
}

TEST_CASE("a list keeps the style it has") {
  CHECK(edit_yaml("l: [a, 'b # c'] # d\n", set("l", Strings{"x", "z"})) == "l: [x, z] # d\n");
  CHECK(edit_yaml("l:\n- a\n- b\nm: n\n", set("l", Strings{"x"})) == "l:\n- x\nm: n\n");
  CHECK(edit_yaml("l: # c\n    -   a\nm: n\n", set("l", Strings{"x", "z"})) ==
        "l: # c\n    -   x\n    -   z\nm: n\n");
  CHECK(edit_yaml("l: [\n  a,\n  b\n]\nm: n\n", set("l", Strings{"x"})) == "l: [x]\nm: n\n");
  CHECK(edit_yaml("l: []\n", set("l", Strings{"x"})) == "l: [x]\n");
  CHECK(edit_yaml("l:\n- a\n", set("l", Strings{})) == "l: []\n");
  CHECK(edit_yaml("l: [a]\n", set("l", Strings{"a, b", "]"})) == "l: [\"a, b\", \"]\"]\n");
}

TEST_CASE("adding to a block list leaves its lines as they are") {
  CHECK(
      edit_yaml("l:\n- 'a' # one\n# two\n- b\n# foot\nm: n\n", set("l", Strings{"a", "b", "c"})) ==
      "l:\n- 'a' # one\n# two\n- b\n- c\n# foot\nm: n\n");
}

TEST_CASE("new keys go to the end of the frontmatter, lists in the style of the file") {
  CHECK(edit_yaml("a: b\n# foot\n", set("c", "d")) == "a: b\n# foot\nc: d\n");
  CHECK(edit_yaml("", set("c", Strings{"x"})) == "c:\n  - x\n");
  CHECK(edit_yaml("l:\n- a\n", set("c", Strings{"x", "z"})) == "l:\n- a\nc:\n- x\n- z\n");
  CHECK(edit_yaml("l:\n    - a\n", set("c", Strings{"x"})) == "l:\n    - a\nc:\n    - x\n");
  CHECK(edit_yaml("l: [a]\n", set("c", Strings{"x"})) == "l: [a]\nc:\n  - x\n");
  CHECK(edit_yaml("a: b\n", set("c", Strings{})) == "a: b\nc: []\n");
  CHECK(edit_yaml("  a: b\n", set("c", Strings{"x"})) == "  a: b\n  c:\n    - x\n");
}

TEST_CASE("hashes that look like numbers are written in quotes, points in time are not") {
  CHECK(edit_yaml("", set("commits", Strings{"5e58057", "1234567", "abc1234"})) ==
        "commits:\n  - \"5e58057\"\n  - \"1234567\"\n  - abc1234\n");
  CHECK(edit_yaml("", set("completed_at", "2026-01-24T10:00:00Z")) ==
        "completed_at: 2026-01-24T10:00:00Z\n");
}

TEST_CASE("CRLF, a byte order mark and a missing final newline are kept") {
  CHECK(edit("\xEF\xBB\xBF---\r\nstatus: a # c\r\nl:\r\n- x\r\n---\r\n# T\r\nend",
             {{"status", Value::of("b")},
              {"l", Value::of(Strings{"w"})},
              {"m", Value::of(Strings{"z"})}}) ==
        "\xEF\xBB\xBF---\r\nstatus: b # c\r\nl:\r\n- w\r\nm:\r\n- z\r\n---\r\n# T\r\nend");
  CHECK(edit("---\na: b\n---", set("a", "c")) == "---\na: c\n---");
}

TEST_CASE("a file without frontmatter gets one and keeps its body") {
  CHECK(edit("# T\n", set("status", "completed")) == "---\nstatus: completed\n---\n# T\n");
  CHECK(edit("# T\r\nx", set("a", "b")) == "---\r\na: b\r\n---\r\n# T\r\nx");
  CHECK(edit("\xEF\xBB\xBFx", set("a", "b")) == "\xEF\xBB\xBF---\na: b\n---\nx");
  CHECK(edit("", set("a", "b")) == "---\na: b\n---\n");
  CHECK(edit("# T\n", removed("a")) == "# T\n");
}

TEST_CASE("removing a key takes its lines and no others") {
  CHECK(edit_yaml("a: b # x\n# for c\nc:\n- d\n# foot\ne: f\n", removed("c")) ==
        "a: b # x\n# for c\n# foot\ne: f\n");
  CHECK(edit_yaml("a: b\n", removed("a")).empty());
  CHECK(edit_yaml("a: b\n", removed("z")) == "a: b\n");
  CHECK(edit_yaml("a:\nb: c\n", removed("a")) == "b: c\n");
}

TEST_CASE("setting what is there already changes nothing") {
  const std::string yaml = "status:   'a'\nl: [ x,y ]\none: x\nhash:\n- 3614866\n";
  CHECK(edit_yaml(yaml, set("status", "a")) == yaml);
  CHECK(edit_yaml(yaml, set("l", Strings{"x", "y"})) == yaml);
  CHECK(edit_yaml(yaml, set("one", Strings{"x"})) == yaml);
  CHECK(edit_yaml(yaml, set("hash", Strings{"3614866"})) == yaml);
  CHECK(edit_yaml(yaml, {}) == yaml);
}

TEST_CASE("the legacy key `commit` is left alone") {
  CHECK(edit_yaml("commit: '0233978'\n", set("commits", Strings{"abc1234"})) ==
        "commit: '0233978'\ncommits:\n  - abc1234\n");
}

TEST_CASE("changes are made in order and the last of one key counts") {
  CHECK(edit_yaml("a: b\n",
                  {{"c", Value::of("1x")}, {"a", Value::removed()}, {"c", Value::of("2x")}}) ==
        "c: 2x\n");
}

TEST_CASE("body text that looks like frontmatter is never touched") {
  const std::string body = "```yaml\n---\nstatus: pending\n---\n```\nstatus: pending\n";
  CHECK(edit("---\nstatus: pending\n---\n" + body, set("status", "completed")) ==
        "---\nstatus: completed\n---\n" + body);
}

TEST_CASE("an edit that cannot be made without touching other keys throws") {
  for (const std::string yaml : {"{status: a, type: b}\n", "{status: a}\n", "{}\n"}) {
    INFO(yaml);
    CHECK_THROWS_AS(edit_yaml(yaml, set("status", "b")), chant::Error);
  }
  CHECK_THROWS_AS(edit_yaml("a: b\n", set("a", "\x1b")), chant::Error);
  CHECK_THROWS_AS(edit_yaml("a: b\n", set("a", "\xFF")), chant::Error);
}

TEST_CASE("hostile values stay one value") {
  for (const std::string value :
       {"b\n---\nstatus: x", "b\nstatus: completed", "- x", "{", "*a", "# c", "'", "\"", ""}) {
    INFO(value);
    const auto text = edit("---\na: x\nstatus: pending\n---\nbody", set("a", value));
    CHECK(parse_spec("x", text, "x.md").status == "pending");
    CHECK_THAT(text, Contains("\nstatus: pending\n---\nbody"));
  }
}
