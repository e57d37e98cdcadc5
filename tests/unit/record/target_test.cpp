#include "record/target.h"

#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"

#include <sys/wait.h>
#include <unistd.h>

using namespace chant;
using namespace chant::record;
using test::GitRepo;
using test::SpecRepo;

TEST_CASE("new spec files are committed with nothing else of the user's", "[record]") {
  SpecRepo repo;
  const std::string before = repo.oid("main");
  repo.write("file", "staged\n");
  repo.write("added", "staged\n");
  repo.git("add file added");
  repo.write("file", "edited\n");
  repo.write("untracked", "mine\n");
  repo.write(spec_path("x"), "new\n");
  repo.write(spec_path("y"), "new too\n");
  Workspace workspace = repo.workspace();
  const std::string made = commit_on_target(workspace, {{spec_path("x"), "new\n"}},
                                            "chant: add 1 spec\n", Files::in_checkout);
  CHECK(repo.oid("main") == made);
  CHECK(repo.oid("main^") == before);
  CHECK(repo.git("diff --name-status " + before + " main") == "A\t.chant/specs/x.md");
  CHECK(repo.git("show main:.chant/specs/x.md") == "new");
  CHECK(repo.status() == "A  added\nMM file\n?? .chant/specs/y.md\n?? untracked");
  CHECK(workspace.journal().open_landings().empty());
  CHECK(commit_on_target(workspace, {{spec_path("x"), "new\n"}}, "again\n", Files::in_checkout) ==
        made);
}

TEST_CASE("a spec that the user has staged is committed as it is in the file", "[record]") {
  SpecRepo repo;
  repo.write(spec_path("x"), "staged\n");
  repo.git("add .chant");
  repo.write(spec_path("x"), "edited\n");
  Workspace workspace = repo.workspace();
  commit_on_target(workspace, {{spec_path("x"), "edited\n"}}, "add\n", Files::in_checkout);
  CHECK(repo.git("show main:.chant/specs/x.md") == "edited");
  CHECK(repo.status().empty());
}

TEST_CASE("files of a checkout are committed as git would store them", "[record]") {
  SpecRepo repo;
  repo.commit({{".gitattributes", "*.md text eol=crlf\n"}});
  repo.write(spec_path("x"), "one\r\ntwo\r\n");
  Workspace workspace = repo.workspace();
  commit_on_target(workspace, {{spec_path("x"), "one\r\ntwo\r\n"}}, "add\n", Files::in_checkout);
  CHECK(repo.git("cat-file blob main:.chant/specs/x.md") == "one\ntwo");
  CHECK(repo.status().empty());
}

TEST_CASE("metadata is written to the target and to its checkouts", "[record]") {
  SpecRepo repo;
  repo.commit_specs({"x"});
  const auto linked = repo.beside("linked");
  repo.git({"worktree", "add", "-q", "-f", linked.string(), "main"});
  repo.write("other", "mine\n");
  Workspace workspace = repo.workspace();
  CHECK(checkouts_of(workspace, "refs/heads/main") ==
        std::vector<std::filesystem::path>{repo.path(), linked});
  commit_on_target(workspace, {{spec_path("x"), "changed\n"}}, "change\n", Files::to_be_written);
  CHECK(repo.read(spec_path("x")) == "changed\n");
  CHECK(repo.status() == " M other");
  CHECK(GitRepo::git_in(linked, "status --porcelain").empty());
}

TEST_CASE("what the user has not committed in the same file is in the way", "[record]") {
  SpecRepo repo;
  const std::string before = repo.commit_specs({"x"});
  repo.write(spec_path("x"), "mine\n");
  Workspace workspace = repo.workspace();
  CHECK_THROWS_WITH(
      commit_on_target(workspace, {{spec_path("x"), "ours\n"}}, "change\n", Files::to_be_written),
      "uncommitted changes in '.chant/specs/x.md' are in the way");
  CHECK(repo.oid("main") == before);
  CHECK(repo.read(spec_path("x")) == "mine\n");
  CHECK(workspace.journal().open_landings().empty());
}

TEST_CASE("a target that is not checked out moves alone", "[record]") {
  SpecRepo repo;
  repo.commit_specs({"x"});
  repo.git("checkout -q -b side");
  repo.config().target = "main";
  Workspace workspace = repo.workspace();
  commit_on_target(workspace, {{spec_path("x"), "changed\n"}}, "change\n", Files::to_be_written);
  CHECK(repo.git("show main:.chant/specs/x.md") == "changed");
  CHECK(repo.status().empty());
  repo.config().target = "absent";
  Workspace lost = repo.workspace();
  CHECK_THROWS_WITH(commit_on_target(lost, {{"a", "b"}}, "x\n", Files::to_be_written),
                    "the target branch 'absent' does not exist");
}

TEST_CASE("a landing that was killed is taken back by the next command", "[record]") {
  SpecRepo repo;
  const std::string from = repo.oid("main");
  const std::string to = repo.commit_on("next", "main", {{"file", "2\n"}, {"new", "2\n"}});
  Workspace workspace = repo.workspace();
  CHECK(recover_advances(workspace).empty());
  repo.write("other", "mine\n");
  (void)workspace.journal().begin_landing(
      {0, "x", "refs/heads/main", from, to, {repo.path().string()}});
  SECTION("before its branch moved") {
    repo.git("read-tree -m -u " + from + " " + to);
    const auto lines = recover_advances(workspace);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0] == "a landing of x was interrupted; 'main' is as before");
    CHECK(repo.read("file") == "1\n");
    CHECK_FALSE(repo.has("new"));
  }
  SECTION("after its branch moved") {
    repo.git("read-tree -m -u " + from + " " + to);
    repo.git("update-ref refs/heads/main " + to);
    CHECK(recover_advances(workspace).empty());
    CHECK(repo.read("file") == "2\n");
  }
  CHECK(repo.status() == " M other");
  CHECK(workspace.journal().open_landings().empty());
}

TEST_CASE("a killed commit of a new spec never takes the user's file away", "[record]") {
  SpecRepo repo;
  const std::string from = repo.oid("main");
  repo.write(spec_path("x"), "only here\n");
  const std::filesystem::path real = *process::find_program("git");
  const test::TempDir programs;
  // git, which kills its caller after it has set the index entry.
  const auto wrapper = programs.write("git", "#!/bin/sh\n" + real.string() +
                                                 " \"$@\" || exit\ncase \" $* \" in\n"
                                                 "*\" update-index --add \"*) kill -9 $PPID ;;\n"
                                                 "esac\n");
  std::filesystem::permissions(wrapper, std::filesystem::perms::owner_all);
  const pid_t child = fork();
  if (child == 0) {
    const std::string path = programs.path().string() + ":" + ::getenv("PATH");
    ::setenv("PATH", path.c_str(), 1);
    Workspace workspace = repo.workspace();
    (void)commit_on_target(workspace, {{spec_path("x"), "only here\n"}}, "add\n",
                           Files::in_checkout);
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(repo.status() == "A  .chant/specs/x.md");
  Workspace workspace = repo.workspace();
  REQUIRE(workspace.journal().open_landings().size() == 1);
  (void)recover_advances(workspace);
  CHECK(repo.read(spec_path("x")) == "only here\n");
  CHECK(repo.oid("main") == from);
  CHECK(workspace.journal().open_landings().empty());
  commit_on_target(workspace, {{spec_path("x"), "only here\n"}}, "add\n", Files::in_checkout);
  CHECK(repo.status().empty());
}

TEST_CASE("what should have moved with a target moves when the landing was killed", "[record]") {
  SpecRepo repo;
  const std::string from = repo.oid("main");
  const std::string to = repo.commit_on("next", "main", {{"file", "2\n"}});
  repo.git("branch spec/x next");
  repo.git("branch spec/moved main");
  repo.git("update-ref refs/chant/done " + to);
  Workspace workspace = repo.workspace();
  (void)workspace.journal().begin_landing(
      {0,
       "x",
       "refs/heads/main",
       from,
       to,
       {},
       {"refs/heads/spec/x " + to + " -", "refs/heads/spec/moved " + to + " -",
        "refs/chant/done - " + to, "refs/chant/open - " + to}});
  SECTION("after the target moved") {
    repo.git("reset -q --hard " + to);
    CHECK(recover_advances(workspace).empty());
    CHECK_FALSE(repo.has_ref("refs/heads/spec/x"));
    CHECK(repo.oid("refs/chant/open") == to);
  }
  SECTION("but not before the target moved") {
    CHECK(recover_advances(workspace).size() == 1);
    CHECK(repo.oid("refs/heads/spec/x") == to);
    CHECK_FALSE(repo.has_ref("refs/chant/open"));
  }
  SECTION("nor when it is somewhere else by now") {
    repo.commit({{"more", "1\n"}});
    CHECK(recover_advances(workspace).empty());
    CHECK(repo.oid("refs/heads/spec/x") == to);
  }
  CHECK(repo.oid("refs/heads/spec/moved") == from);
  CHECK(workspace.journal().open_landings().empty());
}

TEST_CASE("locks of a git that was killed in a landing are removed by the next command",
          "[record]") {
  SpecRepo repo;
  const std::string from = repo.oid("main");
  const std::string to = repo.commit_on("next", "main", {{"file", "2\n"}});
  repo.write(".git/refs/heads/main.lock", "");
  Workspace workspace = repo.workspace();
  const auto id = workspace.journal().begin_landing({0, "x", "refs/heads/main", from, to, {}});
  SECTION("when it is gone") {
    const pid_t gone = fork();
    if (gone == 0) _exit(0);
    REQUIRE(waitpid(gone, nullptr, 0) == gone);
    workspace.journal().set_landing_locks(
        id, git::lock_files(repo.repository(), {"refs/heads/main"}), gone);
    CHECK(recover_advances(workspace).size() == 1);
    CHECK_FALSE(repo.has(".git/refs/heads/main.lock"));
    CHECK(workspace.journal().open_landings().empty());
  }
  SECTION("but not while it lives") {
    workspace.journal().set_landing_locks(
        id, git::lock_files(repo.repository(), {"refs/heads/main"}), getpid());
    const auto lines = recover_advances(workspace);
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0], Catch::EndsWith("has refs locked"));
    CHECK(repo.has(".git/refs/heads/main.lock"));
    CHECK(workspace.journal().open_landings().size() == 1);
  }
}

TEST_CASE("an operation in progress in any checkout of the target is in the way", "[record]") {
  SpecRepo repo;
  const auto linked = repo.beside("linked");
  repo.git({"worktree", "add", "-q", "-f", linked.string(), "main"});
  Workspace workspace = repo.workspace();
  CHECK_NOTHROW(require_quiet_checkouts(workspace, "refs/heads/main"));
  GitRepo::git_in(linked, "update-ref MERGE_HEAD HEAD");
  CHECK_THROWS_WITH(require_quiet_checkouts(workspace, "refs/heads/main"),
                    "a merge is in progress in '" + linked.string() + "'");
  CHECK_NOTHROW(require_quiet_checkouts(workspace, "refs/heads/other"));
}
