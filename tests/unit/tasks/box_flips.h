// Ticking every box of a list and taking it back, for own fixtures and for real files: one byte
// each time, the right one, and at the end the original. For tests only.
#pragma once

#include "support/catch.h"
#include "tasks/tick.h"
#include "util/text.h"

#include <string>
#include <variant>
#include <vector>

namespace chant::tasks {

struct Flips {
  std::size_t ticked = 0, unticked = 0;
  std::vector<std::string> refused;
};

// The offset of the one byte in which the texts differ; fails the test when it is not one.
inline std::size_t changed_byte(const std::string& before, const std::string& after) {
  REQUIRE(before.size() == after.size());
  std::size_t at = 0, count = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    at = i;
    ++count;
  }
  CHECK(count == 1);
  return at;
}

// The keys of the tasks that are not as they were.
inline std::vector<std::string> changed_tasks(const List& before, const List& after) {
  REQUIRE(after.tasks.size() == before.tasks.size());
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < before.tasks.size(); ++i) {
    const auto &a = before.tasks[i], &b = after.tasks[i];
    const bool is_same = a.key == b.key && a.state == b.state && a.line_text == b.line_text;
    if (!is_same) keys.push_back(a.key);
  }
  return keys;
}

inline void flip(const List& list, const std::string& text, const Task& task, Flips& flips) {
  INFO(list.path << ":" << task.line << " " << task.key);
  const bool was_open = task.state == State::open;
  const auto link = link_of(list, task);
  const auto there = was_open ? tick(text, link) : untick(text, link);
  if (const auto* refused = std::get_if<NotFound>(&there)) {
    flips.refused.push_back(refused->why);
    return;
  }
  const auto& flipped = std::get<Ticked>(there);
  CHECK(flipped.was_ticked == !was_open);
  CHECK_FALSE(flipped.is_reworded);
  CHECK(changed_byte(text, flipped.text) == task.box->offset);
  const auto dialect = find_dialect(link.dialect);
  const auto after = read_list(flipped.text, list.path, dialect);
  CHECK(changed_tasks(list, after) == std::vector{task.key});
  CHECK(after.ignored.size() == list.ignored.size());
  const auto* same = after.find(task.key);
  REQUIRE(same != nullptr);
  CHECK(link_of(after, *same).fingerprint == link.fingerprint);
  const auto back = was_open ? untick(flipped.text, link) : tick(flipped.text, link);
  auto restored = std::get<Ticked>(back).text;
  // The only "X" of a file is not there to be copied, and a list may have both; what was begun
  // ("[-]") is open again.
  CHECK(chant::lower(restored.substr(task.box->offset, 1)) == (was_open ? " " : "x"));
  restored[task.box->offset] = task.box->mark;
  CHECK((restored == text));
  ++(was_open ? flips.ticked : flips.unticked);
}

// Every box alone, then all open ones one after the other and back in the same order.
inline Flips flip_all(const std::string& text, const std::string& path,
                      std::optional<Dialect> forced = std::nullopt) {
  Flips flips;
  const auto list = read_list(text, path, forced);
  for (const auto& task : list.tasks) {
    const bool is_known = task.state == State::open || task.state == State::done;
    if (task.box && task.box->length == 1 && is_known) flip(list, text, task, flips);
  }
  std::vector<Link> links;
  auto current = text;
  for (const auto& task : list.tasks) {
    if (!task.box || task.box->mark != ' ' || task.box->length != 1) continue;
    const auto link = link_of(list, task);
    const auto ticked = tick(current, link);
    if (std::holds_alternative<NotFound>(ticked)) continue;
    CHECK(changed_byte(current, std::get<Ticked>(ticked).text) == task.box->offset);
    current = std::get<Ticked>(ticked).text;
    links.push_back(link);
  }
  CHECK((masked(current, path, forced) == masked(text, path, forced)));
  for (const auto& link : links) current = std::get<Ticked>(untick(current, link)).text;
  CHECK((current == text));
  return flips;
}

inline std::string with_crlf(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return result;
}

}  // namespace chant::tasks
