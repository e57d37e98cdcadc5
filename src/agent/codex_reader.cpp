#include "agent/readers.h"
#include "agent/stream.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <filesystem>

namespace chant::agent {
namespace {

namespace fs = std::filesystem;
using Kind = Report::Kind;

constexpr std::size_t kMaxRollout = 64UL * 1024 * 1024;
constexpr std::size_t kMaxEntries = 20000;

// Seconds since the epoch at which a thread began: its id is a UUID of version 7, whose first 48
// bits are milliseconds.
std::optional<std::int64_t> start_of(std::string_view thread) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::int64_t milliseconds = 0;
  std::size_t digits = 0;
  for (const char c : thread) {
    if (c == '-') continue;
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    milliseconds = milliseconds * 16 + static_cast<std::int64_t>(digit);
    if (++digits == 12) return milliseconds / 1000;
  }
  return std::nullopt;
}

// The file of a thread in `day`, a directory of the tool: rollout-<time>-<thread>.jsonl.
std::optional<fs::path> find_rollout(const fs::path& day, const std::string& thread) {
  std::error_code error;
  std::size_t seen = 0;
  for (fs::directory_iterator entry(day, error), end; !error && entry != end;
       entry.increment(error)) {
    if (++seen > kMaxEntries) break;
    const std::string name = entry->path().filename().string();
    if (name.starts_with("rollout-") && name.ends_with("-" + thread + ".jsonl")) {
      return entry->path();
    }
  }
  return std::nullopt;
}

// Days are named in local time; the one before and the one after are looked at as well.
std::optional<fs::path> find_rollout_of(const std::string& home, const std::string& thread) {
  const auto start = start_of(thread);
  if (home.empty() || !start) return std::nullopt;
  for (const std::int64_t days : {0, -1, 1}) {
    const std::time_t time = *start + days * 24 * 60 * 60;
    std::tm date{};
    if (localtime_r(&time, &date) == nullptr) continue;
    const fs::path day = fs::path(home) / "sessions" / fmt::format("{:04}", date.tm_year + 1900) /
                         fmt::format("{:02}", date.tm_mon + 1) / fmt::format("{:02}", date.tm_mday);
    if (auto file = find_rollout(day, thread)) return file;
  }
  return std::nullopt;
}

// The model of the last turn.
std::string model_in(std::string_view rollout) {
  static constexpr std::string_view kMark = "\"turn_context\"";
  std::string model;
  LineSplitter lines(1024UL * 1024);
  const auto take = [&model](std::string_view line) {
    if (line.find(kMark) == std::string_view::npos) return;
    const auto event = find_object(line);
    if (!event || text_of(*event, "type") != "turn_context") return;
    const std::string found = text_of(member_of(*event, "payload"), "model");
    if (!found.empty()) model = found;
  };
  lines.feed(rollout, take);
  lines.finish(take);
  return model;
}

// JSON lines of `codex exec --json`.
class CodexReader : public JsonReader {
 public:
  void read_files(const process::EnvChanges& env) override {
    const std::string home = tool_directory(env, "CODEX_HOME", ".codex");
    const auto file = find_rollout_of(home, report_.session);
    if (!file) return;
    try {
      take_model(model_in(load_file(*file, kMaxRollout)));
    } catch (const Error&) {
      return;  // what a file of another program cannot say stays unknown
    }
  }

 protected:
  void take_event(const Json& event, const Show& show) override {
    const std::string type = text_of(event, "type");
    if (type == "thread.started") take_session(text_of(event, "thread_id"));
    if (type == "item.started") start_item(member_of(event, "item"), show);
    if (type == "item.completed") end_item(member_of(event, "item"), show);
    if (type == "error") take_error(text_of(event, "message"), show);
    if (type == "turn.completed") take_usage(member_of(event, "usage"));
    if (type == "turn.failed") {
      const std::string message = text_of(member_of(event, "error"), "message");
      end_badly(message, kind_of_message(message), show);
    }
  }

 private:
  void start_item(const Json& item, const Show& show) {
    answered();
    const std::string type = text_of(item, "type");
    if (type == "command_execution") show(tool_line("command", item));
    if (type == "mcp_tool_call") show(tool_line(text_of(item, "tool"), {}));
    if (type == "web_search") show(tool_line("web search", item));
  }

  void end_item(const Json& item, const Show& show) {
    const std::string type = text_of(item, "type");
    if (type != "error") answered();
    if (type == "agent_message") say(text_of(item, "text"), show);
    if (type == "error") show("note: " + short_line(text_of(item, "message")));
    if (type == "file_change") {
      const Json& changes = member_of(item, "changes");
      const bool some = changes.is_array() && !changes.empty();
      show(tool_line("change", some ? changes.front() : Json{}));
    }
    if (text_of(item, "status") != "failed") return;
    const std::string output = text_of(item, "aggregated_output");
    show_failed_tool(output.empty() ? type + " failed" : output, show);
  }

  // Such a line is not the end: a retry may follow, or turn.failed.
  void take_error(const std::string& message, const Show& show) {
    if (!message.starts_with("Reconnecting")) {
      return wait(
          {kind_of_message(message), short_line(message), retry_time(message, now_ms() / 1000)});
    }
    const Kind kind = kind_of_message(message);
    wait_until(kind, short_line(message), retry_time(message, now_ms() / 1000));
    if (message.find("waiting for network") != std::string::npos) {
      wait({Kind::overloaded, short_line(message), {}, true});
    }
    show(short_line(message));
  }

  void take_usage(const Json& usage) {
    report_.input_tokens = count_of(usage, "input_tokens");
    report_.output_tokens = count_of(usage, "output_tokens");
    end_well(last_text());
  }
};

}  // namespace

std::unique_ptr<Reader> make_codex_reader() { return std::make_unique<CodexReader>(); }

}  // namespace chant::agent
