// git chant demo: the same commands a user types, in a repository made for it.
#include "cmd/demo_specs.h"
#include "cmd/verbs.h"
#include "git/run.h"
#include "process/command.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <stdlib.h>

#include <cerrno>
#include <memory>

namespace chant::cmd {
namespace {

namespace fs = std::filesystem;

struct DemoOptions {
  bool keep = false;
};

class Demo {
 public:
  Demo(Context& context, fs::path root) : context_(context), root_(std::move(root)) {
    // Trust, configuration and identity of the demo stay inside its own directory.
    env_["XDG_STATE_HOME"] = (root_ / "state").string();
    env_["XDG_CONFIG_HOME"] = (root_ / "config").string();
    env_["GIT_CONFIG_GLOBAL"] = (root_ / "gitconfig").string();
  }

  int play() {
    const std::string config = fmt::format(
        "[user]\n\tname = Demo\n\temail = demo@example.com\n[init]\n\tdefaultBranch = main\n"
        "[chant \"worktree\"]\n\troot = {}\n",
        (root_ / "worktrees").string());
    write(root_ / "gitconfig", config);
    fs::create_directories(root_ / "config/git-chant");
    write(root_ / "config/git-chant/config.yaml",
          "parallel:\n  agents:\n    - {name: script, profile: script, max_concurrent: 4}\n");
    fs::create_directory(repository());
    git({"init", "--quiet"});
    write(repository() / "README.md", "# Weather station\n");
    git({"add", "README.md"});
    git({"commit", "--quiet", "-m", "Start"});
    if (const int code = show({"init", "--hooks"})) return code;
    git({"add", ".chant"});
    git({"commit", "--quiet", "-m", "Add .chant"});
    for (const DemoSpec& spec : demo_specs()) {
      write(repository() / ".chant/specs" / (std::string(spec.id) + ".md"), spec.text);
    }
    context_.out.print(
        "\n(five specs were written to .chant/specs; each carries the script that "
        "works it)\n");
    if (const int code = show({"list"})) return code;
    if (const int code = show({"trust", "--yes"})) return code;
    if (const int code = show({"work", "--parallel"})) return code;
    if (const int code = show({"list", "--all"})) return code;
    return show_git({"log", "--oneline", "--graph", "--max-count=12"});
  }

 private:
  [[nodiscard]] fs::path repository() const { return root_ / "weather"; }

  static void write(const fs::path& path, std::string_view text) {
    if (!make_file(path, text)) fail("'{}' exists", path.string());
  }

  void git(std::vector<std::string> arguments) {
    process::Command command = git::command(repository(), std::move(arguments));
    command.env.insert(env_.begin(), env_.end());
    const process::Result result = process::run(command);
    if (!process::succeeded(result.outcome)) git::fail_git("git", result);
  }

  int run(const std::string& shown, std::vector<std::string> argv) {
    context_.out.print("\n{}\n", context_.terminal.paint("$ " + shown, ui::Colour::bold));
    context_.out.flush();
    process::Command command;
    command.argv = std::move(argv);
    command.cwd = repository();
    command.env = env_;
    const process::Outcome outcome = process::run_in_terminal(command);
    const auto* exited = std::get_if<process::Exited>(&outcome);
    return exited == nullptr ? 1 : exited->code;
  }

  int show(const std::vector<std::string>& words) {
    std::vector<std::string> argv = {process::own_path().string()};
    argv.insert(argv.end(), words.begin(), words.end());
    return run("git chant " + join(words, " "), std::move(argv));
  }

  int show_git(const std::vector<std::string>& words) {
    std::vector<std::string> argv = {"git", "--no-pager"};
    argv.insert(argv.end(), words.begin(), words.end());
    return run("git " + join(words, " "), std::move(argv));
  }

  Context& context_;
  fs::path root_;
  process::EnvChanges env_;
};

int demo(const DemoOptions& options, Context& context) {
  std::string pattern = (fs::temp_directory_path() / "git-chant-demo-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) fail_errno("cannot make a directory for the demo", errno);
  const fs::path root = pattern;
  const int code = Demo(context, root).play();
  if (options.keep || code != 0) {
    context.out.print("\nthe repository is in {}\n", (root / "weather").string());
  } else {
    std::error_code ignored;
    fs::remove_all(root, ignored);
    context.out.write("\nthe repository was removed again (--keep leaves it)\n");
  }
  return code;
}

}  // namespace

Handler add_demo(Options& options) {
  auto chosen = std::make_shared<DemoOptions>();
  options.flag("--keep", chosen->keep, "leave the repository of the demo, and say where it is");
  return [chosen](Context& context) { return demo(*chosen, context); };
}

}  // namespace chant::cmd
