#include "agent/readers.h"
#include "agent/stream.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

namespace chant::agent {
namespace {

using Kind = Report::Kind;

constexpr std::size_t kMaxEvents = 64UL * 1024 * 1024;

// JSON lines of `copilot --output-format json`. The tokens are only in a file of the session.
class CopilotReader : public JsonReader {
 public:
  void read_files(const process::EnvChanges& env) override {
    const std::string home = tool_directory(env, "COPILOT_HOME", ".copilot");
    if (home.empty() || report_.session.empty()) return;
    try {
      const auto events =
          find_file(home + "/session-state/" + report_.session + "/events.jsonl", kMaxEvents);
      if (events) take_session_events(*events);
    } catch (const Error&) {
      return;  // what a file of another program cannot say stays unknown
    }
  }

 protected:
  void take_event(const Json& event, const Show& show) override {
    const std::string type = text_of(event, "type");
    const Json& data = member_of(event, "data");
    if (type == "assistant.message") take_message(data, show);
    if (type == "tool.execution_start") {
      show(tool_line(text_of(data, "toolName"), member_of(data, "arguments")));
    }
    if (type == "tool.execution_complete") take_tool(data, show);
    if (type == "model.call_failure") take_call_failure(data);
    if (type == "assistant.turn_retry") take_retry(text_of(data, "reason"), show);
    if (type == "session.error") take_error(data);
    if (type == "result") take_result(event, show);
  }

 private:
  void take_message(const Json& data, const Show& show) {
    answered();
    error_.clear();
    take_model(text_of(data, "model"));
    if (const std::string text = text_of(data, "content"); !text.empty()) say(text, show);
  }

  static void take_tool(const Json& data, const Show& show) {
    const auto code = integer_of(member_of(data, "shellExecution"), "exitCode");
    const Json& success = member_of(data, "success");
    const bool failed = success.is_boolean() && !success.get<bool>();
    if (!failed && code.value_or(0) == 0) return;
    const std::string output = text_of(member_of(data, "result"), "content");
    show_failed_tool(output.empty() ? text_of(member_of(data, "error"), "message") : output, show);
  }

  void take_call_failure(const Json& data) {
    const auto status = integer_of(data, "statusCode");
    Kind kind = Kind::failed;
    if (status) kind = kind_of_status(*status);
    if (text_of(data, "failureKind") == "transport") kind = Kind::overloaded;
    wait({kind, short_line(text_of(data, "errorMessage"))});
  }

  void take_retry(const std::string& reason, const Show& show) {
    if (reason == "rate_limit") wait({Kind::rate_limited, "rate limit"});
    show("retry: " + short_line(reason));
  }

  void take_error(const Json& data) {
    error_ = text_of(data, "message").substr(0, kMaxShown);
    const std::string type = text_of(data, "errorType");
    if (error_.empty()) error_ = type.empty() ? "the session failed" : short_line(type);
    const auto status = integer_of(data, "statusCode");
    error_kind_ = status ? kind_of_status(*status) : kind_of_message(error_);
    if (type == "rate_limit") error_kind_ = Kind::rate_limited;
    if (type == "authentication") error_kind_ = Kind::auth;
  }

  void take_result(const Json& event, const Show& show) {
    take_session(text_of(event, "sessionId"));
    const auto code = integer_of(event, "exitCode");
    if (!error_.empty()) {
      end_badly(error_, error_kind_, show);
    } else if (code.value_or(0) != 0) {
      end_badly("the agent ended with exit " + std::to_string(*code), Kind::failed, show);
    } else {
      end_well(last_text());
    }
  }

  // The last shutdown has the figures of the whole session.
  void take_session_events(std::string_view events) {
    LineSplitter lines(1024UL * 1024);
    const auto take = [this](std::string_view line) {
      if (line.find("\"session.shutdown\"") == std::string_view::npos) return;
      const auto event = find_object(line);
      if (!event || text_of(*event, "type") != "session.shutdown") return;
      const Json& models = member_of(member_of(*event, "data"), "modelMetrics");
      if (!models.is_object()) return;
      report_.input_tokens.reset();
      report_.output_tokens.reset();
      for (const auto& [name, metrics] : models.items()) {
        const Json& usage = member_of(metrics, "usage");
        add(report_.input_tokens, count_of(usage, "inputTokens"));
        add(report_.output_tokens, count_of(usage, "outputTokens"));
        if (report_.model.empty()) take_model(name);
      }
    };
    lines.feed(events, take);
    lines.finish(take);
  }

  std::string error_;
  Kind error_kind_ = Kind::failed;
};

}  // namespace

std::unique_ptr<Reader> make_copilot_reader() { return std::make_unique<CopilotReader>(); }

}  // namespace chant::agent
