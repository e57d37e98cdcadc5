// What attempts have used, for people and as JSON. What is not known is said, never guessed.
#pragma once

#include "cmd/json_value.h"
#include "journal/journal.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chant::cmd {

// A sum over attempts that had an agent which uses such things.
struct Figure {
  std::optional<std::int64_t> known;  // the sum of what is known, if anything is
  std::size_t missing = 0;            // attempts of which it is not known

  void add(std::int64_t figure);  // below 0: not known
};
struct Usage {
  Figure input_tokens, output_tokens, cost_micros;

  void add(const journal::Attempt& attempt);
  [[nodiscard]] bool is_complete() const;
};

[[nodiscard]] Usage usage_of(const std::vector<journal::Attempt>& attempts);

// "12,345 tokens in, 678 out, $0.42"; with "unknown" for what is not known and, of a sum, "at
// least" before it when it is not complete. "" when there was nothing to use.
[[nodiscard]] std::string usage_text(const Usage& usage);

// {"input_tokens": …, "output_tokens": …, "cost_usd": …, "complete": …}; null when not known.
[[nodiscard]] Json usage_fields(const Usage& usage);

}  // namespace chant::cmd
