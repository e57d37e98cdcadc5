#include "support/catch.h"
#include "tasks/graph.h"
#include "tasks/list.h"
#include "tasks/plan.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>

using namespace chant;
using namespace chant::tasks;

namespace {

List read(const std::string& text) { return read_list(text, "tasks.md", Dialect::specflow); }

const Task& task(const List& list, const std::string& id) {
  const auto* found = list.find_id(id);
  INFO(id);
  REQUIRE(found != nullptr);
  return *found;
}

std::vector<std::string> ids(const List& list) {
  std::vector<std::string> all;
  for (const auto& one : list.tasks) all.push_back(one.id);
  return all;
}

// "1 2 CR-A? 9!": conditional, dangling.
std::string needs(const List& list, const std::string& id) {
  std::vector<std::string> parts;
  for (const auto& dependency : task(list, id).depends_on) {
    auto part = dependency.on;
    if (dependency.conditional) part += '?';
    if (dependency.dangling) part += '!';
    parts.push_back(part);
  }
  return join(parts, " ");
}

std::vector<Note> notes(const List& list, Note::Kind kind, const std::string& word = "") {
  std::vector<Note> found;
  std::copy_if(list.notes.begin(), list.notes.end(), std::back_inserter(found),
               [&](const Note& note) {
                 return note.kind == kind && note.text.find(word) != std::string::npos;
               });
  return found;
}

std::string block(const std::string& text, const Task& one) {
  return text.substr(one.begin, one.end - one.begin);
}

using Strings = std::vector<std::string>;

// Two tables of tracks, groups with words of their own, prerequisites.
const std::string kTwoTables = R"(# Plan: Tea Machine

- **Track A**: Water (Tasks 2, 4-5)
- **Track B**: Leaves (Tasks 6, 8)
- **Track C**: Papers (Tasks 9, 10)

## Tasks

### Phase 1: Start

- [x] 1. **Set up the kitchen** ✅
  - Write `kitchen/plan.md`
  - _Requirements: 1.1, 2.3_

- [ ] 2. **Define the cup**
  - _Requirements: All_
- [ ] 3. **Buy a spoon**

### Phase 2: Work

- [ ] 4. **Heat the water**
- [ ] 5. **Measure the heat**
- [ ] 6. **Pick leaves**
- [ ] 7. **Dry leaves**
- [ ] 8. **Pour**
- [ ] 9. **Write the manual**
- [ ] 10. **Print the manual**

## Task Dependencies & Parallel Execution

### Prerequisites (Must Complete First)
- Task 1: The kitchen (blocks all)
- Task 2: The cup (blocks 4-5, 8)
- Task 3: The spoon (optional, but nice to have early)

**After Prerequisites, these can run in parallel:**

**Group 1 (Independent Tracks)**
- Track A: Tasks 4-5 (Hot Water)
- Track C: Tasks 6 (Leaves)

**Group 2 (Depends on Group 1)**
- Track D: Task 7 (Drying) - independent
- Track B: Tasks 8 (Pouring) - needs 4-5 and 7
- Task 9 (Manual)

**Group 3 (Polish)**
- Task 10 (Printing) - can start anytime after Group 1

### Critical Path
1 → 2 → 4-5 → 8

Do the tasks look good?)";

// Tracks as headings, reviews, groups by number.
const std::string kReviews = R"(# Tasks: Bird House

Total tasks: 7 + 7 reviews = 14

### Track A: Wood (No Dependencies)
> Primary Agent: carpenter (Task 1), painter
> Can start immediately

- [x] 1. **Saw the boards**
  - Files: `boards/front.dxf`, `boards/back.dxf`
  - _Requirements: 1.1_
- [x] 2. **Sand the boards**
  - _Dependencies: Task 1_
  - _Agent: sander_
- [x] CR-A. **Code Review: Wood**
  - _Dependencies: Tasks 1-2_
  - **Status: REQUIRES CHANGES** ❌
- [ ] PR-A. **Product Review: Wood**
  - _Dependencies: CR-A_
- [ ] RW-A. **Rework: Wood**
  - _Trigger: Only if CR-A or PR-A status is "Requires changes"_
  - _Dependencies: CR-A and/or PR-A (failed)_

### Track B: Paint (Dependencies: Track A, PR-A approved ✅)
> Primary Agent: painter
> Start after Track A + PR-A + CR1

- [ ] 3. **Paint the front**
  - _Dependencies: PR-A (approved)_
- [ ] 4. **Paint the back**
  - _Dependencies: Task 3_
- [ ] CR-B. **Code Review: Paint**
  - _Dependencies: Tasks 3-4, RW-B_
- [ ] RW-B. **Rework: Paint**
  - _Dependencies: CR-B (failed)_

### Checkpoint Review 1
- [ ] CR1. **Look at it all**
  - _Dependencies: CR-A through CR-B_

### Hanging Track (Dependencies: CR1)

- [ ] 5. **Hang it up**
- [ ] 6. **Watch it**
  - _Dependencies: Task 5, CR7_

### Final Review Track

- [ ] CR-FINAL. **Last look**
  - _Dependencies: All tracks complete_

### Parallel Groups

1. **Group 1 (Immediate Start)**:
   - Track A (Tasks 1-2) - Wood

2. **Group 2 (Review Gate 1)**:
   - CR-A → PR-A (→ RW-A if needed)

3. **Group 3 (After PR-A Approval)** - PARALLEL:
   - Track B: Tasks 3-4 (Paint)
   - Hanging Track (Tasks 5, 6)

```mermaid
graph LR
  A[Track A] --> B[Track B]
```)";

}  // namespace

TEST_CASE("ids are plain, bold, dotted, lettered or those of reviews", "[tasks]") {
  const auto list = read(R"(- [ ] 1. Plain
- [x] **2. Bold as a whole**
- [ ] 2.1 Dotted
- [X] 2.2: **With a colon** (4h)
- [ ] 3.x.1 Wild
- [ ] **Task 4**: With the word
- [ ] CR1. **Review**
- [ ] PR-B. **Review**
- [ ] RW-Final. **Rework**
- [ ] A1. Lettered
- [-] 5. **Odd mark**
- [ ]* 6. Optional)");
  CHECK(ids(list) ==
        Strings{"1", "2", "2.1", "2.2", "3.x.1", "4", "CR1", "PR-B", "RW-Final", "A1", "5", "6"});
  CHECK(task(list, "1").title == "Plain");
  CHECK(task(list, "2").title == "Bold as a whole");
  CHECK(task(list, "2.2").title == "With a colon");
  CHECK(task(list, "4").title == "With the word");
  CHECK(task(list, "2.2").state == State::done);
  CHECK(task(list, "5").state == State::unknown);
  CHECK(task(list, "CR1").kind == Kind::review);
  CHECK(task(list, "RW-Final").kind == Kind::conditional);
  CHECK(task(list, "6").kind == Kind::optional);
  // 2 has tasks of its own.
  CHECK(task(list, "2").kind == Kind::container);
  CHECK(task(list, "2.1").parent == "2");
}

TEST_CASE("a box without an id is no task, and is said", "[tasks]") {
  const auto list = read(R"(# Plan
## Checklist
- [x] Everything is planned
- [ ] 3 birds have been seen
- [ ] CR-A and PR-A are approved
## Work
- [x] 1. **Build**
  - [x] cut
  - [ ] glue
  - [ ] 1. paint
- [ ] 2. **Sell**
- [ ] done?)");
  CHECK(ids(list) == Strings{"1", "2"});
  REQUIRE(list.ignored.size() == 7);
  CHECK(list.ignored[0].line == 3);
  CHECK(list.ignored[0].why == "no id, in 'Checklist'");
  CHECK(list.ignored[0].text == "- [x] Everything is planned");
  CHECK(list.ignored[2].why == "no id, in 'Checklist'");
  CHECK(list.ignored[3].why == "a step of 1");
  CHECK(list.ignored[5].why == "a step of 1");
  CHECK(list.ignored[6].why == "no id, in 'Work'");
  // The box of the task counts, and one note says that a step of it is open.
  CHECK(task(list, "1").state == State::done);
  CHECK(notes(list, Note::Kind::contradiction, "this step of it is not").size() == 1);
  CHECK(notes(list, Note::Kind::contradiction, "step").front().line == 9);
}

TEST_CASE("a block goes to the next box of its depth, a heading, a rule or the end", "[tasks]") {
  const std::string text =
      "- [ ] 1. **One**\n"
      "  - a\n\n  b\n"
      "  ```\n  - [ ] 9. in a fence\n  ```\n"
      "_Dependencies: None_\n"
      "\n\n"
      "- [ ] 2. **Two**\r\n"
      "  - c\r\n"
      "---\n"
      "words\n"
      "- [ ] 3. **Three**\n"
      "## Notes\n"
      "- [ ] 4. **Four**\n"
      "  - last";
  const auto list = read(text);
  CHECK(ids(list) == Strings{"1", "2", "3", "4"});
  CHECK(block(text, task(list, "1")) ==
        "- [ ] 1. **One**\n  - a\n\n  b\n  ```\n  - [ ] 9. in a fence\n  ```\n_Dependencies: "
        "None_\n");
  CHECK(block(text, task(list, "2")) == "- [ ] 2. **Two**\r\n  - c\r\n");
  CHECK(block(text, task(list, "3")) == "- [ ] 3. **Three**\n");
  CHECK(block(text, task(list, "4")) == "- [ ] 4. **Four**\n  - last");
  CHECK(task(list, "2").line_text == "- [ ] 2. **Two**");
  for (const auto& one : list.tasks) {
    CHECK(text.substr(one.box->offset - 1, one.box->length + 2) == "[ ]");
  }
  CHECK(list.ignored.size() == 1);
}

TEST_CASE("metadata is read in every form that is in use", "[tasks]") {
  const auto list = read(R"(- [ ] 1. **Write `src/a.cpp`**
  - _Requirements: 1.1, 2.3_
  - _Agent: builder_
  - _Files: src/b.cpp, docs/c.md_
- [ ] 2. **Two**
  - **Dependencies**: Task 1
- [ ] 3. **Three**
  Depends on: Tasks 1-2
- [ ] 4. **Four** (depends on Task 3)
- [ ] 5. **Five**
  - Depends on Task 4.
- [ ] 6. **Six**
  - _Requirements: 1.2_ _Dependencies: Task 5_
- [ ] 7. **Seven**
  - Dependencies:
    - Task 5
    - Task 6
- [ ] 8. **Eight**
  - _Blocks: Task 9_
- [ ] 9. **A part that depends on luck**
  - Install the dependencies: tea, milk
- [ ] 10. **Ten depends on Task 9**)");
  CHECK(task(list, "1").requirements == "1.1, 2.3");
  CHECK(task(list, "1").agent == "builder");
  CHECK(task(list, "1").files == Strings{"src/a.cpp", "src/b.cpp", "docs/c.md"});
  CHECK(needs(list, "2") == "1");
  CHECK(task(list, "2").depends_on.front().line == 6);
  CHECK(needs(list, "3") == "1 2");
  CHECK(needs(list, "4") == "3");
  CHECK(task(list, "4").depends_on.front().line == 9);
  CHECK(needs(list, "5") == "4");
  CHECK(needs(list, "6") == "5");
  CHECK(needs(list, "7") == "5 6");
  CHECK(needs(list, "9") == "8");
  CHECK(needs(list, "10") == "9");
  CHECK(list.orders_itself);
  CHECK(notes(list, Note::Kind::error).empty());
}

TEST_CASE("other words that name tasks are dependencies, and without tasks they are prose",
          "[tasks]") {
  const auto list = read(R"(### Track A: One
- [ ] 1. **One**
  - Requires: a dry place
- [ ] 2. **Two**
  - _Prerequisites: Task 1_
- [ ] 3. **Three (after Task 2), which depends on luck**
- [ ] 4. **Try again (after 3 days)**
### Track B: Two (after Track A)
- [ ] 5. **Five**
  - _Waits for: CR9_
- [ ] 6. **Six**
  - Needs: Task 1 and luck
)");
  CHECK(needs(list, "1").empty());
  CHECK(needs(list, "2") == "1");
  CHECK(needs(list, "3") == "2");
  CHECK(task(list, "3").depends_on.front().line == 6);
  CHECK(needs(list, "4").empty());
  CHECK(needs(list, "5") == "CR9! 1 2 3 4");
  const auto errors = notes(list, Note::Kind::error);
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].line == 10);
  CHECK(errors[1].line == 12);
  CHECK(errors[1].keys == Strings{"6"});
}

TEST_CASE("very many parentheses in a line are read in time", "[tasks]") {
  const auto list =
      read("- [ ] 1. depends of " + std::string(200'000, '(') + "\n- [ ] 2. **Two**\n");
  CHECK(list.tasks.size() == 2);
}

TEST_CASE("a track may have a name in any script", "[tasks]") {
  const auto list = read(R"(### Código Track
- [ ] 1. **One**
### Track B: Two (Dependencies: Código Track)
- [ ] 2. **Two**
)");
  CHECK(task(list, "1").track == "Código");
  CHECK(needs(list, "2") == "1");
}

TEST_CASE("text that stands for a dependency and is none is an error at its line", "[tasks]") {
  const auto list = read(R"(- [ ] 1. **One**
- [ ] 2. **Two**
  - _Dependencies: the new database_
- [ ] 3. **Three**
  - _Dependencies: Task 1, then the weather_
- [ ] 4. **Four**
  - Dependencies:
### Track B: More (Dependencies: whatever comes)
- [ ] 5. **Five**
- [ ] 6. **Six** (depends on rain)
)");
  const auto errors = notes(list, Note::Kind::error);
  REQUIRE(errors.size() == 5);
  CHECK(errors[0].line == 3);
  CHECK(errors[0].keys == Strings{"2"});
  CHECK(errors[0].text.find("'the new database'") != std::string::npos);
  CHECK(errors[1].line == 5);
  CHECK(needs(list, "3") == "1");
  CHECK(errors[2].line == 7);
  CHECK(errors[2].keys == Strings{"4"});
  CHECK(errors[3].line == 8);
  CHECK(errors[3].keys == Strings{"5", "6"});
  CHECK(errors[4].line == 10);
  CHECK(errors[4].keys == Strings{"6"});
}

TEST_CASE("what stands under a heading counts as what stands in it", "[tasks]") {
  const auto list = read(R"(# Plan
**Dependencies**: another feature
### Track A: One
- [ ] 1. **One**
- [ ] a check
  - Dependencies: none of this
### Track B: Two
> Dependencies: Track A
- [ ] 2. **Two**
### Track C: Three
**Dependencies:** the moon
- [ ] 3. **Three**
)");
  CHECK(needs(list, "2") == "1");
  CHECK(task(list, "2").depends_on.front().why == "track B");
  CHECK(task(list, "2").depends_on.front().line == 8);
  const auto errors = notes(list, Note::Kind::error);
  REQUIRE(errors.size() == 1);
  CHECK(errors.front().line == 11);
  CHECK(errors.front().keys == Strings{"3"});
  CHECK(notes(list, Note::Kind::contradiction, "not obeyed").front().line == 2);
}

TEST_CASE("an item that says what a task depends on counts, wherever it stands", "[tasks]") {
  const auto list = read(R"(- [ ] 1. **One**
- [ ] 2. **Two**
- [ ] 3. **Three**
## Dependencies
- Task 2 depends on Task 1
- Tasks 3: depends on the weather
- Nothing depends on Task 3
)");
  CHECK(needs(list, "2") == "1");
  CHECK(task(list, "2").depends_on.front().line == 5);
  CHECK(needs(list, "3").empty());
  CHECK(notes(list, Note::Kind::contradiction, "'the weather'").front().line == 6);
  CHECK(notes(list, Note::Kind::error).empty());
}

TEST_CASE("two tables of tracks: the groups count, and what differs is said", "[tasks]") {
  const auto list = read(kTwoTables);
  CHECK(list.tasks.size() == 10);
  const auto tracks = [&](const char* id) { return task(list, id).track; };
  CHECK(tracks("1").empty());
  CHECK(tracks("2") == "A");  // only in the table, whose track A is that of the groups
  CHECK(tracks("4") == "A");
  CHECK(tracks("6") == "C");
  CHECK(tracks("7") == "D");
  CHECK(tracks("8") == "B");
  CHECK(tracks("9").empty());  // the table's track C is another one than that of the groups
  const auto differ = notes(list, Note::Kind::contradiction, "the latter counts");
  REQUIRE(differ.size() == 1);
  CHECK(differ.front().line == 4);
  CHECK(differ.front().keys == Strings{"6"});
  CHECK(differ.front().text.find("puts 6 in track B, line 40 in track C") != std::string::npos);
  const auto other = notes(list, Note::Kind::contradiction, "the groups call others so");
  REQUIRE(other.size() == 1);
  CHECK(other.front().keys == Strings{"9", "10"});
}

TEST_CASE("prerequisites, groups and the words of their lines order the tasks", "[tasks]") {
  const auto list = read(kTwoTables);
  CHECK(list.orders_itself);
  CHECK(needs(list, "1").empty());
  CHECK(needs(list, "3") == "1");
  CHECK(needs(list, "4") == "1 2");
  CHECK(needs(list, "6") == "1");
  CHECK(needs(list, "7") == "1");          // independent
  CHECK(needs(list, "8") == "4 5 7 1 2");  // its own words
  CHECK(needs(list, "9") == "4 5 6 1");    // the default of group 2
  CHECK(needs(list, "10") == "4 5 6 1");   // anytime after group 1
  const auto& edges = task(list, "8").depends_on;
  CHECK(edges[0].why == "group 2");
  CHECK(edges[0].line == 44);
  CHECK(edges[3].why == "prerequisites");
  CHECK(edges[3].line == 32);
  CHECK(task(list, "9").group == "2");
  CHECK(notes(list, Note::Kind::info, "1-3 are in no group").size() == 1);
  CHECK(notes(list, Note::Kind::error).empty());
}

TEST_CASE("the plan of a list with two tables has each task once, behind what it needs",
          "[tasks]") {
  const auto plan = make_plan(read(kTwoTables), {});
  Strings shown;
  for (const auto& row : plan.rows) shown.push_back(row.key + ":" + std::to_string(row.wave));
  // 1 is done; 2 is a prerequisite of 4 and 5, so they are not beside it.
  CHECK(join(shown, " ") == "1:0 2:1 3:1 4:2 5:2 6:1 7:1 8:3 9:3 10:3");
}

TEST_CASE("titles, tracks and signs may be of any script", "[tasks]") {
  const auto list = read(
      "### Track A: 基盤 (Dependencies: None)\n- [x] 1. **设置模块（第一步）** ✅\n"
      "- [ ] 2. **Überbau 🚀 für Größen**\n  - _Dependencies：Task 1、CR-A_\n"
      "- [ ] CR-A. **Ревью：Track A**（Dependencies: Tasks 1，2）\n");
  CHECK(task(list, "1").title == "设置模块（第一步）");
  CHECK(task(list, "2").title == "Überbau 🚀 für Größen");
  CHECK(needs(list, "2") == "1 CR-A");
  CHECK(needs(list, "CR-A") == "1 2");
}

TEST_CASE("headings of tracks add to what their tasks say", "[tasks]") {
  const auto list = read(kReviews);
  CHECK(needs(list, "3") == "PR-A 1 2");
  CHECK(needs(list, "4") == "3 1 2 PR-A");
  CHECK(task(list, "4").depends_on[1].why == "track B");
  CHECK(task(list, "5").track == "Hanging");
  CHECK(needs(list, "5") == "CR1");
  CHECK(task(list, "CR1").track == "Checkpoint Review 1");
  CHECK(needs(list, "CR1") == "CR-A CR-B");
  CHECK(needs(list, "CR-FINAL") == "1 2 CR-A PR-A 3 4 CR-B CR1 5 6");
  CHECK(task(list, "1").phase.empty());
}

TEST_CASE("a review is of the track in its id, and rework orders nothing", "[tasks]") {
  const auto list = read(kReviews);
  CHECK(needs(list, "RW-A") == "CR-A? PR-A?");
  CHECK(task(list, "RW-A").kind == Kind::conditional);
  CHECK(find_ring(list).empty());
  CHECK(notes(list, Note::Kind::info, "CR-B and RW-B wait for each other").size() == 1);
  const auto moved = read(R"(### Track A: One (No Dependencies)
- [ ] 1. **One**
### Track B: Two (Dependencies: CR-A)
- [ ] 2. **Two**
- [ ] CR-A. **Review of one**
  - _Dependencies: Task 1_
- [ ] CR-B. **Review of two**
  - _Dependencies: Task 2_)");
  CHECK(task(moved, "CR-A").track == "A");
  CHECK(needs(moved, "CR-A") == "1");
  CHECK(needs(moved, "CR-B") == "2 CR-A");
  CHECK(find_ring(moved).empty());
}

TEST_CASE("a task with a trigger is conditional, whatever its id", "[tasks]") {
  const auto list = read(R"(- [ ] 1. **One**
- [ ] 2. **Mend**
  - _Trigger: Only if 1 breaks_
- [ ] 3. **Three**)");
  CHECK(task(list, "2").kind == Kind::conditional);
  CHECK(needs(list, "3") == "1");
}

TEST_CASE("the file contradicts itself, and each time that is said with its line", "[tasks]") {
  const auto list = read(kReviews);
  const auto one = [&](Note::Kind kind, const char* word) {
    const auto found = notes(list, kind, word);
    INFO(word);
    REQUIRE(found.size() == 1);
    return found.front();
  };
  CHECK(one(Note::Kind::error, "CR7").line == 45);
  CHECK(one(Note::Kind::error, "CR7").keys == Strings{"6"});
  CHECK(needs(list, "6") == "5 CR7! CR1");
  const auto verdict = one(Note::Kind::contradiction, "did not pass");
  CHECK(verdict.line == 17);
  CHECK(verdict.keys == Strings{"CR-A"});
  CHECK(one(Note::Kind::contradiction, "track B starts after CR1").line == 26);
  CHECK(one(Note::Kind::contradiction, "says 14 tasks; there are 13").line == 3);
  CHECK(list.total_as_written == "Total tasks: 7 + 7 reviews = 14");
  CHECK(one(Note::Kind::info, "diagram").line == 64);
  CHECK(one(Note::Kind::info, "in no group").keys == Strings{"CR-B", "RW-B", "CR1", "CR-FINAL"});
}

TEST_CASE("groups by number take tasks, reviews and whole tracks", "[tasks]") {
  const auto list = read(kReviews);
  CHECK(task(list, "1").group == "1");
  CHECK(task(list, "CR-A").group == "2");
  CHECK(task(list, "RW-A").group == "2");
  CHECK(task(list, "4").group == "3");
  CHECK(task(list, "5").group == "3");
  CHECK(task(list, "CR-FINAL").group.empty());
  const auto other = read(R"(### Track A: One
- [ ] 1. **One**
- [ ] 2. **Two**
### Track B: Two
- [ ] 3. **Three**
- [ ] CR1. **Review**
- [ ] 4. **Four**
- [ ] 5. **Five**
## Groups
#### Group 1
- Track A
#### Group 2 (after CR1)
- Task 3, 4
- Task 9 (gone)
- Painting - needs Task 1
**Group 3**: after Group 1
- Review (CR1)
- **Group 4**: Tasks 4 - 5 - needs Task 3
)");
  CHECK(task(other, "2").group == "1");
  CHECK(needs(other, "3") == "CR1");
  CHECK(needs(other, "CR1") == "1 2");
  CHECK(needs(other, "5") == "3");
  CHECK(task(other, "5").group == "4");
  const auto line_of = [&](const char* word) {
    const auto found = notes(other, Note::Kind::contradiction, word);
    return found.size() == 1 ? found.front().line : 0;
  };
  CHECK(line_of("names task 9") == 14);
  CHECK(line_of("names no task of the list") == 15);
  CHECK(line_of("is in group 4 here, and in group 2") == 18);
}

TEST_CASE("the agent of a task is its own, else that of its track", "[tasks]") {
  const auto list = read(kReviews);
  CHECK(task(list, "1").agent == "carpenter");
  CHECK(task(list, "2").agent == "sander");
  CHECK(task(list, "3").agent == "painter");
  CHECK(task(list, "5").agent.empty());
}

TEST_CASE("a heading with boxes without ids below it is one task without a box", "[tasks]") {
  const std::string text = R"(# Plan
### Reading
- [ ] the manual
### Phase 1: Start
#### Task 1.1: Dig a hole
- [x] dig
- [x] look
- _Requirements: 1.1_
#### Task 1.2: **Fill it**
- [x] fill
- [ ] stamp
##### Notes
- [ ] photos
#### Task 1.3 - Leave
Nothing to tick.
)";
  const auto list = read(text);
  CHECK(ids(list) == Strings{"1.1", "1.2", "1.3"});
  CHECK(task(list, "1.1").title == "Dig a hole");
  CHECK(task(list, "1.1").state == State::done);
  CHECK(task(list, "1.1").requirements == "1.1");
  CHECK(task(list, "1.1").phase == "Phase 1: Start");
  CHECK(task(list, "1.2").state == State::open);
  CHECK(task(list, "1.2").title == "Fill it");
  CHECK(task(list, "1.3").state == State::open);
  CHECK(task(list, "1.3").title == "Leave");
  CHECK(needs(list, "1.3") == "1.2");
  CHECK(block(text, task(list, "1.2")) ==
        "#### Task 1.2: **Fill it**\n- [x] fill\n- [ ] stamp\n##### Notes\n- [ ] photos\n");
  for (const auto& one : list.tasks) CHECK_FALSE(one.box);
  CHECK(list.ignored.size() == 6);
  CHECK(list.ignored[1].why == "a step of 1.1");
  const auto note = notes(list, Note::Kind::info, "not ticked with one byte");
  REQUIRE(note.size() == 1);
  CHECK(note.front().keys == Strings{"1.1", "1.2", "1.3"});
}

TEST_CASE("a heading over boxes with ids is no task", "[tasks]") {
  const auto list = read(R"(## Task 1: Group
- [ ] 1.1 First
- [ ] 1.2 Second
## Task 2: Other
- [ ] only a step
## Details
### Task 1.1: more words
- [ ] checked twice
)");
  CHECK(ids(list) == Strings{"1.1", "1.2", "2"});
  CHECK(task(list, "1.1").box);
  CHECK_FALSE(task(list, "2").box);
  CHECK(list.ignored.size() == 2);
}

TEST_CASE("a box in a heading is the box of a task", "[tasks]") {
  const std::string text = R"(## [x] Task 1: Plan
- **Priority**: P0
## [ ] Task 2: Build
- **Depends On**: Task 1
- [ ] a step
## [ ] Notes
)";
  const auto list = read(text);
  CHECK(ids(list) == Strings{"1", "2"});
  CHECK(task(list, "1").state == State::done);
  CHECK(text.substr(task(list, "2").box->offset - 1, 3) == "[ ]");
  CHECK(needs(list, "2") == "1");
  CHECK(list.ignored.size() == 2);
}

TEST_CASE("what a broken write left of a character is not read", "[tasks]") {
  const auto list = read(
      "## =\xEF\xBF\xBD Checklist\n- [x] CR and PR exist\n"
      "### Track A: One (No Dependencies)\n- [x] 1. **One** =\x04\n- [x] PR-A. **Review** \x05\n"
      "### Track B: Two (Dependencies: PR-A approved \x05)\n- [ ] 2. **Two**\n"
      "1. **Group 1**:\n   - 1 \x92 PR-A\n2. **Group 2**:\n   - PR-A \xEF\xBF\xBD "
      "(\xEF\xBF\xBD)\n");
  CHECK(needs(list, "2") == "PR-A");
  CHECK(task(list, "2").track == "B");
  CHECK(notes(list, Note::Kind::error).empty());
  const auto broken = notes(list, Note::Kind::info, "6 lines with characters");
  REQUIRE(broken.size() == 1);
  CHECK(broken.front().line == 1);
}

TEST_CASE("ways to write a total", "[tasks]") {
  const auto total = [](const std::string& line) {
    const auto list = read(line + "\n- [ ] 1. **One**\n");
    return notes(list, Note::Kind::contradiction, "says ").empty()
               ? std::string()
               : notes(list, Note::Kind::contradiction, "says ").front().text.substr(5, 2);
  };
  CHECK(total("43 total tasks") == "43");
  CHECK(total("- **Total**: 35 tasks (with 20 reviews)") == "35");
  CHECK(total("Total tasks: 37 (all kept)") == "37");
  CHECK(total("*Total Tasks: 37 + 5 reviews = 42*") == "42");
  CHECK(total("Total: 32 tasks, ~7 days") == "32");
  CHECK(total("A total of 12 tasks") == "12");
  CHECK(total("20 tasks total") == "20");
  CHECK(total("Total: 1 task").empty());
  CHECK(total("Total estimated time for all tasks: 70 weeks").empty());
  CHECK(total("Subtotal tasks: 99").empty());
}

TEST_CASE("a list of headings and prose has no task", "[tasks]") {
  CHECK_THROWS_AS(read("# Plan\n## 1.1 Prepare\n```\n- [ ] 1. in a fence\n```\n"), Error);
}

TEST_CASE("a large list is read in linear time", "[tasks]") {
  std::string text;
  for (int i = 1; i <= 5000; ++i) {
    if (i % 100 == 1) text += "### Track " + std::to_string(i) + ": More (Dependencies: None)\n";
    text += "- [ ] " + std::to_string(i) + ". **Thing**\n  - some words about it\n";
    if (i % 100 != 1) text += "  - _Dependencies: Task " + std::to_string(i - 1) + "_\n";
  }
  const auto list = read(text);
  CHECK(list.tasks.size() == 5000);
  CHECK(task(list, "5000").depends_on.size() == 1);
}
