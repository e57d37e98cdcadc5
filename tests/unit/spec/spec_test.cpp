#include "spec/spec.h"

#include "support/catch.h"
#include "util/error.h"

#include <fmt/format.h>

using namespace chant::spec;
using Catch::Contains;
using Strings = std::vector<std::string>;

namespace {

Spec parse(std::string text) { return parse_spec("x", std::move(text), "x.md"); }

std::string error_of(std::string text) {
  try {
    (void)parse(std::move(text));
  } catch (const chant::Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("every known key is read") {
  const auto spec = parse(
      "---\ntype: task\nstatus: completed\ndepends_on: [a, b]\nlabels:\n- l\ntarget_files:\n  - f\n"
      "commits:\n- abc1234\nagent: main\nprompt: p\nmodel: m\nbranch: chant/x\ncompleted_at: "
      "2026-01-01T00:00:00Z\n"
      "criteria: ignore\ntimeout: 2h\npriority: -5\n---\n\n# Title\n\nText\n");
  CHECK(spec.id == "x");
  CHECK(spec.type == "task");
  CHECK(spec.status == "completed");
  CHECK(spec.depends_on == Strings{"a", "b"});
  CHECK(spec.labels == Strings{"l"});
  CHECK(spec.target_files == Strings{"f"});
  CHECK(spec.commits == Strings{"abc1234"});
  CHECK(spec.agent == "main");
  CHECK(spec.prompt == "p");
  CHECK(spec.model == "m");
  CHECK(spec.branch == "chant/x");
  CHECK(spec.completed_at == "2026-01-01T00:00:00Z");
  CHECK(spec.criteria_policy == "ignore");
  CHECK(spec.timeout == "2h");
  CHECK(spec.priority == -5);
  CHECK(spec.title == "Title");
  CHECK(spec.body_text() == "\n# Title\n\nText\n");
}

TEST_CASE("without frontmatter there are defaults and the body is the file") {
  for (const std::string text :
       {"", "# T\n", "----\nstatus: x\n----\n", "text\n---\nstatus: x\n---\n"}) {
    const auto spec = parse(text);
    CHECK(spec.type == "code");
    CHECK(spec.status == "pending");
    CHECK(spec.depends_on == std::nullopt);
    CHECK(spec.body == 0);
  }
  CHECK(parse("\xEF\xBB\xBF# T\n").body == 3);
  CHECK(parse("\xEF\xBB\xBF# T\n").title == "T");
  CHECK(parse("---\n---").status == "pending");
  CHECK(parse("---\n# c\n---\n").body_text().empty());
  CHECK(parse("---\nstatus:\ntype: ~\n---\n").status == "pending");
}

TEST_CASE("frontmatter is cut at lines, not at dashes") {
  CHECK(parse("---\nmodel: a---b\n---\n# T\n").model == "a---b");
  CHECK(parse("---  \nmodel: a\n---\t\n# T\n").body_text() == "# T\n");
  CHECK(parse("---\nmodel: a\n---\nx\n---\ny\n").body_text() == "x\n---\ny\n");
  CHECK(parse("\n\n---\nstatus: completed\n---\nx").status == "completed");
  CHECK(parse("---\nmodel: |\n  a\n  ---\n  b\n---\nx").model == "a\n---\nb\n");
}

TEST_CASE("a byte order mark, CRLF and a missing final newline are accepted") {
  const auto spec =
      parse("\xEF\xBB\xBF---\r\nstatus: completed\r\nlabels:\r\n- a\r\n---\r\n# T\r\n\r\nend");
  CHECK(spec.status == "completed");
  CHECK(spec.labels == Strings{"a"});
  CHECK(spec.title == "T");
  CHECK(spec.body_text() == "# T\r\n\r\nend");
}

TEST_CASE("frontmatter that is not closed is an error with the line") {
  CHECK_THAT(error_of("---\nstatus: x\n# T\n"), Contains("x.md:1: the frontmatter is not closed"));
  CHECK_THAT(error_of("---"), Contains("x.md:1: the frontmatter is not closed"));
}

TEST_CASE("an unresolved merge conflict in the frontmatter is called that") {
  const std::string conflict =
      "---\ntype: code\n<<<<<<< HEAD\nstatus: a\n=======\nstatus: b\n>>>>>>> x\n---\n";
  CHECK(error_of(conflict) == "x.md:3: unresolved merge conflict");
  CHECK(error_of("<<<<<<< HEAD\n---\nstatus: a\n") == "x.md:1: unresolved merge conflict");
  CHECK(error_of("---\na: b\n---\n<<<<<<< HEAD\nx\n") == "no error");
}

TEST_CASE("hashes that look like numbers are read as text") {
  const auto spec = parse("---\ncommits:\n- 3614866\n- 5e58057\n- '0183011'\n- 0o12345\n---\n");
  CHECK(spec.commits == Strings{"3614866", "5e58057", "0183011", "0o12345"});
}

TEST_CASE("the old key `commit` is read where `commits` says nothing") {
  CHECK(parse("---\ncommit: '0233978'\n---\n").commits == Strings{"0233978"});
  CHECK(parse("---\ncommit: 1e83309\ncommits:\n---\n").commits == Strings{"1e83309"});
  CHECK(parse("---\ncommit: a\ncommits: [b]\n---\n").commits == Strings{"b"});
}

TEST_CASE("a list may be written as one scalar, and absent is not empty") {
  CHECK(parse("---\ndepends_on: a\nlabels: b\ntarget_files: c\n---\n").depends_on == Strings{"a"});
  CHECK(parse("---\nlabels: b\n---\n").labels == Strings{"b"});
  CHECK(parse("---\ndepends_on: []\n---\n").depends_on == Strings{});
  CHECK(parse("---\ndepends_on:\n---\n").depends_on == std::nullopt);
  CHECK(parse("---\nlabels: [no, 010, null]\n---\n").labels == Strings{"no", "010", "null"});
}

TEST_CASE("a known key of the wrong type is an error that names it") {
  CHECK(error_of("---\nstatus: [a]\n---\n") == "x.md:2: 'status' must be text, not a list");
  CHECK(error_of("---\ntype: code\nmodel:\n  a: b\n---\n") ==
        "x.md:4: 'model' must be text, not a map");
  CHECK(error_of("---\nlabels:\n- a\n- {b: c}\n---\n") ==
        "x.md:4: 'labels' must be a list of text");
  CHECK(error_of("---\ndepends_on: {a: b}\n---\n") ==
        "x.md:2: 'depends_on' must be a list of text");
  for (const auto* number : {"010", "0x10", "1e3", ".inf", "99999999999", "1.5", "high", "5 "}) {
    CHECK_THAT(error_of(fmt::format("---\npriority: '{}'\n---\n", number)),
               Contains("x.md:2: 'priority' must be a decimal number"));
  }
  CHECK_THAT(error_of("---\n- a\n---\n"),
             Contains("x.md:2: the frontmatter is not a list of keys"));
}

TEST_CASE("unknown keys of any shape are ignored") {
  const auto spec = parse(
      "---\napproval:\n  required: true\n  status: approved\nblocked_specs: "
      "[]\nconflicting_files:\npr: 12\n"
      "retry: {a: [1, {b: c}]}\nstatus: weird\ntype: conflict\n---\n");
  CHECK(spec.status == "weird");
  CHECK(spec.type == "conflict");
}

TEST_CASE("faults in the YAML are reported with the line of the file") {
  CHECK(error_of("---\nstatus: a\nstatus: b\n---\n") == "x.md:3: duplicate key 'status'");
  CHECK(error_of("\n---\na: 1\nb: &x 2\n---\n") == "x.md:4: anchors are not allowed");
  CHECK(error_of("---\na:\n\tb: c\n---\n") == "x.md:3: a tab is used as indentation");
}

TEST_CASE("files that are not text or too large are refused") {
  using namespace std::string_literals;
  CHECK_THAT(error_of(std::string(kMaxSpecBytes + 1, 'a')),
             Contains("x.md:1: larger than 1048576 bytes"));
  CHECK(error_of(std::string(kMaxSpecBytes, 'a')) == "no error");
  CHECK(error_of("a\nb\0c"s) == "x.md:2: a NUL byte is not allowed");
  CHECK(error_of("a\nb\xFF") == "x.md:2: not UTF-8 at byte 3");
  CHECK_THAT(error_of("\xFF\xFE#\0"s), Contains("save the file as UTF-8"));
  CHECK_THAT(error_of("---\na: " + std::string(300 * 1024, 'x') + "\n---\n"),
             Contains("larger than 262144 bytes"));
}

TEST_CASE("the title is the first level-1 heading outside fences") {
  CHECK(parse("```\n# no\n```\n## two\n# Yes #\n# later\n").title == "Yes");
  CHECK(parse("#no\n#\n   # C# code\n").title == "C# code");
  CHECK(parse("text\n## Agent Output\n# not this\n").title == "x");
  CHECK(parse("# {{x}} $(id) %s {}\n").title == "{{x}} $(id) %s {}");
  CHECK(parse("# " + std::string(100'000, 'a') + "\n").title.size() == 100'000);
}

TEST_CASE("a draft reads back as what was asked for") {
  Draft draft;
  draft.title = "  Fix: the\nthing \x1b[31m";
  draft.labels = {"no", "a b"};
  draft.depends_on = {"2026-01-22-001-x7m"};
  draft.target_files = {"src/a.c"};
  draft.agent = "main";
  const auto spec = parse(render_draft(draft));
  CHECK(spec.status == "pending");
  CHECK(spec.labels == draft.labels);
  CHECK(spec.depends_on == draft.depends_on);
  CHECK(spec.target_files == draft.target_files);
  CHECK(spec.agent == "main");
  CHECK_THAT(spec.title, Contains("Fix: the thing") && !Contains("\x1b"));
  CHECK(render_draft({"T", "code", {}, {}, {}, ""}) ==
        "---\ntype: code\nstatus: pending\n---\n\n# T\n");
}
