#include "cmd/json_import.h"

#include "cmd/json_value.h"
#include "record/names.h"

#include <array>
#include <string_view>

namespace chant::cmd {
namespace {

Json task_fields(const tasks::Task& task) {
  return {{"key", task.key}, {"id", or_null(task.id)}, {"title", task.title}, {"line", task.line}};
}

Json spec_fields(const record::TaskList& loaded, const record::NewSpec& spec, Text text) {
  Json edges = Json::array();
  for (const record::LeftEdge& edge : spec.left_edges) {
    edges.push_back({{"on", edge.on}, {"why", edge.why}, {"line", edge.line}});
  }
  Json json = {{"id", spec.id},
               {"path", record::spec_path(spec.id)},
               {"task", task_fields(loaded.list.tasks.at(spec.task))},
               {"status", spec.is_paused ? "paused" : "pending"},
               {"depends_on", spec.depends_on},
               {"left_edges", std::move(edges)}};
  if (text == Text::yes) json["text"] = spec.text;
  return json;
}

Json no_spec_fields(const record::TaskList& loaded, const std::vector<record::NoSpec>& tasks) {
  Json json = Json::array();
  for (const record::NoSpec& one : tasks) {
    json.push_back({{"task", task_fields(loaded.list.tasks.at(one.task))},
                    {"why", one.why},
                    {"spec", or_null(one.spec)}});
  }
  return json;
}

std::string_view name_of(record::ImportedTask::Place place) {
  static constexpr std::array<std::string_view, 3> kNames = {"open", "done", "gone"};
  return kNames.at(static_cast<std::size_t>(place));
}

Json told_fields(const Told& told) {
  return {{"what", told.what},
          {"command", told.words.empty() ? Json(nullptr) : Json(told.words)},
          {"directory", told.words.empty() ? Json(nullptr) : Json(told.directory)},
          {"why", or_null(told.why)}};
}

}  // namespace

std::string json_import(const record::TaskList& loaded, const record::Import& import, Text text) {
  Json specs = Json::array();
  for (const record::NewSpec& spec : import.specs) {
    specs.push_back(spec_fields(loaded, spec, text));
  }
  return text_of({{"version", 1},
                  {"list",
                   {{"path", loaded.list.path},
                    {"format", tasks::name_of(loaded.list.dialect)},
                    {"detected_by", loaded.list.detected_by},
                    {"blob", import.blob}}},
                  {"feature", loaded.feature.name},
                  {"written", import.is_written},
                  {"specs", std::move(specs)},
                  {"left_out", no_spec_fields(loaded, import.left_out)},
                  {"refused", no_spec_fields(loaded, import.refused)}});
}

std::string json_report(const std::vector<record::ImportedList>& lists,
                        const std::map<std::string, Told>& told) {
  Json json = Json::array();
  for (const record::ImportedList& list : lists) {
    Json tasks = Json::array();
    for (const record::ImportedTask& task : list.tasks) {
      const auto done = told.find(task.spec);
      tasks.push_back({{"spec", task.spec},
                       {"id", or_null(task.origin.link.id)},
                       {"key", task.origin.link.key},
                       {"completed", task.is_completed},
                       {"in_list", name_of(task.place)},
                       {"told", done == told.end() ? Json(nullptr) : told_fields(done->second)}});
    }
    json.push_back({{"path", list.path},
                    {"format", list.format},
                    {"broken", or_null(list.broken)},
                    {"tasks", std::move(tasks)}});
  }
  return text_of({{"version", 1}, {"lists", std::move(json)}});
}

}  // namespace chant::cmd
