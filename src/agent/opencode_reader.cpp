#include "agent/readers.h"
#include "agent/stream.h"
#include "util/text.h"
#include "util/time.h"

#include <optional>

namespace chant::agent {
namespace {

using Kind = Report::Kind;

// JSON lines of `opencode run --format json`. There is no terminal event of its own: the end is
// the last step that asks for no more tools, or an error that nothing follows.
class OpencodeReader : public JsonReader {
 protected:
  void take_event(const Json& event, const Show& show) override {
    const std::string type = text_of(event, "type");
    const Json& part = member_of(event, "part");
    take_session(text_of(event, "sessionID"));
    if (type == "step_start") go_on();
    if (type == "text" && !flag_of(part, "synthetic")) {
      go_on();
      say(text_of(part, "text"), show);
    }
    if (type == "tool_use") take_tool(part, show);
    if (type == "step_finish") take_step(part);
    if (type == "error") take_error(member_of(event, "error"), show);
  }

 private:
  void go_on() {
    report_.saw_end = false;
    report_.error.clear();
    report_.kind = Kind::none;
    report_.retry_at.reset();
  }

  void take_tool(const Json& part, const Show& show) {
    go_on();
    const Json& state = member_of(part, "state");
    show(tool_line(text_of(part, "tool"), member_of(state, "input")));
    const auto code = integer_of(member_of(state, "metadata"), "exit");
    if (text_of(state, "status") == "error") {
      show_failed_tool(text_of(state, "error"), show);
    } else if (code && *code != 0) {
      show_failed_tool(text_of(state, "output"), show);
    }
  }

  void take_step(const Json& part) {
    const Json& tokens = member_of(part, "tokens");
    const Json& cache = member_of(tokens, "cache");
    add(report_.input_tokens, count_of(tokens, "input"));
    add(report_.input_tokens, count_of(cache, "read"));
    add(report_.input_tokens, count_of(cache, "write"));
    add(report_.output_tokens, count_of(tokens, "output"));
    add(report_.output_tokens, count_of(tokens, "reasoning"));
    // 0 is also what it says when it knows no prices.
    if (const auto cost = price_of(part, "cost"); cost.value_or(0) > 0) {
      report_.cost_usd = report_.cost_usd.value_or(0) + *cost;
    }
    if (text_of(part, "reason") != "tool-calls") end_well(last_text());
  }

  void take_error(const Json& error, const Show& show) {
    const Json& data = member_of(error, "data");
    const std::string message = text_of(data, "message");
    const auto status = integer_of(data, "statusCode");
    Kind kind = status ? kind_of_status(*status) : kind_of_message(message);
    // What went wrong between the tool and the model without an answer of a server.
    if (!status && kind == Kind::failed && flag_of(data, "isRetryable")) kind = Kind::overloaded;
    end_badly(message.empty() ? text_of(error, "name") : message, kind, show);
    const Json& headers = member_of(data, "responseHeaders");
    const auto named = retry_after(text_of(headers, "retry-after"), now_ms() / 1000);
    if (named && kind != Kind::auth) report_.retry_at = named;
  }
};

}  // namespace

std::unique_ptr<Reader> make_opencode_reader() { return std::make_unique<OpencodeReader>(); }

}  // namespace chant::agent
