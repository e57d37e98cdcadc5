#include "agent/json_line.h"
#include "agent/readers.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace chant::agent {
namespace {

using Json = nlohmann::json;
using Kind = Report::Kind;

constexpr std::size_t kMaxLine = 16UL * 1024 * 1024;
constexpr std::size_t kMaxShown = 64UL * 1024;
constexpr std::size_t kMaxDetail = 100;
constexpr std::string_view kSynthetic = "<synthetic>";

// A length of text that is enough for `kMaxDetail` columns, so that little is scanned.
std::string short_line(std::string_view text) {
  return fit(printable_line(trim(text.substr(0, 16 * kMaxDetail))), kMaxDetail);
}

Kind kind_of_status(std::int64_t status) {
  switch (status) {
    case 429:
      return Kind::rate_limited;
    case 529:
      return Kind::overloaded;
    case 401:
    case 403:
      return Kind::auth;
    default:
      return Kind::failed;
  }
}

// For results without a status. `text` is the stream's own error, not what the model wrote.
Kind kind_of_text(std::string_view text) {
  const std::size_t hit = text.find("hit your ");
  const bool limit =
      hit != std::string_view::npos && text.find("limit", hit) != std::string_view::npos;
  if (limit || text.find("Request rejected (429)") != std::string_view::npos) {
    return Kind::rate_limited;
  }
  if (text.starts_with("Not logged in") || text.starts_with("Invalid API key")) return Kind::auth;
  return Kind::failed;
}

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
  if (std::string text = text_of(result, "result"); !text.empty()) return text;
  const Json& errors = member_of(result, "errors");
  if (errors.is_array() && !errors.empty() && errors.front().is_string()) {
    return errors.front().get<std::string>();
  }
  const std::string reason = text_of(result, "terminal_reason");
  return reason.empty() ? text_of(result, "subtype") : reason;
}

std::string tool_line(const Json& block) {
  constexpr std::array<const char*, 7> kDetails = {"command", "file_path", "pattern",    "path",
                                                   "url",     "query",     "description"};
  std::string line = "→ " + short_line(text_of(block, "name"));
  for (const char* key : kDetails) {
    const std::string detail = text_of(member_of(block, "input"), key);
    if (!detail.empty()) return line + ": " + short_line(detail);
  }
  return line;
}

std::string content_text(const Json& content) {
  if (content.is_string()) return content.get<std::string>();
  if (!content.is_array()) return {};
  for (const Json& part : content) {
    if (std::string text = text_of(part, "text"); !text.empty()) return text;
  }
  return {};
}

void show_lines(std::string_view text, const Reader::Show& show) {
  for (const std::string& line : split(trim(text), '\n')) show(line);
}

class ClaudeReader : public Reader {
 public:
  ClaudeReader() { report_.saw_end = false; }

  void feed(std::string_view bytes, const Show& show) override {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      append(bytes.substr(0, end));
      if (end == std::string_view::npos) return;
      end_line(show);
      bytes.remove_prefix(end + 1);
    }
  }

  void finish(const Show& show) override {
    if (!line_.empty() || dropping_) end_line(show);
  }

  [[nodiscard]] Report report() const override {
    Report report = report_;
    if (report.model.empty()) report.model = asked_model_;
    if (report.saw_end) return report;
    report.message = last_text_;
    report.kind = waiting_for_;
    report.error = waiting_text_;
    if (waiting_for_ == Kind::rate_limited) report.retry_at = reset_at_;
    return report;
  }

 private:
  void append(std::string_view bytes) {
    if (dropping_) return;
    if (line_.size() + bytes.size() <= kMaxLine) {
      line_ += bytes;
    } else {
      dropping_ = true;
      line_ = {};
    }
  }

  void end_line(const Show& show) {
    if (dropping_) {
      show("(a line of more than 16 MiB was left out)");
    } else if (!trim(line_).empty()) {
      take(line_, show);
    }
    dropping_ = false;
    line_.clear();
    if (line_.capacity() > kMaxShown) line_.shrink_to_fit();
  }

  void take(std::string_view line, const Show& show) {
    const auto event = find_object(line);
    if (!event) return show(line.substr(0, kMaxShown));
    const std::string type = text_of(*event, "type");
    if (type == "assistant") take_assistant(*event, show);
    if (type == "user") take_user(*event, show);
    if (type == "system") take_system(*event, show);
    if (type == "rate_limit_event") take_limit(member_of(*event, "rate_limit_info"), show);
    if (type == "result") take_result(*event, show);
  }

  void take_assistant(const Json& event, const Show& show) {
    const Json& message = member_of(event, "message");
    // An answer of a model ends a wait; a synthetic message only tells of it.
    if (text_of(message, "model") != kSynthetic) {
      waiting_for_ = Kind::none;
      waiting_text_.clear();
    }
    const Json& content = member_of(message, "content");
    if (!content.is_array()) return;
    for (const Json& block : content) {
      const std::string type = text_of(block, "type");
      if (type == "tool_use") show(tool_line(block));
      if (type != "text") continue;
      last_text_ = text_of(block, "text").substr(0, kMaxShown);
      if (!last_text_.empty()) show_lines(last_text_, show);
    }
  }

  void take_user(const Json& event, const Show& show) {
    const Json& content = member_of(member_of(event, "message"), "content");
    if (!content.is_array()) return;
    for (const Json& block : content) {
      if (!flag_of(block, "is_error")) continue;
      show("✗ " + short_line(content_text(member_of(block, "content"))));
    }
  }

  void take_system(const Json& event, const Show& show) {
    const std::string subtype = text_of(event, "subtype");
    if (subtype == "init" && text_of(event, "model") != kSynthetic) {
      asked_model_ = text_of(event, "model");
    }
    if (subtype != "api_retry") return;
    waiting_for_ = kind_of_status(integer_of(event, "error_status").value_or(0));
    waiting_text_ = short_line(text_of(event, "error"));
    show(fmt::format("retry {} of {}: {}", integer_of(event, "attempt").value_or(0),
                     integer_of(event, "max_retries").value_or(0), waiting_text_));
  }

  void take_limit(const Json& info, const Show& show) {
    if (text_of(info, "status") != "rejected") return;
    waiting_for_ = Kind::rate_limited;
    waiting_text_ = fmt::format("limit reached: {}", short_line(text_of(info, "rateLimitType")));
    reset_at_ = integer_of(info, "resetsAt");
    if (reset_at_ && *reset_at_ <= 0) reset_at_.reset();
    show(waiting_text_);
  }

  void take_result(const Json& event, const Show& show) {
    report_ = {};
    report_.message = text_of(event, "result").substr(0, kMaxShown);
    report_.model = main_model(member_of(event, "modelUsage"), asked_model_);
    const Json& usage = member_of(event, "usage");
    report_.input_tokens = integer_of(usage, "input_tokens");
    report_.output_tokens = integer_of(usage, "output_tokens");
    const Json& cost = member_of(event, "total_cost_usd");
    if (cost.is_number()) report_.cost_usd = cost.get<double>();
    if (flag_of(event, "is_error") || text_of(event, "subtype").starts_with("error")) {
      take_failure(event);
      show("error: " + short_line(report_.error));
    } else if (report_.message != last_text_) {
      show_lines(report_.message, show);
    }
  }

  void take_failure(const Json& result) {
    report_.error = error_of(result).substr(0, kMaxShown);
    const auto status = integer_of(result, "api_error_status");
    report_.kind = status ? kind_of_status(*status) : kind_of_text(text_of(result, "result"));
    if (report_.kind == Kind::failed && waiting_for_ == Kind::rate_limited && !status) {
      report_.kind = Kind::rate_limited;
    }
    if (report_.kind == Kind::rate_limited) report_.retry_at = reset_at_;
  }

  std::string line_;
  bool dropping_ = false;
  Report report_;
  std::string asked_model_;        // of the init event
  std::string last_text_;          // of the assistant
  Kind waiting_for_ = Kind::none;  // why the tool waits at the moment
  std::string waiting_text_;
  std::optional<std::int64_t> reset_at_;
};

}  // namespace

std::unique_ptr<Reader> make_claude_reader() { return std::make_unique<ClaudeReader>(); }

}  // namespace chant::agent
