// What an agent is told of a task: its spec file, made from the list.
#include "record/names.h"
#include "record/task.h"
#include "spec/id.h"
#include "spec/yaml.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::record {

std::string as_text(std::string_view bytes) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string text;
  while (!bytes.empty()) {
    const auto good = std::min(find_invalid_utf8(bytes), bytes.size());
    for (const char c : bytes.substr(0, good)) {
      if (c == '\0') {
        text += kReplacement;
      } else {
        text += c;
      }
    }
    if (good < bytes.size()) text += kReplacement;
    bytes.remove_prefix(std::min(good + 1, bytes.size()));
  }
  return text;
}

namespace {

using tasks::Kind;
using tasks::Task;

// Found again by these words, so that they must be as they are.
std::string exactly(const std::string& bytes, const char* what) {
  if (as_text(bytes) != bytes) fail("{} '{}' is not text", what, printable_line(bytes));
  return bytes;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::string& line : split(text, '\n')) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(std::move(line));
  }
  while (!lines.empty() && trim(lines.back()).empty()) lines.pop_back();
  return lines;
}

// The blanks that all lines but the first begin with.
std::string common_indent(const std::vector<std::string>& lines) {
  std::optional<std::string> common;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto end = lines[i].find_first_not_of(" \t");
    if (end == std::string::npos) continue;
    const std::string indent = lines[i].substr(0, end);
    if (!common) common = indent;
    const auto [mine, theirs] =
        std::mismatch(common->begin(), common->end(), indent.begin(), indent.end());
    common->erase(mine, common->end());
  }
  return common.value_or("");
}

// The task's own block as it stands in the list, but for the indentation that it has as a part of
// the list: what is a fence or a heading in it is one in the spec file.
std::string block_of(std::string_view text, const Task& task) {
  const std::size_t begin = std::min(task.begin, text.size());
  const std::size_t end = std::clamp(task.end, begin, text.size());
  const auto lines = lines_of(as_text(text.substr(begin, end - begin)));
  if (lines.empty()) return "";
  const std::string indent = common_indent(lines);
  std::string block = std::string(trim(lines.front())) + "\n";
  if (lines.size() > 1) block += "\n";
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const bool is_indented = lines[i].compare(0, indent.size(), indent) == 0;
    block += (is_indented ? lines[i].substr(indent.size()) : std::string()) + "\n";
  }
  return block;
}

class Renderer {
 public:
  Renderer(const tasks::Feature& feature, const tasks::List& list, std::string_view text)
      : feature_(feature), list_(list), text_(text) {
    for (const Task& task : list.tasks) {
      by_key_[task.key] = &task;
      if (!task.parent.empty()) children_[task.parent].push_back(&task);
    }
  }

  [[nodiscard]] spec::Source source_of(const Task& task) const {
    const tasks::Link link = tasks::link_of(list_, task);
    return {exactly(link.path, "the path"), link.dialect, exactly(link.id, "the id"),
            exactly(link.key, "the key"), link.fingerprint};
  }

  [[nodiscard]] std::string render(const Task& task) const {
    std::string title = printable_line(task.title);
    if (trim(title).empty()) title = task.id.empty() ? task.key : printable_line(task.id);
    std::string file =
        frontmatter(task) + fmt::format("\n# {}\n\n{}", trim(title), block_of(text_, task));
    if (!feature_.documents.empty()) {
      file += "\n## Documents\n\n";
      for (const std::string& path : feature_.documents) file += "- " + as_text(path) + "\n";
    }
    if (!task.requirements.empty()) {
      file += fmt::format("\n## Requirements\n\n{}\n", printable_line(task.requirements));
    }
    file += fmt::format(
        "\n## This task only\n\nDo this task and no other one. Do not edit `{}`: its box is ticked "
        "when your work has landed.\n",
        printable_line(list_.path));
    return file;
  }

 private:
  [[nodiscard]] std::string frontmatter(const Task& task) const {
    const spec::Source source = source_of(task);
    std::string text = "---\ntype: task\nstatus: pending\n";
    const auto add = [&text](std::string_view key, std::string_view value) {
      text += fmt::format("{}: {}\n", key, spec::yaml_scalar(value));
    };
    const auto add_list = [&text](std::string_view key, const std::vector<std::string>& values) {
      text += fmt::format("{}:{}\n", key, values.empty() ? " []" : "");
      for (const std::string& value : values) {
        text += fmt::format("  - {}\n", spec::yaml_scalar(as_text(value)));
      }
    };
    add("list", source.list);
    add("dialect", source.dialect);
    add("task", source.task);
    add("key", source.key);
    add("fingerprint", source.fingerprint);
    add_list("depends_on", needs_of(task));
    const auto labels = labels_of(task);
    if (!labels.empty()) add_list("labels", labels);
    if (!task.files.empty()) add_list("target_files", task.files);
    if (!task.agent.empty()) add("agent", as_text(task.agent));
    return text + "---\n";
  }

  [[nodiscard]] static std::vector<std::string> labels_of(const Task& task) {
    std::vector<std::string> labels;
    for (const std::string& label : {task.track, task.group, task.phase}) {
      const bool is_known = std::find(labels.begin(), labels.end(), label) != labels.end();
      if (!label.empty() && !is_known) labels.push_back(label);
    }
    return labels;
  }

  [[nodiscard]] static bool may_be_left_out(const Task& task) {
    return task.kind == Kind::conditional || task.kind == Kind::optional ||
           task.state == tasks::State::dropped;
  }

  [[nodiscard]] bool is_in(const Task& task, const Task& container) const {
    const Task* one = &task;
    for (std::size_t depth = 0; depth < list_.tasks.size() && !one->parent.empty(); ++depth) {
      if (one->parent == container.key) return true;
      const auto parent = by_key_.find(one->parent);
      if (parent == by_key_.end()) return false;
      one = parent->second;
    }
    return false;
  }

  // With a list of what is to be looked at: chains of tasks can be of any length.
  [[nodiscard]] std::vector<std::string> needs_of(const Task& task) const {
    std::vector<std::string> needs;
    std::set<const Task*> seen = {&task};
    std::vector<const Task*> pending = {&task};
    while (!pending.empty()) {
      const Task* one = pending.back();
      pending.pop_back();
      const bool is_need = one != &task && one->kind != Kind::container && !may_be_left_out(*one);
      if (is_need) {
        needs.push_back(task_id(feature_, *one));
        continue;
      }
      for (const tasks::Dependency& dependency : one->depends_on) {
        const auto on = by_key_.find(dependency.on);
        if (dependency.conditional || dependency.dangling || on == by_key_.end()) continue;
        if (is_in(task, *on->second)) continue;
        if (seen.insert(on->second).second) pending.push_back(on->second);
      }
      const auto children = children_.find(one->key);
      if (one == &task || children == children_.end()) continue;
      for (const Task* child : children->second) {
        if (seen.insert(child).second) pending.push_back(child);
      }
    }
    std::sort(needs.begin(), needs.end(), spec::id_less);
    return needs;
  }

  const tasks::Feature& feature_;
  const tasks::List& list_;
  std::string_view text_;
  std::unordered_map<std::string, const Task*> by_key_;
  std::unordered_map<std::string, std::vector<const Task*>> children_;
};

}  // namespace

std::string task_id(const tasks::Feature& feature, const tasks::Task& task) {
  std::string id = feature.name + "." + task.key;
  if (!spec::is_valid_id(id)) {
    fail("{}:{}: '{}' cannot be the id of a task", printable_line(feature.list), task.line,
         printable_line(id));
  }
  return id;
}

std::string task_text(const tasks::Feature& feature, const tasks::List& list, std::string_view text,
                      const tasks::Task& task) {
  return Renderer(feature, list, text).render(task);
}

std::map<std::string, spec::Item> task_items(const tasks::Feature& feature, const tasks::List& list,
                                             std::string_view text) {
  const Renderer renderer(feature, list, text);
  std::map<std::string, spec::Item> items;
  for (const Task& task : list.tasks) {
    if (task.kind == Kind::container || task.state == tasks::State::dropped) continue;
    const std::string id = task_id(feature, task);
    spec::Item& item = items[id];
    if (task.state == tasks::State::done) {
      item.spec.id = id;
      item.spec.type = "task";
      item.spec.title = printable_line(task.title);
      item.spec.depends_on.emplace();
      item.spec.source = renderer.source_of(task);
    } else {
      item.spec = spec::parse_spec(id, renderer.render(task), spec_path(id));
    }
  }
  return items;
}

}  // namespace chant::record
