// Running the `git` program: the one way every child git is started.
//
// The environment variables that tie a process to one repository are removed from this process
// once (scrub_environment), so neither git nor an agent acts on a repository that a hook's
// caller had in mind. Output that is parsed is plumbing output in the C locale; prompts, pagers,
// editors, automatic gc and the fsmonitor are off.
#pragma once

#include "process/command.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace chant::git {

// Removes `git rev-parse --local-env-vars` from the environment of this process.
void scrub_environment();
[[nodiscard]] const std::vector<std::string>& local_environment_variables();

// `git <arguments>` to be run in `directory`. Hooks do not run.
[[nodiscard]] process::Command command(const std::filesystem::path& directory,
                                       std::vector<std::string> arguments);

// Runs it. Repeats while another git process holds a lock that passes, up to a few seconds.
[[nodiscard]] process::Result run(const std::filesystem::path& directory,
                                  std::vector<std::string> arguments, std::string_view input = {});

// As run, without a trailing newline. Throws Error with git's own words when it fails.
std::string output(const std::filesystem::path& directory, std::vector<std::string> arguments,
                   std::string_view input = {});

// What a git command that failed says itself: its first stderr line, made printable.
[[nodiscard]] std::string error_words(const process::Result& result);

// The Error for a git command that failed, with its words.
[[noreturn]] void fail_git(const std::string& what, const process::Result& result);

// True for the errors of git that go away when another git process ends.
[[nodiscard]] bool is_transient(std::string_view error_text);

}  // namespace chant::git
