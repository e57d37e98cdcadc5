#include "sched/drive.h"

namespace chant::sched {

bool drive(Queue& queue, Runner& runner) {
  bool interrupted = false;
  while (true) {
    while (auto start = queue.take()) runner.start(*start);
    if (queue.running() == 0) return interrupted;
    const Happening happening = runner.wait();
    if (std::holds_alternative<Interrupted>(happening)) {
      interrupted = true;
      queue.close();
      continue;
    }
    const auto& finished = std::get<Finished>(happening);
    queue.finish(finished.id, finished.ending);
    const std::set<std::string> outside = queue.outside();
    if (outside.empty()) continue;
    for (const std::string& id : runner.done_outside(outside)) queue.satisfy(id);
  }
}

}  // namespace chant::sched
