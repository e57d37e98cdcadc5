// The first half of an attempt: from the claim until the agent has exited.
#include "work/attempt.h"

#include "git/run.h"
#include "git/tree.h"
#include "land/merge.h"
#include "record/keep.h"
#include "record/mark.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/snapshot.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"
#include "work/call.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

namespace chant::work {

namespace fs = std::filesystem;

Attempt::Attempt(Scene& scene, Task task, std::function<void(sched::Ending, sched::EndedSpec)> done)
    : scene_(scene), task_(std::move(task)), done_(std::move(done)) {
  record_.run = scene_.run;
  record_.spec = task_.id;
  agent_ = scene_.agents.at(task_.agent);
  record_.agent = agent_.name;
  record_.profile = agent_.profile;
}

// The border that keeps one spec's failure from the others.
void Attempt::guard(const std::function<void()>& step) {
  if (over_) return;
  try {
    step();
  } catch (const Error& error) {
    Judgement judgement;
    const bool before_agent = record_.step.empty() || record_.step == "worktree";
    judgement.verdict = {before_agent ? "setup" : "failed", printable_line(error.what())};
    if (!recorded_) return end_unstarted(judgement.verdict.reason, sched::Ending::failed);
    try {
      fail_attempt(judgement, {});
    } catch (const Error& again) {
      scene_.events.note(task_.id, again.what());
      end({task_.id, sched::EndedSpec::Kind::failed, "", "failed", judgement.verdict.reason, ""},
          sched::Ending::failed);
    }
  }
}

void Attempt::begin() {
  guard([&] { prepare(); });
}

void Attempt::stop(process::Loop::Force force) {
  if (running_) scene_.loop.stop(*running_, force);
  if (gate_run_) scene_.gate->stop(*gate_run_);
}

fs::path Attempt::directory() const {
  return worktree_.empty() ? scene_.workspace.repository().top_level : worktree_;
}

void Attempt::prepare() {
  claim_ = FileLock::try_acquire(record::claim_path(workspace().repository(), task_.id));
  if (!claim_) return end_unstarted("another run works on it", sched::Ending::elsewhere);
  git::Store& store = workspace().store();
  const auto target_tip = store.find_ref(scene_.target);
  if (!target_tip) fail("the target '{}' is gone", record::short_ref(scene_.target));
  // Another run may have finished it between our look at the states and this claim.
  const std::string path = record::spec_path(task_.id);
  auto text = git::find_blob(store, *target_tip, path);
  if (text) {
    const spec::Spec now = spec::parse_spec(task_.id, std::move(*text), path);
    if (now.status == "completed") {
      return end_unstarted("completed meanwhile by another run", sched::Ending::done);
    }
  }
  if (take_sealed_work()) return land();
  if (scene_.place == Place::checkout) {
    record_.branch = workspace().repository().head_ref;
    record_.base = store.find_ref(record_.branch).value_or("");
    make_branch();
    return look([this](const git::Status& status) {
      files_before_ = new_paths(status);
      start_agent();
    });
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
  const std::string path = record::spec_path(task_.id);
  auto text = git::find_blob(workspace().store(), record_.base, path);
  if (!text) fail("'{}' is not in '{}'", path, record::short_ref(scene_.target));
  spec_ = spec::parse_spec(task_.id, std::move(*text), path);
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
        git::make_worktree_directory(workspace().config().worktree_root, "chant-" + task_.id);
    git::add_worktree(repository, path, record::short_ref(record_.branch), task_.id);
    worktree_ = path;
  } catch (const Error&) {
    scene_.lane.leave();
    throw;
  }
  scene_.lane.leave();
  record_.worktree = worktree_.string();
  populate();
}

void Attempt::populate() {
  scene_.loop.start(git::populate_command(worktree_), "", [this](const process::Result& result) {
    guard([&] {
      if (!process::succeeded(result.outcome)) git::fail_git("git read-tree", result);
      start_agent();
    });
  });
}

process::Command Attempt::agent_command(const spec::Spec& spec) {
  agent::Task task;
  task.model = !spec.model.empty() ? spec.model : workspace().config().model;
  if (!agent_.model.empty() && spec.model.empty()) task.model = agent_.model;
  if (agent_.profile == "script") {
    std::string script;
    for (const spec::RunBlock& block : spec::find_run_blocks(spec)) {
      if (!scene_.trust.is_trusted({"", block.script})) {
        fail("the script at line {} of {} is not trusted", block.line, task_.id);
      }
      script += block.script;
    }
    if (script.empty()) fail("{} has no 'sh run' block", task_.id);
    task.script_file = write_private(workspace().repository(), record_, ".sh", script);
  }
  record_.model = task.model;
  return agent::make_command(agent_, task);
}

void Attempt::start_agent() {
  if (scene_.stopping) {
    Judgement judgement;
    judgement.verdict = {"killed", "interrupted before the agent started"};
    return fail_attempt(judgement, {});
  }
  const auto named = scene_.prompts.find(spec_.prompt);
  const agent::Prompt& prompt = named == scene_.prompts.end() ? scene_.prompt : named->second;
  const std::string spec_file = (directory() / record::spec_path(task_.id)).string();
  const std::string text = agent::fill(prompt, {{"spec", spec_.text},
                                                {"spec_id", task_.id},
                                                {"title", spec_.title},
                                                {"spec_file", spec_file},
                                                {"branch", record::short_ref(record_.branch)},
                                                {"target", record::short_ref(scene_.target)},
                                                {"conflict", ""},
                                                {"worktree", directory().string()}});
  process::Command command = agent_command(spec_);
  process::Loop::Supervised supervised =
      make_call(workspace(), record_, agent_, std::move(command), directory(), text);
  if (!spec_.timeout.empty()) {
    supervised.time_limit = parse_duration(spec_.timeout);
    if (!supervised.time_limit)
      fail("timeout '{}' is not a duration", printable_line(spec_.timeout));
  }
  reader_ = agent::make_reader(agent_.profile);
  const auto show = [this](std::string_view line) { scene_.events.output(task_.id, line); };
  supervised.output = [this, show](std::string_view bytes) { reader_->feed(bytes, show); };
  supervised.error = [this](std::string_view words) { start_error_ += words; };
  supervised.done = [this](const process::Outcome& outcome, std::size_t leftovers) {
    guard([&] { agent_ended(outcome, leftovers); });
  };
  workspace().journal().set_step(record_, "agent");
  scene_.events.started({task_.id, agent_.name, prompt.name});
  running_ = scene_.loop.supervise(std::move(supervised));
}

std::string Attempt::model_used() const {
  const agent::Report report = reader_ ? reader_->report() : agent::Report{};
  if (!report.model.empty()) return report.model;
  if (!record_.model.empty()) return record_.model;
  const char* model = std::getenv("CHANT_MODEL");
  return model == nullptr ? "" : model;
}

void Attempt::agent_ended(const process::Outcome& outcome, std::size_t leftover_processes) {
  running_.reset();
  reader_->finish([this](std::string_view line) { scene_.events.output(task_.id, line); });
  agent_verdict_ = verdict_of_agent(outcome, reader_->report(), printable_line(start_error_));
  record_.model = model_used();
  if (leftover_processes > 0) {
    scene_.events.note(
        task_.id,
        fmt::format("ended {} that the agent left running",
                    leftover_processes == 1 ? "a process"
                                            : fmt::format("{} processes", leftover_processes)));
  }
  // Before any git command looks at what the agent left.
  const std::vector<std::string> planted = scene_.guard.changes();
  if (!planted.empty()) {
    hostile_ = true;
    Judgement judgement;
    judgement.verdict = {
        "tampered", fmt::format("'{}' was changed while the agent ran", join(planted, "', '"))};
    return fail_attempt(judgement, {});
  }
  if (agent_.profile == "script" && agent_verdict_.good()) {
    return look([this](const git::Status& status) { commit_script_work(status); });
  }
  collect();
}

}  // namespace chant::work
