// The accounts of a run: how many jobs each may have at once, until when it is closed, and whose
// turn it is. Pure, as the queue that owns it.
//
// What an account may have at once is halved by a limit and grows again, one by one, with its
// successes. A closed account gets nothing until its time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chant::sched {

// least_loaded: load is used / (max * weight). round_robin: in turns that are spread by weight.
enum class Distribution { least_loaded, round_robin };

// The time until which an account is closed that does not open again in this run.
inline constexpr std::int64_t kForGood = std::numeric_limits<std::int64_t>::max();

struct AgentCap {
  std::string name;
  int max = 1;
  int weight = 1;                 // its share, when several are free
  std::int64_t closed_until = 0;  // ms since the epoch; it was closed before this queue began
  std::string reason = {};
};

class Accounts {
 public:
  // Who may work on a job.
  struct Choice {
    std::vector<std::string> agents;  // empty: any
    std::string rather_not;           // only while every other one is closed
  };
  using Places = std::vector<std::size_t>;

  Accounts(const std::vector<AgentCap>& caps, Distribution distribution);

  // Sum of the caps.
  [[nodiscard]] std::size_t total() const;

  // Those that may have one more at this time.
  [[nodiscard]] Places free(const Choice& choice, std::int64_t now) const;
  // Whose turn it is among these; they are not empty.
  [[nodiscard]] std::size_t turn_of(const Places& free) const;
  // It takes one. Those whose turn was before, and that could not, have lost that turn.
  void take(std::size_t account);
  void give_back(const std::string& name);
  [[nodiscard]] const std::string& name(std::size_t account) const { return all_[account].name; }

  // A closing that ends later stays.
  void close(const std::string& name, std::int64_t until, const std::string& reason);
  void slow_down(const std::string& name);
  void speed_up(const std::string& name);
  [[nodiscard]] int allowed(const std::string& name) const;
  [[nodiscard]] std::int64_t closed_until(const std::string& name) const;

  // The earliest time after `now`, and not before `not_before`, at which one that is not full
  // could take such a job.
  [[nodiscard]] std::optional<std::int64_t> next_time(const Choice& choice, std::int64_t now,
                                                      std::int64_t not_before) const;
  // Whether there is one for such a job at all, and whether all of them are closed.
  [[nodiscard]] bool any(const Choice& choice) const { return !of(choice).empty(); }
  [[nodiscard]] bool all_closed(const Choice& choice, std::int64_t now) const;
  // "main: usage limit reached; alt: not logged in", of those that are closed.
  [[nodiscard]] std::string closings(const Choice& choice, std::int64_t now) const;

 private:
  struct Account {
    std::string name;
    int max = 0, weight = 1;
    int allowed = 0, used = 0;
    int successes = 0;      // since `allowed` was changed
    std::int64_t turn = 0;  // of round-robin: the smallest is next
    std::int64_t closed_until = 0;
    std::string reason;
  };

  [[nodiscard]] Places of(const Choice& choice) const;
  [[nodiscard]] std::size_t place_of(const std::string& name) const;
  [[nodiscard]] bool comes_before(const Account& a, const Account& b) const;

  std::vector<Account> all_;
  Distribution distribution_;
};

}  // namespace chant::sched
