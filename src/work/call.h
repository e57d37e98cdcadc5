// Calling an agent: what every agent process gets, whatever it is asked to do.
#pragma once

#include "config/config.h"
#include "journal/journal.h"
#include "process/loop.h"
#include "record/workspace.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace chant::work {

// A file for one attempt, beside its log, that others cannot read; its path.
[[nodiscard]] std::string write_private(const git::Repository& repository,
                                        const journal::Attempt& attempt, const std::string& suffix,
                                        std::string_view text);

// What everything that runs for an attempt has in its environment: the allow-list of the agent
// (environment.h) and CHANT_*.
[[nodiscard]] process::EnvChanges attempt_environment(const journal::Attempt& attempt,
                                                      const config::Agent& agent,
                                                      const std::filesystem::path& directory);

// The time that an agent has: its own, or that of the run.
[[nodiscard]] std::optional<Seconds> time_limit(const config::Config& config,
                                                const config::Agent& agent);

// The command with its environment, the prompt on stdin when the agent reads it, the log (also set
// in `attempt`) and the configured limits. Callbacks are left to the caller.
[[nodiscard]] process::Loop::Supervised make_call(
    record::Workspace& workspace, journal::Attempt& attempt, const config::Agent& agent,
    process::Command command, const std::filesystem::path& directory, std::string_view prompt);

}  // namespace chant::work
