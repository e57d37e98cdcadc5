#include "list_view.h"
#include "support/catch.h"
#include "tasks/json.h"
#include "util/error.h"

using namespace chant::tasks;
using Catch::Contains;

namespace {

List read_taskmaster_list(const std::string& text) {
  return read_list(text, ".taskmaster/tasks/tasks.json");
}

List read_beads_list(const std::string& text) { return read_list(text, ".beads/issues.jsonl"); }

// One task with these members.
std::string item(const std::string& id, const std::string& more = "") {
  return "{\"id\": " + id + ", \"title\": \"t\", \"status\": \"pending\"" + more + "}";
}

}  // namespace

TEST_CASE("JSON keeps the line of each value and numbers as they are written", "[tasks]") {
  const std::string text = "{\n \"a\": [1.10, \"x\"],\n \"b\": {\"c\": null}, \"b\": true\n}\n";
  const auto json = parse_json(text, 5);
  REQUIRE(json.is(Json::Kind::object));
  const auto* list = json.find("a");
  REQUIRE(list != nullptr);
  CHECK(list->line == 6);
  CHECK(list->items[0].text == "1.10");
  CHECK(text.substr(list->begin, list->end - list->begin) == "[1.10, \"x\"]");
  CHECK(json.find("b")->is(Json::Kind::flag));
  CHECK(json.text_of("b").empty());
  CHECK(json.find("c") == nullptr);
  CHECK(list->items[1].find("a") == nullptr);
}

TEST_CASE("what is no JSON, or too deep, says its line", "[tasks]") {
  const auto line_of = [](const std::string& text) {
    try {
      static_cast<void>(parse_json(text));
    } catch (const JsonError& error) {
      return error.line();
    }
    return 0;
  };
  CHECK(line_of("{\n\"a\": [1,\n}\n") == 3);
  CHECK(line_of("{}\n{}") == 2);
  CHECK(line_of("") == 1);
  CHECK(line_of(std::string(100'000, '[')) == 1);
  CHECK(line_of("\"\xff\"") == 1);
}

TEST_CASE("tasks of Taskmaster come with their dependencies and subtasks", "[tasks]") {
  const std::string text =
      "{\"tasks\": [\n"
      "  {\"id\": 1, \"title\": \"Cut\\nwood\", \"status\": \"done\", \"dependencies\": []},\n"
      "  {\"id\": \"2\", \"title\": \"Nail\", \"status\": \"pending\", \"dependencies\": [\n"
      "     1], \"subtasks\": [\n"
      "    {\"id\": 1, \"title\": \"a\", \"status\": \"done\", \"dependencies\": []},\n"
      "    {\"id\": 2, \"title\": \"b\", \"status\": \"in-progress\", \"dependencies\": [1]}]},\n"
      "  {\"id\": 3, \"title\": \"Sail\", \"status\": \"pending\", \"dependencies\": [\"2.1\", "
      "2]}\n"
      "], \"metadata\": {}}";
  const auto list = read_taskmaster_list(text);
  REQUIRE(list.tasks.size() == 5);
  CHECK(list.dialect == Dialect::taskmaster);
  CHECK(list.find("1")->title == "Cut wood");
  CHECK(list.find("2")->kind == Kind::container);
  CHECK(list.find("2.2")->parent == "2");
  CHECK(edges_of(list) == "1 2.1<1 2.2<2.1,1 3<2.1,2.2");
  CHECK(why_of(list, "2.1", "1") == "task, line 4");
  CHECK(why_of(list, "3", "2.2") == "task, line 7");
  CHECK(waves_of(list) == "2.2 | 3");
  const auto& sail = *list.find("3");
  CHECK(text.substr(sail.begin, 9) == "{\"id\": 3,");
  CHECK(text[sail.end - 1] == '}');
  CHECK_FALSE(sail.box.has_value());
}

TEST_CASE("each tag is a track, and a number means the task of its tag", "[tasks]") {
  const auto list = read_taskmaster_list(
      "{\"master\": {\"tasks\": [" + item("1") + "," + item("2", ", \"dependencies\": [\"1\"]") +
      "]}, \"loop\": {\"tasks\": [" + item("1") + "," + item("\"2\"", ", \"dependencies\": [1]") +
      "]}, \"x\": 1}");
  CHECK(list.tasks[1].id == "master/2");
  CHECK(list.tasks[2].track == "loop");
  CHECK(edges_of(list) == "master-1 master-2<master-1 loop-1 loop-2<loop-1");
  PlanRequest request;
  request.tracks = {"LOOP"};
  CHECK(waves_of(list, request) == "loop-1 | loop-2");
  CHECK(edges_of(read_taskmaster_list("{\"master\": {\"tasks\": [" + item("1") + "]}}")) == "1");
}

TEST_CASE("in a subtask a small number is the one beside it", "[tasks]") {
  const auto list =
      read_taskmaster_list("{\"tasks\": [" + item("100") + "," + item("2") + "," +
                           item("3", ", \"subtasks\": [" + item("2") + ",\n" +
                                         item("4", ", \"dependencies\": [2, 100]") + "," +
                                         item("5", ", \"dependencies\": [9]") + "]") +
                           "]}");
  CHECK(edges_of(list) == "100 2 3.2 3.4<3.2,100 3.5<3.9!");
  CHECK_THAT(notes_of(list), Contains("2: 100 in a subtask is the task 100, not one beside it"));
  CHECK_THAT(notes_of(list), Contains("there is no task 3.9"));
  CHECK(make_plan(list, {}).rows.back().place == Place::refused);
}

TEST_CASE("what Taskmaster cancelled holds nothing up, and what it deferred does", "[tasks]") {
  const auto list = read_taskmaster_list(
      "{\"tasks\": [{\"id\": 1, \"title\": \"t\", \"status\": \"cancelled\"},\n"
      "{\"id\": 2, \"title\": \"t\", \"status\": \"deferred\"},\n"
      "{\"id\": 3, \"title\": \"t\", \"status\": \"review\"},\n" +
      item("4", ", \"dependencies\": [1]") + ",\n" + item("5", ", \"dependencies\": [2]") + ",\n" +
      item("6", ", \"dependencies\": [3]") + ",\n" + item("7", ", \"dependencies\": {}") + "]}");
  CHECK(waves_of(list) == "4");
  CHECK_THAT(notes_of(list), Contains("4: 4 does not wait for 1, which is cancelled"));
  CHECK_THAT(notes_of(list), Contains("3: the status 'review' of 3 is none that can be run"));
  const auto plan = make_plan(list, {});
  CHECK(plan.rows[0].place == Place::dropped);
  CHECK(plan.rows[2].place == Place::refused);
  CHECK(plan.rows[4].why == "needs 2 (line 5), which is dropped");
  CHECK(plan.rows[5].why == "needs 3 (line 6), which cannot be run");
  CHECK(plan.rows[6].place == Place::refused);
  CHECK(plan.total == 5);
}

TEST_CASE("what is no task list of Taskmaster is said", "[tasks]") {
  CHECK_THROWS_WITH(read_taskmaster_list("{\n\"tasks\": [\n"),
                    ".taskmaster/tasks/tasks.json:2: this is no JSON");
  CHECK_THROWS_WITH(read_taskmaster_list("{\"currentTag\": \"x\"}"), Contains("no task was found"));
  const auto list = read_taskmaster_list("{\"tasks\": [" + item("1") + ", 4, {\"title\": \"x\"}]}");
  CHECK(list.tasks.size() == 1);
  CHECK(ignored_of(list) == "1: no id\n1: no id");
}

TEST_CASE("only what blocks an issue of beads is an edge", "[tasks]") {
  const std::string text =
      "{\"id\":\"bd-1\",\"title\":\"Cut\",\"status\":\"closed\",\"issue_type\":\"task\"}\n"
      "{\"id\":\"bd-2\",\"title\":\"Nail\",\"status\":\"in_progress\",\"dependencies\":["
      "{\"issue_id\":\"bd-2\",\"depends_on_id\":\"bd-1\",\"type\":\"blocks\"},"
      "{\"issue_id\":\"bd-2\",\"depends_on_id\":\"bd-3\",\"type\":\"related\"}]}\n"
      "\n"
      "{\"id\":\"bd-3\",\"title\":\"Sail\",\"status\":\"open\",\"dependencies\":["
      "{\"issue_id\":\"bd-3\",\"depends_on_id\":\"bd-2\",\"type\":\"waits-for\"}]}\n"
      "{\"id\":\"bd-4\",\"title\":\"Mend\",\"status\":\"open\",\"dependencies\":["
      "{\"issue_id\":\"bd-4\",\"depends_on_id\":\"bd-3\",\"type\":\"conditional-blocks\"}]}\n"
      "{\"id\":\"bd-5\",\"title\":\"Gone\",\"status\":\"tombstone\"}\n"
      "{\"id\":\"bd-6\",\"title\":\"Rules\",\"status\":\"pinned\"}\n"
      "{\"id\":\"bd-7\",\"title\":\"Later\",\"status\":\"deferred\"}\n"
      "{\"id\":\"bd-8\",\"title\":\"Odd\",\"status\":\"rejected\",\"dependencies\":["
      "{\"issue_id\":\"bd-8\",\"depends_on_id\":\"bd-99\",\"type\":\"blocks\"}]}";
  const auto list = read_beads_list(text);
  CHECK(edges_of(list) == "bd-1 bd-2<bd-1 bd-3<bd-2 bd-4<bd-3? bd-7 bd-8<bd-99!");
  CHECK(why_of(list, "bd-3", "bd-2") == "task, line 4");
  CHECK(list.find("bd-4")->kind == Kind::conditional);
  CHECK(list.find("bd-7")->state == State::dropped);
  CHECK(ignored_of(list) == "6: bd-5 is deleted\n7: bd-6 is pinned");
  CHECK(waves_of(list) == "bd-2 | bd-3");
  CHECK(make_plan(list, {}).rows.back().place == Place::refused);
  const auto& sail = *list.find("bd-3");
  CHECK(text.substr(sail.begin, 13) == "{\"id\":\"bd-3\",");
  CHECK(text[sail.end - 1] == '\n');
}

TEST_CASE("an epic is what is in it, wherever it stands in the file", "[tasks]") {
  const auto list = read_beads_list(
      "{\"id\":\"a-1\",\"title\":\"Sail\",\"status\":\"open\",\"dependencies\":["
      "{\"issue_id\":\"a-1\",\"depends_on_id\":\"z-1\",\"type\":\"blocks\"}]}\n"
      "{\"id\":\"b-1\",\"title\":\"Cut\",\"status\":\"open\",\"dependencies\":["
      "{\"issue_id\":\"b-1\",\"depends_on_id\":\"z-1\",\"type\":\"parent-child\"}]}\n"
      "{\"id\":\"z-1\",\"title\":\"Hull\",\"status\":\"open\",\"issue_type\":\"epic\","
      "\"dependencies\":[{\"issue_id\":\"z-1\",\"depends_on_id\":\"z-2\",\"type\":\"blocks\"}]}\n"
      "{\"id\":\"z-1.1\",\"title\":\"Nail\",\"status\":\"open\"}\n"
      "{\"id\":\"z-2\",\"title\":\"Buy\",\"status\":\"open\",\"issue_type\":\"epic\"}\n");
  CHECK(list.find("z-1")->kind == Kind::container);
  CHECK(list.find("z-2")->kind == Kind::task);
  CHECK(edges_of(list) == "a-1<b-1,z-1.1 b-1<z-2 z-1.1<z-2 z-2");
  CHECK(waves_of(list) == "z-2 | b-1 z-1.1 | a-1");
}

TEST_CASE("parents in a ring are no endless loop", "[tasks]") {
  const std::string parent = ",\"dependencies\":[{\"depends_on_id\":\"";
  const std::string end = "\",\"type\":\"parent-child\"}]}\n";
  const auto list = read_beads_list(
      "{\"id\":\"a\",\"title\":\"a\",\"status\":\"open\",\"issue_type\":\"epic\"" + parent + "b" +
      end + "{\"id\":\"b\",\"title\":\"b\",\"status\":\"open\",\"issue_type\":\"epic\"" + parent +
      "a" + end);
  CHECK(list.tasks.size() == 2);
}

TEST_CASE("links may be beside the issues, and are missed when they are not", "[tasks]") {
  const std::string issues =
      "{\"id\":\"a\",\"title\":\"a\",\"status\":\"open\"}\n"
      "{\"id\":\"b\",\"title\":\"b\",\"status\":\"open\",\"dependency_count\":1}\n";
  const auto alone = read_beads_list(issues);
  CHECK_THAT(notes_of(alone), Contains("2: cannot read 'links that are in another file'"));
  CHECK(waves_of(alone) == "a");
  const auto both =
      read_beads_list(issues +
                      "{\"issue_id\":\"b\",\"depends_on_id\":\"a\",\"type\":\"blocks\"}\n"
                      "{\"issue_id\":\"a\",\"label\":\"x\"}\n");
  CHECK(edges_of(both) == "a b<a");
  CHECK(why_of(both, "b", "a") == "task, line 3");
  CHECK_THROWS_WITH(read_beads_list("{\"issue_id\":\"a\",\"label\":\"x\"}\n"),
                    Contains("links and labels of issues, and no issues"));
  CHECK_THROWS_WITH(read_beads_list("{\"id\":\"a\",\"status\":\"open\"}\n{\n"),
                    ".beads/issues.jsonl:2: this is no JSON");
}

TEST_CASE("links of beads that are none are errors, and no silence", "[tasks]") {
  const auto list = read_beads_list(
      "{\"id\":\"a\",\"status\":\"open\",\"dependencies\":{\"depends_on_id\":\"b\"}}\n"
      "{\"id\":\"b\",\"status\":\"open\",\"dependencies\":[\"a\"]}\n"
      "{\"id\":\"c\",\"status\":\"open\",\"dependencies\":null,\"dependency_count\":2}\n"
      "{\"id\":\"d\",\"status\":\"open\",\"dependencies\":null}\n");
  CHECK_THAT(notes_of(list), Contains("1: cannot read 'dependencies' as what a task depends on"));
  CHECK_THAT(notes_of(list), Contains("2: cannot read 'what is no link' as"));
  CHECK_THAT(notes_of(list), Contains("3: cannot read 'links that are in another file' as"));
  CHECK(waves_of(list) == "d");
}

TEST_CASE("issues nested without end are refused", "[tasks]") {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    text += "{\"id\":\"a" + std::to_string(i) + "\",\"status\":\"open\",\"dependencies\":[" +
            (i == 0 ? ""
                    : "{\"depends_on_id\":\"a" + std::to_string(i - 1) +
                          "\",\"type\":\"parent-child\"}") +
            "]}\n";
  }
  CHECK_THROWS_WITH(read_beads_list(text),
                    ".beads/issues.jsonl:34: a33 is nested in more than 32 issues");
}

TEST_CASE("subtasks that are no list make a task that cannot be run", "[tasks]") {
  const auto list = read_taskmaster_list(
      "{\"tasks\": [" + item("1", ", \"subtasks\": {\"1\": {\"id\": 1}}") + ",\n" +
      item("2", ", \"subtasks\": null") + "," + item("3", ", \"subtasks\": []") + "]}");
  CHECK_THAT(notes_of(list), Contains("1: the subtasks of 1 are no list"));
  CHECK(waves_of(list) == "2 3");
}

TEST_CASE("JSON that is odd is read as it says, or refused at its line", "[tasks]") {
  const auto one = [](const std::string& members) {
    return read_taskmaster_list("{\"tasks\": [{" + members + "}]}").tasks.front();
  };
  CHECK(one("\"id\": 1, \"id\": 2, \"status\": \"pending\", \"status\": \"done\"").id == "2");
  CHECK(one("\"id\": 123456789012345678901234567890, \"title\": 5").id ==
        "123456789012345678901234567890");
  CHECK(one("\"id\": \"a\\nb\", \"title\": \"x\\ny\"").title == "x y");
  CHECK(one("\"id\": 1, \"status\": [\"done\"]").state == State::unknown);
  CHECK(one("\"id\": -1").key == "1");
  CHECK(read_taskmaster_list("\xEF\xBB\xBF{\"tasks\": [" + item("1") + "]}").tasks.size() == 1);
  const auto error = [](const std::string& text) {
    try {
      static_cast<void>(read_taskmaster_list(text));
    } catch (const chant::Error& thrown) {
      return std::string(thrown.what()).substr(28);
    }
    return std::string();
  };
  CHECK(error("") == ":1: this is no JSON");
  CHECK(error("{\n\"tasks\": [{\"id\": 1e999}]}") == ":2: this is no JSON");
  CHECK(error("{\n\"tasks\": [{\"id\": \"\xFF\"}]}") == ":2: this is no JSON");
  CHECK(error("{\"tasks\": [" + std::string(50, '[') + std::string(50, ']') + "]}") ==
        ":1: this JSON is nested too deep");
  CHECK_THAT(error("{\"tasks\": {\"1\": 2}}"), Contains("no task was found"));
  CHECK_THAT(error("[]"), Contains("no task was found"));
}
