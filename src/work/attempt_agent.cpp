// The agent of an attempt: how it is called, what is seen of it, how it ended.
#include "git/worktree.h"
#include "record/names.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"
#include "work/attempt.h"
#include "work/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace chant::work {

namespace fs = std::filesystem;

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
  task.session = record_.session;
  if (!worktree_.empty()) task.git_dir = git::git_directory_of(worktree_);
  return agent::make_command(agent_, task);
}

void Attempt::set_up() {
  workspace().journal().set_step(record_, "setup");
  if (task_.earlier) ports_ = std::move(task_.earlier->ports);
  if (!ports_) {
    ports_ = take_ports(workspace().repository(), workspace().config().port_base, task_.id);
  }
  const auto copied = copy_files(workspace().repository(), workspace().config(), worktree_);
  if (!workspace().config().setup.line.empty()) return run_setup();
  copied.empty() ? start_agent() : look_before_agent();
}

// What is changed before the agent is not the agent's, in a worktree neither: files that were
// copied and that git does not ignore, and what the setup left.
void Attempt::look_before_agent() {
  look([this](const git::Status& status) {
    files_before_ = new_paths(status);
    start_agent();
  });
}

void Attempt::run_setup() {
  // Nobody could stop it any more.
  if (scene_.stopping) return start_agent();
  const config::Config& config = workspace().config();
  ShellRun run = shell_run(config.setup.line, "setup", config.setup_timeout);
  const std::string log = run.log.string();
  running_ = run_shell(scene_.loop, std::move(run), [this, log](const ShellEnd& end) {
    running_.reset();
    guard([&] {
      if (auto tampered = tampering("worktree.setup")) return fail_attempt(*tampered, {});
      if (end.good) return look_before_agent();
      show_end(end);
      Judgement judgement;
      judgement.verdict = {"setup", fmt::format("worktree.setup: {} (log {})", end.why, log)};
      if (end.stopped) judgement.verdict = {"killed", "interrupted during the setup"};
      log_end_ = end.log_end;
      fail_attempt(judgement, {});
    });
  });
  hostile_ = true;
}

// The last lines of a command that failed.
void Attempt::show_end(const ShellEnd& end) {
  if (end.log_end.empty()) return;
  for (const std::string& line : split(end.log_end, '\n')) scene_.events.output(task_.id, line);
}

process::EnvChanges Attempt::environment() const {
  process::EnvChanges env = attempt_environment(record_, agent_, directory());
  if (ports_) env["CHANT_PORT"] = std::to_string(ports_->first);
  env["CHANT_SLUG"] = slug_of(task_.id);
  if (scratch_) scratch_->add_to(env);
  return env;
}

ShellRun Attempt::shell_run(const std::string& line, const std::string& name,
                            std::optional<Seconds> limit) {
  if (!scratch_) {
    scratch_ = std::make_unique<Scratch>(workspace().repository(),
                                         record::log_directory(workspace().repository(), task_.id));
  }
  ShellRun run;
  run.line = line;
  run.directory = directory();
  run.env = environment();
  run.log = write_private(workspace().repository(), record_, "." + name + ".log", "");
  run.time_limit = limit;
  run.grace = workspace().config().grace;
  run.mark = scratch_->mark();
  return run;
}

std::string Attempt::prompt_text(const agent::Prompt& prompt) const {
  const std::string spec_file = (directory() / record::spec_path(task_.id)).string();
  agent::PromptValues values = {{"spec", spec_.text},
                                {"spec_id", task_.id},
                                {"title", spec_.title},
                                {"spec_file", spec_file},
                                {"branch", record::short_ref(record_.branch)},
                                {"target", record::short_ref(scene_.target)},
                                {"conflict", ""},
                                {"worktree", directory().string()}};
  const auto more = scene_.values.find(task_.id);
  if (more != scene_.values.end()) values.insert(more->second.begin(), more->second.end());
  std::string text = agent::fill(prompt, values);
  if (!task_.earlier || task_.earlier->reason.empty()) return text;
  text += fmt::format("\n## This is attempt {}\n\nThe attempt before it ended: {}.\n",
                      record_.number, task_.earlier->reason);
  if (!worktree_.empty()) {
    text +=
        "What it did is here, in the commits of this branch and in the files: go on from there.\n";
  }
  if (!task_.earlier->log_end.empty()) {
    text += "\nThe end of what was printed:\n\n~~~~~~\n" + task_.earlier->log_end + "\n~~~~~~\n";
  }
  return text;
}

void Attempt::start_agent() {
  if (scene_.stopping) {
    Judgement judgement;
    judgement.verdict = {"killed", "interrupted before the agent started"};
    return fail_attempt(judgement, {});
  }
  const auto named = scene_.prompts.find(spec_.prompt);
  const agent::Prompt& prompt = named == scene_.prompts.end() ? scene_.prompt : named->second;
  process::Command command = agent_command(spec_);
  process::Loop::Supervised supervised =
      make_call(workspace(), record_, agent_, std::move(command), directory(), prompt_text(prompt));
  if (!scratch_) {
    scratch_ =
        std::make_unique<Scratch>(workspace().repository(), fs::path(supervised.log).parent_path());
  }
  process::EnvChanges more = environment();
  supervised.command.env.merge(more);
  scratch_->add_to(supervised.command.env);
  supervised.mark = scratch_->mark();
  if (!spec_.timeout.empty()) {
    supervised.time_limit = parse_duration(spec_.timeout);
    if (!supervised.time_limit)
      fail("timeout '{}' is not a duration", printable_line(spec_.timeout));
  }
  watch_agent(supervised);
  workspace().journal().set_step(record_, "agent");
  scene_.events.started({task_.id, agent_.name, prompt.name});
  running_ = scene_.loop.supervise(std::move(supervised));
  hostile_ = true;
}

void Attempt::watch_agent(process::Loop::Supervised& supervised) {
  reader_ = agent::make_reader(agent_.profile);
  supervised.output = [this](std::string_view bytes) { agent_printed(bytes); };
  supervised.error = [this](std::string_view words) { start_error_ += words; };
  supervised.done = [this, env = supervised.command.env](const process::Outcome& outcome,
                                                         std::size_t leftovers) {
    guard([&] {
      finish_reading(env);
      agent_ended(outcome, leftovers);
    });
  };
  const config::Config& config = workspace().config();
  auto limit = agent_.idle_timeout ? agent_.idle_timeout : config.idle_timeout;
  if (!limit || *limit == Seconds{0}) return;
  idle_ = std::make_unique<IdleWatch>(
      scene_.loop, directory(), *limit,
      [this, limit](Seconds silent) {
        scene_.events.note(task_.id,
                           fmt::format("the agent has done nothing for {}; after {} it is ended",
                                       elapsed_text(silent), elapsed_text(*limit)));
      },
      [this] {
        stalled_ = true;
        if (running_) scene_.loop.stop(*running_, process::Loop::Force::ask);
      });
}

void Attempt::agent_printed(std::string_view bytes) {
  if (idle_) idle_->output();
  reader_->feed(bytes, [this](std::string_view line) { scene_.events.output(task_.id, line); });
  // The tool would wait for its limit with our slot, for hours perhaps.
  if (limited_ || !scene_.parallel || !reader_->waiting()) return;
  limited_ = true;
  if (running_) scene_.loop.stop(*running_, process::Loop::Force::ask);
}

void Attempt::finish_reading(const process::EnvChanges& env) {
  reader_->finish([this](std::string_view line) { scene_.events.output(task_.id, line); });
  reader_->read_files(env);
  report_ = reader_->report();
  // A tool that could not go on with the session began a new one, which counts from nothing.
  const bool went_on =
      !record_.session.empty() && (report_.session.empty() || report_.session == record_.session);
  if (went_on) agent::deduct(report_, agent_.profile, used_before());
}

// By the earlier attempts in the session that this one has gone on with.
agent::Used Attempt::used_before() const {
  agent::Used used;
  std::int64_t cost_micros = 0;
  const journal::Journal& journal = scene_.workspace.journal();
  for (const journal::Attempt& one :
       task_.lane.empty() ? journal.attempts(task_.id) : journal.attempts_of_run(record_.run)) {
    const bool is_this = one.spec == record_.spec && one.number == record_.number;
    if (is_this || one.session != record_.session) continue;
    used.input_tokens += std::max<std::int64_t>(one.input_tokens, 0);
    used.output_tokens += std::max<std::int64_t>(one.output_tokens, 0);
    cost_micros += std::max<std::int64_t>(one.cost_micros, 0);
  }
  used.cost_usd = static_cast<double>(cost_micros) / 1e6;
  return used;
}

std::string Attempt::model_used() const {
  if (!report_.model.empty()) return report_.model;
  if (!record_.model.empty()) return record_.model;
  const char* model = std::getenv("CHANT_MODEL");
  return model == nullptr ? "" : model;
}

// What must be looked at before any git command sees what was left here.
std::optional<Judgement> Attempt::tampering(const std::string& who) {
  const fs::path aside = record::log_directory(workspace().repository(), task_.id) /
                         fmt::format("{}.changed", record_.number);
  std::vector<std::string> planted = scene_.guard.changes();
  if (!planted.empty()) {
    // At once: the other specs go on, and all that follows asks git.
    scene_.guard.put_back(aside);
    scene_.events.note(task_.id, fmt::format("what was changed is put back, and kept in '{}'",
                                             printable_line(aside.string())));
  }
  const bool gone = !worktree_.empty() && !git::is_worktree_of(workspace().repository(), worktree_);
  if (!worktree_.empty() && !gone) {
    for (std::string& one : git::disarm_submodules(worktree_, aside)) {
      planted.push_back(std::move(one));
    }
  }
  hostile_ = gone || !planted.empty();
  if (!planted.empty()) {
    return Judgement{{"tampered", fmt::format("'{}' was changed while {} ran",
                                              printable_line(join(planted, "', '")), who)},
                     "",
                     {}};
  }
  if (gone) {
    return Judgement{
        {"tampered", fmt::format("its worktree was taken away while {} ran", who)}, "", {}};
  }
  std::vector<std::string> foreign;
  for (const git::Watch::Change& change : scene_.watch.find_changes(scene_.is_ours)) {
    if (!scene_.foreign.insert(change.line).second) continue;
    scene_.events.note(task_.id, fmt::format("changed while {} ran: {}", who, change.line));
    if (!change.in_main) foreign.push_back(change.line);
  }
  if (foreign.empty()) return std::nullopt;
  return Judgement{{"tampered", fmt::format("{} while {} ran", foreign.front(), who)}, "", {}};
}

void Attempt::agent_ended(const process::Outcome& outcome, std::size_t leftover_processes) {
  running_.reset();
  idle_.reset();
  agent_verdict_ = verdict_of_agent(outcome, report_, printable_line(start_error_));
  const bool ended_by_us = !scene_.stopping && std::holds_alternative<process::Stopped>(outcome);
  if (ended_by_us && limited_) {
    const bool overloaded = report_.kind == agent::Report::Kind::overloaded;
    agent_verdict_ = {overloaded ? "overloaded" : "rate_limited", printable_line(report_.error)};
  } else if (ended_by_us && stalled_) {
    agent_verdict_ = {"stalled", "no output and no change for too long"};
  }
  record_.model = model_used();
  record_.session = report_.session;
  record_.input_tokens = report_.input_tokens.value_or(-1);
  record_.output_tokens = report_.output_tokens.value_or(-1);
  if (report_.cost_usd) record_.cost_micros = std::llround(*report_.cost_usd * 1e6);
  if (leftover_processes > 0) {
    scene_.events.note(
        task_.id,
        fmt::format("ended {} that the agent left running",
                    leftover_processes == 1 ? "a process"
                                            : fmt::format("{} processes", leftover_processes)));
  }
  if (auto tampered = tampering("the agent")) return fail_attempt(*tampered, {});
  if (agent_.profile == "script" && agent_verdict_.good()) {
    return look([this](const git::Status& status) { commit_script_work(status); });
  }
  collect();
}

}  // namespace chant::work
