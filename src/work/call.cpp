#include "work/call.h"

#include "agent/profile.h"
#include "record/mark.h"
#include "record/names.h"
#include "util/error.h"
#include "util/file.h"
#include "work/environment.h"

#include <cstdlib>
#include <utility>

namespace chant::work {

namespace fs = std::filesystem;

std::string write_private(const git::Repository& repository, const journal::Attempt& attempt,
                          const std::string& suffix, std::string_view text) {
  const fs::path directory = record::log_directory(repository, attempt.spec);
  make_private_directories(directory);
  const fs::path file = directory / (std::to_string(attempt.number) + suffix);
  // A journal that was lost begins to count from 1 again.
  std::error_code ignored;
  fs::remove(file, ignored);
  if (!make_file(file, text, 0600)) fail("'{}' exists", file.string());
  return file.string();
}

process::EnvChanges attempt_environment(const journal::Attempt& attempt, const config::Agent& agent,
                                        const fs::path& directory) {
  process::EnvChanges env = agent_environment(agent);
  env["CHANT_SPEC_ID"] = attempt.spec;
  env["CHANT_SPEC_FILE"] = (directory / record::spec_path(attempt.spec)).string();
  env["CHANT_WORKTREE"] = directory.string();
  env["CHANT_BRANCH"] = record::short_ref(attempt.branch);
  env["CHANT_BASE"] = attempt.base;
  env["CHANT_ATTEMPT"] = std::to_string(attempt.number);
  env["CHANT_RUN"] = record::run_name(attempt);
  env["CHANT_AGENT"] = agent.name;
  if (!attempt.model.empty()) env["CHANT_MODEL"] = attempt.model;
  return env;
}

std::optional<Seconds> time_limit(const config::Config& config, const config::Agent& agent) {
  if (!agent.timeout) return config.timeout;
  return *agent.timeout == Seconds{0} ? std::nullopt : agent.timeout;
}

namespace {

// Who commits, in git's own variables, unless they are set.
void add_identity(process::EnvChanges& env, const git::Identity& identity) {
  const auto add = [&env](const std::string& role, const std::string& person) {
    const std::size_t mail = person.rfind(" <");
    if (mail == std::string::npos || !person.ends_with('>')) return;
    const std::string name = "GIT_" + role + "_NAME", address = "GIT_" + role + "_EMAIL";
    if (std::getenv(name.c_str()) == nullptr) env.try_emplace(name, person.substr(0, mail));
    if (std::getenv(address.c_str()) == nullptr) {
      env.try_emplace(address, person.substr(mail + 2, person.size() - mail - 3));
    }
  };
  add("AUTHOR", identity.author);
  add("COMMITTER", identity.committer);
}

}  // namespace

process::Loop::Supervised make_call(record::Workspace& workspace, journal::Attempt& attempt,
                                    const config::Agent& agent, process::Command command,
                                    const fs::path& directory, std::string_view prompt) {
  const std::string prompt_file = write_private(workspace.repository(), attempt, ".prompt", prompt);
  process::Loop::Supervised supervised;
  supervised.command = std::move(command);
  supervised.command.cwd = directory;
  auto& env = supervised.command.env;
  env.merge(attempt_environment(attempt, agent, directory));
  env["CHANT_PROMPT_FILE"] = prompt_file;
  if (agent::hides_identity(agent.profile)) add_identity(env, workspace.identity());
  if (agent::reads_prompt(agent)) supervised.input = prompt_file;
  attempt.log = fs::path(prompt_file).replace_extension(".log").string();
  supervised.log = attempt.log;
  supervised.time_limit = time_limit(workspace.config(), agent);
  supervised.grace = workspace.config().grace;
  return supervised;
}

}  // namespace chant::work
