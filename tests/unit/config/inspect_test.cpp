#include "config/inspect.h"

#include "support/catch.h"
#include "support/environment.h"
#include "support/temp_dir.h"
#include "util/error.h"

#include <algorithm>

using namespace chant;
using namespace chant::config;

namespace {

using Lines = std::vector<std::string>;

class Place {
 public:
  Place() {
    environment.set("HOME", home.path().string());
    environment.set("XDG_CONFIG_HOME", std::nullopt);
    sources.top_level = top.path();
  }
  void user(const std::string& text) const { home.write(".config/git-chant/config.yaml", text); }
  void repository(const std::string& text) const { top.write(".chant/config.yaml", text); }
  [[nodiscard]] std::string user_file() const {
    return (home.path() / ".config/git-chant/config.yaml").string();
  }
  // "<value> | <origin>", or "absent".
  [[nodiscard]] std::string effective(const std::string& key) const {
    const Inspection inspection = inspect(sources);
    const auto found = std::ranges::find(inspection.values, key, &EffectiveValue::key);
    return found == inspection.values.end() ? "absent" : found->value + " | " + found->origin;
  }

  test::Environment environment;
  test::TempDir home, top;
  Sources sources;
};

}  // namespace

TEST_CASE("without any source every setting has its built-in value") {
  const Place place;
  const Inspection inspection = inspect(place.sources);
  CHECK(inspection.faults.empty());
  for (const SettingName& name : setting_names()) {
    CAPTURE(name.key);
    CHECK(origin_of(inspection, name.key) == "built-in");
  }
  CHECK(place.effective("worktree.root") == "/tmp | built-in");
  CHECK(place.effective("worktree.copy") == "[] | built-in");
  CHECK(place.effective("parallel.cleanup.auto_run") == "false | built-in");
  CHECK(place.effective("parallel.agents.script.profile") == "script | built-in");
}

// A value shown as built in must be the one that holds when nobody sets it.
TEST_CASE("setting the built-in values changes nothing") {
  Place place;
  const Config before = inspect(place.sources).config;
  for (const EffectiveValue& value : inspect(place.sources).values) {
    for (const SettingName& name : setting_names()) {
      if (name.key == value.key) place.environment.set(name.environment, value.value);
    }
  }
  const Inspection inspection = inspect(place.sources);
  CHECK(inspection.faults.empty());
  const Config& after = inspection.config;
  CHECK(after.mode == before.mode);
  CHECK(after.direct_prefix == before.direct_prefix);
  CHECK(after.branch_prefix == before.branch_prefix);
  CHECK(after.worktree_root == before.worktree_root);
  CHECK(after.setup_timeout == before.setup_timeout);
  CHECK(after.port_base == before.port_base);
  CHECK(after.prompt == before.prompt);
  CHECK(after.criteria == before.criteria);
  CHECK(after.check_timeout == before.check_timeout);
  CHECK(after.commit_leftovers == before.commit_leftovers);
  CHECK(after.total_max == before.total_max);
  CHECK(after.distribution == before.distribution);
  CHECK(after.retries == before.retries);
  CHECK(after.timeout == before.timeout);
  CHECK(after.idle_timeout == before.idle_timeout);
  CHECK(after.grace == before.grace);
  CHECK(after.max_cost == before.max_cost);
  CHECK(after.max_tokens == before.max_tokens);
  CHECK(after.cleanup.enabled == before.cleanup.enabled);
  CHECK(after.cleanup.prompt == before.cleanup.prompt);
  CHECK(after.cleanup.auto_run == before.cleanup.auto_run);
  CHECK(after.reconcile.gate_timeout == before.reconcile.gate_timeout);
  CHECK(after.reconcile.jobs == before.reconcile.jobs);
  CHECK(after.reconcile.strategy == before.reconcile.strategy);
  CHECK(after.reconcile.land_each == before.reconcile.land_each);
}

TEST_CASE("each value names the level that set it last") {
  Place place;
  place.user("target: one\nprompt: one\nmodel: one\nagent: one\n");
  place.repository(
      "prompt: two\nmodel: two\nagent: two\nworktree:\n  copy:\n    - a\n    - 'b, c'\n");
  place.sources.git_config = {{"chant.model", "three"}, {"chant.agent", "three"}};
  place.environment.set("GIT_CHANT_AGENT", "four");
  CHECK(place.effective("target") == "one | " + place.user_file() + ":1");
  CHECK(place.effective("prompt") == "two | .chant/config.yaml:1");
  CHECK(place.effective("model") == "three | git config 'chant.model'");
  CHECK(place.effective("agent") == "four | 'GIT_CHANT_AGENT'");
  CHECK(place.effective("worktree.copy") == "[a, \"b, c\"] | .chant/config.yaml:6");
}

TEST_CASE("the keys of an agent each have a place of their own") {
  const Place place;
  place.user(
      "parallel:\n  agents:\n    - name: main\n      command: claude\n      max_concurrent: 2\n");
  place.repository(
      "parallel:\n  agents:\n    - name: main\n      max_concurrent: 5\n"
      "    - {name: alt, command: [x, y z]}\n");
  CHECK(place.effective("parallel.agents.main.command") == "claude | " + place.user_file() + ":4");
  CHECK(place.effective("parallel.agents.main.max_concurrent") == "5 | .chant/config.yaml:4");
  CHECK(place.effective("parallel.agents.main.profile") == "claude | built-in");
  CHECK(place.effective("parallel.agents.main.timeout") == "absent");
  CHECK(place.effective("parallel.agents.alt.command") == "[x, y z] | .chant/config.yaml:5");
}

TEST_CASE("values of variables that look like secrets are not shown") {
  const Place place;
  place.user(
      "parallel:\n  agents:\n    - {name: a, command: x, env: {pass: [A_KEY], set: {B: c, "
      "MY_TOKEN: "
      "abc}, files: {KEY: /k}}}\n");
  CHECK(place.effective("parallel.agents.a.env") ==
        "{pass: [A_KEY], set: {B: c, MY_TOKEN: (hidden)}, files: {KEY: /k}} | " +
            place.user_file() + ":3");
}

TEST_CASE("every fault of every level is told, one line each") {
  Place place;
  place.user("targt: x\nprompt: [a]\nmodel: m\n");
  place.repository(
      "parallel:\n  total_max: -1\n  agents:\n    - name: a\n      command: x\n"
      "      max_concurrent: -2\n      profile: clod\n    - {name: a, command: y}\n    - {name: "
      "b}\n"
      "worktree: {root: rel}\n");
  place.sources.git_config = {{"chant.branch.mode", "both"}, {"chant.bogus", "1"}};
  place.environment.set("GIT_CHANT_TARGTE", "x");
  const Inspection inspection = inspect(place.sources);
  const std::string user = place.user_file();
  const std::string profiles =
      "'script', 'claude', 'codex', 'opencode', 'qwen', 'gemini', 'copilot', 'cline', 'command'";
  CHECK(
      inspection.faults ==
      Lines{user + ":1: unknown key 'targt' (did you mean 'target'?)",
            user + ":2: bad value for 'prompt': expected the name of a prompt, not a list",
            ".chant/config.yaml:2: bad value '-1' for 'parallel.total_max': expected a number "
            "from 0 to 1024",
            ".chant/config.yaml:6: bad value '-2' for 'parallel.agents.max_concurrent': expected "
            "a number from 0 to 256",
            ".chant/config.yaml:7: bad value 'clod' for 'parallel.agents.profile': expected one "
            "of " +
                profiles,
            ".chant/config.yaml:8: agent 'a' is there twice",
            ".chant/config.yaml:10: bad value 'rel' for 'worktree.root': expected an absolute "
            "path, or '~/…' when HOME is set",
            ".chant/config.yaml:9: agent 'b' has no command",
            "bad value 'both' for git config 'chant.branch.mode': expected 'direct' or 'branch'",
            "unknown git config name 'chant.bogus'",
            "unknown environment variable 'GIT_CHANT_TARGTE' (did you mean 'GIT_CHANT_TARGET'?)"});
  CHECK(inspection.config.model == "m");
}

TEST_CASE("the first fault is the one that loading ends with") {
  const Place place;
  place.repository("parallel:\n  retries: x\n  total_max: -1\n");
  std::string first;
  try {
    (void)load_config(place.sources);
  } catch (const Error& error) {
    first = error.what();
  }
  REQUIRE(inspect(place.sources).faults.size() == 2);
  CHECK(inspect(place.sources).faults[0] == first);
}

TEST_CASE("a file that is no YAML is one fault, and the other levels are still read") {
  const Place place;
  place.user("bogus: 1\n");
  place.repository("target: 'x\n");
  const Inspection inspection = inspect(place.sources);
  CHECK(inspection.faults.size() == 2);
}
