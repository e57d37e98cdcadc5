// Agents that do what they can not to end. Each must end as the tables of the supervisor say, and
// nothing of it may be alive afterwards.
#include "process/loop.h"
#include "process/marked.h"
#include "process/platform.h"
#include "support/catch.h"
#include "support/process.h"
#include "support/supervised.h"

#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>

using namespace chant::process;
using chant::Seconds;
using chant::test::Attempt;
using chant::test::Fifo;
using chant::test::is_alive;
using chant::test::kDaemon;
using chant::test::kPatience;
using chant::test::Stopwatch;
using chant::test::TempDir;

namespace {

// A process that is nobody's descendant but ours, with `variable` in its environment, and that
// holds a FIFO as long as it lives.
class Outsider {
 public:
  Outsider(const TempDir& dir, const std::string& name, const std::string& variable,
           const std::string& value)
      : alive_(dir.path() / name) {
    const std::string script = "exec 9>'" + (dir.path() / name).string() +
                               "'; trap '' TERM; echo up >&9; sleep 60; sleep 60";
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setsid();
      ::setenv(variable.c_str(), value.c_str(), 1);
      ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
      ::_exit(127);
    }
    REQUIRE(alive_.line() == "up");
  }
  Outsider(const Outsider&) = delete;
  Outsider& operator=(const Outsider&) = delete;
  ~Outsider() {
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] bool ended() { return alive_.closes_within(kPatience); }
  [[nodiscard]] bool runs() { return !alive_.speaks_within(std::chrono::milliseconds(0)); }

 private:
  Fifo alive_;
  pid_t pid_ = -1;
};

bool shows_environments() {
#ifdef __linux__
  return true;
#else
  WARN("no environment of other processes: not tested");
  return false;
#endif
}

bool has_setsid() {
  if (find_program("setsid")) return true;
  WARN("no setsid: not tested");
  return false;
}

}  // namespace

TEST_CASE("an agent finds its mark in its environment, its supervisor has none", "[process]") {
  Attempt attempt("echo $CHANT_ATTEMPT_MARK; tr '\\0' '\\n' </proc/$PPID/environ | grep -c _MARK=");
  attempt.what.mark = new_mark();
  attempt.run();
  CHECK(attempt.output.starts_with(attempt.what.mark + "\n"));
  if (shows_environments()) CHECK(attempt.output == attempt.what.mark + "\n0\n");
  Attempt other("echo $CHANT_ATTEMPT_MARK");
  other.run();
  CHECK(is_mark(other.output.substr(0, other.output.find('\n'))));
}

TEST_CASE("what has the mark of an agent does not survive it, wherever it is", "[process]") {
  if (!shows_environments()) return;
  Attempt attempt("exit 4");
  attempt.what.mark = new_mark();
  Outsider escaped(attempt.dir, "a", kMarkVariable, attempt.what.mark);
  Outsider longer(attempt.dir, "b", kMarkVariable, attempt.what.mark + "0");
  Outsider other(attempt.dir, "c", std::string("MY_") + kMarkVariable, attempt.what.mark);
  attempt.run();
  CHECK(attempt.result() == "exit 4");
  CHECK(attempt.leftovers >= 1);
  CHECK(escaped.ended());
  CHECK(longer.runs());
  CHECK(other.runs());
}

TEST_CASE("what is no mark ends nothing", "[process]") {
  CHECK(end_marked("") == 0);
  CHECK(end_marked("x") == 0);
  CHECK(end_marked(new_mark()) == 0);
  CHECK_FALSE(is_mark("../../../../../../../../"));
}

TEST_CASE("a daemon in its own session does not survive a supervisor that is killed", "[process]") {
  if (!shows_environments() || !has_setsid()) return;
  Attempt attempt(kDaemon + "trap '' TERM; echo $PPID; sleep 60; sleep 60");
  Loop loop;
  loop.supervise(attempt.what);
  while (attempt.output.find('\n') == std::string::npos) loop.run_once();
  ::kill(std::stoi(attempt.output), SIGKILL);
  attempt.finish(loop);
  CHECK(attempt.result() == "killed by signal 9");
  CHECK(attempt.error == "the supervisor of the agent ended without a report");
  const pid_t daemon = attempt.pid_in("pid");
  CHECK((!is_alive(daemon) || !is_running(daemon)));
}

TEST_CASE("an agent that stops its supervisor is supervised all the same", "[process]") {
  Attempt attempt("kill -STOP $PPID; echo up; exit 3");
  attempt.run();
  CHECK(attempt.result() == "exit 3");
  CHECK(attempt.output == "up\n");
  Attempt hanging("kill -STOP $PPID; trap '' TERM; sleep 60; sleep 60");
  hanging.what.time_limit = Seconds(1);
  hanging.what.grace = Seconds(1);
  const Stopwatch watch;
  hanging.run();
  CHECK(hanging.result() == "timed out");
  CHECK(watch.elapsed() < std::chrono::seconds(6));
}

TEST_CASE("an agent that stops itself ends when its time is over", "[process]") {
  Attempt attempt("trap 'echo asked; exit 0' TERM; kill -STOP $$; echo never");
  attempt.what.time_limit = Seconds(1);
  attempt.what.grace = Seconds(20);
  const Stopwatch watch;
  attempt.run();
  CHECK(attempt.result() == "timed out");
  CHECK(attempt.output == "asked\n");
  CHECK(watch.elapsed() < std::chrono::seconds(5));
}

TEST_CASE("a stopped daemon that ignores TERM does not survive", "[process]") {
  if (!has_setsid()) return;
  Attempt attempt(
      "mkfifo up; setsid sh -c 'trap \"\" TERM; echo $$ >pid; echo >up; kill -STOP $$; sleep 60' & "
      "read -r line <up; exit 6");
  attempt.run();
  CHECK(attempt.result() == "exit 6");
  CHECK(attempt.leftovers == 1);
  CHECK_FALSE(is_alive(attempt.pid_in("pid")));
}

TEST_CASE("processes that replace themselves on and on are ended", "[process]") {
  if (!has_setsid()) return;
  Attempt attempt(
      "cat >walk <<'END'\n"
      "trap '' TERM HUP\n"
      "setsid sh ./walk \"$1\" &\n"
      "END\n"
      "for i in 1 2 3; do sh -c 'exec 9>alive; echo up >&9; exec sh ./walk' & done; exit 7");
  Fifo alive(attempt.dir.path() / "alive");
  attempt.run();
  CHECK(attempt.result() == "exit 7");
  CHECK(attempt.leftovers >= 1);
  CHECK(alive.closes_within(std::chrono::seconds(2)));
}

TEST_CASE("ten million short lines pass quickly and without being kept", "[process]") {
  Attempt attempt("yes | head -n 10000000; exit 2");
  std::size_t lines = 0;
  attempt.what.output = [&](std::string_view piece) {
    lines += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
  };
  const Stopwatch watch;
  attempt.run();
  CHECK(attempt.result() == "exit 2");
  CHECK(lines == 10'000'000);
  CHECK(watch.elapsed() < std::chrono::seconds(20));
}
