#include "cli/app.h"

#include "cmd/context.h"
#include "cmd/hook.h"
#include "cmd/options.h"
#include "cmd/run_agent.h"
#include "cmd/wait_lock.h"
#include "git/run.h"
#include "ui/terminal.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/text.h"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>

namespace chant::cli {
namespace {

namespace fs = std::filesystem;

const cmd::Command* find_command(const std::string& name) {
  const auto& all = cmd::commands();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const cmd::Command& row) { return name == row.name; });
  return found == all.end() ? nullptr : &*found;
}

std::string main_help() {
  std::string text = "usage: git chant [-C <dir>] <verb> [<args>]\n\n";
  for (const cmd::Command& row : cmd::commands()) {
    if (*row.summary == '\0') continue;
    text += fmt::format("  {:<10}  {}\n", row.name, row.summary);
  }
  text +=
      "\n    -C <dir>                      run as if started in <dir>\n"
      "    -h, --help                    show this help, or that of a verb\n"
      "    --version                     show the version\n"
      "\n'git chant <verb> -h' shows the options of a verb, 'man git-chant-<verb>' all of it.\n";
  return text;
}

[[noreturn]] void fail_unknown(const std::string& word) {
  std::vector<std::string> names;
  for (const cmd::Command& row : cmd::commands()) {
    if (*row.summary != '\0') names.emplace_back(row.name);
  }
  const std::string near = nearest(word, names);
  throw Error("'" + printable_line(word) + "' is not a git chant command",
              near.empty() ? "git chant -h" : "git chant " + near, Exit::usage);
}

int run_verb(const cmd::Command& row, const std::vector<std::string>& words,
             cmd::Context& context) {
  cmd::Options options(row.name, row.summary, row.usage);
  const cmd::Handler handler = row.add(options);
  if (!options.parse(words)) {
    context.out.write(options.help());
    return 0;
  }
  return handler(context);
}

int dispatch(std::vector<std::string> words, ui::Stream& out, ui::Stream& err) {
  fs::path directory = fs::current_path();
  auto word = words.begin();
  for (; word != words.end() && *word == "-C"; ++word) {
    if (++word == words.end()) fail_usage("option '-C' needs a directory");
    if (!word->empty()) directory /= *word;
  }
  cmd::Context context(out, err, directory);
  if (!fs::is_directory(directory)) {
    fail("cannot change to '{}': no such directory", printable_line(directory.string()));
  }
  if (word == words.end()) {
    err.write(main_help());
    return static_cast<int>(Exit::usage);
  }
  const std::vector<std::string> rest(word + 1, words.end());
  if (*word == "-h" || *word == "--help" || *word == "help") {
    const cmd::Command* row = rest.empty() ? nullptr : find_command(rest.front());
    if (row != nullptr) return run_verb(*row, {"-h"}, context);
    out.write(main_help());
    return 0;
  }
  const std::string name = *word == "--version" ? "version" : *word;
  const cmd::Command* row = find_command(name);
  if (row == nullptr) fail_unknown(name);
  return run_verb(*row, rest, context);
}

// An answer that could not be written is no answer.
int checked(int code, ui::Stream& out) {
  out.flush();
  if (out.good() || code != 0) return code;
  return static_cast<int>(Exit::failure);
}

}  // namespace

int run(const std::vector<std::string>& words) {
  ui::Stream out(STDOUT_FILENO);
  ui::Stream err(STDERR_FILENO);
  try {
    occupy_standard_descriptors();
    // Plumbing starts before anything else is looked at.
    if (!words.empty() && words.front() == "run-agent") {
      return cmd::run_agent({words.begin() + 1, words.end()});
    }
    if (!words.empty() && words.front() == "wait-lock") {
      return cmd::wait_lock({words.begin() + 1, words.end()});
    }
    // A hook reads what git says in the environment before that is removed.
    if (!words.empty() && words.front() == "hook") {
      return cmd::run_hook({words.begin() + 1, words.end()}, err);
    }
    git::scrub_environment();
    return checked(dispatch(words, out, err), out);
  } catch (const Error& error) {
    out.flush();
    err.print("error: {}\n", printable_line(error.what()));
    if (!error.hint().empty()) err.print("hint: {}\n", printable_line(error.hint()));
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    out.flush();
    err.print("error: {}\n", printable_line(error.what()));
    return static_cast<int>(Exit::failure);
  }
}

}  // namespace chant::cli
