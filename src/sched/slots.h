// Slots that are shared with other processes. A queue takes one before each start, beside its own
// caps.
#pragma once

#include <string>

namespace chant::sched {

class Slots {
 public:
  Slots() = default;
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;
  virtual ~Slots() = default;
  [[nodiscard]] virtual bool take(const std::string& id, const std::string& agent) = 0;
  virtual void give_back(const std::string& id) = 0;
};

}  // namespace chant::sched
