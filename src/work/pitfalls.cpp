#include "work/pitfalls.h"

#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace chant::work {
namespace {

using Kind = sched::EndedSpec::Kind;
using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<Severity, const char*>, 3> kSeverities = {
    {{Severity::low, "low"}, {Severity::medium, "medium"}, {Severity::high, "high"}}};

class Detection {
 public:
  explicit Detection(const RunFacts& facts) : facts_(facts) {}

  std::vector<Pitfall> run() {
    for (std::size_t i = 0; i < facts_.specs.size(); ++i) look_at(i);
    look_at_worktrees();
    look_at_accounts();
    look_at_whole();
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Pitfall& a, const Pitfall& b) { return a.severity > b.severity; });
    return std::move(found_);
  }

 private:
  void add(const char* kind, Severity severity, const std::string& spec, std::string text,
           std::string next) {
    found_.push_back({kind, severity, spec, std::move(text), std::move(next)});
  }

  void look_at(std::size_t i);
  void find_api_errors(const sched::EndedSpec& spec);
  void find_conflicts(std::size_t i);
  void find_violations(const sched::EndedSpec& spec);
  void look_at_worktrees();
  void look_at_accounts();
  void look_at_whole();
  [[nodiscard]] std::vector<std::string> conflicting(std::size_t i) const;
  [[nodiscard]] std::size_t place_of(const std::string& id) const;

  const RunFacts& facts_;
  std::vector<Pitfall> found_;
};

std::string api_error(const journal::Attempt& attempt) {
  const bool concurrent = lower(attempt.reason).find("concurren") != std::string::npos;
  if (attempt.exit_class == "auth") return fmt::format("API login error on '{}'", attempt.agent);
  if (attempt.exit_class == "overloaded") return "API overload or network error (retryable)";
  return concurrent ? "API concurrency error (retryable)" : "API rate limit (retryable)";
}

void Detection::look_at(std::size_t i) {
  const sched::EndedSpec& spec = facts_.specs[i];
  find_api_errors(spec);
  find_conflicts(i);
  find_violations(spec);
  if (spec.exit_class == "tampered") {
    add("tampered", Severity::high, spec.id, "Tampering: " + spec.reason, "git chant doctor");
  }
  const auto uncommitted = facts_.uncommitted.find(spec.id);
  if (uncommitted != facts_.uncommitted.end()) {
    add("uncommitted_changes", Severity::medium, spec.id,
        fmt::format("Uncommitted work in '{}'", uncommitted->second),
        fmt::format("git -C {} status", shell_quoted(uncommitted->second)));
  } else if (spec.exit_class == "leftovers") {
    add("leftovers", Severity::medium, spec.id, "Left uncommitted work: " + spec.reason, spec.next);
  }
}

void Detection::find_api_errors(const sched::EndedSpec& spec) {
  std::set<std::string> told;
  for (const journal::Attempt& attempt : facts_.attempts) {
    const std::string& exit = attempt.exit_class;
    const bool api = exit == "rate_limited" || exit == "overloaded" || exit == "auth";
    if (attempt.spec != spec.id || !api || !told.insert(api_error(attempt)).second) continue;
    if (is_success(spec)) {
      add("api_error", Severity::low, spec.id, api_error(attempt) + ", came through later", "");
    } else {
      const bool login = exit == "auth";
      add("api_error", Severity::high, spec.id, api_error(attempt),
          login ? "git chant log " + spec.id : "git chant work " + spec.id);
    }
  }
}

std::size_t Detection::place_of(const std::string& id) const {
  const auto found = std::find_if(facts_.specs.begin(), facts_.specs.end(),
                                  [&](const sched::EndedSpec& spec) { return spec.id == id; });
  return static_cast<std::size_t>(found - facts_.specs.begin());
}

// Of two that wait and conflict with each other, the one that ended later is named.
std::vector<std::string> Detection::conflicting(std::size_t i) const {
  std::vector<std::string> others;
  const auto known = facts_.conflicts.find(facts_.specs[i].id);
  if (known == facts_.conflicts.end()) return others;
  for (const std::string& other : known->second) {
    const auto back = facts_.conflicts.find(other);
    const bool mutual =
        back != facts_.conflicts.end() &&
        std::count(back->second.begin(), back->second.end(), facts_.specs[i].id) > 0;
    if (!mutual || place_of(other) < i) others.push_back(other);
  }
  return others;
}

void Detection::find_conflicts(std::size_t i) {
  const sched::EndedSpec& spec = facts_.specs[i];
  const std::vector<std::string> others = conflicting(i);
  const auto known = facts_.conflicts.find(spec.id);
  const bool with_target = known != facts_.conflicts.end() && known->second.empty();
  if (spec.exit_class != "conflict" && others.empty() && !with_target) return;
  const std::string with = others.empty() ? "the target" : join(others, ", ");
  add("merge_conflict", Severity::high, spec.id, "Merge conflict with " + with,
      "git chant reconcile --resolve " + spec.id);
}

void Detection::find_violations(const sched::EndedSpec& spec) {
  const auto dependencies = facts_.depends_on.find(spec.id);
  const auto first =
      std::find_if(facts_.attempts.begin(), facts_.attempts.end(),
                   [&](const journal::Attempt& attempt) { return attempt.spec == spec.id; });
  if (dependencies == facts_.depends_on.end() || first == facts_.attempts.end()) return;
  for (const std::string& other : dependencies->second) {
    const auto landed = facts_.landed_at.find(other);
    const bool in_run = place_of(other) < facts_.specs.size();
    const bool completed = landed != facts_.landed_at.end()
                               ? landed->second <= first->started
                               : !in_run || is_success(facts_.specs[place_of(other)]);
    if (completed) continue;
    add("dependency_violation", Severity::high, spec.id,
        fmt::format("Ran before its dependency {} was completed", other),
        "git chant show " + spec.id);
  }
}

void Detection::look_at_worktrees() {
  for (const auto& [id, path] : facts_.worktrees) {
    if (facts_.uncommitted.count(id) > 0) continue;
    add("stale_worktree", Severity::low, id, "Worktree not cleaned up", "git chant gc");
  }
}

void Detection::look_at_accounts() {
  // Later than any time that a tool names.
  constexpr std::int64_t kFar = std::int64_t{253402300800} * 1000;
  for (const journal::Account& account : facts_.closed) {
    const std::string until =
        account.closed_until >= kFar ? "" : " until " + rfc3339(account.closed_until / 1000);
    add("closed_account", Severity::medium, "",
        fmt::format("Account '{}' is closed{}{}", account.agent, until,
                    account.reason.empty() ? "" : ": " + account.reason),
        "");
  }
}

void Detection::look_at_whole() {
  const auto good =
      static_cast<std::size_t>(std::count_if(facts_.specs.begin(), facts_.specs.end(), is_success));
  if (good == facts_.specs.size()) return;
  add(good == 0 ? "total_failure" : "partial_failure",
      good == 0 ? Severity::high : Severity::medium, "",
      fmt::format("{} of {} did not succeed", facts_.specs.size() - good,
                  counted(facts_.specs.size(), facts_.unit)),
      "git chant status");
}

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

const char* name_of(Severity severity) {
  return std::find_if(kSeverities.begin(), kSeverities.end(),
                      [&](const auto& one) { return one.first == severity; })
      ->second;
}

bool is_count(const Pitfall& pitfall) {
  return pitfall.kind == "partial_failure" || pitfall.kind == "total_failure";
}

bool is_success(const sched::EndedSpec& spec) {
  const bool left = spec.kind == Kind::finished && spec.reason.empty();
  const bool elsewhere = spec.kind == Kind::skipped && spec.exit_class == "ok";
  return spec.kind == Kind::completed || left || elsewhere;
}

std::vector<Pitfall> detect(const RunFacts& facts) { return Detection(facts).run(); }

std::string to_json(const std::vector<Pitfall>& pitfalls) {
  Json list = Json::array();
  for (const Pitfall& one : pitfalls) {
    list.push_back({{"kind", one.kind},
                    {"severity", name_of(one.severity)},
                    {"spec", one.spec},
                    {"text", one.text},
                    {"next", one.next}});
  }
  return list.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::vector<Pitfall> pitfalls_of_json(const std::string& text) {
  std::vector<Pitfall> pitfalls;
  const Json list = Json::parse(text, nullptr, false);
  if (!list.is_array()) return pitfalls;
  for (const Json& one : list) {
    if (!one.is_object()) continue;
    Pitfall pitfall{text_of(one, "kind"), Severity::low, text_of(one, "spec"), text_of(one, "text"),
                    text_of(one, "next")};
    for (const auto& [severity, name] : kSeverities) {
      if (text_of(one, "severity") == name) pitfall.severity = severity;
    }
    pitfalls.push_back(std::move(pitfall));
  }
  return pitfalls;
}

}  // namespace chant::work
