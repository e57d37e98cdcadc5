// Which prefixes of a train are tested next, and what their verdicts mean. Pure.
//
// Cumulative batches over all slots, then prefix bisection: with N landers and W slots the first
// prefixes end at B, 2B, 3B … with B = ceil(N/W) (or as the user said). The smallest red prefix
// above the longest green one is cut into parts, tested at once, until one lander is left: the
// culprit. It is taken out, what comes after it is planned again on top of the green prefix. A
// green prefix makes everything before it good. As long as nothing was ever green, the bare base is
// tested together with the first cut.
//
// Runs are saved where they buy little time: a cut has no more parts than are needed for the same
// number of rounds; after a culprit only half as many batches (at least two) are tested ahead, one
// more after each green, and so large that they reach to the end; and B is 1 while more than 15 %
// of the latest landers were bad.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace chant::sched {

class GatePlan {
 public:
  // `landers` wait, `slots` can be tested at once; `batch` 0: as described.
  GatePlan(std::size_t landers, std::size_t slots, std::size_t batch);

  // The length of the next prefix to test (0: the bare base), which then counts as running;
  // std::nullopt when nothing more is to be started before a verdict.
  [[nodiscard]] std::optional<std::size_t> next();
  // About a prefix that runs; of any other it is passed over.
  void verdict(std::size_t prefix, bool green);
  // True when the verdict about a running prefix can change nothing any more, or is as good as
  // known: it holds a red one, and the base is green. Should it be green after all, that counts.
  [[nodiscard]] bool is_moot(std::size_t prefix) const;
  // The prefix was stopped before it had a verdict.
  void drop(std::size_t prefix);

  // The longest prefix known to be green (0 at the beginning, and it may be red: base_is_red).
  [[nodiscard]] std::size_t green() const;
  // Position (from 0) of the lander that is known to be bad: the prefix before it is green.
  // std::nullopt while it is not known.
  [[nodiscard]] std::optional<std::size_t> culprit() const;
  // The base alone fails, and nothing on top of it was or can still be found green: nothing can be
  // said of anybody.
  [[nodiscard]] bool base_is_red() const;
  // The culprit has been taken out and the train after it made again with `landers` in all.
  // What was running is forgotten; prefixes up to the culprit's place keep their verdicts.
  void remove_culprit(std::size_t landers);
  // All landers are green or taken out.
  [[nodiscard]] bool done() const;

  [[nodiscard]] std::size_t batch() const;

 private:
  [[nodiscard]] bool has_green() const;
  // The smallest red prefix above the longest green one.
  [[nodiscard]] std::optional<std::size_t> red() const;
  [[nodiscard]] std::optional<std::size_t> next_forward() const;
  [[nodiscard]] std::optional<std::size_t> next_between(std::size_t red);
  [[nodiscard]] bool can_help(std::size_t prefix, std::size_t red) const;
  void plan_cut(std::size_t red);

  std::size_t landers_, slots_, fixed_batch_, first_batch_;
  std::size_t window_;  // batches tested ahead
  std::map<std::size_t, bool> verdicts_;
  std::set<std::size_t> running_;
  std::vector<std::size_t> planned_;  // of the latest cut, to be started, last first
  double bad_rate_ = 0;               // of the latest landers
};

}  // namespace chant::sched
