#include "cmd/json.h"

#include "cmd/json_reconcile.h"
#include "cmd/usage.h"
#include "record/names.h"
#include "util/time.h"

#include <fmt/format.h>

#include <map>

namespace chant::cmd {
namespace {

Json landing_fields(const journal::Finding& finding) {
  return {{"state", finding.state},
          {"proof", or_null(finding.proof)},
          {"commits", finding.commits},
          {"reason", or_null(finding.reason)}};
}

Json parked_fields(const record::Parked& parked) {
  return {{"kind", parked.kind}, {"reason", parked.reason}, {"next", parked.next}};
}

Json spec_fields(const record::Snapshot& snapshot, const std::string& id) {
  const spec::Spec& spec = snapshot.items.at(id).spec;
  const spec::Computed& computed = snapshot.states.at(id);
  Json json;
  json["id"] = id;
  json["state"] = spec::name_of(computed.state);
  json["why"] = or_null(computed.why);
  json["blocked_by"] = computed.blocked_by;
  json["title"] = spec.title;
  json["type"] = spec.type;
  json["labels"] = spec.labels;
  json["target_files"] = spec.target_files;
  json["depends_on"] = spec.depends_on.value_or(std::vector<std::string>{});
  json["criteria"] = {{"total", spec.criteria.size()},
                      {"ticked", spec.criteria.size() - spec.unticked()}};
  json["commits"] = spec.commits;
  json["completed_at"] = or_null(spec.completed_at);
  json["model"] = or_null(spec.model);
  const auto branch = snapshot.branches.find(id);
  json["branch"] = branch == snapshot.branches.end() ? or_null(spec.branch)
                                                     : Json(record::short_ref(branch->second.ref));
  const auto finding = snapshot.findings.find(id);
  json["landing"] =
      finding == snapshot.findings.end() ? Json(nullptr) : landing_fields(finding->second);
  const auto parked = snapshot.parked.find(id);
  json["parked"] = parked == snapshot.parked.end() ? Json(nullptr) : parked_fields(parked->second);
  return json;
}

}  // namespace

Json time_field(std::int64_t ms) {
  if (ms == 0) return nullptr;
  std::string text = rfc3339(ms / 1000);
  text.insert(text.size() - 1, fmt::format(".{:03}", ms % 1000));
  return text;
}

Json attempt_fields(const journal::Attempt& attempt) {
  return {{"number", attempt.number},
          {"run", attempt.run},
          {"agent", attempt.agent},
          {"model", or_null(attempt.model)},
          {"session", or_null(attempt.session)},
          {"started", time_field(attempt.started)},
          {"ended", time_field(attempt.ended)},
          {"exit_class", or_null(attempt.exit_class)},
          {"reason", or_null(attempt.reason)},
          {"branch", or_null(record::short_ref(attempt.branch))},
          {"base", or_null(attempt.base)},
          {"tip", or_null(attempt.tip)},
          {"commits", attempt.commits},
          {"worktree", or_null(attempt.worktree)},
          {"log", or_null(attempt.log)},
          {"usage", usage_fields(usage_of({attempt}))}};
}

std::string json_listing(const record::Snapshot& snapshot, const std::vector<std::string>& ids) {
  Json specs = Json::array();
  for (const std::string& id : ids) specs.push_back(spec_fields(snapshot, id));
  return text_of({{"version", 1}, {"specs", std::move(specs)}});
}

std::string json_spec(const record::Snapshot& snapshot, const std::string& id,
                      const std::vector<journal::Attempt>& attempts,
                      const std::vector<land::MarkedFile>& marked) {
  Json json = {{"version", 1}};
  json.update(spec_fields(snapshot, id));
  const auto parked = snapshot.parked.find(id);
  if (parked != snapshot.parked.end()) {
    json["parked"] = json_parked(parked->second);
    json["parked"]["marked"] = Json::array();
    for (const land::MarkedFile& file : marked) {
      json["parked"]["marked"].push_back({{"path", file.path}, {"text", file.text}});
    }
  }
  json["attempts"] = Json::array();
  for (const journal::Attempt& attempt : attempts)
    json["attempts"].push_back(attempt_fields(attempt));
  json["usage"] = usage_fields(usage_of(attempts));
  return text_of(json);
}

std::string json_status(const record::Snapshot& snapshot, const std::vector<Need>& needs,
                        const std::vector<journal::Attempt>& last_run) {
  std::map<std::string, int> counts;
  Json running = Json::array();
  for (const auto& [id, computed] : snapshot.states) {
    ++counts[std::string(spec::name_of(computed.state))];
    const auto attempt = snapshot.last.find(id);
    if (computed.state != spec::State::in_progress || attempt == snapshot.last.end()) continue;
    running.push_back({{"id", id},
                       {"agent", attempt->second.agent},
                       {"step", attempt->second.step},
                       {"started", time_field(attempt->second.started)}});
  }
  Json attention = Json::array();
  for (const Need& need : needs) {
    attention.push_back(
        {{"id", need.id}, {"state", need.state}, {"reason", need.reason}, {"next", need.next}});
  }
  return text_of(
      {{"version", 1},
       {"target", or_null(record::short_ref(snapshot.target))},
       {"counts", counts},
       {"running", std::move(running)},
       {"needs", std::move(attention)},
       {"last_run", last_run.empty() ? Json(nullptr)
                                     : Json{{"run", last_run.front().run},
                                            {"usage", usage_fields(usage_of(last_run))}}}});
}

std::string json_findings(const std::vector<spec::Finding>& findings) {
  std::map<std::string, int> counts = {{"error", 0}, {"warning", 0}, {"note", 0}};
  Json list = Json::array();
  for (const spec::Finding& finding : findings) {
    ++counts[std::string(spec::name_of(finding.severity))];
    list.push_back({{"severity", spec::name_of(finding.severity)},
                    {"id", or_null(finding.id)},
                    {"path", finding.path},
                    {"line", finding.line == 0 ? Json(nullptr) : Json(finding.line)},
                    {"rule", finding.rule},
                    {"message", finding.message}});
  }
  return text_of({{"version", 1}, {"counts", counts}, {"findings", std::move(list)}});
}

}  // namespace chant::cmd
