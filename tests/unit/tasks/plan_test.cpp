#include "list_view.h"
#include "support/catch.h"
#include "util/error.h"

using namespace chant::tasks;
using Catch::Contains;

namespace {

// "a<b,c": a task and what it needs; marks in front: x done, ~ unknown, - dropped, ? conditional,
// * optional, + container; in front of those "A:" is its track.
List list_of(const std::string& text) {
  List list;
  list.path = "list.md";
  for (const auto& word : chant::split(text, ' ')) {
    Task task;
    auto rest = std::string_view(word);
    if (rest.size() > 1 && rest[1] == ':') {
      task.track = std::string(rest.substr(0, 1));
      rest.remove_prefix(2);
    }
    if (rest.front() == '!') task.state = State::done;
    if (rest.front() == '~') task.state = State::unknown;
    if (rest.front() == '-') task.state = State::dropped;
    if (rest.front() == '?') task.kind = Kind::conditional;
    if (rest.front() == '*') task.kind = Kind::optional;
    if (rest.front() == '+') task.kind = Kind::container;
    if (std::string_view("!~-?*+").find(rest.front()) != std::string_view::npos) {
      rest.remove_prefix(1);
    }
    const auto needs = rest.find('<');
    task.key = task.id = std::string(rest.substr(0, needs));
    task.line = static_cast<int>(list.tasks.size()) + 1;
    if (needs != std::string_view::npos) {
      for (const auto& on : chant::split(rest.substr(needs + 1), ',')) {
        Dependency edge;
        edge.on = on;
        edge.line = task.line;
        edge.why = "task";
        task.depends_on.push_back(edge);
      }
    }
    list.tasks.push_back(task);
  }
  return list;
}

Row row_of(const Plan& plan, const std::string& key) {
  for (const auto& row : plan.rows) {
    if (row.key == key) return row;
  }
  return {};
}

std::string places_of(const Plan& plan) {
  std::vector<std::string> shown;
  for (const auto& row : plan.rows)
    shown.push_back(row.key + ":" + std::string(name_of(row.place)));
  return chant::join(shown, " ");
}

}  // namespace

TEST_CASE("each task is in the plan once, in the wave after what it needs", "[tasks]") {
  const auto list = list_of("1 !2 3<1,2 4<3 5<2");
  const auto plan = make_plan(list, {});
  CHECK(places_of(plan) == "1:ready 2:done 3:waiting 4:waiting 5:ready");
  CHECK(waves_of(list) == "1 5 | 3 | 4");
  CHECK(plan.waves == 3);
  CHECK(plan.total == 5);
  CHECK(plan.open == 4);
  CHECK(plan.done == 1);
  CHECK(row_of(plan, "3").waits_for == std::vector<std::string>{"1"});
  CHECK(row_of(plan, "3").why == "needs 1 (line 3)");
  CHECK(row_of(plan, "1").why == "needs nothing");
  CHECK(row_of(plan, "5").why == "all that it needs is done");
}

TEST_CASE("the reason names what one line says together, as ranges", "[tasks]") {
  auto list = list_of("1 2 3 4 5 6<1,2,3,5,4");
  auto& edges = list.tasks.back().depends_on;
  edges[3].line = 20;
  edges[3].why = "track A";
  edges[4].why = "order";
  CHECK(row_of(make_plan(list, {}), "6").why ==
        "needs 1-3 (line 6), 5 (track A, line 20), 4 (order of the list)");
}

TEST_CASE("a reason and what a task waits for name the first ones only", "[tasks]") {
  std::string text, on;
  for (int i = 1; i <= 30; ++i) {
    text += std::to_string(i) + " ";
    on += (on.empty() ? "" : ",") + std::to_string(i);
  }
  auto list = list_of(text + "31<" + on);
  for (auto& edge : list.tasks.back().depends_on) edge.line = std::stoi(edge.on);
  const auto row = row_of(make_plan(list, {}), "31");
  CHECK(row.waits_for.size() == 10);
  CHECK_THAT(row.why, Contains("10 (line 10)") && !Contains("11 (line 11)"));
}

TEST_CASE("rework, dropped and optional tasks, and containers have their own place", "[tasks]") {
  const auto list = list_of("+1 ?2 -3 *4 5<2,4 6");
  const auto plan = make_plan(list, {});
  CHECK(places_of(plan) == "1:container 2:conditional 3:dropped 4:optional 5:ready 6:ready");
  CHECK(plan.total == 2);
  PlanRequest request;
  request.with_optional = true;
  CHECK(places_of(make_plan(list, request)) ==
        "1:container 2:conditional 3:dropped 4:ready 5:waiting 6:ready");
  CHECK(make_plan(list, request).total == 3);
}

TEST_CASE("a dropped task holds up only who names it", "[tasks]") {
  auto list = list_of("-1 2<1 3<1");
  list.tasks[2].depends_on[0].why = "track A";
  const auto plan = make_plan(list, {});
  CHECK(row_of(plan, "2").place == Place::refused);
  CHECK(row_of(plan, "2").why == "needs 1 (line 2), which is dropped");
  CHECK(row_of(plan, "3").place == Place::ready);
}

TEST_CASE("one that needs a container needs all in it", "[tasks]") {
  auto list = list_of("+1 !1.1 +1.2 1.2.1 *1.3 2<1 3<1.2.1");
  list.tasks[1].parent = list.tasks[2].parent = list.tasks[4].parent = "1";
  list.tasks[3].parent = "1.2";
  CHECK(row_of(make_plan(list, {}), "2").waits_for == std::vector<std::string>{"1.2.1"});
  PlanRequest request;
  request.with_optional = true;
  CHECK(row_of(make_plan(list, request), "2").waits_for ==
        std::vector<std::string>{"1.2.1", "1.3"});
}

TEST_CASE("what cannot be understood is refused, with all that waits for it", "[tasks]") {
  auto list = list_of("~1 2<1 3 4<3 5<4 6<9 7 !8");
  list.tasks[5].depends_on[0].dangling = true;
  Note note;
  note.kind = Note::Kind::error;
  note.line = 44;
  note.text = "cannot read 'the weather'";
  note.keys = {"3", "8"};
  list.notes = {note};
  const auto plan = make_plan(list, {});
  CHECK(places_of(plan) ==
        "1:refused 2:refused 3:refused 4:refused 5:refused 6:refused 7:ready 8:done");
  CHECK(row_of(plan, "1").why == "its status is none that can be run");
  CHECK(row_of(plan, "2").why == "needs 1 (line 2), which cannot be run");
  CHECK(row_of(plan, "3").why == "cannot read 'the weather' (line 44)");
  CHECK(row_of(plan, "5").why == "needs 4 (line 5), which cannot be run");
  CHECK(row_of(plan, "6").why == "needs 9 (line 6), which is not there");
}

TEST_CASE("other notes refuse nothing", "[tasks]") {
  auto list = list_of("1");
  Note note;
  note.kind = Note::Kind::contradiction;
  note.keys = {"1"};
  list.notes = {note};
  CHECK(make_plan(list, {}).rows[0].place == Place::ready);
}

TEST_CASE("a ring is refused, with what waits for it, and nothing else", "[tasks]") {
  const auto plan = make_plan(list_of("1<2 2<1 3<2 4 5<5"), {});
  CHECK(places_of(plan) == "1:refused 2:refused 3:refused 4:ready 5:refused");
  CHECK(row_of(plan, "1").why == "it waits for itself, or for what does");
}

TEST_CASE("a conditional edge orders nothing", "[tasks]") {
  auto list = list_of("1 2<1");
  list.tasks[1].depends_on[0].conditional = true;
  CHECK(waves_of(list) == "1 2");
}

TEST_CASE("what failed before waits for a person, and so does what needs it", "[tasks]") {
  PlanRequest request;
  request.failed = {{"1", "the agent exited 1"}};
  const auto list = list_of("1 2<1 3<2 4");
  const auto plan = make_plan(list, request);
  CHECK(places_of(plan) == "1:failed 2:waiting 3:waiting 4:ready");
  CHECK(row_of(plan, "1").why == "the agent exited 1");
  CHECK(row_of(plan, "2").why == "needs 1 (line 2): failed");
  CHECK(row_of(plan, "3").why == "needs 2 (line 3)");
  CHECK(row_of(plan, "3").wave == 0);
  CHECK(plan.waves == 1);
}

TEST_CASE("only the chosen tracks are run, and what they need of others is said", "[tasks]") {
  const auto list = list_of("A:1 B:2<1 B:3<2 B:!4 C:5<4 6 A:7<2");
  PlanRequest request;
  request.tracks = {"track b", "C"};
  const auto plan = make_plan(list, request);
  CHECK(places_of(plan) ==
        "1:not chosen 2:waiting 3:waiting 4:done 5:ready 6:not chosen 7:not chosen");
  CHECK(plan.outside == std::vector<std::string>{"2"});
  CHECK(row_of(plan, "1").why == "track A was not asked for");
  CHECK(row_of(plan, "6").why == "it is in no track that was asked for");
  CHECK(row_of(plan, "2").why == "needs 1 (line 2): track A was not asked for");
  CHECK(row_of(plan, "2").wave == 0);
  CHECK(row_of(plan, "3").wave == 0);
  CHECK(row_of(plan, "5").wave == 1);

  SECTION("each of the tracks is named") {
    request.tracks = {"C"};
    CHECK(row_of(make_plan(list_of("A:1 B:2 A:3 C:4<1,2,3"), request), "4").why ==
          "needs 1-3 (line 4): tracks A, B were not asked for");
    CHECK(row_of(make_plan(list_of("A:1 2 C:4<1,2"), request), "4").why ==
          "needs 1, 2 (line 3): not all in a track that was asked for");
  }

  SECTION("and rework of another track is no task that is left to be done") {
    auto other = list_of("A:1 B:?2 B:*3 B:4");
    request.tracks = {"A"};
    CHECK(make_plan(other, request).total == 2);
    other.tasks[1].state = State::done;
    CHECK(make_plan(other, request).total == 3);
    CHECK(make_plan(other, request).done == 1);
  }
}

TEST_CASE("a track that is not there is a usage error that names the others", "[tasks]") {
  PlanRequest request;
  request.tracks = {"Z"};
  try {
    static_cast<void>(make_plan(list_of("A:1 B:2"), request));
    FAIL("no error");
  } catch (const chant::Error& error) {
    CHECK(std::string(error.what()) == "list.md: no track 'Z' is in this list");
    CHECK(error.hint() == "its tracks are A, B");
    CHECK(error.code() == chant::Exit::usage);
  }
  CHECK_THROWS_AS(make_plan(list_of("1"), request), chant::Error);
}

TEST_CASE("ids are shown as ranges, in the order of the list", "[tasks]") {
  const auto list = list_of("2 4 5 6 8 9 CR-A 1.2");
  CHECK(id_ranges(list, {"6", "2", "4", "5"}) == "2, 4-6");
  CHECK(id_ranges(list, {"8", "9", "CR-A", "1.2"}) == "8, 9, CR-A, 1.2");
  CHECK(id_ranges(list, {}).empty());
}

TEST_CASE("every place has a name of its own", "[tasks]") {
  CHECK(name_of(Place::done) == "done");
  CHECK(name_of(Place::not_chosen) == "not chosen");
  CHECK(name_of(Place::refused) == "refused");
}
