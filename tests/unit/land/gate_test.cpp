#include "land/gate.h"

#include "git/worktree.h"
#include "land/pool.h"
#include "support/catch.h"
#include "support/process.h"
#include "support/spec_repo.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>

using namespace chant;
using namespace chant::land;
using test::SpecRepo;
namespace fs = std::filesystem;

namespace {

// A repository and a gate in it. What the command appends to $OUT is read back with said().
class Bench {
 public:
  Bench() {
    repo.config().worktree_root = repo.beside("wt");
    repo.environment().set("OUT", repo.beside("out").string());
    repo.commit({{"file", "good\n"}, {".gitignore", "built\n"}});
    workspace_.emplace(repo.workspace());
  }

  // A commit on top of main that no ref names.
  std::string commit(const test::Files& files) const {
    repo.git("checkout -q --detach main");
    std::string made = repo.commit(files);
    repo.git("checkout -q main");
    return made;
  }
  void use(const std::string& command, std::size_t slots = 1,
           const std::string& operation = "one") {
    gate_.reset();
    options_.command = command;
    options_.slots = slots;
    options_.operation = operation;
    options_.grace = Seconds{1};
    options_.logs = repo.beside("logs");
    options_.target = "refs/heads/main";
    options_.supervisor = CHANT_TEST_SUPERVISOR;
    gate_ = std::make_unique<Gate>(*workspace_, loop, options_);
  }
  void limit(Seconds limit) { options_.time_limit = limit; }

  Gate::Id start(const std::string& commit, Verdict& verdict) {
    return gate_->start(commit, "label", [&verdict](const Verdict& given) { verdict = given; });
  }
  void wait() {
    while (gate_->running() > 0) loop.run_once();
  }
  void turn_until(const std::function<bool()>& is_so) {
    const test::Stopwatch watch;
    while (!is_so()) {
      REQUIRE(watch.elapsed() < test::kPatience);
      loop.after(Milliseconds{10}, [] {});
      loop.run_once();
    }
  }
  Verdict test(const std::string& commit) {
    Verdict verdict;
    (void)start(commit, verdict);
    wait();
    return verdict;
  }
  [[nodiscard]] std::string said() const { return repo.read("../out"); }
  [[nodiscard]] std::size_t worktrees() const {
    return git::list_worktrees(repo.repository()).size();
  }
  Gate& gate() { return *gate_; }
  void forget_gate() { gate_.reset(); }
  record::Workspace& workspace() { return *workspace_; }

  SpecRepo repo;
  process::Loop loop;

 private:
  std::optional<record::Workspace> workspace_;
  GateOptions options_;
  std::unique_ptr<Gate> gate_;
};

}  // namespace

TEST_CASE("the gate sees exactly the commit, and is told what it is for", "[gate]") {
  Bench bench;
  bench.repo.write("untracked", "mine\n");
  bench.repo.write("file", "dirty\n");
  const std::string status = bench.repo.status();
  bench.use(
      "cat file >>$OUT; ls >>$OUT; git rev-parse HEAD >>$OUT; cat >>$OUT; "
      "echo $CHANT_GATE $CHANT_COMMIT $CHANT_TARGET >>$OUT");
  const std::string main = bench.repo.oid("main");
  const Verdict verdict = bench.test(main);
  CHECK(verdict.green);
  CHECK(verdict.runs == 1);
  CHECK_FALSE(verdict.flaky);
  CHECK_FALSE(verdict.cached);
  CHECK(bench.said() == "good\nfile\nother\n" + main + "\n1 " + main + " main\n");
  CHECK(bench.repo.status() == status);
  CHECK(bench.repo.oid("HEAD") == main);
}

TEST_CASE("a red is tried once more and keeps its log", "[gate]") {
  Bench bench;
  bench.use("echo run >>$OUT; echo what is wrong; exit 2");
  const Verdict verdict = bench.test(bench.repo.oid("main"));
  CHECK_FALSE(verdict.green);
  CHECK(verdict.why == "exit 2");
  CHECK(verdict.runs == 2);
  CHECK(bench.said() == "run\nrun\n");
  CHECK(load_file(verdict.log, 1000).find("what is wrong") != std::string::npos);
}

TEST_CASE("green after red is said to be flaky", "[gate]") {
  Bench bench;
  bench.use("echo run >>$OUT; test $(wc -l <$OUT) = 2");
  const Verdict verdict = bench.test(bench.repo.oid("main"));
  CHECK(verdict.green);
  CHECK(verdict.flaky);
  CHECK(verdict.runs == 2);
}

TEST_CASE("a verdict is remembered by tree and command", "[gate]") {
  Bench bench;
  const std::string first = bench.commit({{"file", "1\n"}});
  bench.repo.git("commit -q --allow-empty -m other");
  const std::string twin = bench.commit({{"file", "1\n"}});
  REQUIRE(first != twin);
  const std::string gate = "echo run >>$OUT; grep -q 1 file";
  bench.use(gate);
  CHECK(bench.test(first).green);
  SECTION("a green one for good") {
    bench.use(gate, 1, "two");
    const Verdict again = bench.test(twin);
    CHECK(again.green);
    CHECK(again.cached);
    CHECK(again.runs == 0);
    CHECK(bench.said() == "run\n");
  }
  SECTION("not for another command") {
    bench.use(gate + " ");
    CHECK_FALSE(bench.test(twin).cached);
  }
  SECTION("a red one for the operation") {
    const std::string bad = bench.commit({{"file", "2\n"}});
    CHECK_FALSE(bench.test(bad).green);
    const Verdict again = bench.test(bad);
    CHECK(again.cached);
    CHECK(again.why == "exit 1");
    CHECK_FALSE(again.log.empty());
    bench.use(gate, 1, "two");
    CHECK_FALSE(bench.test(bad).cached);
  }
}

TEST_CASE("what a run leaves is gone for the next, and what git ignores stays", "[gate]") {
  Bench bench;
  const std::string one = bench.commit({{"file", "1\n"}, {"gone", "1\n"}, {".gitignore", ""}});
  bench.use(
      "ls -a >>$OUT; git diff --stat HEAD >>$OUT; cat file >>$OUT; "
      "echo changed >file; echo 1 >built; echo 1 >left; mkdir -p nested/.git; "
      "git add -A; git update-index --assume-unchanged other; echo changed >other; "
      "echo x >.git-lock; cp file $(git rev-parse --git-dir)/index.lock; "
      "grep -q changed other && test -f left");
  CHECK(bench.test(bench.repo.oid("main")).green);
  const std::string two = bench.commit({{"file", "2\n"}});
  CHECK(bench.test(two).green);
  CHECK(bench.said() ==
        ".\n..\n.git\n.gitignore\nfile\nother\ngood\n"
        ".\n..\n.git\n.gitignore\nbuilt\nfile\nother\n2\n");
  CHECK(bench.worktrees() == 2);
  bench.use("test \"$(cat other)\" = 1 && test ! -e built");
  CHECK(bench.test(one).green);
  CHECK(bench.worktrees() == 2);
}

TEST_CASE("as many run at once as there are slots, each in its own worktree", "[gate]") {
  Bench bench;
  bench.use("echo $PWD >>$OUT; sleep 1000", 2);
  std::array<Verdict, 3> verdicts;
  for (std::size_t i = 0; i < 3; ++i) {
    (void)bench.start(bench.commit({{"file", std::to_string(i) + "\n"}}), verdicts[i]);
  }
  CHECK(bench.gate().running() == 3);
  const auto places = [&] { return split(trim(bench.said()), '\n'); };
  bench.turn_until([&] { return places().size() == 2; });
  CHECK(places()[0] != places()[1]);
  CHECK(bench.worktrees() == 3);
  bench.gate().stop_all();
  bench.wait();
  CHECK(std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.stopped; }));
  CHECK(bench.worktrees() == 3);
}

TEST_CASE("a gate that hangs is ended with all it started", "[gate]") {
  Bench bench;
  bench.limit(Seconds{1});
  bench.use("echo $$ >>$OUT; sleep 1000 & sleep 1000");
  const Verdict verdict = bench.test(bench.repo.oid("main"));
  CHECK_FALSE(verdict.green);
  CHECK(verdict.why == "timed out after 1.0s");
  CHECK(verdict.runs == 2);
  for (const std::string& pid : split(trim(bench.said()), '\n')) {
    CHECK_FALSE(test::is_alive(std::stoi(pid)));
  }
}

TEST_CASE("a gate that kills its own group or its supervisor is red", "[gate]") {
  Bench bench;
  bench.use("kill -9 0");
  CHECK(bench.test(bench.repo.oid("main")).why == "killed by signal 9");
  bench.use("kill -9 $PPID; sleep 1000");
  CHECK_FALSE(bench.test(bench.repo.oid("main")).green);
}

TEST_CASE("a gate that writes to the repository is red, and nothing else is", "[gate]") {
  Bench bench;
  const std::string commit = bench.commit({{"file", "1\n"}});
  const auto why = [&](const std::string& command) {
    bench.use(command);
    const Verdict verdict = bench.test(commit);
    CHECK_FALSE(verdict.green);
    CHECK(verdict.runs == 1);
    return verdict.why;
  };
  CHECK(why("git commit -q --allow-empty -m x") == "it moved HEAD");
  CHECK(why("git checkout -q -B mine") == "it changed 'mine' (put back)");
  CHECK(why("git tag -f -m x mark") == "it changed 'refs/tags/mark' (put back)");
  CHECK(why("git commit -q --allow-empty -m x && git branch -f mine && git checkout -q --detach " +
            commit) == "it changed 'mine' (put back)");
  const std::string main = bench.repo.oid("main");
  CHECK(why("git update-ref refs/heads/main HEAD") == "it changed 'main' (put back)");
  CHECK(why("git update-ref refs/heads/main HEAD; exit 1") ==
        "exit 1, and it changed 'main' (put back)");
  CHECK(bench.repo.oid("main") == main);
  CHECK_FALSE(bench.repo.has_ref("refs/heads/mine"));
  CHECK_FALSE(bench.repo.has_ref("refs/tags/mark"));
  bench.use("git branch fine main~1; git tag good main~1");
  CHECK(bench.test(commit).green);
  bench.use("git checkout -q HEAD~1; git checkout -q -");
  CHECK(bench.test(commit).green);
}

TEST_CASE("what a gate plants in the repository is put back before git obeys it", "[gate]") {
  Bench bench;
  const std::string config = bench.repo.read(".git/config");
  bench.use(
      "git config filter.x.smudge 'touch $OUT.obeyed' && echo '* filter=x' "
      ">$(git rev-parse --git-common-dir)/info/attributes");
  const Verdict verdict = bench.test(bench.repo.oid("main"));
  CHECK_FALSE(verdict.green);
  CHECK(verdict.why == "it changed 'git config filter.x.smudge', 'info/attributes' (put back)");
  CHECK_FALSE(bench.repo.has("../out.obeyed"));
  CHECK_FALSE(bench.repo.has(".git/info/attributes"));
  CHECK(bench.repo.git("config --get-regexp ^core").find("bare") != std::string::npos);
  bench.use("git config --get filter.x.smudge; test $? = 1");
  CHECK(bench.test(bench.repo.oid("main")).green);
}

TEST_CASE("of several gates that ran the one that planted something is found", "[gate]") {
  Bench bench;
  bench.use("if grep -q bad file; then git config alias.x status; fi", 3);
  std::array<Verdict, 3> verdicts;
  (void)bench.start(bench.commit({{"file", "1\n"}}), verdicts[0]);
  (void)bench.start(bench.commit({{"file", "bad\n"}}), verdicts[1]);
  (void)bench.start(bench.commit({{"file", "3\n"}}), verdicts[2]);
  bench.wait();
  CHECK(verdicts[0].green);
  CHECK_FALSE(verdicts[1].green);
  CHECK(verdicts[2].green);
}

TEST_CASE("of several gates that move the same ref each one is found", "[gate]") {
  Bench bench;
  const std::string main = bench.repo.oid("main");
  bench.use("if grep -q bad file; then git update-ref refs/heads/main HEAD; fi", 3);
  std::array<Verdict, 3> verdicts;
  (void)bench.start(bench.commit({{"file", "bad\n"}}), verdicts[0]);
  (void)bench.start(bench.commit({{"file", "bad as well\n"}}), verdicts[1]);
  (void)bench.start(bench.commit({{"file", "3\n"}}), verdicts[2]);
  bench.wait();
  CHECK(verdicts[0].why == "it changed 'main' (put back)");
  CHECK(verdicts[1].why == "it changed 'main' (put back)");
  CHECK(verdicts[2].green);
  CHECK(bench.repo.oid("main") == main);
}

TEST_CASE("a worktree that was broken is made again", "[gate]") {
  Bench bench;
  const std::string main = bench.repo.oid("main");
  const std::string other = bench.commit({{"file", "1\n"}});
  SECTION("by the gate") {
    for (const char* command : {"rm -rf .git", "rm -rf \"$PWD\"", "echo gitdir: /nowhere >.git"}) {
      CAPTURE(command);
      bench.use(command);
      const Verdict verdict = bench.test(main);
      CHECK_FALSE(verdict.green);
      // A link that leads elsewhere is put back; one that is gone is not there to be.
      const bool put_back = verdict.why.ends_with("/.git' (put back)");
      CHECK((put_back || verdict.why == "it broke its worktree"));
      bench.use(fmt::format("test $(cat file) = 1 # {}", command));
      CHECK(bench.test(other).green);
    }
  }
  SECTION("while nobody used it") {
    bench.use("true");
    CHECK(bench.test(main).green);
    bench.forget_gate();
    fs::remove_all(bench.repo.beside("wt") / "chant-gate-1");
    bench.use("test $(cat file) = 1");
    CHECK(bench.test(other).green);
  }
  SECTION("with the commit that its HEAD names") {
    bench.use("echo 0123456789012345678901234567890123456789 >$(git rev-parse --git-dir)/HEAD");
    CHECK(bench.test(main).why == "it moved HEAD");
    bench.use("test $(cat file) = 1");
    CHECK(bench.test(other).green);
  }
  CHECK(bench.worktrees() == 2);
}

TEST_CASE("what is not the pool's is left alone whatever the notes say", "[gate]") {
  Bench bench;
  const fs::path mine = bench.repo.beside("mine");
  bench.repo.git("worktree add -q --detach ../mine main");
  bench.repo.write("../mine/precious", "x");
  bench.repo.write(".git/chant/gates/1", mine.string() + "\n");
  bench.use("true");
  CHECK(bench.test(bench.repo.oid("main")).green);
  CHECK(fs::exists(mine / "precious"));
  CHECK(bench.worktrees() == 3);
}

TEST_CASE("two pools never share a worktree, and find it again later", "[gate]") {
  Bench bench;
  const std::string main = bench.repo.oid("main");
  Pool pool(bench.workspace());
  {
    const Slot one = pool.take(main);
    const Slot two = Pool(bench.workspace()).take(main);
    CHECK(one.directory == bench.repo.beside("wt") / "chant-gate-1");
    CHECK(two.directory == bench.repo.beside("wt") / "chant-gate-2");
    CHECK(pool.is_sound(one));
  }
  CHECK(pool.take(main).number == 1);
  CHECK(bench.worktrees() == 3);
}

TEST_CASE("a worktree in which a gate still runs is not taken", "[gate]") {
  Bench bench;
  const std::string main = bench.repo.oid("main");
  Pool pool(bench.workspace());
  const fs::path log = bench.repo.beside("log");
  pool.note_run(pool.take(main), log);
  std::optional<FileLock> writer = FileLock::acquire(log);
  CHECK(pool.take(main).number == 2);
  writer.reset();
  CHECK(pool.take(main).number == 1);
}

TEST_CASE("a stopped run says so once and gives its slot back", "[gate]") {
  Bench bench;
  test::Fifo fifo(bench.repo.beside("fifo"));
  bench.use("echo x >../../fifo; sleep 1000");
  Verdict running, waiting;
  const Gate::Id id = bench.start(bench.repo.oid("main"), running);
  const Gate::Id next = bench.start(bench.commit({{"file", "1\n"}}), waiting);
  bench.turn_until([&] { return fifo.speaks_within(Milliseconds{0}); });
  bench.gate().stop(next);
  bench.gate().stop(id);
  bench.gate().stop(id);
  bench.wait();
  CHECK(running.stopped);
  CHECK(waiting.stopped);
  CHECK(running.runs == 1);
  CHECK(waiting.runs == 0);
  bench.use("true");
  CHECK(bench.test(bench.repo.oid("main")).green);
}

TEST_CASE("a gate that is destroyed ends what runs and calls nobody", "[gate]") {
  Bench bench;
  test::Fifo fifo(bench.repo.beside("fifo"));
  bench.use("echo $$ >../../fifo; sleep 1000");
  Verdict verdict;
  (void)bench.start(bench.repo.oid("main"), verdict);
  bench.turn_until([&] { return fifo.speaks_within(Milliseconds{0}); });
  const int pid = std::stoi(fifo.line());
  bench.forget_gate();
  while (!bench.loop.idle()) bench.loop.run_once();
  CHECK_FALSE(test::is_alive(pid));
  CHECK_FALSE(verdict.stopped);
}

TEST_CASE("the number of slots is the user's or follows from the processors", "[gate]") {
  CHECK(gate_slots(7) == 7);
  CHECK(gate_slots(0) >= 1);
  CHECK(gate_slots(0) <= 4);
}

TEST_CASE("a commit that is not there cannot be tested", "[gate]") {
  Bench bench;
  bench.use("true");
  Verdict verdict;
  CHECK_THROWS_AS(bench.start(std::string(40, '1'), verdict), Error);
}
