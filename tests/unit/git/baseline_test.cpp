#include "git/baseline.h"

#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"

#include <sys/stat.h>

using namespace chant;
using test::GitRepo;
namespace fs = std::filesystem;

using Names = std::vector<std::string>;

TEST_CASE("how a repository was is known to the next process", "[git]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}, {"b", "2"}});
  repo.git("branch x");
  const git::Repository repository = repo.repository();
  const auto store = git::make_coprocess_store(repository);
  CHECK_FALSE(git::load_baseline(repository, *store));
  git::save_baseline(repository, git::Guard(repository), git::Watch(repository, *store));
  struct stat info {};
  REQUIRE(stat((repository.chant_dir() / "watch").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);

  repo.git("config core.fsmonitor evil");
  repo.git("branch -D x");
  repo.write("b", "changed");
  const auto baseline = git::load_baseline(repository, *store);
  REQUIRE(baseline);
  CHECK(baseline->guard.changes() == Names{"git config core.fsmonitor"});
  baseline->guard.put_back(git::make_aside(repository, "test"));
  const auto nothing_of_it = [](const std::string&) { return false; };
  CHECK(baseline->watch.changes(nothing_of_it) ==
        Names{"branch 'x' was deleted", "'b' was changed in the main checkout"});
  git::remove_baseline(repository);
  CHECK_FALSE(git::load_baseline(repository, *store));
}

TEST_CASE("a damaged text about how a repository was is refused", "[git]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  repo.write(".git/hooks/post-merge", "");
  const git::Repository repository = repo.repository();
  const auto store = git::make_coprocess_store(repository);
  git::save_baseline(repository, git::Guard(repository), git::Watch(repository, *store));
  const std::string good = repo.read(".git/chant/watch");
  for (std::size_t size = 0; size < good.size(); size += 3) {
    repo.write(".git/chant/watch", good.substr(0, size));
    CHECK_THROWS_AS(git::load_baseline(repository, *store), Error);
  }
  // It must not say what to write anywhere else.
  const auto at = good.find("hooks/");
  REQUIRE(at != std::string::npos);
  std::string bad = good;
  bad.replace(at, 6, "../../");
  repo.write(".git/chant/watch", bad);
  CHECK_THROWS_AS(git::load_baseline(repository, *store), Error);
}
