#include "git/fields.h"

#include "util/error.h"

#include <fmt/format.h>

#include <charconv>

namespace chant::git {
namespace {

template <typename Number>
Number number_in(std::string_view digits) {
  Number number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) fail("a field is damaged");
  return number;
}

}  // namespace

void FieldWriter::add(std::string_view bytes) {
  text_ += fmt::format("{}:", bytes.size());
  text_ += bytes;
  text_ += '\n';
}

void FieldWriter::add_number(std::int64_t number) { add(fmt::format("{}", number)); }

std::string FieldReader::next() {
  const auto colon = rest_.find(':');
  if (colon == std::string_view::npos || colon > 20) fail("a field is missing");
  const auto size = number_in<std::size_t>(rest_.substr(0, colon));
  rest_.remove_prefix(colon + 1);
  if (size >= rest_.size() || rest_[size] != '\n') fail("a field is cut off");
  std::string bytes(rest_.substr(0, size));
  rest_.remove_prefix(size + 1);
  return bytes;
}

std::int64_t FieldReader::next_number() { return number_in<std::int64_t>(next()); }

std::size_t FieldReader::next_count() {
  const auto count = number_in<std::size_t>(next());
  if (count > rest_.size()) fail("a field is damaged");
  return count;
}

}  // namespace chant::git
