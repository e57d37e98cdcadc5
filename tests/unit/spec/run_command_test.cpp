#include "spec/run_command.h"

#include "support/catch.h"

using namespace chant::spec;
using Strings = std::vector<std::string>;

namespace {

// The command that a criterion ends with, "-" when it has none.
std::string command_of(const std::string& criterion) {
  const auto found = find_run_command(criterion);
  return found ? found->command : "-";
}

// "line code" of each stray span.
Strings strays(const std::string& body) {
  Strings result;
  for (const StrayRun& stray : find_stray_runs(parse_spec("x", body, "x.md"))) {
    result.push_back(std::to_string(stray.line) + " " + stray.code);
  }
  return result;
}

}  // namespace

TEST_CASE("a criterion names its command in a code span at its end") {
  const auto found = find_run_command("Tests pass `run: make test`");
  REQUIRE(found);
  CHECK(found->command == "make test");
  CHECK(found->text == "Tests pass");
  CHECK(command_of("`run: make`") == "make");
  CHECK(command_of("a `run:   make -j 2  `  ") == "make -j 2");
  CHECK(command_of("a `b` and `c` `run: make`") == "make");
  CHECK(command_of("a `run:\tmake`") == "make");
}

TEST_CASE("nothing else is a command") {
  CHECK(command_of("make test") == "-");
  CHECK(command_of("run: make test") == "-");
  CHECK(command_of("`make test`") == "-");
  CHECK(command_of("`run: make test` passes") == "-");
  CHECK(command_of("`run: make test`.") == "-");
  CHECK(command_of("npm has `run:all`") == "-");
  CHECK(command_of("`run:`") == "-");
  CHECK(command_of("`run: `") == "-");
  CHECK(command_of("`Run: make`") == "-");
  CHECK(command_of("`do run: make`") == "-");
  CHECK(command_of("`run: make") == "-");
  CHECK(command_of("run: make`") == "-");
  CHECK(command_of("") == "-");
}

TEST_CASE("backticks in a command stand between longer runs of them") {
  CHECK(command_of("a ``run: echo `date` ``") == "echo `date`");
  CHECK(command_of("a ```run: echo `` ` ``` ") == "echo `` `");
  CHECK(command_of("a ``run: make`") == "-");
  // An opening run that nothing closes is text, and what stands in it is no span of its own.
  CHECK(command_of("a `` b `run: make`") == "make");
  CHECK(command_of("a ``b `run: c` d`` `run: make`") == "make");
  CHECK(command_of("a ``b `run: c` d``") == "-");
}

TEST_CASE("a backslash escapes a backtick in text and nothing in a span") {
  CHECK(command_of("a \\`run: make`") == "-");
  CHECK(command_of("a \\\\`run: make`") == "make");
  CHECK(command_of("a \\``run: make`") == "make");
  CHECK(command_of("a `run: printf '\\n' \\`") == "printf '\\n' \\");
  CHECK(command_of("a `b\\`\\``run: make`") == "make");
}

TEST_CASE("a long line of backticks costs no more than any other") {
  std::string hostile;
  for (std::size_t n = 1; n < 1400; ++n) hostile += std::string(n, '`') + " ";
  CHECK(command_of(hostile) == "-");
  CHECK(command_of(std::string(1000000, '`')) == "-");
  std::string pairs;
  for (int n = 0; n < 200000; ++n) pairs += "`a` ";
  CHECK(command_of(pairs + "`run: make`") == "make");
  std::string escaped;
  for (int n = 0; n < 300000; ++n) escaped += "\\``";
  CHECK(command_of(escaped) == "-");
}

TEST_CASE("spans that look like commands and are none are found in the criteria sections") {
  CHECK(strays("# T\n\n`run: a b`\n\n## Acceptance Criteria\n\n- [ ] One `run: make`\n"
               "- [ ] `run: make` passes\n- [ ] Two\n  `run: make two`\n- [ ] `run:`\n"
               "- [ ] `RUN: x` `run:make test` `run: y`\n- [ ] `run:all` and `make`\n"
               "```\n`run: z`\n```\n\n## Notes\n\n`run: a b`\n") ==
        Strings{"8 run: make", "10 run: make two", "11 run:", "12 RUN: x", "12 run:make test"});
}
