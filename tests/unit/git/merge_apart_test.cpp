#include "git/merge_apart.h"

#include "git/merge_tree.h"
#include "git/tree.h"
#include "process/command.h"
#include "support/catch.h"
#include "support/git_repo.h"
#include "support/random_history.h"
#include "util/text.h"

#include <fmt/format.h>

using namespace chant;

namespace {

struct Blobs {
  git::Store& store;
  std::string a = store.write_object("blob", "a"), b = store.write_object("blob", "b"),
              c = store.write_object("blob", "c");

  // "name=blob …", one level.
  std::string tree(const std::vector<git::TreeEntry>& entries) {
    return git::write_tree(store, entries);
  }
};

}  // namespace

TEST_CASE("what both sides changed apart is all in the merge", "[apart]") {
  const test::GitRepo repo;
  const auto store = git::make_coprocess_store(git::discover(repo.path()));
  Blobs blobs{*store};
  const std::string below = blobs.tree({{"100644", "in", blobs.a}, {"100644", "two", blobs.a}});
  const std::string base = blobs.tree({{"40000", "d", below}, {"100644", "gone", blobs.a}});
  const std::string ours = blobs.tree(
      {{"40000", "d", blobs.tree({{"100755", "in", blobs.b}, {"100644", "two", blobs.a}})},
       {"100644", "gone", blobs.a},
       {"100644", "new", blobs.c}});
  const std::string theirs = blobs.tree(
      {{"40000", "d", blobs.tree({{"100644", "in", blobs.a}, {"120000", "two", blobs.c}})}});
  const std::string merged = blobs.tree(
      {{"40000", "d", blobs.tree({{"100755", "in", blobs.b}, {"120000", "two", blobs.c}})},
       {"100644", "new", blobs.c}});
  CHECK(git::merge_apart(*store, base, ours, theirs) == merged);
  CHECK(git::merge_apart(*store, base, base, theirs) == theirs);
  CHECK(git::merge_apart(*store, base, ours, base) == ours);
}

TEST_CASE("what both sides changed is left to git, also when it is the same", "[apart]") {
  const test::GitRepo repo;
  const auto store = git::make_coprocess_store(git::discover(repo.path()));
  Blobs blobs{*store};
  const std::string base = blobs.tree({{"100644", "f", blobs.a}, {"100644", "g", blobs.a}});
  const std::string one = blobs.tree({{"100644", "f", blobs.b}, {"100644", "g", blobs.a}});
  const std::string other = blobs.tree({{"100644", "f", blobs.c}, {"100644", "g", blobs.a}});
  const std::string gone = blobs.tree({{"100644", "g", blobs.a}});
  const std::string directory = blobs.tree({{"40000", "f", gone}, {"100644", "g", blobs.a}});
  CHECK_FALSE(git::merge_apart(*store, base, one, other));
  CHECK_FALSE(git::merge_apart(*store, base, one, one));
  CHECK_FALSE(git::merge_apart(*store, base, gone, one));
  CHECK_FALSE(git::merge_apart(*store, base, gone, gone));
  CHECK_FALSE(git::merge_apart(*store, base, one, directory));
}

TEST_CASE("random histories: a merge apart is what git makes of it", "[apart]") {
  std::size_t compared = 0;
  for (unsigned seed = 100; seed < 125; ++seed) {
    const test::GitRepo repo;
    const test::RandomHistory history(seed);
    process::Command import;
    import.argv = {"git", "fast-import", "--quiet", "--force"};
    import.cwd = repo.path();
    REQUIRE(process::succeeded(process::run(import, history.stream()).outcome));
    const auto store = git::make_coprocess_store(git::discover(repo.path()));
    const auto refs = store->refs({"refs/heads/"});
    for (const git::Ref& ours : refs) {
      for (const git::Ref& theirs : refs) {
        process::Command bases;
        bases.argv = {"git", "merge-base", "--all", ours.oid, theirs.oid};
        bases.cwd = repo.path();
        const auto lines = split(trim(process::run(bases).out), '\n');
        if (lines.size() != 1 || ours.oid == theirs.oid) continue;
        const auto tree = [&](const std::string& oid) {
          return git::load_commit(*store, oid).tree;
        };
        const std::string base = tree(lines[0]), a = tree(ours.oid), b = tree(theirs.oid);
        if (git::may_meet(git::moves_between(*store, base, a), git::moves_between(*store, base, b)))
          continue;
        const auto apart = git::merge_apart(*store, base, a, b);
        if (!apart) continue;
        const git::TreeMerge merge = git::merge_commits(repo.path(), ours.oid, theirs.oid);
        CAPTURE(seed, ours.name, theirs.name);
        CHECK(merge.clean());
        CHECK(merge.tree == *apart);
        ++compared;
      }
    }
  }
  CHECK(compared > 100);
}
