#include "work/check.h"

#include "support/catch.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "util/text.h"

#include <sys/stat.h>

#include <optional>

using namespace chant;
using namespace chant::work;
using test::TempDir;
namespace fs = std::filesystem;

namespace {

class Bench {
 public:
  ShellRun run(const std::string& line) const {
    ShellRun run;
    run.line = line;
    run.directory = dir.path();
    run.log = dir.path() / "log";
    run.grace = Seconds{1};
    run.supervisor = CHANT_TEST_SUPERVISOR;
    return run;
  }
  process::Loop::Id start(ShellRun what) {
    end.reset();
    return run_shell(loop, std::move(what), [this](const ShellEnd& is) {
      ++ended;
      end = is;
    });
  }
  ShellEnd wait() {
    const test::Stopwatch watch;
    while (!end) {
      REQUIRE(watch.elapsed() < test::kPatience);
      loop.run_once();
    }
    return *end;
  }
  ShellEnd of(ShellRun what) {
    (void)start(std::move(what));
    return wait();
  }
  ShellEnd of(const std::string& line) { return of(run(line)); }

  TempDir dir;
  process::Loop loop;
  std::optional<ShellEnd> end;
  int ended = 0;
};

spec::Spec spec_of(const std::string& criteria) {
  const std::string text =
      "---\nstatus: pending\n---\n# T\n\n## Acceptance Criteria\n\n" + criteria;
  return spec::parse_spec("x", text, "x.md");
}

}  // namespace

TEST_CASE("a shell line that succeeds is good, and its output is in the log and at hand",
          "[check]") {
  Bench bench;
  std::string seen;
  ShellRun run = bench.run("echo one; echo two >&2; pwd");
  run.output = [&](std::string_view bytes) { seen += bytes; };
  const ShellEnd end = bench.of(std::move(run));
  CHECK(end.good);
  CHECK(end.why.empty());
  CHECK_FALSE(end.stopped);
  const std::string text = "one\ntwo\n" + fs::canonical(bench.dir.path()).string();
  CHECK(end.log_end == text);
  CHECK(seen == text + "\n");
  CHECK(bench.dir.read("log") == text + "\n");
  struct stat info {};
  REQUIRE(::stat((bench.dir.path() / "log").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);
  CHECK(bench.ended == 1);
}

TEST_CASE("a shell line that fails says how and what it printed last", "[check]") {
  Bench bench;
  const ShellEnd end = bench.of("echo broken; exit 2");
  CHECK_FALSE(end.good);
  CHECK(end.why == "exit 2");
  CHECK(end.log_end == "broken");
  CHECK(bench.of("kill -9 $$").why == "killed by signal 9");
  CHECK(bench.of("no-such-program").why == "exit 127");
}

TEST_CASE("a shell line has the environment it is given, and nothing on standard input",
          "[check]") {
  Bench bench;
  ShellRun run = bench.run("echo \"$MINE ${HOME-no home} ${GIT_DIR-no repository}\"; cat");
  run.env = {{"MINE", "here"}, {"HOME", std::nullopt}};
  ::setenv("GIT_DIR", "/nowhere", 1);
  const ShellEnd end = bench.of(std::move(run));
  ::unsetenv("GIT_DIR");
  CHECK(end.good);
  CHECK(end.log_end == "here no home no repository");
}

TEST_CASE("a shell line that takes too long is ended", "[check]") {
  Bench bench;
  ShellRun run = bench.run("trap '' TERM; echo begun; while :; do sleep 60; done");
  run.time_limit = Seconds{1};
  const ShellEnd end = bench.of(std::move(run));
  CHECK_FALSE(end.good);
  CHECK_FALSE(end.stopped);
  CHECK(end.why == "timed out after 1.0s");
  CHECK(end.log_end.substr(0, 5) == "begun");
}

TEST_CASE("a shell line can be stopped", "[check]") {
  Bench bench;
  test::Fifo fifo(bench.dir.path() / "fifo");
  const auto id = bench.start(bench.run("echo begun >fifo; while :; do sleep 60; done"));
  bench.loop.after(Milliseconds{1}, [] {});
  const test::Stopwatch watch;
  while (!fifo.speaks_within(Milliseconds{10})) {
    REQUIRE(watch.elapsed() < test::kPatience);
    bench.loop.after(Milliseconds{10}, [] {});
    bench.loop.run_once();
  }
  bench.loop.stop(id, process::Loop::Force::ask);
  const ShellEnd end = bench.wait();
  CHECK(end.stopped);
  CHECK_FALSE(end.good);
  CHECK(end.why == "stopped");
}

TEST_CASE("a shell line that cannot be started says why", "[check]") {
  Bench bench;
  ShellRun run = bench.run("true");
  run.log = bench.dir.path() / "absent/log";
  const ShellEnd end = bench.of(std::move(run));
  CHECK_FALSE(end.good);
  CHECK(end.why.substr(0, 14) == "cannot run it:");
}

TEST_CASE("the end of a long output is whole lines, in constant size", "[check]") {
  Bench bench;
  const std::string end = bench.of("seq 1 200000").log_end;
  CHECK(end.size() <= 2000);
  CHECK(end.size() > 1900);
  CHECK(end.substr(end.size() - 13) == "199999\n200000");
  CHECK(end.substr(0, end.find('\n')).size() == 6);
  // One line that is longer than what is kept.
  const std::string line = bench.of("head -c 100000 /dev/zero | tr '\\0' x; echo END").log_end;
  CHECK(line.size() <= 2000);
  CHECK(line.substr(line.size() - 4) == "xEND");
}

TEST_CASE("the end of an output does nothing to a terminal", "[check]") {
  Bench bench;
  const std::string end =
      bench.of("printf '\\033]0;title\\007\\033[31mred\\033[0m\\n10%%\\r20%%\\rdone\\r\\n\\377\\n'")
          .log_end;
  CHECK(end == "red\ndone\n\xEF\xBF\xBD");
  CHECK(printable(end) == end);
}

TEST_CASE("the criteria with a command are found by their place among all criteria", "[check]") {
  const auto found = run_criteria(
      spec_of("- [ ] Plain\n- [x] Tests pass `run: make test`\r\n- [ ] `run: make lint`\n```\n"
              "- [ ] Not this `run: false`\n```\n- [ ] `run: x` in the middle\n"));
  REQUIRE(found.size() == 2);
  CHECK(found[0].index == 1);
  CHECK(found[0].line == 9);
  CHECK(found[0].text == "Tests pass");
  CHECK(found[0].command == "make test");
  CHECK(found[0].ticked);
  CHECK(found[1].index == 2);
  CHECK(found[1].text == "make lint");
  CHECK(found[1].command == "make lint");
  CHECK_FALSE(found[1].ticked);
}

TEST_CASE("criteria with a command are found again in what the agent made of the spec", "[check]") {
  const auto before = run_criteria(spec_of("- [ ] Plain\n- [ ] A `run: a`\n- [ ] B `run: b`\n"));
  using Places = std::optional<std::vector<std::size_t>>;
  CHECK(places_in(spec_of("- [x] Plain\n- [x] A `run: a`\n- [ ] B `run: b`\n"), before) ==
        Places{{1, 2}});
  CHECK(places_in(spec_of("- [ ] B `run: b`\n- [ ] New `run: x`\n- [ ] A `run: a`\n"), before) ==
        Places{{2, 0}});
  CHECK_FALSE(places_in(spec_of("- [x] Plain\n- [x] A `run: true`\n- [ ] B `run: b`\n"), before));
  CHECK_FALSE(places_in(spec_of("- [x] A `run: a`\n- [ ] B\n"), before));
  CHECK_FALSE(places_in(spec_of("- [x] C `run: a`\n- [ ] B `run: b`\n"), before));
  const auto twice = run_criteria(spec_of("- [ ] A `run: a`\n- [ ] A `run: a`\n"));
  CHECK_FALSE(places_in(spec_of("- [ ] A `run: a`\n"), twice));
  CHECK(places_in(spec_of("- [ ] A `run: a`\n- [ ] A `run: a`\n"), twice) == Places{{0, 1}});
  CHECK(places_in(spec_of(""), {}) == Places{std::vector<std::size_t>{}});
}

TEST_CASE("boxes are ticked and unticked and nothing else changes", "[check]") {
  const spec::Spec spec = spec_of("- [ ] a\r\n- [X] b [ ] [x]\n* [x] c `run: test '[ ]'`");
  const std::string head = spec.text.substr(0, spec.text.find("- [ ] a"));
  CHECK(with_boxes(spec, {}) == spec.text);
  CHECK(with_boxes(spec, {{0, false}, {1, true}, {2, true}}) == spec.text);
  CHECK(with_boxes(spec, {{0, true}, {1, false}, {2, false}}) ==
        head + "- [x] a\r\n- [ ] b [ ] [x]\n* [ ] c `run: test '[ ]'`");
}
