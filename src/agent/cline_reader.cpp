#include "agent/readers.h"
#include "agent/stream.h"
#include "util/text.h"

namespace chant::agent {
namespace {

using Kind = Report::Kind;

// JSON lines of `cline --json`. Errors have no status: their text decides.
class ClineReader : public JsonReader {
 protected:
  void take_event(const Json& event, const Show& show) override {
    const std::string type = text_of(event, "type");
    if (type == "hook_event") take_session(text_of(event, "taskId"));
    if (type == "agent_event") take_step(member_of(event, "event"), show);
    if (type == "run_result") take_result(event, show);
  }

 private:
  void take_step(const Json& step, const Show& show) {
    const std::string type = text_of(step, "type");
    const bool tool = text_of(step, "contentType") == "tool";
    if (type == "content_start" && tool) {
      show(tool_line(text_of(step, "toolName"), member_of(step, "input")));
    }
    if (type == "content_end" && tool) take_output(member_of(step, "output"), show);
    if (type == "content_end" && text_of(step, "contentType") == "text") {
      say(text_of(step, "text"), show);
    }
    if (type == "notice") show(short_line(text_of(step, "message")));
  }

  static void take_output(const Json& output, const Show& show) {
    if (!output.is_array()) return;
    for (const Json& one : output) {
      const Json& success = member_of(one, "success");
      if (!success.is_boolean() || success.get<bool>()) continue;
      const std::string error = text_of(one, "error");
      show_failed_tool(error.empty() ? text_of(one, "result") : error, show);
    }
  }

  void take_result(const Json& event, const Show& show) {
    const Json& usage = member_of(event, "usage");
    report_.input_tokens = count_of(usage, "inputTokens");
    report_.output_tokens = count_of(usage, "outputTokens");
    // 0 is also what it says when it knows no prices.
    report_.cost_usd = price_of(usage, "totalCost");
    if (report_.cost_usd == 0.0) report_.cost_usd.reset();
    take_model(text_of(member_of(event, "model"), "id"));
    const std::string reason = text_of(event, "finishReason");
    const std::string text = text_of(event, "text");
    if (reason == "completed") {
      end_well(text);
      if (report_.message != last_text()) show_lines(report_.message, show);
    } else if (reason == "error") {
      end_badly(text, kind_of_message(text), show);
    } else {
      // The text is the model's here.
      end_badly("the agent ended with '" + short_line(reason) + "'", Kind::failed, show);
    }
  }
};

}  // namespace

std::unique_ptr<Reader> make_cline_reader() { return std::make_unique<ClineReader>(); }

}  // namespace chant::agent
