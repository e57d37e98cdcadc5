#include "agent/profile.h"

#include "agent/readers.h"
#include "util/error.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace chant::agent {
namespace {

using Words = std::vector<std::string>;

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         byte >= 0x80 || std::string_view{"_./+:@%,^-"}.find(c) != std::string_view::npos;
}

bool is_plain_or_blank(char c) { return is_plain(c) || c == ' ' || c == '\t'; }

// Words of a shell that need not be programs on PATH.
bool is_shell_word(const std::string& word) {
  constexpr std::array<std::string_view, 12> kWords = {".",    ":",      "cd",    "command",
                                                       "eval", "exec",   "set",   "test",
                                                       "time", "ulimit", "umask", "export"};
  return std::ranges::find(kWords, word) != kWords.end();
}

// argv for the configured command with `more` at its end.
Words command_line(const config::Agent& agent, const Words& more) {
  Words argv = agent.argv;
  if (argv.empty()) {
    if (std::ranges::all_of(agent.command, is_plain)) {
      argv = {agent.command};
    } else if (more.empty()) {
      argv = {"/bin/sh", "-c", agent.command};
    } else {
      argv = {"/bin/sh", "-c", agent.command + " \"$@\"", "sh"};
    }
  }
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

process::Command script_command(const config::Agent&, const Task& task) {
  return {{"/bin/sh", "-eu", task.script_file.string()}, {}, {}};
}

process::Command plain_command(const config::Agent& agent, const Task&) {
  return {command_line(agent, agent.args), {}, {}};
}

process::Command claude_command(const config::Agent& agent, const Task& task) {
  Words words = {"-p",        "--output-format",   "stream-json",
                 "--verbose", "--permission-mode", "bypassPermissions"};
  const std::string& model = task.model.empty() ? agent.model : task.model;
  if (!model.empty()) words.insert(words.end(), {"--model", model});
  words.insert(words.end(), agent.args.begin(), agent.args.end());
  process::Command command{command_line(agent, words), {}, {}};
  // Few retries of its own: waiting for a limit is better done without a running agent.
  for (const auto& [name, value] :
       {std::pair{"DISABLE_AUTOUPDATER", "1"}, std::pair{"CLAUDE_CODE_MAX_RETRIES", "2"}}) {
    if (std::getenv(name) == nullptr) command.env[name] = value;
  }
  return command;
}

enum class Input { none, prompt };

struct Profile {
  std::string_view name;
  Input input;
  process::Command (*command)(const config::Agent& agent, const Task& task);
  std::unique_ptr<Reader> (*reader)();
};

constexpr std::array kProfiles = {
    Profile{"script", Input::none, script_command,
            [] { return make_text_reader(WatchLimits::no); }},
    Profile{"claude", Input::prompt, claude_command, make_claude_reader},
    Profile{"command", Input::prompt, plain_command,
            [] { return make_text_reader(WatchLimits::yes); }},
};

const Profile& require_profile(const std::string& name) {
  const auto* found = std::ranges::find(kProfiles, name, &Profile::name);
  if (found == kProfiles.end()) fail("unknown agent profile '{}'", name);
  return *found;
}

}  // namespace

std::unique_ptr<Reader> make_reader(const std::string& profile) {
  return require_profile(profile).reader();
}

process::Command make_command(const config::Agent& agent, const Task& task) {
  return require_profile(agent.profile).command(agent, task);
}

bool reads_prompt(const config::Agent& agent) {
  return require_profile(agent.profile).input == Input::prompt;
}

std::string required_program(const config::Agent& agent) {
  if (agent.profile == "script") return "";
  const std::string program = config::program_of(agent);
  if (!agent.argv.empty()) return program;
  const bool readable = std::ranges::all_of(agent.command, is_plain_or_blank);
  return readable && !is_shell_word(program) ? program : "sh";
}

const std::vector<std::string>& profile_names() { return config::profile_names(); }

}  // namespace chant::agent
