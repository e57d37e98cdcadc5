#include "tasks/graph.h"

#include "support/catch.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>

using namespace chant;
using namespace chant::tasks;

namespace {

// A list whose tasks stand on the lines 10, 20, …
Draftlist list_of(const std::vector<std::string>& ids) {
  Draftlist draft;
  draft.list.path = "list.md";
  for (const auto& id : ids) {
    Task task;
    task.id = id;
    task.title = "title of " + id;
    task.line = static_cast<int>(draft.list.tasks.size() + 1) * 10;
    draft.list.tasks.push_back(task);
    draft.drafts.emplace_back();
  }
  return draft;
}

std::vector<Reference> refs(const std::string& text, int line = 5) {
  return parse_expression(text, line).references;
}

List resolved(Draftlist draft) {
  give_keys(draft.list);
  return resolve(std::move(draft));
}

List checked(Draftlist draft) {
  auto list = resolved(std::move(draft));
  check_graph(list);
  return list;
}

// "1 2 CR-A? 9!": conditional, dangling.
std::string needs(const List& list, const std::string& id) {
  std::vector<std::string> parts;
  for (const auto& dependency : list.find_id(id)->depends_on) {
    auto part = dependency.on;
    if (dependency.conditional) part += '?';
    if (dependency.dangling) part += '!';
    parts.push_back(part);
  }
  return join(parts, " ");
}

// Notes of a kind whose text has `word`.
std::vector<Note> notes(const List& list, Note::Kind kind, const std::string& word = "") {
  std::vector<Note> found;
  std::copy_if(list.notes.begin(), list.notes.end(), std::back_inserter(found),
               [&](const Note& note) {
                 return note.kind == kind && note.text.find(word) != std::string::npos;
               });
  return found;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("an id is the whole id", "[tasks]") {
  const auto draft = list_of({"1", "10", "1.1", "T007a", "CR-A", "#42"});
  const Ids ids(draft.list.tasks);
  CHECK(ids.find("1") == std::vector<std::size_t>{0});
  CHECK(ids.find("10") == std::vector<std::size_t>{1});
  CHECK(ids.find("1.1") == std::vector<std::size_t>{2});
  CHECK(ids.find("t007A") == std::vector<std::size_t>{3});
  CHECK(ids.find("cra") == std::vector<std::size_t>{4});
  CHECK(ids.find("42") == std::vector<std::size_t>{5});
  CHECK(ids.find("T007").empty());
  CHECK(ids.find("").empty());
}

TEST_CASE("a range is by number, wherever its tasks stand", "[tasks]") {
  const auto draft = list_of({"1", "3", "2", "5", "T001", "T003", "CR-A", "CR-C", "CR-B", "PR-B"});
  const Ids ids(draft.list.tasks);
  const auto low = ids.find_range("1", "3");
  CHECK(low.tasks == std::vector<std::size_t>{0, 2, 1});
  CHECK(low.has_ends);
  CHECK(low.missing.empty());
  const auto gap = ids.find_range("2", "5");
  CHECK(gap.missing == "4");
  CHECK(gap.has_ends);
  const auto beyond = ids.find_range("3", "9");
  CHECK(beyond.missing == "4, 6-9");
  CHECK_FALSE(beyond.has_ends);
  CHECK(ids.find_range("T001", "003").tasks == std::vector<std::size_t>{4, 5});
  CHECK(ids.find_range("CR-A", "CR-C").tasks == std::vector<std::size_t>{6, 8, 7});
  // Without anything in common: what stands between the two.
  CHECK(ids.find_range("CR-B", "PR-B").tasks == std::vector<std::size_t>{8, 9});
  CHECK_FALSE(ids.find_range("CR-B", "WP01").has_ends);
  CHECK(ids.find_range("1", "999999999").tasks.size() == 4);
}

TEST_CASE("ids are shown in runs", "[tasks]") {
  const auto draft = list_of({"1", "2", "3", "5", "6", "CR-A", ""});
  CHECK(shown_ids(draft.list.tasks, {0, 1, 2, 3, 4, 5, 6}) == "1-3, 5, 6, CR-A, 'title of '");
  CHECK(shown_ids(draft.list.tasks, {}).empty());
}

TEST_CASE("without any declared order that of the file counts", "[tasks]") {
  auto draft = list_of({"1", "2", "RW-A", "4", "5", "6"});
  draft.list.tasks[2].kind = Kind::conditional;
  draft.list.tasks[3].kind = Kind::optional;
  draft.list.tasks[4].state = State::dropped;
  const auto list = resolved(draft);
  CHECK_FALSE(list.orders_itself);
  CHECK(needs(list, "1").empty());
  CHECK(needs(list, "2") == "1");
  CHECK(needs(list, "4") == "2");
  CHECK(needs(list, "6") == "2");
  CHECK(list.find_id("6")->depends_on.front().why == "order");
  CHECK(list.find_id("6")->depends_on.front().line == 60);
}

TEST_CASE("none said of one task declares no order for the others", "[tasks]") {
  auto draft = list_of({"1", "2", "3"});
  draft.drafts[1].is_independent = true;
  auto list = resolved(draft);
  CHECK_FALSE(list.orders_itself);
  CHECK(needs(list, "2").empty());
  CHECK(needs(list, "3") == "2");
  draft.drafts[0].is_independent = draft.drafts[2].is_independent = true;
  list = resolved(draft);
  CHECK(list.orders_itself);
  CHECK(needs(list, "3").empty());
}

TEST_CASE("what a task says and what its track says are added", "[tasks]") {
  auto draft = list_of({"1", "2", "3"});
  draft.drafts[2].needs = refs("Task 1", 31);
  draft.drafts[2].track_needs = refs("Tasks 1-2", 25);
  for (auto& reference : draft.drafts[2].track_needs) reference.why = "track B";
  const auto list = resolved(draft);
  CHECK(list.orders_itself);
  CHECK(needs(list, "3") == "1 2");
  const auto& edges = list.find_id("3")->depends_on;
  CHECK(edges[0].line == 31);
  CHECK(edges[0].why == "task");
  CHECK(edges[1].line == 25);
  CHECK(edges[1].why == "track B");
  CHECK(needs(list, "2").empty());
}

TEST_CASE("a track is its tasks, with its reviews only when these are meant", "[tasks]") {
  auto draft = list_of({"1", "2", "CR-A", "RW-A", "3", "4", "CR9", "5"});
  for (std::size_t i = 0; i < 4; ++i) draft.list.tasks[i].track = "A";
  draft.list.tasks[2].kind = Kind::review;
  draft.list.tasks[3].kind = Kind::conditional;
  draft.list.tasks[6].kind = Kind::review;
  draft.list.tasks[6].track = "Final Review";
  draft.drafts[4].needs = refs("track a completion");
  draft.drafts[5].needs = refs("Track A reviews approved");
  draft.drafts[7].needs = refs("Final Review Track");
  const auto list = resolved(draft);
  CHECK(needs(list, "3") == "1 2");
  CHECK(needs(list, "4") == "1 2 CR-A");
  CHECK(needs(list, "5") == "CR9");
}

TEST_CASE("the default of a group is for those of whom nothing else is said", "[tasks]") {
  auto draft = list_of({"1", "2", "3", "4", "5", "6", "7"});
  auto& tasks = draft.list.tasks;
  tasks[0].group = tasks[1].group = "1";
  for (std::size_t i = 2; i < 7; ++i) tasks[i].group = "2";
  draft.group_defaults["2"] = refs("Group 1", 40);
  draft.drafts[2].needs = refs("Task 1");
  draft.drafts[3].track_needs = refs("Task 2");
  draft.drafts[4].group_needs = refs("Task 3");
  draft.drafts[5].is_independent = true;
  const auto list = resolved(draft);
  CHECK(needs(list, "3") == "1");
  CHECK(needs(list, "4") == "2");
  CHECK(needs(list, "5") == "3");
  CHECK(needs(list, "6").empty());
  CHECK(needs(list, "7") == "1 2");
}

TEST_CASE("what blocks others does not silence the default of their group", "[tasks]") {
  auto draft = list_of({"1", "2", "3", "4"});
  draft.drafts[0].blocks = refs("all", 50);
  draft.drafts[1].blocks = refs("all", 51);
  draft.list.tasks[2].group = "1";
  draft.list.tasks[3].group = "2";
  draft.group_defaults["2"] = refs("Group 1");
  const auto list = checked(draft);
  CHECK(needs(list, "2") == "1");
  CHECK(needs(list, "1").empty());
  CHECK(needs(list, "3") == "1 2");
  CHECK(needs(list, "4") == "3 1 2");
  CHECK(find_ring(list).empty());
}

TEST_CASE("a hard dependency beats a conditional one", "[tasks]") {
  auto draft = list_of({"CR-A", "2"});
  draft.drafts[1].needs = refs("CR-A (failed)", 21);
  CHECK(needs(resolved(draft), "2") == "CR-A?");
  draft.drafts[1].track_needs = refs("CR-A", 15);
  const auto list = resolved(draft);
  CHECK(needs(list, "2") == "CR-A");
  CHECK(list.find_id("2")->depends_on.front().line == 15);
}

TEST_CASE("what does not exist is an edge to nothing, and an error with all keys", "[tasks]") {
  auto draft = list_of({"1", "2", "3"});
  draft.drafts[1].track_needs = draft.drafts[2].track_needs = refs("CR2 + Track Z", 15);
  draft.drafts[2].needs = refs("Tasks 1-9, Group 4", 31);
  const auto list = resolved(draft);
  CHECK(needs(list, "2") == "CR2! track Z!");
  CHECK(needs(list, "3") == "1 2 1-9! group 4! CR2! track Z!");
  const auto errors = notes(list, Note::Kind::error);
  REQUIRE(errors.size() == 4);
  const auto review = notes(list, Note::Kind::error, "CR2");
  REQUIRE(review.size() == 1);
  CHECK(review.front().line == 15);
  CHECK(review.front().keys == Keys{"2", "3"});
  CHECK(notes(list, Note::Kind::error, "4-9").front().line == 31);
}

TEST_CASE("a range over a gap is read, and the gap is said", "[tasks]") {
  auto draft = list_of({"1", "3", "4"});
  draft.drafts[2].needs = refs("Tasks 1-3");
  const auto list = resolved(draft);
  CHECK(needs(list, "4") == "1 3");
  CHECK(notes(list, Note::Kind::contradiction, "no task 2").size() == 1);
  CHECK(notes(list, Note::Kind::error).empty());
}

TEST_CASE("text that was not read is an error at its line", "[tasks]") {
  auto draft = list_of({"1", "2", "3"});
  draft.drafts[0].unread = {{"the database", 12}};
  draft.list.tasks[2].group = "7";
  draft.group_unread["7"] = {{"launch", 44}};
  const auto list = resolved(draft);
  CHECK(list.orders_itself);
  const auto errors = notes(list, Note::Kind::error);
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].line == 12);
  CHECK(errors[0].keys == Keys{"1"});
  CHECK(errors[0].text.find("'the database'") != std::string::npos);
  CHECK(errors[1].line == 44);
  CHECK(errors[1].keys == Keys{"3"});
}

TEST_CASE("a container stands for what is in it", "[tasks]") {
  auto draft = list_of({"1", "1.1", "1.2", "1.2.1", "2", "2.1", "3"});
  nest_by_number(draft);
  draft.list.tasks[1].kind = Kind::optional;
  draft.drafts[4].needs = refs("Task 1", 50);
  draft.drafts[6].blocks = refs("Task 1.2");
  draft.drafts[3].needs = refs("Task 1");
  const auto list = checked(draft);
  CHECK(list.find_id("1")->kind == Kind::container);
  CHECK(list.find_id("1.2.1")->parent == "1.2");
  CHECK(list.find_id("1.2")->parent == "1");
  // 2.1 inherits what 2 says; what is optional is left out.
  CHECK(needs(list, "2.1") == "1.2.1");
  CHECK(needs(list, "1.2.1") == "3");
  CHECK(notes(list, Note::Kind::contradiction, "part of").size() == 1);
  CHECK(find_ring(list).empty());
}

TEST_CASE("of two tasks with one id the one before is meant", "[tasks]") {
  auto draft = list_of({"4", "5", "4", "6"});
  draft.drafts[1].needs = refs("Task 4");
  draft.drafts[2].needs = refs("Task 5");
  draft.drafts[3].needs = refs("Task 4");
  const auto list = checked(draft);
  REQUIRE(list.tasks.size() == 4);
  CHECK(list.tasks[1].depends_on.size() == 1);
  CHECK(list.tasks[1].depends_on.front().on == list.tasks[0].key);
  CHECK(list.tasks[3].depends_on.size() == 2);
  CHECK(find_ring(list).empty());
  const auto twice = notes(list, Note::Kind::contradiction, "2 tasks have the id 4 (lines 10, 30)");
  REQUIRE(twice.size() == 1);
  CHECK(twice.front().keys.size() == 2);
}

TEST_CASE("a phase is found by its number, too", "[tasks]") {
  auto draft = list_of({"1", "2", "3"});
  draft.list.tasks[0].phase = "Phase 1: Setup";
  draft.list.tasks[1].phase = "Phase 10 - Late";
  draft.drafts[2].needs = refs("Phase 1");
  CHECK(needs(resolved(draft), "3") == "1");
}

TEST_CASE("totals are compared with what is there", "[tasks]") {
  auto draft = list_of({"1", "2", "CR1"});
  draft.list.tasks[2].kind = Kind::review;
  draft.totals = {{2, 3, "2 tasks"}, {3, 4, "3 tasks in all"}, {4, 5, "4 total tasks"}};
  const auto list = resolved(draft);
  CHECK(list.total_as_written == "4 total tasks");
  const auto wrong = notes(list, Note::Kind::contradiction, "says 4 tasks; there are 3, 2 without");
  REQUIRE(wrong.size() == 1);
  CHECK(wrong.front().line == 5);
  CHECK(notes(list, Note::Kind::contradiction).size() == 1);
}

TEST_CASE("the notes of a reader get the keys of their tasks", "[tasks]") {
  auto draft = list_of({"1", "CR A"});
  Note note;
  note.text = "look";
  draft.notes = {{note, {1}}};
  const auto list = resolved(draft);
  CHECK(notes(list, Note::Kind::info, "look").front().keys == Keys{list.tasks[1].key});
}

TEST_CASE("a ring is printed, and all that is in it is an error", "[tasks]") {
  auto draft = list_of({"1", "2", "3", "4", "5"});
  draft.drafts[0].needs = refs("Task 3", 11);
  draft.drafts[1].needs = refs("Task 1", 21);
  draft.drafts[2].needs = refs("Task 2", 31);
  draft.drafts[3].needs = refs("Task 3", 41);
  draft.drafts[4].needs = refs("Task 5", 51);
  const auto list = checked(draft);
  CHECK(find_ring(list) == Keys{"1", "3", "2", "1"});
  const auto rings = notes(list, Note::Kind::error, "ring");
  REQUIRE(rings.size() == 2);
  CHECK(rings[0].keys == Keys{"1", "2", "3"});
  CHECK(rings[0].text.find("1 needs 3 (line 11), 3 needs 2 (line 31), 2 needs 1 (line 21)") !=
        std::string::npos);
  CHECK(rings[1].keys == Keys{"5"});
  CHECK(rings[1].text.find("5 needs 5 (line 51)") != std::string::npos);
}

TEST_CASE("a ring with a task that is done holds nothing up", "[tasks]") {
  auto draft = list_of({"1", "2"});
  draft.drafts[0].needs = refs("Task 2");
  draft.drafts[1].needs = refs("Task 1");
  draft.list.tasks[0].state = State::done;
  CHECK(find_ring(checked(draft)).empty());
}

TEST_CASE("a ring through a container is found", "[tasks]") {
  auto draft = list_of({"1", "1.1", "2", "2.1"});
  nest_by_number(draft);
  give_keys(draft.list);
  // As a reader leaves it that orders its tasks itself.
  draft.list.orders_itself = true;
  draft.list.tasks[0].state = State::done;
  draft.list.tasks[1].depends_on.push_back({"2", false, false, 21, "wave 2"});
  draft.list.tasks[3].depends_on.push_back({"1", false, false, 41, "wave 1"});
  const auto list = checked(draft);
  CHECK(find_ring(list).size() == 5);
  const auto rings = notes(list, Note::Kind::error, "ring");
  REQUIRE(rings.size() == 1);
  CHECK(rings.front().keys == Keys{"1.1", "2.1"});
  CHECK(rings.front().text.find("1 holds 1.1, 1.1 needs 2 (line 21)") != std::string::npos);
}

TEST_CASE("a loop of review and rework is no ring", "[tasks]") {
  auto draft = list_of({"1", "CR-B", "RW-B"});
  draft.list.tasks[1].kind = Kind::review;
  draft.list.tasks[2].kind = Kind::conditional;
  draft.drafts[1].needs = refs("Task 1, RW-B", 21);
  draft.drafts[2].needs = refs("CR-B (failed)", 31);
  const auto list = checked(draft);
  CHECK(find_ring(list).empty());
  CHECK(notes(list, Note::Kind::error).empty());
  const auto loops = notes(list, Note::Kind::info, "loop of review and rework");
  REQUIRE(loops.size() == 1);
  CHECK(loops.front().line == 21);
  CHECK(loops.front().keys == Keys{"CR-B", "RW-B"});
}

TEST_CASE("what was done before what it waits for is said", "[tasks]") {
  auto draft = list_of({"1", "2", "3", "RW-A", "4"});
  draft.list.tasks[3].kind = Kind::conditional;
  draft.drafts[2].needs = refs("Tasks 1-2, RW-A");
  draft.drafts[4].needs = refs("Task 3");
  draft.list.tasks[0].state = draft.list.tasks[2].state = draft.list.tasks[4].state = State::done;
  const auto list = checked(draft);
  const auto early = notes(list, Note::Kind::contradiction, "is done, but");
  REQUIRE(early.size() == 1);
  CHECK(early.front().keys == Keys{"3"});
  CHECK(early.front().text.find(", 2, is not") != std::string::npos);
}

TEST_CASE("doing things out of the order of the file is no contradiction", "[tasks]") {
  auto draft = list_of({"1", "2"});
  draft.list.tasks[1].state = State::done;
  CHECK(notes(checked(draft), Note::Kind::contradiction).empty());
}

TEST_CASE("gaps in the numbers and their order are said", "[tasks]") {
  auto draft = list_of({"1", "4", "3", "9", "CR1", "1.5"});
  draft.list.dialect = Dialect::specflow;
  draft.list.tasks[4].kind = Kind::review;
  auto list = checked(draft);
  CHECK(notes(list, Note::Kind::contradiction, "no task 2:").size() == 1);
  CHECK(notes(list, Note::Kind::contradiction, "no tasks 5-8:").size() == 1);
  const auto order = notes(list, Note::Kind::info, "3 stands after 4 (line 20)");
  REQUIRE(order.size() == 1);
  CHECK(order.front().line == 30);
  // Deleted records leave gaps.
  draft.list.dialect = Dialect::taskmaster;
  CHECK(notes(checked(draft), Note::Kind::contradiction).empty());
}

TEST_CASE("of very many tasks that a done one waits for the first are named", "[tasks]") {
  std::vector<std::string> ids;
  for (int i = 1; i <= 30; ++i) ids.push_back(std::to_string(i));
  ids.emplace_back("X1");
  auto draft = list_of(ids);
  draft.drafts.back().needs = refs("Tasks 1-30");
  draft.list.tasks.back().state = State::done;
  const auto list = checked(draft);
  CHECK(notes(list, Note::Kind::contradiction, "1-20 and 10 more, are not").size() == 1);
}

TEST_CASE("a list that is checked twice has its notes once, in the order of the lines", "[tasks]") {
  auto draft = list_of({"7", "7", "1"});
  draft.drafts[0].needs = refs("Task 1", 90);
  draft.drafts[2].needs = refs("Task 7", 30);
  auto list = checked(draft);
  const auto count = list.notes.size();
  REQUIRE(count > 2);
  check_graph(list);
  CHECK(list.notes.size() == count);
  CHECK(std::is_sorted(list.notes.begin(), list.notes.end(),
                       [](const Note& a, const Note& b) { return a.line < b.line; }));
}

namespace {

// Tracks of the same size, each of which waits for the one before; in a chain or side by side.
Draftlist tracks_of(std::size_t tracks, std::size_t size, bool is_chain) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < tracks * size; ++i) ids.push_back(std::to_string(i + 1));
  auto draft = list_of(ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    draft.list.tasks[i].track = std::to_string(i / size);
    if (i >= size) draft.drafts[i].track_needs = refs("Track " + std::to_string(i / size - 1));
    if (is_chain && i % size != 0) draft.drafts[i].needs = refs("Task " + ids[i - 1]);
  }
  return draft;
}

std::size_t edges_of(const List& list) {
  std::size_t edges = 0;
  for (const auto& task : list.tasks) edges += task.depends_on.size();
  return edges;
}

}  // namespace

TEST_CASE("five thousand tasks have few edges, as long as they can be told by few", "[tasks]") {
  const auto list = resolved(tracks_of(10, 500, true));
  CHECK(list.tasks[500].depends_on.size() == 1);
  CHECK(list.tasks[500].depends_on.front().on == "500");
  CHECK(edges_of(list) < 3 * list.tasks.size());
}

TEST_CASE("a set is only made smaller by what is still open", "[tasks]") {
  auto draft = tracks_of(10, 500, true);
  // The last of track 0 is done before the one that it needs: that one must still be waited for.
  draft.list.tasks[499].state = State::done;
  const auto list = resolved(draft);
  const auto& edges = list.tasks[500].depends_on;
  CHECK(std::any_of(edges.begin(), edges.end(), [](const auto& edge) { return edge.on == "499"; }));
}

TEST_CASE("a list in which everything waits for all before it stays small", "[tasks]") {
  auto draft = tracks_of(1, 5000, false);
  for (auto& one : draft.drafts) one.needs = refs("All previous tasks");
  const auto list = resolved(draft);
  CHECK(edges_of(list) == 4999);
}

TEST_CASE("more edges than anybody can mean are refused", "[tasks][large]") {
  CHECK(edges_of(resolved(tracks_of(2, 300, false))) == 90'000);
  CHECK_THROWS_WITH(resolved(tracks_of(2, 2100, false)),
                    Catch::StartsWith("list.md:5: the tasks of this list wait for one another"));
}

TEST_CASE("a chain as long as a file can be is walked without recursion", "[tasks][large]") {
  auto list = resolved(tracks_of(1, 100'000, false));
  check_graph(list);
  CHECK(find_ring(list).empty());
  for (auto& task : list.tasks) {
    if (task.depends_on.empty()) task.depends_on.push_back({"100000", false, false, 1, "task"});
  }
  CHECK(find_ring(list).size() == 100'001);
}
