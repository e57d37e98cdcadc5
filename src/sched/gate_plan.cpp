#include "sched/gate_plan.h"

#include <algorithm>
#include <cmath>

namespace chant::sched {
namespace {

// How much the newest lander counts in the rate of bad ones: three in a row are not yet 15 %.
constexpr double kWeight = 0.05;
constexpr double kTooMany = 0.15;
constexpr std::size_t kLeastWindow = 2;

// The fewest tests at once with which `candidates` come down to one in as few rounds as with
// `slots` tests at once.
std::size_t cuts_for(std::size_t candidates, std::size_t slots) {
  const auto rounds = [candidates](std::size_t tests) {
    std::size_t count = 0;
    for (std::size_t parts = 1; parts < candidates; parts *= tests + 1) ++count;
    return count;
  };
  const std::size_t least = rounds(slots);
  std::size_t tests = 1;
  while (rounds(tests) > least) ++tests;
  return tests;
}

}  // namespace

GatePlan::GatePlan(std::size_t landers, std::size_t slots, std::size_t batch)
    : landers_(landers),
      slots_(std::max<std::size_t>(1, slots)),
      fixed_batch_(batch),
      first_batch_(std::max<std::size_t>(1, (landers + slots_ - 1) / slots_)),
      window_(slots_) {}

bool GatePlan::has_green() const {
  return std::any_of(verdicts_.begin(), verdicts_.end(), [](const auto& v) { return v.second; });
}

std::size_t GatePlan::green() const {
  const auto last = std::find_if(verdicts_.rbegin(), verdicts_.rend(),
                                 [](const auto& verdict) { return verdict.second; });
  return last == verdicts_.rend() ? 0 : last->first;
}

std::optional<std::size_t> GatePlan::red() const {
  // Above the longest green prefix there is nothing but red.
  const auto found = verdicts_.upper_bound(green());
  return found == verdicts_.end() ? std::nullopt : std::optional{found->first};
}

std::optional<std::size_t> GatePlan::next() {
  if (running_.size() >= slots_) return std::nullopt;
  const bool hopeless = !has_green() && verdicts_.count(0) != 0;
  if (hopeless) return std::nullopt;
  const std::optional<std::size_t> smallest_red = red();
  const std::optional<std::size_t> prefix =
      smallest_red ? next_between(*smallest_red) : next_forward();
  if (prefix) running_.insert(*prefix);
  return prefix;
}

std::optional<std::size_t> GatePlan::next_forward() const {
  if (running_.size() >= window_) return std::nullopt;
  const std::size_t last = running_.empty() ? 0 : *running_.rbegin();
  const std::size_t from = std::max(green(), last);
  if (from >= landers_) return std::nullopt;
  const std::size_t left = window_ - running_.size();
  const bool spread = fixed_batch_ == 0 && batch() > 1;
  const std::size_t share = spread ? (landers_ - from + left - 1) / left : 1;
  return std::min(from + std::max(batch(), share), landers_);
}

bool GatePlan::can_help(std::size_t prefix, std::size_t red) const {
  return prefix == 0 ? !has_green() : prefix > green() && prefix < red;
}

std::optional<std::size_t> GatePlan::next_between(std::size_t red) {
  const auto is_useless = [this, red](std::size_t prefix) { return !can_help(prefix, red); };
  planned_.erase(std::remove_if(planned_.begin(), planned_.end(), is_useless), planned_.end());
  if (planned_.empty()) {
    if (!std::all_of(running_.begin(), running_.end(), is_useless)) return std::nullopt;
    plan_cut(red);
  }
  if (planned_.empty()) return std::nullopt;
  const std::size_t prefix = planned_.back();
  planned_.pop_back();
  return prefix;
}

void GatePlan::plan_cut(std::size_t red) {
  const std::size_t from = green();
  const std::size_t candidates = red - from;
  const bool base = !has_green();
  if (candidates > 1) {
    const std::size_t slots = base && slots_ > 1 ? slots_ - 1 : slots_;
    const std::size_t tests = cuts_for(candidates, slots);
    for (std::size_t i = tests; i > 0; --i) {
      planned_.push_back(from + i * candidates / (tests + 1));
    }
  }
  if (base) planned_.push_back(0);
}

void GatePlan::verdict(std::size_t prefix, bool is_green) {
  if (running_.erase(prefix) == 0) return;
  const std::size_t before = green();
  verdicts_[prefix] = is_green;
  const std::size_t good = green() - before;
  if (good == 0) return;
  bad_rate_ *= std::pow(1 - kWeight, static_cast<double>(good));
  window_ = std::min(slots_, window_ + 1);
}

bool GatePlan::is_moot(std::size_t prefix) const {
  if (!has_green()) return false;
  if (prefix <= green()) return true;
  const std::optional<std::size_t> smallest_red = red();
  return smallest_red && prefix > *smallest_red;
}

void GatePlan::drop(std::size_t prefix) {
  running_.erase(prefix);
  planned_.clear();  // it may have been of this cut
}

std::optional<std::size_t> GatePlan::culprit() const {
  const std::size_t position = green();
  if (!has_green() || red() != position + 1) return std::nullopt;
  return position;
}

bool GatePlan::base_is_red() const {
  return !has_green() && verdicts_.count(0) != 0 && running_.empty();
}

void GatePlan::remove_culprit(std::size_t landers) {
  landers_ = landers;
  verdicts_.erase(verdicts_.upper_bound(green()), verdicts_.end());
  running_.clear();
  planned_.clear();
  bad_rate_ = bad_rate_ * (1 - kWeight) + kWeight;
  window_ = std::max(std::min(slots_, kLeastWindow), window_ / 2);
}

bool GatePlan::done() const { return green() >= landers_; }

std::size_t GatePlan::batch() const {
  if (fixed_batch_ != 0) return fixed_batch_;
  return bad_rate_ > kTooMany ? 1 : first_batch_;
}

}  // namespace chant::sched
