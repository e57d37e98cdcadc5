#include "process/loop.h"

#include "support/catch.h"
#include "support/process.h"
#include "support/temp_dir.h"

#include <signal.h>

#include <optional>
#include <stdexcept>
#include <vector>

using namespace chant::process;
using chant::Milliseconds;
using chant::test::Fifo;
using chant::test::shell;
using chant::test::Stopwatch;
using chant::test::TempDir;

namespace {

using Handler = void (*)(int);

std::vector<Handler> handlers_of(const std::vector<int>& signals) {
  std::vector<Handler> result;
  for (const int signal : signals) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    result.push_back(action.sa_handler);
  }
  return result;
}

void run_until_idle(Loop& loop) {
  const Stopwatch watch;
  while (!loop.idle() && watch.elapsed() < chant::test::kPatience) loop.run_once();
  REQUIRE(loop.idle());
}

Result run_in(Loop& loop, const Command& command, std::string input = {}) {
  std::optional<Result> result;
  loop.start(command, std::move(input), [&](const Result& r) {
    REQUIRE_FALSE(result);
    result = r;
  });
  run_until_idle(loop);
  REQUIRE(result);
  return *result;
}

}  // namespace

TEST_CASE("a loop runs a command and hands over its output", "[process]") {
  Loop loop;
  CHECK(loop.idle());
  const Result result = run_in(loop, shell("cat; echo err >&2; exit 3"), "input");
  CHECK(describe(result.outcome) == "exit 3");
  CHECK(result.out == "input");
  CHECK(result.err == "err\n");
}

TEST_CASE("a loop feeds and reads large texts of many commands at once", "[process]") {
  Loop loop;
  const std::string input(std::size_t{4} * 1024 * 1024, 'i');
  int good = 0;
  for (int i = 0; i < 5; ++i) {
    loop.start(shell("tee /dev/stderr"), input,
               [&](const Result& r) { good += r.out == input && r.err == input ? 1 : 0; });
  }
  run_until_idle(loop);
  CHECK(good == 5);
}

TEST_CASE("a command of a loop is done when it exits, whoever holds its output", "[process]") {
  Loop loop;
  const Stopwatch watch;
  const Result result = run_in(loop, shell("sleep 60 & echo $!"));
  CHECK(watch.elapsed() < std::chrono::seconds(5));
  ::kill(std::stoi(result.out), SIGKILL);
}

TEST_CASE("a command that cannot be started ends with 127 and the reason", "[process]") {
  Loop loop;
  Command command;
  command.argv = {"no-such-program-for-chant"};
  const Result result = run_in(loop, command);
  CHECK(describe(result.outcome) == "exit 127");
  CHECK(result.err == "cannot find 'no-such-program-for-chant' in PATH");
}

TEST_CASE("callbacks may start more work and run other commands", "[process]") {
  Loop loop;
  std::vector<std::string> seen;
  loop.start(shell("echo first"), {}, [&](const Result& first) {
    seen.push_back(first.out);
    seen.push_back(run(shell("echo inside")).out);
    loop.start(shell("echo second"), {}, [&](const Result& r) { seen.push_back(r.out); });
  });
  loop.start(shell("exit 0"), {}, [](const Result&) {});
  run_until_idle(loop);
  CHECK(seen == std::vector<std::string>{"first\n", "inside\n", "second\n"});
}

TEST_CASE("timers fire in the order of their times, not before, and once", "[process]") {
  Loop loop;
  const Stopwatch watch;
  std::vector<int> order;
  loop.after(Milliseconds(60), [&] { order.push_back(2); });
  loop.after(Milliseconds(20), [&] { order.push_back(1); });
  CHECK_FALSE(loop.idle());
  run_until_idle(loop);
  CHECK(order == std::vector<int>{1, 2});
  CHECK(watch.elapsed() >= Milliseconds(60));
}

TEST_CASE("what a callback asks for soon happens at the next turn", "[process]") {
  Loop loop;
  int calls = 0;
  std::function<void()> again = [&] {
    ++calls;
    loop.soon(again);
  };
  loop.soon(again);
  loop.run_once();
  CHECK(calls == 1);
  loop.run_once();
  CHECK(calls == 2);
}

TEST_CASE("an exception in a callback leaves the loop usable", "[process]") {
  Loop loop;
  bool called = false;
  loop.soon([] { throw std::runtime_error("planned"); });
  loop.soon([&] { called = true; });
  CHECK_THROWS_AS(loop.run_once(), std::runtime_error);
  run_until_idle(loop);
  CHECK(called);
}

TEST_CASE("signals are counted and delivered between callbacks", "[process]") {
  Loop loop;
  std::vector<std::pair<int, int>> seen;
  loop.on_signal([&](int signal, int count) { seen.emplace_back(signal, count); });
  loop.soon([&] {
    ::raise(SIGINT);
    CHECK(seen.empty());
  });
  loop.after(chant::test::kPatience, [] {});
  while (seen.empty()) loop.run_once();
  ::raise(SIGTERM);
  while (seen.size() < 2) loop.run_once();
  ::raise(SIGHUP);
  while (seen.size() < 3) loop.run_once();
  const std::vector<std::pair<int, int>> expected{{SIGINT, 1}, {SIGTERM, 2}, {SIGHUP, 3}};
  CHECK(seen == expected);
}

TEST_CASE("a loop puts signal handling back and heeds nohup", "[process]") {
  const auto old = ::signal(SIGHUP, SIG_IGN);
  const std::vector<int> signals{SIGINT, SIGTERM, SIGCHLD, SIGPIPE, SIGHUP};
  const auto before = handlers_of(signals);
  {
    Loop loop;
    CHECK((handlers_of({SIGHUP, SIGPIPE}) == std::vector<Handler>{SIG_IGN, SIG_IGN}));
    CHECK((handlers_of({SIGINT}) != std::vector<Handler>{before[0]}));
  }
  CHECK((handlers_of(signals) == before));
  ::signal(SIGHUP, old);
}

TEST_CASE("a loop that goes away kills its commands with their groups", "[process]") {
  const TempDir dir;
  Fifo alive(dir.path() / "alive");
  {
    Loop loop;
    Command command = shell("exec 3>alive; trap '' TERM; sleep 60 & echo up >&3; wait");
    command.cwd = dir.path();
    loop.start(command, {}, [](const Result&) { FAIL("ended by itself"); });
    CHECK(alive.line() == "up");
  }
  CHECK(alive.closes_within(chant::test::kPatience));
}

TEST_CASE("a short command can be stopped", "[process]") {
  Loop loop;
  std::optional<std::string> ended;
  const auto id = loop.start(shell("trap '' TERM; sleep 60"), {},
                             [&](const Result& result) { ended = describe(result.outcome); });
  loop.stop(id, Loop::Force::now);
  while (!loop.idle()) loop.run_once();
  CHECK(ended == "killed by signal 9");
}

TEST_CASE("a timer that is cancelled does nothing and is not waited for", "[process]") {
  Loop loop;
  const auto id = loop.after(std::chrono::hours(1), [] { FAIL("this was cancelled"); });
  bool other = false;
  loop.after(chant::Milliseconds(1), [&other] { other = true; });
  loop.cancel(id);
  loop.cancel(id);
  while (!loop.idle()) loop.run_once();
  CHECK(other);
}
