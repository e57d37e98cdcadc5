#include "process/command.h"
#include "support/catch.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "util/error.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

using namespace chant::process;
using chant::test::Fifo;
using chant::test::shell;
using chant::test::Stopwatch;
using chant::test::TempDir;

namespace {

class PathVariable {
 public:
  explicit PathVariable(const std::string& value) : saved_(std::getenv("PATH")) {
    setenv("PATH", value.c_str(), 1);
  }
  PathVariable(const PathVariable&) = delete;
  PathVariable& operator=(const PathVariable&) = delete;
  ~PathVariable() { setenv("PATH", saved_.c_str(), 1); }

 private:
  std::string saved_;
};

void make_executable(const std::filesystem::path& file) {
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
}

}  // namespace

TEST_CASE("run reports exit codes and signals", "[process]") {
  CHECK(succeeded(run(shell("exit 0")).outcome));
  CHECK(describe(run(shell("exit 7")).outcome) == "exit 7");
  CHECK(describe(run(shell("kill -9 $$")).outcome) == "killed by signal 9");
  CHECK(crashed(run(shell("kill -ABRT $$")).outcome));
  CHECK_FALSE(crashed(run(shell("kill -9 $$")).outcome));
  CHECK_FALSE(crashed(run(shell("exit 6")).outcome));
  CHECK(describe(TimedOut{}) == "timed out");
  CHECK(describe(Stopped{}) == "stopped");
}

TEST_CASE("run keeps output and errors apart", "[process]") {
  const Result result = run(shell("echo one; echo two >&2"));
  CHECK(result.out == "one\n");
  CHECK(result.err == "two\n");
}

TEST_CASE("large input and large output at the same time do not block each other", "[process]") {
  const std::string input(std::size_t{8} * 1024 * 1024, 'x');
  const Result result = run(shell("tee /dev/stderr"), input);
  CHECK(succeeded(result.outcome));
  CHECK((result.out == input));
  CHECK((result.err == input));
}

TEST_CASE("a command that does not read its input is no error", "[process]") {
  const std::string input(std::size_t{1024} * 1024, 'x');
  CHECK(describe(run(shell("exit 3"), input).outcome) == "exit 3");
  CHECK(run(shell("cat")).out.empty());
}

TEST_CASE("output over the limit is read and dropped", "[process]") {
  const Result result = run(shell("head -c 1000000 /dev/zero; exit 4"), {}, 1000);
  CHECK(result.out.size() == 1000);
  CHECK(describe(result.outcome) == "exit 4");
}

TEST_CASE("a command is over when it exits, whoever still holds its output", "[process]") {
  const TempDir dir;
  Fifo alive(dir.path() / "alive");
  const Stopwatch watch;
  Command command = shell("sleep 60 3>alive & echo $!");
  command.cwd = dir.path();
  const Result result = run(command);
  CHECK(watch.elapsed() < std::chrono::seconds(5));
  REQUIRE_FALSE(result.out.empty());
  ::kill(std::stoi(result.out), SIGKILL);
  CHECK(alive.closes_within(chant::test::kPatience));
}

TEST_CASE("a command gets its directory and its changes to the environment", "[process]") {
  const TempDir dir;
  setenv("CHANT_TEST_UNSET", "1", 1);
  Command command = shell("pwd -P; echo \"${CHANT_TEST_SET}${CHANT_TEST_UNSET-none}\"");
  command.cwd = std::filesystem::canonical(dir.path());
  command.env = {{"CHANT_TEST_SET", "a b"}, {"CHANT_TEST_UNSET", std::nullopt}};
  CHECK(run(command).out == command.cwd.string() + "\na bnone\n");
  unsetenv("CHANT_TEST_UNSET");
}

TEST_CASE("a program with a slash is relative to the directory of the command", "[process]") {
  const TempDir dir;
  make_executable(dir.write("bin/tool", "#!/bin/sh\necho here\n"));
  Command command;
  command.argv = {"./bin/tool"};
  command.cwd = dir.path();
  CHECK(run(command).out == "here\n");
}

TEST_CASE("a command that cannot be started is an error that names it", "[process]") {
  Command command;
  command.argv = {"no-such-program-for-chant"};
  CHECK_THROWS_WITH(run(command), "cannot find 'no-such-program-for-chant' in PATH");
  command.argv = {"/dev/null"};
  CHECK_THROWS_AS(run(command), chant::Error);
  command.argv = {"sh"};
  command.cwd = "/no/such/directory";
  CHECK_THROWS_WITH(run(command), "cannot run 'sh' in '/no/such/directory': no such directory");
  CHECK_THROWS_AS(run(Command{}), chant::Error);
}

TEST_CASE("a child starts with default signals, whatever ours are", "[process]") {
  sigset_t blocked;
  sigset_t saved;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &saved);
  const auto old_pipe = ::signal(SIGPIPE, SIG_IGN);
  const auto old_quit = ::signal(SIGQUIT, SIG_IGN);
  CHECK(describe(run(shell("kill -TERM $$")).outcome) == "killed by signal 15");
  CHECK(describe(run(shell("kill -PIPE $$")).outcome) == "killed by signal 13");
  CHECK(describe(run(shell("kill -QUIT $$")).outcome) == "killed by signal 3");
  ::signal(SIGQUIT, old_quit);
  ::signal(SIGPIPE, old_pipe);
  sigprocmask(SIG_SETMASK, &saved, nullptr);
}

TEST_CASE("run leaves mask and handlers as they were", "[process]") {
  sigset_t before;
  sigset_t after;
  sigprocmask(SIG_BLOCK, nullptr, &before);
  static_cast<void>(run(shell("exit 0"), "input"));
  sigprocmask(SIG_BLOCK, nullptr, &after);
  CHECK(sigismember(&before, SIGCHLD) == sigismember(&after, SIGCHLD));
  struct sigaction action {};
  for (const int signal : {SIGCHLD, SIGPIPE}) {
    sigaction(signal, nullptr, &action);
    CHECK(action.sa_handler == SIG_DFL);
  }
}

TEST_CASE("exit codes survive an ignored SIGCHLD", "[process]") {
  const auto old = ::signal(SIGCHLD, SIG_IGN);
  CHECK(describe(run(shell("exit 5")).outcome) == "exit 5");
  ::signal(SIGCHLD, old);
}

TEST_CASE("a child leads its own process group and inherits no descriptor", "[process]") {
  CHECK(succeeded(run(shell("kill -s 0 -- -$$")).outcome));
  const chant::UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  const chant::UniqueFd leaking(::dup2(null.number(), 9));
  CHECK_FALSE(succeeded(run(shell("echo text >&9")).outcome));
}

TEST_CASE("a child has its standard files even when we have none", "[process]") {
  const chant::UniqueFd saved(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 20));
  ::close(STDIN_FILENO);
  const Result result = run(shell("cat; echo err >&2"), "text");
  if (saved) ::dup2(saved.number(), STDIN_FILENO);
  CHECK(result.out == "text");
  CHECK(result.err == "err\n");
}

TEST_CASE("find_program ignores empty and relative entries of PATH", "[process]") {
  const TempDir dir;
  make_executable(dir.write("bin/chant-test-tool", "#!/bin/sh\n"));
  const auto old = std::filesystem::current_path();
  std::filesystem::current_path(dir.path() / "bin");
  {
    const PathVariable path(":.:../bin::");
    CHECK_FALSE(find_program("chant-test-tool"));
    CHECK_FALSE(find_program(""));
    CHECK(find_program("./chant-test-tool") == "./chant-test-tool");
  }
  {
    const PathVariable path("../bin:" + (dir.path() / "bin").string());
    CHECK(find_program("chant-test-tool") == dir.path() / "bin" / "chant-test-tool");
  }
  std::filesystem::current_path(old);
}

TEST_CASE("find_program skips directories and files that cannot be executed", "[process]") {
  const TempDir dir;
  std::filesystem::create_directories(dir.path() / "a" / "tool");
  dir.write("b/tool", "text");
  make_executable(dir.write("c/tool", "#!/bin/sh\n"));
  const std::string base = dir.path().string();
  const PathVariable path(base + "/a:" + base + "/b:" + base + "/c");
  CHECK(find_program("tool") == dir.path() / "c" / "tool");
  CHECK_FALSE(find_program(base + "/b/tool"));
}

TEST_CASE("started children are counted and our own program is known", "[process]") {
  const std::size_t before = started_count();
  static_cast<void>(run(shell("exit 0")));
  CHECK(started_count() == before + 1);
  CHECK(own_path().is_absolute());
  CHECK(::access(own_path().c_str(), X_OK) == 0);
}

TEST_CASE("a process runs until it has ended, even if nobody waited for it", "[process]") {
  CHECK(is_running(getpid()));
  CHECK_FALSE(is_running(-1));
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t info{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
#ifdef __linux__
  CHECK_FALSE(is_running(child));
#endif
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK_FALSE(is_running(child));
}
