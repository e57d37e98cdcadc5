// One spec from claim to release: the executor. All modes use it; they differ in where the agent
// works and whether good work lands at once.
//
// claim -> base -> worktree -> setup -> prompt -> agent -> collect -> judge -> check -> seal ->
// land or leave -> release. An attempt that goes on from an earlier one begins at the prompt. Steps
// that take time are asynchronous on the run's loop; an Error in any step ends this attempt and no
// other.
#pragma once

#include "agent/profile.h"
#include "git/refs.h"
#include "git/worktree.h"
#include "journal/journal.h"
#include "land/gate.h"
#include "land/landing.h"
#include "process/loop.h"
#include "record/mark.h"
#include "sched/drive.h"
#include "sched/events.h"
#include "spec/spec.h"
#include "util/lock.h"
#include "work/attempt_parts.h"
#include "work/check.h"
#include "work/idle_watch.h"
#include "work/judge.h"
#include "work/scene.h"
#include "work/scratch.h"
#include "work/setup.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chant::work {

class Attempt {
 public:
  // `done` is called once, at the end; `ended` or `retrying` of the events was called before.
  Attempt(Scene& scene, Task task, std::function<void(AttemptEnd)> done);
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  void begin();
  void stop(process::Loop::Force force);

 private:
  // The steps, in order. Each starts what leads to the next.
  void prepare();
  [[nodiscard]] bool is_completed_meanwhile(const std::string& target_tip);
  [[nodiscard]] bool is_open(const spec::Source& source, const std::string& target_tip);
  void go_on();
  [[nodiscard]] bool take_sealed_work();
  void put_worktrees_aside(const std::string& branch);
  void put_earlier_work_aside();
  void make_branch();
  void make_worktree();
  [[nodiscard]] std::string worktree_name() const;
  void take_seat();
  void populate();
  void set_up();
  void run_setup();
  void look_before_agent();
  void show_end(const ShellEnd& end);
  void start_agent();
  void watch_agent(process::Loop::Supervised& supervised);
  void agent_printed(std::string_view bytes);
  void finish_reading(const process::EnvChanges& env);
  void agent_ended(const process::Outcome& outcome, std::size_t leftover_processes);
  [[nodiscard]] std::optional<Judgement> tampering(const std::string& who);
  void commit_script_work(const git::Status& status);
  void commit_paths(const std::vector<std::string>& paths, const std::string& subject);
  void collect();
  void conclude(const git::Status& status);
  void check(Judgement judgement);
  void next_check();
  void check_ended(const ShellEnd& end);
  void end_checks();
  void checks_done();
  [[nodiscard]] bool put_boxes();
  void seal(Judgement judgement);
  [[nodiscard]] record::Mark mark() const;
  [[nodiscard]] std::vector<git::RefChange> mark_commits(Judgement& judgement);
  void remove_worktree(std::function<void()> next);
  void land();
  void land_now();
  void land_behind_gate();
  void test_behind_gate();
  void gate_ended(const land::Prepared& what, const land::Verdict& verdict);
  void stop_waiting();
  void end_landed(const land::Landed& landed);
  void end_conflict(const land::Conflict& conflict);
  void end_waiting(const land::InTheWay& obstacle);
  void fail_attempt(const Judgement& judgement, const std::vector<std::string>& leftovers);
  [[nodiscard]] std::optional<sched::Next> try_again(const Verdict& verdict);
  void note_account(const sched::Next& next, const std::string& reason);
  void report_end();
  [[nodiscard]] std::string kept_session(const std::string& exit_class) const;
  [[nodiscard]] agent::Used used_before() const;
  void end_to_try_again(const sched::Next& next, const Verdict& verdict);
  // Ends the attempt. `kind` is for people, `ending` for the queue.
  void end(sched::EndedSpec ended, sched::Ending ending);
  void end_unstarted(const std::string& reason, sched::Ending ending);
  void guard(const std::function<void()>& step);
  void alone(const std::function<void()>& step);
  void look(std::function<void(const git::Status&)> next);
  [[nodiscard]] record::Workspace& workspace() { return scene_.workspace; }
  [[nodiscard]] std::filesystem::path directory() const;
  [[nodiscard]] std::vector<std::string> new_paths(const git::Status& status) const;
  [[nodiscard]] process::Command agent_command(const spec::Spec& spec);
  [[nodiscard]] std::string prompt_text(const agent::Prompt& prompt) const;
  [[nodiscard]] process::EnvChanges environment() const;
  [[nodiscard]] ShellRun shell_run(const std::string& line, const std::string& name,
                                   std::optional<Seconds> limit);
  [[nodiscard]] std::string model_used() const;
  [[nodiscard]] land::Request landing() const;
  [[nodiscard]] std::string last_commit() const;

  Scene& scene_;
  Task task_;
  std::function<void(AttemptEnd)> done_;
  std::optional<FileLock> claim_;
  journal::Attempt record_;
  bool recorded_ = false;
  spec::Spec spec_;  // as it is at the fork point
  config::Agent agent_;
  std::filesystem::path worktree_, place_;  // empty when there is none; where it was
  std::vector<std::string> files_before_;   // changes that were there before the agent
  std::unique_ptr<agent::Reader> reader_;
  std::optional<process::Loop::Id> running_;
  std::string start_error_;
  bool stalled_ = false, limited_ = false;  // why we have ended the agent
  std::unique_ptr<IdleWatch> idle_;
  Verdict agent_verdict_;
  agent::Report report_;
  std::optional<PortBlock> ports_;
  std::unique_ptr<Scratch> scratch_;
  std::unique_ptr<Checks> checks_;
  bool checked_ = false, saved_leftovers_ = false;
  std::string log_end_;  // of what failed, when it is not the agent's own log
  AttemptEnd end_;
  std::string sealed_tip_;
  std::optional<land::Gate::Id> gate_run_;
  bool in_gate_lane_ = false;
  bool hostile_ = false;  // git must not be run on what was left here, as far as we have looked
  bool over_ = false;
};

}  // namespace chant::work
