#include "box_flips.h"
#include "tasks/dialects.h"
#include "util/error.h"

using namespace chant::tasks;

namespace {

const std::string kPlain = "plan.md";

struct Fixture {
  std::string path, text;
};

// A list in each form, with what real ones have: marks of both cases, both ends of line, boxes that
// are no tasks, the same id twice, bytes that are no text.
std::vector<Fixture> fixtures() {
  return {
      {"documentation/features/x/tasks.md",
       "# Tasks\n\n### Track A: Base (No Dependencies)\n\n- [x] 1. **Lay the base**\n  - with "
       "care\n"
       "  - _Dependencies: None_\n\n- [ ] 2. **Build \x05on it \xFF**\n  - _Dependencies: Task "
       "1_\n\n"
       "- [ ] CR-A. **Code Review: Track A** =\xEF\xBF\xBD\n  - _Dependencies: Tasks 1-2_\n"
       "- [ ] RW-A. **Rework: Track A**\n  - _Dependencies: CR-A (failed)_\n"
       "### Track B: More (Dependencies: Track A)\n- [ ] 10. **Ten**\n- [ ] 11. **Eleven**\n"
       "## Completion Checklist\n- [ ] all of it\n```\n- [ ] 2. **Build on it**\n```"},
      {"specs/001-x/tasks.md",
       "# Tasks\n\n- [P] tasks run side by side\n\n## Phase 1: Setup\n\n- [X] T001 Make `a`\n"
       "- [ ] T002 [P] Make `b`\n- [ ] T003 [P] Make `c` (depends on T001)\n- [X] T003 Make `d`\n\n"
       "## Phase 2: Build\n\n- [ ] T010 [US1] Use `a`\n- [ ] T011 Use `b`\n- [ ] no id\n"},
      {".kiro/specs/x/tasks.md",
       "# Plan\n\n- [ ] 1. Base\n  - [x] 1.1 First\n    - _Requirements: 1.1_\n  - [ ] 1.2 Second\n"
       "  - [ ]* 1.3 Tests\n- [ ] 2. Checkpoint\n- [ ] 10. Ten\n- [ ] 10.1 Ten one\n"},
      {"openspec/changes/x/tasks.md",
       "## 1. Base\n- [x] 1.1 First\n- [ ] 1.2 Second\n\n## 2. More\n- [ ] 2.1 Third\n"
       "* [ ] 2.2 Fourth\n"},
      {".claude/specs/x/tasks.md",
       "- [ ] 1. Base\n  - File: src/a.ts\n  - _Leverage: b_\n- [x] 2. More\n- [ ] 2.1 Third\n"},
      {kPlain,
       "# Release\n- [ ] build\n- [x] test\n\n## Ship\n1. [ ] build\n2. [X] sign (4h)\n> - [ ] "
       "tell\n"}};
}

// The task with this id.
Link link_to(const std::string& text, std::string_view id, const std::string& path = kPlain) {
  const auto list = read_list(text, path);
  for (const auto& task : list.tasks) {
    if (task.id == id) return link_of(list, task);
  }
  FAIL("no task " << id);
  return {};
}

// The n-th task.
Link link_at(const std::string& text, std::size_t n, const std::string& path = kPlain) {
  const auto list = read_list(text, path);
  REQUIRE(n < list.tasks.size());
  return link_of(list, list.tasks[n]);
}

std::string ticked(const std::string& text, const Link& link) {
  const auto result = tick(text, link);
  if (const auto* none = std::get_if<NotFound>(&result)) return "refused: " + none->why;
  return std::get<Ticked>(result).text;
}

bool is_reworded(const std::string& text, const Link& link) {
  return std::get<Ticked>(tick(text, link)).is_reworded;
}

const std::string kFlow = "documentation/features/x/tasks.md";

}  // namespace

TEST_CASE("every box of every form is ticked and unticked by one byte", "[tasks]") {
  for (const auto& fixture : fixtures()) {
    INFO(fixture.path);
    std::size_t open = 0, done = 0;
    for (const auto& task : read_list(fixture.text, fixture.path).tasks) {
      if (task.box) ++(task.state == State::done ? done : open);
    }
    REQUIRE(open >= 2);
    auto no_end = fixture.text;
    if (no_end.back() == '\n') no_end.pop_back();
    for (const auto& text :
         {fixture.text, with_crlf(fixture.text), no_end, with_crlf(no_end),
          "\xEF\xBB\xBF" + fixture.text, fixture.text + "\n\n```\nnot closed\n"}) {
      const auto flips = flip_all(text, fixture.path);
      CHECK(flips.refused.empty());
      CHECK(flips.ticked == open);
      CHECK(flips.unticked == done);
    }
  }
}

TEST_CASE("the mark is that of the file", "[tasks]") {
  const auto tick_second = [](const std::string& first) {
    const auto text = first + "- [ ] 9. here\n";
    return ticked(text, link_to(text, "9", kFlow)).substr(first.size(), 5);
  };
  CHECK(tick_second("- [ ] 1. a\n") == "- [x]");
  CHECK(tick_second("- [x] 1. a\n") == "- [x]");
  CHECK(tick_second("- [X] 1. a\n") == "- [X]");
  CHECK(tick_second("- [X] 1. a\n- [x] 2. b\n") == "- [x]");
}

TEST_CASE("a ticked box is left alone, and so is an open one when it is taken back", "[tasks]") {
  const std::string text = "- [X] 1. a\n- [ ] 2. b\n- [ x] 3. c\n";
  for (const auto* id : {"1", "3"}) {
    const auto again = std::get<Ticked>(tick(text, link_to(text, id, kFlow)));
    CHECK(again.was_ticked);
    CHECK(again.text == text);
  }
  const auto open = std::get<Ticked>(untick(text, link_to(text, "2", kFlow)));
  CHECK_FALSE(open.was_ticked);
  CHECK(open.text == text);
}

TEST_CASE("a box that is not one byte is not ticked", "[tasks]") {
  for (const auto* box : {"[]", "[  ]", "[\t]"}) {
    INFO(box);
    const auto text = "- [x] 1. a\n- " + std::string(box) + " 2. b\n";
    CHECK_THAT(ticked(text, link_to(text, "2", kFlow)), Catch::StartsWith("refused: line 2: the"));
  }
  // It would be a link, and no task any more.
  for (const std::string link : {"- [x] a\n- [ ](b) c\n", "- [x] a\n- [ ][b] c\n"}) {
    CHECK_THAT(ticked(link, link_at(link, 1)), Catch::StartsWith("refused: line 2: the box"));
  }
  const std::string text = "- [ x] 1. a\n";
  const auto back = untick(text, link_to(text, "1", kFlow));
  CHECK_THAT(std::get<NotFound>(back).why, Catch::Contains("write '[ ]'"));
}

TEST_CASE("a mark is replaced only where the dialect defines it", "[tasks]") {
  const std::string text = "- [-] 1. a\n- [~] 2. b\n- [!] 3. c\n- [✓] 4. d\n";
  const std::string kiro = ".kiro/specs/x/tasks.md";
  CHECK(ticked(text, link_to(text, "1", kiro)).substr(0, 5) == "- [x]");
  CHECK(ticked(text, link_to(text, "2", kiro)).substr(11, 5) == "- [x]");
  CHECK_THAT(ticked(text, link_to(text, "3", kiro)), Catch::Contains("line 3: the mark '[!]'"));
  CHECK_THAT(ticked(text, link_to(text, "4", kiro)), Catch::Contains("line 4: the mark '[✓]'"));
  for (const auto* id : {"1", "2"}) {
    CHECK_THAT(ticked(text, link_to(text, id, kFlow)), Catch::StartsWith("refused: line"));
  }
}

TEST_CASE("a task is found again wherever its line has gone", "[tasks]") {
  const std::string text =
      "# T\n\n- [ ] 1. one\n  - text\n- [ ] 2. two\n- [ ] 10. ten\n- [ ] 1.1 one one\n";
  const auto link = link_to(text, "1", kFlow);
  std::string many;
  for (int i = 0; i < 200; ++i) many += "A line that was not there.\n";
  CHECK(ticked("# T\n\n" + many + text.substr(5), link) ==
        "# T\n\n" + many + "- [x]" + text.substr(10));
  const std::string turned = "- [ ] 1.1 one one\n- [ ] 10. ten\n- [ ] 2. two\n- [ ] 1. one\n";
  CHECK(ticked(turned, link) == "- [ ] 1.1 one one\n- [ ] 10. ten\n- [ ] 2. two\n- [x] 1. one\n");
  CHECK_FALSE(is_reworded(turned, link));
  // The same line in a code block is not it.
  const std::string fenced = "```\n- [ ] 1. one\n```\n- [ ] 2. two\n- [ ] 1. one\n";
  CHECK(ticked(fenced, link) == "```\n- [ ] 1. one\n```\n- [ ] 2. two\n- [x] 1. one\n");
}

TEST_CASE("an id is compared whole", "[tasks]") {
  const std::string text = "- [ ] 10. a\n- [ ] 1.1 b\n- [ ] 1. c\n- [ ] 11. d\n";
  CHECK(ticked(text, link_to(text, "1", kFlow)) ==
        "- [ ] 10. a\n- [ ] 1.1 b\n- [x] 1. c\n- [ ] 11. d\n");
  const std::string gone = "- [ ] 10. a\n- [ ] 1.1 b\n- [ ] 11. d\n";
  CHECK(ticked(gone, link_to(text, "1", kFlow)) == "refused: there is no task 1 any more");
}

TEST_CASE("a task with new words is found by its id, when that is its own", "[tasks]") {
  const std::string text = "- [ ] 1. one\n- [ ] 2. two\n";
  const auto link = link_to(text, "2", kFlow);
  const std::string reworded = "- [ ] 1. one\n- [ ] 2. two, and more\n";
  CHECK(ticked(reworded, link) == "- [ ] 1. one\n- [x] 2. two, and more\n");
  CHECK(is_reworded(reworded, link));
  // Somebody put a task in and gave new numbers to what follows.
  const std::string shifted = "- [ ] 1. one\n- [ ] 2. a new one\n- [ ] 3. two\n";
  CHECK(ticked(shifted, link) ==
        "refused: task 2 has other words now, and those it had are at 3 (line 3)");
}

TEST_CASE("of several with one id only the same line is it", "[tasks]") {
  const std::string text = "- [ ] 4. four\n- [ ] 5. five\n- [ ] 4. other\n";
  const auto first = link_at(text, 0, kFlow), third = link_at(text, 2, kFlow);
  CHECK(ticked(text, first) == "- [x] 4. four\n- [ ] 5. five\n- [ ] 4. other\n");
  CHECK(ticked(text, third) == "- [ ] 4. four\n- [ ] 5. five\n- [x] 4. other\n");
  CHECK(ticked("- [ ] 4. other\n- [ ] 4. four\n", first) == "- [ ] 4. other\n- [x] 4. four\n");
  CHECK_THAT(ticked("- [ ] 4. fuor\n- [ ] 4. other\n", first),
             Catch::Contains("does not have the words it had") && Catch::Contains("line 1, 2"));
  // One with that id is left, but it is the other.
  CHECK_THAT(ticked("- [ ] 5. five\n- [ ] 4. other\n", first),
             Catch::StartsWith("refused: task 4"));
  CHECK(ticked("- [ ] 5. five\n- [ ] 4. other\n", third) == "- [ ] 5. five\n- [x] 4. other\n");
  CHECK(ticked("- [ ] 4. four\n- [ ] 4. four\n", first) ==
        "refused: task 4 is there 2 times with the same words (lines 1, 2)");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "- [ ] 4. four\n";
  CHECK_THAT(ticked(many, first), Catch::EndsWith("(lines 1, 2, 3, 4, 5, 6, 7, 8, …)"));
}

TEST_CASE("the same line in two places is told apart by what it stands under", "[tasks]") {
  const std::string text = "## One\n- [ ] write tests\n## Two\n- [ ] write tests\n";
  const auto first = link_at(text, 0), second = link_at(text, 1);
  CHECK(ticked(text, first) == "## One\n- [x] write tests\n## Two\n- [ ] write tests\n");
  CHECK(ticked(text, second) == "## One\n- [ ] write tests\n## Two\n- [x] write tests\n");
  const std::string turned = "## Two\n- [ ] write tests\n## One\n- [ ] write tests\n";
  CHECK(ticked(turned, first) == "## Two\n- [ ] write tests\n## One\n- [x] write tests\n");
  CHECK_THAT(ticked("## Six\n- [ ] write tests\n## Ten\n- [ ] write tests\n", first),
             Catch::Contains("2 times with the same words (lines 2, 4)"));
}

TEST_CASE("a task without id is its line", "[tasks]") {
  const std::string text = "# R\n- [ ] build it\n- [ ] ship it\n";
  const auto link = link_at(text, 1);
  CHECK(ticked("# R\n- [ ] think\n- [x] build it\n  - [ ] ship it\n", link) ==
        "# R\n- [ ] think\n- [x] build it\n  - [x] ship it\n");
  CHECK(ticked("# R\n- [ ] build it\n- [ ] ship it all\n", link) ==
        "refused: there is no task 'ship-it' with these words any more");
  CHECK(ticked("# R\n- [x] ship it!\n", link).substr(0, 8) == "refused:");
}

TEST_CASE("what is no list any more is refused with its reason", "[tasks]") {
  const std::string text = "- [ ] 1. one\n";
  auto link = link_to(text, "1", kFlow);
  CHECK_THAT(ticked("nothing\n", link), Catch::StartsWith("refused: " + kFlow + ":"));
  CHECK_THAT(ticked("", link), Catch::StartsWith("refused: "));
  link.dialect = "taskmaster";
  CHECK(ticked(text, link) == "refused: taskmaster keeps what is done elsewhere than in a box");
  link.dialect = "runes";
  CHECK(ticked(text, link) == "refused: no form of list is called 'runes'");
}

TEST_CASE("the form at the beginning is the form at the end", "[tasks]") {
  // A mark that somebody adds does not turn the list into one of another form.
  const std::string text = "- [ ] build\n- [ ] ship\n";
  const auto link = link_at(text, 0);
  CHECK(link.dialect == "github");
  CHECK(ticked(text + "- [ ] T001 [P] [US1] x\n", link).substr(0, 11) == "- [x] build");
}

TEST_CASE("a fingerprint does not see the mark, and sees the rest", "[tasks]") {
  const auto print = [](const std::string& text) { return link_at(text, 0, kFlow).fingerprint; };
  const auto open = print("- [ ] 1. **one** more\n");
  CHECK(print("- [x] 1. **one** more\n") == open);
  CHECK(print("- [] 1. **one** more\r\n") == open);
  CHECK(print("  - [X] 1. **one** more") == open);
  CHECK(print("- [ ] 1. **one** [x] more\n") != open);
  CHECK(print("- [ ] 2. **one** more\n") != open);
  CHECK(print("- [ ] 1. **one** more.\n") != open);
}

TEST_CASE("what is approved does not change by ticking, and changes by anything else", "[tasks]") {
  for (const auto& fixture : fixtures()) {
    INFO(fixture.path);
    const auto before = masked(fixture.text, fixture.path, std::nullopt);
    CHECK(before.size() == fixture.text.size());
    CHECK(masked(before, fixture.path, std::nullopt) == before);
    for (std::size_t i = 0; i < fixture.text.size(); ++i) {
      const auto list = read_list(fixture.text, fixture.path);
      const bool is_mark = std::any_of(list.tasks.begin(), list.tasks.end(), [&](const Task& task) {
        return task.box && task.box->offset == i;
      });
      CHECK((before[i] == fixture.text[i]) == (!is_mark || fixture.text[i] == ' '));
    }
  }
  // A box that is no task is part of what was approved.
  const std::string text = "- [ ] 1. a\n## Prerequisites\n- [ ] ready\n- [x ] 2. b\n";
  CHECK(masked(text, kFlow, std::nullopt) ==
        "- [ ] 1. a\n## Prerequisites\n- [ ] ready\n- [ ] 2. b\n");
  CHECK(masked("- [x] 1. a\n## Prerequisites\n- [x] ready\n", kFlow, std::nullopt) ==
        "- [ ] 1. a\n## Prerequisites\n- [x] ready\n");
  CHECK_THROWS_AS(masked("no list", kFlow, std::nullopt), chant::Error);
}
