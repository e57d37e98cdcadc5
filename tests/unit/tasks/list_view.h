// Lists as short texts, for tests.
#pragma once

#include "tasks/graph.h"
#include "tasks/plan.h"
#include "util/text.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace chant::tasks {

inline List read_as(Dialect dialect, const std::string& text) {
  return read_list(text, "list.md", dialect);
}

// "1 2<1 3<1,2": each task that is no container, and what it waits for.
inline std::string edges_of(const List& list) {
  std::vector<std::string> shown;
  for (const auto& task : list.tasks) {
    if (task.kind == Kind::container) continue;
    std::vector<std::string> on;
    for (const auto& edge : task.depends_on) {
      on.push_back(edge.on + (edge.dangling ? "!" : "") + (edge.conditional ? "?" : ""));
    }
    shown.push_back(task.key + (on.empty() ? "" : "<" + join(on, ",")));
  }
  return join(shown, " ");
}

// "wave 2, line 7", "" when there is no such edge.
inline std::string why_of(const List& list, const std::string& task, const std::string& on) {
  const auto* found = list.find(task);
  if (found == nullptr) return "no task " + task;
  for (const auto& edge : found->depends_on) {
    if (edge.on == on) return edge.why + ", line " + std::to_string(edge.line);
  }
  return {};
}

inline std::string notes_of(const List& list) {
  std::vector<std::string> shown;
  for (const auto& note : list.notes) shown.push_back(std::to_string(note.line) + ": " + note.text);
  return join(shown, "\n");
}

inline std::string ignored_of(const List& list) {
  std::vector<std::string> shown;
  for (const auto& ignored : list.ignored) {
    shown.push_back(std::to_string(ignored.line) + ": " + ignored.why);
  }
  return join(shown, "\n");
}

// "1 | 2 3 | 4": the tasks that can run, by wave.
inline std::string waves_of(const List& list, const PlanRequest& request = {}) {
  std::map<int, std::vector<std::string>> waves;
  for (const auto& row : make_plan(list, request).rows) {
    if (row.wave != 0) waves[row.wave].push_back(row.key);
  }
  std::vector<std::string> shown;
  for (const auto& [wave, keys] : waves) shown.push_back(join(keys, " "));
  return join(shown, " | ");
}

inline std::size_t count_edges(const List& list) {
  std::size_t count = 0;
  for (const auto& task : list.tasks) {
    count += static_cast<std::size_t>(
        std::count_if(task.depends_on.begin(), task.depends_on.end(),
                      [](const auto& edge) { return !edge.dangling && !edge.conditional; }));
  }
  return count;
}

}  // namespace chant::tasks
