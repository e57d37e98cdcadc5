// Leaving a task list: a spec file for each of its tasks that is open.
//
// The file says where it came from (`origin` in its frontmatter), so that importing twice makes
// nothing twice and the list can be told what is done (import_back.h). What the list says in ways
// that specs have not is not made up: an edge to what is done, or that holds only under a
// condition, is left out and said; a task whose dependencies cannot be read is refused, and so is
// what waits for it. Rules for people: docs/task-lists.md.
#pragma once

#include "record/task_list.h"
#include "record/workspace.h"
#include "spec/spec.h"
#include "spec/state.h"
#include "tasks/tick.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chant::record {

// Where a spec came from.
struct TaskOrigin {
  tasks::Link link;  // by which the task is found again
  std::string blob;  // id of the list as it was then
};
// std::nullopt when the spec came from no list, or does not say all of it.
[[nodiscard]] std::optional<TaskOrigin> find_origin(const spec::Spec& spec);

// An edge of the list that the spec has not.
struct LeftEdge {
  std::string on;  // key of the task; the text as written when there is no such task
  std::string why;
  int line = 0;
};

struct NewSpec {
  std::size_t task = 0;  // in List::tasks
  std::string id, text;
  std::vector<std::string> depends_on;  // ids of specs
  std::vector<LeftEdge> left_edges;
  bool is_paused = false;  // it may be left out: nobody works on it until somebody says so
};

// A task that is no new spec, and why.
struct NoSpec {
  std::size_t task = 0;
  std::string why;
  std::string spec;  // that it has already, ""
};

// Every task of the list is in exactly one of the three.
struct Import {
  std::string blob;  // id of the list as it is here
  std::vector<NewSpec> specs;
  std::vector<NoSpec> left_out;
  std::vector<NoSpec> refused;
  bool is_written = false;
};

struct ImportRequest {
  std::vector<std::string> tracks;  // labels, case does not count; empty: all
  bool partial = false;             // else nothing is written when a task is refused
  bool dry_run = false;
  std::map<std::string, std::string> refused;  // key -> why
};

// Writes the spec files into the checkout, as `git chant add` does: not committed, none over
// another. A file comes after those it depends on, so that a process that is killed leaves only
// what is right. Throws Error; a usage Error for a track that is not there.
[[nodiscard]] Import import_list(Workspace& workspace, const TaskList& loaded,
                                 const ImportRequest& request);

// The tasks of a list that specs were made of, as ids by place in List::tasks.
[[nodiscard]] std::map<std::size_t, std::string> find_imported(
    const tasks::List& list, const std::map<std::string, spec::Item>& items);

// False for text that a frontmatter cannot hold: control characters, or what is no UTF-8.
[[nodiscard]] bool can_be_written(const std::string& text);

// The spec that is made of a task. Throws Error when it would be none.
struct SpecSource {
  const TaskList& loaded;
  const tasks::Task& task;
  std::vector<std::string> depends_on;
  std::vector<std::string> agents;  // that are configured
  std::string blob;
  bool is_paused = false;
};
[[nodiscard]] spec::Spec render_import(const std::string& id, const SpecSource& source);

}  // namespace chant::record
