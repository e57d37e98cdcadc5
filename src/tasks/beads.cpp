#include "tasks/dialects.h"
#include "tasks/graph.h"
#include "tasks/json.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace chant::tasks {

namespace {

constexpr std::size_t kMaxDepth = 32;

// A record of issues.jsonl, or of dependencies.jsonl and labels.jsonl beside it in a backup.
class Beads {
 public:
  Beads(std::string_view text, std::string path) : text_(text), path_(std::move(path)) {}

  List run();

 private:
  struct Link {
    std::string issue, on, type;
    int line = 0;
  };

  void read_line(std::string_view line, int number, std::size_t offset);
  void add_issue(const Json& json, std::string_view line, std::size_t offset);
  void set_state(Task& task, const std::string& status);
  void read_links(const Json& json);
  void add_link(const Json& json);
  void follow(const Link& link);
  void nest_by_id();
  void refuse_unlisted();
  void sort_by_parent();

  std::string_view text_;
  std::string path_;
  Draftlist draft_;
  std::vector<Link> links_;
  std::map<std::string, std::size_t> places_;
  std::vector<std::size_t> unlisted_;  // issues that say that they have links, and list none
  std::vector<std::size_t> epics_;
};

List Beads::run() {
  std::size_t offset = 0;
  for (int number = 1; offset < text_.size(); ++number) {
    const auto end = std::min(text_.find('\n', offset), text_.size());
    const auto line = text_.substr(offset, end - offset);
    if (!trim(line).empty()) read_line(line, number, offset);
    offset = end + 1;
  }
  if (draft_.list.tasks.empty() && !links_.empty()) {
    throw Error(fmt::format("{}:1: these are links and labels of issues, and no issues", path_),
                "give the issues.jsonl beside it");
  }
  for (const auto& link : links_) follow(link);
  refuse_unlisted();
  nest_by_id();
  sort_by_parent();
  draft_.list.path = path_;
  draft_.list.dialect = Dialect::beads;
  draft_.list.orders_itself = true;
  give_keys(draft_.list);
  return resolve(std::move(draft_));
}

void Beads::read_line(std::string_view line, int number, std::size_t offset) {
  Json json;
  try {
    json = parse_json(line, number);
  } catch (const JsonError& error) {
    fail("{}:{}: {}", path_, error.line(), error.what());
  }
  if (!json.text_of("id").empty() && json.find("status") != nullptr) {
    add_issue(json, line, offset);
  } else if (!json.text_of("issue_id").empty()) {
    add_link(json);
  } else {
    draft_.list.ignored.push_back({number, json.line_of("title"), "no issue"});
  }
}

void Beads::add_issue(const Json& json, std::string_view line, std::size_t offset) {
  const auto id = json.text_of("id"), status = lower(json.text_of("status"));
  const auto title = json.line_of("title");
  if (status == "tombstone" || status == "pinned") {
    draft_.list.ignored.push_back(
        {json.line, title, fmt::format("{} is {}", id, status == "pinned" ? "pinned" : "deleted")});
    return;
  }
  Task task;
  task.id = id;
  task.title = title;
  task.line_text = fmt::format("{} {}", id, title);
  task.line = json.line;
  task.begin = offset;
  task.end = std::min(offset + line.size() + 1, text_.size());
  places_.emplace(id, draft_.list.tasks.size());
  draft_.list.tasks.push_back(std::move(task));
  draft_.drafts.emplace_back();
  if (json.text_of("issue_type") == "epic") epics_.push_back(draft_.list.tasks.size() - 1);
  set_state(draft_.list.tasks.back(), status);
  read_links(json);
}

void Beads::set_state(Task& task, const std::string& status) {
  if (status == "closed") {
    task.state = State::done;
  } else if (status == "deferred") {
    task.state = State::dropped;
  } else if (status != "open" && status != "in_progress" && status != "hooked") {
    task.state = State::unknown;
    Note note;
    note.line = task.line;
    note.text = fmt::format("the status '{}' of {} is none that can be run", status, task.id);
    draft_.notes.push_back({std::move(note), {draft_.list.tasks.size() - 1}});
  }
}

void Beads::read_links(const Json& json) {
  const auto* links = json.find("dependencies");
  if (links == nullptr || links->is(Json::Kind::null)) {
    // They are in a file of their own: without it nobody knows what this waits for.
    const auto count = json.text_of("dependency_count");
    if (!count.empty() && count != "0") unlisted_.push_back(draft_.list.tasks.size() - 1);
    return;
  }
  auto& unread = draft_.drafts.back().unread;
  if (!links->is(Json::Kind::array)) unread.push_back({"dependencies", links->line});
  for (const auto& link : links->items) {
    if (link.text_of("depends_on_id").empty()) unread.push_back({"what is no link", link.line});
    add_link(link);
  }
}

void Beads::add_link(const Json& json) {
  Link link{json.text_of("issue_id"), json.text_of("depends_on_id"), json.text_of("type"),
            json.line};
  if (link.issue.empty() && !draft_.list.tasks.empty()) link.issue = draft_.list.tasks.back().id;
  links_.push_back(std::move(link));
}

void Beads::follow(const Link& link) {
  const auto issue = places_.find(link.issue);
  if (issue == places_.end() || link.on.empty()) return;
  auto& draft = draft_.drafts[issue->second];
  if (link.type == "parent-child") {
    const auto parent = places_.find(link.on);
    if (parent == places_.end() || parent->second == issue->second) return;
    draft.parent = parent->second;
    return;
  }
  const bool is_conditional = link.type == "conditional-blocks";
  if (!is_conditional && link.type != "blocks" && link.type != "waits-for") return;
  Reference reference;
  reference.first = link.on;
  reference.line = link.line;
  reference.conditional = is_conditional;
  draft.needs.push_back(std::move(reference));
  auto& task = draft_.list.tasks[issue->second];
  if (is_conditional && task.kind == Kind::task) task.kind = Kind::conditional;
}

void Beads::refuse_unlisted() {
  std::set<std::string_view> linked;
  for (const auto& link : links_) {
    if (!link.on.empty()) linked.insert(link.issue);
  }
  for (const auto issue : unlisted_) {
    const auto& task = draft_.list.tasks[issue];
    if (linked.count(task.id) != 0) continue;
    draft_.drafts[issue].unread.push_back({"links that are in another file", task.line});
  }
}

// "bd-28sq.3" is in "bd-28sq" where nothing else is said. Only an epic is nothing but what is in
// it.
void Beads::nest_by_id() {
  auto& tasks = draft_.list.tasks;
  std::vector<char> has_tasks(tasks.size(), 0);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    auto& parent = draft_.drafts[i].parent;
    const auto dot = tasks[i].id.rfind('.');
    if (!parent && dot != std::string::npos) {
      const auto found = places_.find(tasks[i].id.substr(0, dot));
      if (found != places_.end()) parent = found->second;
    }
    if (parent) has_tasks[*parent] = 1;
  }
  for (const auto epic : epics_) {
    if (has_tasks[epic] != 0) tasks[epic].kind = Kind::container;
  }
}

// What holds others goes in front of them; the export sorts by id.
void Beads::sort_by_parent() {
  const auto count = draft_.drafts.size();
  std::vector<std::size_t> order, place(count, count), depth(count, 0);
  std::vector<char> is_seen(count, 0);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::size_t> path;
    for (std::optional<std::size_t> at = i; at && is_seen[*at] == 0;) {
      is_seen[*at] = 1;
      path.push_back(*at);
      at = draft_.drafts[*at].parent;
    }
    for (auto at = path.rbegin(); at != path.rend(); ++at) {
      const auto parent = draft_.drafts[*at].parent;
      depth[*at] = parent ? depth[*parent] + 1 : 0;
      if (depth[*at] <= kMaxDepth) continue;
      const auto& task = draft_.list.tasks[*at];
      fail("{}:{}: {} is nested in more than {} issues", path_, task.line, task.id, kMaxDepth);
    }
    order.insert(order.end(), path.rbegin(), path.rend());
  }
  std::vector<Task> tasks;
  std::vector<Draft> drafts;
  for (const auto from : order) {
    place[from] = tasks.size();
    tasks.push_back(std::move(draft_.list.tasks[from]));
    drafts.push_back(std::move(draft_.drafts[from]));
  }
  for (auto& draft : drafts) {
    if (draft.parent) draft.parent = place[*draft.parent];
  }
  for (auto& note : draft_.notes) {
    for (auto& task : note.tasks) task = place[task];
  }
  draft_.list.tasks = std::move(tasks);
  draft_.drafts = std::move(drafts);
}

}  // namespace

List read_beads(std::string_view text, const std::string& path) { return Beads(text, path).run(); }

}  // namespace chant::tasks
