#include "work/call.h"

#include "agent/profile.h"
#include "record/mark.h"
#include "record/names.h"
#include "util/error.h"
#include "util/file.h"

#include <utility>

namespace chant::work {

namespace fs = std::filesystem;

std::string write_private(const git::Repository& repository, const journal::Attempt& attempt,
                          const std::string& suffix, std::string_view text) {
  const fs::path directory = record::log_directory(repository, attempt.spec);
  make_private_directories(directory);
  const fs::path file = directory / (std::to_string(attempt.number) + suffix);
  // A journal that was lost begins to count from 1 again.
  fs::remove(file);
  if (!make_file(file, text, 0600)) fail("'{}' exists", file.string());
  return file.string();
}

process::Loop::Supervised make_call(record::Workspace& workspace, journal::Attempt& attempt,
                                    const config::Agent& agent, process::Command command,
                                    const fs::path& directory, std::string_view prompt) {
  const std::string number = std::to_string(attempt.number);
  const std::string prompt_file = write_private(workspace.repository(), attempt, ".prompt", prompt);
  process::Loop::Supervised supervised;
  supervised.command = std::move(command);
  supervised.command.cwd = directory;
  auto& env = supervised.command.env;
  env["CHANT_SPEC_ID"] = attempt.spec;
  env["CHANT_SPEC_FILE"] = (directory / record::spec_path(attempt.spec)).string();
  env["CHANT_WORKTREE"] = directory.string();
  env["CHANT_BRANCH"] = record::short_ref(attempt.branch);
  env["CHANT_BASE"] = attempt.base;
  env["CHANT_ATTEMPT"] = number;
  env["CHANT_RUN"] = record::run_name(attempt);
  env["CHANT_AGENT"] = agent.name;
  env["CHANT_PROMPT_FILE"] = prompt_file;
  if (!attempt.model.empty()) env["CHANT_MODEL"] = attempt.model;
  if (agent::reads_prompt(agent)) supervised.input = prompt_file;
  attempt.log = (fs::path(prompt_file).parent_path() / (number + ".log")).string();
  supervised.log = attempt.log;
  supervised.time_limit = workspace.config().timeout;
  supervised.grace = workspace.config().grace;
  return supervised;
}

}  // namespace chant::work
