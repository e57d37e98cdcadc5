// The beginning of an attempt: from the claim to the worktree in which its agent can start.
#include "work/attempt.h"

#include "git/guard.h"
#include "git/run.h"
#include "git/tree.h"
#include "land/merge.h"
#include "record/keep.h"
#include "record/mark.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/snapshot.h"
#include "record/task.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"
#include "work/call.h"
#include "work/executables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <utility>

namespace chant::work {

namespace fs = std::filesystem;

Attempt::Attempt(Scene& scene, Task task, std::function<void(AttemptEnd)> done)
    : scene_(scene), task_(std::move(task)), done_(std::move(done)) {
  record_.run = scene_.run;
  record_.spec = task_.id;
  agent_ = scene_.agents.at(task_.agent);
  record_.agent = agent_.name;
  record_.profile = agent_.profile;
  end_.finished.id = task_.id;
  end_.finished.agent = agent_.name;
}

// The border that keeps one spec's failure from the others.
void Attempt::guard(const std::function<void()>& step) {
  if (over_) return;
  try {
    step();
  } catch (const std::exception& error) {
    Judgement judgement;
    const bool before_agent =
        record_.step.empty() || record_.step == "worktree" || record_.step == "setup";
    judgement.verdict = {before_agent ? "setup" : "failed", printable_line(error.what())};
    if (!recorded_) return end_unstarted(judgement.verdict.reason, sched::Ending::failed);
    try {
      fail_attempt(judgement, {});
    } catch (const std::exception& again) {
      scene_.events.note(task_.id, printable_line(again.what()));
      end({task_.id, sched::EndedSpec::Kind::failed, "", "failed", judgement.verdict.reason, ""},
          sched::Ending::failed);
    }
  }
}

void Attempt::begin() {
  alone([this] { prepare(); });
}

// For steps that wait for the lock of the worktrees: while this run itself holds it, to remove a
// worktree, only the loop can give it back, which would stand still.
void Attempt::alone(const std::function<void()>& step) {
  scene_.lane.pass([this, step] { guard(step); });
}

void Attempt::stop(process::Loop::Force force) {
  if (running_) scene_.loop.stop(*running_, force);
  if (gate_run_) scene_.gate->stop(*gate_run_);
}

fs::path Attempt::directory() const {
  return worktree_.empty() ? scene_.workspace.repository().top_level : worktree_;
}

void Attempt::prepare() {
  if (task_.earlier && !task_.earlier->worktree.empty()) return go_on();
  if (task_.earlier) claim_ = std::move(task_.earlier->claim);
  if (!claim_)
    claim_ = FileLock::try_acquire(record::claim_path(workspace().repository(), task_.id));
  if (!claim_) return end_unstarted("another run works on it", sched::Ending::elsewhere);
  git::Store& store = workspace().store();
  const auto target_tip = store.find_ref(scene_.target);
  if (!target_tip) fail("the target '{}' is gone", record::short_ref(scene_.target));
  const auto source = scene_.source_of(task_.id);
  if (!source && is_completed_meanwhile(*target_tip)) {
    return end_unstarted("completed meanwhile by another run", sched::Ending::done);
  }
  if (take_sealed_work()) return land();
  if (source && !is_open(*source, *target_tip)) return;
  if (scene_.place == Place::checkout) {
    record_.branch = workspace().repository().head_ref;
    record_.base = store.find_ref(record_.branch).value_or("");
    make_branch();
    return look_before_agent();
  }
  record_.branch = record::branch_ref(workspace().config(), scene_.mode, task_.id);
  put_earlier_work_aside();
  std::vector<std::string> tips;
  for (const std::string& id : task_.dependencies) {
    if (scene_.mode != config::BranchMode::branch) break;
    if (const auto branch = record::find_sealed_branch(workspace(), id))
      tips.push_back(branch->tip);
  }
  record_.base = land::merged_base(workspace(), *target_tip, tips);
  make_branch();
  scene_.lane.enter([this] { guard([&] { make_worktree(); }); });
}

// By another run, between our look at the states and this claim.
bool Attempt::is_completed_meanwhile(const std::string& target_tip) {
  const std::string path = record::spec_path(task_.id);
  auto text = git::find_blob(workspace().store(), target_tip, path);
  return text && spec::parse_spec(task_.id, std::move(*text), path).status == "completed";
}

// The box of a task; when it is not, the attempt has ended.
bool Attempt::is_open(const spec::Source& source, const std::string& target_tip) {
  using Kind = record::Boxes::State::Kind;
  const auto box = record::Boxes(workspace(), target_tip).find(source);
  if (box.kind == Kind::done) {
    end_unstarted("its box was ticked meanwhile", sched::Ending::done);
  } else if (box.kind == Kind::gone) {
    end_unstarted(box.why, sched::Ending::failed);
  } else if (scene_.tasks.count(task_.id) == 0) {
    end_unstarted("nothing of it waits to land", sched::Ending::failed);
  }
  return !over_;
}

// Where the attempt before has left it.
void Attempt::go_on() {
  Continuation& earlier = *task_.earlier;
  claim_ = std::move(earlier.claim);
  ports_ = std::move(earlier.ports);
  record_.branch = earlier.branch;
  record_.base = earlier.base;
  worktree_ = place_ = earlier.worktree;
  files_before_ = std::move(earlier.files_before);
  record_.worktree = worktree_.string();
  if (earlier.agent == agent_.name && agent::can_resume(agent_.profile)) {
    record_.session = earlier.session;
  }
  const std::string path = record::spec_path(task_.id);
  auto text = git::find_blob(workspace().store(), record_.base, path);
  spec_ = spec::parse_spec(task_.id, std::move(text.value()), path);
  workspace().journal().begin_attempt(record_);
  recorded_ = true;
  start_agent();
}

// Work that was sealed earlier is landed or left as it is: no agent does it again.
bool Attempt::take_sealed_work() {
  const auto branch = record::find_sealed_branch(workspace(), task_.id);
  if (!branch) return false;
  put_worktrees_aside(branch->ref);
  auto text = git::find_blob(workspace().store(), branch->tip, record::spec_path(task_.id));
  spec_ = spec::parse_spec(task_.id, std::move(text.value()), record::short_ref(branch->ref));
  sealed_tip_ = branch->tip;
  record_.branch = branch->ref;
  record_.base =
      workspace().store().find_ref(record::kept_ref(task_.id, "base")).value_or(sealed_tip_);
  record_.commits = record::own_commits(workspace(), sealed_tip_, {record_.base});
  workspace().journal().begin_attempt(record_);
  recorded_ = true;
  return true;
}

void Attempt::put_worktrees_aside(const std::string& branch) {
  for (const std::string& line : record::put_worktrees_aside(workspace(), task_.id, branch)) {
    scene_.events.note(task_.id, line);
  }
}

// The branch of an earlier attempt that was not good is kept under another ref.
void Attempt::put_earlier_work_aside() {
  const auto tip = workspace().store().find_ref(record_.branch);
  if (!tip) return;
  put_worktrees_aside(record_.branch);
  const std::string kept =
      record::put_branch_aside(workspace(), task_.id, {record_.branch, *tip, false, true});
  scene_.events.note(task_.id, fmt::format("the branch of an earlier attempt is kept as {}", kept));
}

// Records the attempt and its fork point, and makes the branch unless it is the one checked out.
void Attempt::make_branch() {
  const auto task = scene_.tasks.find(task_.id);
  if (task != scene_.tasks.end()) {
    record_.base = record::make_base_commit(workspace(), task_.id, record_.base, task->second);
  }
  const std::string path = record::spec_path(task_.id);
  auto text = git::find_blob(workspace().store(), record_.base, path);
  if (!text) fail("'{}' is not in '{}'", path, record::short_ref(scene_.target));
  spec_ = spec::parse_spec(task_.id, std::move(*text), path);
  // Trust was asked for what the checkout has; no agent is to work for hours before this is known.
  for (const config::Executable& one : checks_of(spec_)) {
    if (scene_.trust.is_trusted(one)) continue;
    fail("{}, as it is in '{}', is not trusted", one.what, record::short_ref(scene_.target));
  }
  workspace().journal().begin_attempt(record_);
  recorded_ = true;
  std::vector<git::RefChange> changes = {{record::kept_ref(task_.id, "base"), "*", record_.base}};
  if (scene_.place == Place::worktree) changes.push_back({record_.branch, "", record_.base});
  const auto refused = workspace().refs().change(changes);
  if (refused) fail("cannot make the branch '{}': {}", record::short_ref(record_.branch), *refused);
}

void Attempt::make_worktree() {
  const git::Repository& repository = workspace().repository();
  workspace().journal().set_step(record_, "worktree");
  try {
    const FileLock lock = git::worktree_lock(repository);
    const fs::path path =
        git::make_worktree_directory(workspace().config().worktree_root, worktree_name());
    git::add_worktree(repository, path, record::short_ref(record_.branch), task_.id);
    worktree_ = place_ = path;
  } catch (const Error&) {
    scene_.lane.leave();
    throw;
  }
  scene_.lane.leave();
  record_.worktree = worktree_.string();
  take_seat();
  populate();
}

// Some tools find a session by the directory: tasks of one lane have the same, one after the other.
std::string Attempt::worktree_name() const {
  std::string name = "chant-" + (task_.lane.empty() ? task_.id : task_.lane);
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '_' && c != '-'; },
      '-');
  return name;
}

void Attempt::take_seat() {
  if (task_.lane.empty() || !task_.before) return;
  const Seat& before = *task_.before;
  if (before.agent != agent_.name || before.worktree != worktree_) return;
  if (agent::can_resume(agent_.profile)) record_.session = before.session;
}

void Attempt::populate() {
  scene_.loop.start(git::populate_command(worktree_), "", [this](const process::Result& result) {
    guard([&] {
      if (!process::succeeded(result.outcome)) git::fail_git("git read-tree", result);
      set_up();
    });
  });
}

}  // namespace chant::work
