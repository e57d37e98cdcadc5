#include "agent/profile.h"

#include "agent/readers.h"
#include "agent/stream.h"
#include "util/error.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace chant::agent {
namespace {

namespace fs = std::filesystem;
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

// Whether a tool that goes on with a session counts from the beginning of that session.
enum class Counts { call, session };

// How a tool is called: command, `words`, the model, the agent's own args, the session, `last`.
struct Profile {
  std::string_view name;
  Words words = {};
  std::string_view model_flag = {};  // "" when the tool has none
  Words session = {};                // before the id of a session to go on with; empty: it cannot
  Words last = {};
  std::vector<std::pair<std::string, std::string>> env = {};  // unless they are set already
  Words variables = {};                                       // see variables_of()
  std::unique_ptr<Reader> (*reader)() = nullptr;
  Counts tokens = Counts::call;
  Counts cost = Counts::call;
};

std::unique_ptr<Reader> make_script_reader() { return make_text_reader(WatchLimits::no); }
std::unique_ptr<Reader> make_command_reader() { return make_text_reader(WatchLimits::yes); }

Profile claude() {
  return {"claude",
          {"-p", "--output-format", "stream-json", "--verbose", "--permission-mode",
           "bypassPermissions"},
          "--model",
          {"--resume"},
          {},
          // Few retries of its own: waiting for a limit is better done without a running agent.
          {{"DISABLE_AUTOUPDATER", "1"}, {"CLAUDE_CODE_MAX_RETRIES", "2"}},
          {"ANTHROPIC_*", "CLAUDE_*", "DISABLE_AUTOUPDATER", "DISABLE_TELEMETRY",
           "DISABLE_ERROR_REPORTING", "API_TIMEOUT_MS", "BASH_DEFAULT_TIMEOUT_MS",
           "BASH_MAX_TIMEOUT_MS", "MAX_THINKING_TOKENS", "IS_SANDBOX"},
          make_claude_reader,
          Counts::call,
          Counts::session};
}

Profile codex() {
  return {"codex",
          {"exec", "--json"},
          "-m",
          {"resume"},
          {"-"},
          {},
          {"CODEX_*", "OPENAI_API_KEY", "OPENAI_BASE_URL"},
          make_codex_reader,
          Counts::session};
}

Profile opencode() {
  return {"opencode", {"run", "--format", "json", "--auto"},  "-m",           {"--session"},
          {},         {{"OPENCODE_DISABLE_AUTOUPDATE", "1"}}, {"OPENCODE_*"}, make_opencode_reader};
}

Profile qwen() {
  return {"qwen",
          {"--output-format", "stream-json", "--approval-mode", "yolo"},
          "-m",
          {"--resume"},
          {},
          {{"QWEN_CODE_SUPPRESS_YOLO_WARNING", "1"}},
          {"QWEN_*", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "DASHSCOPE_API_KEY"},
          make_qwen_reader,
          Counts::session};
}

Profile gemini() {
  return {"gemini",
          {"--output-format", "stream-json", "--approval-mode", "yolo"},
          "-m",
          {},  // a session whose first request failed would not be found
          {},
          // Without trust it may run nothing; its second process hides signals from the first.
          {{"GEMINI_CLI_TRUST_WORKSPACE", "true"}, {"GEMINI_CLI_NO_RELAUNCH", "true"}},
          {"GEMINI_*", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_GENAI_*",
           "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION"},
          make_gemini_reader};
}

Profile copilot() {
  return {"copilot",
          {"--output-format", "json", "--allow-all-tools", "--allow-all-paths"},
          "--model",
          {"--resume"},
          {},
          {{"COPILOT_AUTO_UPDATE", "false"}},
          {"COPILOT_*"},
          make_copilot_reader,
          Counts::session};
}

Profile cline() {
  return {"cline",
          {"--json", "--auto-approve", "true"},
          "-m",
          {},
          // It does not start without an argument, and adds what it reads on stdin.
          {"Do what the text on stdin says."},
          {{"CLINE_NO_AUTO_UPDATE", "1"}},
          {"CLINE_*"},
          make_cline_reader};
}

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> all = [] {
    std::vector<Profile> table = {claude(), codex(),   opencode(), qwen(),
                                  gemini(), copilot(), cline()};
    table.push_back({.name = "script", .reader = make_script_reader});
    table.push_back({.name = "command", .reader = make_command_reader});
    return table;
  }();
  return all;
}

const Profile& require_profile(const std::string& name) {
  const auto found = std::ranges::find(profiles(), name, &Profile::name);
  if (found == profiles().end()) fail("unknown agent profile '{}'", name);
  return *found;
}

// codex's own sandbox keeps the repository's directory, which a commit in a worktree writes to,
// out of reach; these are enough for a commit. Without a sandbox chosen in `args`, it has none.
Words codex_permission(const config::Agent& agent, const fs::path& git_dir) {
  const bool sandboxed = std::ranges::any_of(agent.args, [](const std::string& word) {
    return word == "-s" || word.starts_with("--sandbox") || word == "--full-auto";
  });
  if (!sandboxed) return {"--dangerously-bypass-approvals-and-sandbox"};
  if (git_dir.empty()) return {};
  const bool linked = git_dir.parent_path().filename() == "worktrees";
  const fs::path common = linked ? git_dir.parent_path().parent_path() : git_dir;
  Words words;
  for (const fs::path& path : {git_dir, common / "objects", common / "refs" / "heads",
                               common / "logs" / "refs" / "heads"}) {
    words.insert(words.end(), {"--add-dir", path.string()});
  }
  return words;
}

Words words_of(const Profile& profile, const config::Agent& agent, const Task& task) {
  Words words = profile.words;
  const auto append = [&words](const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
  };
  if (profile.name == "codex") append(codex_permission(agent, task.git_dir));
  const std::string& model = task.model.empty() ? agent.model : task.model;
  // Some of the tools would read a model with a dash as an option of its own; a spec may name it.
  if (!profile.model_flag.empty() && !model.empty() && !model.starts_with('-')) {
    append({std::string(profile.model_flag), model});
  }
  append(agent.args);
  if (!profile.session.empty() && is_session_id(task.session)) {
    append(profile.session);
    append({task.session});
  }
  append(profile.last);
  return words;
}

bool is_set(const config::Agent& agent, const std::string& name) {
  return std::getenv(name.c_str()) != nullptr || agent.env.set.contains(name) ||
         agent.env.files.contains(name);
}

}  // namespace

std::unique_ptr<Reader> make_reader(const std::string& profile) {
  return require_profile(profile).reader();
}

process::Command make_command(const config::Agent& agent, const Task& task) {
  const Profile& profile = require_profile(agent.profile);
  if (profile.name == "script") return {{"/bin/sh", "-eu", task.script_file.string()}, {}, {}};
  process::Command command{command_line(agent, words_of(profile, agent, task)), {}, {}};
  for (const auto& [name, value] : profile.env) {
    if (!is_set(agent, name)) command.env[name] = value;
  }
  return command;
}

bool reads_prompt(const config::Agent& agent) {
  return require_profile(agent.profile).name != "script";
}

const std::vector<std::string>& variables_of(const std::string& profile) {
  return require_profile(profile).variables;
}

bool can_resume(const std::string& profile) { return !require_profile(profile).session.empty(); }

bool hides_identity(const std::string& profile) { return profile == "gemini"; }

void deduct(Report& report, const std::string& profile, const Used& earlier) {
  const auto own = [](auto& figure, auto before) {
    // Less than before cannot be a sum: the session was not gone on with after all.
    if (figure && *figure >= before) *figure -= before;
  };
  const Profile& counting = require_profile(profile);
  if (counting.tokens == Counts::session) {
    own(report.input_tokens, earlier.input_tokens);
    own(report.output_tokens, earlier.output_tokens);
  }
  if (counting.cost == Counts::session) own(report.cost_usd, earlier.cost_usd);
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
