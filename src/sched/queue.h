// The ready queue of a run: which spec starts next, and on which agent.
//
// Pure: it knows no git and no process, and is told the time. Every chosen spec is in it once; a
// free slot takes the next ready one, so a spec that becomes ready during the run is started in the
// same run. Order: rank, then the longest chain of dependents, then priority (higher first), then
// id; specs whose target files overlap with a running one wait while there is other work. Which
// agent gets it is the business of Accounts; a job of a lane rather has that of the one before.
#pragma once

#include "sched/accounts.h"
#include "sched/slots.h"

#include <cstddef>
#include <cstdint>
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
  long rank = 0;          // an order that the user gave; smaller first
  std::string lane = {};  // "": none
};

struct Start {
  std::string id;
  std::string agent;
};

enum class Ending { done, failed, elsewhere };  // elsewhere: another process works on it

// Why a job goes back into the queue, to be started again.
struct Again {
  std::int64_t not_before = 0;  // ms since the epoch
  std::string rather_not;       // an agent that gets it only while all others that may are closed
};

struct Skip {
  std::string id;
  std::string reason;
};

struct QueueOptions {
  int total_max = 0;  // 0: the sum of the caps
  Distribution distribution = Distribution::least_loaded;
  Slots* slots = nullptr;        // outlives the queue; null: nobody else works here
  bool stop_on_failure = false;  // then nothing new starts; what was started goes on
};

class Queue {
 public:
  // A dependency that is no job of this queue is outside: the job waits until satisfy() names it.
  Queue(std::vector<Job> jobs, const std::vector<AgentCap>& agents, QueueOptions options);

  // The next start, whose slot is then taken; std::nullopt when nothing can start at this time (ms
  // since the epoch, as everywhere here).
  [[nodiscard]] std::optional<Start> take(std::int64_t now);
  // Frees the slot of a job that take() gave.
  void finish(const std::string& id, Ending ending);
  void requeue(const std::string& id, Again again);
  // An outside dependency is done now.
  void satisfy(const std::string& id);
  // No more starts. `reason` is said of what was not started; "" = the run was stopped.
  void close(std::string reason = {});

  // No start for this account until then. Its jobs go to others that may take them.
  void close_account(const std::string& agent, std::int64_t until, const std::string& reason);
  // A limit: half as many at once from now on, at least one. A success: slowly up to the cap again
  // (one more after as many successes as may run now).
  void slow_down(const std::string& agent);
  void speed_up(const std::string& agent);
  // How many it may have at once now.
  [[nodiscard]] int allowed(const std::string& agent) const { return accounts_.allowed(agent); }
  [[nodiscard]] const Accounts& accounts() const { return accounts_; }

  // To be asked after take() had nothing to start at that time: the earliest time at which an
  // account opens or a back-off ends, so that a job could start; kForGood when no time helps, but
  // a slot of another process would, see wanted(); std::nullopt when nothing waits for either.
  [[nodiscard]] std::optional<std::int64_t> next_change(std::int64_t now) const;
  // Likewise: agents that would get a job now if another process gave back a slot.
  [[nodiscard]] std::vector<std::string> wanted(std::int64_t now) const;
  // True when jobs are ready, but every account that may take one is closed.
  [[nodiscard]] bool all_closed(std::int64_t now) const;

  [[nodiscard]] std::size_t running() const { return running_.size(); }
  // Dependencies that are outside of the queue and that some waiting job needs.
  [[nodiscard]] std::set<std::string> outside() const;
  // The jobs that still wait, and why, when nothing runs and nothing can start.
  [[nodiscard]] std::vector<Skip> skipped() const;

 private:
  friend std::vector<std::vector<Start>> plan(Queue queue, std::int64_t now);

  enum class Phase { waiting, running, done, failed, elsewhere };
  struct Entry {
    Job job;
    Phase phase = Phase::waiting;
    std::size_t chain = 0;  // length of the longest chain of jobs that wait for it
    Accounts::Choice choice;
    std::int64_t not_before = 0;
    bool was_started = false;
  };
  struct Candidate {
    std::string id;
    std::size_t account = 0;
  };

  std::size_t chain_of(const std::string& id, std::set<std::string>& on_path);
  [[nodiscard]] bool is_ready(const Entry& entry) const;
  [[nodiscard]] bool overlaps_running(const Entry& entry) const;
  [[nodiscard]] std::size_t account_for(const Entry& entry, const Accounts::Places& free) const;
  [[nodiscard]] std::optional<Candidate> candidate(std::int64_t now,
                                                   const std::set<std::size_t>& refused) const;
  void free_slot(const std::string& id);
  [[nodiscard]] std::string blocker_of(const Entry& entry) const;
  [[nodiscard]] std::string hindrance_of(const Entry& entry) const;

  std::map<std::string, Entry> entries_;
  std::vector<std::string> order_;  // of those that have not ended
  Accounts accounts_;
  std::map<std::string, std::string> running_;       // id -> agent
  std::map<std::string, std::string> in_lane_;       // lane -> job that was started and not ended
  std::map<std::string, std::string> lane_account_;  // lane -> agent that had the last one
  std::size_t total_max_;
  Slots* slots_;
  bool stop_on_failure_;
  std::string failed_;     // the job after which nothing new starts
  std::int64_t seen_ = 0;  // the time of the last take()
  bool closed_ = false;
  std::string close_reason_;
};

// The order in which a run that begins now would start its jobs if each took equally long, and no
// time: waves of starts. For --dry-run; a simulation of the same queue, which takes no shared slot.
[[nodiscard]] std::vector<std::vector<Start>> plan(Queue queue, std::int64_t now);

}  // namespace chant::sched
