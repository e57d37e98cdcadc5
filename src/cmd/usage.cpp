#include "cmd/usage.h"

#include <fmt/format.h>

namespace chant::cmd {
namespace {

// Scripts use nothing, and an attempt that has no log had no agent.
bool uses_something(const journal::Attempt& attempt) {
  return !attempt.log.empty() && attempt.profile != "script";
}

std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string count_text(const Figure& count) {
  return count.known ? with_commas(*count.known) : "unknown";
}

std::string money_text(const Figure& cost) {
  if (!cost.known) return "cost unknown";
  // Cents are too coarse for what a small model costs.
  const bool small = *cost.known > 0 && *cost.known < 10'000;
  const double dollars = static_cast<double>(*cost.known) / 1e6;
  return small ? fmt::format("${:.4f}", dollars) : fmt::format("${:.2f}", dollars);
}

Json count_field(const Figure& count) { return count.known ? Json(*count.known) : Json(nullptr); }

bool is_partial(const Figure& figure) { return figure.known && figure.missing > 0; }

}  // namespace

void Figure::add(std::int64_t figure) {
  if (figure < 0) {
    ++missing;
  } else {
    known = known.value_or(0) + figure;
  }
}

void Usage::add(const journal::Attempt& attempt) {
  if (!uses_something(attempt)) return;
  input_tokens.add(attempt.input_tokens);
  output_tokens.add(attempt.output_tokens);
  cost_micros.add(attempt.cost_micros);
}

bool Usage::is_complete() const {
  return input_tokens.missing + output_tokens.missing + cost_micros.missing == 0;
}

Usage usage_of(const std::vector<journal::Attempt>& attempts) {
  Usage usage;
  for (const journal::Attempt& attempt : attempts) usage.add(attempt);
  return usage;
}

std::string usage_text(const Usage& usage) {
  const bool tokens = usage.input_tokens.known || usage.output_tokens.known;
  if (!tokens && !usage.cost_micros.known)
    return usage.is_complete() ? "" : "tokens unknown, cost unknown";
  const bool partial = is_partial(usage.input_tokens) || is_partial(usage.output_tokens) ||
                       is_partial(usage.cost_micros);
  const std::string words =
      tokens ? fmt::format("{} tokens in, {} out", count_text(usage.input_tokens),
                           count_text(usage.output_tokens))
             : "tokens unknown";
  return fmt::format("{}{}, {}", partial ? "at least " : "", words, money_text(usage.cost_micros));
}

Json usage_fields(const Usage& usage) {
  return {{"input_tokens", count_field(usage.input_tokens)},
          {"output_tokens", count_field(usage.output_tokens)},
          {"cost_usd", usage.cost_micros.known
                           ? Json(static_cast<double>(*usage.cost_micros.known) / 1e6)
                           : Json(nullptr)},
          {"complete", usage.is_complete()}};
}

}  // namespace chant::cmd
