// What follows an attempt that was not good: whether the spec is started again in this run, when
// and by whom, and what it says about the account. Pure: time and chance are parameters.
#pragma once

#include "sched/drive.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace chant::sched {

struct Tried {
  std::string spec, agent;
  std::string exit_class;
  bool is_repeatable = true;             // false: the agent would do the same again
  bool is_missing = false;               // there was no agent to start
  std::optional<std::int64_t> retry_at;  // ms since the epoch, as the agent's tool named it
  bool is_guessed = false;               // the limit, from words that may mean something else
};

struct Next {
  std::optional<Again> again;
  bool counts = false;  // as one of the spec's attempts
  Finished::Account account = Finished::Account::none;
  std::int64_t closed_until = 0;
};

class Retries {
 public:
  // How often a spec whose account is overloaded is tried in one run.
  static constexpr int kMaxOverloads = 10;
  // How often words of its agent are taken for a limit in one run.
  static constexpr int kMaxGuesses = 3;

  // `retries`: attempts after the first that count. `chance` is from [0, 1).
  [[nodiscard]] Next after(const Tried& tried, int retries, std::int64_t now, double chance);
  // An account has worked well: its waits begin small again.
  void succeeded(const std::string& agent) { limits_.erase(agent); }
  // Attempts at a spec so far that counted.
  [[nodiscard]] int counted(const std::string& spec) const;

 private:
  struct Limit {
    int in_a_row = 0;
    std::int64_t until = 0;
  };
  [[nodiscard]] Limit& limit_of(const std::string& agent, std::int64_t now);
  [[nodiscard]] Next limited(const Tried& tried, std::int64_t now, double chance);
  [[nodiscard]] Next overloaded(const Tried& tried, std::int64_t now, double chance);

  std::map<std::string, int> counted_;    // by spec
  std::map<std::string, int> overloads_;  // by spec
  std::map<std::string, int> guesses_;    // by spec
  std::map<std::string, Limit> limits_;   // by account
};

}  // namespace chant::sched
