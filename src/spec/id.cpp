#include "spec/id.h"

#include "util/error.h"
#include "util/random.h"
#include "util/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <tuple>
#include <unordered_set>

namespace chant::spec {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kMaxIdLength = 100;
constexpr std::size_t kSequenceWidth = 3;
constexpr std::size_t kRandomWidth = 3;
constexpr std::size_t kDateWidth = 10;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_base36(char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); }
bool is_id_start(char c) { return is_base36(c) || (c >= 'A' && c <= 'Z'); }
bool is_id_part(char c) { return is_id_start(c) || c == '.' || c == '_' || c == '-'; }

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

bool is_reserved(std::string_view id) {
  static constexpr std::array<std::string_view, 5> kNames = {"head", "con", "prn", "aux", "nul"};
  const auto name = lower(id.substr(0, id.find('.')));
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  const bool is_port = name.compare(0, 3, "com") == 0 || name.compare(0, 3, "lpt") == 0;
  return is_port && name.size() == 4 && is_digit(name[3]);
}

struct Member {
  std::string_view driver;
  std::string_view tail;  // with the dot
  long number = 0;
};

std::optional<Member> find_member(std::string_view id) {
  const auto dot = id.rfind('.');
  if (dot == npos || dot == 0 || dot + 1 == id.size()) return std::nullopt;
  const auto digits = id.substr(dot + 1);
  if (!std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  Member member{id.substr(0, dot), id.substr(dot), 0};
  const auto error =
      std::from_chars(digits.data(), digits.data() + digits.size(), member.number).ec;
  return error == std::errc{} ? std::optional{member} : std::nullopt;
}

// The part of an id before its member numbers, and those numbers as text (`.2.1`, or "").
std::pair<std::string_view, std::string_view> split_members(std::string_view id) {
  auto base = id;
  while (const auto member = find_member(base)) base = member->driver;
  return {base, id.substr(base.size())};
}

// `2026-01-24-00z-x7m` taken apart. Ids written by hand have no such parts.
struct DatedId {
  std::string_view date;
  std::string_view sequence;
  std::string_view rest;
};

std::optional<DatedId> find_dated(std::string_view base) {
  static constexpr std::string_view kShape = "0000-00-00-";
  if (base.size() <= kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == '0' ? !is_digit(base[i]) : base[i] != '-') return std::nullopt;
  }
  const auto dash = base.find('-', kShape.size());
  if (dash == npos) return std::nullopt;
  const auto sequence = base.substr(kShape.size(), dash - kShape.size());
  const bool is_sequence =
      sequence.size() >= kSequenceWidth && std::all_of(sequence.begin(), sequence.end(), is_base36);
  if (!is_sequence) return std::nullopt;
  return DatedId{base.substr(0, kDateWidth), sequence, base.substr(dash + 1)};
}

// What the base of an id is ordered by. Longer sequences come later: `1000` follows `zzz`.
std::tuple<std::string_view, std::size_t, std::string_view, std::string_view> order_of(
    std::string_view base) {
  const auto dated = find_dated(base);
  if (!dated) return {base, 0, {}, {}};
  return {dated->date, dated->sequence.size(), dated->sequence, dated->rest};
}

std::vector<long> numbers_of(std::string_view id) {
  std::vector<long> numbers;
  while (const auto member = find_member(id)) {
    numbers.insert(numbers.begin(), member->number);
    id = member->driver;
  }
  return numbers;
}

bool is_boundary(char c) { return c == '-' || c == '.'; }

bool matches_suffix(std::string_view id, std::string_view text) {
  return id.size() > text.size() && ends_with(id, text) &&
         is_boundary(id[id.size() - text.size() - 1]);
}

// `001` (and `001.2`) for today's ids.
bool matches_today(std::string_view id, std::string_view text, std::string_view today) {
  const auto [base, members] = split_members(id);
  const auto [wanted, wanted_members] = split_members(text);
  const auto dated = find_dated(base);
  return dated && members == wanted_members && dated->date == today && dated->sequence == wanted;
}

// `22-001`, `01-22-001` and `2026-01-22-001`, each with or without member numbers.
bool matches_date(std::string_view id, std::string_view text) {
  const auto [base, members] = split_members(id);
  const auto [wanted, wanted_members] = split_members(text);
  const auto dated = find_dated(base);
  if (!dated || members != wanted_members || wanted.find('-') == npos) return false;
  const auto numbered = base.substr(0, kDateWidth + 1 + dated->sequence.size());
  return numbered == wanted || matches_suffix(numbered, wanted);
}

template <typename Rule>
std::vector<std::string> select(const std::vector<std::string>& ids, const Rule& rule) {
  std::vector<std::string> found;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(found), rule);
  return found;
}

// A prefix of a driver is one of its members too, and means the driver.
std::vector<std::string> without_members(const std::vector<std::string>& ids) {
  const std::unordered_set<std::string> known{ids.begin(), ids.end()};
  return select(ids, [&](const std::string& id) {
    for (auto driver = driver_of(id); driver; driver = driver_of(*driver)) {
      if (known.count(*driver) != 0) return false;
    }
    return true;
  });
}

std::vector<std::string> candidates(std::string_view text, const std::vector<std::string>& ids,
                                    std::string_view today) {
  if (text.empty()) return {};
  auto found = select(ids, [&](const auto& id) { return id == text; });
  if (!found.empty()) return {found.front()};
  found = select(ids, [&](const auto& id) { return matches_suffix(id, text); });
  if (!found.empty()) return found;
  found = select(ids, [&](const auto& id) { return matches_today(id, text, today); });
  if (!found.empty()) return found;
  found = select(ids, [&](const auto& id) { return matches_date(id, text); });
  if (!found.empty()) return found;
  return without_members(
      select(ids, [&](const auto& id) { return id.compare(0, text.size(), text) == 0; }));
}

// The number of a sequence in base 36; sequences too long to be ours count as 0.
long sequence_number(std::string_view sequence) {
  long number = 0;
  const auto end = sequence.data() + sequence.size();
  const auto result = std::from_chars(sequence.data(), end, number, 36);
  return sequence.size() <= 8 && result.ec == std::errc{} ? number : 0;
}

std::string sequence_text(long number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 36).ptr;
  const std::string text{digits.data(), end};
  return text.size() < kSequenceWidth ? std::string(kSequenceWidth - text.size(), '0') + text
                                      : text;
}

}  // namespace

bool is_valid_id(std::string_view id) {
  if (id.empty() || id.size() > kMaxIdLength || !is_id_start(id.front())) return false;
  if (!std::all_of(id.begin(), id.end(), is_id_part) || id.back() == '.') return false;
  return id.find("..") == npos && !ends_with(lower(id), ".lock") && !is_reserved(id);
}

std::optional<std::string> driver_of(std::string_view id) {
  const auto member = find_member(id);
  return member ? std::optional{std::string{member->driver}} : std::nullopt;
}

std::optional<long> member_number(std::string_view id) {
  const auto member = find_member(id);
  return member ? std::optional{member->number} : std::nullopt;
}

bool id_less(std::string_view a, std::string_view b) {
  const auto base_a = order_of(split_members(a).first);
  const auto base_b = order_of(split_members(b).first);
  if (base_a != base_b) return base_a < base_b;
  const auto numbers_a = numbers_of(a), numbers_b = numbers_of(b);
  return numbers_a != numbers_b ? numbers_a < numbers_b : a < b;
}

std::string resolve_id(std::string_view text, const std::vector<std::string>& ids,
                       std::string_view today) {
  auto found = candidates(text, ids, today);
  if (found.empty()) {
    const auto similar = nearest(text, ids);
    throw Error(fmt::format("no spec matches '{}'", text),
                similar.empty() ? "" : fmt::format("did you mean '{}'?", similar), Exit::usage);
  }
  if (found.size() == 1) return found.front();
  std::sort(found.begin(), found.end(), id_less);
  fail_usage("'{}' is ambiguous: it can be '{}'", text, join(found, "', '"));
}

std::string short_id(std::string_view id, const std::vector<std::string>& ids) {
  for (auto dash = id.rfind('-'); dash != npos && dash != 0; dash = id.rfind('-', dash - 1)) {
    const auto suffix = id.substr(dash + 1);
    const bool is_shared = std::any_of(ids.begin(), ids.end(), [&](const std::string& other) {
      return other != id && ends_with(other, suffix);
    });
    if (!suffix.empty() && !is_shared) return std::string{suffix};
  }
  return std::string{id};
}

std::map<std::string, std::string> short_ids(const std::vector<std::string>& ids) {
  // Among the reversed ids in order, the longest ending that an id shares with any other is one
  // that it shares with a neighbour.
  std::vector<std::string> reversed;
  reversed.reserve(ids.size());
  for (const auto& id : ids) reversed.emplace_back(id.rbegin(), id.rend());
  std::sort(reversed.begin(), reversed.end());
  const auto common = [](const std::string& a, const std::string& b) {
    return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                                    a.begin());
  };
  std::map<std::string, std::string> result;
  for (std::size_t i = 0; i < reversed.size(); ++i) {
    std::size_t shared = 0;
    if (i > 0) shared = common(reversed[i], reversed[i - 1]);
    if (i + 1 < reversed.size()) shared = std::max(shared, common(reversed[i], reversed[i + 1]));
    const std::string id(reversed[i].rbegin(), reversed[i].rend());
    auto dash = id.rfind('-');
    while (dash != npos && dash != 0 && id.size() - dash - 1 <= shared) {
      dash = id.rfind('-', dash - 1);
    }
    result[id] = dash == npos || dash == 0 ? id : id.substr(dash + 1);
  }
  return result;
}

std::string make_id(std::string_view today, const std::vector<std::string>& ids) {
  long last = 0;
  for (const auto& id : ids) {
    const auto dated = find_dated(split_members(id).first);
    if (!dated || dated->date != today || dated->rest.size() != kRandomWidth) continue;
    last = std::max(last, sequence_number(dated->sequence));
  }
  return fmt::format("{}-{}-{}", today, sequence_text(last + 1), random_base36(kRandomWidth));
}

}  // namespace chant::spec
