// What is kept from one process to the next as text: fields of any bytes, each with its length, so
// that nothing in them needs quoting. Reading takes what is written by others: it never believes a
// length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chant::git {

class FieldWriter {
 public:
  void add(std::string_view bytes);
  void add_number(std::int64_t number);
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}

  // The next field. Throws Error when there is none.
  [[nodiscard]] std::string next();
  [[nodiscard]] std::int64_t next_number();
  // A number of things that follow, which cannot be more than the bytes that are left.
  [[nodiscard]] std::size_t next_count();
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace chant::git
