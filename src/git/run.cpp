#include "git/run.h"

#include "util/error.h"
#include "util/text.h"

#include <poll.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace chant::git {

const std::vector<std::string>& local_environment_variables() {
  // `git rev-parse --local-env-vars` of git 2.39 to 2.55; a test compares with the installed git.
  static const std::vector<std::string> names = {"GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                                 "GIT_CONFIG",
                                                 "GIT_CONFIG_PARAMETERS",
                                                 "GIT_CONFIG_COUNT",
                                                 "GIT_OBJECT_DIRECTORY",
                                                 "GIT_DIR",
                                                 "GIT_WORK_TREE",
                                                 "GIT_IMPLICIT_WORK_TREE",
                                                 "GIT_GRAFT_FILE",
                                                 "GIT_INDEX_FILE",
                                                 "GIT_NO_REPLACE_OBJECTS",
                                                 "GIT_REPLACE_REF_BASE",
                                                 "GIT_PREFIX",
                                                 "GIT_INTERNAL_SUPER_PREFIX",
                                                 "GIT_SHALLOW_FILE",
                                                 "GIT_COMMON_DIR",
                                                 "GIT_REFERENCE_BACKEND",
                                                 "GIT_QUARANTINE_PATH",
                                                 "GIT_NAMESPACE"};
  return names;
}

void scrub_environment() {
  for (const std::string& name : local_environment_variables()) unsetenv(name.c_str());
}

process::Command command(const std::filesystem::path& directory,
                         std::vector<std::string> arguments) {
  process::Command command;
  command.argv = {"git",
                  "-c",
                  "gc.auto=0",
                  "-c",
                  "maintenance.auto=false",
                  "-c",
                  "core.fsmonitor=false",
                  "-c",
                  "core.hooksPath=/dev/null",
                  "-c",
                  "core.quotePath=false",
                  "-c",
                  "core.filesRefLockTimeout=5000",
                  "-c",
                  "core.packedRefsTimeout=10000"};
  std::move(arguments.begin(), arguments.end(), std::back_inserter(command.argv));
  command.cwd = directory;
  command.env = {{"LC_ALL", "C"},      {"GIT_OPTIONAL_LOCKS", "0"}, {"GIT_TERMINAL_PROMPT", "0"},
                 {"GIT_PAGER", "cat"}, {"GIT_EDITOR", ":"},         {"GIT_ADVICE", "0"}};
  return command;
}

bool is_transient(std::string_view error_text) {
  constexpr std::array<std::string_view, 5> kWords = {
      ".lock': File exists", "could not lock config file", "did not send all necessary objects",
      "Another git process seems to be running", "commondir: Success"};
  // A worktree that is being made or removed just now, seen half-way.
  const bool worktree = error_text.find("/worktrees/") != std::string_view::npos &&
                        (error_text.find("Invalid path") != std::string_view::npos ||
                         error_text.find("failed to read") != std::string_view::npos ||
                         error_text.find("bad object") != std::string_view::npos);
  return worktree || std::any_of(kWords.begin(), kWords.end(), [&](std::string_view words) {
           return error_text.find(words) != std::string_view::npos;
         });
}

process::Result run(const std::filesystem::path& directory, std::vector<std::string> arguments,
                    std::string_view input) {
  using Clock = std::chrono::steady_clock;
  const process::Command git = command(directory, std::move(arguments));
  const auto deadline = Clock::now() + std::chrono::seconds(5);
  int delay_ms = 20;
  while (true) {
    process::Result result = process::run(git, input);
    if (process::succeeded(result.outcome) || !is_transient(result.err) ||
        Clock::now() >= deadline) {
      return result;
    }
    // git takes these locks without waiting, and no event tells when another git drops one.
    poll(nullptr, 0, delay_ms);
    delay_ms = std::min(delay_ms * 2, 400);
  }
}

std::string output(const std::filesystem::path& directory, std::vector<std::string> arguments,
                   std::string_view input) {
  const std::string what = "git " + arguments.front();
  process::Result result = run(directory, std::move(arguments), input);
  if (!process::succeeded(result.outcome)) fail_git(what, result);
  if (!result.out.empty() && result.out.back() == '\n') result.out.pop_back();
  return std::move(result.out);
}

std::string error_words(const process::Result& result) {
  std::string_view words = trim(result.err);
  for (const std::string_view prefix : {"fatal: ", "error: "}) {
    if (words.substr(0, prefix.size()) == prefix) words.remove_prefix(prefix.size());
  }
  return printable_line(words.substr(0, words.find('\n')));
}

void fail_git(const std::string& what, const process::Result& result) {
  fail("{} failed ({}): {}", what, process::describe(result.outcome), error_words(result));
}

}  // namespace chant::git
