// The words of a run: what happens, as lines; agents' output behind what its spec is called.
#pragma once

#include "sched/events.h"
#include "ui/terminal.h"

#include <map>
#include <string>

namespace chant::ui {

class Report : public sched::Events {
 public:
  enum class Of { specs, tasks };  // of tasks a run says less: the list says the rest
  // What the specs of a run are called, by id.
  using Names = std::map<std::string, std::string>;
  // `out` outlives the report.
  Report(Stream& out, Terminal terminal, Names names, Of of = Of::specs);

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
  Names names_;
  Of of_;
  std::map<std::string, Colour> colours_;        // by agent
  std::map<std::string, std::string> agent_of_;  // by spec
};

}  // namespace chant::ui
