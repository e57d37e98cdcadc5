#include "cmd/ask_trust.h"

#include "cmd/ask.h"
#include "util/error.h"
#include "util/text.h"

namespace chant::cmd {
namespace {

// A shell reads on where a terminal would take what follows ESC for a command to itself: nothing of
// it is left out.
std::string all_of_line(std::string line) {
  for (auto at = line.find('\033'); at != std::string::npos; at = line.find('\033', at)) {
    line.replace(at, 1, "^[");
  }
  return printable_line(line);
}

}  // namespace

void show_executables(Context& context, const std::vector<config::Executable>& executables) {
  for (const config::Executable& executable : executables) {
    context.out.print("{}\n",
                      context.terminal.paint(printable_line(executable.what), ui::Colour::bold));
    for (const std::string& line : split(trim(executable.content), '\n')) {
      context.out.print("    {}\n", all_of_line(line));
    }
  }
}

bool ask_for_trust(Context& context, config::TrustStore& store,
                   const std::vector<config::Executable>& executables) {
  const std::vector<config::Executable> open = store.untrusted(executables);
  if (open.empty()) return true;
  show_executables(context, open);
  if (!can_ask()) {
    throw Error("not trusted: there is no terminal to ask on", "git chant trust --yes");
  }
  const bool one = open.size() == 1;
  if (!agrees(context, fmt::format("Trust {}?", one ? "this command" : "these commands"))) {
    return false;
  }
  store.trust(open);
  return true;
}

}  // namespace chant::cmd
