#include "agent/profile.h"

#include "support/catch.h"
#include "support/temp_dir.h"
#include "util/error.h"

#include <algorithm>
#include <cstdlib>

using namespace chant;
using namespace chant::agent;

namespace {

using Words = std::vector<std::string>;

config::Agent agent_with(const std::string& profile, const std::string& command,
                         const Words& args = {}) {
  config::Agent agent;
  agent.name = "x";
  agent.profile = profile;
  agent.command = command;
  agent.args = args;
  return agent;
}

config::Agent agent_with(const std::string& profile, const Words& argv, const Words& args = {}) {
  config::Agent agent = agent_with(profile, std::string{}, args);
  agent.argv = argv;
  return agent;
}

struct Shown {
  std::vector<std::string> lines;
  Report report;
};

Shown read(const std::string& profile, const std::string& text) {
  Shown shown;
  const auto reader = make_reader(profile);
  const auto show = [&shown](std::string_view line) { shown.lines.emplace_back(line); };
  reader->feed(text, show);
  reader->finish(show);
  shown.report = reader->report();
  return shown;
}

Report::Kind kind_of(const std::string& text) { return read("command", text).report.kind; }

}  // namespace

TEST_CASE("each profile of the configuration has a reader") {
  CHECK(profile_names().size() == 9);
  for (const auto& name : profile_names()) {
    CAPTURE(name);
    CHECK(make_reader(name) != nullptr);
    CHECK(reads_prompt(agent_with(name, std::string{"x"})) == (name != "script"));
    CHECK_NOTHROW(variables_of(name));
  }
  CHECK_THROWS_AS(make_reader("other"), Error);
  CHECK_THROWS_AS(make_command(agent_with("other", "x"), {}), Error);
  CHECK_THROWS_AS(variables_of("other"), Error);
}

TEST_CASE("a script runs from its file and not from stdin or an argument") {
  const auto command = make_command(agent_with("script", std::string{}), {"", "/run/script"});
  CHECK(command.argv == Words{"/bin/sh", "-eu", "/run/script"});
  CHECK(command.cwd.empty());
  CHECK(command.env.empty());
}

TEST_CASE("a command of one plain word is called without a shell") {
  const auto command =
      make_command(agent_with("command", std::string{"my-tool"}, {"-a", "b c"}), {});
  CHECK(command.argv == Words{"my-tool", "-a", "b c"});
}

TEST_CASE("a command with blanks or shell characters is a shell line") {
  CHECK(make_command(agent_with("command", std::string{"tool --flag"}), {}).argv ==
        Words{"/bin/sh", "-c", "tool --flag"});
  for (const std::string line :
       {"~/bin/tool", "a;b", "a|b", "$X", "a&", "a>b", "`a`", "X=1", "a*", "'a'", "a\nb", "(a)"}) {
    CAPTURE(line);
    CHECK(make_command(agent_with("command", line), {}).argv == Words{"/bin/sh", "-c", line});
  }
}

TEST_CASE("arguments reach a shell line as they are") {
  const test::TempDir directory;
  directory.write("tool", "printf '<%s>' \"$@\"\n");
  const auto command = make_command(
      agent_with("command", std::string{"sh ./tool first"}, {"a b", "$HOME", "*"}), {});
  CHECK(command.argv ==
        Words{"/bin/sh", "-c", "sh ./tool first \"$@\"", "sh", "a b", "$HOME", "*"});
  CHECK(process::run({command.argv, directory.path(), {}}).out == "<first><a b><$HOME><*>");
}

TEST_CASE("a command that is a list is never given to a shell") {
  const auto command = make_command(agent_with("command", Words{"my tool", "$X"}, {"y z"}), {});
  CHECK(command.argv == Words{"my tool", "$X", "y z"});
}

TEST_CASE("claude is called for a stream of JSON without questions") {
  const Words flags = {"-p",        "--output-format",   "stream-json",
                       "--verbose", "--permission-mode", "bypassPermissions"};
  const auto with = [&flags](Words before, const Words& after) {
    before.insert(before.end(), flags.begin(), flags.end());
    before.insert(before.end(), after.begin(), after.end());
    return before;
  };
  auto agent = agent_with("claude", std::string{"claude"}, {"--x"});
  CHECK(make_command(agent, {}).argv == with({"claude"}, {"--x"}));
  agent.model = "sonnet";
  CHECK(make_command(agent, {}).argv == with({"claude"}, {"--model", "sonnet", "--x"}));
  CHECK(make_command(agent, {"opus", {}}).argv == with({"claude"}, {"--model", "opus", "--x"}));
  CHECK(make_command(agent, {"--proxy=x", {}}).argv == with({"claude"}, {"--x"}));
  agent = agent_with("claude", Words{"/opt/claude", "--settings", "a b"});
  CHECK(make_command(agent, {}).argv == with({"/opt/claude", "--settings", "a b"}, {}));
  agent = agent_with("claude", std::string{"X=1 claude"});
  CHECK(make_command(agent, {}).argv == with({"/bin/sh", "-c", "X=1 claude \"$@\"", "sh"}, {}));
}

TEST_CASE("claude gets settings that the environment does not have already") {
  unsetenv("DISABLE_AUTOUPDATER");
  unsetenv("CLAUDE_CODE_MAX_RETRIES");
  const auto agent = agent_with("claude", std::string{"claude"});
  const process::EnvChanges both = {{"DISABLE_AUTOUPDATER", "1"}, {"CLAUDE_CODE_MAX_RETRIES", "2"}};
  CHECK(make_command(agent, {}).env == both);
  setenv("CLAUDE_CODE_MAX_RETRIES", "7", 1);
  const process::EnvChanges one = {{"DISABLE_AUTOUPDATER", "1"}};
  CHECK(make_command(agent, {}).env == one);
  unsetenv("CLAUDE_CODE_MAX_RETRIES");
}

TEST_CASE("a variable that the agent sets itself is not set by its profile") {
  unsetenv("DISABLE_AUTOUPDATER");
  unsetenv("CLAUDE_CODE_MAX_RETRIES");
  auto agent = agent_with("claude", std::string{"claude"});
  agent.env.set["DISABLE_AUTOUPDATER"] = "0";
  agent.env.files["CLAUDE_CODE_MAX_RETRIES"] = "/file";
  CHECK(make_command(agent, {}).env.empty());
}

TEST_CASE("each tool is called without questions, with its model and args") {
  struct Call {
    std::string profile;
    Words argv;
  };
  const std::vector<Call> calls = {
      {"codex",
       {"x", "exec", "--json", "--dangerously-bypass-approvals-and-sandbox", "-m", "m", "--y",
        "-"}},
      {"opencode", {"x", "run", "--format", "json", "--auto", "-m", "m", "--y"}},
      {"qwen",
       {"x", "--output-format", "stream-json", "--approval-mode", "yolo", "-m", "m", "--y"}},
      {"gemini",
       {"x", "--output-format", "stream-json", "--approval-mode", "yolo", "-m", "m", "--y"}},
      {"copilot",
       {"x", "--output-format", "json", "--allow-all-tools", "--allow-all-paths", "--model", "m",
        "--y"}},
      {"cline",
       {"x", "--json", "--auto-approve", "true", "-m", "m", "--y",
        "Do what the text on stdin says."}},
      {"command", {"x", "--y"}},
  };
  for (const Call& call : calls) {
    CAPTURE(call.profile);
    auto agent = agent_with(call.profile, std::string{"x"}, {"--y"});
    CHECK(make_command(agent, {"m", {}}).argv == call.argv);
    agent.model = "m";
    CHECK(make_command(agent, {}).argv == call.argv);
    agent.model.clear();
    Words without = call.argv;
    if (const auto at = std::ranges::find(without, "m"); at != without.end()) {
      without.erase(at - 1, at + 1);
    }
    CHECK(make_command(agent, {}).argv == without);
  }
}

TEST_CASE("a session is gone on with where the tool can") {
  const auto argv = [](const std::string& profile, const std::string& session) {
    return make_command(agent_with(profile, Words{profile}), {"", {}, session, {}}).argv;
  };
  const Words claude = argv("claude", "id-1");
  CHECK(Words(claude.end() - 2, claude.end()) == Words{"--resume", "id-1"});
  const Words codex = argv("codex", "id-1");
  CHECK(Words(codex.end() - 3, codex.end()) == Words{"resume", "id-1", "-"});
  for (const std::string profile : {"qwen", "copilot"}) {
    const Words words = argv(profile, "id-1");
    CHECK(Words(words.end() - 2, words.end()) == Words{"--resume", "id-1"});
  }
  const Words opencode = argv("opencode", "id-1");
  CHECK(Words(opencode.end() - 2, opencode.end()) == Words{"--session", "id-1"});
  for (const std::string& profile : profile_names()) {
    CAPTURE(profile);
    CHECK((argv(profile, "id-1") != argv(profile, "")) == can_resume(profile));
    CHECK(argv(profile, "--last") == argv(profile, ""));
    CHECK(argv(profile, "a b") == argv(profile, ""));
  }
}

TEST_CASE("what a tool counts from the beginning of a session is cut down to the attempt's own") {
  const auto left = [](const std::string& profile) {
    Report report;
    report.input_tokens = 3600;
    report.output_tokens = 120;
    report.cost_usd = 0.75;
    deduct(report, profile, {2400, 80, 0.5});
    return report;
  };
  CHECK(left("codex").input_tokens == 1200);
  CHECK(left("codex").output_tokens == 40);
  CHECK(left("qwen").input_tokens == 1200);
  CHECK(left("copilot").input_tokens == 1200);
  CHECK(left("claude").input_tokens == 3600);
  CHECK(left("claude").cost_usd == 0.25);
  for (const std::string profile : {"opencode", "gemini", "cline", "command"}) {
    CHECK(left(profile).input_tokens == 3600);
    CHECK(left(profile).cost_usd == 0.75);
  }
  Report fewer;
  fewer.input_tokens = 100;
  deduct(fewer, "codex", {2400, 80, 0.5});
  CHECK(fewer.input_tokens == 100);
  CHECK_FALSE(fewer.output_tokens);
}

TEST_CASE("codex with a sandbox of the user's choice may write where a commit does") {
  auto agent = agent_with("codex", Words{"codex"}, {"-s", "workspace-write"});
  const Words argv = make_command(agent, {"", {}, {}, "/r/.git/worktrees/w"}).argv;
  CHECK(argv == Words{"codex", "exec", "--json", "--add-dir", "/r/.git/worktrees/w", "--add-dir",
                      "/r/.git/objects", "--add-dir", "/r/.git/refs/heads", "--add-dir",
                      "/r/.git/logs/refs/heads", "-s", "workspace-write", "-"});
  const Words main = make_command(agent, {"", {}, {}, "/r/.git"}).argv;
  CHECK(main.at(4) == "/r/.git");
  CHECK(main.at(6) == "/r/.git/objects");
  CHECK(make_command(agent, {}).argv ==
        Words{"codex", "exec", "--json", "-s", "workspace-write", "-"});
}

TEST_CASE("a tool's own variables are named, those of others are not") {
  const auto has = [](const std::string& profile, const std::string& name) {
    return std::ranges::find(variables_of(profile), name) != variables_of(profile).end();
  };
  CHECK(has("claude", "ANTHROPIC_*"));
  CHECK(has("codex", "OPENAI_API_KEY"));
  CHECK(has("gemini", "GEMINI_*"));
  CHECK_FALSE(has("codex", "ANTHROPIC_*"));
  CHECK(hides_identity("gemini"));
  CHECK_FALSE(hides_identity("claude"));
  CHECK(variables_of("script").empty());
  CHECK(variables_of("command").empty());
}

TEST_CASE("the required program is the one that the command begins with") {
  CHECK(required_program(agent_with("script", std::string{})).empty());
  CHECK(required_program(agent_with("claude", std::string{"claude"})) == "claude");
  CHECK(required_program(agent_with("command", std::string{"tool --flag x"})) == "tool");
  CHECK(required_program(agent_with("command", Words{"my tool", "$X"})) == "my tool");
  for (const std::string line :
       {"X=1 tool", "cd x && tool", "~/bin/tool", "tool | other", "exec tool", "'tool' x"}) {
    CAPTURE(line);
    CHECK(required_program(agent_with("command", line)) == "sh");
  }
}

TEST_CASE("text is shown line by line and the last one is the message") {
  for (const std::string profile : {"script", "command"}) {
    const auto shown = read(profile, "one\n\ntwo\nthree  \n\n");
    CHECK(shown.lines == Words{"one", "", "two", "three  ", ""});
    CHECK(shown.report.message == "three");
    CHECK(shown.report.saw_end);
    CHECK(shown.report.kind == Report::Kind::none);
  }
  CHECK(read("command", "no newline").lines == Words{"no newline"});
}

TEST_CASE("a command's last lines tell of a rate limit") {
  for (const std::string line :
       {"HTTP 429", "error 429: x", "Rate limit exceeded", "rate-limited", "RateLimitError",
        "Too many requests", "out of quota", "Overloaded", "usage limit reached"}) {
    CAPTURE(line);
    CHECK(kind_of("x\n" + line + "\nbye\n") == Report::Kind::rate_limited);
    CHECK(read("command", line + "\n").report.error == line);
    CHECK(read("script", line + "\n").report.kind == Report::Kind::none);
  }
  for (const std::string line : {"4290 lines", "id1429", "429th_", "separate its limits",
                                 "all is well", "rate of the limit"}) {
    CAPTURE(line);
    CHECK(kind_of(line + "\n") == Report::Kind::none);
  }
}

TEST_CASE("only the last fifty lines count for a rate limit") {
  std::string text = "HTTP 429\n";
  for (int i = 0; i < 49; ++i) text += "line\n";
  CHECK(kind_of(text) == Report::Kind::rate_limited);
  CHECK(kind_of(text + "line\n") == Report::Kind::none);
}

TEST_CASE("a very long line is handed out in pieces and does no harm") {
  const auto shown = read("command", std::string(4UL * 1024 * 1024, 'r') + "\nend\n");
  CHECK(shown.lines.size() > 2);
  CHECK(shown.lines.back() == "end");
  CHECK(shown.report.message == "end");
}
