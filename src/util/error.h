// The one exception type of git-chant, and the exit codes of the program.
//
// Throw an Error when the caller can only give up. What a caller must branch on (a conflict, an
// agent that exited 1, a ref that is absent) is returned, not thrown. Messages are lower case,
// without a full stop, problem first, the subject in single quotes; the hint is the one next
// command or step, on a line of its own.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace chant {

// Exit codes of the program; 128+N for a signal N is made where the signal is known.
enum class Exit { done = 0, no = 1, failure = 128, usage = 129 };

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, std::string hint = {}, Exit code = Exit::failure)
      : std::runtime_error(message), hint_(std::move(hint)), code_(code) {}

  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }
  [[nodiscard]] Exit code() const noexcept { return code_; }

 private:
  std::string hint_;
  Exit code_;
};

// Throws a failure (exit 128) with a formatted message.
template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fmt::format(format, std::forward<Args>(args)...));
}

// Throws a usage error (exit 129) with a formatted message.
template <typename... Args>
[[noreturn]] void fail_usage(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fmt::format(format, std::forward<Args>(args)...), {}, Exit::usage);
}

// Throws a failure whose message ends with the text of `error_number` (an errno value).
[[noreturn]] void fail_errno(const std::string& what, int error_number);

}  // namespace chant
