#include "tasks/graph.h"
#include "tasks/words.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>

namespace chant::tasks {

namespace {

constexpr std::size_t kMaxDigits = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string canonical(std::string_view id) {
  if (!id.empty() && id.front() == '#') id.remove_prefix(1);
  auto name = lower(id);
  if (is_review_id(id)) name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
  return name;
}

struct Parts {
  std::string prefix;
  std::size_t number = 0;
};

// "t001" is "t" and 1; "cra" is a letter of "cr". `name`: the id as canonical() gives it.
std::optional<Parts> parts_of(std::string_view id, const std::string& name) {
  auto end = name.size();
  while (end > 0 && is_digit(name[end - 1])) --end;
  if (end != name.size() && name.size() - end <= kMaxDigits) {
    return Parts{name.substr(0, end), std::stoul(name.substr(end))};
  }
  if (!is_review_id(id) || name.size() != 3 || name[2] < 'a' || name[2] > 'z') return std::nullopt;
  return Parts{name.substr(0, 2) + '-', static_cast<std::size_t>(name[2] - 'a')};
}

// The number as it stands in an id with this prefix.
std::string shown_number(const std::string& prefix, std::size_t number) {
  if (prefix.empty() || prefix.back() != '-') return std::to_string(number);
  return std::string(1, static_cast<char>('A' + number));
}

void add_gap(std::string& missing, const std::string& prefix, std::size_t from, std::size_t to) {
  if (from > to) return;
  if (!missing.empty()) missing += ", ";
  missing += shown_number(prefix, from);
  if (from != to) missing += '-' + shown_number(prefix, to);
}

}  // namespace

Ids::Ids(const std::vector<Task>& tasks) {
  by_id_.reserve(tasks.size());
  by_number_.reserve(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].id.empty()) continue;
    auto name = canonical(tasks[i].id);
    if (auto parts = parts_of(tasks[i].id, name)) {
      by_number_.push_back({std::move(parts->prefix), parts->number, i});
    }
    by_id_[std::move(name)].push_back(i);
  }
  const auto is_before = [](const Numbered& a, const Numbered& b) {
    return std::tie(a.prefix, a.number, a.task) < std::tie(b.prefix, b.number, b.task);
  };
  // Most lists are in this order.
  if (!std::is_sorted(by_number_.begin(), by_number_.end(), is_before)) {
    std::sort(by_number_.begin(), by_number_.end(), is_before);
  }
}

const std::vector<std::size_t>& Ids::find(std::string_view id) const {
  static const std::vector<std::size_t> kNone;
  const auto found = by_id_.find(canonical(id));
  return found == by_id_.end() ? kNone : found->second;
}

Ids::Range Ids::find_range(std::string_view first, std::string_view last) const {
  Range range;
  auto from = parts_of(first, canonical(first)), to = parts_of(last, canonical(last));
  // "T001-005"; but "1.2-4" is not from 1.2 to 1.4.
  if (from && to && to->prefix.empty() && !from->prefix.empty() && from->prefix.back() != '.') {
    to->prefix = from->prefix;
  }
  if (!from || !to || from->prefix != to->prefix) {
    const auto &begin = find(first), &end = find(last);
    range.has_ends = !begin.empty() && !end.empty() && begin.front() <= end.back();
    if (!range.has_ends) return range;
    for (auto i = begin.front(); i <= end.back(); ++i) range.tasks.push_back(i);
    return range;
  }
  auto at = std::lower_bound(by_number_.begin(), by_number_.end(), *from,
                             [](const Numbered& a, const Parts& b) {
                               return std::tie(a.prefix, a.number) < std::tie(b.prefix, b.number);
                             });
  auto expected = from->number;
  bool has_first = false, has_last = false;
  for (; at != by_number_.end() && at->prefix == from->prefix && at->number <= to->number; ++at) {
    if (at->number > expected) add_gap(range.missing, from->prefix, expected, at->number - 1);
    expected = at->number + 1;
    has_first = has_first || at->number == from->number;
    has_last = has_last || at->number == to->number;
    range.tasks.push_back(at->task);
  }
  add_gap(range.missing, from->prefix, expected, to->number);
  range.has_ends = has_first && has_last;
  return range;
}

std::string shown_ids(const std::vector<Task>& tasks, const std::vector<std::size_t>& indices) {
  const auto number_at = [&](std::size_t at) -> std::optional<std::size_t> {
    const auto& id = tasks[indices[at]].id;
    if (id.empty() || id.size() > kMaxDigits || id.front() == '0') return std::nullopt;
    std::size_t number = 0;
    const auto* end = id.data() + id.size();
    return std::from_chars(id.data(), end, number).ptr == end ? std::optional(number)
                                                              : std::nullopt;
  };
  std::string shown;
  for (std::size_t at = 0; at < indices.size();) {
    const auto first = number_at(at);
    auto end = at + 1;
    while (first && end < indices.size() && number_at(end) == *first + (end - at)) ++end;
    const auto& task = tasks[indices[at]];
    shown += (shown.empty() ? "" : ", ") + (task.id.empty() ? "'" + task.title + "'" : task.id);
    if (end - at == 2) shown += ", " + tasks[indices[end - 1]].id;
    if (end - at > 2) shown += "-" + tasks[indices[end - 1]].id;
    at = end;
  }
  return shown;
}

void nest_by_number(Draftlist& draft) {
  auto& tasks = draft.list.tasks;
  draft.drafts.resize(tasks.size());
  std::unordered_map<std::string, std::size_t> last;  // of the tasks before, by id
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const auto id = canonical(tasks[i].id);
    for (auto end = id.rfind('.'); end != std::string::npos && end != 0;
         end = id.rfind('.', end - 1)) {
      const auto parent = last.find(id.substr(0, end));
      if (parent == last.end()) continue;
      draft.drafts[i].parent = parent->second;
      tasks[parent->second].kind = Kind::container;
      break;
    }
    if (!id.empty()) last[id] = i;
  }
}

}  // namespace chant::tasks
