#include "git/tree.h"

#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <unistd.h>

#include <algorithm>

using namespace chant;
using namespace chant::git;
using test::GitRepo;

namespace {

// What git itself makes of the same change: index, add, write-tree.
std::string tree_by_git(const GitRepo& repo, const std::string& commit,
                        const std::map<std::string, std::string>& files) {
  test::Environment environment;
  environment.set("GIT_INDEX_FILE", (repo.path() / ".git/index-of-test").string());
  repo.git("read-tree " + commit);
  for (const auto& [path, blob] : files) {
    const std::string entry = repo.git({"ls-files", "-s", "--", path});
    const std::string mode = entry.compare(0, 3, "100") == 0 ? entry.substr(0, 6) : "100644";
    repo.git({"update-index", "--add", "--cacheinfo", mode + "," + blob + "," + path});
  }
  std::string tree = repo.git("write-tree");
  std::filesystem::remove(repo.path() / ".git/index-of-test");
  return tree;
}

std::vector<std::string> changed_by_git(const GitRepo& repo, const std::string& from,
                                        const std::string& to) {
  std::vector<std::string> paths =
      split(repo.git("diff --name-only --no-renames -z " + from + " " + to), '\0');
  paths.pop_back();
  return paths;
}

std::vector<std::string> sorted(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

TEST_CASE("a tree with files is the tree that git would write", "[git]") {
  GitRepo repo;
  repo.write("run.sh", "#!/bin/sh\n");
  std::filesystem::permissions(repo.path() / "run.sh", std::filesystem::perms::all);
  std::filesystem::create_symlink("nowhere", repo.path() / "link");
  // Names around the one place where git's order is not that of the names: "lib" as a directory
  // sorts as "lib/".
  const std::string head = repo.commit({{"lib-x", "1"},
                                        {"lib.c", "1"},
                                        {"lib/a", "1"},
                                        {"lib0", "1"},
                                        {"deep/er/file", "1"},
                                        {"é", "1"}});
  const auto store = open_store(repo.repository(), Use::heavy);
  const std::string blob = store->write_object("blob", "new\n");
  const std::vector<std::vector<std::string>> cases = {{"lib/a"},
                                                       {"lib/b"},
                                                       {"lib/a", "lib/b", "lib.d"},
                                                       {"new"},
                                                       {"new/dir/file"},
                                                       {"deep/er/file"},
                                                       {"deep/file"},
                                                       {"run.sh"},
                                                       {"lib-x", "lib0"},
                                                       {"é", "è"},
                                                       {"deep/er2", "deep/er-x"},
                                                       {"link"},
                                                       {".chant/specs/x.md", ".chant/specs/y.md"}};
  for (const auto& paths : cases) {
    std::map<std::string, std::string> files;
    for (const std::string& path : paths) files[path] = blob;
    INFO(join(paths, " "));
    CHECK(tree_with_files(*store, head, files) == tree_by_git(repo, head, files));
  }
  CHECK(tree_with_files(*store, head, {}) == repo.oid("HEAD^{tree}"));
  repo.git("fsck --strict");
}

TEST_CASE("a file and a directory do not take each other's place", "[git]") {
  GitRepo repo;
  const std::string head = repo.commit({{"file", "1"}, {"dir/a", "1"}});
  const auto store = open_store(repo.repository(), Use::heavy);
  const std::string blob = store->write_object("blob", "new");
  CHECK_THROWS_WITH(tree_with_files(*store, head, {{"file/below", blob}}),
                    Catch::Contains("'file' is not a directory"));
  CHECK_THROWS_WITH(tree_with_files(*store, head, {{"dir", blob}}),
                    Catch::Contains("'dir' is a directory"));
}

TEST_CASE("entries and blobs are found by their path in a commit", "[git]") {
  GitRepo repo;
  std::filesystem::create_symlink("a", repo.path() / "link");
  const std::string head = repo.commit({{"a", "text"}, {"dir/sub/b", "below"}});
  const auto store = open_store(repo.repository(), Use::light);
  CHECK(find_blob(*store, head, "a") == "text");
  CHECK(find_blob(*store, head, "dir/sub/b") == "below");
  for (const char* path : {"no", "dir/no", "a/b", "dir", "dir/sub", "link", "dir/sub/b/c", ""}) {
    INFO(path);
    CHECK_FALSE(find_blob(*store, head, path));
  }
  CHECK(find_entry(*store, head, "link")->mode == "120000");
  CHECK(find_entry(*store, head, "dir/sub")->oid == repo.oid("HEAD:dir/sub"));
  CHECK(find_entry(*store, head, "a")->mode == "100644");
}

TEST_CASE("changed paths are those of git diff", "[git]") {
  GitRepo repo;
  std::vector<std::string> commits = {repo.commit({{"same", "1"},
                                                   {"edited", "1"},
                                                   {"gone", "1"},
                                                   {"dir/same", "1"},
                                                   {"dir/edited", "1"},
                                                   {"moved/x", "text of x"},
                                                   {"becomes-dir", "1"},
                                                   {"becomes-file/a", "1"},
                                                   {"becomes-file/b", "1"},
                                                   {"mode", "1"},
                                                   {"becomes-link", "1"},
                                                   {".chant/specs/a.md", "1"}})};
  repo.git("rm -q gone becomes-dir becomes-link");
  repo.git("rm -qr becomes-file");
  repo.git("mv moved moved2");
  std::filesystem::permissions(repo.path() / "mode", std::filesystem::perms::all);
  std::filesystem::create_symlink("same", repo.path() / "becomes-link");
  commits.push_back(repo.commit({{"edited", "2"},
                                 {"dir/edited", "2"},
                                 {"dir/new/deep", "2"},
                                 {"becomes-dir/a", "2"},
                                 {"becomes-file", "2"},
                                 {"a b\nc\té", "2"},
                                 {".chant/specs/b.md", "2"}}));
  repo.git({"update-index", "--add", "--cacheinfo", "160000," + commits[0] + ",submodule"});
  repo.git({"commit", "-q", "-m", "a submodule"});
  commits.push_back(repo.oid("HEAD"));
  repo.git("checkout -q --orphan empty");
  repo.git("rm -rfq --cached .");
  repo.git("commit -q --allow-empty -m none");
  commits.push_back(repo.oid("HEAD"));
  const auto store = open_store(repo.repository(), Use::heavy);
  for (const std::string& from : commits) {
    for (const std::string& to : commits) {
      CHECK(sorted(changed_paths(*store, from, to, "")) == sorted(changed_by_git(repo, from, to)));
    }
  }
  using Paths = std::vector<std::string>;
  CHECK(changed_paths(*store, commits[0], commits[1], ".chant") == Paths{".chant/specs/b.md"});
  CHECK(changed_paths(*store, commits[0], commits[1], ".chant/specs") ==
        Paths{".chant/specs/b.md"});
  CHECK(changed_paths(*store, commits[0], commits[1], "no").empty());
  CHECK(sorted(changed_paths(*store, commits[1], commits[3], ".chant")) ==
        Paths{".chant/specs/a.md", ".chant/specs/b.md"});
}

TEST_CASE("a commit is read with all it says", "[git]") {
  GitRepo repo;
  repo.environment().set("GIT_AUTHOR_NAME", "Zoë > Ünal");
  repo.environment().set("GIT_COMMITTER_DATE", "1700000000 -0330");
  const std::string base = repo.commit({{"a", "1"}}, "base");
  const std::string side = repo.commit_on("side", base, {{"b", "1"}}, "side");
  repo.git("merge -q --no-ff -m Subject -m Body side");
  const auto store = open_store(repo.repository(), Use::heavy);
  const Commit merge = load_commit(*store, repo.oid("HEAD"));
  CHECK(merge.tree == repo.oid("HEAD^{tree}"));
  CHECK(merge.parents == std::vector<std::string>{base, side});
  CHECK(merge.message == "Subject\n\nBody\n");
  CHECK(merge.committed == 1700000000);
  CHECK(merge.committer == "A U Thor <author@example.com> 1700000000 -0330");
  CHECK(load_commit(*store, base).parents.empty());
}

TEST_CASE("a new commit has the fields that git would give it", "[git]") {
  GitRepo repo;
  repo.environment().set("TZ", "Asia/Kolkata");
  repo.environment().set("GIT_COMMITTER_NAME", "C O Mitter");
  tzset();
  const std::string base = repo.commit({{"a", "1"}});
  const std::string side = repo.commit_on("side", base, {{"b", "1"}});
  const auto store = open_store(repo.repository(), Use::heavy);
  const Identity identity = load_identity(repo.path());
  CHECK(identity.author == "A U Thor <author@example.com>");
  CHECK(identity.committer == "C O Mitter <author@example.com>");
  CHECK_FALSE(identity.sign);
  const std::int64_t before = now_ms() / 1000;
  const std::string made = make_commit(*store, repo.repository(), identity, repo.oid("side^{tree}"),
                                       {base, side}, "One\n\nTwo: 2\n");
  const std::vector<std::string> shown =
      split(repo.git({"show", "-s", "--format=%T|%P|%an <%ae>|%cn <%ce>|%ai|%ci|%B", made}), '|');
  CHECK(shown.at(0) == repo.oid("side^{tree}"));
  CHECK(shown.at(1) == base + " " + side);
  CHECK(shown.at(2) == identity.author);
  CHECK(shown.at(3) == identity.committer);
  CHECK_THAT(shown.at(4), Catch::EndsWith("+0530"));
  CHECK(shown.at(4) == shown.at(5));
  CHECK(trim(shown.at(6)) == "One\n\nTwo: 2");
  CHECK(load_commit(*store, made).committed >= before);
  CHECK(repo.oid("HEAD") == base);  // no ref has moved
  repo.git("fsck --strict");
}

TEST_CASE("a new commit can have another's author, a date and an encoding", "[git]") {
  GitRepo repo;
  repo.environment().set("TZ", "Asia/Kolkata");
  repo.environment().set("GIT_AUTHOR_DATE", "1600000000 +0000");
  tzset();
  const std::string base = repo.commit({{"a", "1"}});
  const auto store = open_store(repo.repository(), Use::heavy);
  Identity identity = load_identity(repo.path());
  SECTION("unsigned") {}
  SECTION("signed") {
    const std::filesystem::path key = repo.beside("key");
    process::Command make;
    make.argv = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.string()};
    if (!process::find_program("ssh-keygen") || !process::succeeded(process::run(make).outcome)) {
      WARN("skipped: no ssh-keygen");
      return;
    }
    repo.git("config gpg.format ssh");
    repo.git("config user.signingKey " + key.string());
    repo.git("config commit.gpgSign true");
    identity = load_identity(repo.path());
    REQUIRE(identity.sign);
  }
  NewCommit wanted{repo.oid("HEAD^{tree}"), {base}, "J\xfcrgen\n\nBody", "", 1700000000};
  wanted.encoding = "ISO-8859-1";
  const Commit own = load_commit(*store, make_commit(*store, repo.repository(), identity, wanted));
  CHECK(own.author == "A U Thor <author@example.com> 1700000000 +0530");
  CHECK(own.committer == own.author);
  CHECK(own.encoding == "ISO-8859-1");
  CHECK(own.message == wanted.message);
  wanted.author = "Some B. Ody <> 1500000000 -0330";
  const std::string made = make_commit(*store, repo.repository(), identity, wanted);
  CHECK(load_commit(*store, made).author == wanted.author);
  CHECK(load_commit(*store, made).committer == own.committer);
  CHECK((repo.git("cat-file commit " + made).find("\ngpgsig ") != std::string::npos) ==
        identity.sign);
  repo.git("fsck --strict");
}

TEST_CASE("without an identity nothing is committed", "[git]") {
  GitRepo repo;
  repo.commit({{"a", "1"}});
  for (const char* name : {"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME",
                           "GIT_COMMITTER_EMAIL", "EMAIL"}) {
    repo.environment().set(name, std::nullopt);
  }
  repo.git("config user.useConfigOnly true");
  CHECK_THROWS_WITH(load_identity(repo.path()), "git does not know who you are");
  repo.git({"config", "user.name", "From Config"});
  repo.git("config user.email config@example.com");
  repo.git("config commit.gpgSign yes");
  const Identity identity = load_identity(repo.path());
  CHECK(identity.author == "From Config <config@example.com>");
  CHECK(identity.sign);
}

TEST_CASE("a damaged tree is an error", "[git]") {
  GitRepo repo;
  repo.commit({{"a", "1"}});
  const auto store = make_libgit2_store(repo.repository());
  REQUIRE(store);
  const std::string cut = store->write_object("tree", std::string("100644 a\0short", 14));
  CHECK_THROWS_WITH(load_tree(*store, cut), Catch::Contains("is damaged"));
}
