#include "record/names.h"

#include "support/catch.h"

using namespace chant;
using namespace chant::record;

TEST_CASE("everything of a spec has one name", "[record]") {
  config::Config config;
  CHECK(spec_path("a.1") == ".chant/specs/a.1.md");
  CHECK(branch_ref(config, config::BranchMode::direct, "a.1") == "refs/heads/spec/a.1");
  CHECK(branch_ref(config, config::BranchMode::branch, "a.1") == "refs/heads/chant/a.1");
  config.branch_prefix = "team/x-";
  CHECK(branch_ref(config, config::BranchMode::branch, "a") == "refs/heads/team/x-a");
  CHECK(kept_ref("a", "base") == "refs/chant/spec/a/base");
  CHECK(short_ref("refs/heads/spec/a") == "spec/a");
  CHECK(short_ref("refs/chant/spec/a/1") == "refs/chant/spec/a/1");
  git::Repository repository;
  repository.common_dir = "/r/.git";
  CHECK(claim_path(repository, "a") == "/r/.git/chant/locks/spec-a.lock");
  CHECK(landing_lock_path(repository) == "/r/.git/chant/locks/landing.lock");
  CHECK(journal_path(repository) == "/r/.git/chant/journal.db");
  CHECK(log_directory(repository, "a") == "/r/.git/chant/logs/a");
}
