// A feature for a run: its list, its plan, whether it may be worked on, and what the run needs.
#pragma once

#include "record/approval.h"
#include "record/snapshot.h"
#include "record/task_list.h"
#include "record/workspace.h"
#include "tasks/plan.h"
#include "work/selection.h"

#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace chant::work {

struct FeatureRequest {
  std::string what;  // name, or path of the list in the repository
  std::vector<std::string> tracks;
  std::optional<tasks::Dialect> format;
  bool with_optional = false;
  bool batch_tracks = false;
};

struct LoadedFeature : record::TaskList {
  // Is the list on the target as it is here, but for boxes? Where the checkout is on another branch
  // the boxes are those of the target.
  enum class Standing {
    same,
    new_here,   // untracked or changed in a checkout of the target: a run commits it first
    not_there,  // the checkout is on another branch, and the target has another list or none
    no_target   // there is nothing to land on
  } standing = Standing::no_target;
};

// Throws Error: not found, several, no list.
[[nodiscard]] LoadedFeature load_feature(record::Workspace& workspace,
                                         const FeatureRequest& request);

struct FeaturePlan {
  tasks::Plan plan;
  std::map<std::string, std::string> remarks;  // key -> "failed before: no commit"
  std::unordered_set<std::string> chosen;      // keys of the tasks in the chosen tracks that count
  std::unordered_set<std::string> done;        // of these, those that are complete
};

// What is known of the tasks from earlier runs is in the snapshot. Throws a usage Error for a track
// that is not there.
[[nodiscard]] FeaturePlan plan_feature(const LoadedFeature& loaded, const FeatureRequest& request,
                                       const record::Snapshot& snapshot);

// The tasks that a run does, with their spec files (of record::task_items) and what the prompt for
// a task says of them. Throws Error.
[[nodiscard]] std::vector<FeatureTask> chosen_tasks(const LoadedFeature& loaded,
                                                    const FeatureRequest& request,
                                                    const tasks::Plan& plan,
                                                    const std::map<std::string, spec::Item>& items);

// Throws Error when the id of one of these is that of a spec, or when the branch with its name has
// work of another list: two features can have the same name.
void require_own_ids(record::Workspace& workspace, const record::Snapshot& snapshot,
                     const LoadedFeature& loaded, const std::vector<FeatureTask>& tasks);

// What an approval is of.
[[nodiscard]] std::string approvable(const LoadedFeature& loaded);

// Whether the list may be worked on: our own record, else what other tools left.
struct Permission {
  bool is_given = false;
  std::string why;                           // one line for people
  std::string next;                          // the command that gives it
  std::optional<record::Approval> approval;  // our own record, of this text or an older one
};
[[nodiscard]] Permission permission_of(record::Workspace& workspace, const LoadedFeature& loaded);

// Commits the list to the target when it is new here, that path alone. Returns a line that says so,
// "" when there was nothing to do. Throws Error: git ignores it, the target has another one.
[[nodiscard]] std::string commit_list(record::Workspace& workspace, LoadedFeature& loaded);

// Documents of the feature that agents do not see as they are here, as lines.
[[nodiscard]] std::vector<std::string> unseen_documents(record::Workspace& workspace,
                                                        const LoadedFeature& loaded);

}  // namespace chant::work
