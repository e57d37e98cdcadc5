#include "land/resolution.h"

#include "git/worktree.h"
#include "land/merge.h"
#include "land/packet.h"
#include "record/seal.h"
#include "record/snapshot.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"
#include "util/file.h"

using namespace chant;
using namespace chant::land;
using record::Parked;
using test::GitRepo;
using test::SpecRepo;
namespace fs = std::filesystem;

namespace {

// The sealed branch of `x` and the target have both changed `file`; the target also `other`.
class Scene {
 public:
  Scene() {
    repo_.config().worktree_root = repo_.beside("root");
    repo_.commit_specs({"x"});
    const std::string work = repo_.work_on("x", "main", {{"file", "theirs\n"}});
    record::Workspace sealing = repo_.workspace();
    const std::string seal = record::make_seal(sealing, "x", work, {{work}, "2026-01-02", "", ""});
    repo_.git("update-ref refs/heads/spec/x " + seal);
    repo_.git("update-ref refs/chant/spec/x/tip " + seal);
    repo_.commit({{"file", "ours\n"}, {"other", "ours too\n"}});
    workspace_.emplace(repo_.workspace());
    parked_ = packet();
  }

  Parked packet() {
    Entry entry;
    entry.id = "x";
    entry.branch = "refs/heads/spec/x";
    entry.branch_tip = entry.tip = repo_.oid("spec/x");
    const std::string ours = repo_.oid("main");
    return describe_conflict(*workspace_, repo_.path(), "refs/heads/main", entry,
                             {ours, entry.tip, merge(*workspace_, repo_.path(), ours, entry.tip)});
  }
  fs::path make() {
    scratch_ = make_scratch(*workspace_, parked_, parked_.ours);
    return scratch_;
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_ / name) << text;
  }
  std::string git(const std::string& words) const { return GitRepo::git_in(scratch_, words); }
  void resolve(const std::string& text = "both\nours\ntheirs\n") const {
    write("file", text);
    git("add file");
  }
  std::string fault(By by = By::agent) {
    const Resolution looked = look_at_resolution(*workspace_, parked_, by);
    const auto* unresolved = std::get_if<Unresolved>(&looked);
    return unresolved == nullptr ? "" : unresolved->reason;
  }
  std::string resolved(By by = By::agent) {
    const Resolution looked = look_at_resolution(*workspace_, parked_, by);
    INFO(fault());
    REQUIRE(std::holds_alternative<Resolved>(looked));
    return std::get<Resolved>(looked).tip;
  }
  SpecRepo& repo() { return repo_; }
  record::Workspace& workspace() { return *workspace_; }
  Parked& parked() { return parked_; }

 private:
  SpecRepo repo_;
  std::optional<record::Workspace> workspace_;
  Parked parked_;
  fs::path scratch_;
};

}  // namespace

TEST_CASE("a scratch worktree has the merge in progress, with the conflicts marked", "[land]") {
  Scene scene;
  const std::string main = scene.repo().oid("main");
  const fs::path scratch = scene.make();
  CHECK(scratch.parent_path() == scene.repo().beside("root"));
  CHECK(scene.git("rev-parse HEAD") == scene.parked().tip);
  CHECK(scene.git("rev-parse MERGE_HEAD") == main);
  CHECK(scene.git("diff --name-only --diff-filter=U") == "file");
  CHECK_THAT(load_file(scratch / "file", 4096), Catch::StartsWith("<<<<<<< HEAD"));
  CHECK(load_file(scratch / "other", 4096) == "ours too\n");
  CHECK(scene.repo().oid("main") == main);
  CHECK(scene.repo().status().empty());
  const auto found = record::find_parked(scene.workspace(), "x");
  REQUIRE(found);
  CHECK(found->scratch == scratch.string());
  CHECK(found->next == "git chant reconcile --continue");
  const auto marked = git::marked_worktrees(scene.repo().repository());
  REQUIRE(marked.size() == 1);
  CHECK(marked[0].owner == git::Owner::scratch);
  CHECK(marked[0].spec == "x");
}

TEST_CASE("a spec file that git cannot merge and we can is no conflict in it", "[land]") {
  Scene scene;
  const std::string path = record::spec_path("x");
  scene.repo().commit({{path, test::spec_text("Title of x", "status: in_progress\n")}});
  scene.parked() = scene.packet();
  scene.make();
  CHECK(scene.git("diff --name-only --diff-filter=U") == "file");
  scene.resolve();
  CHECK(scene.fault().empty());
}

TEST_CASE("what was not resolved is said", "[land]") {
  Scene scene;
  scene.make();
  CHECK(scene.fault() == "'file' is still in conflict (git add it when it is not)");
  scene.git("add file");
  CHECK_THAT(scene.fault(), Catch::StartsWith("a conflict marker is left in 'file'"));
  scene.resolve("theirs\n");
  CHECK(scene.fault() == "a change of 'main' is gone from 'file': ours");
  scene.resolve();
  scene.write("other", "1\n");
  CHECK(scene.fault() == "'other' is not committed");
  scene.git("add other");
  CHECK(scene.fault() == "a change of 'main' is gone from 'other': ours too");
  CHECK(scene.git("rev-parse HEAD") == scene.parked().tip);
  scene.git("merge --abort");
  CHECK(scene.fault() == "the merge of 'main' was given up");
}

TEST_CASE("what is left in a scratch worktree is an agent's fault, not a person's", "[land]") {
  Scene scene;
  scene.make();
  scene.resolve();
  scene.write("file.orig", "left by a tool\n");
  CHECK(scene.fault() == "'file.orig' is not committed");
  CHECK_FALSE(scene.resolved(By::person).empty());
}

TEST_CASE("a resolution that left the branch is none", "[land]") {
  Scene scene;
  scene.make();
  scene.git("checkout -q -f --detach main");
  CHECK(scene.fault() == "it is not based on 'spec/x'");
  scene.git("checkout -q -b elsewhere");
  CHECK_THAT(scene.fault(), Catch::StartsWith("'elsewhere' is checked out there"));
}

TEST_CASE("a criterion that is no longer ticked is said", "[land]") {
  Scene scene;
  scene.make();
  scene.resolve();
  scene.write(record::spec_path("x"), test::spec_text("Title of x"));
  scene.git("add .chant");
  CHECK_THAT(scene.fault(), Catch::Contains("open"));
  scene.git("rm -q -f .chant/specs/x.md");
  CHECK(scene.fault() == "'.chant/specs/x.md' is not a spec any more");
}

TEST_CASE("a merge that was left to commit is committed", "[land]") {
  Scene scene;
  scene.make();
  scene.resolve();
  const std::string tip = scene.resolved();
  CHECK(scene.git("rev-parse HEAD") == tip);
  CHECK(scene.repo().git("log -1 --format=%P " + tip) ==
        scene.parked().tip + " " + scene.parked().ours);
  CHECK(scene.repo().git("log -1 --format=%B " + tip) == "chant(x): merge main\n\nChant-Spec: x\n");
  CHECK(scene.resolved() == tip);
}

TEST_CASE("a resolution becomes the branch, sealed, and the spec is parked no more", "[land]") {
  Scene scene;
  const fs::path scratch = scene.make();
  scene.resolve();
  scene.git("commit -q -m Resolved");
  const std::string tip = scene.resolved();
  take_resolution(scene.workspace(), scene.parked(), tip);
  CHECK(scene.repo().oid("spec/x^") == tip);
  CHECK(scene.repo().oid("refs/chant/spec/x/tip") == scene.repo().oid("spec/x"));
  CHECK_FALSE(scene.repo().has_ref("refs/chant/parked/x"));
  CHECK_FALSE(fs::exists(scratch));
  CHECK(record::take_snapshot(scene.workspace()).states.at("x").state == spec::State::finished);
  const spec::Spec spec = scene.repo().spec_at("spec/x", "x");
  CHECK(spec.status == "completed");
  CHECK(spec.commits.size() == 1);
  CHECK(merge(scene.workspace(), scene.repo().path(), scene.repo().oid("main"),
              scene.repo().oid("spec/x"))
            .clean());
}

TEST_CASE("a branch that moved meanwhile is not taken to the resolution", "[land]") {
  Scene scene;
  const fs::path scratch = scene.make();
  scene.resolve();
  const std::string tip = scene.resolved();
  const std::string moved = scene.repo().commit_on("spec/x", "", {{"more", "1\n"}});
  CHECK_THROWS_AS(take_resolution(scene.workspace(), scene.parked(), tip), Error);
  CHECK(scene.repo().oid("spec/x") == moved);
  CHECK(fs::exists(scratch));
}

TEST_CASE("a checkout of the branch follows, or nothing moves", "[land]") {
  Scene scene;
  scene.make();
  scene.resolve();
  const std::string tip = scene.resolved();
  const fs::path mine = scene.repo().beside("mine");
  scene.repo().git({"worktree", "add", "-q", mine.string(), "spec/x"});
  std::ofstream(mine / "file") << "changed\n";
  CHECK_THROWS_WITH(take_resolution(scene.workspace(), scene.parked(), tip),
                    Catch::StartsWith("uncommitted changes in 'file'"));
  CHECK(scene.repo().oid("spec/x") == scene.parked().tip);
  GitRepo::git_in(mine, "checkout -q file");
  take_resolution(scene.workspace(), scene.parked(), tip);
  CHECK(GitRepo::git_in(mine, "status --porcelain").empty());
  CHECK(scene.repo().read("../mine/file") == "both\nours\ntheirs\n");
}

TEST_CASE("a new scratch worktree replaces the old one, which is saved", "[land]") {
  Scene scene;
  const fs::path first = scene.make();
  scene.resolve("my idea\n");
  const fs::path second = scene.make();
  CHECK(first == second);
  CHECK(scene.repo().git("show refs/chant/spec/x/1:file") == "my idea");
  CHECK(scene.git("diff --name-only --diff-filter=U") == "file");
  fs::remove_all(second);
  CHECK_THAT(scene.fault(), Catch::EndsWith("is gone"));
  CHECK(fs::exists(scene.make()));
}
