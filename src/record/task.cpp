#include "record/task.h"

#include "git/tree.h"
#include "record/branch_work.h"
#include "record/candidate.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/target.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::record {
namespace {

// The text of a list in a tree, or std::nullopt when it is not a file there.
std::optional<std::string> find_list(git::Store& store, const std::string& tree,
                                     const std::string& path) {
  const auto entry = git::find_entry_in(store, tree, path);
  if (!entry || entry->mode.compare(0, 3, "100") != 0) return std::nullopt;
  auto blob = store.find_object(entry->oid);
  if (!blob || blob->type != "blob") return std::nullopt;
  return std::move(blob->content);
}

std::string why_gone(const std::string& why, const std::string& path) {
  return fmt::format("{} in '{}'", why, printable_line(path));
}
std::string why_no_list(const std::string& path) {
  return fmt::format("'{}' is not there", printable_line(path));
}

std::string what_of(const std::string& verb, const spec::Source& source) {
  return fmt::format("{} task {} of {}", verb,
                     printable_line(source.task.empty() ? source.key : source.task),
                     printable_line(source.list));
}

}  // namespace

tasks::Link link_of(const spec::Source& source) {
  return {source.list, source.dialect, source.task, source.key, source.fingerprint};
}

struct Boxes::Known {
  std::optional<tasks::List> list;
  std::optional<tasks::Finder> finder;  // in it
  std::string why;                      // there is none
  std::unordered_map<std::string, const tasks::Task*> by_key;
};

Boxes::Boxes(Workspace& workspace, std::string commit)
    : workspace_(workspace), commit_(std::move(commit)) {}
Boxes::~Boxes() = default;

Boxes::Known& Boxes::known(const spec::Source& source) {
  auto& known = lists_[{source.list, source.dialect}];
  if (known) return *known;
  known = std::make_unique<Known>();
  git::Store& store = workspace_.store();
  const auto text = commit_.empty()
                        ? std::nullopt
                        : find_list(store, git::load_commit(store, commit_).tree, source.list);
  if (!text) {
    known->why = why_no_list(source.list);
    return *known;
  }
  try {
    known->list = tasks::read_list(*text, source.list, tasks::find_dialect(source.dialect));
    known->finder.emplace(*known->list);
    for (const tasks::Task& task : known->list->tasks) known->by_key[task.key] = &task;
  } catch (const Error& error) {
    known->why = error.what();
  }
  return *known;
}

Boxes::State Boxes::find(const spec::Source& source) {
  Known& in = known(source);
  if (!in.list) return {State::Kind::gone, in.why};
  const auto found = in.finder->find(link_of(source));
  if (const auto* none = std::get_if<tasks::NotFound>(&found)) {
    return {State::Kind::gone, why_gone(none->why, source.list)};
  }
  const tasks::Task& task = in.list->tasks.at(std::get<tasks::Found>(found).task);
  return {task.state == tasks::State::done ? State::Kind::done : State::Kind::open, ""};
}

std::vector<std::string> Boxes::still_needed(const std::string& id, const spec::Source& source,
                                             const std::vector<std::string>& depends_on) {
  const Known& in = known(source);
  if (!in.list || id.size() < source.key.size()) return depends_on;
  const std::string feature = id.substr(0, id.size() - source.key.size());  // with the dot
  std::vector<std::string> needed;
  for (const std::string& other : depends_on) {
    const bool is_ours = other.compare(0, feature.size(), feature) == 0;
    const auto task = is_ours ? in.by_key.find(other.substr(feature.size())) : in.by_key.end();
    const bool open = task == in.by_key.end() || (task->second->state != tasks::State::done &&
                                                  task->second->state != tasks::State::dropped);
    if (open) needed.push_back(other);
  }
  return needed;
}

std::string make_base_commit(Workspace& workspace, const std::string& id, const std::string& on,
                             const std::string& text) {
  const std::string path = spec_path(id);
  const spec::Spec spec = spec::parse_spec(id, text, path);
  if (!spec.source) fail("{} is not the task of a list", id);
  git::Store& store = workspace.store();
  const std::string tree =
      git::tree_with_files(store, on, {{path, store.write_object("blob", text)}});
  return git::make_commit(store, workspace.repository(), workspace.identity(), tree, {on},
                          seal_message(id, what_of("take", *spec.source)));
}

std::optional<spec::Source> find_source(Workspace& workspace, const std::string& id,
                                        const std::string& tip) {
  const auto base = workspace.store().find_ref(kept_ref(id, "base"));
  const std::string at = base.value_or(tip);
  const auto spec = at.empty() ? std::nullopt : load_spec_at(workspace, id, at);
  return spec ? spec->source : std::nullopt;
}

namespace {

// Without the spec files of tasks of the list: its own, and those of tasks that its branch stands
// on, which have landed in another way.
std::string without_spec_files(Workspace& workspace, const std::string& id,
                               const spec::Source& source, std::string tree) {
  git::Store& store = workspace.store();
  const auto directory = git::find_entry_in(store, tree, ".chant/specs");
  if (!directory || directory->mode != "40000") return tree;
  const std::string feature = id.substr(0, id.size() - std::min(id.size(), source.key.size()));
  for (const git::TreeEntry& entry : git::load_tree(store, directory->oid)) {
    if (!entry.name.starts_with(feature) || !entry.name.ends_with(".md")) continue;
    const std::string other = entry.name.substr(0, entry.name.size() - 3);
    const auto spec = load_spec(workspace, other, entry.oid);
    const bool is_task = spec && spec->source && spec->source->list == source.list;
    if (other == id || is_task) tree = git::tree_without(store, tree, spec_path(other));
  }
  return tree;
}

}  // namespace

DoneTree with_task_done(Workspace& workspace, const std::string& id,
                        const std::optional<spec::Source>& source, const std::string& tree) {
  if (!source) return {tree, ""};
  git::Store& store = workspace.store();
  const auto text = find_list(store, tree, source->list);
  if (!text) return {"", why_no_list(source->list)};
  const auto outcome = tasks::tick(*text, link_of(*source));
  if (const auto* none = std::get_if<tasks::NotFound>(&outcome)) {
    return {"", why_gone(none->why, source->list)};
  }
  const auto& ticked = std::get<tasks::Ticked>(outcome);
  std::string done = without_spec_files(workspace, id, *source, tree);
  if (!ticked.was_ticked) {
    const std::string blob = store.write_object("blob", ticked.text);
    done = git::tree_with_files_in(store, done, {{source->list, blob}});
  }
  return {done, ""};
}

DoneCommit make_done_commit(Workspace& workspace, const std::string& id, const spec::Source& source,
                            const std::string& on, std::int64_t when) {
  git::Store& store = workspace.store();
  const std::string tree = git::load_commit(store, on).tree;
  DoneTree done = with_task_done(workspace, id, source, tree);
  if (!done.why.empty() || done.tree == tree) return {on, std::move(done.why)};
  git::NewCommit commit{done.tree, {on}, seal_message(id, what_of("tick", source), when)};
  commit.when = when;
  return {git::make_commit(store, workspace.repository(), workspace.identity(), commit), ""};
}

bool says_completed(Workspace& workspace, const std::string& id, const std::string& commit) {
  const auto file = load_spec_at(workspace, id, commit);
  const auto source = file ? file->source : find_source(workspace, id);
  if (!source) return file && file->status == "completed";
  return !file && Boxes(workspace, commit).is_done(*source);
}

namespace {

// The commits that settle tasks, one upon the other.
struct Settlement {
  std::vector<std::string> ids;
  std::string tip;
};

Settlement settle_on(Workspace& workspace, const std::map<std::string, spec::Spec>& files,
                     std::string tip, Settled& settled) {
  Settlement made{{}, std::move(tip)};
  for (const auto& [id, file] : files) {
    const spec::Source source = find_source(workspace, id).value_or(*file.source);
    DoneCommit done = make_done_commit(workspace, id, source, made.tip);
    if (!done.why.empty()) {
      settled.gone[id] = std::move(done.why);
    } else if (done.commit != made.tip) {
      made.tip = std::move(done.commit);
      made.ids.push_back(id);
    }
  }
  return made;
}

// Tasks whose files are on the target: these, or all that say that they are completed.
std::map<std::string, spec::Spec> merged_tasks(Workspace& workspace, const std::string& tip,
                                               const std::optional<std::set<std::string>>& ids) {
  std::map<std::string, spec::Spec> files;
  for (const auto& [id, blob] : spec_blobs(workspace, tip)) {
    if (ids && ids->count(id) == 0) continue;
    auto file = load_spec(workspace, id, blob);
    if (!file || !file->source || (!ids && file->status != "completed")) continue;
    if (is_locked(claim_path(workspace.repository(), id))) continue;
    files.emplace(id, std::move(*file));
  }
  return files;
}

}  // namespace

Settled settle_tasks(Workspace& workspace, const std::string& tip,
                     const std::optional<std::set<std::string>>& ids) {
  Settled settled;
  settled.tip = tip;
  const auto files = merged_tasks(workspace, tip, ids);
  if (files.empty()) return settled;
  const Settlement made = settle_on(workspace, files, tip, settled);
  if (made.ids.empty()) return settled;
  const std::string target = workspace.require_target();
  const auto outcome = advance(workspace, made.ids.front(),
                               {target, tip, made.tip, checkouts_of(workspace, target), {}, {}});
  std::string why;
  if (const auto* obstacle = std::get_if<git::InTheWay>(&outcome)) {
    why = fmt::format("uncommitted changes in '{}' are in the way",
                      printable_line(join(obstacle->paths, "', '")));
  } else if (std::holds_alternative<git::Moved>(outcome)) {
    why = fmt::format("'{}' moves just now", short_ref(target));
  } else {
    settled.tip = made.tip;
  }
  for (const std::string& id : made.ids) {
    if (why.empty()) {
      settled.lines.push_back(fmt::format("{}: {}", id, what_of("ticked", *files.at(id).source)));
    } else {
      settled.waiting[id] = why;
    }
  }
  return settled;
}

}  // namespace chant::record
