// Tasks of a list as specs.
//
// The target has no spec file of a task: what is to be done stands in the list, and so does what is
// done, by the byte in its box. When an attempt begins, a base commit on top of the target's tip
// adds a spec file that is made from the list; it is the recorded fork point, so that all that
// follows is as for any spec. What lands is the merge without that file and with the box ticked.
#pragma once

#include "record/workspace.h"
#include "spec/state.h"
#include "tasks/feature.h"
#include "tasks/list.h"
#include "tasks/tick.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace chant::record {

// "<feature>.<key>". Throws Error when that is no valid id.
[[nodiscard]] std::string task_id(const tasks::Feature& feature, const tasks::Task& task);

// Lists may hold any bytes, a spec file only text: what is none becomes U+FFFD.
[[nodiscard]] std::string as_text(std::string_view bytes);

// The spec file of a task. `text`: the bytes that the list was read from. What it waits for are
// tasks: for a container those in it, and for what may be left out what that waits for. Throws
// Error.
[[nodiscard]] std::string task_text(const tasks::Feature& feature, const tasks::List& list,
                                    std::string_view text, const tasks::Task& task);

// All tasks of a list but containers, for take_snapshot; those that are done there without their
// text. Throws Error.
[[nodiscard]] std::map<std::string, spec::Item> task_items(const tasks::Feature& feature,
                                                           const tasks::List& list,
                                                           std::string_view text);

[[nodiscard]] tasks::Link link_of(const spec::Source& source);

// The boxes of lists in a commit; each list is read once.
class Boxes {
 public:
  Boxes(Workspace& workspace, std::string commit);  // "": there is nothing
  ~Boxes();

  struct State {
    enum class Kind { open, done, gone } kind = Kind::gone;
    std::string why;  // of gone: "there is no task 4 in 'x.md' any more"
  };
  [[nodiscard]] State find(const spec::Source& source);
  [[nodiscard]] bool is_done(const spec::Source& source) {
    return find(source).kind == State::Kind::done;
  }
  // Of what the task `id` waits for, tasks of the same list: without those that are done or are not
  // to be done.
  [[nodiscard]] std::vector<std::string> still_needed(const std::string& id,
                                                      const spec::Source& source,
                                                      const std::vector<std::string>& depends_on);

 private:
  struct Known;
  [[nodiscard]] Known& known(const spec::Source& source);

  Workspace& workspace_;
  std::string commit_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Known>> lists_;  // by path, dialect
};

// A commit on top of `on` that adds the spec file; counts as ours (is_seal). Moves no ref.
[[nodiscard]] std::string make_base_commit(Workspace& workspace, const std::string& id,
                                           const std::string& on, const std::string& text);

// The task that a spec is, by its fork point, which its agent cannot change; by the file at `tip`
// when no fork point is known. std::nullopt for a spec that is no task.
[[nodiscard]] std::optional<spec::Source> find_source(Workspace& workspace, const std::string& id,
                                                      const std::string& tip = {});

// The tree that lands: `tree` without the spec files of a task and of others of its list, and with
// its box ticked in the list as it is there; of a spec that is no task, `tree`. `source`: by
// find_source.
struct DoneTree {
  std::string tree;  // "" when it cannot be ticked
  std::string why;   // then
};
[[nodiscard]] DoneTree with_task_done(Workspace& workspace, const std::string& id,
                                      const std::optional<spec::Source>& source,
                                      const std::string& tree);

// A commit on `on`, at `when` (0 = now), that has this tree; counts as ours. `on` when there is
// nothing to change. Moves no ref.
struct DoneCommit {
  std::string commit;
  std::string why;  // when it cannot be ticked
};
[[nodiscard]] DoneCommit make_done_commit(Workspace& workspace, const std::string& id,
                                          const spec::Source& source, const std::string& on,
                                          std::int64_t when = 0);

// Whether a commit says that it is completed: by the box of a task, else by the spec file.
[[nodiscard]] bool says_completed(Workspace& workspace, const std::string& id,
                                  const std::string& commit);

// A person who merges the branch of a task brings its spec file to the target, which is at `tip`.
// Ticks the boxes of these (std::nullopt: of all that say that they are completed) and removes
// their files, a commit for each. Those that somebody works on are left alone.
struct Settled {
  std::string tip;                             // of the target then
  std::vector<std::string> lines;              // one for each
  std::map<std::string, std::string> waiting;  // id -> why it could not be done now
  std::map<std::string, std::string> gone;     // id -> why it cannot be ticked
};
[[nodiscard]] Settled settle_tasks(Workspace& workspace, const std::string& tip,
                                   const std::optional<std::set<std::string>>& ids = std::nullopt);

}  // namespace chant::record
