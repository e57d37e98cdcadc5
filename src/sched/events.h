// What happens in a run, for whoever shows it. The logic reports, the wording lives in ui.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chant::sched {

struct Beginning {
  std::size_t specs = 0;
  bool parallel = false;
};

struct StartedSpec {
  std::string id;
  std::string agent;
  std::string prompt;
};

// How one spec of the run ended.
struct EndedSpec {
  enum class Kind { completed, finished, failed, attention, skipped };
  std::string id;
  Kind kind = Kind::completed;
  std::string commit;      // abbreviated, of the last own commit
  std::string exit_class;  // "no_commit" …
  std::string reason;      // one line
  std::string next;        // one command
};

// An attempt that was not the last of its spec.
struct RetriedSpec {
  std::string id, agent;
  std::string exit_class;
  std::string reason;             // one line
  std::int64_t closed_until = 0;  // of the account, ms since the epoch; 0: it is open
};

// What the agents used, where their tools say so.
struct Usage {
  std::int64_t tokens = 0;
  std::int64_t cost_micros = 0;  // millionths of a US dollar
  bool tokens_known = false, cost_known = false;
};

struct Summary {
  std::vector<EndedSpec> specs;
  std::int64_t elapsed_ms = 0;
  bool interrupted = false;
  Usage usage;
};

class Events {
 public:
  Events() = default;
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  virtual ~Events() = default;

  virtual void began(const Beginning& beginning) = 0;
  virtual void started(const StartedSpec& spec) = 0;
  virtual void output(const std::string& id, std::string_view line) = 0;  // not yet printable
  virtual void ended(const EndedSpec& spec) = 0;
  virtual void retrying(const RetriedSpec& spec) = 0;
  // Nothing can start until then (ms since the epoch, kForGood), because of the accounts.
  virtual void waiting(std::int64_t until, const std::string& reason) = 0;
  virtual void note(const std::string& id, const std::string& text) = 0;  // id may be ""
  virtual void stopping(bool at_once) = 0;
  virtual void summary(const Summary& summary) = 0;
};

}  // namespace chant::sched
