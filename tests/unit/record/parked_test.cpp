#include "record/parked.h"

#include "git/worktree.h"
#include "record/keep.h"
#include "record/snapshot.h"
#include "support/catch.h"
#include "support/spec_repo.h"

using namespace chant;
using namespace chant::record;
using test::SpecRepo;
namespace fs = std::filesystem;

namespace {

Parked some_packet(const SpecRepo& repo, const std::string& id) {
  Parked parked;
  parked.id = id;
  parked.kind = "conflict";
  parked.reason = "conflicts with 'main' in 'file'";
  parked.next = "git chant reconcile --resolve " + id;
  parked.target = "refs/heads/main";
  parked.branch = "refs/heads/spec/" + id;
  parked.tip = repo.oid(parked.branch);
  parked.at = 1767323045;
  parked.ours = repo.oid("main");
  parked.theirs = parked.tip;
  parked.files = {{"fi\xffle", "contents", "", parked.ours, parked.tip}};
  parked.our_commits = {{parked.ours, "Ours", ""}};
  parked.their_commits = {{parked.tip, "Theirs \x01 \xc3\xa4", id}};
  parked.first_pair = {parked.our_commits[0], parked.their_commits[0]};
  parked.merged = repo.oid("main^{tree}");
  parked.scratch = "/somewhere/scr\xe4tch";
  return parked;
}

void make_parked(Workspace& workspace, const Parked& parked) {
  REQUIRE_FALSE(workspace.refs().change({park(workspace, parked)}));
}

SpecRepo& with_work(SpecRepo& repo) {
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"file", "theirs\n"}});
  return repo;
}

}  // namespace

TEST_CASE("a packet is read back as it was written, bytes that are no text too", "[record]") {
  SpecRepo repo;
  Workspace workspace = with_work(repo).workspace();
  const Parked parked = some_packet(repo, "x");
  CHECK(load_parked(workspace).empty());
  make_parked(workspace, parked);
  const auto all = load_parked(workspace);
  REQUIRE(all.size() == 1);
  const Parked& found = all.at("x");
  CHECK(found.kind == "conflict");
  CHECK(found.reason == parked.reason);
  CHECK(found.next == parked.next);
  CHECK(found.target == parked.target);
  CHECK(found.at == parked.at);
  CHECK(found.ours == parked.ours);
  CHECK(found.theirs == parked.theirs);
  REQUIRE(found.files.size() == 1);
  CHECK(found.files[0].path == "fi\xffle");
  CHECK(found.files[0].base.empty());
  CHECK(found.files[0].theirs == parked.tip);
  CHECK(found.their_commits.at(0).subject == "Theirs \x01 \xc3\xa4");
  CHECK(found.first_pair->second.spec == "x");
  CHECK(found.merged == parked.merged);
  CHECK(found.scratch == parked.scratch);
}

TEST_CASE("a packet keeps both sides and the marked-up text reachable", "[record]") {
  SpecRepo repo;
  Workspace workspace = with_work(repo).workspace();
  const Parked parked = some_packet(repo, "x");
  make_parked(workspace, parked);
  CHECK(repo.git("rev-list --parents -1 refs/chant/parked/x") ==
        repo.oid("refs/chant/parked/x") + " " + parked.ours + " " + parked.theirs);
  CHECK(repo.git("show refs/chant/parked/x:merged/file") == "1");
  CHECK(repo.git("fsck --strict").empty());
}

TEST_CASE("a packet holds for one tip of the branch alone", "[record]") {
  SpecRepo repo;
  Workspace workspace = with_work(repo).workspace();
  make_parked(workspace, some_packet(repo, "x"));
  const std::string tip = repo.oid("spec/x");
  CHECK(find_parked(workspace, "x"));
  CHECK_FALSE(find_parked(workspace, "y"));
  repo.commit_on("spec/x", "", {{"more", "1\n"}});
  CHECK_FALSE(find_parked(workspace, "x"));
  CHECK(load_parked(workspace).empty());
  repo.git("update-ref refs/heads/spec/x " + tip);
  CHECK(find_parked(workspace, "x"));
  repo.git("branch -q -D spec/x");
  CHECK_FALSE(find_parked(workspace, "x"));
}

TEST_CASE("what is no packet parks nothing", "[record]") {
  SpecRepo repo;
  Workspace workspace = with_work(repo).workspace();
  repo.git("update-ref refs/chant/parked/x main");
  CHECK(load_parked(workspace).empty());
  repo.git("update-ref refs/chant/parked/x main^{tree}");
  CHECK(load_parked(workspace).empty());
  repo.commit_on("odd", "main", {{"packet.json", "{\"version\": 1, \"id\": 7}"}});
  repo.git("update-ref refs/chant/parked/x odd");
  CHECK(load_parked(workspace).empty());
  CHECK(take_snapshot(workspace).states.at("x").state == spec::State::ready);
}

TEST_CASE("a later packet replaces the earlier one, and it can be dropped", "[record]") {
  SpecRepo repo;
  Workspace workspace = with_work(repo).workspace();
  Parked parked = some_packet(repo, "x");
  CHECK(unpark(workspace, "x").empty());
  make_parked(workspace, parked);
  parked.kind = "gate";
  parked.merged = parked.ours = parked.theirs = "";
  make_parked(workspace, parked);
  CHECK(find_parked(workspace, "x")->kind == "gate");
  REQUIRE_FALSE(workspace.refs().change(unpark(workspace, "x")));
  CHECK_FALSE(find_parked(workspace, "x"));
  CHECK_FALSE(repo.has_ref(parked_ref("x")));
}

TEST_CASE("a parked spec needs a person, with the reason", "[record]") {
  SpecRepo repo;
  Workspace workspace = with_work(repo).workspace();
  make_parked(workspace, some_packet(repo, "x"));
  const Snapshot snapshot = take_snapshot(workspace);
  CHECK(snapshot.states.at("x").state == spec::State::needs_attention);
  CHECK(snapshot.states.at("x").why == "conflicts with 'main' in 'file'");
  CHECK(snapshot.parked.at("x").next == "git chant reconcile --resolve x");
  repo.commit({{record::spec_path("x"), test::spec_text("X", "status: cancelled\n")}});
  CHECK(take_snapshot(workspace).states.at("x").state == spec::State::cancelled);
}

TEST_CASE("a scratch worktree is saved before it goes, with its packet", "[record]") {
  SpecRepo repo;
  Workspace workspace = with_work(repo).workspace();
  make_parked(workspace, some_packet(repo, "x"));
  const fs::path scratch = git::make_worktree_directory(repo.beside("root"), "chant-x");
  git::add_detached_worktree(repo.repository(), scratch, "spec/x");
  git::mark_worktree(scratch, "x", git::Owner::scratch);
  SpecRepo::git_in(scratch, "reset -q --hard");
  std::ofstream(scratch / "file") << "half\n";
  CHECK(put_scratch_aside(workspace, "y").empty());
  CHECK(drop_parked(workspace, "x").size() == 1);
  CHECK_FALSE(fs::exists(scratch));
  CHECK(repo.git("show refs/chant/spec/x/1:file") == "half");
  CHECK_FALSE(repo.has_ref(parked_ref("x")));
  CHECK(drop_parked(workspace, "x").empty());
}

TEST_CASE("a commit that only a scratch worktree has is kept", "[record]") {
  SpecRepo repo;
  Workspace workspace = with_work(repo).workspace();
  const fs::path scratch = git::make_worktree_directory(repo.beside("root"), "chant-x");
  git::add_detached_worktree(repo.repository(), scratch, "spec/x");
  git::mark_worktree(scratch, "x", git::Owner::scratch);
  SpecRepo::git_in(scratch, "reset -q --hard");
  CHECK(unkept_commit(scratch).empty());
  SpecRepo::git_in(scratch, "commit -q --allow-empty -m Mine");
  const std::string mine = SpecRepo::git_in(scratch, "rev-parse HEAD");
  CHECK(unkept_commit(scratch) == mine);
  CHECK(put_scratch_aside(workspace, "x").size() == 1);
  CHECK(repo.oid("refs/chant/spec/x/1") == mine);
}
