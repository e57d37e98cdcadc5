// A child that answers requests on its stdin, one at a time, until it is destroyed: for
// `git cat-file --batch` and its like. Not thread-safe. Closing its stdin ends it.
#pragma once

#include "process/command.h"
#include "util/fd.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace chant::process {

class Coprocess {
 public:
  explicit Coprocess(const Command& command);  // throws Error when it cannot be started
  Coprocess(const Coprocess&) = delete;
  Coprocess& operator=(const Coprocess&) = delete;
  ~Coprocess();  // closes stdin and waits for the child

  [[nodiscard]] int pid() const { return pid_; }

  void write(std::string_view bytes);     // throws Error when the child is gone
  [[nodiscard]] std::string read_line();  // without its newline; throws Error at end of file
  [[nodiscard]] std::string read_exactly(std::size_t bytes);
  // Closes its stdin; it can still be read.
  void end_input();
  // What it wrote next, "" at the end of its output.
  [[nodiscard]] std::string read_more();
  // Closes stdin, waits, and returns how it ended and what it said on stderr.
  Result finish();

 private:
  void fill();
  void receive(bool writing);
  [[nodiscard]] int reap();

  std::string name_;
  int pid_ = -1;
  UniqueFd in_, out_, err_;
  std::string buffer_;  // what it wrote; the first used_ bytes were handed out
  std::size_t used_ = 0;
  std::string complaint_;  // the end of what it said on stderr
};

}  // namespace chant::process
