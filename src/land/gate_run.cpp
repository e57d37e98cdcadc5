#include "land/gate_run.h"

#include "git/run.h"
#include "record/names.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/file.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace chant::land {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 4UL * 1024 * 1024;

std::string text_of(const fs::path& path) {
  try {
    return find_file(path, kMaxBytes).value_or("");
  } catch (const Error&) {
    return "";
  }
}

}  // namespace

GateRun::GateRun(Scene scene, Slot slot, std::string commit, fs::path log, Done done)
    : scene_(std::move(scene)),
      slot_(std::move(slot)),
      commit_(std::move(commit)),
      log_(std::move(log)),
      done_(std::move(done)),
      loop_(&scene_->loop) {}

void GateRun::begin() {
  if (!scene_->pool.is_sound(slot_)) scene_->pool.remake(slot_, commit_);
  run_steps(scene_->pool.prepare(slot_, commit_), 0);
}

void GateRun::stop() {
  stopping_ = true;
  if (running_) loop_->stop(*running_, process::Loop::Force::ask);
}

void GateRun::abandon() {
  scene_.reset();
  if (running_) loop_->stop(*running_, process::Loop::Force::now);
}

void GateRun::run_steps(std::vector<process::Command> steps, std::size_t next) {
  if (stopping_) {
    result_.stopped = true;
    return finish();
  }
  if (next == steps.size()) return launch();
  const process::Command step = steps[next];
  loop_->start(step, "",
               [self = shared_from_this(), steps = std::move(steps), next](const auto& result) {
                 if (!self->scene_) return;
                 if (!process::succeeded(result.outcome)) return self->step_failed(result);
                 self->run_steps(steps, next + 1);
               });
}

// What cannot be put right is made again, once.
void GateRun::step_failed(const process::Result& result) {
  if (made_again_) {
    result_.why = "cannot check it out: " + git::error_words(result);
    return finish();
  }
  made_again_ = true;
  const auto step = [self = shared_from_this()] {
    if (!self->scene_) return;
    try {
      self->scene_->pool.remake(self->slot_, self->commit_);
    } catch (const Error& error) {
      self->result_.why = error.what();
      return self->finish();
    }
    self->run_steps(self->scene_->pool.prepare(self->slot_, self->commit_), 0);
  };
  const auto& exclusively = scene_->options.exclusively;
  exclusively ? exclusively(step) : step();
}

void GateRun::launch() {
  scene_->pool.note_run(slot_, log_);
  reflog_size_ = text_of(slot_.git_dir / "logs/HEAD").size();
  scene_->refs.add(commit_);
  const GateOptions& options = scene_->options;
  process::Loop::Supervised supervised;
  supervised.command.argv = {"sh", "-c", options.command};
  supervised.command.cwd = slot_.directory;
  auto& env = supervised.command.env;
  for (const std::string& name : git::local_environment_variables()) env[name] = std::nullopt;
  env["CHANT_GATE"] = "1";
  env["CHANT_COMMIT"] = commit_;
  env["CHANT_TARGET"] = record::short_ref(options.target);
  supervised.log = log_;
  supervised.supervisor = options.supervisor;
  supervised.time_limit = options.time_limit;
  supervised.grace = options.grace;
  supervised.error = [self = shared_from_this()](std::string_view words) {
    self->start_error_ += words;
  };
  supervised.done = [self = shared_from_this()](const process::Outcome& outcome, std::size_t) {
    self->running_.reset();
    if (self->scene_) self->ended(outcome);
  };
  running_ = loop_->supervise(std::move(supervised));
}

void GateRun::ended(const process::Outcome& outcome) {
  judge(outcome);
  const std::string changed = put_back();
  if (!changed.empty()) {
    scene_->changed();
    result_.tampered = true;
    result_.green = false;
    result_.why = result_.why.empty() ? changed : result_.why + ", and " + changed;
  }
  scene_->refs.remove(commit_);
  const bool sound = scene_->pool.is_sound(slot_);
  if (result_.green) look_at_worktree();
  sound ? clean_up() : finish();
}

void GateRun::judge(const process::Outcome& outcome) {
  result_.stopped = std::holds_alternative<process::Stopped>(outcome) && stopping_;
  result_.green = start_error_.empty() && process::succeeded(outcome);
  if (result_.green || result_.stopped) return;
  if (!start_error_.empty()) {
    result_.why = "cannot run it: " + printable_line(start_error_);
  } else if (std::holds_alternative<process::TimedOut>(outcome)) {
    result_.why = "timed out after " + elapsed_text(*scene_->options.time_limit);
  } else {
    result_.why = process::describe(outcome);
  }
}

// git is not run before it is known that it will obey nobody but us. What was changed, for people.
std::string GateRun::put_back() {
  const std::vector<std::string> planted = scene_->guard.changes();
  if (!planted.empty()) {
    scene_->guard.put_back(log_.parent_path() / (log_.stem().string() + ".changed"));
    fault_point("what a gate planted put back");
  }
  std::vector<std::string> what;
  for (const std::string& name : planted) what.push_back("'" + name + "'");
  for (const std::string& name : scene_->refs.put_back(commits_made())) {
    what.push_back("'" + printable_line(name) + "'");
  }
  return what.empty() ? "" : fmt::format("it changed {} (put back)", join(what, ", "));
}

void GateRun::look_at_worktree() {
  if (!scene_->pool.is_sound(slot_)) {
    result_.why = "it broke its worktree";
  } else if (trim(text_of(slot_.git_dir / "HEAD")) != commit_) {
    result_.why = "it moved HEAD";
  }
  result_.green = result_.why.empty();
  result_.wrote = !result_.green;
}

std::set<std::string> GateRun::commits_made() const {
  std::set<std::string> commits;
  const std::string reflog = text_of(slot_.git_dir / "logs/HEAD");
  if (reflog.size() <= reflog_size_) return commits;
  for (const std::string& line : split(reflog.substr(reflog_size_), '\n')) {
    const auto words = split(line, ' ');
    if (words.size() > 1) commits.insert(words[1]);
  }
  return commits;
}

// At once, as it may have filled the disk.
void GateRun::clean_up() {
  loop_->start(scene_->pool.clean(slot_), "", [self = shared_from_this()](const auto&) {
    if (self->scene_) self->finish();
  });
}

void GateRun::finish() {
  const Done done = std::exchange(done_, {});
  scene_.reset();
  if (done) done(std::move(slot_), result_);
}

}  // namespace chant::land
