// The words of a run: what happens, as lines; agents' output behind the short id of its spec.
#pragma once

#include "sched/events.h"
#include "ui/terminal.h"

#include <map>
#include <string>
#include <vector>

namespace chant::ui {

class Report : public sched::Events {
 public:
  // `out` and `terminal` outlive the report. `run_ids`: the specs of the run, for short ids.
  Report(Stream& out, Terminal terminal, std::vector<std::string> run_ids);

  void began(const sched::Beginning& beginning) override;
  void started(const sched::StartedSpec& spec) override;
  void output(const std::string& id, std::string_view line) override;
  void ended(const sched::EndedSpec& spec) override;
  void retrying(const sched::RetriedSpec& spec) override;
  void waiting(std::int64_t until, const std::string& reason) override;
  void note(const std::string& id, const std::string& text) override;
  void stopping(bool at_once) override;
  void summary(const sched::Summary& summary) override;

 private:
  void say(const std::string& id, const std::string& text);
  [[nodiscard]] std::string prefix(const std::string& id);
  [[nodiscard]] std::string symbol(const char* unicode, const char* ascii, Colour colour) const;
  void list_open(const sched::Summary& summary);

  Stream& out_;
  Terminal terminal_;
  std::vector<std::string> run_ids_;
  std::map<std::string, std::string> short_ids_;
  std::map<std::string, Colour> colours_;        // by agent
  std::map<std::string, std::string> agent_of_;  // by spec
};

}  // namespace chant::ui
