// What happens while branches are reconciled, for whoever shows it. The logic reports, the wording
// lives in ui.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chant::sched {

struct ParkedSpec {
  std::string id;
  std::string kind;    // "conflict", "gate", "dependency", "moved"
  std::string reason;  // one line
  std::string next;    // one command
};

struct TrainSummary {
  std::string target;    // short name
  std::string from, to;  // commits of it; equal when nothing landed
  std::vector<std::string> landed;
  std::vector<ParkedSpec> parked;
  std::vector<std::pair<std::string, std::string>> left_out;  // id, reason
  std::size_t gate_runs = 0;
  std::int64_t elapsed_ms = 0;
  bool interrupted = false;
  // Why what passed has not landed ("" when it has), and the command that goes on.
  std::string waits, next;
};

class TrainEvents {
 public:
  TrainEvents() = default;
  TrainEvents(const TrainEvents&) = delete;
  TrainEvents& operator=(const TrainEvents&) = delete;
  virtual ~TrainEvents() = default;

  virtual void began(const std::string& target, std::size_t branches) = 0;
  virtual void merged(const std::string& id, std::size_t number, std::size_t of) = 0;
  virtual void gate_began(const std::string& label) = 0;
  // `verdict`: "green", "red: exit 2", "green (it was red before: flaky)", "green (known)".
  virtual void gate_ended(const std::string& label, bool green, const std::string& verdict) = 0;
  virtual void parked(const ParkedSpec& spec) = 0;
  virtual void resolving(const std::string& id, const std::string& agent) = 0;
  virtual void output(const std::string& id, std::string_view line) = 0;  // not yet printable
  virtual void landed(const std::vector<std::string>& ids, const std::string& commit) = 0;
  virtual void note(const std::string& text) = 0;
  virtual void summary(const TrainSummary& summary) = 0;
};

}  // namespace chant::sched
