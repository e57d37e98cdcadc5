#include "tasks/graph.h"
#include "tasks/specflow.h"
#include "tasks/words.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace chant::tasks {

namespace {

using Indices = std::vector<std::size_t>;

constexpr auto npos = std::string_view::npos;

// "go-developer (Tasks 2-3), go-tester": each name and what is in its parentheses.
std::vector<std::pair<std::string, std::string>> agents_in(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> agents;
  while (!text.empty()) {
    auto end = text.find_first_of(",(");
    const auto name = std::string(trim(text.substr(0, end)));
    std::string detail;
    if (end != npos && text[end] == '(') {
      detail = plain_text(inside_parentheses(text, end));
      end = text.find(',', std::min(end + inside_parentheses(text, end).size(), text.size()));
    }
    if (!name.empty()) agents.emplace_back(name, std::move(detail));
    text = end == npos ? std::string_view() : text.substr(end + 1);
  }
  return agents;
}

class Remarks {
 public:
  Remarks(const std::vector<TrackSection>& sections, Draftlist& draft)
      : sections_(sections), draft_(draft), ids_(draft.list.tasks) {
    for (std::size_t i = 0; i < draft.list.tasks.size(); ++i) {
      const auto& task = draft.list.tasks[i];
      if (task.kind == Kind::task) by_track_[lower(task.track)].push_back(i);
    }
  }

  void read(const SectionRemark& remark) {
    constexpr std::string_view kStart = "start after ";
    const auto& section = sections_[remark.section];
    const auto meta = find_meta(remark.text);
    if (lower(remark.text.substr(0, kStart.size())) == kStart) {
      compare_start(section, remark.line, remark.text.substr(kStart.size()));
    } else if (meta && (meta->key == "primary agent" || meta->key == "recommended agent")) {
      set_agents(section, remark.line, meta->value);
    }
  }

 private:
  void set_agents(const TrackSection& section, int line, std::string_view text);
  void compare_start(const TrackSection& section, int line, std::string_view text);

  const std::vector<TrackSection>& sections_;
  Draftlist& draft_;
  Ids ids_;
  std::map<std::string, Indices> by_track_;
};

void Remarks::set_agents(const TrackSection& section, int line, std::string_view text) {
  const auto set = [this](std::size_t task, const std::string& name) {
    auto& agent = draft_.list.tasks[task].agent;
    if (agent.empty()) agent = name;
  };
  for (const auto& [name, detail] : agents_in(text)) {
    const auto members = find_members(detail, line).references;
    for (const auto& member : members) {
      const auto found = member.kind == Reference::Kind::range
                             ? ids_.find_range(member.first, member.last).tasks
                             : ids_.find(member.first);
      for (const auto task : found) set(task, name);
    }
    if (!members.empty() || section.track.empty()) continue;
    for (const auto task : by_track_[lower(section.track)]) set(task, name);
  }
}

void Remarks::compare_start(const TrackSection& section, int line, std::string_view text) {
  if (!section.says_needs) return;
  const auto& needs = section.needs.references;
  for (const auto& reference : parse_expression(text, line).references) {
    const bool is_known = std::any_of(needs.begin(), needs.end(), [&](const Reference& need) {
      return need.kind == reference.kind && lower(need.first) == lower(reference.first);
    });
    if (is_known || reference.kind != Reference::Kind::task) continue;
    Note note;
    note.kind = Note::Kind::contradiction;
    note.line = line;
    note.text = fmt::format(
        "says that track {} starts after {}; its heading (line {}), which is what counts, does not",
        section.track, reference.first, section.line);
    draft_.notes.push_back({std::move(note), {}});
  }
}

}  // namespace

void apply_remarks(const std::vector<TrackSection>& sections,
                   const std::vector<SectionRemark>& remarks, Draftlist& draft) {
  if (remarks.empty()) return;
  Remarks reader(sections, draft);
  for (const auto& remark : remarks) reader.read(remark);
}

}  // namespace chant::tasks
