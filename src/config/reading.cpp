#include "config/reading.h"

#include "util/error.h"

namespace chant::config {

bool Reading::step(const std::function<void()>& action) {
  try {
    action();
    return true;
  } catch (const Error& error) {
    if (on_fault_ == OnFault::fail) throw;
    const std::string hint = error.hint().empty() ? "" : fmt::format(" ({})", error.hint());
    faults_.push_back(error.what() + hint);
    return false;
  }
}

const Reading::Found* Reading::find(const std::string& key) const {
  const auto found = found_.find(key);
  return found == found_.end() ? nullptr : &found->second;
}

}  // namespace chant::config
