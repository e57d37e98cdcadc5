#include "agent/profile.h"
#include "support/catch.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace chant;
using namespace chant::agent;
using Kind = Report::Kind;
using Words = std::vector<std::string>;

namespace {

struct Shown {
  Words lines;
  Report report;
};

Shown read(const std::string& text, std::size_t piece = std::string::npos) {
  Shown shown;
  const auto reader = make_reader("claude");
  const auto show = [&shown](std::string_view line) { shown.lines.emplace_back(line); };
  for (std::size_t at = 0; at < text.size(); at += std::min(piece, text.size())) {
    reader->feed(std::string_view{text}.substr(at, piece), show);
  }
  reader->finish(show);
  shown.report = reader->report();
  return shown;
}

const std::string kInit = R"({"type":"system","subtype":"init","model":"model-asked"})"
                          "\n";

std::string text_block(const std::string& text, const std::string& model = "model-a") {
  return R"({"type":"assistant","message":{"model":")" + model +
         R"(","content":[{"type":"text","text":")" + text + "\"}]}}\n";
}

std::string tool_block(const std::string& name, const std::string& input) {
  return R"({"type":"assistant","message":{"model":"model-a","content":[{"type":"tool_use","name":")" +
         name + R"(","input":)" + input + "}]}}\n";
}

std::string retry(const std::string& status, const std::string& error) {
  return R"({"type":"system","subtype":"api_retry","attempt":1,"max_retries":2,"error_status":)" +
         status + R"(,"error":")" + error + "\"}\n";
}

std::string failure(const std::string& status, const std::string& text) {
  return R"({"type":"result","subtype":"success","is_error":true,"api_error_status":)" + status +
         R"(,"terminal_reason":"api_error","modelUsage":{},"result":")" + text + "\"}\n";
}

const std::string kGood =
    R"({"type":"result","subtype":"success","is_error":false,"api_error_status":null,)"
    R"("result":"All done.","total_cost_usd":0.25,"usage":{"input_tokens":120,"output_tokens":34},)"
    R"("modelUsage":{"model-a":{"outputTokens":30},"model-small":{"outputTokens":4}}})"
    "\n";

const std::string kRejected =
    R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1795224811,)"
    R"("rateLimitType":"five_hour"}})"
    "\n";

}  // namespace

TEST_CASE("a good run shows texts and tools and reports what the result says") {
  const auto shown =
      read(kInit + text_block("First.\\nSecond.") +
           tool_block("Bash", R"({"command":"git commit\n-m x","description":"d"})") +
           R"({"type":"user","message":{"content":[{"type":"tool_result",)"
           R"("content":"429 rate limit","is_error":false}]}})"
           "\n" +
           text_block("All done.") + kGood);
  CHECK(shown.lines == Words{"First.", "Second.", "→ Bash: git commit -m x", "All done."});
  CHECK(shown.report.model == "model-a");
  CHECK(shown.report.message == "All done.");
  CHECK(shown.report.error.empty());
  CHECK(shown.report.kind == Kind::none);
  CHECK(shown.report.input_tokens == 120);
  CHECK(shown.report.output_tokens == 34);
  CHECK(shown.report.cost_usd == 0.25);
  CHECK(shown.report.saw_end);
}

TEST_CASE("output cut at any byte reads the same") {
  const std::string text = kInit + text_block("Grüße → x") + kRejected + failure("429", "limit");
  const auto whole = read(text);
  for (const std::size_t piece : {1UL, 7UL, 64UL}) {
    const auto shown = read(text, piece);
    CHECK(shown.lines == whole.lines);
    CHECK(shown.report.kind == whole.report.kind);
  }
}

TEST_CASE("the last text is shown again only when the result differs") {
  CHECK(read(text_block("Other.") + kGood).lines == Words{"Other.", "All done."});
  CHECK(read(text_block("All done.") + kGood).lines == Words{"All done."});
}

TEST_CASE("a tool is shown by what it works on, in one short line") {
  CHECK(read(tool_block("Edit", R"({"file_path":"/a/b.c"})")).lines == Words{"→ Edit: /a/b.c"});
  CHECK(read(tool_block("Grep", R"({"pattern":"x.*"})")).lines == Words{"→ Grep: x.*"});
  CHECK(read(tool_block("Task", R"({"description":"look"})")).lines == Words{"→ Task: look"});
  CHECK(read(tool_block("Todo", R"({"items":[1]})")).lines == Words{"→ Todo"});
  CHECK(read(tool_block("Todo", "[1]")).lines == Words{"→ Todo"});
  const auto lines =
      read(tool_block("Bash", "{\"command\":\"" + std::string(5000, 'x') + "\"}")).lines;
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].size() < 130);
}

TEST_CASE("a tool that failed is shown with the first of its words") {
  const auto shown = read(R"({"type":"user","message":{"content":[{"type":"tool_result",)"
                          R"("content":[{"type":"text","text":"no such file"}],"is_error":true}]}})"
                          "\n");
  CHECK(shown.lines == Words{"✗ no such file"});
}

TEST_CASE("the model is the one asked for when it was used, never the synthetic one") {
  const std::string used =
      R"({"type":"result","is_error":false,"result":"x","modelUsage":{"model-big":{"outputTokens":99},)"
      R"("model-asked":{"outputTokens":1},"<synthetic>":{"outputTokens":999}}})"
      "\n";
  CHECK(read(kInit + used).report.model == "model-asked");
  CHECK(read(used).report.model == "model-big");
  CHECK(read(kInit + failure("429", "x")).report.model == "model-asked");
  CHECK(read(R"({"type":"system","subtype":"init","model":"<synthetic>"})"
             "\n")
            .report.model.empty());
}

TEST_CASE("the status of the result decides about the kind of failure") {
  CHECK(read(failure("429", "x")).report.kind == Kind::rate_limited);
  CHECK(read(failure("529", "x")).report.kind == Kind::overloaded);
  CHECK(read(failure("401", "x")).report.kind == Kind::auth);
  CHECK(read(failure("500", "x")).report.kind == Kind::overloaded);
  const auto shown = read(failure("400", "Prompt is too long"));
  CHECK(shown.report.kind == Kind::failed);
  CHECK(shown.report.error == "Prompt is too long");
  CHECK(shown.lines == Words{"error: Prompt is too long"});
  CHECK(shown.report.saw_end);
}

TEST_CASE("without a status the text of the result decides") {
  CHECK(read(failure("null", "You've hit your weekly limit")).report.kind == Kind::rate_limited);
  CHECK(read(failure("null", "API Error: Request rejected (429)")).report.kind ==
        Kind::rate_limited);
  CHECK(read(failure("null", "Not logged in · Please run /login")).report.kind == Kind::auth);
  CHECK(read(failure("null", "API Error: Connection dropped")).report.kind == Kind::overloaded);
  CHECK(read(failure("null", "API Error: odd")).report.kind == Kind::failed);
}

TEST_CASE("an error without a text is named by what else the result says") {
  const auto shown = read(
      R"({"type":"result","subtype":"error_during_execution","is_error":true,"terminal_reason":"aborted_tools"})"
      "\n");
  CHECK(shown.report.error == "aborted_tools");
  CHECK(shown.report.kind == Kind::failed);
  CHECK(read(R"({"type":"result","subtype":"error_max_turns"})"
             "\n")
            .report.kind == Kind::failed);
}

TEST_CASE("a rejected limit gives the time to try again") {
  const auto shown = read(kInit + kRejected + failure("429", "You've hit your 5-hour limit"));
  CHECK(shown.report.kind == Kind::rate_limited);
  CHECK(shown.report.retry_at == 1795224811);
  const std::string allowed =
      R"({"type":"rate_limit_event","rate_limit_info":{"status":"allowed","resetsAt":1795224811}})"
      "\n";
  const auto other = read(allowed + failure("429", "x"));
  CHECK(other.report.kind == Kind::rate_limited);
  CHECK_FALSE(other.report.retry_at);
  CHECK_FALSE(read(kRejected + kGood).report.retry_at);
}

TEST_CASE("a stream without a result has not ended, and says why it was waiting") {
  const auto cut = read(kInit + text_block("Half."));
  CHECK_FALSE(cut.report.saw_end);
  CHECK(cut.report.message == "Half.");
  CHECK(cut.report.kind == Kind::none);
  CHECK_FALSE(read("").report.saw_end);

  CHECK(read(kInit + retry("429", "rate_limit")).report.kind == Kind::rate_limited);
  CHECK(read(kInit + retry("529", "overloaded")).report.kind == Kind::overloaded);
  CHECK(read(kInit + retry("401", "authentication_failed")).report.kind == Kind::auth);
  CHECK(read(kInit + kRejected).report.retry_at == 1795224811);
  CHECK(read(kInit + retry("429", "rate_limit") + text_block("Going on.")).report.kind ==
        Kind::none);
  CHECK(read(kInit + retry("429", "rate_limit") + text_block("API Error", "<synthetic>"))
            .report.kind == Kind::rate_limited);
}

TEST_CASE("a long wait is one also when it is known when the limit ends") {
  const std::string wait =
      R"({"type":"system","subtype":"api_retry","error_status":429,"error":"x",)"
      R"("retry_delay_ms":3600000})"
      "\n";
  CHECK(read(kInit + wait).report.waiting);
  const auto known = read(kInit + kRejected + wait);
  CHECK(known.report.waiting);
  CHECK(known.report.retry_at == 1795224811);
}

TEST_CASE("a status, or another reason than the API, is stronger than words about limits") {
  CHECK(read(kInit + kRejected + failure("400", "bad")).report.kind == Kind::failed);
  CHECK(read(kInit + kRejected + failure("null", "bad")).report.kind == Kind::rate_limited);
  const std::string turns = R"({"type":"result","subtype":"error_max_turns","is_error":true,)"
                            R"("terminal_reason":"max_turns","result":"quota exceeded"})"
                            "\n";
  CHECK(read(kInit + turns).report.kind == Kind::failed);
}

TEST_CASE("a good result leaves nothing of a bad one before it") {
  const Report report = read(kInit + failure("429", "try again in 60s") + kGood).report;
  CHECK(report.kind == Kind::none);
  CHECK_FALSE(report.retry_at);
  CHECK(report.error.empty());
}

TEST_CASE("what comes from a cache or goes into one is input") {
  const auto input = read(R"({"type":"result","subtype":"success","result":"x","usage":)"
                          R"({"input_tokens":1,"cache_read_input_tokens":20,)"
                          R"("cache_creation_input_tokens":300,"output_tokens":4000}})"
                          "\n")
                         .report.input_tokens;
  CHECK(input == 321);
}

TEST_CASE("a time in milliseconds is none") {
  CHECK_FALSE(read(R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected",)"
                   R"("resetsAt":1795224811000}})"
                   "\n")
                  .report.retry_at);
}

TEST_CASE("a retry that helped leaves no trace in the report") {
  const auto shown = read(kInit + retry("429", "rate_limit") + text_block("All done.") + kGood);
  CHECK(shown.report.kind == Kind::none);
  CHECK(shown.lines == Words{"retry 1 of 2: rate_limit", "All done."});
}

TEST_CASE("what the model or a tool says about limits is no verdict") {
  const auto shown =
      read(kInit + text_block("429 rate limit exceeded, You've hit your limit") + kGood);
  CHECK(shown.report.kind == Kind::none);
  CHECK(read(text_block(R"({\"type\":\"result\",\"is_error\":true})")).report.saw_end == false);
}

TEST_CASE("lines that are not JSON objects are shown as text") {
  CHECK(read("Error: piped stdin\n").lines == Words{"Error: piped stdin"});
  CHECK(read("{\"type\":\n[1,2]\n42\nnull\n\"x\"\n").lines ==
        Words{"{\"type\":", "[1,2]", "42", "null", "\"x\""});
  CHECK(read("{\"a\":NaN}\n{\"a\":1e999}\n{\"a\":\"\xff\"}\n").lines.size() == 3);
  CHECK(read("\n \r\n").lines.empty());
}

TEST_CASE("fields of the wrong type are taken as absent") {
  for (const std::string line :
       {R"({"type":1})", R"({"type":"assistant"})", R"({"type":"assistant","message":[]})",
        R"({"type":"assistant","message":{"content":{"type":"text"}}})",
        R"({"type":"assistant","message":{"content":[1,null,[],{"type":"text","text":5}]}})",
        R"({"type":"user","message":{"content":"x"}})", R"({"type":"system","subtype":[]})",
        R"({"type":"rate_limit_event","rate_limit_info":7})"}) {
    CAPTURE(line);
    CHECK(read(line + "\n").lines.empty());
  }
  const auto shown = read(
      R"({"type":"result","is_error":"yes","result":{},"usage":[],"modelUsage":[1],"total_cost_usd":"1"})"
      "\n");
  CHECK(shown.report.saw_end);
  CHECK(shown.report.kind == Kind::none);
  CHECK_FALSE(shown.report.cost_usd);
  CHECK_FALSE(read(R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected",)"
                   R"("resetsAt":18446744073709551615}})"
                   "\n")
                  .report.retry_at);
}

TEST_CASE("duplicate keys and a byte order mark do no harm") {
  const auto shown = read("\xef\xbb\xbf" + kInit +
                          R"({"type":"user","type":"assistant","message":)"
                          R"({"content":[{"type":"text","text":"x"}]}})"
                          "\n");
  CHECK(shown.report.model == "model-asked");
  CHECK(shown.lines == Words{"x"});
}

TEST_CASE("half a surrogate pair does not hide an event") {
  const auto shown =
      read(text_block("cut \\ud83d") + text_block("\\\\ud83d \\ud83d\\ude00 \\udc00x") +
           failure("429", "limit \\uDE00"));
  CHECK(shown.lines.at(0) == "cut \xef\xbf\xbd");
  CHECK(shown.lines.at(1) == "\\ud83d \xf0\x9f\x98\x80 \xef\xbf\xbdx");
  CHECK(shown.report.saw_end);
  CHECK(shown.report.kind == Kind::rate_limited);
}

TEST_CASE("deep nesting is left out, valid or not") {
  const std::size_t depth = 100000;
  const std::string deep = std::string(depth, '[') + std::string(depth, ']');
  CHECK(read(deep + "\n" + std::string(depth, '[') + "\n").lines.size() == 2);
  const std::string objects = [&] {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "{\"a\":";
    return text;
  }();
  CHECK(read(objects + "\n").lines.size() == 1);
  const auto shown = read(R"({"type":"result","is_error":true,"api_error_status":429,"x":)" + deep +
                          R"(,"result":"limit"})"
                          "\n");
  CHECK(shown.report.kind == Kind::rate_limited);
}

TEST_CASE("a line of ten megabytes is read, one over the limit is left out") {
  const std::string ten(10UL * 1024 * 1024, 'x');
  CHECK(read(text_block(ten) + kGood).report.saw_end);
  const std::string twenty(20UL * 1024 * 1024, 'x');
  const auto shown = read(text_block(twenty) + kGood, 1UL << 20);
  REQUIRE(shown.lines.size() == 2);
  CHECK(shown.lines[0] == "(a line of more than 16 MiB was left out)");
  CHECK(shown.report.saw_end);
  const auto plain = read(ten + "\n");
  REQUIRE(plain.lines.size() == 1);
  CHECK(plain.lines[0].size() <= 64 * 1024);
}

TEST_CASE("a last line without newline is read") {
  std::string good = kGood;
  good.pop_back();
  CHECK(read(good).report.saw_end);
}

TEST_CASE("recordings of real runs are understood") {
  const char* root = std::getenv("CHANT_AGENT_OUTPUT");
  if (root == nullptr) return;
  std::map<std::string, Report> reports;
  for (const auto& entry : std::filesystem::directory_iterator(std::string{root} + "/claude")) {
    if (entry.path().extension() != ".out") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    const auto shown = read(text.str());
    CAPTURE(entry.path().string());
    CHECK_FALSE(shown.lines.empty());
    for (const auto& line : shown.lines) CHECK_FALSE(line.starts_with('{'));
    reports[entry.path().stem().string()] = shown.report;
  }
  REQUIRE(reports.count("ok") == 1);
  CHECK(reports["ok"].model == "claude-sonnet-4-5");
  CHECK(reports["ok"].kind == Kind::none);
  CHECK(reports["ok"].saw_end);
  CHECK(reports["rl-forever"].kind == Kind::rate_limited);
  CHECK(reports["quota-oauth"].kind == Kind::rate_limited);
  CHECK(reports["quota-oauth"].retry_at == 1795224811);
  CHECK(reports["badkey"].kind == Kind::auth);
  CHECK(reports["e529"].kind == Kind::overloaded);
  CHECK(reports["e500"].kind == Kind::overloaded);
  CHECK(reports["rl2"].kind == Kind::none);
  CHECK_FALSE(reports["kill-tool-TERM-group"].saw_end);
}
