// What a list means for a run: each task exactly once, with the reason for its place.
#pragma once

#include "tasks/list.h"

#include <map>
#include <string>
#include <vector>

namespace chant::tasks {

enum class Place {
  done,
  ready,        // wave 1
  waiting,      // a later wave
  failed,       // an earlier run failed with it, and it waits for a person
  conditional,  // runs only when its review asks for it
  optional,     // left out unless asked for
  container,
  dropped,
  refused,     // its dependencies cannot be understood, or it waits for one that is refused
  not_chosen,  // another track
};
[[nodiscard]] std::string_view name_of(Place place);

struct Row {
  std::string key;
  Place place = Place::ready;
  int wave = 0;                        // from 1, of what can run
  std::vector<std::string> waits_for;  // keys of open tasks, the first ones
  std::string why;  // one line: "needs 4, 5 (line 61)", "track B was not asked for"
};

struct PlanRequest {
  std::vector<std::string> tracks;  // labels, case does not count; empty: all
  bool with_optional = false;
  std::map<std::string, std::string> failed;  // key -> reason, of earlier runs
};

struct Plan {
  std::vector<Row> rows;  // in the order of the list
  int waves = 0;
  std::size_t open = 0, done = 0, total = 0;  // tasks; containers, conditional and dropped not
  // Tasks of the chosen tracks that need an open task of another one; such a run cannot end.
  std::vector<std::string> outside;
};

// Throws a usage Error for a track that the list does not have.
[[nodiscard]] Plan make_plan(const List& list, const PlanRequest& request);

// "2, 4-6" of ids in the order of the list; ids that are no numbers as they are.
[[nodiscard]] std::string id_ranges(const List& list, const std::vector<std::string>& keys);

}  // namespace chant::tasks
