#include "tasks/json.h"

#include "util/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace chant::tasks {

namespace {

constexpr std::size_t kMaxDepth = 32;

// What the parser has read of the text so far.
struct Progress {
  std::size_t read = 0;    // bytes
  int line = 1;            // of the last byte read
  bool after_end = false;  // the last byte read was a newline
};

// Counts what is read through it.
class Counting {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Counting(const char* at, Progress* progress) : at_(at), progress_(progress) {}

  reference operator*() const { return *at_; }
  Counting& operator++() {
    if (progress_->after_end) ++progress_->line;
    progress_->after_end = *at_ == '\n';
    ++progress_->read;
    ++at_;
    return *this;
  }
  Counting operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Counting& other) const { return at_ == other.at_; }
  bool operator!=(const Counting& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  Progress* progress_;
};

class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(const Progress& progress) : progress_(progress) {}

  bool null() override { return add(Json::Kind::null, "null"); }
  bool boolean(bool value) override { return add(Json::Kind::flag, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override {
    return add(Json::Kind::number, std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return add(Json::Kind::number, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& written) override {
    return add(Json::Kind::number, written);
  }
  bool string(string_t& value) override { return add(Json::Kind::string, value); }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& value) override {
    key_ = value;
    return true;
  }
  bool start_object(std::size_t) override { return open(Json::Kind::object); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::Kind::array); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    throw JsonError(progress_.line, "this is no JSON");
  }

  Json root;

 private:
  Json& place(Json::Kind kind) {
    Json value;
    value.kind = kind;
    value.line = progress_.line;
    value.end = progress_.read;
    value.begin = value.end - 1;
    if (open_.empty()) {
      root = std::move(value);
      return root;
    }
    auto& parent = *open_.back();
    if (parent.kind == Json::Kind::array) return parent.items.emplace_back(std::move(value));
    return parent.members.emplace_back(std::move(key_), std::move(value)).second;
  }
  bool add(Json::Kind kind, std::string text) {
    place(kind).text = std::move(text);
    return true;
  }
  bool open(Json::Kind kind) {
    if (open_.size() == kMaxDepth) throw JsonError(progress_.line, "this JSON is nested too deep");
    open_.push_back(&place(kind));
    return true;
  }
  bool close() {
    open_.back()->end = progress_.read;
    open_.pop_back();
    return true;
  }

  const Progress& progress_;
  std::string key_;
  // A value is put in its place before what is in it, and its parent gets no other before it is
  // closed: the pointers stay.
  std::vector<Json*> open_;
};

}  // namespace

const Json* Json::find(std::string_view name) const {
  for (auto it = members.rbegin(); it != members.rend(); ++it) {
    if (it->first == name) return &it->second;
  }
  return nullptr;
}

std::string Json::text_of(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr || !(value->is(Kind::string) || value->is(Kind::number))) return {};
  return value->text;
}

std::string Json::line_of(std::string_view name) const {
  auto words = text_of(name);
  std::replace_if(
      words.begin(), words.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return std::string(trim(words));
}

Json parse_json(std::string_view text, int first_line) {
  Progress progress;
  progress.line = first_line;
  Builder builder(progress);
  const bool is_whole = nlohmann::json::sax_parse(
      Counting(text.data(), &progress), Counting(text.data() + text.size(), &progress), &builder);
  if (!is_whole) throw JsonError(progress.line, "this is no JSON");
  return std::move(builder.root);
}

}  // namespace chant::tasks
