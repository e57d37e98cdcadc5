#include "work/scene.h"

#include <utility>

namespace chant::work {

void Lane::enter(std::function<void()> step) {
  if (busy_) {
    waiting_.push_back(std::move(step));
    return;
  }
  busy_ = true;
  step();
}

void Lane::leave() {
  busy_ = false;
  if (waiting_.empty()) return;
  const std::function<void()> next = std::move(waiting_.front());
  waiting_.pop_front();
  busy_ = true;
  next();
}

}  // namespace chant::work
