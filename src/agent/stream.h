// What the readers of JSON lines have in common: cutting the stream into events, showing them, and
// keeping what the tool says of itself until its terminal event.
#pragma once

#include "agent/json_line.h"
#include "agent/profile.h"
#include "agent/trouble.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chant::agent {

using Json = nlohmann::json;

inline constexpr std::size_t kMaxShown = 64UL * 1024;

// One line for people of text that may be long.
[[nodiscard]] std::string short_line(std::string_view text);

// Each line of a text. The mark of a tool that failed.
void show_lines(std::string_view text, const Reader::Show& show);
void show_failed_tool(std::string_view words, const Reader::Show& show);

// "→ name: detail", the detail being the input's member that says most.
[[nodiscard]] std::string tool_line(std::string_view name, const Json& input);

// A count, a price, an id for the command line: absent when it cannot be one.
[[nodiscard]] std::optional<std::int64_t> count_of(const Json& object, const char* key);
[[nodiscard]] std::optional<double> price_of(const Json& object, const char* key);
[[nodiscard]] bool is_session_id(std::string_view text);

// The directory of a tool: the value of `variable` for the agent, else HOME/`fallback`; "" when
// unknown.
[[nodiscard]] std::string tool_directory(const process::EnvChanges& env, const char* variable,
                                         const char* fallback);

// A sum of which some parts are unknown.
void add(std::optional<std::int64_t>& sum, std::optional<std::int64_t> more);

// Lines of at most 16 MiB. What is no JSON object is the tool's standard error, and shown as it is.
class JsonReader : public Reader {
 public:
  JsonReader() { report_.saw_end = false; }
  void feed(std::string_view bytes, const Show& show) final;
  void finish(const Show& show) final;
  [[nodiscard]] Report report() const final;
  [[nodiscard]] bool waiting() const final { return !report_.saw_end && wait_.is_long; }

 protected:
  virtual void take_event(const Json& event, const Show& show) = 0;
  virtual void take_text(std::string_view) {}  // already shown

  // Why the tool makes no progress at the moment, as far as it has said so.
  struct Wait {
    Report::Kind kind = Report::Kind::none;
    std::string words;
    std::optional<std::int64_t> until = {};
    bool is_long = false;  // it is said to take a minute or more, or has no end
  };
  void wait(Wait wait) { wait_ = std::move(wait); }
  [[nodiscard]] const Wait& waits() const { return wait_; }
  // A wait until `until`, long if it is a minute or more from `now`.
  void wait_until(Report::Kind kind, std::string words, std::optional<std::int64_t> until);
  // The model answers: what was waited for is over.
  void answered() { wait_ = {}; }

  // The model's text, shown, and kept for a stream that is cut.
  void say(std::string_view text, const Show& show);
  [[nodiscard]] const std::string& last_text() const { return last_text_; }

  // The terminal event, once with an error of the tool, once without.
  void end_well(std::string_view message);
  void end_badly(std::string_view error, Report::Kind kind, const Show& show);

  void take_session(const std::string& id);
  void take_model(const std::string& model);

  // Of the terminal event; what the functions above do not know is put here.
  Report report_;

 private:
  void append(std::string_view bytes);
  void end_line(const Show& show);
  void take(std::string_view line, const Show& show);

  std::string line_;
  bool dropping_ = false;
  bool saw_event_ = false;
  Wait wait_;
  std::string last_text_;    // of the assistant
  std::string first_words_;  // of a tool that never came to its first event: the last line
};

}  // namespace chant::agent
