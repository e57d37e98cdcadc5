// git chant init
#include "agent/prompt.h"
#include "cmd/ask.h"
#include "cmd/hooks.h"
#include "cmd/verbs.h"
#include "config/config.h"
#include "hook/ledger.h"
#include "util/error.h"
#include "util/file.h"

#include <sys/stat.h>

#include <cerrno>
#include <memory>

namespace chant::cmd {
namespace {

namespace fs = std::filesystem;

struct InitOptions {
  bool dry_run = false;
  bool hooks = false;
};

void init_directory(Context& context, const InitOptions& options, const fs::path& path,
                    const std::string& shown) {
  const fs::file_status status = fs::symlink_status(path);
  if (fs::is_directory(status)) return context.out.print("kept {}/\n", shown);
  if (fs::exists(status)) fail("'{}' exists and is not a directory", shown);
  if (!options.dry_run && ::mkdir(path.c_str(), 0777) != 0) {
    fail_errno("cannot create '" + shown + "'", errno);
  }
  context.out.print("{} {}/\n", options.dry_run ? "would create" : "created", shown);
}

void init_file(Context& context, const InitOptions& options, const fs::path& path,
               const std::string& shown, const std::string& text) {
  const bool exists = fs::exists(fs::symlink_status(path));
  if (exists || (!options.dry_run && !make_file(path, text))) {
    return context.out.print("kept {}\n", shown);
  }
  context.out.print("{} {}\n", options.dry_run ? "would create" : "created", shown);
}

int offer_hooks(Context& context, const InitOptions& options) {
  if (!options.hooks) {
    if (hook::load_ledger(git::discover(context.directory))) return 0;
    if (!can_ask()) {
      context.out.write("to have merges recorded at once: git chant hooks install\n");
      return 0;
    }
    if (!agrees(context, "Install git hooks, so that merges are recorded at once?")) return 0;
  }
  return install_hooks(context, Consent::ask, hook::AttributesIn::git_directory);
}

int init(const InitOptions& options, Context& context) {
  const fs::path top = git::discover(context.directory).top_level;
  for (const char* directory : {".chant", ".chant/specs", ".chant/prompts"}) {
    init_directory(context, options, top / directory, directory);
  }
  const bool old_config = fs::exists(fs::symlink_status(top / ".chant/config.md"));
  if (old_config) {
    context.out.write("kept .chant/config.md\n");
  } else {
    init_file(context, options, top / ".chant/config.yaml", ".chant/config.yaml",
              config::default_config_text());
  }
  for (const agent::Prompt& prompt : agent::built_in_prompts()) {
    const std::string shown = ".chant/prompts/" + prompt.name + ".md";
    init_file(context, options, top / shown, shown, prompt.text);
  }
  return options.dry_run ? 0 : offer_hooks(context, options);
}

}  // namespace

Handler add_init(Options& options) {
  auto chosen = std::make_shared<InitOptions>();
  options.flag("--hooks", chosen->hooks, "install the git hooks, too");
  options.flag("--dry-run", chosen->dry_run, "only say what would be created");
  return [chosen](Context& context) { return init(*chosen, context); };
}

}  // namespace chant::cmd
