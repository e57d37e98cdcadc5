#include "cmd/hook.h"

#include "hook/event.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>
#include <exception>
#include <filesystem>

namespace chant::cmd {

int run_hook(const std::vector<std::string>& words, ui::Stream& err) {
  const auto& known = hook::events();
  if (words.empty() || std::find(known.begin(), known.end(), words.front()) == known.end()) {
    fail_usage("usage: git chant hook <event> [<arguments of the hook>]");
  }
  std::string report;
  int code = 0;
  try {
    code = hook::run_event(std::filesystem::current_path(), words.front(),
                           {words.begin() + 1, words.end()}, report);
  } catch (const std::exception& error) {
    report += "git chant: " + std::string(error.what()) + "\n";
  }
  err.write(printable(report));
  return code;
}

}  // namespace chant::cmd
