#include "work/feature.h"

#include "git/run.h"
#include "git/tree.h"
#include "record/import.h"
#include "record/names.h"
#include "record/target.h"
#include "record/task.h"
#include "tasks/tick.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace chant::work {
namespace {

using tasks::Place;
using Standing = LoadedFeature::Standing;

constexpr std::size_t kSmallTask = 1200;  // bytes of a block: about 15 lines

// The same text when every line end is one byte: a checkout may have others than git.
std::string with_plain_ends(std::string text) {
  if (text.find('\r') == std::string::npos) return text;
  std::size_t to = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || text.substr(i + 1, 1) != "\n") text[to++] = text[i];
  }
  text.resize(to);
  return text;
}

std::string masked(const std::string& text, const LoadedFeature& loaded) {
  try {
    return with_plain_ends(tasks::masked(text, loaded.list.path, loaded.list.dialect));
  } catch (const Error&) {
    return "";  // as such a list it has no tasks
  }
}

// Id of the blob that git would make of the file as it is here.
std::string blob_id(const record::Workspace& workspace, const LoadedFeature& loaded, bool write) {
  std::vector<std::string> words = {"hash-object", "--stdin", "--path=" + loaded.feature.list};
  if (write) words.emplace_back("-w");
  return git::output(workspace.repository().top_level, words, loaded.text);
}

// Finds out where the list stands, and takes the target's boxes where those count.
void compare_with_target(record::Workspace& workspace, LoadedFeature& loaded) {
  const std::string target = workspace.find_target();
  const auto tip = target.empty() ? std::nullopt : workspace.store().find_ref(target);
  if (!tip) return;
  const auto entry = git::find_entry(workspace.store(), *tip, loaded.feature.list);
  const auto there = git::find_blob(workspace.store(), *tip, loaded.feature.list);
  loaded.standing = Standing::same;
  if (there == loaded.text) return;
  if (workspace.on_target()) {
    const bool same = entry && there && entry->oid == blob_id(workspace, loaded, false);
    if (!same) loaded.standing = Standing::new_here;
    return;
  }
  if (!there || masked(*there, loaded) != masked(loaded.text, loaded)) {
    loaded.standing = Standing::not_there;
    return;
  }
  loaded.text = *there;
  loaded.list = tasks::read_list(loaded.text, loaded.feature.list, loaded.list.dialect);
}

std::string remark_of(const record::Snapshot& snapshot, const std::string& id) {
  const spec::Computed& computed = snapshot.states.at(id);
  switch (computed.state) {
    case spec::State::in_progress:
      return "in progress";
    case spec::State::finished:
      return "finished, waits to land";
    case spec::State::failed:
      return "failed before: " + computed.why;
    case spec::State::needs_attention:
      return "needs attention: " + computed.why;
    default:
      return "";
  }
}

// A person must look at it before a run takes it again.
bool is_stuck(const record::Snapshot& snapshot, const std::string& id) {
  const auto branch = snapshot.branches.find(id);
  const bool sealed = branch != snapshot.branches.end() && branch->second.sealed;
  return snapshot.states.at(id).state == spec::State::needs_attention && !sealed;
}

std::string lane_of(const LoadedFeature& loaded, const FeatureRequest& request,
                    const tasks::Task& task) {
  const bool is_small = task.end - task.begin <= kSmallTask;
  if (!request.batch_tracks || task.track.empty() || !is_small) return "";
  return loaded.feature.name + "." + task.track;
}

bool is_in_tracks(const tasks::Task& task, const std::vector<std::string>& tracks) {
  const std::string label = lower(trim(task.track));
  return tracks.empty() || std::any_of(tracks.begin(), tracks.end(), [&](const std::string& track) {
           const std::string wanted = lower(trim(track));
           return !label.empty() && (wanted == label || wanted == "track " + label);
         });
}

void count_chosen(const LoadedFeature& loaded, const std::vector<std::string>& tracks,
                  FeaturePlan& planned) {
  for (std::size_t i = 0; i < planned.plan.rows.size(); ++i) {
    const tasks::Row& row = planned.plan.rows[i];
    const bool counts = row.place != Place::container && row.place != Place::dropped &&
                        row.place != Place::conditional && row.place != Place::optional &&
                        row.place != Place::not_chosen;
    if (!counts || !is_in_tracks(loaded.list.tasks.at(i), tracks)) continue;
    planned.chosen.insert(row.key);
    if (row.place == Place::done) planned.done.insert(row.key);
  }
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

agent::PromptValues values_of(const LoadedFeature& loaded, const tasks::Task& task) {
  std::string documents;
  for (const std::string& path : loaded.feature.documents) {
    documents += (documents.empty() ? "- " : "\n- ") + printable_line(path);
  }
  const std::string block = with_plain_ends(loaded.text.substr(task.begin, task.end - task.begin));
  return {{"task_id", printable_line(task.id.empty() ? task.title : task.id)},
          {"task_description", std::string(trim(printable(block)))},
          {"requirements",
           task.requirements.empty() ? "none named" : printable_line(task.requirements)},
          {"list", printable_line(loaded.feature.list)},
          {"feature_name", loaded.feature.name},
          {"feature_dir", printable_line(directory_of(loaded.feature.list))},
          {"documents", documents.empty() ? "(there are none)" : documents}};
}

}  // namespace

LoadedFeature load_feature(record::Workspace& workspace, const FeatureRequest& request) {
  LoadedFeature loaded{record::load_task_list(workspace, request.what, request.format)};
  compare_with_target(workspace, loaded);
  return loaded;
}

FeaturePlan plan_feature(const LoadedFeature& loaded, const FeatureRequest& request,
                         const record::Snapshot& snapshot) {
  FeaturePlan planned;
  tasks::PlanRequest wanted{request.tracks, request.with_optional, {}};
  const std::string prefix = loaded.feature.name + ".";
  for (auto item = snapshot.items.lower_bound(prefix);
       item != snapshot.items.end() && item->first.starts_with(prefix); ++item) {
    const auto& [id, value] = *item;
    if (!value.spec.source || value.spec.source->list != loaded.feature.list) continue;
    const std::string remark = remark_of(snapshot, id);
    if (remark.empty()) continue;
    const std::string key = id.substr(prefix.size());
    (is_stuck(snapshot, id) ? wanted.failed : planned.remarks)[key] = remark;
  }
  for (const auto& [task, id] : record::find_imported(loaded.list, snapshot.items)) {
    const spec::State state = snapshot.states.at(id).state;
    if (state == spec::State::cancelled) continue;
    planned.remarks.try_emplace(loaded.list.tasks[task].key,
                                fmt::format("has a spec, too: {} ({})", id, spec::name_of(state)));
  }
  planned.plan = tasks::make_plan(loaded.list, wanted);
  count_chosen(loaded, request.tracks, planned);
  return planned;
}

std::vector<FeatureTask> chosen_tasks(const LoadedFeature& loaded, const FeatureRequest& request,
                                      const tasks::Plan& plan,
                                      const std::map<std::string, spec::Item>& items) {
  std::unordered_map<std::string, Place> places;
  for (const tasks::Row& row : plan.rows) places.emplace(row.key, row.place);
  std::vector<FeatureTask> chosen;
  for (const tasks::Task& task : loaded.list.tasks) {
    const Place place = places.at(task.key);
    if (place != Place::ready && place != Place::waiting && place != Place::failed) continue;
    const std::string id = record::task_id(loaded.feature, task);
    chosen.push_back(
        {id, items.at(id).spec.text, lane_of(loaded, request, task), values_of(loaded, task)});
  }
  return chosen;
}

void require_own_ids(record::Workspace& workspace, const record::Snapshot& snapshot,
                     const LoadedFeature& loaded, const std::vector<FeatureTask>& tasks) {
  const auto is_own = [&](const std::optional<spec::Source>& source) {
    return source && source->list == loaded.feature.list;
  };
  for (const FeatureTask& task : tasks) {
    if (!is_own(snapshot.items.at(task.id).spec.source)) {
      throw Error(fmt::format("{}: '{}' is the id of a spec, too",
                              printable_line(loaded.feature.list), task.id),
                  "git chant show " + task.id);
    }
    const auto branch = snapshot.branches.find(task.id);
    if (branch == snapshot.branches.end()) continue;
    const auto source = record::find_source(workspace, task.id, branch->second.tip);
    if (is_own(source)) continue;
    throw Error(fmt::format("{}: '{}' has work {}", printable_line(loaded.feature.list),
                            record::short_ref(branch->second.ref),
                            source ? fmt::format("of '{}'", printable_line(source->list))
                                   : "that is of no list"),
                "git chant log " + task.id);
  }
}

std::string approvable(const LoadedFeature& loaded) {
  return with_plain_ends(tasks::masked(loaded.text, loaded.list));
}

Permission permission_of(record::Workspace& workspace, const LoadedFeature& loaded) {
  Permission permission;
  const std::string path = printable_line(loaded.feature.list);
  permission.next = "git chant approve " + shell_quoted(loaded.feature.list);
  permission.approval = record::find_approval(workspace, loaded.feature.list);
  if (permission.approval) {
    const record::Approval& approval = *permission.approval;
    const std::string now = approvable(loaded);
    permission.is_given = now == approval.text || now == masked(approval.text, loaded);
    permission.why = fmt::format("'{}' was approved by {} on {}{}", path,
                                 printable_line(approval.by), rfc3339(approval.at),
                                 permission.is_given ? "" : ", and has been changed since");
    return permission;
  }
  if (const auto evidence = record::find_evidence(workspace, loaded.list, loaded.text)) {
    permission.is_given = evidence->is_approved;
    permission.why = evidence->what;
    return permission;
  }
  permission.why = fmt::format("'{}' has not been approved", path);
  return permission;
}

std::string commit_list(record::Workspace& workspace, LoadedFeature& loaded) {
  const std::string& path = loaded.feature.list;
  const std::string target = workspace.require_target();
  if (loaded.standing == Standing::not_there) {
    throw Error(
        fmt::format("'{}' is not on '{}' as it is here, and this checkout is on another "
                    "branch",
                    printable_line(path), record::short_ref(target)),
        "git switch " + shell_quoted(record::short_ref(target)) + ", or bring the list there");
  }
  if (loaded.standing != Standing::new_here) return "";
  const auto ignored =
      git::run(workspace.repository().top_level, {"check-ignore", "-z", "--stdin"}, path + '\0');
  if (!ignored.out.empty()) {
    throw Error(fmt::format("'{}' is ignored by git, but what is done is recorded in it",
                            printable_line(path)),
                "take it out of .gitignore");
  }
  const std::string blob = blob_id(workspace, loaded, true);
  const auto object = workspace.store().find_object(blob);
  if (!object) fail("cannot read '{}' back", printable_line(path));
  const std::string commit =
      record::commit_on_target(workspace, {{path, object->content}},
                               fmt::format("chant: add the task list {}\n", printable_line(path)),
                               record::Files::in_checkout);
  loaded.standing = Standing::same;
  return fmt::format("committed '{}' to '{}' first ({})", printable_line(path),
                     record::short_ref(target), commit.substr(0, 7));
}

std::vector<std::string> unseen_documents(record::Workspace& workspace,
                                          const LoadedFeature& loaded) {
  std::vector<std::string> lines;
  if (loaded.feature.documents.empty() || !workspace.on_target()) return lines;
  std::vector<std::string> words = {"status",    "--porcelain",  "-z", "--untracked-files=all",
                                    "--ignored", "--no-renames", "--"};
  for (const std::string& path : loaded.feature.documents) words.push_back(":(literal)" + path);
  for (const std::string& line :
       split(git::output(workspace.repository().top_level, words), '\0')) {
    if (line.size() < 4) continue;
    const bool is_new = line[0] == '?' || line[0] == '!' || line[0] == 'A';
    lines.push_back(fmt::format("'{}' is not committed as it is here: agents see {}",
                                printable_line(line.substr(3)),
                                is_new ? "nothing of it" : "what is committed"));
  }
  return lines;
}

}  // namespace chant::work
