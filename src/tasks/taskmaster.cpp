#include "tasks/dialects.h"
#include "tasks/graph.h"
#include "tasks/json.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace chant::tasks {

namespace {

// Below this a number in a subtask is the one beside it, as the tool reads it.
constexpr unsigned kFirstTaskNumber = 100;

struct Tag {
  std::string name;
  const Json* tasks = nullptr;
};

bool has_tasks(const Json& json) {
  const auto* tasks = json.find("tasks");
  return tasks != nullptr && tasks->is(Json::Kind::array);
}

// The flat form is one tag without a name.
std::vector<Tag> tags_of(const Json& root) {
  if (has_tasks(root)) return {{"", root.find("tasks")}};
  std::vector<Tag> tags;
  for (const auto& [name, value] : root.members) {
    if (has_tasks(value)) tags.push_back({name, value.find("tasks")});
  }
  if (tags.size() == 1) tags.front().name.clear();
  return tags;
}

bool is_sibling(const std::string& id) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  return error == std::errc() && end == id.data() + id.size() && number < kFirstTaskNumber;
}

class Taskmaster {
 public:
  Taskmaster(std::string_view text, std::string path) : path_(std::move(path)) {
    try {
      root_ = parse_json(text);
    } catch (const JsonError& error) {
      fail("{}:{}: {}", path_, error.line(), error.what());
    }
  }

  List run() {
    for (const auto& tag : tags_of(root_)) {
      const auto prefix = tag.name.empty() ? "" : tag.name + "/";
      track_ = tag.name;
      for (const auto& item : tag.tasks->items) add_task(item, prefix, std::nullopt);
    }
    draft_.list.path = path_;
    draft_.list.dialect = Dialect::taskmaster;
    draft_.list.orders_itself = true;
    give_keys(draft_.list);
    drop_cancelled();
    return resolve(std::move(draft_));
  }

 private:
  void add_task(const Json& json, const std::string& prefix, std::optional<std::size_t> parent);
  void set_state(Task& task, const std::string& status);
  void add_needs(const Json& json, const std::string& prefix, bool is_subtask);
  void drop_cancelled();
  void add_note(Note::Kind kind, int line, std::string text);

  std::string path_;
  Json root_;
  Draftlist draft_;
  std::string track_;
  std::vector<std::string> cancelled_;  // ids
};

// About the task that was added last.
void Taskmaster::add_note(Note::Kind kind, int line, std::string text) {
  Note note;
  note.kind = kind;
  note.line = line;
  note.text = std::move(text);
  draft_.notes.push_back({std::move(note), {draft_.list.tasks.size() - 1}});
}

void Taskmaster::add_task(const Json& json, const std::string& prefix,
                          std::optional<std::size_t> parent) {
  const auto id = json.text_of("id");
  if (!json.is(Json::Kind::object) || id.empty()) {
    draft_.list.ignored.push_back({json.line, json.line_of("title"), "no id"});
    return;
  }
  Task task;
  task.id = prefix + id;
  task.title = json.line_of("title");
  task.line_text = fmt::format("{} {}", task.id, task.title);
  task.line = json.line;
  task.begin = json.begin;
  task.end = json.end;
  task.track = track_;
  const auto place = draft_.list.tasks.size();
  draft_.list.tasks.push_back(std::move(task));
  draft_.drafts.emplace_back();
  draft_.drafts.back().parent = parent;
  set_state(draft_.list.tasks.back(), json.text_of("status"));
  add_needs(json, prefix, parent.has_value());
  const auto* subtasks = json.find("subtasks");
  if (subtasks == nullptr || subtasks->is(Json::Kind::null)) return;
  if (!subtasks->is(Json::Kind::array)) {
    add_note(Note::Kind::error, subtasks->line,
             fmt::format("the subtasks of {} are no list", prefix + id));
  }
  if (subtasks->items.empty()) return;
  draft_.list.tasks[place].kind = Kind::container;
  for (const auto& item : subtasks->items) add_task(item, prefix + id + ".", place);
}

void Taskmaster::set_state(Task& task, const std::string& status) {
  const auto name = lower(status);
  if (name == "done" || name == "completed") {
    task.state = State::done;
  } else if (name == "cancelled" || name == "deferred") {
    task.state = State::dropped;
    if (name == "cancelled") cancelled_.push_back(task.id);
  } else if (name != "pending" && name != "in-progress") {
    // "review" has been worked on and "blocked" cannot be: neither is for another agent.
    task.state = State::unknown;
    add_note(Note::Kind::info, task.line,
             fmt::format("the status '{}' of {} is none that can be run", status, task.id));
  }
}

void Taskmaster::add_needs(const Json& json, const std::string& prefix, bool is_subtask) {
  const auto* needs = json.find("dependencies");
  if (needs == nullptr || needs->is(Json::Kind::null)) return;
  auto& draft = draft_.drafts.back();
  if (!needs->is(Json::Kind::array)) {
    draft.unread.push_back({needs->text.empty() ? "dependencies" : needs->text, needs->line});
    return;
  }
  const auto& tag = track_.empty() ? track_ : track_ + "/";
  for (const auto& item : needs->items) {
    if (!item.is(Json::Kind::number) && !item.is(Json::Kind::string)) {
      draft.unread.push_back({"what is no id", item.line});
      continue;
    }
    const auto id = std::string(trim(item.text));
    Reference reference;
    reference.line = item.line;
    reference.first = (is_subtask && is_sibling(id) ? prefix : tag) + id;
    if (is_subtask && !is_sibling(id) && id.find('.') == std::string::npos) {
      add_note(Note::Kind::info, item.line,
               fmt::format("{} in a subtask is the task {}, not one beside it", id, id));
    }
    draft.needs.push_back(std::move(reference));
  }
}

// What was cancelled holds nothing up, as in the tool itself; what was deferred does.
void Taskmaster::drop_cancelled() {
  std::sort(cancelled_.begin(), cancelled_.end());
  for (std::size_t i = 0; i < draft_.drafts.size(); ++i) {
    auto& needs = draft_.drafts[i].needs;
    const auto kept = std::stable_partition(needs.begin(), needs.end(), [&](const auto& need) {
      return !std::binary_search(cancelled_.begin(), cancelled_.end(), need.first);
    });
    for (auto it = kept; it != needs.end(); ++it) {
      Note note;
      note.line = it->line;
      note.text = fmt::format("{} does not wait for {}, which is cancelled",
                              draft_.list.tasks[i].id, it->first);
      draft_.notes.push_back({std::move(note), {i}});
    }
    needs.erase(kept, needs.end());
  }
}

}  // namespace

List read_taskmaster(std::string_view text, const std::string& path) {
  return Taskmaster(text, path).run();
}

}  // namespace chant::tasks
