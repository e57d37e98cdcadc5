#include "tasks/order.h"

#include "list_view.h"
#include "support/catch.h"

using namespace chant::tasks;

namespace {

List list_of(const std::string& letters) {
  List list;
  for (const char c : letters) {
    Task task;
    task.key = task.id = std::string(1, c);
    task.line = static_cast<int>(list.tasks.size()) + 1;
    list.tasks.push_back(task);
  }
  return list;
}

}  // namespace

TEST_CASE("steps come one after the other, and those that are parallel together", "[tasks]") {
  auto list = list_of("abcde");
  list.tasks[1].is_parallel = list.tasks[2].is_parallel = true;
  const Needs needs(5);
  Front none;
  CHECK(Order(list, needs).run(none, steps_of(list, needs, true), {7, "phase"}).base ==
        std::vector<std::size_t>{4});
  CHECK(edges_of(list) == "a b<a c<a d<b,c e<d");

  SECTION("unless the form of the list has no such thing") {
    auto other = list_of("ab");
    other.tasks[0].is_parallel = other.tasks[1].is_parallel = true;
    Front front;
    Order(other, needs).run(front, steps_of(other, needs, false), {});
    CHECK(edges_of(other) == "a b<a");
  }
}

TEST_CASE("a front has a reason for what waits for it, and steps have their own line", "[tasks]") {
  auto list = list_of("abc");
  const Needs needs(3);
  Order order(list, needs);
  Front front;
  front.base = {0};
  order.run(front, {{1, 1, {}, false, 0}, {2, 2, {}, false, 0}}, {9, "phase"});
  CHECK(why_of(list, "b", "a") == "phase, line 9");
  CHECK(why_of(list, "c", "b") == "order, line 3");
}

TEST_CASE("what a task says itself is no second edge", "[tasks]") {
  auto list = list_of("ab");
  const Needs needs = {{}, {0}};
  Front none;
  Order(list, needs).run(none, steps_of(list, needs, false), {});
  CHECK(edges_of(list) == "a b");
}

TEST_CASE("one that needs a later task stands behind it, in its place", "[tasks]") {
  auto list = list_of("abcd");
  list.tasks[0].kind = Kind::container;
  list.tasks[1].parent = "a";
  list.tasks[2].parent = "a";
  const Needs needs = {{}, {3}, {}, {}};
  const auto steps = steps_of(list, needs, true);
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].task == 2);
  CHECK(steps[0].groups == std::vector<std::size_t>{0});
  CHECK(steps[1].task == 3);
  CHECK(steps[2].task == 1);
  CHECK(steps[2].place == 3);
  CHECK(steps[2].groups.empty());
}

TEST_CASE("a ring keeps its place in the file", "[tasks]") {
  auto list = list_of("abcd");
  const Needs needs = {{}, {2}, {1}, {1}};
  std::string order;
  for (const auto& step : steps_of(list, needs, false)) order += list.tasks[step.task].key;
  CHECK(order == "abcd");
}

namespace {

// Two waves of 300 tasks; from the 167th of the second on there are very many edges.
struct Wide {
  List list;
  Needs needs = Needs(600);
  std::vector<std::size_t> first, second;

  Wide() {
    for (std::size_t i = 0; i < 600; ++i) {
      Task task;
      task.key = task.id = std::to_string(i);
      list.tasks.push_back(task);
      (i < 300 ? first : second).push_back(i);
    }
  }
  void run() {
    Order order(list, needs);
    Front none;
    auto front = order.run_wave(none, first, {});
    order.run_wave(front, second, {});
  }
  [[nodiscard]] std::size_t edges(std::size_t task) const {
    return list.tasks[task].depends_on.size();
  }
};

}  // namespace

TEST_CASE("where there are many edges they go through one task behind a wide wave", "[tasks]") {
  Wide wide;
  wide.list.tasks[10].state = State::done;
  wide.list.tasks[470].state = State::done;  // holds nothing up, so it is not the one
  wide.needs[471] = {472};                   // would wait in a ring
  wide.needs[472] = {2, 465};                // waits for nothing that comes later
  wide.list.tasks[474].kind = Kind::optional;
  for (std::size_t i = 466; i < 470; ++i) wide.needs[i] = {599};
  wide.run();
  CHECK(wide.edges(300) == 300);
  CHECK(wide.edges(465) == 300);
  CHECK(wide.edges(470) == 32);
  CHECK(wide.list.tasks[470].depends_on[10].on == "11");  // what is open says more than 10
  CHECK(wide.edges(471) == 300);
  CHECK(wide.edges(472) == 299);
  CHECK(wide.edges(473) == 1);
  CHECK(wide.list.tasks[473].depends_on.front().on == "472");
  CHECK(wide.edges(474) == 1);
  CHECK(notes_of(wide.list) ==
        "0: 472 waits for 300 tasks, and others that could run beside it wait for it alone");
  CHECK(find_ring(wide.list).empty());
}

TEST_CASE("only what is optional waits for an optional task alone", "[tasks]") {
  Wide wide;
  for (std::size_t i = 300; i < 600; ++i) wide.list.tasks[i].kind = Kind::optional;
  wide.list.tasks[500].kind = Kind::task;
  wide.run();
  CHECK(wide.edges(466) == 300);
  CHECK(wide.edges(467) == 1);
  CHECK(wide.list.tasks[467].depends_on.front().on == "466");
  CHECK(wide.edges(500) == 300);
  CHECK(wide.list.tasks[501].depends_on.front().on == "500");
}

TEST_CASE("what is done behind a wide wave has few edges", "[tasks]") {
  Wide wide;
  for (auto& task : wide.list.tasks) task.state = State::done;
  wide.run();
  CHECK(wide.edges(465) == 300);
  CHECK(wide.edges(466) == 32);
  CHECK(wide.edges(599) == 32);
}

TEST_CASE("what is done, dropped or optional does not end what is waited for", "[tasks]") {
  auto list = list_of("abcdef");
  list.tasks[1].kind = Kind::optional;
  list.tasks[2].state = State::done;
  list.tasks[3].state = State::dropped;
  list.tasks[4].kind = Kind::conditional;
  const Needs needs(6);
  Front none;
  Order(list, needs).run(none, steps_of(list, needs, false), {});
  CHECK(edges_of(list) == "a b<a c<a,b d<a,b,c e<a,b,d f<a,e");
}

TEST_CASE("of two that declare the same file the later one waits, and a note says so", "[tasks]") {
  auto list = list_of("abc");
  const Needs needs = {{}, {}, {0}};
  Order order(list, needs);
  order.add_same_file(1, 0, "x.h");
  order.add_same_file(1, 0, "y.h");
  order.add_same_file(2, 0, "x.h");
  CHECK(edges_of(list) == "a b<a c");
  CHECK(notes_of(list) == "2: b waits for a: both name 'x.h'");
  CHECK(why_of(list, "b", "a") == "file, line 2");
}
