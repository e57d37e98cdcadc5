// The effective configuration: built-in values, the user's file, the repository's file, git
// config, the environment, the command line; later wins, key by key.
//
// Files are read strictly: an unknown key or a wrong type is one Error with file and line. Keys,
// git config names and environment variables come from one table (settings.cpp) and are listed
// in docs/configuration.md. A command that came from the repository's file is marked so, because
// it must be trusted before it runs (trust.h).
#pragma once

#include "util/time.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chant::config {

// Where a value came from; its order is the order of precedence.
enum class Origin { built_in, user_file, repository_file, git_config, environment, command_line };

enum class BranchMode { direct, branch };
enum class Strategy { merge, rebase, squash };  // how a branch comes into the target

// A shell line with where it is from.
struct ShellLine {
  std::string line;  // "" = none
  Origin origin = Origin::built_in;
  std::string source;  // "file:line", for messages
};

struct Reconcile {
  ShellLine gate;                             // reconcile.gate
  std::optional<Seconds> gate_timeout{3600};  // reconcile.gate_timeout
  int jobs = 0;                               // reconcile.jobs: gates at once, 0 = by the CPUs
  Strategy strategy = Strategy::merge;        // reconcile.strategy
  bool land_each = false;                     // reconcile.land: "group" or "each"
};

enum class Distribution { least_loaded, round_robin };  // which free agent gets the next spec
enum class Criteria { require, ignore };                // whether all boxes must be ticked

// What of the environment an agent gets, besides what every agent and its profile's tool needs.
struct AgentEnvironment {
  std::vector<std::string> pass;             // names; a '*' at the end stands for any rest
  std::map<std::string, std::string> set;    // as written: "~/" at the beginning is the home
  std::map<std::string, std::string> files;  // name -> absolute path whose first line is the value
};

struct Agent {
  std::string name;
  std::string profile;            // one of profile_names()
  std::string command;            // a program, or a shell line when it has blanks
  std::vector<std::string> argv;  // when `command` was written as a list
  std::vector<std::string> args;  // appended to the profile's own arguments
  std::string model;
  int max_concurrent = 1;           // 0: it takes nothing
  int weight = 1;                   // of its share of the work
  std::vector<std::string> labels;  // when not empty: only specs that have one of these
  std::optional<Seconds> timeout, idle_timeout;  // 0 = none; not set: those of the run
  std::optional<int> retries;                    // not set: that of the run
  AgentEnvironment env;
  Origin command_origin = Origin::built_in;  // latest file that set command, args, profile or env
  std::string source;                        // "file:line" of the command, for messages
};

struct Cleanup {
  bool enabled = true;                      // parallel.cleanup.enabled
  std::string prompt = "parallel-cleanup";  // parallel.cleanup.prompt
  bool auto_run = false;                    // parallel.cleanup.auto_run: without asking
};

struct Config {
  std::string target;                            // branch name, "" = the branch checked out
  BranchMode mode = BranchMode::direct;          // branch.mode
  std::string direct_prefix = "spec/";           // branch.direct
  std::string branch_prefix = "chant/";          // branch.prefix
  std::filesystem::path worktree_root = "/tmp";  // worktree.root
  std::string agent;                             // name of the default agent, "" = any
  std::string prompt = "standard";               // name of the default prompt
  std::string model;                             // default model, "" = the agent's own
  std::vector<Agent> agents;                     // parallel.agents; never empty after loading
  int total_max = 0;                             // parallel.total_max, 0 = sum of the agents' caps
  std::optional<Seconds> timeout;                // parallel.timeout
  std::optional<Seconds> idle_timeout{1800};     // parallel.idle_timeout
  Seconds grace{10};                             // parallel.grace: between TERM and KILL
  Distribution distribution = Distribution::least_loaded;  // parallel.distribution
  int retries = 1;                                         // parallel.retries, in one run
  std::optional<double> max_cost;                          // parallel.max_cost, in US dollars
  std::optional<std::int64_t> max_tokens;                  // parallel.max_tokens
  Cleanup cleanup;
  ShellLine setup;                             // worktree.setup
  std::optional<Seconds> setup_timeout{600};   // worktree.setup_timeout
  std::vector<std::string> copy;               // worktree.copy: patterns as in .gitignore
  int port_base = 20000;                       // worktree.port_base: first of the port blocks
  ShellLine check;                             // check
  std::optional<Seconds> check_timeout{1800};  // check_timeout: also of `run:` criteria
  Criteria criteria = Criteria::require;       // criteria
  bool commit_leftovers = false;               // commit_leftovers
  ShellLine notify;                            // notify.command
  Reconcile reconcile;
};

// The agent for specs that carry a script, as it is when none is configured.
[[nodiscard]] Agent script_agent();

// What load_config reads besides the environment.
struct Sources {
  std::filesystem::path top_level;  // the checkout whose .chant/ counts; may be empty
  // `git config --get-regexp '^chant\.'` as (name, value), names lower case, oldest first.
  std::vector<std::pair<std::string, std::string>> git_config;
};

// Throws Error with file and line, or with the variable or git config name, for what is wrong.
[[nodiscard]] Config load_config(const Sources& sources);

// The values of an agent's `profile`.
[[nodiscard]] const std::vector<std::string>& profile_names();

// The first word of the agent's command, "" when it has none.
[[nodiscard]] std::string program_of(const Agent& agent);

// The text of a new .chant/config.yaml: every key, commented, with its default.
[[nodiscard]] std::string default_config_text();

// Environment and git config names of all scalar settings, for the documentation test:
// {"worktree.root", "chant.worktree.root", "GIT_CHANT_WORKTREE_ROOT"}.
struct SettingName {
  std::string key, git_config, environment;
};
[[nodiscard]] std::vector<SettingName> setting_names();

}  // namespace chant::config
