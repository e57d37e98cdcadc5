#include "process/coprocess.h"

#include "support/catch.h"
#include "support/process.h"
#include "util/error.h"

using namespace chant::process;
using chant::test::shell;

TEST_CASE("a coprocess answers line by line and byte by byte", "[process]") {
  Coprocess cat(shell("exec cat"));
  cat.write("one\ntwo\nthree");
  CHECK(cat.read_line() == "one");
  CHECK(cat.read_line() == "two");
  CHECK(cat.read_exactly(5) == "three");
  cat.write("\n");
  CHECK(cat.read_line().empty());
}

TEST_CASE("a coprocess whose input is closed ends and gives the rest", "[process]") {
  Coprocess child(shell("cat; echo bye; echo oops >&2; exit 3"));
  child.write("rest\n");
  const Result result = child.finish();
  CHECK(describe(result.outcome) == "exit 3");
  CHECK(result.out == "rest\nbye\n");
  CHECK(result.err == "oops\n");
}

TEST_CASE("a request larger than every pipe does not block", "[process]") {
  Coprocess child(shell("tee /dev/stderr"));
  const std::string request(std::size_t{4} * 1024 * 1024, 'r');
  child.write(request);
  CHECK((child.read_exactly(request.size()) == request));
}

TEST_CASE("talking to a coprocess that has ended is an error with its last words", "[process]") {
  Coprocess child(shell("echo 'fatal: no repository' >&2; exit 128"));
  CHECK_THROWS_WITH(child.read_line(), Catch::Contains("fatal: no repository"));
  CHECK_THROWS_AS(child.write(std::string(1024 * 1024, 'x')), chant::Error);
  CHECK_THROWS_AS(child.read_exactly(1), chant::Error);
}

TEST_CASE("a coprocess that cannot be started is an error", "[process]") {
  Command command;
  command.argv = {"no-such-program-for-chant"};
  CHECK_THROWS_AS(Coprocess(command), chant::Error);
}
