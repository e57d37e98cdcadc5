#include "process/supervisor.h"

#include "process/log_file.h"
#include "process/loop.h"
#include "process/marked.h"
#include "support/catch.h"
#include "support/process.h"
#include "support/supervised.h"
#include "util/error.h"
#include "util/lock.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <optional>

using namespace chant::process;
using chant::Seconds;
using chant::test::Attempt;
using chant::test::Fifo;
using chant::test::is_alive;
using chant::test::kDaemon;
using chant::test::Stopwatch;

#if defined(__SANITIZE_ADDRESS__)
#define CHANT_TEST_KEEPS_FREED_MEMORY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHANT_TEST_KEEPS_FREED_MEMORY 1
#endif
#endif

namespace {

constexpr Seconds kLong{60};

long largest_child_kib() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST_CASE("supervisor arguments are read back as they were", "[process]") {
  SupervisorOptions options;
  options.input = "/tmp/a=b";
  options.log = "/tmp/log file";
  options.time_limit = Seconds(90);
  options.grace = Seconds(3);
  options.mark = new_mark();
  options.argv = {"agent", "--log=x", "--", ""};
  const auto same = parse_supervisor_arguments(supervisor_arguments(options));
  CHECK(same.input == options.input);
  CHECK(same.log == options.log);
  CHECK(same.time_limit == options.time_limit);
  CHECK(same.grace == options.grace);
  CHECK(same.mark == options.mark);
  CHECK(same.argv == options.argv);
  const auto plain = parse_supervisor_arguments({"--log=l", "--", "agent"});
  CHECK(plain.input.empty());
  CHECK_FALSE(plain.time_limit);
}

TEST_CASE("wrong supervisor arguments are usage errors", "[process]") {
  using Arguments = std::vector<std::string>;
  for (const Arguments& wrong :
       {Arguments{}, Arguments{"--log=l"}, Arguments{"--log=l", "--"}, Arguments{"--", "agent"},
        Arguments{"--grace=-1", "--log=l", "--", "a"}, Arguments{"--grace=", "--log=l", "--", "a"},
        Arguments{"--time-limit=1x", "--log=l", "--", "a"}, Arguments{"--what", "--", "a"},
        Arguments{"--mark=x", "--log=l", "--", "a"}}) {
    CHECK_THROWS_AS(parse_supervisor_arguments(wrong), chant::Error);
  }
}

TEST_CASE("an agent's exit code, output and log arrive", "[process]") {
  Attempt attempt("echo out; echo err >&2; exit 3");
  attempt.run();
  CHECK(attempt.result() == "exit 3");
  CHECK(attempt.output == "out\nerr\n");
  CHECK(attempt.dir.read("log") == "out\nerr\n");
  CHECK(attempt.leftovers == 0);
  CHECK(attempt.error.empty());
}

TEST_CASE("an agent that a signal killed is not one that exited", "[process]") {
  Attempt attempt("kill -SEGV $$");
  attempt.run();
  CHECK(attempt.result() == "killed by signal 11");
}

TEST_CASE("an agent reads the input file, or nothing at all", "[process]") {
  Attempt with("cat");
  with.what.input = with.dir.write("prompt", "do it\n");
  with.run();
  CHECK(with.output == "do it\n");
  Attempt without("cat; echo end");
  without.run();
  CHECK(without.output == "end\n");
}

TEST_CASE("an agent has no terminal, no control socket, and a group of its own", "[process]") {
  Attempt attempt(
      "(: </dev/tty) 2>/dev/null && echo tty; (: >&3) 2>/dev/null && echo control; "
      "kill -s 0 -- -$$ && echo group; umask");
  const mode_t old = ::umask(027);
  attempt.run();
  ::umask(old);
  CHECK(attempt.output == "group\n0027\n");
}

TEST_CASE("an agent that cannot be executed is told apart from one that failed", "[process]") {
  Attempt attempt("");
  attempt.what.command.argv = {"no-such-agent-for-chant"};
  attempt.run();
  CHECK(attempt.result() == "exit 127");
  CHECK(attempt.error == "cannot find 'no-such-agent-for-chant' in PATH");
  CHECK(attempt.dir.read("log") == "cannot find 'no-such-agent-for-chant' in PATH\n");
}

TEST_CASE("a supervisor that cannot be started or cannot work says why", "[process]") {
  Attempt no_supervisor("exit 0");
  no_supervisor.what.supervisor = "/no/such/supervisor";
  no_supervisor.run();
  CHECK(no_supervisor.result() == "exit 127");
  CHECK_FALSE(no_supervisor.error.empty());
  Attempt no_log("exit 0");
  no_log.what.log = no_log.dir.path() / "missing" / "log";
  no_log.run();
  CHECK(no_log.result() == "exit 127");
  CHECK(no_log.error.find("cannot open the log") == 0);
  Attempt no_input("exit 0");
  no_input.what.input = no_input.dir.path() / "missing";
  no_input.run();
  CHECK(no_input.error.find("cannot open '") == 0);
}

TEST_CASE("an agent over its time limit is asked to end", "[process]") {
  Attempt attempt("trap 'echo asked; exit 0' TERM; sleep 60 & wait");
  attempt.what.time_limit = Seconds(1);
  attempt.what.grace = kLong;
  const Stopwatch watch;
  attempt.run();
  CHECK(attempt.result() == "timed out");
  CHECK(attempt.output.find("asked\n") != std::string::npos);
  CHECK(watch.elapsed() >= std::chrono::seconds(1));
  CHECK(watch.elapsed() < std::chrono::seconds(4));
}

TEST_CASE("an agent that ignores TERM is killed after the grace", "[process]") {
  Attempt attempt("trap '' TERM INT HUP; echo up; while :; do sleep 60; done");
  attempt.what.grace = Seconds(1);
  Loop loop;
  const auto id = loop.supervise(attempt.what);
  while (attempt.output != "up\n") loop.run_once();
  const Stopwatch watch;
  loop.stop(id, Loop::Force::ask);
  attempt.finish(loop);
  CHECK(attempt.result() == "stopped");
  CHECK(watch.elapsed() >= std::chrono::seconds(1));
  CHECK(watch.elapsed() < std::chrono::seconds(2));
}

TEST_CASE("stop now does not wait for the grace", "[process]") {
  Attempt attempt("trap '' TERM; echo up; sleep 60; sleep 60");
  attempt.what.grace = kLong;
  Loop loop;
  const auto id = loop.supervise(attempt.what);
  while (attempt.output != "up\n") loop.run_once();
  const Stopwatch watch;
  loop.stop(id, Loop::Force::ask);
  loop.stop(id, Loop::Force::now);
  attempt.finish(loop);
  CHECK(attempt.result() == "stopped");
  CHECK(watch.elapsed() < std::chrono::seconds(1));
  loop.stop(id, Loop::Force::now);
}

TEST_CASE("an agent that stopped itself can still be ended", "[process]") {
  Attempt attempt("trap 'exit 9' TERM; sh -c 'kill -STOP $PPID; echo up'; sleep 60");
  attempt.what.grace = kLong;
  Loop loop;
  const auto id = loop.supervise(attempt.what);
  while (attempt.output != "up\n") loop.run_once();
  loop.stop(id, Loop::Force::ask);
  const Stopwatch watch;
  attempt.finish(loop);
  CHECK(attempt.result() == "stopped");
  CHECK(watch.elapsed() < std::chrono::seconds(5));
}

TEST_CASE("a daemon that an agent leaves behind neither delays its end nor survives", "[process]") {
  if (!find_program("setsid")) {
    WARN("no setsid: not tested");
    return;
  }
  Attempt attempt(kDaemon + "echo done; exit 5");
  const Stopwatch watch;
  attempt.run();
  CHECK(watch.elapsed() < std::chrono::seconds(2));
  CHECK(attempt.result() == "exit 5");
  CHECK(attempt.output == "done\n");
  CHECK(attempt.leftovers == 1);
  CHECK_FALSE(is_alive(attempt.pid_in("pid")));
}

TEST_CASE("a daemon does not survive an agent that was stopped at once", "[process]") {
  if (!find_program("setsid")) {
    WARN("no setsid: not tested");
    return;
  }
  Attempt attempt(kDaemon + "echo up; sleep 60");
  Loop loop;
  const auto id = loop.supervise(attempt.what);
  while (attempt.output != "up\n") loop.run_once();
  loop.stop(id, Loop::Force::now);
  attempt.finish(loop);
  CHECK(attempt.result() == "stopped");
  CHECK_FALSE(is_alive(attempt.pid_in("pid")));
}

TEST_CASE("leftovers that end when asked are counted and cost no time", "[process]") {
  Attempt attempt("sleep 60 >/dev/null 2>&1 & sleep 60 >/dev/null 2>&1 & exit 0");
  const Stopwatch watch;
  attempt.run();
  CHECK(attempt.result() == "exit 0");
  CHECK(attempt.leftovers == 2);
  CHECK(watch.elapsed() < std::chrono::milliseconds(900));
}

TEST_CASE("a thousand orphans of an agent are reaped while it runs", "[process]") {
  Attempt attempt("i=0; while [ $i -lt 1000 ]; do (: &); i=$((i+1)); done; echo end");
  attempt.run();
  CHECK(attempt.result() == "exit 0");
  CHECK(attempt.output == "end\n");
}

TEST_CASE("200 MB of output pass in constant memory, and the log keeps both ends", "[process]") {
  Attempt small("echo small");
  small.run();
  [[maybe_unused]] const long before = largest_child_kib();
  Attempt attempt("echo begin; head -c 200000000 /dev/zero; echo; echo end");
  std::size_t bytes = 0;
  attempt.what.output = [&](std::string_view piece) { bytes += piece.size(); };
  attempt.run();
  CHECK(attempt.result() == "exit 0");
  CHECK(bytes == 200000000 + std::string_view("begin\n\nend\n").size());
  const std::string log = attempt.dir.read("log");
  CHECK(log.size() > 2 * LogFile::kPart);
  CHECK(log.size() < 2 * LogFile::kPart + 100);
  CHECK(log.starts_with("begin\n"));
  CHECK(log.ends_with("\nend\n"));
  CHECK(log.find("bytes left out]\n") != std::string::npos);
#ifndef CHANT_TEST_KEEPS_FREED_MEMORY
  CHECK(largest_child_kib() - before < 16L * 1024);
#endif
}

TEST_CASE("an agent waits for a parent that is more than 1 MiB behind", "[process]") {
  Attempt attempt(
      "exec 9>progress; for i in 1 2 3 4; do head -c 1000000 /dev/zero; echo $i >&9; done");
  Fifo progress(attempt.dir.path() / "progress");
  Loop loop;
  loop.supervise(attempt.what);
  CHECK(progress.line() == "1");
  CHECK_FALSE(progress.speaks_within(std::chrono::milliseconds(200)));
  attempt.finish(loop);
  CHECK(attempt.output.size() == 4000000);
  CHECK(attempt.dir.read("log").size() == 4000000);
}

TEST_CASE("one line of 100 MB is like any other output", "[process]") {
  Attempt attempt("head -c 100000000 /dev/zero | tr '\\0' a; exit 2");
  std::size_t bytes = 0;
  attempt.what.output = [&](std::string_view piece) {
    bytes += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), 'a'));
  };
  attempt.run();
  CHECK(attempt.result() == "exit 2");
  CHECK(bytes == 100000000);
}

TEST_CASE("the log is locked while the agent runs", "[process]") {
  Attempt attempt("echo up; sleep 60");
  Loop loop;
  const auto id = loop.supervise(attempt.what);
  while (attempt.output != "up\n") loop.run_once();
  CHECK(chant::is_locked(attempt.what.log));
  loop.stop(id, Loop::Force::now);
  attempt.finish(loop);
  CHECK_FALSE(chant::is_locked(attempt.what.log));
}

TEST_CASE("an agent ends when its parent dies, and what it says then is logged", "[process]") {
  Attempt attempt(
      "exec 9>alive; trap 'echo goodbye; trap \"\" TERM; exec sleep 60' TERM; echo $$ >&9; "
      "while :; do :; done");
  attempt.what.grace = Seconds(1);
  Fifo alive(attempt.dir.path() / "alive");
  const pid_t parent = ::fork();
  if (parent == 0) {
    Loop loop;
    loop.supervise(attempt.what);
    while (!loop.idle()) loop.run_once();
    ::_exit(1);
  }
  const pid_t agent = std::stoi(alive.line());
  ::kill(parent, SIGKILL);
  const Stopwatch watch;
  CHECK(alive.closes_within(std::chrono::seconds(4)));
  CHECK(watch.elapsed() < std::chrono::milliseconds(2500));
  const chant::FileLock finished = chant::FileLock::acquire(attempt.what.log);
  CHECK_FALSE(is_alive(agent));
  CHECK(attempt.dir.read("log").find("goodbye\n") != std::string::npos);
  int status = 0;
  REQUIRE(::waitpid(parent, &status, 0) == parent);
  CHECK(describe(outcome_of(status)) == "killed by signal 9");
}

TEST_CASE("an agent whose parent died without reading is not blocked", "[process]") {
  Attempt attempt(
      "exec 9>alive; trap 'echo goodbye; exit 0' TERM; echo up >&9; "
      "while :; do head -c 1000000 /dev/zero; done");
  attempt.what.grace = kLong;
  Fifo alive(attempt.dir.path() / "alive");
  const pid_t parent = ::fork();
  if (parent == 0) {
    Loop loop;
    loop.supervise(attempt.what);
    for (;;) ::pause();
  }
  CHECK(alive.line() == "up");
  ::kill(parent, SIGKILL);
  CHECK(alive.closes_within(std::chrono::seconds(5)));
  const chant::FileLock finished = chant::FileLock::acquire(attempt.what.log);
  CHECK(attempt.dir.read("log").ends_with("goodbye\n"));
  REQUIRE(::waitpid(parent, nullptr, 0) == parent);
}

TEST_CASE("an agent goes on when its log cannot be written any more", "[process]") {
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  rlimit low = old;
  low.rlim_cur = 1000;
  setrlimit(RLIMIT_FSIZE, &low);
  Attempt attempt("head -c 5000 /dev/zero | tr '\\0' a; echo; echo end; exit 4");
  attempt.run();
  setrlimit(RLIMIT_FSIZE, &old);
  CHECK(attempt.result() == "exit 4");
  CHECK(std::count(attempt.output.begin(), attempt.output.end(), 'a') >= 5000);
  CHECK(attempt.output.find("\nend\n") != std::string::npos);
  CHECK(attempt.output.find("[git-chant: ") != std::string::npos);
}

TEST_CASE("an agent whose supervisor is killed is killed too", "[process]") {
  Attempt attempt("exec 9>alive; trap '' TERM; echo $PPID; sleep 60; sleep 60");
  Fifo alive(attempt.dir.path() / "alive");
  Loop loop;
  loop.supervise(attempt.what);
  while (attempt.output.find('\n') == std::string::npos) loop.run_once();
  ::kill(std::stoi(attempt.output), SIGKILL);
  attempt.finish(loop);
  CHECK(attempt.result() == "killed by signal 9");
  CHECK_FALSE(attempt.error.empty());
  CHECK(alive.closes_within(chant::test::kPatience));
}

TEST_CASE("a loop that goes away takes its agents along", "[process]") {
  Attempt attempt("exec 9>alive; trap '' TERM; echo up; sleep 60; sleep 60");
  attempt.what.grace = kLong;
  Fifo alive(attempt.dir.path() / "alive");
  const Stopwatch watch;
  {
    Loop loop;
    loop.supervise(attempt.what);
    while (attempt.output != "up\n") loop.run_once();
  }
  CHECK(alive.closes_within(std::chrono::milliseconds(500)));
  CHECK(watch.elapsed() < std::chrono::seconds(3));
}

TEST_CASE("many agents run side by side", "[process]") {
  Loop loop;
  std::vector<std::unique_ptr<Attempt>> attempts;
  for (int i = 0; i < 8; ++i) {
    attempts.push_back(
        std::make_unique<Attempt>("echo " + std::to_string(i) + "; exit " + std::to_string(i)));
    loop.supervise(attempts.back()->what);
  }
  for (int i = 0; i < 8; ++i) {
    Attempt& attempt = *attempts[static_cast<std::size_t>(i)];
    attempt.finish(loop);
    CHECK(attempt.result() == "exit " + std::to_string(i));
    CHECK(attempt.output == std::to_string(i) + "\n");
  }
}
