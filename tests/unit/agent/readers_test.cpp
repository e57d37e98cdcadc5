#include "agent/profile.h"
#include "support/catch.h"
#include "support/temp_dir.h"
#include "util/time.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace chant;
using namespace chant::agent;
using Kind = Report::Kind;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

struct Shown {
  Words lines;
  Report report;
};

Shown read(const std::string& profile, const std::string& text,
           std::size_t piece = std::string::npos) {
  Shown shown;
  const auto reader = make_reader(profile);
  const auto show = [&shown](std::string_view line) { shown.lines.emplace_back(line); };
  for (std::size_t at = 0; at < text.size(); at += std::min(piece, text.size())) {
    reader->feed(std::string_view{text}.substr(at, piece), show);
  }
  reader->finish(show);
  shown.report = reader->report();
  CHECK(reader->waiting() == shown.report.waiting);
  return shown;
}

std::string load(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

fs::path recordings() { return fs::path(__FILE__).parent_path() / "../../golden/agents"; }

Shown recorded(const std::string& name) {
  return read(fs::path(name).parent_path().string(), load(recordings() / (name + ".out")));
}

bool shows(const Shown& shown, const std::string& line) {
  return std::ranges::find(shown.lines, line) != shown.lines.end();
}

// The error class of one recording of each tool.
struct Ending {
  std::string name;
  Kind kind;
  bool saw_end;
  std::string error;  // begins with this
};

bool is_same_session(const Report& report, const std::string& session) {
  return report.session == session && report.saw_end && report.kind == Kind::none;
}

const std::string kDone = "All acceptance criteria are met and the work is committed.";

}  // namespace

TEST_CASE("a good run of each tool gives its message, model, tokens and session") {
  struct Good {
    std::string profile, model, session;
    std::optional<std::int64_t> input, output;
    std::optional<double> cost;
  };
  const std::optional<double> unknown;
  const std::vector<Good> all = {
      {"claude", "claude-sonnet-4-5", "8476df6b-aaee-4b9e-8a49-028c84404f9d", 2800, 80, 0.00852},
      {"codex", "", "01a1fb9b-de45-78e3-a2b0-9588a65bc768", 2400, 80, unknown},
      {"opencode", "", "ses_", 2400, 80, 0.0072},
      {"qwen", "qwen3-coder-plus", "8c351b62-8c04-4aee-9b5b-facd04fee110", 2400, 80, unknown},
      {"gemini", "gemini-2.5-pro", "e7e7caaa-1178-411d-9cc0-d59ce7a64202", 2400, 80, unknown},
      {"copilot", "gpt-4.1", "55a673cc-58aa-4fd4-9e29-049801e27c10", {}, {}, unknown},
      {"cline", "gpt-4.1", "conv_1795222391742_jkmwbmg", 2400, 80, unknown},
  };
  for (const Good& good : all) {
    CAPTURE(good.profile);
    const Shown shown = recorded(good.profile + "/ok");
    const Report& report = shown.report;
    CHECK(report.saw_end);
    CHECK(report.kind == Kind::none);
    CHECK(report.error.empty());
    CHECK(report.message == kDone);
    CHECK(report.model == good.model);
    CHECK(report.session.starts_with(good.session));
    CHECK(report.input_tokens == good.input);
    CHECK(report.output_tokens == good.output);
    REQUIRE(report.cost_usd.has_value() == good.cost.has_value());
    if (good.cost) CHECK(std::abs(*report.cost_usd - *good.cost) < 1e-9);
    CHECK_FALSE(report.waiting);
    CHECK_FALSE(report.retry_at);
    CHECK(shows(shown, "Step 1."));
    CHECK(std::ranges::count(shown.lines, kDone) == 1);
    CHECK(std::ranges::any_of(shown.lines, [](const std::string& line) {
      return line.starts_with("→ ") && line.find("git add -A") != std::string::npos;
    }));
  }
}

TEST_CASE("how a run ended is read from the tool's own words") {
  const std::vector<Ending> all = {
      {"claude/limit", Kind::rate_limited, true, "API Error: Request rejected (429)"},
      {"claude/subscription", Kind::rate_limited, true, "You've hit your 5-hour limit"},
      {"claude/login", Kind::auth, true, "Invalid API key"},
      {"claude/overloaded", Kind::overloaded, true, "API Error: 529"},
      {"claude/cut", Kind::overloaded, true, "API Error: "},
      {"claude/killed", Kind::none, false, ""},
      {"codex/limit", Kind::rate_limited, true, "exceeded retry limit, last status: 429"},
      {"codex/plan", Kind::rate_limited, true, "You’ve hit your usage limit."},
      {"codex/login", Kind::auth, true, "unexpected status 401"},
      {"codex/overloaded", Kind::overloaded, true, "unexpected status 529"},
      {"codex/server-error", Kind::overloaded, true, "We’re currently experiencing high demand"},
      {"codex/cut", Kind::overloaded, true, "stream disconnected"},
      {"codex/context", Kind::failed, true, "Codex ran out of room"},
      {"codex/killed", Kind::none, false, ""},
      {"opencode/limit", Kind::rate_limited, true, "Rate limit reached"},
      {"opencode/login", Kind::auth, true, "Incorrect API key"},
      {"opencode/overloaded", Kind::overloaded, true, "The server had an error"},
      {"opencode/cut", Kind::overloaded, true, "Connection reset by server"},
      {"opencode/killed", Kind::none, false, ""},
      {"qwen/limit", Kind::rate_limited, false, "Retrying in 120s"},
      {"qwen/login", Kind::auth, true, "[API Error: 401"},
      {"qwen/overloaded", Kind::overloaded, true, "[API Error: 529"},
      {"qwen/context", Kind::failed, true, "[API Error: 400"},
      {"qwen/killed", Kind::none, false, ""},
      {"gemini/limit", Kind::rate_limited, false, "Attempt 4 failed: You exceeded"},
      {"gemini/quota", Kind::rate_limited, true, "[API Error: You have exhausted"},
      {"gemini/login", Kind::auth, true, "[API Error: "},
      {"gemini/overloaded", Kind::overloaded, true, "[API Error: "},
      {"gemini/cut", Kind::overloaded, true, "[API Error: terminated]"},
      {"gemini/context", Kind::failed, true, "[API Error: "},
      {"gemini/killed", Kind::none, false, ""},
      {"copilot/limit", Kind::rate_limited, true, "Failed to get response"},
      {"copilot/login", Kind::auth, true, "Authentication failed"},
      {"copilot/overloaded", Kind::overloaded, true, "Failed to get response"},
      {"copilot/cut", Kind::overloaded, true, "Failed to get response"},
      {"copilot/killed", Kind::none, false, ""},
      {"cline/limit", Kind::rate_limited, true, "Rate limit reached"},
      {"cline/login", Kind::auth, true, "Incorrect API key"},
      {"cline/overloaded", Kind::overloaded, true, "The server had an error"},
      {"cline/cut", Kind::overloaded, true, "The socket connection was closed"},
      {"cline/killed", Kind::failed, true, "the agent ended with 'aborted'"},
  };
  for (const Ending& ending : all) {
    CAPTURE(ending.name);
    const Shown shown = recorded(ending.name);
    CHECK(shown.report.kind == ending.kind);
    CHECK(shown.report.saw_end == ending.saw_end);
    CAPTURE(shown.report.error);
    CHECK(shown.report.error.starts_with(ending.error));
    CHECK(shown.report.error.empty() == ending.error.empty());
  }
}

TEST_CASE("a session that is gone on with keeps its id and is counted from its beginning by some") {
  const Report codex = recorded("codex/resumed").report;
  CHECK(is_same_session(codex, "01a1fe0e-f4d9-7100-aa0a-baee1c413bd0"));
  CHECK(codex.input_tokens == 3600);
  const Report qwen = recorded("qwen/resumed").report;
  CHECK(is_same_session(qwen, "0af77f2c-2d17-4ddc-ab6a-a8d481588c22"));
  CHECK(qwen.input_tokens == 4800);
  Report claude = recorded("claude/resumed").report;
  CHECK(is_same_session(claude, "299dec12-5cb8-4c1f-8738-0949787c11df"));
  CHECK(claude.input_tokens == 1400);
  deduct(claude, "claude", {2800, 80, 0.00852});
  CHECK(claude.input_tokens == 1400);
  REQUIRE(claude.cost_usd);
  CHECK(std::abs(*claude.cost_usd - 0.00426) < 1e-9);
}

TEST_CASE("each recording reads the same in pieces, and is shown without JSON") {
  std::size_t files = 0;
  for (const auto& tool : fs::directory_iterator(recordings())) {
    for (const auto& file : fs::directory_iterator(tool.path())) {
      const std::string profile = tool.path().filename().string();
      CAPTURE(file.path().string());
      const std::string text = load(file.path());
      CHECK(text.size() < 4096);
      const Shown whole = read(profile, text);
      const Shown pieces = read(profile, text, 13);
      CHECK(pieces.lines == whole.lines);
      CHECK(pieces.report.kind == whole.report.kind);
      CHECK(pieces.report.message == whole.report.message);
      CHECK_FALSE(whole.lines.empty());
      for (const auto& line : whole.lines) CHECK_FALSE(line.starts_with("{\"type\""));
      ++files;
    }
  }
  CHECK(files >= 50);
}

TEST_CASE("a limit that was overcome leaves no trace") {
  for (const std::string name : {"claude/limit-then-ok", "codex/limit-then-ok"}) {
    const Shown shown = recorded(name);
    CHECK(shown.report.kind == Kind::none);
    CHECK(shown.report.error.empty());
    CHECK(shown.report.saw_end);
    CHECK_FALSE(shown.report.retry_at);
  }
}

TEST_CASE("an error that opencode recovers from is none at the end") {
  const Shown shown = recorded("opencode/context");
  CHECK(shown.report.saw_end);
  CHECK(shown.report.error.empty());
  CHECK(shown.report.kind == Kind::none);
  CHECK(shown.report.message == kDone);
  CHECK(shown.report.input_tokens == 3600);
  CHECK(std::ranges::any_of(
      shown.lines, [](const auto& line) { return line.starts_with("error: Your input"); }));
}

TEST_CASE("a command that fails is shown") {
  CHECK(shows(recorded("codex/tool-failed"), "✗ to-stdout to-stderr"));
  CHECK(shows(recorded("opencode/tool-failed"), "✗ to-stdout to-stderr"));
  CHECK(shows(recorded("copilot/tool-failed"),
              "✗ to-stdout to-stderr <shellId: 0 completed with exit code 3>"));
  for (const std::string name : {"claude/tool-failed", "cline/tool-failed"}) {
    CAPTURE(name);
    CHECK(std::ranges::any_of(recorded(name).lines,
                              [](const auto& line) { return line.starts_with("✗ "); }));
  }
}

TEST_CASE("a long wait that was announced is told, with its end") {
  const std::int64_t before = now_ms() / 1000;
  const Report qwen = recorded("qwen/limit").report;
  CHECK(qwen.waiting);
  REQUIRE(qwen.retry_at);
  CHECK(*qwen.retry_at >= before + 120);
  CHECK(*qwen.retry_at <= now_ms() / 1000 + 120);
  const Report gemini = recorded("gemini/limit").report;
  CHECK(gemini.waiting);
  REQUIRE(gemini.retry_at);
  CHECK(*gemini.retry_at >= before + 68);
  const std::string network = R"({"type":"thread.started","thread_id":"t"})"
                              "\n"
                              R"({"type":"error","message":"Reconnecting... waiting for network"})"
                              "\n";
  CHECK(read("codex", network).report.waiting);
  CHECK(read("codex", network).report.kind == Kind::overloaded);
}

TEST_CASE("a short wait is none that an agent should be ended for") {
  CHECK_FALSE(recorded("claude/killed").report.waiting);
  const std::string retry =
      R"({"type":"system","subtype":"api_retry","error_status":429,"retry_delay_ms":547})"
      "\n";
  CHECK_FALSE(read("claude", retry).report.waiting);
  const std::string long_one =
      R"({"type":"system","subtype":"api_retry","error_status":429,"retry_delay_ms":60000})"
      "\n";
  CHECK(read("claude", long_one).report.waiting);
  const std::string answer =
      R"({"type":"assistant","message":{"model":"m","content":[{"type":"text","text":"x"}]}})"
      "\n";
  CHECK_FALSE(read("claude", long_one + answer).report.waiting);
}

TEST_CASE("the time to try again is read from what the tool says") {
  const std::int64_t before = now_ms() / 1000;
  const auto in = [before](const Report& report, std::int64_t seconds) {
    return report.retry_at && *report.retry_at >= before + seconds &&
           *report.retry_at <= now_ms() / 1000 + seconds;
  };
  CHECK(in(recorded("opencode/limit").report, 6));
  CHECK(in(recorded("cline/limit").report, 6));
  CHECK(in(recorded("copilot/limit").report, 6));
  const Report plan = recorded("codex/plan").report;
  REQUIRE(plan.retry_at);
  CHECK(*plan.retry_at > before);
  CHECK(*plan.retry_at <= before + 24 * 60 * 60 + 120);
  CHECK_FALSE(recorded("codex/limit").report.retry_at);
  CHECK_FALSE(recorded("opencode/login").report.retry_at);
  const std::string header =
      R"({"type":"error","sessionID":"s","error":{"name":"APIError","data":{"message":"x",)"
      R"("statusCode":429,"responseHeaders":{"retry-after":"3600"}}}})"
      "\n";
  CHECK(in(read("opencode", header).report, 3600));
}

TEST_CASE("what the model or a command says about limits is no verdict for any tool") {
  const std::string words = "429 rate limit exceeded, usage limit, 401 unauthorized";
  const std::vector<std::pair<std::string, std::string>> all = {
      {"codex", R"({"type":"item.completed","item":{"type":"agent_message","text":")" + words +
                    R"("}})"
                    "\n"
                    R"({"type":"turn.completed","usage":{}})"},
      {"opencode", R"({"type":"text","part":{"text":")" + words +
                       R"("}})"
                       "\n"
                       R"({"type":"step_finish","part":{"reason":"stop"}})"},
      {"gemini", R"({"type":"message","role":"assistant","content":")" + words +
                     R"("})"
                     "\n"
                     R"({"type":"result","status":"success"})"},
      {"copilot", R"({"type":"assistant.message","data":{"content":")" + words +
                      R"("}})"
                      "\n"
                      R"({"type":"result","exitCode":0})"},
      {"cline", R"({"type":"run_result","finishReason":"completed","text":")" + words + R"("})"},
  };
  for (const auto& [profile, text] : all) {
    CAPTURE(profile);
    const Report report = read(profile, text + "\n").report;
    CHECK(report.kind == Kind::none);
    CHECK(report.error.empty());
    CHECK(report.message == words);
    CHECK(report.saw_end);
  }
  const std::string stopped =
      R"({"type":"run_result","finishReason":"max_iterations","text":"429 rate limit"})"
      "\n";
  CHECK(read("cline", stopped).report.kind == Kind::failed);
}

TEST_CASE("a tool that never came to its first event is judged by its own words") {
  for (const std::string profile : {"claude", "codex", "opencode", "qwen", "gemini", "copilot"}) {
    CAPTURE(profile);
    const Report login = read(profile, "Invalid auth method selected.\n").report;
    CHECK(login.kind == Kind::auth);
    CHECK(login.error == "Invalid auth method selected.");
    CHECK_FALSE(login.saw_end);
    const Report other = read(profile, "first\nconnection x\n").report;
    CHECK(other.kind == Kind::failed);
    CHECK(other.error == "connection x");
    CHECK(read(profile, "").report.kind == Kind::none);
    CHECK(read(profile, "{}\nInvalid auth method selected.\n").report.kind == Kind::none);
  }
}

TEST_CASE("a session id that could be an option or a path is none") {
  for (const std::string& id : {std::string{"-x"}, std::string{"../a"}, std::string{"a b"},
                                std::string{"a/b"}, std::string{}, std::string(129, 'a')}) {
    CHECK(read("codex", R"({"type":"thread.started","thread_id":")" + id + "\"}\n")
              .report.session.empty());
  }
  CHECK(read("codex", R"({"type":"thread.started","thread_id":"a-B_9"})"
                      "\n")
            .report.session == "a-B_9");
}

TEST_CASE("hostile figures are unknown") {
  const std::string text =
      R"({"type":"result","subtype":"success","result":"x","total_cost_usd":-1,)"
      R"("usage":{"input_tokens":-5,"output_tokens":"7"}})"
      "\n";
  const Report claude = read("claude", text).report;
  CHECK_FALSE(claude.cost_usd);
  CHECK_FALSE(claude.input_tokens);
  CHECK_FALSE(claude.output_tokens);
  const std::string step =
      R"({"type":"step_finish","part":{"reason":"stop","tokens":{"input":9223372036854775807,)"
      R"("cache":{"read":9223372036854775807}}}})"
      "\n";
  CHECK_FALSE(read("opencode", step + step).report.input_tokens);
  const std::string most = R"({"type":"step_finish","part":{"reason":"stop","cost":1e300,)"
                           R"("tokens":{"input":1000000000000000}}})"
                           "\n";
  const Report opencode = read("opencode", most + most).report;
  CHECK(opencode.input_tokens == 1'000'000'000'000'000);
  CHECK_FALSE(opencode.cost_usd);
}

TEST_CASE("the name of a model is one line of whole characters") {
  const auto model = [](const std::string& name) {
    return read("gemini", R"({"type":"init","model":")" + name + "\"}\n").report.model;
  };
  CHECK(model("m\\nChant-Spec: x") == "m Chant-Spec: x");
  CHECK(model(std::string(199, 'x') + "é") == std::string(199, 'x') + "\xef\xbf\xbd");
}

TEST_CASE("a login that is refused has no time to try again") {
  const std::string words = R"("unexpected status 401 Unauthorized, try again in 20s")";
  const auto codex = [](const std::string& line) { return read("codex", line + "\n").report; };
  const Report cut = codex(R"({"type":"error","message":)" + words + "}");
  CHECK(cut.kind == Kind::auth);
  CHECK_FALSE(cut.retry_at);
  const Report failed = codex(R"({"type":"turn.failed","error":{"message":)" + words + "}}");
  CHECK(failed.kind == Kind::auth);
  CHECK_FALSE(failed.retry_at);
  const Report opencode =
      read("opencode", R"({"type":"error","error":{"data":{"message":"x","statusCode":401,)"
                       R"("responseHeaders":{"retry-after":"20"}}}})"
                       "\n")
          .report;
  CHECK(opencode.kind == Kind::auth);
  CHECK_FALSE(opencode.retry_at);
}

TEST_CASE("a note of codex does not end what it waits for") {
  const std::string wait =
      R"({"type":"error","message":"Reconnecting... 1/5: status 429 Too Many Requests"})"
      "\n";
  const auto then = [&](const std::string& type) {
    return read("codex", wait + R"({"type":"item.completed","item":{"type":")" + type +
                             R"(","message":"m"}})"
                             "\n")
        .report.kind;
  };
  CHECK(then("error") == Kind::rate_limited);
  CHECK(then("agent_message") == Kind::none);
}

TEST_CASE("an error that copilot gets over is none at the end") {
  const Report report =
      read("copilot",
           R"({"type":"session.error","data":{"errorType":"rate_limit","message":"slow"}})"
           "\n"
           R"({"type":"assistant.message","data":{"content":"Done."}})"
           "\n"
           R"({"type":"result","exitCode":0})"
           "\n")
          .report;
  CHECK(report.saw_end);
  CHECK(report.kind == Kind::none);
  CHECK(report.error.empty());
}

TEST_CASE("gemini waits only for what an attempt of its own has met") {
  const std::string wait = "Suggested retry after 60s.. Retrying after 66578ms...\n";
  CHECK_FALSE(read("gemini", "The tool failed: quota exceeded\n" + wait).report.waiting);
  CHECK(read("gemini", "Attempt 1 failed: quota exceeded\n" + wait).report.waiting);
}

TEST_CASE("an error of copilot that has no message is still one") {
  const auto ends_with = [](const std::string& data) {
    return read("copilot", R"({"type":"session.error","data":{)" + data +
                               "}}\n"
                               R"({"type":"result","exitCode":1})"
                               "\n")
        .report;
  };
  CHECK(ends_with(R"("errorType":"rate_limit","message":"")").kind == Kind::rate_limited);
  CHECK(ends_with(R"("errorType":"rate_limit")").error == "rate_limit");
  CHECK(ends_with(R"("statusCode":401)").kind == Kind::auth);
}

TEST_CASE("fields of the wrong type do no harm in any reader") {
  for (const std::string profile :
       {"claude", "codex", "opencode", "qwen", "gemini", "copilot", "cline"}) {
    for (const std::string type : {"error",
                                   "item.completed",
                                   "item.started",
                                   "turn.failed",
                                   "turn.completed",
                                   "text",
                                   "tool_use",
                                   "step_finish",
                                   "message",
                                   "result",
                                   "tool_result",
                                   "assistant.message",
                                   "model.call_failure",
                                   "session.error",
                                   "tool.execution_complete",
                                   "agent_event",
                                   "run_result",
                                   "system",
                                   "init",
                                   "thread.started",
                                   "hook_event"}) {
      for (
          const std::string rest :
          {"", R"(,"error":7,"item":[],"part":"x","data":null,"event":[1])",
           R"(,"item":{"type":5},"part":{"tokens":[],"state":1},"data":{"usage":"x"})",
           R"(,"error":{"data":[]},"event":{"type":"content_end","contentType":"tool","output":[1]})",
           R"(,"stats":[],"models":5,"usage":[],"model":7,"message":{"content":[[]]})"}) {
        (void)read(profile, R"({"type":")" + type + "\"" + rest + "}\n");
      }
    }
  }
}

TEST_CASE("codex says the model only in its rollout file") {
  const test::TempDir home;
  const std::string thread = "01a1fb9b-de45-78e3-a2b0-9588a65bc768";
  const std::int64_t start = 0x01a1fb9bde45LL / 1000;
  const std::time_t time = start;
  std::tm date{};
  REQUIRE(localtime_r(&time, &date) != nullptr);
  std::array<char, 32> day{};
  REQUIRE(std::strftime(day.data(), day.size(), "%Y/%m/%d", &date) > 0);
  const fs::path directory = home.path() / "sessions" / day.data();
  fs::create_directories(directory);
  std::ofstream(directory / ("rollout-x-" + thread + ".jsonl"))
      << R"({"type":"session_meta","payload":{"model":"no"}})"
      << "\n"
      << R"({"type":"turn_context","payload":{"model":"gpt-5.1-codex"}})"
      << "\n"
      << R"({"type":"response_item","payload":"\"turn_context\" model"})"
      << "\n";
  const auto reader = make_reader("codex");
  reader->feed(load(recordings() / "codex/ok.out"), [](std::string_view) {});
  reader->read_files({{"CODEX_HOME", "/nowhere"}});
  CHECK(reader->report().model.empty());
  reader->read_files({{"CODEX_HOME", home.path().string()}});
  CHECK(reader->report().model == "gpt-5.1-codex");
}

TEST_CASE("copilot says the tokens only in the events of its session") {
  const test::TempDir home;
  const fs::path directory =
      home.path() / ".copilot/session-state" / "55a673cc-58aa-4fd4-9e29-049801e27c10";
  fs::create_directories(directory);
  std::ofstream(directory / "events.jsonl")
      << R"({"type":"session.shutdown","data":{"modelMetrics":{"gpt-4.1":{"usage":)"
      << R"({"inputTokens":2400,"outputTokens":80}}}}})"
      << "\n";
  const auto reader = make_reader("copilot");
  reader->feed(load(recordings() / "copilot/ok.out"), [](std::string_view) {});
  reader->read_files({{"HOME", home.path().string()}, {"COPILOT_HOME", std::nullopt}});
  CHECK(reader->report().input_tokens == 2400);
  CHECK(reader->report().output_tokens == 80);
  CHECK(reader->report().model == "gpt-4.1");
}

TEST_CASE("a file of a tool that is a link, a pipe or no JSON is not read") {
  const test::TempDir home;
  const fs::path directory = home.path() / "session-state/55a673cc-58aa-4fd4-9e29-049801e27c10";
  fs::create_directories(directory);
  const auto tokens = [&] {
    const auto reader = make_reader("copilot");
    reader->feed(load(recordings() / "copilot/ok.out"), [](std::string_view) {});
    reader->read_files({{"COPILOT_HOME", home.path().string()}});
    return reader->report().input_tokens;
  };
  CHECK_FALSE(tokens());
  fs::create_symlink("/etc/passwd", directory / "events.jsonl");
  CHECK_FALSE(tokens());
  fs::remove(directory / "events.jsonl");
  std::ofstream(directory / "events.jsonl")
      << "{\"type\":\"session.shutdown\",\"data\":[]}\n\xff\n";
  CHECK_FALSE(tokens());
}

TEST_CASE("all recordings of real runs at hand are understood") {
  const char* root = std::getenv("CHANT_AGENT_OUTPUT");
  if (root == nullptr) return;
  std::size_t runs = 0;
  for (const std::string& profile : profile_names()) {
    if (!fs::is_directory(fs::path(root) / profile)) continue;
    for (const auto& file : fs::directory_iterator(fs::path(root) / profile)) {
      if (file.path().extension() != ".out") continue;
      CAPTURE(file.path().string());
      const std::string scenario = file.path().stem().string();
      const Shown shown = read(profile, load(file.path()));
      const Report& report = shown.report;
      ++runs;
      for (const auto& line : shown.lines) CHECK_FALSE(line.starts_with("{\"type\""));
      const std::string result = load(fs::path(file.path()).replace_extension(".result.json"));
      const bool exit_ok = result.find("\"rc\": 0") != std::string::npos;
      const bool killed = scenario.starts_with("kill");
      if (!killed && exit_ok && scenario != "rl-forever")
        CHECK((report.saw_end && report.kind == Kind::none));
      if (killed) CHECK((!report.saw_end || report.kind == Kind::failed));
      if (scenario == "ok" || scenario == "rl2") CHECK(report.message == kDone);
      if (scenario == "badkey") CHECK(report.kind == Kind::auth);
      if (scenario == "e529" || scenario == "e500") CHECK(report.kind == Kind::overloaded);
      if (scenario == "plan") CHECK(report.kind == Kind::rate_limited);
      if (scenario == "context" && profile != "opencode") CHECK(report.kind == Kind::failed);
    }
  }
  CHECK(runs > 0);
}
