#include "work/cleanup.h"

#include "agent/profile.h"
#include "agent/prompt.h"
#include "git/guard.h"
#include "git/run.h"
#include "git/watch.h"
#include "git/worktree.h"
#include "land/passing.h"
#include "record/keep.h"
#include "record/names.h"
#include "record/snapshot.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/text.h"
#include "work/call.h"
#include "work/environment.h"
#include "work/executables.h"
#include "work/judge.h"
#include "work/scratch.h"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <utility>

namespace chant::work {
namespace {

namespace fs = std::filesystem;

void require_usable(const config::Agent& agent, const agent::Prompt& prompt,
                    const config::TrustStore& trust) {
  if (agent.profile == "script") {
    throw Error(fmt::format("agent '{}' runs scripts and cannot clean up", agent.name),
                "configure another one under parallel.agents");
  }
  Executables wanted = executables_of(agent);
  for (const config::Executable& one : executables_of(prompt)) wanted.push_back(one);
  const auto untrusted = trust.untrusted(wanted);
  if (untrusted.empty()) return;
  throw Error(fmt::format("{} is not trusted", untrusted.front().what), "git chant trust");
}

// A prompt that was written before there was a place for the facts gets them at its end.
std::string filled(const agent::Prompt& prompt, const std::string& facts, const fs::path& worktree,
                   const std::string& target) {
  const agent::PromptValues values = {
      {"facts", facts}, {"worktree", worktree.string()}, {"target", record::short_ref(target)}};
  const std::string text = agent::fill(prompt, values);
  return text.find(facts) != std::string::npos ? text : text + "\n## The run\n\n" + facts;
}

// `git chant` is this very program, whatever else is installed.
std::string path_with_us(const std::string& path) {
  const fs::path us = process::own_path();
  return us.filename() == "git-chant" ? us.parent_path().string() + ":" + path : path;
}

class Cleanup {
 public:
  Cleanup(record::Workspace& workspace, process::Loop& loop, const CleanupOptions& options)
      : workspace_(workspace),
        loop_(loop),
        options_(options),
        target_(workspace.require_target()) {}

  std::vector<std::string> run(const agent::Prompt& prompt, const std::string& facts);

 private:
  [[nodiscard]] Verdict work(const agent::Prompt& prompt, const std::string& facts);
  [[nodiscard]] process::Loop::Supervised call(const std::string& text, const fs::path& directory,
                                               const Scratch& scratch);
  [[nodiscard]] Verdict wait_for(process::Loop::Supervised supervised);
  void put_back(const git::Guard& guard, git::Watch& watch);
  void keep_rest(const fs::path& directory);
  void tell_changes(const record::Snapshot& before);
  [[nodiscard]] bool is_ours(const std::string& ref) const;

  record::Workspace& workspace_;
  process::Loop& loop_;
  const CleanupOptions& options_;
  std::string target_;  // full ref
  journal::Attempt record_;
  std::vector<std::string> lines_;
};

process::Loop::Supervised Cleanup::call(const std::string& text, const fs::path& directory,
                                        const Scratch& scratch) {
  const std::string model =
      options_.agent.model.empty() ? workspace_.config().model : options_.agent.model;
  record_.model = model;
  agent::Task task;
  task.model = model;
  task.git_dir = git::git_directory_of(directory);
  auto supervised = make_call(workspace_, record_, options_.agent,
                              agent::make_command(options_.agent, task), directory, text);
  auto& env = supervised.command.env;
  for (const auto& [name, value] : agent_environment(options_.agent)) env.try_emplace(name, value);
  // It is on no spec.
  for (const char* name : {"CHANT_SPEC_ID", "CHANT_SPEC_FILE", "CHANT_BRANCH"}) {
    env[name] = std::nullopt;
  }
  // HEAD is detached there, so `git chant` could not tell the target.
  env["GIT_CHANT_TARGET"] = record::short_ref(target_);
  const auto path = env.find("PATH");
  const char* inherited = std::getenv("PATH");
  env["PATH"] = path_with_us(path != env.end() && path->second ? *path->second
                             : inherited != nullptr            ? inherited
                                                               : "");
  scratch.add_to(env);
  supervised.mark = scratch.mark();
  if (!options_.supervisor.empty()) supervised.supervisor = options_.supervisor;
  return supervised;
}

Verdict Cleanup::wait_for(process::Loop::Supervised supervised) {
  const auto reader = agent::make_reader(options_.agent.profile);
  std::optional<Verdict> verdict;
  std::string error;
  const process::EnvChanges env = supervised.command.env;
  supervised.output = [&](std::string_view bytes) { reader->feed(bytes, options_.output); };
  supervised.error = [&](std::string_view words) { error += words; };
  supervised.done = [&](const process::Outcome& outcome, std::size_t /*leftovers*/) {
    reader->finish(options_.output);
    reader->read_files(env);
    verdict = verdict_of_agent(outcome, reader->report(), printable_line(error));
  };
  const process::Loop::Id id = loop_.supervise(std::move(supervised));
  process::Loop::OnSignal others = loop_.on_signal({});
  loop_.on_signal([&](int signal, int count) {
    if (others) others(signal, count);
    loop_.stop(id, count > 1 ? process::Loop::Force::now : process::Loop::Force::ask);
  });
  while (!verdict) loop_.run_once();
  loop_.on_signal(std::move(others));
  const agent::Report report = reader->report();
  if (!report.model.empty()) record_.model = report.model;
  record_.session = report.session;
  record_.input_tokens = report.input_tokens.value_or(-1);
  record_.output_tokens = report.output_tokens.value_or(-1);
  if (report.cost_usd) record_.cost_micros = static_cast<std::int64_t>(*report.cost_usd * 1e6);
  return *verdict;
}

bool Cleanup::is_ours(const std::string& ref) const {
  const config::Config& config = workspace_.config();
  for (const std::string& prefix :
       {std::string("refs/chant/"), record::branch_ref(config, config::BranchMode::direct, ""),
        record::branch_ref(config, config::BranchMode::branch, "")}) {
    if (ref != target_ && ref.compare(0, prefix.size(), prefix) == 0) return true;
  }
  return false;
}

// What makes git run programs goes first: all that follows asks git.
void Cleanup::put_back(const git::Guard& guard, git::Watch& watch) {
  const fs::path aside = fs::path(record_.log).replace_extension("changed");
  std::vector<std::string> planted = guard.changes();
  if (!planted.empty()) guard.put_back(aside);
  if (git::is_worktree_of(workspace_.repository(), record_.worktree)) {
    for (std::string& one : git::disarm_submodules(record_.worktree, aside)) {
      planted.push_back(std::move(one));
    }
  }
  if (!planted.empty()) {
    lines_.push_back(fmt::format("put back what it changed: '{}'; see '{}'", join(planted, "', '"),
                                 aside.string()));
  }
  // A landing that the agent asked for only adds to the target.
  git::Store& store = workspace_.store();
  const auto tip = store.find_ref(target_);
  if (tip && *tip != record_.base && store.is_ancestor(record_.base, *tip)) {
    watch.accept(target_, *tip);
    lines_.push_back(fmt::format("{} went on from {} to {}", record::short_ref(target_),
                                 record_.base.substr(0, 10), tip->substr(0, 10)));
  }
  const auto ours = [this](const std::string& ref) { return is_ours(ref); };
  for (std::string& line : watch.changes(ours)) lines_.push_back("it should not have: " + line);
  for (std::string& line : watch.put_back(workspace_.refs(), ours, aside)) {
    lines_.push_back(std::move(line));
  }
}

// Its worktree goes with everything in it.
void Cleanup::keep_rest(const fs::path& directory) {
  if (!git::is_worktree_of(workspace_.repository(), directory)) return;
  auto rest = git::commit_of_leftovers(directory, "chant: what a cleanup agent left\n");
  if (!rest && !record::unkept_commit(directory).empty()) {
    rest = git::output(directory, {"rev-parse", "HEAD"});
  }
  if (!rest) return;
  int number = record_.number;
  const auto ref = [&number] { return fmt::format("refs/chant/cleanup/{}", number); };
  while (workspace_.store().find_ref(ref())) ++number;
  if (const auto refused = workspace_.refs().change({{ref(), "", *rest}})) {
    fail("cannot keep what the cleanup agent left: {}", *refused);
  }
  lines_.push_back("what it left in its worktree is kept as " + ref());
}

Verdict Cleanup::work(const agent::Prompt& prompt, const std::string& facts) {
  const land::PassingWorktree place(workspace_, "chant-cleanup", record_.base);
  const auto filled_worktree = process::run(git::populate_command(place.directory()));
  if (!process::succeeded(filled_worktree.outcome)) {
    git::fail_git("git read-tree", filled_worktree);
  }
  record_.worktree = place.directory().string();
  const fs::path logs = record::log_directory(workspace_.repository(), kCleanupName);
  const Scratch scratch(workspace_.repository(), logs);
  const git::Guard guard(workspace_.repository());
  git::Watch watch(workspace_.repository(), workspace_.store());
  auto supervised =
      call(filled(prompt, facts, place.directory(), target_), place.directory(), scratch);
  workspace_.journal().set_step(record_, "agent");
  const Verdict verdict = wait_for(std::move(supervised));
  workspace_.journal().set_step(record_, "collect");
  put_back(guard, watch);
  keep_rest(place.directory());
  return verdict;
}

// What is different in the states of the specs.
void Cleanup::tell_changes(const record::Snapshot& before) {
  const record::Snapshot now = record::take_snapshot(workspace_);
  for (const auto& [id, computed] : now.states) {
    const auto known = before.states.find(id);
    if (known == before.states.end() || known->second.state == computed.state) continue;
    lines_.push_back(fmt::format("{}: {} -> {}", id, spec::name_of(known->second.state),
                                 spec::name_of(computed.state)));
  }
  for (const auto& [id, branch] : before.branches) {
    const auto known = now.branches.find(id);
    if (known == now.branches.end()) {
      lines_.push_back(fmt::format("branch {} is gone", record::short_ref(branch.ref)));
    } else if (known->second.tip != branch.tip) {
      lines_.push_back(fmt::format("branch {} is at {} now", record::short_ref(branch.ref),
                                   known->second.tip.substr(0, 10)));
    }
  }
}

std::vector<std::string> Cleanup::run(const agent::Prompt& prompt, const std::string& facts) {
  const record::Snapshot before = record::take_snapshot(workspace_);
  if (before.target_tip.empty()) fail("the target '{}' is gone", record::short_ref(target_));
  journal::Journal& journal = workspace_.journal();
  record_.run = journal.begin_run("cleanup");
  record_.spec = kCleanupName;
  record_.agent = options_.agent.name;
  record_.profile = options_.agent.profile;
  record_.base = record_.tip = before.target_tip;
  journal.begin_attempt(record_);
  Verdict verdict;
  // What has begun must be recorded as ended.
  try {
    verdict = work(prompt, facts);
    tell_changes(before);
  } catch (const Error& error) {
    verdict = {"failed", printable_line(error.what())};
  }
  if (!verdict.good()) {
    lines_.push_back(fmt::format("the cleanup agent ended with {}: {}", verdict.exit_class,
                                 printable_line(verdict.reason)));
  }
  if (lines_.empty()) lines_.emplace_back("the cleanup agent changed nothing");
  record_.worktree.clear();
  record_.exit_class = verdict.exit_class;
  record_.reason = verdict.reason;
  journal.end_attempt(record_);
  for (const std::string& line : lines_) {
    journal.add_event(record_.run, kCleanupName, "cleanup", line);
  }
  journal.end_run(record_.run);
  return std::move(lines_);
}

}  // namespace

std::vector<std::string> clean_up(record::Workspace& workspace, process::Loop& loop,
                                  const config::TrustStore& trust,
                                  const std::vector<Pitfall>& pitfalls, const RunFacts& facts,
                                  const CleanupOptions& options) {
  const agent::Prompt prompt = agent::load_prompt(
      workspace.config().cleanup.prompt, workspace.repository().top_level / ".chant/prompts");
  require_usable(options.agent, prompt, trust);
  const auto claim =
      FileLock::try_acquire(record::claim_path(workspace.repository(), kCleanupName));
  if (!claim) fail("another cleanup is going on");
  return Cleanup(workspace, loop, options).run(prompt, cleanup_facts(workspace, pitfalls, facts));
}

}  // namespace chant::work
