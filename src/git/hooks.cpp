#include "git/hooks.h"

#include "git/run.h"

#include <unistd.h>

namespace chant::git {

void Hooks::run(const std::filesystem::path& checkout, const std::string& name,
                const std::vector<std::string>& arguments) {
  if (!configured_) {
    // Our own commands set core.hooksPath on their command line: only files count here.
    const process::Result found = git::run(
        checkout, {"config", "--show-scope", "--get-regexp", "^(core\\.hookspath|hook\\..*)$"});
    configured_ = false;
    std::string_view rest = found.out;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      if (line.substr(0, 7) != "command") configured_ = true;
      rest.remove_prefix(line.size() + (line.size() < rest.size() ? 1 : 0));
    }
  }
  if (!*configured_ && access((common_dir_ / "hooks" / name).c_str(), X_OK) != 0) return;
  process::Command hook;
  hook.argv = {"git", "hook", "run", "--ignore-missing", name, "--"};
  hook.argv.insert(hook.argv.end(), arguments.begin(), arguments.end());
  hook.cwd = checkout;
  hook.env = {{"CHANT_HOOK", "0"}};
  (void)process::run(hook, {}, 64 * 1024);
}

}  // namespace chant::git
