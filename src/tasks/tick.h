// Ticking: one byte, in the right box, or nothing.
#pragma once

#include "tasks/list.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace chant::tasks {

// Finds a task again in a list that people may have changed since. Nothing here is an offset.
struct Link {
  std::string path;  // of the list, in the repository
  std::string dialect;
  std::string id;  // as written, "" when it has none
  std::string key;
  std::string fingerprint;  // see fingerprint_of; "-several" behind it when others had the id, too
};

// Three parts: of the line without its mark, of the labels it stands under, of its title. The first
// says whether it is the same line, the second which of several, the third whether another id has
// its words now.
[[nodiscard]] std::string fingerprint_of(const Task& task);
[[nodiscard]] Link link_of(const List& list, const Task& task);

struct Found {
  std::size_t task = 0;  // in List::tasks
  bool is_reworded = false;
};
struct NotFound {
  std::string why;  // "there is no task 4 any more", "there are two tasks 4 (lines 10, 31)"
};
// The same whole id, and the same line or the only one with that id, unless its words are those of
// another id now; without an id: the same line. Never by place.
[[nodiscard]] std::variant<Found, NotFound> find_again(const List& list, const Link& link);

// find_again for many links of one list, which outlives it.
class Finder {
 public:
  explicit Finder(const List& list);
  [[nodiscard]] std::variant<Found, NotFound> find(const Link& link);

 private:
  using Places = std::vector<std::size_t>;  // in List::tasks

  [[nodiscard]] const std::string& print_of(std::size_t task);
  [[nodiscard]] const Places& with_line(const Link& link, const Places& with_id);
  [[nodiscard]] const Task* find_renumbered(const Link& link);

  const List& list_;
  std::vector<std::string> prints_;  // fingerprints, made when they are needed
  std::unordered_map<std::string, Places> by_id_, by_line_, by_title_;
  std::unordered_set<std::string> indexed_;  // ids whose tasks are in by_line_
};

// The list with that box ticked: the same bytes but for one.
struct Ticked {
  std::string text;
  bool was_ticked = false;  // before: tick had nothing to do
  bool is_reworded = false;
};
[[nodiscard]] std::variant<Ticked, NotFound> tick(std::string_view text, const Link& link);
// The same where the task has been found in `list`. That is the list of `text`, or was before
// others of its tasks were ticked.
[[nodiscard]] std::variant<Ticked, NotFound> tick(std::string_view text, const List& list,
                                                  const Found& found);
// As tick, the other way round: nothing to do unless `was_ticked`.
[[nodiscard]] std::variant<Ticked, NotFound> untick(std::string_view text, const Link& link);

// The text with the mark of every task blank, so that ticking changes nothing of it: what an
// approval is of.
[[nodiscard]] std::string masked(std::string_view text, const std::string& path,
                                 std::optional<Dialect> forced);
// The same of a list that was read from this text.
[[nodiscard]] std::string masked(std::string_view text, const List& list);

}  // namespace chant::tasks
