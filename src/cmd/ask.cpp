#include "cmd/ask.h"

#include "process/wait_readable.h"
#include "util/text.h"

#include <unistd.h>

namespace chant::cmd {

bool can_ask() { return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1; }

bool agrees(Context& context, const std::string& question) {
  context.out.flush();
  context.err.print("{} [y/N] ", printable_line(question));
  context.err.flush();
  if (!process::wait_readable(STDIN_FILENO)) {
    context.err.write("\n");
    return false;
  }
  // In line mode a terminal hands out whole lines: what follows the answer must not be left for
  // the next question.
  std::string answer(256, '\0');
  const ssize_t length = ::read(STDIN_FILENO, answer.data(), answer.size());
  return length > 0 && (answer.front() == 'y' || answer.front() == 'Y');
}

}  // namespace chant::cmd
