#include "list_view.h"
#include "support/catch.h"

using namespace chant::tasks;
using Catch::Contains;

namespace {

List read(const std::string& text) { return read_as(Dialect::kiro, text); }

const std::string kTasks =
    "- [ ] 1. a\n- [ ] 1.1 b\n- [ ] 1.2 c\n- [ ] 2. d\n- [ ] 2.1 e\n- [ ] 2.2 f\n"
    "- [ ] 3. Checkpoint\n- [ ] 4. g\n";

List read_with_graph(const std::string& graph, const std::string& tasks = kTasks) {
  return read(tasks + "\n## Task Dependency Graph\n\n```json\n" + graph + "\n```\n");
}

std::string many_empty() {
  std::string waves;
  for (int i = 0; i < 101; ++i) waves += ",[]";
  return waves;
}

Place place_of(const List& list, const std::string& key, bool with_optional = false) {
  PlanRequest request;
  request.with_optional = with_optional;
  for (const auto& row : make_plan(list, request).rows) {
    if (row.key == key) return row.place;
  }
  return Place::not_chosen;
}

}  // namespace

TEST_CASE("a task of Kiro is in the one whose number it extends, flat or indented", "[tasks]") {
  const std::string flat =
      "# Plan\n\n## Part one\n\n- [ ] 1. Build a boat\n- [x] 1.1 Cut `hull.md`\n"
      "  - from wood\n  - _Requirements: 1.1, 2.3_\n- [ ] 1.10 Nail\n- [-] **2.** Row\n";
  for (const auto& text :
       {flat, std::string("# Plan\n\n## Part one\n\n- [ ] 1. Build a boat\n  - [x] 1.1 Cut "
                          "`hull.md`\n    - from wood\n    - _Requirements: 1.1, 2.3_\n"
                          "  - [ ] 1.10 Nail\n- [-] **2.** Row\n")}) {
    const auto list = read(text);
    REQUIRE(list.tasks.size() == 4);
    CHECK(list.tasks[0].kind == Kind::container);
    CHECK(list.tasks[1].parent == "1");
    CHECK(list.tasks[1].state == State::done);
    CHECK(list.tasks[1].title == "Cut `hull.md`");
    CHECK(list.tasks[1].requirements == "1.1, 2.3");
    CHECK(list.tasks[1].phase == "Part one");
    CHECK(list.tasks[2].id == "1.10");
    CHECK(list.tasks[2].parent == "1");
    CHECK(list.tasks[3].id == "2");
    CHECK(list.tasks[3].state == State::open);
    CHECK(edges_of(list) == "1.1 1.10<1.1 2<1.10");
    CHECK(place_of(list, "1") == Place::container);
    CHECK(waves_of(list) == "1.10 | 2");
  }
}

TEST_CASE("without a graph the order of the list counts, and each edge says so", "[tasks]") {
  const auto list = read("- [ ] 1. a\n- [ ] 2. b\n- [ ] 3. c\n");
  CHECK(edges_of(list) == "1 2<1 3<2");
  CHECK(why_of(list, "3", "2") == "order, line 3");
}

TEST_CASE("an optional task is left out unless asked for, and holds nothing up", "[tasks]") {
  const auto list =
      read("- [ ] 1. a\n- [ ]* 2. b\n- [ ]* 2.1 c\n- [ ] 2.2 d\n- [x]* 3. e\n- [ ] 4. f\n");
  CHECK(list.tasks[3].kind == Kind::optional);
  CHECK(place_of(list, "2.2") == Place::optional);
  CHECK(waves_of(list) == "1 | 4");
  PlanRequest request;
  request.with_optional = true;
  CHECK(waves_of(list, request) == "1 | 2.1 | 2.2 | 4");
}

TEST_CASE("the box of a container says nothing, and where it is wrong a note does", "[tasks]") {
  const auto list =
      read("- [x] 1. a\n- [x] 1.1 b\n- [ ] 1.2 c\n- [ ] 2. d\n- [x] 2.1 e\n- [x] 2.2 f\n");
  CHECK_THAT(notes_of(list), Contains("1: 1 is ticked, and 1.2 in it (line 3) is not"));
  CHECK_THAT(notes_of(list), Contains("4: all tasks in 2 are ticked, and it is not"));
  CHECK(waves_of(list) == "1.2");
  const auto plan = make_plan(list, {});
  CHECK(plan.total == 4);
  CHECK(plan.done == 3);
}

TEST_CASE("boxes without a number are no tasks of Kiro", "[tasks]") {
  const auto list = read(
      "## Work\n- [x] 1. a\n  - [ ] a step\n- [ ] 404 pages\n- [ ] 2 b\n## Done when\n"
      "- [ ] all is well\n");
  CHECK(edges_of(list) == "1 2<1");
  CHECK(ignored_of(list) == "3: a step of 1\n4: no id, in 'Work'\n7: no id, in 'Done when'");
  CHECK_THAT(notes_of(list), Contains("3: 1 is ticked, and this step of it is not"));
  SECTION("but where none has a number all are") {
    const auto plain = read("- [ ] Cut\n- [ ] Nail\n  - [ ] one\n  - [x] two\n");
    CHECK(edges_of(plain) == "cut one<cut two<one");
  }
}

TEST_CASE("a task may depend on another by its own words", "[tasks]") {
  const auto list = read(
      "- [ ] 1. a\n- [ ] 2. b\n- [ ] 3. c\n  - _Depends: 1_\n- [ ] 4. d\n  Depends on 2, 3.\n");
  CHECK(why_of(list, "3", "1") == "task, line 4");
  CHECK(why_of(list, "4", "2") == "task, line 6");
  CHECK(waves_of(list) == "1 | 2 | 3 | 4");

  SECTION("one that needs a container needs all in it") {
    const auto other = read("- [ ] 1. a\n- [ ] 1.1 b\n- [ ] 1.2 c\n- [ ] 2. d\n  - _Depends: 1_\n");
    CHECK(why_of(other, "2", "1.1") == "task, line 5");
    CHECK(why_of(other, "2", "1.2") == "task, line 5");
  }
  SECTION("what is in a container needs what that needs, be it later in the list") {
    const auto other =
        read("- [ ] 1. a\n  - _Depends: 2_\n- [ ] 1.1 b\n- [ ] 1.2 c\n- [ ] 2. d\n- [ ] 3. e\n");
    CHECK(waves_of(other) == "2 | 1.1 | 1.2 | 3");
  }
  SECTION("where every task says it, nothing else counts") {
    const auto other =
        read("- [ ] 1. a\n- [ ] 2. b\n  - _Depends: none_\n- [ ] 3. c\n  - _Depends: 1, 2_\n");
    CHECK(edges_of(other) == "1 2 3<1,2");
  }
}

TEST_CASE("waves run one after the other, in each shape they are written in", "[tasks]") {
  const std::string expected = "1.1 1.2<1.1 2.1<1.1 2.2<1.2,2.1 3<2.2 4<3";
  const std::string by_id =
      "{\"waves\": [\n {\"id\": 0, \"tasks\": [\"1.1\"]},\n {\"id\": 1, \"tasks\": [\"1.2\", "
      "\"2.1\"]},\n {\"id\": 2, \"tasks\": [\"2.2\"]},\n {\"id\": 3, \"tasks\": [\"4\"]}]}";
  const auto list = read_with_graph(by_id);
  CHECK(edges_of(list) == expected);
  CHECK(why_of(list, "2.2", "2.1") == "wave 2, line 16");
  CHECK(list.find("2.1")->group == "1");
  CHECK_THAT(notes_of(list), Contains("the dependency graph leaves out 3: such a task waits for"));

  CHECK(edges_of(read_with_graph(
            "{\"waves\": [{\"wave\": 1, \"description\": \"x\", \"tasks\": [\"1.1\"]},"
            "{\"wave\": 2, \"tasks\": [\"1.2\", \"2.1\"]}, {\"wave\": 4, \"tasks\": [\"4\"]},"
            "{\"wave\": 3, \"tasks\": [\"2.2\"]}]}")) == expected);
  CHECK(edges_of(read_with_graph("{\"waves\":[[\"1.1\"],[1.2,\"Task 2.1.\"],[\"2.2\"],[4]]}")) ==
        expected);
  CHECK(edges_of(read_with_graph(
            "{\"waves\": [{\"id\": 0, \"name\": \"x\", \"tasks\": [\"1.1\"], \"depends_on\": []},"
            "{\"id\": 1, \"tasks\": [\"1.2\", \"2.1\"], \"depends_on\": [0]},"
            "{\"id\": 2, \"tasks\": [\"2.2\"], \"depends_on\": [1]},"
            "{\"id\": 3, \"tasks\": [\"4\"], \"depends_on\": [2]}]}")) == expected);
  CHECK(edges_of(read_with_graph("T1.1 --> T1.2 & 2.1 --> T2_2\nT2.2 --> T4")) == expected);
  CHECK(edges_of(read_with_graph("graph TD\n  1.1[Cut] --> 1.2\n  1.1 -->|then| 2.1\n"
                                 "  1.2 --> 2.2\n  2.1 --> 2.2\n  2.2 --> 4")) == expected);
}

TEST_CASE("a wave waits for those that it names", "[tasks]") {
  const auto list = read_with_graph(
      "{\"waves\": [{\"id\": 0, \"tasks\": [\"1\"]}, {\"id\": 1, \"tasks\": [\"2\"], "
      "\"depends_on\": [0]}, {\"id\": 2, \"tasks\": [\"3\"], \"depends_on\": [0]},"
      "{\"id\": 3, \"tasks\": [\"4\"], \"depends_on\": [1, 2]}]}",
      "- [ ] 1. a\n- [ ] 2. b\n- [ ] 3. c\n- [ ] 4. d\n");
  CHECK(edges_of(list) == "1 2<1 3<1 4<2,3");
}

TEST_CASE("the graph may stand before the tasks", "[tasks]") {
  const auto list = read(
      "## Task Dependency Graph\n```json\n{\"waves\":[[\"1\",\"2\"],[\"3\"]]}\n```\n## Tasks\n"
      "- [ ] 1. a\n- [ ] 2. b\n- [ ] 3. c\n");
  CHECK(edges_of(list) == "1 2 3<1,2");
  CHECK(why_of(list, "3", "2") == "wave 2, line 3");
}

TEST_CASE("a task that the waves leave out stands where it stands in the list", "[tasks]") {
  // 4 runs with 1.2, before 2.2; so the checkpoint before it cannot hold it up.
  const auto list =
      read_with_graph("{\"waves\":[[\"1.1\"],[\"1.2\",\"4\"],[\"2.1\",\"2.2\"],[\"6\"]]}",
                      kTasks + "- [ ] 5. Checkpoint\n- [ ] 6. h\n- [ ] 7. The end\n");
  CHECK(find_ring(list).empty());
  CHECK(edges_of(list) == "1.1 1.2<1.1 2.1<1.2,4 2.2<1.2,4 3<2.1,2.2 4<1.1 5<3 6<5 7<6");
  CHECK(waves_of(list) == "1.1 | 1.2 4 | 2.1 2.2 | 3 | 5 | 6 | 7");
}

TEST_CASE("a container in a wave is those of its tasks that no wave names", "[tasks]") {
  const auto list = read_with_graph("{\"waves\":[[\"1.2\",\"3\"],[\"1\",\"4\"],[\"2\"]]}");
  CHECK(edges_of(list) == "1.1<1.2,3 1.2 2.1<1.1,4 2.2<1.1,4 3 4<1.2,3");
}

TEST_CASE("waves that are not right are not followed at all, and a note says why", "[tasks]") {
  const std::string in_order = "1.1 1.2<1.1 2.1<1.2 2.2<2.1 3<2.2 4<3";
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"{\"waves\":[[\"1.1\"],[\"9.9\"]]}", "'9.9' in wave 2 is no task"},
      {"{\"waves\":[[\"1.1\"],[\"1.1\"]]}", "1.1 is in it twice"},
      {"{\"waves\":[[\"1\"],[\"1\"]]}", "1 is in it twice"},
      {"{\"waves\":[[\"1.1\"]" + many_empty() + "]}", "there are too many waves without a task"},
      {"{\"waves\":[[\"1.1\"],[true]]}", "line 13 is no wave"},
      {"{\"waves\":[{\"tasks\": [\"1.1\"]},{\"id\": 1}]}", "line 13 is no wave"},
      {"{\"waves\":[[\"1.1\"]", "this is no JSON"},
      {"{\"waves\":4}", "\"waves\" is no list"},
      {"{\"waves\":[{\"id\":1,\"tasks\":[\"1.1\"]},{\"id\":1,\"tasks\":[\"1.2\"]}]}",
       "there are two waves 1"},
      {"{\"waves\":[{\"id\":0,\"tasks\":[\"1.1\"],\"depends_on\":[7]}]}",
       "wave 0 waits for a wave 7, which is not there"},
      {"{\"waves\":[{\"id\":0,\"tasks\":[\"1.1\"],\"depends_on\":[1]},"
       "{\"id\":1,\"tasks\":[\"1.2\"],\"depends_on\":[0]}]}",
       "what it says makes a ring"},
      {"T1.1 --> T2.1 --> T1.1", "what it says makes a ring"},
      {"T1.1 --> T9", "'T9' in wave T9 is no task"},
      {"{\"waves\":[[\"1.1\"]]}\n```\n\n```json\n{\"waves\":[[\"1.2\"]]}",
       "there is another graph at line 17"}};
  for (const auto& [graph, why] : rows) {
    INFO(graph);
    const auto list = read_with_graph(graph);
    CHECK(edges_of(list) == in_order);
    CHECK_THAT(notes_of(list),
               Contains("13: the dependency graph is not followed: ") && Contains(why));
    CHECK(list.find("1.1")->group.empty());
  }
}

TEST_CASE("waves that contradict what a task says are not followed", "[tasks]") {
  const auto list = read_with_graph("{\"waves\":[[\"2\"],[\"1\"]]}",
                                    "- [ ] 1. a\n- [ ] 2. b\n  - _Depends: 1_\n");
  CHECK_THAT(notes_of(list), Contains("what it says makes a ring"));
  CHECK(waves_of(list) == "1 | 2");
}

TEST_CASE("an id that two tasks have is none that a wave can name", "[tasks]") {
  const auto list =
      read_with_graph("{\"waves\":[[\"1\"],[\"2\"]]}", "- [ ] 1. a\n- [ ] 2. b\n- [ ] 2. c\n");
  CHECK_THAT(notes_of(list), Contains("'2' in wave 2 is the id of several tasks"));
  CHECK(edges_of(list) == "1 2<1 2-2<2");
}

TEST_CASE("a diagram that is under another heading orders nothing", "[tasks]") {
  CHECK(edges_of(read("- [ ] 1. a\n- [ ] 2. b\n## Screens\n```mermaid\nT2 --> T1\n```\n")) ==
        "1 2<1");
}

TEST_CASE("a done or optional wave still stands for what is before it", "[tasks]") {
  const auto list = read_with_graph("{\"waves\":[[\"1\"],[\"2\"],[\"3\"]]}",
                                    "- [ ] 1. a\n- [x] 2. b\n- [ ] 3. c\n");
  CHECK(edges_of(list) == "1 2<1 3<1,2");
}

TEST_CASE("in cc-sdd (P) tasks run beside each other", "[tasks]") {
  const auto list = read_as(Dialect::cc_sdd,
                            "- [ ] 1. a\n- [ ] 1.1 b\n- [ ] 1.2 (P) c\n  - _Boundary: Api, Store_\n"
                            "- [ ] 1.3 (P) d\n  - _Boundary: Ui_\n- [ ] 1.4 e (P)\n  - "
                            "_Boundary: Store_\n- [ ] 2. f\n  - _Depends: 1.2, 1.3_\n");
  CHECK(list.find("1.4")->title == "e");
  CHECK(list.find("1.2")->files == std::vector<std::string>{"Api", "Store"});
  CHECK(edges_of(list) == "1.1 1.2<1.1 1.3<1.1 1.4<1.1,1.2 2<1.4,1.2,1.3");
  CHECK(why_of(list, "1.4", "1.2") == "file, line 7");
  CHECK(why_of(list, "2", "1.3") == "task, line 10");

  SECTION("and so do (P) containers") {
    const auto groups = read_as(Dialect::cc_sdd,
                                "- [ ] 1. a\n- [ ] 2. (P) b\n- [ ] 2.1 c\n- [ ] 2.2 d\n- [ ] 3. "
                                "(P) e\n- [ ] 3.1 f\n- [ ] 3.2 g\n- [ ] 4. h\n");
    CHECK(edges_of(groups) == "1 2.1<1 2.2<2.1 3.1<1 3.2<3.1 4<2.2,3.2");
  }
  SECTION("which Kiro itself does not know") {
    CHECK(edges_of(read("- [ ] 1. a\n- [ ] 2. (P) b\n- [ ] 3. (P) c\n")) == "1 2<1 3<2");
  }
}

TEST_CASE("many waves and many tasks left out have few edges", "[tasks]") {
  std::string tasks, waves;
  for (int i = 1; i <= 5000; ++i) {
    tasks += "- [ ] " + std::to_string(i) + ". a\n";
    if (i % 5 != 0) waves += (waves.empty() ? "[\"" : ",[\"") + std::to_string(i) + "\"]";
  }
  const auto list = read_with_graph("{\"waves\":[" + waves + "]}", tasks);
  CHECK(list.find("5")->depends_on.front().on == "4");
  CHECK(list.find("6")->depends_on.front().on == "5");
  CHECK(count_edges(list) == 4999);
}
