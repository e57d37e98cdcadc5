#include "cmd/json_plan.h"

#include "cmd/feature.h"
#include "cmd/json_value.h"
#include "record/task.h"

#include <array>
#include <string_view>

namespace chant::cmd {
namespace {

template <typename Enum, std::size_t count>
std::string_view name_in(const std::array<std::string_view, count>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

std::string_view kind_of(const tasks::Task& task) {
  static constexpr std::array<std::string_view, 5> kNames = {"task", "review", "conditional",
                                                             "optional", "container"};
  return name_in(kNames, task.kind);
}

std::string_view state_of(const tasks::Task& task) {
  static constexpr std::array<std::string_view, 4> kNames = {"open", "done", "dropped", "unknown"};
  return name_in(kNames, task.state);
}

std::string_view kind_of(const tasks::Note& note) {
  static constexpr std::array<std::string_view, 3> kNames = {"info", "contradiction", "error"};
  return name_in(kNames, note.kind);
}

std::string_view name_of(work::LoadedFeature::Standing standing) {
  static constexpr std::array<std::string_view, 4> kNames = {"same", "new_here", "not_there",
                                                             "no_target"};
  return name_in(kNames, standing);
}

Json or_null(int line) { return line == 0 ? Json(nullptr) : Json(line); }

Json dependency_fields(const tasks::Dependency& dependency) {
  return {{"on", dependency.on},
          {"why", dependency.why},
          {"line", or_null(dependency.line)},
          {"conditional", dependency.conditional},
          {"dangling", dependency.dangling}};
}

Json task_fields(const work::LoadedFeature& loaded, const work::FeaturePlan& planned,
                 std::size_t index) {
  const tasks::Task& task = loaded.list.tasks.at(index);
  const tasks::Row& row = planned.plan.rows.at(index);
  const bool is_container = task.kind == tasks::Kind::container;
  const auto remark = planned.remarks.find(task.key);
  Json needs = Json::array();
  for (const auto& dependency : task.depends_on) needs.push_back(dependency_fields(dependency));
  return {{"key", task.key},
          {"id", cmd::or_null(task.id)},
          {"spec", is_container ? Json(nullptr) : Json(loaded.feature.name + "." + task.key)},
          {"title", task.title},
          {"line", task.line},
          {"kind", kind_of(task)},
          {"state", state_of(task)},
          {"place", tasks::name_of(row.place)},
          {"wave", or_null(row.wave)},
          {"why", cmd::or_null(row.why)},
          {"waits_for", row.waits_for},
          {"remark", remark == planned.remarks.end() ? Json(nullptr) : Json(remark->second)},
          {"track", cmd::or_null(task.track)},
          {"group", cmd::or_null(task.group)},
          {"phase", cmd::or_null(task.phase)},
          {"parent", cmd::or_null(task.parent)},
          {"parallel", task.is_parallel},
          {"agent", cmd::or_null(task.agent)},
          {"files", task.files},
          {"requirements", cmd::or_null(task.requirements)},
          {"depends_on", std::move(needs)}};
}

Json list_fields(const work::LoadedFeature& loaded) {
  const tasks::List& list = loaded.list;
  Json ignored = Json::array();
  for (const tasks::Ignored& one : list.ignored) {
    ignored.push_back({{"line", one.line}, {"text", one.text}, {"why", one.why}});
  }
  Json notes = Json::array();
  for (const tasks::Note& note : list.notes) {
    notes.push_back({{"kind", kind_of(note)},
                     {"line", or_null(note.line)},
                     {"text", note.text},
                     {"tasks", note.keys}});
  }
  return {{"path", list.path},
          {"format", tasks::name_of(list.dialect)},
          {"detected_by", list.detected_by},
          {"title", cmd::or_null(list.title)},
          {"orders_itself", declares_order(list)},
          {"total_as_written", cmd::or_null(list.total_as_written)},
          {"standing", name_of(loaded.standing)},
          {"ignored", std::move(ignored)},
          {"notes", std::move(notes)}};
}

}  // namespace

std::string json_plan(const work::LoadedFeature& loaded, const work::FeaturePlan& planned,
                      const work::Permission& permission) {
  const tasks::Plan& plan = planned.plan;
  Json rows = Json::array();
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    rows.push_back(task_fields(loaded, planned, i));
  }
  return text_of({{"version", 1},
                  {"feature", loaded.feature.name},
                  {"documents", loaded.feature.documents},
                  {"list", list_fields(loaded)},
                  {"approval",
                   {{"given", permission.is_given},
                    {"why", permission.why},
                    {"next", permission.is_given ? Json(nullptr) : Json(permission.next)}}},
                  {"total", plan.total},
                  {"done", plan.done},
                  {"open", plan.open},
                  {"waves", plan.waves},
                  {"outside", plan.outside},
                  {"tasks", std::move(rows)}});
}

}  // namespace chant::cmd
