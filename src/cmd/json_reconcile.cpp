#include "cmd/json_reconcile.h"

#include "record/names.h"
#include "util/time.h"

namespace chant::cmd {
namespace {

Json json_commit(const record::SideCommit& commit) {
  return {{"commit", commit.commit}, {"subject", commit.subject}, {"spec", or_null(commit.spec)}};
}

Json json_commits(const std::vector<record::SideCommit>& commits) {
  Json list = Json::array();
  for (const record::SideCommit& commit : commits) list.push_back(json_commit(commit));
  return list;
}

Json json_left_out(const std::string& id, const std::string& reason) {
  return {{"id", id}, {"reason", reason}};
}

}  // namespace

Json json_files(const std::vector<git::ConflictedPath>& files) {
  Json list = Json::array();
  for (const git::ConflictedPath& file : files) {
    list.push_back({{"path", file.path},
                    {"kind", file.kind},
                    {"base", or_null(file.base)},
                    {"ours", or_null(file.ours)},
                    {"theirs", or_null(file.theirs)}});
  }
  return list;
}

Json json_matrix(const land::Matrix& matrix) {
  Json clashes = Json::array();
  for (const land::Clash& clash : matrix.clashes) {
    clashes.push_back(
        {{"one", clash.one}, {"other", or_null(clash.other)}, {"files", json_files(clash.files)}});
  }
  return clashes;
}

Json json_parked(const record::Parked& parked) {
  Json json = {{"id", parked.id},
               {"kind", parked.kind},
               {"reason", parked.reason},
               {"next", parked.next},
               {"target", record::short_ref(parked.target)},
               {"branch", record::short_ref(parked.branch)},
               {"tip", parked.tip},
               {"at", rfc3339(parked.at)},
               {"ours", or_null(parked.ours)},
               {"theirs", or_null(parked.theirs)},
               {"files", json_files(parked.files)},
               {"our_commits", json_commits(parked.our_commits)},
               {"their_commits", json_commits(parked.their_commits)},
               {"first_pair", nullptr},
               {"merged", or_null(parked.merged)},
               {"scratch", or_null(parked.scratch)},
               {"needs", or_null(parked.needs)},
               {"log", or_null(parked.log)},
               {"log_end", or_null(parked.log_end)}};
  if (parked.first_pair) {
    json["first_pair"] = {json_commit(parked.first_pair->first),
                          json_commit(parked.first_pair->second)};
  }
  return json;
}

std::string json_reconciled(const sched::TrainSummary& summary) {
  Json parked = Json::array();
  for (const sched::ParkedSpec& spec : summary.parked) {
    parked.push_back(
        {{"id", spec.id}, {"kind", spec.kind}, {"reason", spec.reason}, {"next", spec.next}});
  }
  Json left_out = Json::array();
  for (const auto& [id, reason] : summary.left_out) left_out.push_back(json_left_out(id, reason));
  return text_of({{"version", 1},
                  {"target", summary.target},
                  {"from", or_null(summary.from)},
                  {"to", or_null(summary.to)},
                  {"landed", summary.landed},
                  {"parked", std::move(parked)},
                  {"left_out", std::move(left_out)},
                  {"gate_runs", summary.gate_runs},
                  {"interrupted", summary.interrupted},
                  {"waits", or_null(summary.waits)},
                  {"next", or_null(summary.next)}});
}

std::string json_forecast(const land::Forecast& forecast) {
  Json parked = Json::array();
  for (const record::Parked& packet : forecast.parked) parked.push_back(json_parked(packet));
  Json left_out = Json::array();
  for (const land::LeftOut& left : forecast.left_out) {
    left_out.push_back(json_left_out(left.id, left.reason));
  }
  return text_of({{"version", 1},
                  {"target", record::short_ref(forecast.target)},
                  {"order", forecast.order},
                  {"waves", forecast.waves},
                  {"conflicts", json_matrix(forecast.matrix)},
                  {"parked", std::move(parked)},
                  {"left_out", std::move(left_out)}});
}

std::string json_reconcile_status(const std::string& who, const std::optional<land::Wish>& open,
                                  const std::map<std::string, record::Parked>& parked) {
  Json list = Json::array();
  for (const auto& [id, packet] : parked) list.push_back(json_parked(packet));
  Json json = {{"version", 1}, {"at_work", or_null(who)}, {"open", nullptr}};
  if (open) {
    json["open"] = {{"name", open->name},
                    {"target", record::short_ref(open->target)},
                    {"since", rfc3339(open->when)}};
  }
  json["parked"] = std::move(list);
  return text_of(json);
}

}  // namespace chant::cmd
