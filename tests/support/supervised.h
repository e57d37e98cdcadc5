// One supervised agent in a directory of its own, and what came of it.
#pragma once

#include "process/loop.h"
#include "support/catch.h"
#include "support/process.h"
#include "support/temp_dir.h"

#include <optional>
#include <string>
#include <string_view>

namespace chant::test {

struct Attempt {
  TempDir dir;
  process::Loop::Supervised what;
  std::string output;
  std::string error;
  std::optional<process::Outcome> outcome;
  std::size_t leftovers = 0;

  explicit Attempt(const std::string& script) {
    what.command = shell(script);
    what.command.cwd = dir.path();
    what.log = dir.path() / "log";
    what.supervisor = CHANT_TEST_SUPERVISOR;
    what.output = [this](std::string_view bytes) { output.append(bytes); };
    what.error = [this](std::string_view text) { error = text; };
    what.done = [this](const process::Outcome& result, std::size_t processes) {
      REQUIRE_FALSE(outcome);
      outcome = result;
      leftovers = processes;
    };
  }

  void finish(process::Loop& loop) {
    const Stopwatch watch;
    while (!outcome && watch.elapsed() < kPatience) loop.run_once();
    REQUIRE(outcome);
  }
  void run() {
    process::Loop loop;
    loop.supervise(what);
    finish(loop);
    CHECK(loop.idle());
  }
  [[nodiscard]] std::string result() const {
    return outcome ? process::describe(*outcome) : "none";
  }
  [[nodiscard]] pid_t pid_in(const std::string& file) const { return std::stoi(dir.read(file)); }
};

// A shell line that starts a process in a session of its own, which ignores TERM, holds the
// output, and is up when the line is done; its number is in the file `pid`.
inline const std::string kDaemon =
    "mkfifo up; setsid sh -c 'trap \"\" TERM HUP; echo $$ >pid; echo >up; exec sleep 60' & "
    "read -r line <up; ";

}  // namespace chant::test
