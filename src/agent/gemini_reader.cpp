#include "agent/readers.h"
#include "agent/stream.h"
#include "util/text.h"
#include "util/time.h"

namespace chant::agent {
namespace {

using Kind = Report::Kind;

// JSON lines of `gemini --output-format stream-json`.
class GeminiReader : public JsonReader {
 protected:
  void take_event(const Json& event, const Show& show) override {
    const std::string type = text_of(event, "type");
    if (type != "message") end_text(show);
    if (type == "init") {
      take_session(text_of(event, "session_id"));
      take_model(text_of(event, "model"));
    }
    if (type == "message" && text_of(event, "role") == "assistant") {
      answered();
      if (text_.size() < kMaxShown) text_ += text_of(event, "content").substr(0, kMaxShown);
    }
    if (type == "tool_use") {
      show(tool_line(text_of(event, "tool_name"), member_of(event, "parameters")));
    }
    if (type == "tool_result" && text_of(event, "status") == "error") {
      show_failed_tool(text_of(event, "output"), show);
    }
    if (type == "error") show("error: " + short_line(text_of(event, "message")));
    if (type == "result") take_result(event, show);
  }

  // Standard error, in two lines: "Attempt 1 failed: You exceeded your current quota, …" and
  // "Suggested retry after 60s.. Retrying after 66578ms...", or both in one.
  void take_text(std::string_view line) override {
    if (line.starts_with("Attempt ") && line.find(" failed") != std::string_view::npos) {
      failed_attempt_ = short_line(line);
      failed_kind_ = kind_of_message(line);
    }
    const bool announced = line.find("Retrying ") != std::string_view::npos &&
                           (line.starts_with("Attempt ") || line.starts_with("Suggested retry "));
    if (!announced || failed_kind_ == Kind::none || failed_kind_ == Kind::failed) return;
    wait_until(failed_kind_, failed_attempt_, retry_time(line, now_ms() / 1000));
  }

 private:
  // A text comes in pieces; it is over when something else comes.
  void end_text(const Show& show) {
    if (trim(text_).empty()) return;
    say(trim(text_), show);
    text_.clear();
  }

  void take_result(const Json& event, const Show& show) {
    const Json& stats = member_of(event, "stats");
    report_.input_tokens = count_of(stats, "input_tokens");
    report_.output_tokens = count_of(stats, "output_tokens");
    take_model(busiest_model(member_of(stats, "models")));
    if (text_of(event, "status") != "error") return end_well(last_text());
    const std::string error = text_of(member_of(event, "error"), "message");
    end_badly(error, kind_of_message(error), show);
    if (!report_.retry_at && report_.kind == waits().kind) report_.retry_at = waits().until;
  }

  static std::string busiest_model(const Json& models) {
    std::string model;
    std::int64_t most = -1;
    if (!models.is_object()) return model;
    for (const auto& [name, figures] : models.items()) {
      const std::int64_t written = count_of(figures, "output_tokens").value_or(0);
      if (written <= most) continue;
      most = written;
      model = name;
    }
    return model;
  }

  std::string text_;
  std::string failed_attempt_;
  Kind failed_kind_ = Kind::none;
};

}  // namespace

std::unique_ptr<Reader> make_gemini_reader() { return std::make_unique<GeminiReader>(); }

}  // namespace chant::agent
