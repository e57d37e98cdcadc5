// Both implementations of the Store pass the same tests.
#include "git/store.h"

#include "git/tree.h"
#include "process/command.h"
#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"

#include <algorithm>

using namespace chant;
using namespace chant::git;
using test::GitRepo;

namespace {

enum class Kind { libgit2, coprocess };

std::unique_ptr<Store> open(Kind kind, const GitRepo& repo) {
  auto store = kind == Kind::libgit2 ? make_libgit2_store(repo.repository())
                                     : make_coprocess_store(repo.repository());
  REQUIRE(store);
  REQUIRE(store->kind() == (kind == Kind::libgit2 ? "libgit2" : "git"));
  return store;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return list;
}

std::vector<std::string> names(const std::vector<Ref>& refs) {
  std::vector<std::string> result;
  for (const Ref& ref : refs) result.push_back(ref.name);
  return sorted(result);
}

const std::string kAbsent(40, '1');

}  // namespace

TEST_CASE("a store gives every type of object as git has it", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  GitRepo repo;
  const std::string bytes("text\n\0\r\nmore\n", 13);
  const std::string head = repo.commit({{"file", bytes}, {"dir/empty", ""}});
  repo.git("tag -a -m note v1");
  const auto store = open(kind, repo);
  const auto blob = store->find_object(repo.oid("HEAD:file"));
  REQUIRE(blob);
  CHECK(blob->type == "blob");
  CHECK(blob->content == bytes);
  CHECK(store->find_object(repo.oid("HEAD:dir/empty"))->content.empty());
  CHECK(store->find_object(head)->type == "commit");
  CHECK(store->find_object(head)->content + "" == repo.git("cat-file commit " + head) + "\n");
  CHECK(store->find_object(repo.oid("HEAD^{tree}"))->type == "tree");
  CHECK(store->find_object(repo.oid("v1"))->type == "tag");
}

TEST_CASE("a store says when an object is not there, and goes on", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  GitRepo repo;
  const std::string head = repo.commit({{"file", "x"}});
  const auto store = open(kind, repo);
  CHECK_FALSE(store->find_object(kAbsent));
  CHECK_FALSE(store->find_object(""));
  CHECK_FALSE(store->find_object("HEAD"));             // an object id is meant
  CHECK_FALSE(store->find_object(head.substr(0, 7)));  // a whole one
  CHECK_FALSE(store->find_object("two words"));
  CHECK(store->find_object(head));
  CHECK_THROWS_WITH(load_commit(*store, kAbsent), Catch::Contains("is missing"));
  CHECK_THROWS_WITH(load_commit(*store, repo.oid("HEAD:file")), Catch::Contains("is a blob"));
}

TEST_CASE("a store sees what git adds, loose and packed", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  GitRepo repo;
  const std::string first = repo.commit({{"file", "1"}});
  const auto store = open(kind, repo);
  REQUIRE(store->find_object(first));
  const std::string second = repo.commit({{"file", "2"}});
  CHECK(store->find_object(second));
  CHECK(store->find_ref("refs/heads/main") == second);
  repo.git("gc -q --prune=now");
  const std::string third = repo.commit({{"file", "3"}});
  CHECK(store->find_object(first));
  CHECK(store->find_object(third));
  CHECK(store->find_ref("refs/heads/main") == third);
  CHECK(store->is_ancestor(first, third));
}

TEST_CASE("a store writes objects under the ids that git gives them", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  GitRepo repo;
  repo.environment().set("HOME", repo.path().string());
  repo.git("config core.autocrlf true");  // what we write is written as it is
  const std::string head = repo.commit({{"a", "1\n"}, {"dir/b", "2\n"}});
  const auto store = open(kind, repo);
  const std::string bytes("new\r\n\0\xff", 7);
  const std::string blob = store->write_object("blob", bytes);
  repo.write("copy", bytes);
  CHECK(blob == repo.git("hash-object --no-filters copy"));
  CHECK(store->find_object(blob)->content == bytes);
  CHECK(repo.git("cat-file -s " + blob) == "7");
  CHECK(store->write_object("blob", "") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  for (const std::string& oid : {head, repo.oid("HEAD^{tree}"), repo.oid("HEAD:a")}) {
    const Object known = *store->find_object(oid);
    CHECK(store->write_object(known.type, known.content) == oid);
  }
  const std::string large(3 * 1000 * 1000, 'x');
  CHECK(store->find_object(store->write_object("blob", large))->content == large);
  repo.git("fsck --strict");
}

TEST_CASE("objects that are held are there for git when they are flushed", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  const int count = GENERATE(3, 300);
  CAPTURE(count);
  GitRepo repo;
  const std::string head = repo.commit({{"a", "1"}});
  const auto store = open(kind, repo);
  const auto has = [&repo](const std::string& oid) {
    process::Command look;
    look.argv = {"git", "cat-file", "-e", oid};
    look.cwd = repo.path();
    return process::succeeded(process::run(look).outcome);
  };
  const auto write_all = [&](const std::string& prefix) {
    std::vector<std::string> oids;
    for (int i = 0; i < count; ++i) {
      oids.push_back(store->write_object("blob", prefix + std::to_string(i)));
      CHECK(store->write_object("blob", prefix + std::to_string(i)) == oids.back());
    }
    return oids;
  };
  std::vector<std::string> flushed, dropped;
  std::string commit;
  {
    const ObjectBatch batch(*store);
    flushed = write_all("first ");
    CHECK(store->find_object(flushed.back())->content == "first " + std::to_string(count - 1));
    const std::string tree = tree_with_files(*store, head, {{"b", flushed.front()}});
    CHECK(tree_with_files(*store, head, {{"a", repo.oid("HEAD:a")}}) == repo.oid("HEAD^{tree}"));
    commit = make_commit(*store, repo.repository(), load_identity(repo.path()),
                         {tree, {head}, "held\n"});
    CHECK(store->is_ancestor(head, commit));
    CHECK(store->commits_between({commit}, {head}) == std::vector<std::string>{commit});
    if (kind == Kind::libgit2) CHECK_FALSE(has(commit));
    store->flush();
    CHECK(has(commit));
    CHECK(find_blob(*store, commit, "b") == "first 0");
    dropped = write_all("second ");
  }
  CHECK(find_blob(*store, commit, "b") == "first 0");
  for (const std::string& oid : flushed) REQUIRE(has(oid));
  if (kind == Kind::libgit2) {
    CHECK_FALSE(has(dropped.front()));
    CHECK_FALSE(store->find_object(dropped.front()));
    const auto packs = std::filesystem::directory_iterator(repo.path() / ".git/objects/pack");
    CHECK(std::distance(begin(packs), end(packs)) == (count < 100 ? 0 : 2));
  }
  CHECK(has(store->write_object("blob", "later")));
  repo.git("update-ref refs/heads/main " + commit);
  repo.git("fsck --strict");
}

TEST_CASE("a store whose object was refused still writes the next one", "[git]") {
  GitRepo repo;
  repo.commit({{"a", "1"}});
  const auto store = open(Kind::coprocess, repo);
  CHECK_THROWS_AS(store->write_object("tree", "no tree"), Error);
  CHECK(store->write_object("tree", "") == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  CHECK(std::filesystem::is_empty(repo.repository().chant_dir() / "tmp"));
}

TEST_CASE("a ref is found by its full name, loose or packed", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  GitRepo repo;
  const std::string head = repo.commit({{"a", "1"}});
  repo.git("branch packed");
  repo.git("pack-refs --all");
  repo.git("branch spec/loose");
  repo.git("update-ref refs/chant/spec/x/base " + head);
  repo.git("symbolic-ref refs/heads/link refs/heads/packed");
  const auto store = open(kind, repo);
  for (const char* name : {"refs/heads/packed", "refs/heads/spec/loose", "refs/heads/link",
                           "refs/chant/spec/x/base"}) {
    INFO(name);
    CHECK(store->find_ref(name) == head);
  }
  for (const char* name :
       {"refs/heads/absent", "refs/heads/spec", "refs/heads/spec/", "refs/heads/two words",
        "refs/heads/a b c", "refs/heads/packed^{tree}", "refs/heads/packed~0", "packed", "",
        "refs/heads/packed:a", "refs/heads/..", "refs/heads/packed@{0}"}) {
    INFO(name);
    CHECK_FALSE(store->find_ref(name));
  }
  repo.git("update-ref -d refs/heads/packed");
  CHECK_FALSE(store->find_ref("refs/heads/packed"));
}

TEST_CASE("refs are listed by prefix and by name", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  GitRepo repo;
  const std::string head = repo.commit({{"a", "1"}});
  for (const char* branch : {"spec/a", "spec/b.1", "specx", "chant/c"}) {
    repo.git(std::string("branch ") + branch);
  }
  repo.git("pack-refs --all");
  repo.git("branch spec/c");
  repo.git("symbolic-ref refs/heads/spec/link refs/heads/spec/a");
  repo.git("symbolic-ref refs/heads/spec/dangling refs/heads/nowhere");
  const auto store = open(kind, repo);
  const auto found = store->refs({"refs/heads/spec/", "refs/heads/main", "refs/chant/"});
  CHECK(names(found) == std::vector<std::string>{"refs/heads/main", "refs/heads/spec/a",
                                                 "refs/heads/spec/b.1", "refs/heads/spec/c",
                                                 "refs/heads/spec/link"});
  for (const Ref& ref : found) CHECK(ref.oid == head);
  CHECK(names(store->refs({"refs/heads/spec"})).empty());  // a name, not a prefix
  CHECK(store->refs({}).empty());
  CHECK(store->refs({"refs/heads/main/", "refs/heads/specx/"}).empty());  // no directories
  CHECK(store->refs({"refs/heads/", "refs/heads/spec/", "refs/heads/main"}).size() ==
        store->refs({"refs/heads/"}).size());
  repo.git("branch spec/later");
  CHECK(store->refs({"refs/heads/spec/"}).size() == 5);
}

TEST_CASE("history is read along all parents", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  GitRepo repo;
  const std::string base = repo.commit({{"a", "1"}}, "base");
  const std::string left1 = repo.commit_on("left", base, {{"l", "1"}}, "left 1");
  const std::string left2 = repo.commit_on("left", base, {{"l", "2"}}, "left 2");
  const std::string right = repo.commit_on("right", base, {{"r", "1"}}, "right");
  repo.git("checkout -q left");
  repo.git("merge -q --no-ff -m merge right");
  const std::string merge = repo.oid("HEAD");
  const std::string last = repo.commit({{"l", "3"}}, "last");
  const auto store = open(kind, repo);

  CHECK(store->is_ancestor(base, last));
  CHECK(store->is_ancestor(right, last));
  CHECK(store->is_ancestor(last, last));
  CHECK_FALSE(store->is_ancestor(last, base));
  CHECK_FALSE(store->is_ancestor(left2, right));
  CHECK_THROWS_AS((void)store->is_ancestor(kAbsent, last), Error);
  CHECK_THROWS_AS((void)store->is_ancestor(base, kAbsent), Error);
  for (int i = 0; i < 6; ++i) {  // what is asked often is remembered
    CHECK(store->is_ancestor(left2, merge));
    CHECK_FALSE(store->is_ancestor(last, merge));
  }

  const auto commits = store->commits_between({last}, {base});
  CHECK(sorted(commits) == sorted(lines(repo.git("rev-list " + last + " ^" + base))));
  const auto at = [&](const std::string& oid) {
    return std::find(commits.begin(), commits.end(), oid) - commits.begin();
  };
  CHECK(at(left1) < at(left2));
  CHECK(at(left2) < at(merge));
  CHECK(at(right) < at(merge));
  CHECK(at(last) == 4);
  CHECK(store->commits_between({last}, {left2, right}) == std::vector<std::string>{merge, last});
  CHECK(store->commits_between({base}, {last}).empty());
  CHECK(store->commits_between({last}, {}).size() == 6);
  CHECK_THROWS_AS(store->commits_between({kAbsent}, {}), Error);
  CHECK_THROWS_AS(store->commits_between({last}, {kAbsent}), Error);
}

TEST_CASE("commits of one second come out in the order of their parents", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  GitRepo repo;
  repo.environment().set("GIT_COMMITTER_DATE", "1700000000 +0000");
  const std::string base = repo.commit({}, "base");
  std::vector<std::string> made;
  for (int i = 0; i < 12; ++i) made.push_back(repo.commit({}, "commit " + std::to_string(i)));
  repo.environment().set("GIT_COMMITTER_DATE", "1600000000 +0000");  // a clock that went back
  made.push_back(repo.commit({}, "earlier"));
  CHECK(open(kind, repo)->commits_between({made.back()}, {base}) == made);
}

TEST_CASE("a store of a linked worktree is that of the repository", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  GitRepo repo;
  const std::string head = repo.commit({{"a", "1"}});
  repo.git({"worktree", "add", "-q", "-b", "other", repo.beside("linked").string()});
  const Repository linked = discover(repo.beside("linked"));
  const auto store =
      kind == Kind::libgit2 ? make_libgit2_store(linked) : make_coprocess_store(linked);
  REQUIRE(store);
  CHECK(store->find_ref("refs/heads/main") == head);
  CHECK(store->find_ref("refs/heads/other") == head);
  const std::string blob = store->write_object("blob", "from the linked worktree");
  CHECK(repo.git("cat-file blob " + blob) == "from the linked worktree");
}

TEST_CASE("objects of another repository are found through alternates", "[git]") {
  const Kind kind = GENERATE(Kind::libgit2, Kind::coprocess);
  GitRepo origin;
  const std::string head = origin.commit({{"a", "1"}});
  GitRepo repo;
  repo.git({"fetch", "-q", origin.path().string(), "main"});
  repo.git({"repack", "-a", "-d", "-q"});
  std::filesystem::remove_all(repo.path() / ".git/objects");
  repo.write(".git/objects/info/alternates", (origin.path() / ".git/objects").string() + "\n");
  repo.commit({{"b", "2"}});
  CHECK(open(kind, repo)->find_object(head));
}

TEST_CASE("what libgit2 cannot read goes to git", "[git]") {
  const std::string setting =
      GENERATE("extensions.worktreeConfig true", "remote.origin.promisor true",
               "remote.origin.partialCloneFilter blob:none", "include.path other");
  GitRepo repo;
  const std::string head = repo.commit({{"a", "1"}});
  REQUIRE(make_libgit2_store(repo.repository()));
  repo.git("config " + setting);
  INFO(setting);
  CHECK_FALSE(make_libgit2_store(repo.repository()));
  const auto store = open_store(repo.repository(), Use::heavy);
  CHECK(store->kind() == "git");
  CHECK(store->find_ref("refs/heads/main") == head);
}

TEST_CASE("a repository with sha256 ids is read and written through git", "[git]") {
  GitRepo repo("--object-format=sha256");
  const std::string head = repo.commit({{"dir/a", "1"}});
  REQUIRE(head.size() == 64);
  CHECK_FALSE(make_libgit2_store(repo.repository()));
  const auto store = open_store(repo.repository(), Use::heavy);
  CHECK(store->find_ref("refs/heads/main") == head);
  CHECK(find_blob(*store, head, "dir/a") == "1");
  const std::string blob = store->write_object("blob", "2");
  const std::string tree = tree_with_files(*store, head, {{"dir/b", blob}});
  CHECK(repo.git("ls-tree -r --name-only " + tree) == "dir/a\ndir/b");
  repo.git("fsck --strict");
}

TEST_CASE("a shallow clone is read through git", "[git]") {
  GitRepo origin;
  for (const char* text : {"1", "2", "3"}) origin.commit({{"a", text}});
  GitRepo repo;
  repo.git({"fetch", "-q", "--depth=2", "file://" + origin.path().string(), "main"});
  repo.git("reset -q --hard FETCH_HEAD");
  CHECK_FALSE(make_libgit2_store(repo.repository()));
  const auto store = open_store(repo.repository(), Use::heavy);
  CHECK(store->commits_between({repo.oid("HEAD")}, {}).size() == 2);
}

TEST_CASE("commands that only look do not load libgit2", "[git]") {
  GitRepo repo;
  repo.commit({{"a", "1"}});
  CHECK(open_store(repo.repository(), Use::light)->kind() == "git");
  CHECK(open_store(repo.repository(), Use::heavy)->kind() == "libgit2");
}
