#include "ui/report.h"

#include "support/catch.h"
#include "support/git_repo.h"
#include "ui/marks.h"
#include "util/fd.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>

using namespace chant;
using namespace chant::ui;
using Kind = sched::EndedSpec::Kind;

namespace {

const std::vector<std::string> kIds = {"2026-11-21-001-abc", "2026-11-21-002-xyz"};

Terminal plain() {
  Terminal terminal;
  terminal.unicode = false;
  return terminal;
}

Terminal rich() {
  Terminal terminal;
  terminal.interactive = terminal.colour = true;
  return terminal;
}

// What reaches the descriptor.
std::string written(const std::function<void(Stream&)>& write) {
  const test::TempDir directory;
  const std::string path = directory.path() / "out";
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  Stream stream(file.number());
  write(stream);
  stream.flush();
  return directory.read("out");
}

std::string reported(const Terminal& terminal, const std::function<void(Report&)>& tell) {
  return written([&](Stream& stream) {
    Report report(stream, terminal, {{kIds[0], "abc"}, {kIds[1], "xyz"}});
    tell(report);
  });
}

}  // namespace

TEST_CASE("a run is told in lines behind the short id of each spec", "[ui]") {
  CHECK(reported(plain(),
                 [](Report& report) {
                   report.began({2, true});
                   report.started({kIds[0], "main", "standard"});
                   report.output(kIds[0], "working");
                   report.ended({kIds[0], Kind::completed, "abc1234", "ok", "", ""});
                   report.note("", "a note");
                   report.note(kIds[1], "another");
                   report.output("not-of-the-run", "x");
                 }) ==
        "-> Starting 2 specs in parallel...\n\n"
        "[abc] Working with prompt 'standard' on agent 'main'\n"
        "[abc] working\n"
        "[abc] + Completed (commit: abc1234)\n"
        "+ Finalized 2026-11-21-001-abc\n"
        "a note\n"
        "[xyz] another\n"
        "[not-of-the-run] x\n");
}

TEST_CASE("marks are those that the terminal can show", "[ui]") {
  const auto tell = [](Report& report) {
    report.ended({kIds[0], Kind::completed, "abc1234", "ok", "", ""});
    report.ended({kIds[1], Kind::failed, "", "no_commit", "the reason", ""});
  };
  Terminal unicode;
  CHECK(reported(unicode, tell) ==
        "[abc] ✓ Completed (commit: abc1234)\n✓ Finalized 2026-11-21-001-abc\n"
        "[xyz] ✗ Failed (no_commit): the reason\n");
  CHECK(reported(plain(), tell) ==
        "[abc] + Completed (commit: abc1234)\n+ Finalized 2026-11-21-001-abc\n"
        "[xyz] x Failed (no_commit): the reason\n");
  CHECK(reported(rich(), tell).find("\033[32m✓\033[m Completed") != std::string::npos);
  CHECK(mark_of(spec::State::completed, unicode) == "●");
  CHECK(mark_of(spec::State::completed, plain()) == "*");
  CHECK(mark_of(spec::State::failed, rich()) == "\033[31m✗\033[m");
}

TEST_CASE("every state has a mark of its own, one column wide", "[ui]") {
  std::map<std::string, int> unicode;
  for (int state = 0; state <= static_cast<int>(spec::State::broken); ++state) {
    const std::string ascii = mark_of(static_cast<spec::State>(state), plain());
    CHECK(ascii.size() == 1);
    CHECK(ascii[0] > ' ');
    ++unicode[mark_of(static_cast<spec::State>(state), Terminal{})];
  }
  CHECK(unicode.size() == 10);  // failed and broken share theirs
}

TEST_CASE("the prefix has the colour of the agent, on a terminal only", "[ui]") {
  const auto tell = [](Report& report) {
    report.started({kIds[0], "one", "standard"});
    report.started({kIds[1], "two", "standard"});
    report.output(kIds[0], "x");
    report.output(kIds[1], "x");
  };
  const std::string coloured = reported(rich(), tell);
  CHECK(coloured.find("\033[36m[abc]\033[m x\n") != std::string::npos);
  CHECK(coloured.find("\033[35m[xyz]\033[m x\n") != std::string::npos);
  CHECK(reported(plain(), tell).find('\033') == std::string::npos);
}

TEST_CASE("what an agent prints cannot act on the terminal", "[ui]") {
  CHECK(reported(plain(), [](Report& report) {
          report.output(kIds[0], "a\033[2Jb\033]0;t\ac\x9b");
          report.output(kIds[0], "10%\r50%\r100%");
          report.output(kIds[0], "windows\r");
          report.output(kIds[0], "tab\there");
        }) == "[abc] abc\uFFFD\n[abc] 100%\n[abc] windows\n[abc] tab here\n");
}

TEST_CASE("a sequential run has no start line", "[ui]") {
  CHECK(reported(plain(), [](Report& report) { report.began({2, false}); }).empty());
  CHECK(reported(plain(), [](Report& report) { report.began({0, true}); }).empty());
  CHECK(reported(plain(), [](Report& report) {
          report.began({1, true});
        }) == "-> Starting 1 spec in parallel...\n\n");
}

TEST_CASE("every end of a spec has its words", "[ui]") {
  CHECK(reported(plain(),
                 [](Report& report) {
                   report.ended({kIds[0], Kind::finished, "abc1234", "ok", "", ""});
                   report.ended({kIds[0], Kind::finished, "abc1234", "ok", "waits", ""});
                   report.ended({kIds[0], Kind::attention, "", "conflict", "in 'a'", ""});
                   report.ended({kIds[0], Kind::skipped, "", "", "depends on x", ""});
                   report.stopping(false);
                   report.stopping(true);
                 }) ==
        "[abc] + Finished (commit: abc1234)\n"
        "[abc] + Finished (commit: abc1234): waits\n"
        "[abc] x Needs attention (conflict): in 'a'\n"
        "[abc] - Skipped: depends on x\n"
        "Stopping: agents are asked to end (Ctrl-C again to stop now)...\n"
        "Stopping now.\n");
}

TEST_CASE("the summary counts, and names what is open with the next command", "[ui]") {
  sched::Summary summary;
  summary.elapsed_ms = 192000;
  CHECK(reported(plain(), [&](Report& report) { report.summary(summary); }) ==
        "\nSummary: 0 completed, 0 failed (3m12s)\n");
  summary.specs = {{kIds[0], Kind::completed, "abc1234", "ok", "", ""},
                   {kIds[1], Kind::failed, "", "timeout", "ran out of time", "git chant log x"},
                   {"n", Kind::attention, "", "conflict", "in 'a'", "git merge spec/n"},
                   {"f", Kind::finished, "def5678", "ok", "", "git merge chant/f"},
                   {"s", Kind::skipped, "", "", "depends on n", ""}};
  summary.interrupted = true;
  CHECK(reported(plain(), [&](Report& report) { report.summary(summary); }) ==
        "\nSummary: 1 completed, 1 failed, 1 needs attention, 1 finished, 1 skipped, interrupted "
        "(3m12s)\n"
        "  [xyz] ran out of time\n      -> git chant log x\n"
        "  [n] in 'a'\n      -> git merge spec/n\n"
        "  [f] waits on its branch\n      -> git merge chant/f\n"
        "  [s] depends on n\n");
}

TEST_CASE("a stream writes whole lines and notices when nobody listens", "[ui]") {
  CHECK(written([](Stream& stream) {
          stream.print("{} {}\n", "a", 1);
          stream.write(std::string(200000, 'x'));
        }).size() == 200004);
  Pipe pipe = make_pipe();
  Stream stream(pipe.write.number());
  stream.write("x");
  stream.flush();
  CHECK(stream.good());
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  if (full) {
    Stream lost(full.number());
    lost.write("x");
    lost.flush();
    CHECK_FALSE(lost.good());
  }
}

TEST_CASE("what is no terminal gets no colour, and the locale decides about marks", "[ui]") {
  test::Environment environment;
  const UniqueFd file(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  environment.set("LC_ALL", "C");
  CHECK_FALSE(detect_terminal(file.number()).unicode);
  environment.set("LC_ALL", std::nullopt);
  environment.set("LC_CTYPE", std::nullopt);
  environment.set("LANG", "de_DE.UTF-8");
  const Terminal terminal = detect_terminal(file.number());
  CHECK(terminal.unicode);
  CHECK_FALSE(terminal.interactive);
  CHECK_FALSE(terminal.colour);
  CHECK(terminal.paint("x", Colour::red) == "x");
  CHECK(rich().paint("x", Colour::none) == "x");
}

TEST_CASE("on a terminal its width counts, and NO_COLOR is obeyed", "[ui]") {
  const UniqueFd leader(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!leader) {
    WARN("this machine has no pseudo-terminals: nothing was tested");
    return;
  }
  REQUIRE(::grantpt(leader.number()) == 0);
  REQUIRE(::unlockpt(leader.number()) == 0);
  const UniqueFd tty(::open(::ptsname(leader.number()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  test::Environment environment;
  environment.set("NO_COLOR", std::nullopt);
  environment.set("TERM", "xterm");
  environment.set("COLUMNS", "120");
  CHECK(detect_terminal(tty.number()).interactive);
  CHECK(detect_terminal(tty.number()).colour);
  CHECK(detect_terminal(tty.number()).columns == 120);
  environment.set("COLUMNS", "nonsense");
  CHECK(detect_terminal(tty.number()).columns == 80);
  environment.set("NO_COLOR", "1");
  CHECK_FALSE(detect_terminal(tty.number()).colour);
  environment.set("NO_COLOR", "");
  CHECK(detect_terminal(tty.number()).colour);
  environment.set("TERM", "dumb");
  CHECK_FALSE(detect_terminal(tty.number()).colour);
}
