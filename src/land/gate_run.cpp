#include "land/gate_run.h"

#include "git/run.h"
#include "record/names.h"
#include "util/error.h"
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
    : scene_(scene),
      slot_(std::move(slot)),
      commit_(std::move(commit)),
      log_(std::move(log)),
      done_(std::move(done)),
      loop_(&scene.loop) {}

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
  scene_->pool.note_prepared(slot_);
  reflog_size_ = text_of(slot_.git_dir / "logs/HEAD").size();
  refs_before_ = branches_and_tags();
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

// git is not run before it is known that it will obey nobody but us.
void GateRun::ended(const process::Outcome& outcome) {
  judge(outcome);
  const std::vector<std::string> planted = scene_->guard.changes();
  if (!planted.empty()) {
    result_.tampered = true;
    result_.green = false;
    result_.why = fmt::format("'{}' was changed while it ran, and put back", join(planted, "', '"));
    scene_->guard.put_back(log_.parent_path() / fmt::format("{}.changed", log_.stem().string()));
  }
  const bool sound = scene_->pool.is_sound(slot_);
  if (result_.green) result_.why = sound ? written() : "it broke its worktree";
  result_.wrote = result_.green && !result_.why.empty();
  if (result_.wrote) result_.green = false;
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

// What it wrote to the repository, "" when nothing.
std::string GateRun::written() const {
  std::set<std::string> commits = commits_made();
  commits.insert(commit_);
  std::vector<std::string> moved;
  for (const auto& [ref, oid] : branches_and_tags()) {
    const auto before = refs_before_.find(ref);
    if (before != refs_before_.end() && before->second == oid) continue;
    if (commits.count(commit_named_by(oid)) != 0) moved.push_back(record::short_ref(ref));
  }
  if (!moved.empty()) return fmt::format("it moved '{}'", printable_line(join(moved, "', '")));
  const bool stays = trim(text_of(slot_.git_dir / "HEAD")) == commit_;
  return stays ? "" : "it moved HEAD";
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

std::map<std::string, std::string> GateRun::branches_and_tags() const {
  std::map<std::string, std::string> all;
  for (git::Ref& ref : scene_->workspace.store().refs({"refs/heads/", "refs/tags/"})) {
    all.emplace(std::move(ref.name), std::move(ref.oid));
  }
  return all;
}

// An annotated tag names what it is of.
std::string GateRun::commit_named_by(const std::string& oid) const {
  const auto object = scene_->workspace.store().find_object(oid);
  constexpr std::string_view kOf = "object ";
  if (!object || object->type != "tag" || object->content.compare(0, kOf.size(), kOf) != 0) {
    return oid;
  }
  return object->content.substr(kOf.size(), oid.size());
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
