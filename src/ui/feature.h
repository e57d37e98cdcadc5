// The words of the run of a feature: those of any run (ui/report.h), and how far the list has come.
// On a terminal that is a block below the output, which is drawn again whenever something is
// written; elsewhere a line for each change.
#pragma once

#include "sched/events.h"
#include "tasks/list.h"
#include "ui/report.h"
#include "ui/terminal.h"
#include "util/time.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace chant::ui {

struct ShownFeature {
  std::string name;  // also what the ids of its specs begin with, with a dot behind it
  const tasks::List& list;
  std::unordered_set<std::string> chosen;  // keys of the tasks in the chosen tracks that count
  std::unordered_set<std::string> done;    // of these, those that were complete before the run
};

// How far the tasks of a feature have come.
class Progress {
 public:
  explicit Progress(const ShownFeature& feature);

  void start(const std::string& id);
  void pause(const std::string& id);  // it is tried again later
  void end(const sched::EndedSpec& spec);

  // "Progress: 12/32 tasks complete", "Active: Track A (Task 5)", "Completed: Tasks 1-4", …
  [[nodiscard]] std::vector<std::string> block(Milliseconds elapsed) const;
  // The same in one line, without what is completed.
  [[nodiscard]] std::string line(Milliseconds elapsed) const;
  [[nodiscard]] std::size_t complete() const { return count(State::complete); }
  [[nodiscard]] std::size_t total() const { return total_; }

 private:
  enum class State { open, active, complete, finished, failed, skipped };
  [[nodiscard]] std::size_t count(State state) const;
  [[nodiscard]] std::string names(State state) const;
  [[nodiscard]] std::string active() const;
  void set(const std::string& id, State state);

  const tasks::List& list_;
  std::string prefix_;
  std::size_t total_ = 0;
  std::unordered_map<std::string, std::size_t> index_;  // of the task in the list, by key
  std::vector<State> states_;                           // of each task of the list
};

class FeatureReport : public sched::Events {
 public:
  // `clock`: milliseconds since the run began.
  using Clock = std::function<Milliseconds()>;
  FeatureReport(Stream& out, Terminal terminal, const ShownFeature& feature,
                const std::vector<std::string>& run_ids, Clock clock);

  void began(const sched::Beginning& beginning) override;
  void started(const sched::StartedSpec& spec) override;
  void output(const std::string& id, std::string_view line) override;
  void ended(const sched::EndedSpec& spec) override;
  void retrying(const sched::RetriedSpec& spec) override;
  void waiting(std::int64_t until, const std::string& reason) override;
  void note(const std::string& id, const std::string& text) override;
  void stopping(bool at_once) override;
  void summary(const sched::Summary& summary) override;

  // Time has passed.
  void tick();

 private:
  void erase();
  void draw();
  void show_change();
  [[nodiscard]] std::string fitted(const std::string& line) const;
  template <typename Write>
  void around(Write write);

  Stream& out_;
  Terminal terminal_;
  Report report_;
  Progress progress_;
  Clock clock_;
  std::vector<std::string> block_;  // as it fits; empty when the progress has changed
  std::size_t columns_ = 0;         // that it fits into
  std::vector<std::size_t> drawn_;  // how wide each of its lines on the screen is
};

// What a run did with one task.
struct TaskResult {
  std::string agent;
  std::vector<std::string> commits;  // abbreviated
  std::int64_t elapsed_ms = 0;
};

struct CompletionReport {
  const ShownFeature& feature;
  const sched::Summary& summary;
  std::int64_t run = 0;
  std::map<std::string, TaskResult> results;  // by spec id
  std::vector<std::string> left_out;          // lines: "Only when a review asks for it: Task RW-A"
};

// As Markdown, harmless for a terminal: each task of the run with agent, commits and time, and what
// is left.
[[nodiscard]] std::string completion_text(const CompletionReport& report);

// "2h 15m", "3m 12s", "42s".
[[nodiscard]] std::string elapsed_words(Milliseconds elapsed);

}  // namespace chant::ui
