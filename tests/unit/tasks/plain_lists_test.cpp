#include "list_view.h"
#include "support/catch.h"

using namespace chant::tasks;
using Catch::Contains;

TEST_CASE("an OpenSpec list is in the order of its file", "[tasks]") {
  const auto list = read_as(Dialect::openspec,
                            "# Tasks\n\n## 1. Hull\n\n- [x] 1.1 Cut\n* [ ] 1.2 Nail `hull.md`\n\n"
                            "## 2. Sail\n\n+ [ ] 2.1 Sew\n1. [ ] 2.2 Hang\n  - [ ] with rope\n"
                            "- [ ] Sail away\n- [~] 2.3 Moor\n");
  CHECK(edges_of(list) == "1.1 1.2<1.1 2.1<1.2 2.2<2.1 sail-away<2.2 2.3<sail-away");
  CHECK(list.find("1.2")->phase == "1. Hull");
  CHECK(list.find("1.2")->parent.empty());
  CHECK(list.find("1.2")->files == std::vector<std::string>{"hull.md"});
  CHECK(list.find("2.3")->state == State::unknown);
  CHECK(ignored_of(list) == "12: a step of 2.2");
  const auto plan = make_plan(list, {});
  CHECK(plan.total == 6);
  CHECK(plan.done == 1);
  CHECK(plan.rows.back().place == Place::refused);
}

TEST_CASE("an OpenSpec task with a deeper number is in the other one", "[tasks]") {
  const auto list = read_as(Dialect::openspec,
                            "## 1. A\n- [ ] 1.1 a\n  - [ ] 1.1.1 b\n  - [ ] "
                            "1.1.2 c\n- [ ] 1.10 d\n");
  CHECK(list.tasks[0].kind == Kind::container);
  CHECK(list.find("1.1.2")->parent == "1.1");
  CHECK(edges_of(list) == "1.1.1 1.1.2<1.1.1 1.10<1.1.2");
}

TEST_CASE("a list of Pimzino's workflow has its metadata and its containers", "[tasks]") {
  const auto list = read_as(Dialect::pimzino,
                            "- [x] 1. a\n  - File: src/boat.ts\n  - Purpose: float\n"
                            "  - _Leverage: src/old.ts_\n  - _Requirements: 1.1, 1.2_\n"
                            "- [ ] 2. b\n- [ ] 2.1 c\n  - _Files: `a.ts`, `b.ts`_\n- [ ] 3. d\n"
                            "  - _Depends: 1, 2_\n");
  CHECK(list.find("1")->files == std::vector<std::string>{"src/boat.ts"});
  CHECK(list.find("1")->requirements == "1.1, 1.2");
  CHECK(list.find("2.1")->files == std::vector<std::string>{"a.ts", "b.ts"});
  CHECK(edges_of(list) == "1 2.1<1 3<1,2.1");
  CHECK(why_of(list, "3", "2.1") == "task, line 10");
}

TEST_CASE("ids that are there twice are two tasks, each in the container above it", "[tasks]") {
  const auto list =
      read_as(Dialect::pimzino, "- [ ] 4. a\n- [ ] 4.1 b\n- [ ] 5. c\n- [ ] 4. d\n- [ ] 4.1 e\n");
  CHECK(edges_of(list) == "4.1 5<4.1 4.1-2<5");
  CHECK(list.find("4.1")->parent == "4");
  CHECK(list.find("4.1-2")->parent == "4-2");
  CHECK_THAT(notes_of(list), Contains("2 tasks have the id 4.1 (lines 2, 5)"));
}

TEST_CASE("a plain list is its boxes, one after the other", "[tasks]") {
  const auto list = read_as(Dialect::github,
                            "# Release\n\n- [x] Cut the hull\n\n## After\n\n- [ ] Nail it\n"
                            "  and paint\n- [ ] #42 - **Sail** away\n  - [ ] with wind\n"
                            "- [ ] 404 pages\n- [ ] 3. Moor\n");
  CHECK(edges_of(list) == "cut-the-hull nail-it<cut-the-hull 42<nail-it 404-pages<42 3<404-pages");
  CHECK(list.find("42")->id == "#42");
  CHECK(list.find("42")->title == "Sail away");
  CHECK(list.find("nail-it")->phase == "After");
  CHECK(list.find("404-pages")->id.empty());
  CHECK(ignored_of(list) == "10: a step of #42");
}

TEST_CASE("a box with boxes below it is a container", "[tasks]") {
  const auto list = read_as(Dialect::github,
                            "- [ ] Build\n  - [x] hull\n  - [ ] deck\n    - [ ] planks\n"
                            "    - [ ] nails\n- [ ] Sail\n## More\n  - [ ] Moor\n");
  CHECK(edges_of(list) == "hull planks<hull nails<planks sail<nails moor<sail");
  CHECK(list.find("planks")->parent == "deck");
  CHECK(list.find("deck")->parent == "build");
  CHECK(list.find("moor")->parent.empty());
}

TEST_CASE("a heading may have the box, and say what it depends on", "[tasks]") {
  const auto list = read_as(
      Dialect::github,
      "# Plan\n\n## [x] Task 1: Cut\n- **Priority**: P0\n- **Depends On**: None\n- [ ] a check\n\n"
      "### Notes\nmore\n\n## [ ] Task 2: Nail\n- **Depends On**: Task 1\n\n"
      "## [ ] Task 3: Sail\n- **Depends On**: Task 1\n\n## The end\n\ntext\n");
  REQUIRE(list.tasks.size() == 3);
  CHECK(edges_of(list) == "1 2<1 3<1");
  CHECK(list.find("2")->title == "Nail");
  CHECK(why_of(list, "3", "1") == "task, line 15");
  CHECK(ignored_of(list) == "6: a step of 1");
  CHECK(list.find("3")->end - list.find("3")->begin ==
        std::string("## [ ] Task 3: Sail\n- **Depends On**: Task 1\n").size());
}

TEST_CASE("a task blocks another by saying so", "[tasks]") {
  const auto list =
      read_as(Dialect::github, "- [ ] #1 a\n- [ ] #2 b\n- [ ] #3 c\n  - **Blocks**: #1\n");
  CHECK(waves_of(list) == "2 | 3 | 1");
}

TEST_CASE("a dependency that is none is an error in any list", "[tasks]") {
  const auto list = read_as(Dialect::openspec,
                            "## 1. A\n- [ ] 1.1 a\n- [ ] 1.2 b (depends on the weather)\n"
                            "- [ ] 1.3 c\n");
  CHECK_THAT(notes_of(list), Contains("3: cannot read"));
  CHECK(waves_of(list) == "1.1");
}

TEST_CASE("work packages of spec-kitty wait for those that they name", "[tasks]") {
  const auto list = read_as(
      Dialect::spec_kitty,
      "# Tasks\n\n## Subtask Index\n\n- [ ] T000 in none\n\n"
      "## Work Package WP01: Hull (Priority: P0)\n\n**Dependencies**: none.\n\n- [x] T001 a\n"
      "- [x] T002 b\n\n"
      "## WP02 — Deck\n- **Owned files**: `src/deck/**`, src/plank.ts\n- Depends on WP01.\n"
      "- **Requirement Refs**: FR-1\n- [x] T003 c\n- [ ] T004 d\n\n"
      "### WP03 Sail (depends: WP01, WP02)\n\n- [ ] T005 e\n\n"
      "## WP04: Moor\n\n### Dependencies\n\n- WP03 (sail)\n- Depends on WP02\n\n### "
      "Notes\n\nmore\n\n"
      "## Order: WP02 after WP01\n\nWP01 -> WP02\n");
  REQUIRE(list.tasks.size() == 4);
  CHECK(edges_of(list) == "WP01 WP02<WP01 WP03<WP01,WP02 WP04<WP03,WP02");
  CHECK(why_of(list, "WP04", "WP02") == "task, line 30");
  CHECK(list.tasks[0].state == State::done);
  CHECK(list.tasks[0].title == "Hull (Priority: P0)");
  CHECK(list.tasks[1].state == State::open);
  CHECK(list.tasks[1].files == std::vector<std::string>{"src/deck/**"});
  CHECK(list.tasks[1].requirements == "FR-1");
  CHECK_FALSE(list.tasks[0].box.has_value());
  CHECK_THAT(ignored_of(list), Contains("5: in no work package") && Contains("19: a step of WP02"));
  CHECK_THAT(notes_of(list), Contains("spec-kitty keeps what is done in its own log"));
}

TEST_CASE("work packages that say nothing are in the order of the file", "[tasks]") {
  CHECK(edges_of(read_as(Dialect::spec_kitty, "## WP01 a\n- [ ] T001 b\n## WP02 c\n## WP03 d\n")) ==
        "WP01 WP02<WP01 WP03<WP02");
}

TEST_CASE("a long list in the order of its file has an edge for each task", "[tasks]") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "- [ ] do " + std::to_string(i) + " things\n";
  const auto list = read_as(Dialect::github, text);
  CHECK(count_edges(list) == 4999);
  CHECK(make_plan(list, {}).waves == 5000);
}
