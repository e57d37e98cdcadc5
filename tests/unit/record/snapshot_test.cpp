#include "record/snapshot.h"

#include "record/seal.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"
#include "util/lock.h"

#include <sys/stat.h>

using namespace chant;
using namespace chant::record;
using spec::State;
using test::SpecRepo;

namespace {

State state_of(const Snapshot& snapshot, const std::string& id) {
  return snapshot.states.at(id).state;
}

// The sealed branch of a spec, as an attempt leaves it.
std::string seal_branch(const SpecRepo& repo, const std::string& id, const std::string& prefix) {
  const std::string tip = repo.work_on(id, "main", {{"of-" + id, "1"}}, prefix);
  Workspace workspace = repo.workspace();
  const std::string seal = make_seal(workspace, id, tip, {{tip}, "2026-11-21T01:02:03Z", "", ""});
  repo.git("update-ref refs/heads/" + prefix + id + " " + seal);
  repo.git("update-ref refs/chant/spec/" + id + "/tip " + seal);
  return seal;
}

journal::Attempt attempt_of(Workspace& workspace, const std::string& id) {
  journal::Attempt attempt;
  attempt.spec = id;
  attempt.branch = "refs/heads/spec/" + id;
  workspace.journal().begin_attempt(attempt);
  return attempt;
}

void end_attempt(Workspace& workspace, const std::string& id, const std::string& exit_class,
                 const std::string& reason) {
  journal::Attempt attempt = attempt_of(workspace, id);
  attempt.exit_class = exit_class;
  attempt.reason = reason;
  workspace.journal().end_attempt(attempt);
}

}  // namespace

TEST_CASE("specs are the regular files with a valid id as their name", "[record]") {
  SpecRepo repo;
  std::vector<std::string> notes;
  CHECK(load_specs(repo.repository(), notes).empty());
  repo.commit_specs({"good", "other.1"});
  repo.write(".chant/specs/broken.md", "---\nstatus: [\n---\n");
  repo.write(".chant/specs/-bad name.md", "x");
  repo.write(".chant/specs/.hidden.md", "x");
  repo.write(".chant/specs/notes.txt", "x");
  repo.write("secret", "---\nstatus: pending\n---\n# Secret\n");
  std::filesystem::create_symlink("../../secret", repo.path() / ".chant/specs/link.md");
  REQUIRE(mkfifo((repo.path() / ".chant/specs/fifo.md").c_str(), 0600) == 0);
  const auto items = load_specs(repo.repository(), notes);
  std::vector<std::string> ids;
  for (const auto& [id, item] : items) ids.push_back(id);
  CHECK(ids == std::vector<std::string>{"broken", "fifo", "good", "link", "other.1"});
  CHECK(items.at("good").spec.title == "Title of good");
  CHECK(items.at("good").broken.empty());
  CHECK_THAT(items.at("broken").broken, Catch::StartsWith(".chant/specs/broken.md:"));
  CHECK_THAT(items.at("link").broken, Catch::Contains("is a symbolic link"));
  CHECK_THAT(items.at("fifo").broken, Catch::Contains("is not a regular file"));
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Catch::Contains("'-bad name.md'"));
}

TEST_CASE("a directory of specs that is a link is refused", "[record]") {
  SpecRepo repo;
  repo.write("elsewhere/x.md", "x");
  std::filesystem::create_directory(repo.path() / ".chant");
  std::filesystem::create_directory_symlink("../elsewhere", repo.path() / ".chant/specs");
  std::vector<std::string> notes;
  CHECK_THROWS_AS(load_specs(repo.repository(), notes), Error);
}

TEST_CASE("the state of a spec comes from files, refs, locks and the journal", "[record]") {
  SpecRepo repo;
  repo.commit_specs({"bare", "claimed", "conflict", "failed", "forged", "interrupted", "ready",
                     "sealed", "retried"});
  repo.commit({{spec_path("done"), test::spec_text("Done", "status: completed\n")},
               {spec_path("waits"), test::spec_text("W", "depends_on: [sealed, done]\n")}});
  const std::string tip = seal_branch(repo, "sealed", "spec/");
  seal_branch(repo, "conflict", "spec/");
  // What an agent writes into the spec file is no seal.
  repo.commit_on("spec/forged", "main",
                 {{spec_path("forged"), test::spec_text("F", "status: completed\n")}});
  repo.git("branch spec/bare main");
  Workspace workspace = repo.workspace();
  const auto claim = FileLock::try_acquire(claim_path(workspace.repository(), "claimed"));
  end_attempt(workspace, "failed", "no_commit", "made no commit");
  end_attempt(workspace, "conflict", "conflict", "conflicts in 'file'");
  end_attempt(workspace, "retried", "failed", "it was so");
  workspace.journal().add_reset("retried");
  (void)attempt_of(workspace, "interrupted");

  const Snapshot snapshot = take_snapshot(workspace);
  CHECK(snapshot.target == "refs/heads/main");
  CHECK(snapshot.target_tip == repo.oid("main"));
  CHECK(state_of(snapshot, "bare") == State::ready);
  CHECK(state_of(snapshot, "claimed") == State::in_progress);
  CHECK(state_of(snapshot, "conflict") == State::needs_attention);
  CHECK(snapshot.states.at("conflict").why == "conflicts in 'file'");
  CHECK(state_of(snapshot, "done") == State::completed);
  CHECK(state_of(snapshot, "failed") == State::failed);
  CHECK(snapshot.states.at("failed").why == "made no commit");
  CHECK(state_of(snapshot, "forged") == State::ready);
  CHECK(state_of(snapshot, "interrupted") == State::failed);
  CHECK_THAT(snapshot.states.at("interrupted").why, Catch::StartsWith("interrupted"));
  CHECK(state_of(snapshot, "ready") == State::ready);
  CHECK(state_of(snapshot, "retried") == State::ready);
  CHECK(state_of(snapshot, "sealed") == State::finished);
  CHECK(state_of(snapshot, "waits") == State::blocked);
  CHECK(snapshot.states.at("waits").blocked_by == std::vector<std::string>{"sealed"});
  CHECK(snapshot.branches.at("sealed").tip == tip);
  CHECK(snapshot.branches.at("sealed").sealed);
  CHECK(snapshot.branches.at("sealed").ours);
  CHECK_FALSE(snapshot.branches.at("bare").ours);
  CHECK_FALSE(snapshot.branches.at("forged").sealed);
  CHECK(snapshot.resolve("waits") == "waits");
  CHECK_THROWS_AS(snapshot.resolve("nothing"), Error);
}

TEST_CASE("in branch mode a finished dependency does not block", "[record]") {
  SpecRepo repo;
  repo.config().mode = config::BranchMode::branch;
  repo.commit_specs({"first"});
  repo.commit({{spec_path("second"), test::spec_text("S", "depends_on: [first]\n")}});
  seal_branch(repo, "first", "chant/");
  Workspace workspace = repo.workspace();
  const Snapshot snapshot = take_snapshot(workspace);
  CHECK(state_of(snapshot, "first") == State::finished);
  CHECK(snapshot.branches.at("first").ref == "refs/heads/chant/first");
  CHECK(state_of(snapshot, "second") == State::ready);
}

TEST_CASE("away from the target its own version decides what is final", "[record]") {
  SpecRepo repo;
  repo.commit_specs({"done-there", "done-here"});
  repo.git("branch side");
  repo.commit({{spec_path("done-there"), test::spec_text("T", "status: completed\n")}});
  repo.git("checkout -q side");
  repo.commit({{spec_path("done-here"), test::spec_text("T", "status: completed\n")},
               {spec_path("only-here"), test::spec_text("T", "status: completed\n")}});
  repo.config().target = "main";
  Workspace workspace = repo.workspace();
  const Snapshot snapshot = take_snapshot(workspace);
  CHECK(state_of(snapshot, "done-there") == State::completed);
  CHECK(state_of(snapshot, "done-here") == State::ready);
  CHECK(state_of(snapshot, "only-here") == State::ready);
}

TEST_CASE("without a target or a commit there still is a snapshot", "[record]") {
  SpecRepo repo;
  repo.commit_specs({"x"});
  SECTION("detached") {
    repo.git("checkout -q --detach");
    Workspace workspace = repo.workspace();
    const Snapshot snapshot = take_snapshot(workspace);
    CHECK(snapshot.target.empty());
    CHECK(state_of(snapshot, "x") == State::ready);
    CHECK_THROWS_WITH(workspace.require_target(), Catch::Contains("HEAD is detached"));
  }
  SECTION("no commit") {
    repo.git("checkout -q --orphan fresh");
    Workspace workspace = repo.workspace();
    const Snapshot snapshot = take_snapshot(workspace);
    CHECK(snapshot.target_tip.empty());
    CHECK(state_of(snapshot, "x") == State::ready);
    CHECK_THROWS_WITH(workspace.require_target(), Catch::Contains("no commit yet"));
  }
}

TEST_CASE("attempts whose process is gone are settled once, live ones are left alone", "[record]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"gone", "alive"});
  const std::string tip = repo.work_on("gone", base, {{"file", "2"}});
  Workspace workspace = repo.workspace();
  CHECK(settle_interrupted(workspace).empty());
  (void)attempt_of(workspace, "gone");
  (void)attempt_of(workspace, "alive");
  {
    const auto claim = FileLock::try_acquire(claim_path(workspace.repository(), "alive"));
    const auto lines = settle_interrupted(workspace);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0] == "attempt 1 of gone was interrupted; its work is on spec/gone");
    CHECK(settle_interrupted(workspace).empty());
  }
  const journal::Attempt settled = workspace.journal().last_attempts().at("gone");
  CHECK(settled.exit_class == "killed");
  CHECK(settled.tip == tip);
  CHECK(settle_interrupted(workspace).size() == 1);  // now the other is gone too
}

TEST_CASE("sealed work is found on the branch it names, unless that is somebody's own",
          "[record]") {
  for (const auto& [branch, found] : {std::pair{"team/a", true}, std::pair{"feature", false}}) {
    SpecRepo repo;
    repo.commit_specs({"a"});
    const std::string tip = repo.work_on("a", "main", {{"of-a", "1"}}, "spec/");
    Workspace workspace = repo.workspace();
    const std::string seal =
        make_seal(workspace, "a", tip, {{tip}, "2026-11-21T01:02:03Z", "", branch});
    repo.git("update-ref -d refs/heads/spec/a");
    repo.git(std::string("update-ref refs/heads/") + branch + " " + seal);
    repo.git("update-ref refs/chant/spec/a/tip " + seal);
    Workspace later = repo.workspace();
    CHECK(find_sealed_branch(later, "a").has_value() == found);
  }
}
