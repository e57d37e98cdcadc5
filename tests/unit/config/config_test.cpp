#include "config/config.h"

#include "support/catch.h"
#include "support/environment.h"
#include "support/temp_dir.h"
#include "util/error.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <optional>

using namespace chant;
using namespace chant::config;

namespace {

// A home directory and a checkout.
class Place {
 public:
  Place() {
    environment.set("HOME", home.path().string());
    environment.set("XDG_CONFIG_HOME", std::nullopt);
    sources.top_level = top.path();
  }
  void user(const std::string& text) const { home.write(".config/git-chant/config.yaml", text); }
  void repository(const std::string& text) const { top.write(".chant/config.yaml", text); }
  [[nodiscard]] Config load() const { return load_config(sources); }

  // The message of the Error that loading ends with, and its hint after a newline.
  [[nodiscard]] std::string problem() const {
    try {
      (void)load();
    } catch (const Error& error) {
      return error.hint().empty() ? error.what() : std::string{error.what()} + "\n" + error.hint();
    }
    return "none";
  }
  [[nodiscard]] std::string problem_with(const std::string& text) const {
    repository(text);
    return problem();
  }

  test::Environment environment;
  test::TempDir home, top;
  Sources sources;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const Agent& agent_of(const Config& config, const std::string& name) {
  const auto found = std::ranges::find(config.agents, name, &Agent::name);
  REQUIRE(found != config.agents.end());
  return *found;
}

}  // namespace

TEST_CASE("without any file the built-in values hold and one script agent is there") {
  const Place place;
  const Config config = place.load();
  CHECK(config.target.empty());
  CHECK(config.mode == BranchMode::direct);
  CHECK(config.direct_prefix == "spec/");
  CHECK(config.branch_prefix == "chant/");
  CHECK(config.worktree_root == "/tmp");
  CHECK(config.prompt == "standard");
  CHECK(config.total_max == 0);
  CHECK_FALSE(config.timeout);
  CHECK(config.grace == Seconds{10});
  REQUIRE(config.agents.size() == 1);
  CHECK(config.agents[0].name == "script");
  CHECK(config.agents[0].profile == "script");
  CHECK(config.agents[0].max_concurrent >= 2);
  CHECK(config.agents[0].command_origin == Origin::built_in);
}

TEST_CASE("an empty repository path means no repository file") {
  Place place;
  place.repository("nonsense: 1\n");
  place.sources.top_level.clear();
  CHECK(place.problem() == "none");
}

TEST_CASE("later sources win key by key") {
  Place place;
  place.user("target: user\nprompt: user\nmodel: user\nagent: user\nparallel: {total_max: 1}\n");
  place.repository("prompt: repo\nmodel: repo\nagent: repo\n");
  place.sources.git_config = {{"chant.model", "older"},
                              {"chant.model", "git"},
                              {"chant.agent", "git"},
                              {"chant.worktree.root", "/git"}};
  place.environment.set("GIT_CHANT_AGENT", "env");
  place.environment.set("GIT_CHANT_PARALLEL_TOTAL_MAX", "7");
  const Config config = place.load();
  CHECK(config.target == "user");
  CHECK(config.prompt == "repo");
  CHECK(config.model == "git");
  CHECK(config.agent == "env");
  CHECK(config.worktree_root == "/git");
  CHECK(config.total_max == 7);
}

TEST_CASE("every scalar setting is reached under each of its three names") {
  const std::map<std::string, std::string> values = {
      {"target", "main"},
      {"branch.mode", "branch"},
      {"branch.direct", "s/"},
      {"branch.prefix", "c-"},
      {"worktree.root", "/w"},
      {"worktree.setup", "make deps"},
      {"worktree.setup_timeout", "1m"},
      {"worktree.port_base", "3000"},
      {"agent", "main"},
      {"prompt", "mine"},
      {"model", "m"},
      {"criteria", "ignore"},
      {"check", "make test"},
      {"check_timeout", "2m"},
      {"commit_leftovers", "true"},
      {"parallel.total_max", "3"},
      {"parallel.distribution", "round-robin"},
      {"parallel.retries", "4"},
      {"parallel.timeout", "90s"},
      {"parallel.idle_timeout", "none"},
      {"parallel.grace", "2s"},
      {"parallel.max_cost", "2.5"},
      {"parallel.max_tokens", "3000000000"},
      {"parallel.cleanup.enabled", "false"},
      {"parallel.cleanup.prompt", "tidy"},
      {"parallel.cleanup.auto_run", "true"},
      {"reconcile.gate", "make x"},
      {"reconcile.gate_timeout", "none"},
      {"reconcile.jobs", "3"},
      {"reconcile.strategy", "squash"},
      {"reconcile.land", "each"},
      {"notify.command", "tell me"},
  };
  const auto check = [](const Config& config) {
    CHECK(config.target == "main");
    CHECK(config.mode == BranchMode::branch);
    CHECK(config.direct_prefix == "s/");
    CHECK(config.branch_prefix == "c-");
    CHECK(config.worktree_root == "/w");
    CHECK(config.setup.line == "make deps");
    CHECK(config.setup_timeout == Seconds{60});
    CHECK(config.port_base == 3000);
    CHECK(config.agent == "main");
    CHECK(config.prompt == "mine");
    CHECK(config.model == "m");
    CHECK(config.criteria == Criteria::ignore);
    CHECK(config.check.line == "make test");
    CHECK(config.check_timeout == Seconds{120});
    CHECK(config.commit_leftovers);
    CHECK(config.total_max == 3);
    CHECK(config.distribution == Distribution::round_robin);
    CHECK(config.retries == 4);
    CHECK(config.timeout == Seconds{90});
    CHECK_FALSE(config.idle_timeout);
    CHECK(config.grace == Seconds{2});
    CHECK(config.max_cost == 2.5);
    CHECK(config.max_tokens == 3'000'000'000);
    CHECK_FALSE(config.cleanup.enabled);
    CHECK(config.cleanup.prompt == "tidy");
    CHECK(config.cleanup.auto_run);
    CHECK(config.reconcile.gate.line == "make x");
    CHECK(config.reconcile.jobs == 3);
    CHECK_FALSE(config.reconcile.gate_timeout);
    CHECK(config.reconcile.land_each);
    CHECK(config.reconcile.strategy == Strategy::squash);
    CHECK(config.notify.line == "tell me");
  };
  const auto names = setting_names();
  REQUIRE(names.size() == values.size());

  SECTION("git config") {
    Place place;
    for (const auto& name : names) {
      place.sources.git_config.emplace_back(name.git_config, values.at(name.key));
    }
    check(place.load());
  }
  SECTION("environment") {
    Place place;
    for (const auto& name : names) place.environment.set(name.environment, values.at(name.key));
    check(place.load());
  }
  SECTION("file") {
    Place place;
    place.repository(
        "target: main\nbranch: {mode: branch, direct: s/, prefix: c-}\n"
        "worktree: {root: /w, setup: make deps, setup_timeout: 1m, port_base: 3000}\n"
        "agent: main\nprompt: mine\nmodel: m\ncriteria: ignore\n"
        "check: make test\ncheck_timeout: 2m\ncommit_leftovers: true\n"
        "parallel: {total_max: 3, distribution: round-robin, retries: 4, timeout: 90s,\n"
        "  idle_timeout: none, grace: 2s, max_cost: 2.5, max_tokens: 3000000000,\n"
        "  cleanup: {enabled: false, prompt: tidy, auto_run: true}}\n"
        "reconcile: {gate: make x, jobs: 3, gate_timeout: none, land: each, strategy: squash}\n"
        "notify: {command: tell me}\n");
    check(place.load());
  }
}

TEST_CASE("names in git config have dashes, names in the environment are upper case") {
  const auto names = setting_names();
  const auto found = std::ranges::find(names, "parallel.total_max", &SettingName::key);
  REQUIRE(found != names.end());
  CHECK(found->git_config == "chant.parallel.total-max");
  CHECK(found->environment == "GIT_CHANT_PARALLEL_TOTAL_MAX");
}

TEST_CASE("an unknown key is an error with file, line and a suggestion") {
  const Place place;
  CHECK(place.problem_with("target: main\nparallell:\n  total_max: 1\n") ==
        ".chant/config.yaml:2: unknown key 'parallell'\ndid you mean 'parallel'?");
  CHECK(place.problem_with("worktree:\n  rot: /x\n") ==
        ".chant/config.yaml:2: unknown key 'worktree.rot'\ndid you mean 'worktree.root'?");
  CHECK(place.problem_with("somethingelse: 1\n") ==
        ".chant/config.yaml:1: unknown key 'somethingelse'");
  CHECK(place.problem_with("worktree.root: /x\n") ==
        ".chant/config.yaml:1: unknown key 'worktree.root'");
  CHECK(place.problem_with("parallel:\n  agents:\n    - name: a\n      command: b\n"
                           "      modle: x\n") ==
        ".chant/config.yaml:5: unknown key 'parallel.agents.modle'\ndid you mean 'model'?");
}

TEST_CASE("the user's file is named by its path") {
  const Place place;
  place.user("\nx: 1\n");
  CHECK(contains(place.problem(), "/.config/git-chant/config.yaml:2: unknown key 'x'"));
}

TEST_CASE("an unknown git config name or variable is an error that names it") {
  Place place;
  SECTION("git config") {
    place.sources.git_config = {{"chant.worktree.rot", "/x"}};
    CHECK(place.problem() ==
          "unknown git config name 'chant.worktree.rot'\ndid you mean 'chant.worktree.root'?");
  }
  SECTION("environment") {
    place.environment.set("GIT_CHANT_TARGTE", "x");
    CHECK(place.problem() ==
          "unknown environment variable 'GIT_CHANT_TARGTE'\ndid you mean 'GIT_CHANT_TARGET'?");
  }
  SECTION("variables for tests are not looked at") {
    place.environment.set("GIT_CHANT_TEST_ANYTHING", "x");
    CHECK(place.problem() == "none");
  }
}

TEST_CASE("a bad value names its place, itself and what is expected") {
  Place place;
  CHECK(place.problem_with("parallel:\n  total_max: many\n") ==
        ".chant/config.yaml:2: bad value 'many' for 'parallel.total_max': expected a number from "
        "0 to 1024");
  place.repository("");
  SECTION("git config") {
    place.sources.git_config = {{"chant.branch.mode", "both"}};
    CHECK(place.problem() ==
          "bad value 'both' for git config 'chant.branch.mode': expected 'direct' or 'branch'");
  }
  SECTION("environment") {
    place.environment.set("GIT_CHANT_BRANCH_MODE", "");
    CHECK(place.problem() ==
          "bad value '' for 'GIT_CHANT_BRANCH_MODE': expected 'direct' or 'branch'");
  }
}

TEST_CASE("numbers are strict decimals within their range") {
  const Place place;
  for (const std::string text : {"-1", "+1", "010", "0x10", "1e3", "1.5", "99999999999", "nan",
                                 "1025", "\"\"", "\" 1\"", "1_0"}) {
    CAPTURE(text);
    CHECK(contains(place.problem_with("parallel: {total_max: " + text + "}\n"), "bad value"));
  }
  place.repository("parallel: {total_max: 1024}\n");
  CHECK(place.load().total_max == 1024);
}

TEST_CASE("durations are bounded and the timeout can be taken away again") {
  Place place;
  place.user("parallel: {timeout: 2h}\n");
  CHECK(place.load().timeout == Seconds{7200});
  place.repository("parallel: {timeout: none}\n");
  CHECK_FALSE(place.load().timeout);
  for (const std::string text : {"0", "-1s", "1y", "99999999999h", "soon"}) {
    CAPTURE(text);
    CHECK(contains(place.problem_with("parallel: {timeout: " + text + "}\n"), "bad value"));
  }
  CHECK(contains(place.problem_with("parallel: {grace: 2h}\n"), "bad value"));
}

TEST_CASE("an amount of money is a plain decimal above zero") {
  const Place place;
  for (const std::string text : {"0", "0.0", "-1", "1e3", "1.", ".5", "1.1234567", "1000001",
                                 "1000000.5", "$2", "nan", "\"\""}) {
    CAPTURE(text);
    CHECK(contains(place.problem_with("parallel: {max_cost: " + text + "}\n"), "an amount"));
  }
  place.repository("parallel: {max_cost: 0.000001}\n");
  CHECK(place.load().max_cost == 0.000001);
  place.repository("parallel: {max_cost: 1000000}\n");
  CHECK(place.load().max_cost == 1e6);
  CHECK(contains(place.problem_with("parallel: {max_tokens: 0}\n"), "a number of tokens"));
  CHECK(contains(place.problem_with("parallel: {max_tokens: 2M}\n"), "a number of tokens"));
}

TEST_CASE("yes and no are true and false, nothing else") {
  const Place place;
  for (const std::string text : {"yes", "on", "1", "True", "\"\""}) {
    CAPTURE(text);
    CHECK(contains(place.problem_with("commit_leftovers: " + text + "\n"), "'true' or 'false'"));
  }
  place.repository("commit_leftovers: true\n");
  CHECK(place.load().commit_leftovers);
}

TEST_CASE("files to copy are a list that a later file replaces and only files can set") {
  Place place;
  place.user("worktree: {copy: [.env, 'x y']}\n");
  CHECK(place.load().copy == std::vector<std::string>{".env", "x y"});
  place.repository("worktree: {copy: [z]}\n");
  CHECK(place.load().copy == std::vector<std::string>{"z"});
  place.repository("worktree: {copy: []}\n");
  CHECK(place.load().copy.empty());
  CHECK(contains(place.problem_with("worktree: {copy: .env}\n"), "expected a list of patterns"));
  CHECK(contains(place.problem_with("worktree: {copy: ['']}\n"), "expected a list of patterns"));
  CHECK(contains(place.problem_with("worktree:\n  copy:\n    - a\n    - {b: c}\n"),
                 ".chant/config.yaml:4: bad value in 'worktree.copy'"));
  CHECK(contains(place.problem_with("worktree: {copy: [\"a\\nb\"]}\n"), "bad value"));
  place.repository("");
  place.sources.git_config = {{"chant.worktree.copy", ".env"}};
  CHECK(contains(place.problem(), "unknown git config name 'chant.worktree.copy'"));
}

TEST_CASE("where each command was set is known") {
  const Place place;
  place.user("check: mine\nnotify: {command: mine}\n");
  place.repository("check: theirs\nworktree:\n  setup: theirs\n");
  const Config config = place.load();
  CHECK(config.check.origin == Origin::repository_file);
  CHECK(config.check.source == ".chant/config.yaml:1");
  CHECK(config.setup.origin == Origin::repository_file);
  CHECK(config.setup.source == ".chant/config.yaml:3");
  CHECK(config.notify.origin == Origin::user_file);
}

TEST_CASE("where the gate was set is known, as it may have to be trusted") {
  Place place;
  CHECK(place.load().reconcile.gate.origin == Origin::built_in);
  place.user("reconcile:\n  gate: theirs\n");
  CHECK(place.load().reconcile.gate.origin == Origin::user_file);
  place.repository("target: main\nreconcile:\n  gate: make test\n");
  CHECK(place.load().reconcile.gate.line == "make test");
  CHECK(place.load().reconcile.gate.origin == Origin::repository_file);
  CHECK(place.load().reconcile.gate.source == ".chant/config.yaml:3");
  place.sources.git_config = {{"chant.reconcile.gate", "make more"}};
  CHECK(place.load().reconcile.gate.origin == Origin::git_config);
  CHECK(place.load().reconcile.gate.source == "git config 'chant.reconcile.gate'");
  place.environment.set("GIT_CHANT_RECONCILE_GATE", "");
  CHECK(place.load().reconcile.gate.line.empty());
  CHECK(place.load().reconcile.gate.origin == Origin::environment);
}

TEST_CASE("what reconcile does not take is refused") {
  const Place place;
  CHECK(contains(place.problem_with("reconcile: {strategy: octopus}\n"), "expected 'merge'"));
  CHECK(contains(place.problem_with("reconcile: {land: some}\n"), "expected 'group'"));
  CHECK(contains(place.problem_with("reconcile: {jobs: 257}\n"), "expected a number"));
  CHECK(contains(place.problem_with("reconcile: {gate_timeout: 0s}\n"), "expected a duration"));
  CHECK(contains(place.problem_with("reconcile: {gate: [make, test]}\n"), "not a list"));
}

TEST_CASE("branch prefixes must be safe in a ref name") {
  const Place place;
  for (const std::string text : {"-x/", "/x/", "x", "a..b/", "a b/", "a//b/", ".a/", "a/.b/",
                                 "x.lock/", "\"\"", "é/", "a~/", "/"}) {
    CAPTURE(text);
    CHECK(contains(place.problem_with("branch: {prefix: " + text + "}\n"), "bad value"));
    CHECK(contains(place.problem_with("branch: {direct: " + text + "}\n"), "bad value"));
  }
  for (const std::string text : {"x/", "x-", "x_", "team/x.y/"}) {
    place.repository("branch: {prefix: " + text + "}\n");
    CHECK(place.load().branch_prefix == text);
  }
}

TEST_CASE("values that could be taken for options or paths are refused") {
  const Place place;
  for (const std::string line :
       {"target: --output=x", "target: a..b", "target: 'a b'", "target: HEAD", "model: --x",
        "model: 'a b'", "agent: a/b", "prompt: ../x", "prompt: ''", "agent: -x", "prompt: .x"}) {
    CAPTURE(line);
    CHECK(contains(place.problem_with(line + "\n"), "bad value"));
  }
  place.repository("target: feature/é\nmodel: 'vendor/name[1m]:x'\n");
  CHECK(place.load().target == "feature/é");
  CHECK(place.load().model == "vendor/name[1m]:x");
}

TEST_CASE("words that other readers convert are the text they are") {
  const Place place;
  for (const std::string word : {"no", "on", "null", "1e3"}) {
    place.repository("target: " + word + "\nmodel: " + word + "\n");
    CHECK(place.load().target == word);
    CHECK(place.load().model == word);
  }
}

TEST_CASE("the worktree root is absolute, with the home directory filled in") {
  Place place;
  place.repository("worktree: {root: ~/trees}\n");
  CHECK(place.load().worktree_root == place.home.path() / "trees");
  CHECK(contains(place.problem_with("worktree: {root: trees}\n"), "expected an absolute path"));
  place.repository("worktree: {root: ~/trees}\n");
  place.environment.set("XDG_CONFIG_HOME", (place.home.path() / "none").string());
  place.environment.set("HOME", "relative");
  CHECK(contains(place.problem(), "expected an absolute path"));
}

TEST_CASE("a section or a setting of the wrong type is an error") {
  const Place place;
  CHECK(contains(place.problem_with("- a\n"),
                 ".chant/config.yaml:1: the configuration must be a "
                 "map, not a list"));
  CHECK(contains(place.problem_with("parallel: yes\n"), "'parallel' must be a map, not a text"));
  CHECK(contains(place.problem_with("target: [a]\n"), "expected a branch name, not a list"));
  CHECK(contains(place.problem_with("target:\n"), "expected a branch name, not nothing"));
  CHECK(contains(place.problem_with("parallel: {agents: {name: x}}\n"),
                 "'parallel.agents' must be a list, not a map"));
  CHECK(place.problem_with("parallel:\nworktree:\n") == "none");
}

TEST_CASE("agents are read with all of their keys") {
  const Place place;
  place.repository(
      "parallel:\n"
      "  agents:\n"
      "    - {name: main, command: claude, max_concurrent: 2, model: opus, args: [--x, 'a b']}\n"
      "    - name: alt\n"
      "      command: [my-claude, \"a b\"]\n"
      "      profile: claude\n"
      "    - {name: other, command: 'tool --flag'}\n"
      "    - {name: script}\n");
  const Config config = place.load();
  REQUIRE(config.agents.size() == 4);
  const Agent main = agent_of(config, "main");
  CHECK(main.profile == "claude");
  CHECK(main.command == "claude");
  CHECK(main.max_concurrent == 2);
  CHECK(main.model == "opus");
  CHECK(main.args == std::vector<std::string>{"--x", "a b"});
  CHECK(main.command_origin == Origin::repository_file);
  CHECK(main.source == ".chant/config.yaml:3");
  const Agent alt = agent_of(config, "alt");
  CHECK(alt.argv == std::vector<std::string>{"my-claude", "a b"});
  CHECK(alt.command.empty());
  CHECK(alt.profile == "claude");
  CHECK(alt.max_concurrent == 1);
  CHECK(alt.source == ".chant/config.yaml:5");
  CHECK(agent_of(config, "other").profile == "command");
  CHECK(agent_of(config, "script").profile == "script");
  CHECK(agent_of(config, "script").command_origin == Origin::built_in);
}

TEST_CASE("the profile follows from the program's base name") {
  const Place place;
  const auto profile_for = [&place](const std::string& command) {
    place.repository("parallel:\n  agents:\n    - name: x\n      command: " + command + "\n");
    return agent_of(place.load(), "x").profile;
  };
  CHECK(profile_for("/opt/bin/claude-alt1") == "claude");
  CHECK(profile_for("'claude --mcp x'") == "claude");
  CHECK(profile_for("[/opt/claude, -x]") == "claude");
  CHECK(profile_for("/claude/bin/tool") == "command");
  CHECK(profile_for("my-claude") == "command");
  CHECK(profile_for("scripts/run") == "command");
  CHECK(profile_for("commander") == "command");
  CHECK(profile_for("script") == "command");
  for (const std::string tool :
       {"claude", "codex", "opencode", "qwen", "gemini", "copilot", "cline"}) {
    CHECK(profile_for(tool) == tool);
    CHECK(profile_for("/opt/" + tool + "-alt1") == tool);
    CHECK(std::ranges::find(profile_names(), tool) != profile_names().end());
  }
}

TEST_CASE("agents of a later file are merged by name and others are appended") {
  const Place place;
  place.user(
      "parallel:\n  agents:\n"
      "    - {name: main, command: claude, args: [-a], max_concurrent: 2}\n");
  place.repository(
      "parallel:\n  agents:\n"
      "    - {name: second, command: tool}\n"
      "    - {name: main, max_concurrent: 5, model: opus}\n");
  const Config config = place.load();
  REQUIRE(config.agents.size() == 2);
  CHECK(config.agents[0].name == "main");
  CHECK(config.agents[0].command == "claude");
  CHECK(config.agents[0].args == std::vector<std::string>{"-a"});
  CHECK(config.agents[0].max_concurrent == 5);
  CHECK(config.agents[0].model == "opus");
  CHECK(config.agents[0].command_origin == Origin::user_file);
  CHECK(config.agents[1].command_origin == Origin::repository_file);
}

TEST_CASE("a repository that changes what a user's agent executes becomes its origin") {
  const Place place;
  place.user("parallel:\n  agents:\n    - {name: main, command: claude}\n");
  for (const std::string line :
       {"args: [--settings, x]", "profile: command", "command: evil", "command: [evil]",
        "env: {set: {LD_PRELOAD: /x}}", "env: {pass: [AWS_KEY]}", "env: {}"}) {
    CAPTURE(line);
    place.repository("parallel:\n  agents:\n    - name: main\n      " + line + "\n");
    const Agent main = agent_of(place.load(), "main");
    CHECK(main.command_origin == Origin::repository_file);
    CHECK(main.source == ".chant/config.yaml:4");
  }
}

TEST_CASE("a command written as a list replaces one written as text, and the reverse") {
  const Place place;
  place.user(
      "parallel:\n  agents:\n    - {name: a, command: 'x y'}\n    - {name: b, command: [x]}\n");
  place.repository(
      "parallel:\n  agents:\n    - {name: a, command: [z]}\n    - {name: b, command: z}\n");
  const Config config = place.load();
  CHECK(config.agents[0].command.empty());
  CHECK(config.agents[0].argv == std::vector<std::string>{"z"});
  CHECK(config.agents[1].command == "z");
  CHECK(config.agents[1].argv.empty());
}

TEST_CASE("agents that cannot be run are refused with their place") {
  const Place place;
  const auto problem = [&place](const std::string& agent) {
    return place.problem_with("parallel:\n  agents:\n    - " + agent + "\n");
  };
  const std::string at = ".chant/config.yaml:3: ";
  CHECK(problem("{command: x}") == at + "an agent has no 'name'");
  CHECK(problem("{name: main}") == at + "agent 'main' has no command");
  CHECK(problem("{name: main, profile: claude}") == at + "agent 'main' has no command");
  CHECK(
      contains(problem("{name: 'a b', command: x}"), "bad value 'a b' for 'parallel.agents.name'"));
  CHECK(contains(problem("{name: [x], command: x}"), "bad value for 'parallel.agents.name'"));
  CHECK(contains(problem("{name: x, command: ''}"), "expected a command"));
  CHECK(contains(problem("{name: x, command: []}"), "expected a command"));
  CHECK(contains(problem("{name: x, command: {a: b}}"), "expected a list of texts, not a map"));
  CHECK(contains(problem("{name: x, command: y, args: z}"), "expected a list of texts"));
  CHECK(contains(problem("{name: x, command: y, args: [[z]]}"), "expected a list of texts"));
  CHECK(contains(problem("{name: x, command: y, profile: clod}"),
                 "bad value 'clod' for 'parallel.agents.profile'"));
  CHECK(contains(problem("{name: x, command: y, max_concurrent: -1}"),
                 at + "bad value '-1' for 'parallel.agents.max_concurrent': expected a number "
                      "from 0 to 256"));
  CHECK(contains(problem("{name: x, command: y, max_concurrent: 010}"), "a number from 0 to 256"));
  CHECK(contains(problem("{name: x, command: y, max_concurrent: [2]}"), "not a list"));
  CHECK(contains(problem("{name: x, command: y, weight: 0}"), "a number from 1 to 1000"));
  CHECK(contains(problem("{name: x, command: y, retries: x}"), "a number from 0 to 100"));
  CHECK(contains(problem("{name: x, command: y, timeout: 0}"), "a duration"));
  CHECK(contains(problem("{name: x, command: y, idle_timeout: soon}"), "a duration"));
  CHECK(contains(problem("{name: x, command: y, labels: a}"), "a list of texts"));
  CHECK(contains(problem("{name: x, command: y, labels: ['']}"), "a list of labels"));
  CHECK(contains(problem("{name: x, command: y, model: -x}"), "the name of a model"));
  CHECK(contains(problem("{name: script, command: y, profile: script}"), "takes no command"));
  CHECK(contains(problem("{name: x, profile: script, args: [y]}"), "takes no command and no args"));
  CHECK(contains(problem("just-a-name"), "an agent must be a map, not a text"));
  CHECK(problem("{name: a, command: x}\n    - {name: a, command: y}") ==
        ".chant/config.yaml:4: agent 'a' is there twice");
}

TEST_CASE("limits, share and labels of an agent are its own") {
  const Place place;
  place.repository(
      "parallel:\n  agents:\n"
      "    - {name: a, command: x, weight: 3, labels: [ui, 'a b'], timeout: 1h,\n"
      "       idle_timeout: none, retries: 0, max_concurrent: 0}\n"
      "    - {name: b, command: x}\n");
  const Config config = place.load();
  const Agent a = agent_of(config, "a");
  CHECK(a.weight == 3);
  CHECK(a.labels == std::vector<std::string>{"ui", "a b"});
  CHECK(a.timeout == Seconds{3600});
  CHECK(a.idle_timeout == Seconds{0});
  CHECK(a.retries == 0);
  CHECK(a.max_concurrent == 0);
  const Agent b = agent_of(config, "b");
  CHECK(b.weight == 1);
  CHECK(b.labels.empty());
  CHECK_FALSE(b.timeout);
  CHECK_FALSE(b.idle_timeout);
  CHECK_FALSE(b.retries);
}

TEST_CASE("caps that leave no slot at all are an error at the last of them") {
  const Place place;
  CHECK(place.problem_with("parallel:\n  agents:\n    - name: a\n      command: x\n"
                           "      max_concurrent: 0\n    - name: b\n      command: x\n"
                           "      max_concurrent: 0\n") ==
        ".chant/config.yaml:8: the 'max_concurrent' of all agents together is 0: nothing could be "
        "worked on");
}

TEST_CASE("the environment of an agent is read as written and replaced as a whole") {
  const Place place;
  place.user(
      "parallel:\n  agents:\n    - name: a\n      command: x\n      env:\n"
      "        pass: [HTTP_PROXY, 'AWS_*', '*']\n"
      "        set: {CLAUDE_CONFIG_DIR: ~/.claude-alt1, EMPTY: '', NOTHING: }\n"
      "        files: {KEY: ~/key, OTHER: /etc/key}\n");
  AgentEnvironment env = agent_of(place.load(), "a").env;
  CHECK(env.pass == std::vector<std::string>{"HTTP_PROXY", "AWS_*", "*"});
  CHECK(env.set == std::map<std::string, std::string>{
                       {"CLAUDE_CONFIG_DIR", "~/.claude-alt1"}, {"EMPTY", ""}, {"NOTHING", ""}});
  CHECK(env.files == std::map<std::string, std::string>{
                         {"KEY", (place.home.path() / "key").string()}, {"OTHER", "/etc/key"}});
  place.repository("parallel:\n  agents:\n    - {name: a, env: {pass: [ONE]}}\n");
  env = agent_of(place.load(), "a").env;
  CHECK(env.pass == std::vector<std::string>{"ONE"});
  CHECK(env.set.empty());
  CHECK(env.files.empty());
}

TEST_CASE("an environment that cannot be is refused with its line") {
  const Place place;
  const auto problem = [&place](const std::string& env) {
    place.user("parallel:\n  agents:\n    - name: a\n      command: x\n      env:\n        " + env +
               "\n");
    return place.problem();
  };
  CHECK(contains(problem("pas: [X]"),
                 "config.yaml:6: unknown key 'parallel.agents.env.pas'\ndid you mean 'pass'?"));
  CHECK(
      contains(problem("pass: X"), "config.yaml:6: bad value 'X' for 'parallel.agents.env.pass'"));
  for (const std::string name : {"'A B'", "A=B", "1A", "''", "'*A'", "'A**'", "[A]"}) {
    CAPTURE(name);
    CHECK(contains(problem("pass: [" + name + "]"), "a list of names of variables"));
  }
  CHECK(contains(problem("set: [A]"), "a map from names to texts, not a list"));
  CHECK(contains(problem("set: {A: [b]}"), "bad value for 'A' in 'parallel.agents.env.set'"));
  CHECK(contains(problem("set: {'A B': c}"), "bad variable 'A B' in 'parallel.agents.env.set'"));
  CHECK(contains(problem("set: {CHANT_RUN: c}"), "it is set by git chant itself"));
  CHECK(contains(problem("set:\n          A: b\n          CHANT_RUN: c"), "config.yaml:8: "));
  CHECK(contains(problem("files: {A: key}"), "the absolute path of a file that has the value"));
  CHECK(contains(problem("files: {A: }"), "the absolute path of a file that has the value"));
}

TEST_CASE("what may be a secret in the environment of an agent is not repeated") {
  const Place place;
  for (const std::string env : {"files: {A_KEY: sk-123}", "files: sk-123", "set: A_KEY=sk-123",
                                "pass: [A_KEY=sk-123]", "set: {A_KEY: [sk-123]}"}) {
    CAPTURE(env);
    place.user("parallel: {agents: [{name: a, command: x, env: {" + env + "}}]}\n");
    CHECK(contains(place.problem(), "config.yaml:1: bad value for "));
    CHECK_FALSE(contains(place.problem(), "sk-123"));
  }
}

TEST_CASE("a repository may not have files of the user read") {
  const Place place;
  CHECK(place.problem_with("parallel:\n  agents:\n    - name: a\n      command: x\n"
                           "      env:\n        files: {KEY: /etc/key}\n") ==
        ".chant/config.yaml:6: 'parallel.agents.env.files' may not be set by a repository\n"
        "set it in ~/.config/git-chant/config.yaml");
}

TEST_CASE("a repository that sets what scripts get becomes the origin of the script agent") {
  const Place place;
  place.repository("parallel:\n  agents:\n    - {name: script, env: {set: {LD_PRELOAD: /x}}}\n");
  CHECK(agent_of(place.load(), "script").command_origin == Origin::repository_file);
}

TEST_CASE("the frontmatter of config.md is read when there is no config.yaml") {
  const Place place;
  place.top.write(".chant/config.md",
                  "---\nproject: {name: x}\nproviders: [a, b]\ndefaults:\n  prompt: other\n"
                  "target: main\n---\n# Configuration\n\ntarget: body\n");
  CHECK(place.load().target == "main");
  CHECK(place.load().prompt == "standard");
}

TEST_CASE("in config.md our own sections are read strictly") {
  const Place place;
  place.top.write(".chant/config.md", "---\nproject: x\nparallel:\n  total: 1\n---\n");
  CHECK(contains(place.problem(), ".chant/config.md:4: unknown key 'parallel.total'"));
  place.top.write(".chant/config.md", "---\nworktree: {setpu: x}\n---\n");
  CHECK(contains(place.problem(), "unknown key 'worktree.setpu'"));
  place.top.write(".chant/config.md", "---\ntarget: main\n");
  CHECK(contains(place.problem(), ".chant/config.md:1"));
  place.top.write(".chant/config.md", "No frontmatter.\n");
  CHECK(place.problem() == "none");
}

TEST_CASE("config.yaml and config.md together are an error") {
  const Place place;
  place.repository("target: main\n");
  place.top.write(".chant/config.md", "text\n");
  CHECK(contains(place.problem(), "both '.chant/config.yaml' and '.chant/config.md' exist"));
}

TEST_CASE("links are not followed, neither to the file nor to the directory") {
  const Place place;
  const auto elsewhere = place.home.write("elsewhere/config.yaml", "target: evil\n");
  SECTION("the file") {
    std::filesystem::create_directory(place.top.path() / ".chant");
    std::filesystem::create_symlink(elsewhere, place.top.path() / ".chant/config.yaml");
    CHECK(place.problem() != "none");
  }
  SECTION("the directory") {
    std::filesystem::create_symlink(elsewhere.parent_path(), place.top.path() / ".chant");
    CHECK(place.problem() != "none");
  }
  SECTION("a link to nothing") {
    std::filesystem::create_directory(place.top.path() / ".chant");
    std::filesystem::create_symlink("nowhere", place.top.path() / ".chant/config.yaml");
    CHECK(place.problem() != "none");
  }
  SECTION("a FIFO does not block") {
    std::filesystem::create_directory(place.top.path() / ".chant");
    REQUIRE(mkfifo((place.top.path() / ".chant/config.yaml").c_str(), 0600) == 0);
    CHECK(place.problem() != "none");
  }
}

TEST_CASE("a file over 256 KiB is refused") {
  const Place place;
  place.repository("target: main\n" + std::string(256 * 1024, '#') + "\n");
  CHECK(place.problem() != "none");
}

TEST_CASE("without a home directory only the repository counts") {
  Place place;
  place.repository("target: main\n");
  place.environment.set("HOME", std::nullopt);
  CHECK(place.load().target == "main");
}

TEST_CASE("the default file is an empty configuration that shows every key") {
  const Place place;
  const std::string text = default_config_text();
  place.repository(text);
  REQUIRE(place.problem() == "none");
  CHECK(place.load().agents.size() == 1);

  std::string open;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    CHECK((line.empty() || line.starts_with('#')));
    open += (line.starts_with('#') ? line.substr(1) : line) + "\n";
  }
  for (const auto& name : setting_names()) {
    const std::string last = name.key.substr(name.key.rfind('.') + 1);
    CAPTURE(name.key);
    CHECK(contains(open, last + ": "));
  }
  place.repository(open);
  REQUIRE(place.problem() == "none");
  const Config config = place.load();
  const Config defaults = [] {
    Sources none;
    return load_config(none);
  }();
  CHECK(config.target == defaults.target);
  CHECK(config.mode == defaults.mode);
  CHECK(config.direct_prefix == defaults.direct_prefix);
  CHECK(config.branch_prefix == defaults.branch_prefix);
  CHECK(config.worktree_root == defaults.worktree_root);
  CHECK(config.agent == defaults.agent);
  CHECK(config.prompt == defaults.prompt);
  CHECK(config.model == defaults.model);
  CHECK(config.total_max == defaults.total_max);
  CHECK(config.timeout == defaults.timeout);
  CHECK(config.grace == defaults.grace);
  CHECK(config.reconcile.gate.line == defaults.reconcile.gate.line);
  CHECK(config.reconcile.gate_timeout == defaults.reconcile.gate_timeout);
  CHECK(config.reconcile.jobs == defaults.reconcile.jobs);
  CHECK(config.reconcile.strategy == defaults.reconcile.strategy);
  CHECK(config.reconcile.land_each == defaults.reconcile.land_each);
  CHECK(config.setup.line == defaults.setup.line);
  CHECK(config.setup_timeout == defaults.setup_timeout);
  CHECK(config.copy == defaults.copy);
  CHECK(config.port_base == defaults.port_base);
  CHECK(config.criteria == defaults.criteria);
  CHECK(config.check.line == defaults.check.line);
  CHECK(config.check_timeout == defaults.check_timeout);
  CHECK(config.commit_leftovers == defaults.commit_leftovers);
  CHECK(config.distribution == defaults.distribution);
  CHECK(config.retries == defaults.retries);
  CHECK(config.idle_timeout == defaults.idle_timeout);
  CHECK(config.max_cost == defaults.max_cost);
  CHECK(config.max_tokens == defaults.max_tokens);
  CHECK(config.cleanup.enabled == defaults.cleanup.enabled);
  CHECK(config.cleanup.prompt == defaults.cleanup.prompt);
  CHECK(config.cleanup.auto_run == defaults.cleanup.auto_run);
  CHECK(config.notify.line == defaults.notify.line);
  REQUIRE(config.agents.size() == 2);
  CHECK(config.agents[0].name == "main");
  CHECK(config.agents[0].profile == "claude");
  CHECK(config.agents[1].name == "script");
  CHECK(config.agents[1].profile == "script");
}
