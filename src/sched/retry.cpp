#include "sched/retry.h"

#include <algorithm>
#include <array>

namespace chant::sched {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kFirstWait = 60 * kSecond;  // for a limit without a time
constexpr std::int64_t kLongestWait = 30 * 60 * kSecond;
constexpr std::int64_t kLongestOverload = 300 * kSecond;
constexpr std::int64_t kLongestSpread = 5 * kSecond;
constexpr std::int64_t kLongestPause = 30 * kSecond;  // between counted attempts

// Doubled for each in a row, at most `longest`.
std::int64_t grown(std::int64_t first, int times, std::int64_t longest) {
  for (int i = 1; i < times && first < longest; ++i) first *= 2;
  return std::min(first, longest);
}

std::int64_t share(std::int64_t whole, double chance) {
  return static_cast<std::int64_t>(static_cast<double>(whole) * chance);
}

// Not all that wait are to begin in the same moment.
std::int64_t spread(std::int64_t wait, double chance) {
  return share(std::min(wait / 20, kLongestSpread), chance);
}

bool is_retried(const std::string& exit_class) {
  constexpr std::array<std::string_view, 9> kClasses = {"failed",    "no_commit", "unchecked",
                                                        "leftovers", "timeout",   "stalled",
                                                        "killed",    "check",     "setup"};
  return std::find(kClasses.begin(), kClasses.end(), exit_class) != kClasses.end();
}

}  // namespace

int Retries::counted(const std::string& spec) const {
  const auto found = counted_.find(spec);
  return found == counted_.end() ? 0 : found->second;
}

// Several that ran at once meet the same limit, while the account is closed already: it is one.
Retries::Limit& Retries::limit_of(const std::string& agent, std::int64_t now) {
  Limit& limit = limits_[agent];
  if (now >= limit.until) ++limit.in_a_row;
  return limit;
}

Next Retries::limited(const Tried& tried, std::int64_t now, double chance) {
  Limit& limit = limit_of(tried.agent, now);
  std::int64_t wait = grown(kFirstWait, limit.in_a_row, kLongestWait);
  wait -= share(wait / 2, chance);
  if (tried.retry_at) {
    // A time that is over each time anew must not make this a loop without waits.
    wait = std::max(*tried.retry_at - now, grown(kSecond, limit.in_a_row, kLongestWait));
  }
  const std::int64_t until = now + wait + spread(wait, chance);
  limit.until = std::max(limit.until, until);
  return {Again{0, ""}, false, Finished::Account::limited, until};
}

Next Retries::overloaded(const Tried& tried, std::int64_t now, double chance) {
  Limit& limit = limit_of(tried.agent, now);
  std::int64_t wait = share(grown(4 * kSecond, limit.in_a_row, kLongestOverload), chance) + kSecond;
  if (tried.retry_at) wait = std::max(wait, *tried.retry_at - now);
  limit.until = std::max(limit.until, now + wait);
  Next next{Again{0, ""}, false, Finished::Account::limited, now + wait};
  if (++overloads_[tried.spec] >= kMaxOverloads) next.again.reset();
  return next;
}

Next Retries::after(const Tried& tried, int retries, std::int64_t now, double chance) {
  const bool believed = !tried.is_guessed || ++guesses_[tried.spec] <= kMaxGuesses;
  if (tried.exit_class == "rate_limited" && believed) return limited(tried, now, chance);
  if (tried.exit_class == "overloaded") return overloaded(tried, now, chance);
  if (tried.exit_class == "auth" || tried.is_missing) {
    return {Again{0, ""}, false, Finished::Account::closed, kForGood};
  }
  Next next;
  next.counts = true;
  const int before = counted_[tried.spec]++;
  if (!is_retried(tried.exit_class) || !tried.is_repeatable || before >= retries) return next;
  next.again = Again{now + grown(kSecond, before + 1, kLongestPause), tried.agent};
  return next;
}

}  // namespace chant::sched
