// The spec file that is made of a task. What the list says is text here and nothing else: it cannot
// end the frontmatter, hide what follows it in a code block, or cut the file.
#include "record/import.h"
#include "record/names.h"
#include "record/task.h"
#include "spec/yaml.h"
#include "tasks/details.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::record {
namespace {

using tasks::Details;
using tasks::Kind;
using tasks::Task;

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kMaxTitle = 1000;
constexpr std::string_view kCut = "## Agent Output";  // a spec file ends there
constexpr std::string_view kCriteria = "## Acceptance Criteria";

// Joiners between characters belong to scripts and emoji.
std::string without_joiners(std::string_view line) {
  std::string text;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const auto three = line.substr(at, 3);
    if (three == "\xE2\x80\x8C" || three == "\xE2\x80\x8D") {
      at += 2;
    } else {
      text += line[at];
    }
  }
  return text;
}

// The line when it can be shown as it is, else what can be seen of it.
std::string visible_line(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  const std::string plain = without_joiners(line);
  return printable(plain) == plain ? line : printable(line);
}

std::string visible(std::string_view bytes) {
  std::string text;
  auto lines = split(as_text(bytes), '\n');
  while (!lines.empty() && trim(lines.back()).empty()) lines.pop_back();
  for (std::string& line : lines) {
    if (line.compare(0, kCut.size(), kCut) == 0) text += ' ';
    text += visible_line(std::move(line)) + "\n";
  }
  return text;
}

// What follows this text is no code: a fence that is open at its end is closed.
std::string closed(const std::string& text) {
  const auto is_closed = [](const std::string& begun) {
    const auto found =
        spec::find_criteria(begun + "\n" + std::string(kCriteria) + "\n- [ ] x\n", 0);
    return !found.empty() && found.back().box > begun.size();
  };
  if (is_closed(text)) return text;
  // The longest fence of its kind ends any.
  std::string backticks, tildes;
  for (const std::string& line : split(text, '\n')) {
    const auto body = trim(line);
    if (body.empty() || (body.front() != '`' && body.front() != '~')) continue;
    std::string& longest = body.front() == '`' ? backticks : tildes;
    const auto fence = body.substr(0, body.find_first_not_of(body.front()));
    if (fence.size() > longest.size()) longest = fence;
  }
  for (const std::string& fence : {backticks, tildes}) {
    const std::string ended = text + fence + "\n";
    if (is_closed(ended)) return ended;
  }
  return text;
}

std::string quoted(const std::string& text) {
  std::string lines;
  for (const std::string& line : split(trim(text), '\n')) lines += "> " + line + "\n";
  return lines;
}

// The boxes of what holds others are no criteria of these.
std::string without_boxes(std::string_view boxes) {
  std::string items;
  for (std::string& line : split(boxes, '\n')) {
    const auto box = line.find_first_not_of(" \t");
    const bool is_box =
        box != npos && (line.compare(box, 6, "- [ ] ") == 0 || line.compare(box, 6, "- [x] ") == 0);
    if (is_box) line.erase(box + 2, 4);
    items += line + "\n";
  }
  return items;
}

std::string label_of(std::string_view prefix, std::string_view text) {
  std::string label = printable_line(text);
  std::replace(label.begin(), label.end(), ' ', '-');
  return label.empty() ? label : std::string(prefix) + label;
}

std::string title_of(const Task& task) {
  const std::string text = as_text(task.title), plain = without_joiners(text);
  std::string title = printable_line(plain) == plain ? text : printable_line(text);
  if (trim(title).empty()) title = task.id.empty() ? task.key : printable_line(task.id);
  title = trim(title);
  if (title.size() <= kMaxTitle) return title;
  title.resize(kMaxTitle);
  if (const auto bad = find_invalid_utf8(title); bad != npos) title.resize(bad);
  return title + "…";
}

std::string name_of(const Task& task) {
  const std::string title = title_of(task);
  const std::string id = printable_line(task.id);
  return id.empty() || id == title ? title : id + " " + title;
}

class Renderer {
 public:
  explicit Renderer(const SpecSource& source)
      : source_(source),
        list_(source.loaded.list),
        task_(source.task),
        details_(details_of(list_, source.loaded.text, source.task)) {
    for (const Task* in = parent_of(task_); in != nullptr; in = parent_of(*in)) {
      containers_.insert(containers_.begin(), in);
      if (containers_.size() > list_.tasks.size()) break;
    }
  }

  // `quote`: what the list says stands in quotes, where nothing in it is a part of the spec.
  [[nodiscard]] std::string render(bool quote) const {
    std::string text = frontmatter() + "\n# " + title_of(task_) + "\n";
    const bool is_cut = task_.title.size() > kMaxTitle;
    const bool is_lost = is_cut && details_.line.empty();
    const std::string line = printable_line(is_lost ? task_.title : details_.line);
    const auto add = [&](const std::string& part) {
      if (!part.empty()) text += "\n" + (quote ? quoted(part) : closed(part));
    };
    if (!line.empty()) add(visible(line));
    for (const tasks::Section& section : details_.sections) {
      if (!section.heading.empty()) text += "\n## " + section.heading + "\n";
      add(visible(section.text));
    }
    if (!details_.boxes.empty()) {
      text += fmt::format("\n{}\n\n{}", kCriteria, closed(visible(details_.boxes)));
    }
    add_containers(text, add);
    add_documents(text);
    return text;
  }

  [[nodiscard]] std::size_t criteria() const {
    const std::string text = std::string(kCriteria) + "\n\n" + visible(details_.boxes);
    return spec::find_criteria(text, 0).size();
  }

 private:
  [[nodiscard]] const Task* parent_of(const Task& task) const {
    return task.parent.empty() ? nullptr : list_.find(task.parent);
  }

  // What the tasks have in common that they were put together for.
  template <typename Add>
  void add_containers(std::string& text, const Add& add) const {
    if (containers_.empty()) return;
    text += "\n## Part of\n";
    for (const Task* container : containers_) {
      const Details details = details_of(list_, source_.loaded.text, *container);
      text += "\n**" + name_of(*container) + "**\n";
      for (const tasks::Section& section : details.sections) add(visible(section.text));
      add(visible(without_boxes(details.boxes)));
    }
  }

  void add_documents(std::string& text) const {
    const auto& documents = source_.loaded.feature.documents;
    if (!documents.empty()) text += "\n## Documents\n\n";
    for (const std::string& path : documents) text += "- " + printable_line(as_text(path)) + "\n";
  }

  [[nodiscard]] std::string frontmatter() const {
    std::string text =
        fmt::format("---\ntype: task\nstatus: {}\n", source_.is_paused ? "paused" : "pending");
    const auto add_list = [&text](std::string_view key, const std::vector<std::string>& values) {
      if (!values.empty()) text += fmt::format("{}:\n", key);
      for (const std::string& value : values) {
        text += fmt::format("  - {}\n", spec::yaml_scalar(as_text(value)));
      }
    };
    const tasks::Link link = tasks::link_of(list_, task_);
    text += "origin:\n";
    const auto add_origin = [&text](std::string_view key, const std::string& value) {
      text += fmt::format("  {}: {}\n", key, spec::yaml_scalar(as_text(value)));
    };
    add_origin("path", link.path);
    add_origin("format", link.dialect);
    add_origin("id", link.id);
    add_origin("key", link.key);
    add_origin("fingerprint", link.fingerprint);
    add_origin("blob", source_.blob);
    add_list("depends_on", source_.depends_on);
    add_list("labels", labels());
    std::vector<std::string> files = task_.files;
    files.erase(std::remove_if(files.begin(), files.end(),
                               [](const std::string& file) { return !can_be_written(file); }),
                files.end());
    add_list("target_files", files);
    if (details_.priority.value_or(0) != 0)
      text += fmt::format("priority: {}\n", *details_.priority);
    if (has_agent()) text += fmt::format("agent: {}\n", spec::yaml_scalar(task_.agent));
    return text + "---\n";
  }

  [[nodiscard]] bool has_agent() const {
    const auto& agents = source_.agents;
    return std::find(agents.begin(), agents.end(), task_.agent) != agents.end();
  }

  [[nodiscard]] std::vector<std::string> labels() const {
    const bool is_story = list_.dialect == tasks::Dialect::spec_kit;
    std::vector<std::string> all = {source_.loaded.feature.name,
                                    label_of(is_story ? "" : "track-", task_.track),
                                    label_of("group-", task_.group), printable_line(task_.phase)};
    for (const Task* container : containers_) {
      const Task& in = *container;
      all.push_back(label_of("part-of-", in.id.empty() ? in.key : in.id));
    }
    if (task_.kind == Kind::review) all.emplace_back("review");
    if (task_.kind == Kind::optional) all.emplace_back("optional");
    if (task_.kind == Kind::conditional) all.emplace_back("conditional");
    if (!has_agent()) all.push_back(label_of("agent-", task_.agent));
    for (const std::string& label : details_.labels) all.push_back(printable_line(label));
    std::vector<std::string> labels;
    for (std::string& label : all) {
      const bool is_known = std::find(labels.begin(), labels.end(), label) != labels.end();
      if (!label.empty() && !is_known) labels.push_back(std::move(label));
    }
    return labels;
  }

  const SpecSource& source_;
  const tasks::List& list_;
  const Task& task_;
  Details details_;
  std::vector<const Task*> containers_;  // outermost first
};

}  // namespace

spec::Spec render_import(const std::string& id, const SpecSource& source) {
  const Renderer renderer(source);
  for (const bool quote : {false, true}) {
    spec::Spec spec = spec::parse_spec(id, renderer.render(quote), spec_path(id));
    if (spec.has_title && spec.criteria.size() == renderer.criteria()) return spec;
  }
  fail("{}:{}: no spec can be made of this task", printable_line(source.loaded.list.path),
       source.task.line);
}

}  // namespace chant::record
