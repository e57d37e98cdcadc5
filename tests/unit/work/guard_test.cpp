#include "work/guard.h"

#include "support/catch.h"

using chant::work::is_dangerous_key;

TEST_CASE("settings that can make git run something are told from others", "[work]") {
  for (const char* key : {"alias.x", "filter.x.smudge", "Core.HooksPath", "hook.x.command",
                          "remote.origin.vcs", "extensions.worktreeConfig"}) {
    CAPTURE(key);
    CHECK(is_dangerous_key(key));
  }
  // The last one is set by `git worktree add` itself.
  for (const char* key :
       {"user.name", "branch.main.merge", "remote.origin.url", "extensions.relativeWorktrees"}) {
    CAPTURE(key);
    CHECK_FALSE(is_dangerous_key(key));
  }
}
