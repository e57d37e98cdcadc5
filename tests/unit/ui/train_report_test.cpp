#include "ui/train_report.h"

#include "support/catch.h"
#include "support/temp_dir.h"
#include "util/fd.h"
#include "util/file.h"

#include <fcntl.h>

#include <functional>
#include <string>

using namespace chant;

namespace {

// What reaches the descriptor.
std::string written(ui::Terminal terminal, const std::function<void(ui::TrainReport&)>& happen) {
  const test::TempDir directory;
  const std::string path = directory.path() / "out";
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ui::Stream stream(file.number());
  ui::TrainReport report(stream, terminal);
  happen(report);
  stream.flush();
  return load_file(path, 1 << 20);
}

ui::Terminal plain() { return {false, false, false, 80}; }
ui::Terminal live() { return {true, false, false, 30}; }

}  // namespace

TEST_CASE("each thing that happens is a line when the output is no terminal") {
  const auto happen = [](ui::TrainReport& report) {
    report.began("main", 2);
    report.merged("a", 1, 2);
    report.gate_began("a");
    report.gate_ended("a", false, "red: exit 2");
    report.parked({"a", "gate", "the gate failed:\x1b[2J exit 2", "git chant show a"});
    report.landed({"b"}, "0123456789abcdef");
  };
  CHECK(written(plain(), happen) ==
        "-> Reconciling 2 branches onto 'main'\n"
        "merged 1/2 a\n"
        "gate began: a\n"
        "x gate a: red: exit 2\n"
        "! Parked a (gate): the gate failed: exit 2\n"
        "+ Landed b\n"
        "the target is at 0123456789 now\n");
}

TEST_CASE("on a terminal what is done now is shown in place, no wider than the terminal") {
  const auto happen = [](ui::TrainReport& report) {
    report.merged("an-id-that-is-longer-than-the-line", 1, 2);
    report.merged("b", 2, 2);
    report.note("done");
  };
  CHECK(written(live(), happen) ==
        "merged 1/2 an-id-that-is-long\r\033[Kmerged 2/2 b\r\033[Kdone\n");
}

TEST_CASE("the summary of a reconcile names one next command for each parked spec") {
  const auto happen = [](ui::TrainReport& report) {
    sched::TrainSummary summary;
    summary.landed = {"b", "c"};
    summary.parked = {{"a", "conflict", "conflicts with 'main' in 'x'", "git chant show a"}};
    summary.left_out = {{"d", "it is in progress"}};
    summary.gate_runs = 3;
    summary.waits = "uncommitted changes are in the way";
    summary.next = "git chant reconcile --continue";
    report.summary(summary);
  };
  CHECK(written(plain(), happen) ==
        "\nSummary: 2 landed, 1 parked, 1 left out, 3 gate runs (0.0s)\n"
        "  a conflicts with 'main' in 'x'\n"
        "      -> git chant show a\n"
        "  d left out: it is in progress\n"
        "  uncommitted changes are in the way\n"
        "      -> git chant reconcile --continue\n");
}

TEST_CASE("a reconcile without branches says that nothing waits") {
  const auto happen = [](ui::TrainReport& report) { report.began("main", 0); };
  CHECK(written(plain(), happen) == "nothing waits to land on 'main'\n");
}
