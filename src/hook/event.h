// What our git hooks do: `git chant hook <event> <arguments of the hook>`.
//
// Nothing here fails a user's command, except pre-commit when a staged spec is faulty. An event
// with nothing to do reads a few small files and starts no process.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace chant::hook {

// The events that git-chant has a hook for, in the order in which they are shown.
[[nodiscard]] const std::vector<std::string>& events();

// Runs an event in the checkout at `directory`. To be called before the environment is scrubbed;
// scrubs it. What is to be said goes to `report`. The exit code: 0, or 1 to refuse a commit.
[[nodiscard]] int run_event(const std::filesystem::path& directory, const std::string& event,
                            const std::vector<std::string>& arguments, std::string& report);

}  // namespace chant::hook
