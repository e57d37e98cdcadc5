#include "sched/accounts.h"

#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::sched {
namespace {

// The way to the next turn of an account of weight 1. Divisible by small weights.
constexpr std::int64_t kRound = 720720;

}  // namespace

Accounts::Accounts(const std::vector<AgentCap>& caps, Distribution distribution)
    : distribution_(distribution) {
  for (const AgentCap& cap : caps) {
    Account account;
    account.name = cap.name;
    account.max = account.allowed = std::max(cap.max, 0);
    account.weight = std::max(cap.weight, 1);
    account.closed_until = cap.closed_until;
    account.reason = cap.reason;
    all_.push_back(std::move(account));
  }
}

std::size_t Accounts::total() const {
  std::size_t sum = 0;
  for (const Account& account : all_) sum += static_cast<std::size_t>(account.max);
  return sum;
}

Accounts::Places Accounts::of(const Choice& choice) const {
  const auto& agents = choice.agents;
  Places places;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const bool named = std::find(agents.begin(), agents.end(), all_[i].name) != agents.end();
    if (all_[i].max > 0 && (agents.empty() || named)) places.push_back(i);
  }
  return places;
}

Accounts::Places Accounts::free(const Choice& choice, std::int64_t now) const {
  Places places = of(choice);
  const auto drop = [&](const auto& unfit) {
    const auto unfit_place = [&](std::size_t i) { return unfit(all_[i]); };
    places.erase(std::remove_if(places.begin(), places.end(), unfit_place), places.end());
  };
  drop([&](const Account& account) { return account.closed_until > now; });
  if (places.size() > 1) {
    drop([&](const Account& account) { return account.name == choice.rather_not; });
  }
  drop([](const Account& account) { return account.used >= account.allowed; });
  return places;
}

bool Accounts::comes_before(const Account& a, const Account& b) const {
  if (distribution_ == Distribution::round_robin) return a.turn < b.turn;
  const double load_a = a.used / (static_cast<double>(a.max) * a.weight);
  const double load_b = b.used / (static_cast<double>(b.max) * b.weight);
  return load_a < load_b || (a.used == 0 && b.used == 0 && a.weight > b.weight);
}

std::size_t Accounts::turn_of(const Places& free) const {
  return *std::min_element(free.begin(), free.end(), [&](std::size_t a, std::size_t b) {
    return comes_before(all_[a], all_[b]);
  });
}

void Accounts::take(std::size_t account) {
  ++all_[account].used;
  const std::int64_t turn = all_[account].turn;
  for (Account& one : all_) one.turn = std::max(one.turn, turn);
  all_[account].turn += kRound / all_[account].weight;
}

void Accounts::give_back(const std::string& name) { --all_[place_of(name)].used; }

void Accounts::close(const std::string& name, std::int64_t until, const std::string& reason) {
  Account& account = all_[place_of(name)];
  if (until < account.closed_until) return;
  account.closed_until = until;
  account.reason = reason;
}

void Accounts::slow_down(const std::string& name) {
  Account& account = all_[place_of(name)];
  account.allowed = std::max(account.allowed / 2, std::min(account.max, 1));
  account.successes = 0;
}

void Accounts::speed_up(const std::string& name) {
  Account& account = all_[place_of(name)];
  if (account.allowed == account.max || ++account.successes < account.allowed) return;
  ++account.allowed;
  account.successes = 0;
}

int Accounts::allowed(const std::string& name) const { return all_[place_of(name)].allowed; }

std::int64_t Accounts::closed_until(const std::string& name) const {
  return all_[place_of(name)].closed_until;
}

std::optional<std::int64_t> Accounts::next_time(const Choice& choice, std::int64_t now,
                                                std::int64_t not_before) const {
  std::optional<std::int64_t> earliest;
  for (const std::size_t i : of(choice)) {
    const Account& account = all_[i];
    const std::int64_t time = std::max(account.closed_until, not_before);
    if (time <= now || time == kForGood || account.used >= account.allowed) continue;
    earliest = std::min(earliest.value_or(time), time);
  }
  return earliest;
}

bool Accounts::all_closed(const Choice& choice, std::int64_t now) const {
  const Places places = of(choice);
  return std::all_of(places.begin(), places.end(),
                     [&](std::size_t i) { return all_[i].closed_until > now; });
}

std::string Accounts::closings(const Choice& choice, std::int64_t now) const {
  std::string text;
  for (const std::size_t i : of(choice)) {
    const Account& account = all_[i];
    if (account.closed_until <= now) continue;
    if (!text.empty()) text += "; ";
    text +=
        account.reason.empty() ? account.name : fmt::format("{}: {}", account.name, account.reason);
  }
  return text;
}

std::size_t Accounts::place_of(const std::string& name) const {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (all_[i].name == name) return i;
  }
  fail("there is no account '{}'", printable_line(name));
}

}  // namespace chant::sched
