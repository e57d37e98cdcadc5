#include "list_view.h"
#include "support/catch.h"

using namespace chant::tasks;
using Catch::Contains;

namespace {

List read(const std::string& text) { return read_as(Dialect::spec_kit, text); }

}  // namespace

TEST_CASE("a task of spec-kit has its id, its marks, its story, its phase and its files",
          "[tasks]") {
  const auto list = read(
      "# Tasks: boats\n\n## Phase 1: Setup (shared)\n\n"
      "- [ ] T001 Make `Makefile` and `src/boat.cpp`\n"
      "- [x] T002 [P] Write src/hull.py, see (docs/hull.md)\n"
      "- [X] **T003** [P] [US2] Paint it\n\n"
      "## Phase 2 — User Story 1 - Row it (Priority: P1) 🎯 MVP\n\n"
      "- [ ] [T007a] [US1] [P] Row\n"
      "- [ ] T0123 Sail\n"
      "- [ ] CPE-a Moor\n");
  REQUIRE(list.tasks.size() == 6);
  CHECK(list.title == "Tasks: boats");
  CHECK(list.tasks[0].id == "T001");
  CHECK(list.tasks[0].title == "Make `Makefile` and `src/boat.cpp`");
  CHECK(list.tasks[0].files == std::vector<std::string>{"Makefile", "src/boat.cpp"});
  CHECK(list.tasks[0].phase == "Phase 1: Setup (shared)");
  CHECK(list.tasks[0].track.empty());
  CHECK_FALSE(list.tasks[0].is_parallel);
  CHECK(list.tasks[1].files == std::vector<std::string>{"src/hull.py", "docs/hull.md"});
  CHECK(list.tasks[1].state == State::done);
  CHECK(list.tasks[1].is_parallel);
  CHECK(list.tasks[2].state == State::done);
  CHECK(list.tasks[2].track == "US2");
  CHECK(list.tasks[2].title == "Paint it");
  CHECK(list.tasks[3].id == "T007a");
  CHECK(list.tasks[3].is_parallel);
  CHECK(list.tasks[3].track == "US1");
  CHECK(list.tasks[4].track == "US1");
  CHECK(list.tasks[5].id == "CPE-a");
}

TEST_CASE("phases come one after the other, and [P] tasks beside each other within one",
          "[tasks]") {
  const auto list = read(
      "## Phase 1: Setup\n"
      "- [ ] T001 a\n"
      "- [ ] T002 [P] b\n"
      "- [ ] T003 [P] c\n"
      "- [ ] T004 d\n"
      "## Phase 2: Build\n"
      "- [ ] T005 [P] e\n"
      "- [ ] T006 [P] f\n");
  CHECK(edges_of(list) == "T001 T002<T001 T003<T001 T004<T002,T003 T005<T004 T006<T004");
  CHECK(why_of(list, "T004", "T003") == "order, line 5");
  CHECK(why_of(list, "T005", "T004") == "phase, line 6");
  CHECK(list.orders_itself);
}

TEST_CASE("a heading within a phase ends a wave: its tests come before what they test", "[tasks]") {
  const auto list = read(
      "## Phase 1: Build\n### Tests\n- [ ] T001 [P] a\n- [ ] T002 [P] b\n"
      "### Implementation\n- [ ] T003 [P] c\n- [ ] T004 [P] d\n");
  CHECK(edges_of(list) == "T001 T002 T003<T001,T002 T004<T001,T002");
}

TEST_CASE("a batch is a wave of its own", "[tasks]") {
  const auto list = read(
      "## Phase 1: Build\n- [ ] T001 [P:1.1] a\n- [ ] T002 [P:1.1] b\n"
      "- [ ] T003 [P:1.2] c\n- [ ] T004 [P:1.2] d\n");
  CHECK(waves_of(list) == "T001 T002 | T003 T004");
  CHECK(list.tasks[2].group == "1.2");
}

TEST_CASE("user stories run beside each other after what stands before them", "[tasks]") {
  const std::string stories =
      "## Phase 1: Foundational\n- [ ] T001 a\n"
      "## Phase 2: User Story 1 - Row\n- [ ] T002 b\n- [ ] T003 c\n"
      "## Phase 3: User Story 2 - Sail\n- [ ] T004 d\n"
      "## Phase 4: User Story 3 - Moor\n- [ ] T005 e\n"
      "## Phase 5: Polish\n- [ ] T006 f\n";
  CHECK(edges_of(read(stories)) ==
        "T001 T002<T001 T003<T002 T004<T001 T005<T001 T006<T003,T004,T005");

  SECTION("but for one of which the prose says that it waits for another") {
    const auto list = read(stories +
                           "## Dependencies\n"
                           "- **User Story 1 (P1)**: Can start after Foundational (Phase 1)\n"
                           "- **User Story 2 (P2)**: Depends on User Story 1 (needs a boat)\n"
                           "- US3: Can start after US1 and US2, no dependencies on others\n");
    CHECK(edges_of(list) == "T001 T002<T001 T003<T002 T004<T003 T005<T004 T006<T005");
    CHECK(why_of(list, "T004", "T003") == "phase, line 14");
    CHECK_THAT(notes_of(list), Contains("14: user story 2 waits for user story 1, as this line"));
    CHECK_THAT(notes_of(list), Contains("15: user story 3 waits for user story 2, as this line"));
  }
  SECTION("also when a table says so") {
    const auto list = read(stories +
                           "| Phase | Waits | When |\n|---|---|---|\n"
                           "| 2: US1 (P1) | Depends on Phase 1 | first |\n"
                           "| 4: US3 (P2) | Depends on Phase 1 | parallel after US2 |\n");
    CHECK(edges_of(list) == "T001 T002<T001 T003<T002 T004<T001 T005<T004 T006<T003,T005");
  }
  SECTION("what the prose says backwards is not followed, and said") {
    const auto list = read(stories + "- User Story 1: depends on US3\n- US2 depends on US9\n");
    CHECK(edges_of(list) == "T001 T002<T001 T003<T002 T004<T001 T005<T001 T006<T003,T004,T005");
    CHECK_THAT(notes_of(list), Contains("12: user story 1 cannot wait for user story 3, which "
                                        "stands behind it"));
    CHECK_THAT(notes_of(list), Contains("13: user story 2 cannot wait for user story 9, which is "
                                        "not there"));
  }
}

TEST_CASE("two phases of one story, and a story that is only a priority, come in order",
          "[tasks]") {
  CHECK(edges_of(read("## Phase 1: User Story 1 - tests\n- [ ] T001 a\n"
                      "## Phase 2: User Story 1 - code\n- [ ] T002 b\n")) == "T001 T002<T001");
  CHECK(edges_of(read("## Phase 1: User Story P1 (core)\n- [ ] T001 a\n"
                      "## Phase 2: User Story P2 (rest)\n- [ ] T002 b\n")) == "T001 T002<T001");
}

TEST_CASE("a section between the phases is a phase, too", "[tasks]") {
  CHECK(edges_of(read("## Phase 1: User Story 1 - a\n- [ ] T001 a\n## Added later\n- [ ] T002 b\n"
                      "## Phase 2: User Story 2 - c\n- [ ] T003 c\n")) ==
        "T001 T002<T001 T003<T002");
}

TEST_CASE("a task says in its title what it depends on", "[tasks]") {
  const auto list = read(
      "## Phase 1: A\n- [ ] T001 a\n- [ ] T002 [P] b\n- [ ] T003 [P] c (depends on T002).\n"
      "- [ ] T004 [P] d (Depends on T001, T002-T003)\n"
      "- [ ] T005 [P] e that depends on T004\n- [ ] T006 [P] f that depends on the weather\n");
  CHECK(why_of(list, "T003", "T002") == "task, line 4");
  CHECK(why_of(list, "T004", "T002") == "task, line 5");
  CHECK(why_of(list, "T004", "T003") == "task, line 5");
  CHECK(why_of(list, "T005", "T004") == "task, line 6");
  CHECK(waves_of(list) == "T001 | T002 T006 | T003 | T004 | T005");

  SECTION("also a phase or a story that stands before it") {
    const auto other = read(
        "## Phase 1: User Story 1 - a\n- [ ] T001 a\n- [ ] T002 b\n"
        "## Phase 2: User Story 2 - c\n- [ ] T003 c\n- [ ] T004 d (depends on US1)\n"
        "## Phase 3: User Story 3 - e\n- [ ] T005 e (depends on Phase 2)\n"
        "- [ ] T006 f (depends on US3)\n");
    CHECK(edges_of(other) == "T001 T002<T001 T003 T004<T003,T002 T005<T004 T006<T005");
    CHECK(why_of(other, "T004", "T002") == "task, line 6");
    CHECK_THAT(notes_of(other), Contains("9: cannot read 'US3' as what a task depends on"));
  }
}

TEST_CASE("text behind 'depends on' that names no task is an error at its line", "[tasks]") {
  const auto list = read(
      "## Phase 1: A\n- [ ] T001 a\n- [ ] T002 b (depends on the new server)\n"
      "- [ ] T003 [P] c (depends on T044)\n- [ ] T004 d\n");
  CHECK_THAT(notes_of(list), Contains("3: cannot read"));
  CHECK_THAT(notes_of(list), Contains("4: there is no task T044"));
  const auto plan = make_plan(list, {});
  CHECK(plan.rows[0].place == Place::ready);
  CHECK(plan.rows[1].place == Place::refused);
  CHECK(plan.rows[2].place == Place::refused);
  CHECK(plan.rows[3].place == Place::refused);
  CHECK_THAT(plan.rows[3].why, Contains("T003"));
}

TEST_CASE("a task that says it needs a later one stands behind that", "[tasks]") {
  const auto list = read(
      "## Phase 1: A\n- [ ] T001 a (depends on T004)\n- [ ] T002 b\n"
      "## Phase 2: B\n- [ ] T003 c\n- [ ] T004 d\n- [ ] T005 e\n");
  CHECK(find_ring(list).empty());
  CHECK(waves_of(list) == "T002 | T003 | T004 | T001 | T005");
}

TEST_CASE("tasks that name one file are not worked on at the same time", "[tasks]") {
  const auto list = read(
      "## Phase 1: A\n- [ ] T001 [P] a in `src/a.ts`\n- [ ] T002 [P] b in `src/b.ts`\n"
      "- [ ] T003 [P] c in ./src/a.ts\n");
  CHECK(edges_of(list) == "T001 T002 T003<T001");
  CHECK(why_of(list, "T003", "T001") == "file, line 4");
  CHECK_THAT(notes_of(list), Contains("4: T003 waits for T001: both name 'src/a.ts'"));

  SECTION("nor in two stories") {
    const auto stories = read(
        "## Phase 1: User Story 1 - a\n- [ ] T001 a in `package.json`\n- [ ] T002 b\n"
        "## Phase 2: User Story 2 - c\n- [ ] T003 c\n- [ ] T004 d in `package.json`\n");
    CHECK(edges_of(stories) == "T001 T002<T001 T003 T004<T003,T001");
  }
}

TEST_CASE("what a done task stands for is still waited for", "[tasks]") {
  const auto list = read(
      "## Phase 1: A\n- [ ] T001 a\n- [x] T002 b\n- [ ] T003 c\n"
      "## Phase 2: B\n- [X] T004 [P] d\n- [X] T005 [P] e\n- [ ] T006 f\n");
  CHECK(waves_of(list) == "T001 | T003 | T006");
  CHECK(edges_of(list) == "T001 T002<T001 T003<T001,T002 T004<T003 T005<T003 T006<T003,T004,T005");
}

TEST_CASE("boxes that are no tasks of spec-kit are said", "[tasks]") {
  const auto list = read(
      "## Phase 1: A\n- [ ] T001 a\n  - [ ] a step\n- [ ] TXXX a task of the template\n"
      "- [P] tasks = different files\n- [US#] a label\n"
      "```\n- [ ] T099 in a fence\n```\n### Before merging\n- [ ] all is well\n");
  REQUIRE(list.tasks.size() == 1);
  CHECK(ignored_of(list) ==
        "3: a step of T001\n4: a placeholder that the template left\n"
        "5: [P] alone is a legend, no box\n6: the brackets hold more than one character\n"
        "8: in a code block\n11: no id, in 'Before merging'");
}

TEST_CASE("an unknown mark and an id that is there twice are said", "[tasks]") {
  const auto list = read("## Phase 1: A\n- [ ] T001 [DEFERRED] a\n- [ ] T002 b\n- [ ] T002 c\n");
  CHECK_THAT(notes_of(list), Contains("2: the mark [DEFERRED] of T001 says nothing here"));
  CHECK_THAT(notes_of(list), Contains("2 tasks have the id T002 (lines 3, 4)"));
  CHECK(edges_of(list) == "T001 T002<T001 T002-2<T002");
}

TEST_CASE("a spec-kit list without its ids is read by its numbers", "[tasks]") {
  CHECK(edges_of(read("## Phase 1: A\n- [ ] 1.1 a\n- [ ] 1.2 b\n- [ ] c\n")) ==
        "1.1 1.2<1.1 c<1.2");
}

TEST_CASE("the edges between phases of many [P] tasks stay few", "[tasks]") {
  std::string text;
  for (int phase = 0; phase < 5; ++phase) {
    text += "## Phase " + std::to_string(phase + 1) + ": A\n";
    for (int i = 0; i < 1000; ++i) {
      text += "- [ ] T" + std::to_string(1000 + phase * 1000 + i) + " [P] a" +
              (phase == 0 ? "\n" : " (depends on T1000)\n");
    }
  }
  const auto list = read(text);
  REQUIRE(list.tasks.size() == 5000);
  CHECK(count_edges(list) < 65000);
  // Each task still waits for all of the phase before.
  const auto plan = make_plan(list, {});
  CHECK(plan.rows[999].wave == 1);
  CHECK(plan.rows[1000].wave == 2);
  CHECK(plan.rows[1999].wave == 3);
  CHECK(plan.rows[2000].wave == 4);
  CHECK(plan.rows[2001].wave == 5);
  CHECK(list.tasks[1000].depends_on.size() == 1000);
  CHECK(list.tasks[2001].depends_on.size() == 2);
  CHECK_THAT(notes_of(list), Contains("2004: T3000 waits for 1000 tasks, and others that could"));
}

TEST_CASE("many phases of stories, and of one, have few edges", "[tasks]") {
  std::string stories, one, late = "## Phase 1: A\n";
  for (int i = 0; i < 3000; ++i) {
    const auto head = "## Phase " + std::to_string(i + 1) + ": User Story ";
    const auto task = "- [ ] T" + std::to_string(1000 + i) + " a\n";
    stories += head + std::to_string(i % 900 + 1) + "\n" + task;
    one += head + "1\n" + task;
    late += "- [ ] T" + std::to_string(1000 + i) + " [P] a" +
            (i < 1500 ? "\n" : " (depends on Phase 1)\n");
    if (i == 1499) late += "## Phase 2: User Story 1\n";
  }
  const auto beside = read(stories);
  CHECK(count_edges(beside) <= 3000 * 32);  // so many stories run at once
  CHECK(waves_of(beside).substr(0, 12) == "T1000 T1001 ");
  CHECK(make_plan(beside, {}).waves == 94);
  CHECK(count_edges(read(one)) == 2999);
  CHECK(count_edges(read(late)) < 60000);
}

TEST_CASE("a line that says 'depends on' without end is read once", "[tasks]") {
  std::string title, prose = "User Story 1 ";
  for (int i = 0; i < 20000; ++i) {
    title += "(depends on T001 ";
    prose += "after US2 ";
  }
  const auto list = read("## Phase 1: A\n- [ ] T001 a\n- [ ] T002 " + title + "\n" + prose + "\n");
  std::size_t length = 0;
  for (const auto& note : list.notes) length += note.text.size();
  CHECK(length < 2 * title.size());
}

TEST_CASE("a list with more edges than can be meant is refused", "[tasks][large]") {
  std::string text = "## Phase 1: A\n";
  for (int i = 0; i < 3000; ++i) {
    text += "- [ ] T" + std::to_string(1000 + i) + " a (depends on T1000-T3999)\n";
  }
  CHECK_THROWS_WITH(read(text), Contains("the tasks of this list wait for one another more than"));
}

TEST_CASE("the number of a phase may have a dot behind it", "[tasks]") {
  CHECK(edges_of(read("## Phase 1. Setup\n- [ ] T001 a\n- [ ] T002 b\n## Phase 2. Work\n"
                      "- [ ] T003 c (depends on Phase 1)\n- [ ] T004 d (depends on Phase 1)\n")) ==
        "T001 T002<T001 T003<T002 T004<T003,T002");
}
