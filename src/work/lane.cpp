#include "record/names.h"
#include "record/task.h"
#include "work/scene.h"

#include <utility>

namespace chant::work {

std::optional<spec::Source> Scene::source_of(const std::string& id) const {
  const auto task = tasks.find(id);
  if (task == tasks.end()) return record::find_source(workspace, id);
  return spec::parse_spec(id, task->second, record::spec_path(id)).source;
}

void Lane::enter(std::function<void()> step) {
  if (busy_) {
    waiting_.push_back(std::move(step));
    return;
  }
  busy_ = true;
  step();
}

void Lane::pass(std::function<void()> step) {
  enter([this, step = std::move(step)] {
    step();
    leave();
  });
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
