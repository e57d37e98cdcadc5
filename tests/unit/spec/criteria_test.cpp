#include "spec/spec.h"
#include "support/catch.h"

using namespace chant::spec;

namespace {

Spec parse(std::string text) { return parse_spec("x", std::move(text), "x.md"); }

// "x" for a ticked criterion, "." for an open one.
std::string boxes(const std::string& text) {
  std::string result;
  for (const auto& criterion : parse(text).criteria) result += criterion.ticked ? 'x' : '.';
  return result;
}

}  // namespace

TEST_CASE("criteria are the boxes under the heading, with their place in the file") {
  const auto spec = parse(
      "---\na: b\n---\n# T\n- [ ] before\n\n## Acceptance Criteria\n\n- [ ] one\r\n  * [x] two "
      "`c`\n");
  REQUIRE(spec.criteria.size() == 2);
  CHECK(spec.criteria[0].text == "one");
  CHECK(spec.criteria[0].line == 9);
  CHECK(spec.text.substr(spec.criteria[0].box - 1, 3) == "[ ]");
  CHECK(spec.criteria[1].text == "two `c`");
  CHECK(spec.criteria[1].ticked);
  CHECK(spec.unticked() == 1);
}

TEST_CASE("every way to write a box counts and links do not") {
  CHECK(boxes("## Acceptance Criteria\n- [ ] a\n* [x] b\n+ [X] c\n1. [ ] d\n12) [x] e\n    - [ ] "
              "deep\n\t- [x] tab\n") == ".xx.x.x");
  CHECK(boxes("## Acceptance Criteria\n- [x](url)\n- [x][ref]\n- [-] a\n- [] b\n-[ ] c\n[ ] d\n- [ "
              "]\n") == ".");
}

TEST_CASE("the heading is found in any case, at level 2 or 3, with text behind it") {
  for (const auto* heading :
       {"## Acceptance Criteria", "## Acceptance criteria", "### ACCEPTANCE CRITERIA",
        "   ### Acceptance Criteria", "## Acceptance Criteria:", "## Acceptance Criteria ##",
        "### Acceptance Criteria (Part 1)", "## Acceptance Criteria \xE2\x9C\x85"}) {
    INFO(heading);
    CHECK(boxes(std::string{heading} + "\n- [ ] a\n") == ".");
  }
  for (const auto* heading :
       {"# Acceptance Criteria", "#### Acceptance Criteria", "##Acceptance Criteria",
        "    ## Acceptance Criteria", "## Acceptance Criterias", "Acceptance Criteria",
        "## My Acceptance Criteria"}) {
    INFO(heading);
    CHECK(boxes(std::string{heading} + "\n- [ ] a\n").empty());
  }
}

TEST_CASE("the section ends at the next heading of the same or a higher level") {
  CHECK(boxes("## Acceptance Criteria\n- [x] a\n### Part\n- [ ] b\n## Next\n- [ ] c\n") == "x.");
  CHECK(boxes("### Acceptance Criteria\n- [x] a\n### Next\n- [ ] c\n") == "x");
  CHECK(boxes("### Acceptance Criteria\n- [x] a\n# Next\n- [ ] c\n") == "x");
}

TEST_CASE("the boxes of all criteria sections count") {
  CHECK(
      boxes("## Acceptance Criteria\n- [ ] a\n## B\n## Acceptance Criteria\n- [x] b\n- [x] c\n") ==
      ".xx");
}

TEST_CASE("boxes and headings inside fences do not count") {
  CHECK(boxes("## Acceptance Criteria\n- [x] a\n```\n- [ ] b\n## Next\n```\n- [x] c\n") == "xx");
  CHECK(boxes("```md\n## Acceptance Criteria\n- [ ] a\n```\n").empty());
  CHECK(boxes("## Acceptance Criteria\n- [x] a\n~~~\n- [ ] b\n```\n~~~\n- [x] c\n") == "xx");
}

TEST_CASE("a fence is closed only by one at least as long, of the same kind, with nothing behind") {
  CHECK(boxes("## Acceptance Criteria\n````\n```\n- [ ] a\n```\n````\n- [x] b\n") == "x");
  CHECK(boxes("````\n```\n## Acceptance Criteria\n- [ ] a\n```\n````\n## Acceptance Criteria\n- "
              "[x] b\n") == "x");
  CHECK(boxes("## Acceptance Criteria\n```\n```sh\n- [ ] a\n```\n- [x] b\n") == "x");
  CHECK(boxes("## Acceptance Criteria\n```\n~~~\n- [ ] a\n```  \n- [x] b\n") == "x");
  CHECK(boxes("## Acceptance Criteria\n```\n    ```\n- [ ] a\n```\n- [x] b\n") == "x");
  CHECK(boxes("## Acceptance Criteria\n```\n- [ ] a\n`````\n- [x] b\n") == "x");
}

TEST_CASE("what only looks like a fence is text") {
  CHECK(boxes("## Acceptance Criteria\n```inline``` code\n- [x] a\n") == "x");
  CHECK(boxes("## Acceptance Criteria\n``\n- [x] a\n") == "x");
  CHECK(boxes("## Acceptance Criteria\n    ```\n- [x] a\n") == "x");
}

TEST_CASE("the body is cut at the agent output before fences are counted") {
  CHECK(boxes("## Acceptance Criteria\n- [x] a\n\n## Agent Output\n\n```\n- [ ] b\nend```\n") ==
        "x");
  CHECK(boxes("## Acceptance Criteria\n- [x] a\n```\n## Agent Output\n```\n- [ ] b\n") == "x");
  CHECK(boxes("## Acceptance Criteria\n- [x] a\n## Agent Output  \r\n## Agent Output\n## "
              "Acceptance Criteria\n- [ ] b\n") == "x");
  CHECK(boxes("## Acceptance Criteria\n- [x] a\n### Agent Output\n- [ ] b\n") == "x.");
}

TEST_CASE("ticking everything changes only the boxes") {
  const auto spec =
      parse("---\na: b\n---\n- [ ] no\r\n## Acceptance Criteria\r\n- [ ] a\r\n- [X] b\r\n1. [ ] c");
  CHECK(with_all_ticked(spec) ==
        "---\na: b\n---\n- [ ] no\r\n## Acceptance Criteria\r\n- [x] a\r\n- [X] b\r\n1. [x] c");
}

TEST_CASE("run blocks are the fences whose info string is exactly `sh run`") {
  const auto spec = parse(
      "---\na: b\n---\n```sh run\nmake\n\n  test\n```\n```sh\nno\n```\n~~~ sh run \n# c\n```\n~~~\n"
      "```sh runner\nno\n```\n  ```sh run\n  in\n    deep\n  ```\n## Agent Output\n```sh "
      "run\nno\n```\n");
  const auto blocks = find_run_blocks(spec);
  REQUIRE(blocks.size() == 3);
  CHECK(blocks[0].script == "make\n\n  test\n");
  CHECK(blocks[0].line == 4);
  CHECK(blocks[1].script == "# c\n```\n");
  CHECK(blocks[2].script == "in\n  deep\n");
  CHECK(find_run_blocks(parse("```sh run\r\na\r\nb\r\n```\r\n")).at(0).script == "a\nb\n");
}
