#include "record/import_back.h"

#include "record/beside.h"
#include "record/branch_work.h"
#include "record/task_list.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

namespace chant::record {
namespace {

namespace fs = std::filesystem;
using Place = ImportedTask::Place;

constexpr int kTries = 3;

bool is_to_tick(const ImportedTask& task) {
  return task.is_completed && task.place == Place::open && task.why.empty();
}

tasks::List read_again(const std::string& text, const ImportedList& imported) {
  return tasks::read_list(text, imported.path, tasks::find_dialect(imported.format));
}

void look_up(const tasks::List& list, tasks::Finder& finder, ImportedTask& task) {
  const auto found = finder.find(task.origin.link);
  if (const auto* none = std::get_if<tasks::NotFound>(&found)) {
    task.why = none->why;
    return;
  }
  const tasks::Task& now = list.tasks[std::get<tasks::Found>(found).task];
  task.place = now.state == tasks::State::done ? Place::done : Place::open;
  task.name = now.id.empty() || now.title.empty() ? now.id + now.title : now.id + " " + now.title;
}

// The text with the boxes of these tasks ticked; says where that cannot be.
std::string ticked(const std::string& text, ImportedList& imported) {
  const tasks::List list = read_again(text, imported);
  tasks::Finder finder(list);
  std::string now = text;
  for (ImportedTask& task : imported.tasks) {
    if (!is_to_tick(task)) continue;
    const auto found = finder.find(task.origin.link);
    const auto* none = std::get_if<tasks::NotFound>(&found);
    auto outcome = none == nullptr ? tasks::tick(now, list, std::get<tasks::Found>(found))
                                   : std::variant<tasks::Ticked, tasks::NotFound>(*none);
    if (const auto* failed = std::get_if<tasks::NotFound>(&outcome)) {
      task.why = failed->why;
    } else {
      now = std::move(std::get<tasks::Ticked>(outcome).text);
    }
  }
  return now;
}

// Not what somebody is writing into the file of the checkout just now.
bool is_completed(Workspace& workspace, const Snapshot& snapshot, const spec::Spec& spec) {
  if (snapshot.states.at(spec.id).state != spec::State::completed) return false;
  if (spec.status != "completed") return true;  // by its members
  if (snapshot.target_tip.empty()) return false;
  const auto there = load_spec_at(workspace, spec.id, snapshot.target_tip);
  return there && there->status == "completed";
}

}  // namespace

bool ImportedList::has_boxes() const {
  const auto dialect = tasks::find_dialect(format);
  return dialect && tasks::has_boxes(*dialect);
}

std::vector<ImportedList> find_imported_lists(Workspace& workspace, const Snapshot& snapshot,
                                              const std::string& path) {
  std::map<std::string, ImportedList> by_path;
  for (const auto& [id, item] : snapshot.items) {
    auto origin = item.broken.empty() ? find_origin(item.spec) : std::nullopt;
    if (!origin || (!path.empty() && origin->link.path != path)) continue;
    ImportedList& list = by_path[origin->link.path];
    list.path = origin->link.path;
    if (list.format.empty()) list.format = origin->link.dialect;
    ImportedTask task;
    task.spec = id;
    task.name = origin->link.id.empty() ? origin->link.key : origin->link.id;
    task.origin = std::move(*origin);
    task.is_completed = is_completed(workspace, snapshot, item.spec);
    list.tasks.push_back(std::move(task));
  }
  std::vector<ImportedList> lists;
  for (auto& [name, list] : by_path) {
    try {
      const auto read = read_again(
          load_file(require_in_checkout(workspace, list.path), tasks::kMaxListBytes), list);
      tasks::Finder finder(read);
      for (ImportedTask& task : list.tasks) look_up(read, finder, task);
    } catch (const Error& error) {
      list.broken = error.what();
    }
    lists.push_back(std::move(list));
  }
  return lists;
}

void tick_completed(const Workspace& workspace, ImportedList& list) {
  if (!list.broken.empty() || !list.has_boxes()) return;
  const fs::path file = require_in_checkout(workspace, list.path);
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const std::string text = load_file(file, tasks::kMaxListBytes);
    const std::string now = ticked(text, list);
    if (now != text && !change_bytes(file, text, now)) continue;
    if (load_file(file, tasks::kMaxListBytes) != now) continue;
    for (ImportedTask& task : list.tasks) {
      if (is_to_tick(task)) task.place = Place::done;
    }
    return;
  }
  throw Error(fmt::format("somebody else is writing '{}' just now", printable_line(list.path)),
              "try again");
}

std::variant<tasks::OwnerCommand, tasks::NoCommand> owner_command(const Workspace& workspace,
                                                                  const ImportedList& list,
                                                                  const ImportedTask& task) {
  constexpr std::size_t kMaxSetting = 256 * 1024;
  const auto dialect = tasks::find_dialect(list.format);
  const fs::path file = find_in_checkout(workspace, list.path);
  if (!dialect || file.empty()) return tasks::NoCommand{"it is not in this checkout"};
  const auto setting = [&](const char* name) -> std::string {
    if (*dialect != tasks::Dialect::taskmaster) return {};
    try {
      return find_file(file.parent_path().parent_path() / name, kMaxSetting).value_or("");
    } catch (const Error&) {
      return {};  // a link, or no file at all: then it is not known
    }
  };
  return tasks::find_owner_command(
      *dialect, list.path, task.origin.link.id,
      tasks::chosen_tag(setting("state.json"), setting("config.json")));
}

}  // namespace chant::record
