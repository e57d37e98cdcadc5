#include "ui/pitfalls.h"

#include "support/catch.h"
#include "support/temp_dir.h"
#include "util/fd.h"

#include <fcntl.h>

#include <functional>

using namespace chant;
using namespace chant::ui;

namespace {

std::string written(const std::function<void(Stream&)>& write) {
  const test::TempDir directory;
  const std::string path = directory.path() / "out";
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  Stream stream(file.number());
  write(stream);
  stream.flush();
  return directory.read("out");
}

const std::vector<Issue> kIssues = {{true, "spec-002", "API concurrency error (retryable)"},
                                    {true, "spec-004", "Merge conflict with spec-001"},
                                    {false, "spec-003", "Worktree not cleaned up"}};

}  // namespace

TEST_CASE("the outcome of a run and its issues are listed", "[ui]") {
  CHECK(written([](Stream& out) { print_outcome(out, Terminal{}, 3, 5, kIssues); }) ==
        "\nParallel execution complete: 3/5 specs succeeded\n\n"
        "Issues detected:\n"
        "  ✗ spec-002: API concurrency error (retryable)\n"
        "  ✗ spec-004: Merge conflict with spec-001\n"
        "  ⚠ spec-003: Worktree not cleaned up\n\n");
}

TEST_CASE("a run without issues says only how much succeeded", "[ui]") {
  CHECK(written([](Stream& out) { print_outcome(out, Terminal{}, 2, 2, {}); }) ==
        "\nParallel execution complete: 2/2 specs succeeded\n\n");
}

TEST_CASE("issues are cleaned for the terminal and have marks that it can show", "[ui]") {
  Terminal terminal;
  terminal.unicode = false;
  CHECK(written([&](Stream& out) {
          print_issues(out, terminal, {{true, "", "a\033[2J\nb"}, {false, "x", "c"}});
        }) == "Issues detected:\n  x a b\n  ! x: c\n");
}

TEST_CASE("the bell rings on a terminal alone", "[ui]") {
  Terminal terminal;
  CHECK(written([&](Stream& out) { ring_bell(out, terminal); }).empty());
  terminal.interactive = true;
  CHECK(written([&](Stream& out) { ring_bell(out, terminal); }) == "\a");
}
