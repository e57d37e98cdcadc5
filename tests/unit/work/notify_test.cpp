#include "work/notify.h"

#include "support/catch.h"
#include "support/git_repo.h"

#include <sys/stat.h>

using namespace chant;
using namespace chant::work;
using test::GitRepo;

namespace {

std::string told(const GitRepo& repo, const std::string& line, config::Origin origin,
                 const Notice& notice) {
  process::Loop loop;
  const config::TrustStore trust(repo.repository().common_dir);
  Notice with = notice;
  with.supervisor = CHANT_TEST_SUPERVISOR;
  return notify(loop, {line, origin, "config.yaml:3"}, trust, repo.repository(), with);
}

}  // namespace

TEST_CASE("the notify command gets what happened in its environment", "[notify]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  CHECK(told(repo, "echo \"$CHANT_EVENT/$CHANT_RUN/$CHANT_SUMMARY\" >told",
             config::Origin::user_file, {"run-ended", 7, "3/5; $(touch no)"}) == "");
  CHECK(repo.read("told") == "run-ended/7/3/5; $(touch no)\n");
  CHECK_FALSE(repo.has("no"));
  struct stat status {};
  REQUIRE(stat((repo.repository().chant_dir() / "logs/notify/7.log").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("without a notify command nobody is told", "[notify]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  CHECK(told(repo, "", config::Origin::user_file, {"run-ended", 1, ""}) == "");
  CHECK_FALSE(std::filesystem::exists(repo.repository().chant_dir() / "logs/notify"));
}

TEST_CASE("a notify command that fails is said, and fails nothing", "[notify]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  CHECK(told(repo, "exit 3", config::Origin::user_file, {"run-ended", 1, ""}) ==
        "the notify command failed: exit 3");
}

TEST_CASE("a notify command of the repository's that is not trusted is not run", "[notify]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  CHECK(told(repo, "touch no", config::Origin::repository_file, {"run-ended", 1, ""}) ==
        "the notify command is not trusted (git chant trust)");
  CHECK_FALSE(repo.has("no"));
}
