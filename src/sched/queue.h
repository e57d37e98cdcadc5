// The ready queue of a run: which spec starts next, and on which agent.
//
// Pure: it knows no git, no process and no clock. Every chosen spec is in it once; a free slot
// takes the next ready one, so a spec that becomes ready during the run is started in the same
// run. Order: rank, then the longest chain of dependents, then priority (higher first), then id;
// specs whose target files overlap with a running one wait while there is other work. The agent
// is the least loaded that the spec may use.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chant::sched {

struct Job {
  std::string id;
  std::vector<std::string> depends_on;  // ids; those that are done already are left out
  std::vector<std::string> target_files;
  std::vector<std::string> agents;  // those that may work on it; empty: any
  long priority = 0;
  long rank = 0;  // an order that the user gave; smaller first
};

struct AgentCap {
  std::string name;
  int max = 1;
};

struct Start {
  std::string id;
  std::string agent;
};

enum class Ending { done, failed, elsewhere };  // elsewhere: another process works on it

struct Skip {
  std::string id;
  std::string reason;
};

class Queue {
 public:
  // `total_max` 0: the sum of the caps. A dependency that is no job of this queue is outside:
  // the job waits until satisfy() names it.
  Queue(std::vector<Job> jobs, std::vector<AgentCap> agents, int total_max);

  // The next start, whose slot is then taken; std::nullopt when nothing can start now.
  [[nodiscard]] std::optional<Start> take();
  // Frees the slot of a job that take() gave.
  void finish(const std::string& id, Ending ending);
  // An outside dependency is done now.
  void satisfy(const std::string& id);
  // No more starts.
  void close() { closed_ = true; }

  [[nodiscard]] std::size_t running() const { return running_.size(); }
  // Dependencies that are outside of the queue and that some waiting job needs.
  [[nodiscard]] std::set<std::string> outside() const;
  // The jobs that were never started, and why, when nothing runs and nothing can start.
  [[nodiscard]] std::vector<Skip> skipped() const;

 private:
  enum class Phase { waiting, running, done, failed, elsewhere };
  struct Entry {
    Job job;
    Phase phase = Phase::waiting;
    std::size_t chain = 0;  // length of the longest chain of jobs that wait for it
  };

  [[nodiscard]] bool is_ready(const Entry& entry) const;
  [[nodiscard]] bool overlaps_running(const Entry& entry) const;
  [[nodiscard]] std::optional<std::string> free_agent(const Job& job) const;
  [[nodiscard]] std::string blocker_of(const Entry& entry) const;
  std::size_t chain_of(const std::string& id, std::set<std::string>& on_path);

  std::map<std::string, Entry> entries_;
  std::vector<std::string> order_;              // of the ids, best first
  std::map<std::string, std::string> running_;  // id -> agent
  std::vector<AgentCap> agents_;
  std::size_t total_max_;
  bool closed_ = false;
};

// The order in which a run would start its jobs if each took equally long: waves of starts. For
// --dry-run; a simulation of the same queue.
[[nodiscard]] std::vector<std::vector<Start>> plan(Queue queue);

}  // namespace chant::sched
