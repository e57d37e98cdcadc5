// The words of a reconcile: one line for each thing that happens, on a terminal with a line at the
// bottom that says what is being done now, and the summary.
#pragma once

#include "sched/train_events.h"
#include "ui/terminal.h"

#include <string>
#include <vector>

namespace chant::ui {

class TrainReport : public sched::TrainEvents {
 public:
  // `out` outlives the report; `terminal` is its terminal.
  TrainReport(Stream& out, Terminal terminal) : out_(out), terminal_(terminal) {}

  void began(const std::string& target, std::size_t branches) override;
  void merged(const std::string& id, std::size_t number, std::size_t of) override;
  void gate_began(const std::string& label) override;
  void gate_ended(const std::string& label, bool green, const std::string& verdict) override;
  void parked(const sched::ParkedSpec& spec) override;
  void resolving(const std::string& id, const std::string& agent) override;
  void output(const std::string& id, std::string_view line) override;
  void landed(const std::vector<std::string>& ids, const std::string& commit) override;
  void note(const std::string& text) override;
  void summary(const sched::TrainSummary& summary) override;

 private:
  void say(const std::string& line);
  void show(const std::string& status);  // on a terminal, in place of what was shown before
  void clear();
  [[nodiscard]] std::string symbol(const char* unicode, const char* ascii, Colour colour) const;
  void list_parked(const sched::TrainSummary& summary);

  Stream& out_;
  Terminal terminal_;
  std::vector<std::string> gates_;  // that run now
  bool shown_ = false;
};

}  // namespace chant::ui
