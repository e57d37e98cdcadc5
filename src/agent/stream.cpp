#include "agent/stream.h"

#include "util/text.h"
#include "util/time.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace chant::agent {
namespace {

using Kind = Report::Kind;

constexpr std::size_t kMaxLine = 16UL * 1024 * 1024;
constexpr std::size_t kMaxDetail = 100;
constexpr std::size_t kMaxName = 200;
constexpr std::int64_t kLongWait = 60;
// More tokens or dollars than that are a fault of the tool. Sums and millionths of them must fit.
constexpr std::int64_t kMaxCount = 1'000'000'000'000'000;
constexpr double kMaxPrice = 1e9;

}  // namespace

// A length of text that is enough for `kMaxDetail` columns, so that little is scanned.
std::string short_line(std::string_view text) {
  return fit(printable_line(trim(text.substr(0, 16 * kMaxDetail))), kMaxDetail);
}

void show_lines(std::string_view text, const Reader::Show& show) {
  for (const std::string& line : split(trim(text), '\n')) show(line);
}

void show_failed_tool(std::string_view words, const Reader::Show& show) {
  show("✗ " + short_line(words));
}

std::string tool_line(std::string_view name, const Json& input) {
  constexpr std::array<const char*, 9> kDetails = {"command",  "commands", "file_path",
                                                   "filePath", "pattern",  "path",
                                                   "url",      "query",    "description"};
  std::string line = "→ " + short_line(name);
  for (const char* key : kDetails) {
    const Json& value = member_of(input, key);
    const Json& first = value.is_array() && !value.empty() ? value.front() : value;
    if (!first.is_string() || first.get_ref<const std::string&>().empty()) continue;
    return line + ": " + short_line(first.get_ref<const std::string&>());
  }
  return line;
}

std::optional<std::int64_t> count_of(const Json& object, const char* key) {
  const auto count = integer_of(object, key);
  return count && *count >= 0 && *count <= kMaxCount ? count : std::nullopt;
}

std::optional<double> price_of(const Json& object, const char* key) {
  const Json& value = member_of(object, key);
  if (!value.is_number()) return std::nullopt;
  const double price = value.get<double>();
  return price >= 0 && price <= kMaxPrice ? std::optional{price} : std::nullopt;
}

bool is_session_id(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= 128 && text.front() != '-' &&
         std::ranges::all_of(text, is_part);
}

std::string tool_directory(const process::EnvChanges& env, const char* variable,
                           const char* fallback) {
  const auto value_of = [&env](const char* name) -> std::string {
    if (const auto found = env.find(name); found != env.end()) return found->second.value_or("");
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (std::string own = value_of(variable); own.starts_with('/')) return own;
  const std::string home = value_of("HOME");
  return home.starts_with('/') ? home + "/" + fallback : "";
}

void add(std::optional<std::int64_t>& sum, std::optional<std::int64_t> more) {
  if (!more || *more < 0) return;
  sum = std::min(sum.value_or(0) + std::min(*more, kMaxCount), kMaxCount);
}

void JsonReader::feed(std::string_view bytes, const Show& show) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    append(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    end_line(show);
    bytes.remove_prefix(end + 1);
  }
}

void JsonReader::finish(const Show& show) {
  if (!line_.empty() || dropping_) end_line(show);
}

Report JsonReader::report() const {
  Report report = report_;
  if (report.saw_end) return report;
  report.message = last_text_;
  report.kind = wait_.kind;
  report.error = wait_.words;
  report.waiting = waiting();
  if (wait_.kind != Kind::auth) report.retry_at = wait_.until;
  // The first event comes before the model: what there is are words of the tool itself.
  if (!saw_event_ && !first_words_.empty()) {
    report.error = first_words_;
    report.kind = kind_of_message(first_words_) == Kind::auth ? Kind::auth : Kind::failed;
  }
  return report;
}

void JsonReader::append(std::string_view bytes) {
  if (dropping_) return;
  if (line_.size() + bytes.size() <= kMaxLine) {
    line_ += bytes;
  } else {
    dropping_ = true;
    line_ = {};
  }
}

void JsonReader::end_line(const Show& show) {
  if (dropping_) {
    show("(a line of more than 16 MiB was left out)");
  } else if (!trim(line_).empty()) {
    take(line_, show);
  }
  dropping_ = false;
  line_.clear();
  if (line_.capacity() > kMaxShown) line_.shrink_to_fit();
}

void JsonReader::take(std::string_view line, const Show& show) {
  if (const auto event = find_object(line)) {
    saw_event_ = true;
    return take_event(*event, show);
  }
  const std::string_view text = line.substr(0, kMaxShown);
  if (!saw_event_ && kind_of_message(first_words_) != Kind::auth) first_words_ = short_line(text);
  show(text);
  take_text(text);
}

void JsonReader::wait_until(Kind kind, std::string words, std::optional<std::int64_t> until) {
  const bool is_long = until && *until - now_ms() / 1000 >= kLongWait;
  wait({kind, std::move(words), until, is_long});
}

void JsonReader::say(std::string_view text, const Show& show) {
  last_text_ = text.substr(0, kMaxShown);
  if (!last_text_.empty()) show_lines(last_text_, show);
}

void JsonReader::end_well(std::string_view message) {
  report_.saw_end = true;
  report_.message = message.substr(0, kMaxShown);
  report_.error.clear();
  report_.kind = Kind::none;
  report_.retry_at.reset();
}

void JsonReader::end_badly(std::string_view error, Kind kind, const Show& show) {
  report_.saw_end = true;
  report_.message = last_text_;
  report_.error = error.empty() ? "the agent reported an error" : error.substr(0, kMaxShown);
  report_.kind = kind;
  if (kind != Kind::auth) report_.retry_at = retry_time(error, now_ms() / 1000);
  show("error: " + short_line(report_.error));
}

void JsonReader::take_session(const std::string& id) {
  if (is_session_id(id)) report_.session = id;
}

void JsonReader::take_model(const std::string& model) {
  // It comes into commits and spec files: one line, and no character cut in two.
  if (!model.empty()) report_.model = printable_line(model.substr(0, kMaxName));
}

}  // namespace chant::agent
