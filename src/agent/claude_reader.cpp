#include "agent/readers.h"
#include "agent/stream.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <utility>

namespace chant::agent {
namespace {

using Kind = Report::Kind;

constexpr std::string_view kSynthetic = "<synthetic>";
constexpr std::int64_t kLastTime = 253'402'300'799;  // of the year 9999; milliseconds are beyond it

// The model that did the work: `asked` when it is among those used, else the one that wrote most.
std::string main_model(const Json& usage, const std::string& asked) {
  std::string model;
  std::int64_t most = -1;
  if (!usage.is_object()) return model;
  for (const auto& [name, figures] : usage.items()) {
    if (name.empty() || name == kSynthetic) continue;
    if (name == asked) return name;
    const std::int64_t written = integer_of(figures, "outputTokens").value_or(0);
    if (written <= most) continue;
    most = written;
    model = name;
  }
  return model;
}

std::string error_of(const Json& result) {
  if (std::string text = text_of(member_of(result, "error"), "message"); !text.empty()) return text;
  if (std::string text = text_of(result, "result"); !text.empty()) return text;
  const Json& errors = member_of(result, "errors");
  if (errors.is_array() && !errors.empty() && errors.front().is_string()) {
    return errors.front().get<std::string>();
  }
  const std::string reason = text_of(result, "terminal_reason");
  return reason.empty() ? text_of(result, "subtype") : reason;
}

std::string content_text(const Json& content) {
  if (content.is_string()) return content.get<std::string>();
  if (!content.is_array()) return {};
  for (const Json& part : content) {
    if (std::string text = text_of(part, "text"); !text.empty()) return text;
  }
  return {};
}

class ClaudeReader : public JsonReader {
 protected:
  void take_event(const Json& event, const Show& show) override {
    const std::string type = text_of(event, "type");
    take_session(text_of(event, "session_id"));
    if (type == "assistant") take_assistant(member_of(event, "message"), show);
    if (type == "user") take_user(member_of(event, "message"), show);
    if (type == "system") take_system(event, show);
    if (type == "rate_limit_event") take_limit(member_of(event, "rate_limit_info"), show);
    if (type == "result") take_result(event, show);
  }

  virtual void take_retry(const Json& event, const Show& show) {
    if (text_of(event, "subtype") != "api_retry") return;
    const auto status = count_of(event, "error_status");
    const Kind kind = status ? kind_of_status(*status) : Kind::overloaded;
    const std::string words = short_line(text_of(event, "error"));
    const auto delay = count_of(event, "retry_delay_ms");
    wait_until(kind, words, delay ? after_wait(*delay, now_ms() / 1000) : std::nullopt);
    if (kind == Kind::rate_limited && reset_at_) wait({kind, words, reset_at_, waits().is_long});
    show(fmt::format("retry {} of {}: {}", count_of(event, "attempt").value_or(0),
                     count_of(event, "max_retries").value_or(0), words));
  }

  [[nodiscard]] virtual std::optional<std::int64_t> input_tokens(const Json& usage) const {
    std::optional<std::int64_t> sum = count_of(usage, "input_tokens");
    add(sum, count_of(usage, "cache_read_input_tokens"));
    add(sum, count_of(usage, "cache_creation_input_tokens"));
    return sum;
  }

 private:
  void take_assistant(const Json& message, const Show& show) {
    // An answer of a model ends a wait; a synthetic message only tells of it.
    if (text_of(message, "model") != kSynthetic) answered();
    const Json& content = member_of(message, "content");
    if (!content.is_array()) return;
    for (const Json& block : content) {
      const std::string type = text_of(block, "type");
      if (type == "tool_use") show(tool_line(text_of(block, "name"), member_of(block, "input")));
      if (type == "text") say(text_of(block, "text"), show);
    }
  }

  static void take_user(const Json& message, const Show& show) {
    const Json& content = member_of(message, "content");
    if (!content.is_array()) return;
    for (const Json& block : content) {
      if (!flag_of(block, "is_error")) continue;
      show_failed_tool(content_text(member_of(block, "content")), show);
    }
  }

  void take_system(const Json& event, const Show& show) {
    if (text_of(event, "subtype") == "init" && text_of(event, "model") != kSynthetic) {
      take_model(text_of(event, "model"));
    }
    take_retry(event, show);
  }

  void take_limit(const Json& info, const Show& show) {
    if (text_of(info, "status") != "rejected") return;
    reset_at_ = integer_of(info, "resetsAt");
    if (reset_at_ && (*reset_at_ <= 0 || *reset_at_ > kLastTime)) reset_at_.reset();
    const std::string words =
        fmt::format("limit reached: {}", short_line(text_of(info, "rateLimitType")));
    // Not a long wait: the tool gives up by itself, or goes on in another way.
    wait({Kind::rate_limited, words, reset_at_});
    show(words);
  }

  void take_result(const Json& event, const Show& show) {
    take_model(main_model(member_of(event, "modelUsage"), report_.model));
    const Json& usage = member_of(event, "usage");
    report_.input_tokens = input_tokens(usage);
    report_.output_tokens = count_of(usage, "output_tokens");
    report_.cost_usd = price_of(event, "total_cost_usd");
    if (flag_of(event, "is_error") || text_of(event, "subtype").starts_with("error")) {
      return take_failure(event, show);
    }
    const std::string message = text_of(event, "result");
    end_well(message);
    if (report_.message != last_text()) show_lines(report_.message, show);
  }

  void take_failure(const Json& result, const Show& show) {
    const std::string error = error_of(result);
    const auto status = integer_of(result, "api_error_status");
    const std::string reason = text_of(result, "terminal_reason");
    Kind kind = Kind::failed;
    if (status) {
      kind = kind_of_status(*status);
    } else if (reason.empty() || reason == "api_error") {
      kind = kind_of_message(error);
    }
    if (kind == Kind::failed && !status && waits().kind == Kind::rate_limited) kind = waits().kind;
    end_badly(error, kind, show);
    if (kind == Kind::rate_limited && reset_at_) report_.retry_at = reset_at_;
  }

  std::optional<std::int64_t> reset_at_;
};

class QwenReader : public ClaudeReader {
 protected:
  void take_retry(const Json& event, const Show& show) override {
    if (text_of(event, "subtype") != "retry") return;
    const Json& data = member_of(event, "data");
    const auto delay = count_of(data, "delayMs");
    if (!delay) return;  // the delay is over: it tries now
    Wait now = waits();
    if (now.kind == Kind::none) now = {Kind::rate_limited, "the model refuses to answer"};
    wait_until(now.kind, now.words, after_wait(*delay, now_ms() / 1000));
    show(fmt::format("retry {} of {} in {}", count_of(data, "attempt").value_or(0),
                     count_of(data, "maxRetries").value_or(0), elapsed_text(Milliseconds{*delay})));
  }

  // "Retrying in 60s (attempt 1/10): [API Error: 429 …]" on standard error says why.
  void take_text(std::string_view line) override {
    if (!line.starts_with("Retrying in ")) return;
    const Kind kind = kind_of_message(line);
    if (kind == Kind::failed) return;
    wait_until(kind, short_line(line), retry_time(line, now_ms() / 1000));
  }

  // Its figure has what came from a cache already.
  [[nodiscard]] std::optional<std::int64_t> input_tokens(const Json& usage) const override {
    return count_of(usage, "input_tokens");
  }
};

}  // namespace

std::unique_ptr<Reader> make_claude_reader() { return std::make_unique<ClaudeReader>(); }
std::unique_ptr<Reader> make_qwen_reader() { return std::make_unique<QwenReader>(); }

}  // namespace chant::agent
