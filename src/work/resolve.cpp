#include "work/resolve.h"

#include "agent/profile.h"
#include "agent/prompt.h"
#include "git/guard.h"
#include "journal/journal.h"
#include "land/packet.h"
#include "land/resolution.h"
#include "record/branch_work.h"
#include "record/keep.h"
#include "record/mark.h"
#include "record/names.h"
#include "record/seal.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/lock.h"
#include "util/text.h"
#include "util/time.h"
#include "work/call.h"
#include "work/executables.h"
#include "work/judge.h"

#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace chant::work {
namespace {

namespace fs = std::filesystem;

void require_usable(const config::Agent& agent, const agent::Prompt& prompt,
                    const config::TrustStore& trust) {
  if (agent.profile == "script") {
    throw Error(fmt::format("agent '{}' runs scripts and cannot resolve conflicts", agent.name),
                "configure another one under parallel.agents");
  }
  if (!trust.untrusted(executables_of(agent)).empty()) {
    throw Error(fmt::format("agent '{}' is not trusted", agent.name), "git chant trust");
  }
  if (!trust.untrusted(executables_of(prompt)).empty()) {
    throw Error(fmt::format("prompt '{}' is not trusted", prompt.name), "git chant trust");
  }
}

// One agent at one conflict.
class Run {
 public:
  Run(record::Workspace& workspace, process::Loop& loop, record::Parked parked,
      const ResolveOptions& options)
      : workspace_(workspace), loop_(loop), parked_(std::move(parked)), options_(options) {}

  // Why there is no resolution, or "".
  [[nodiscard]] std::string run(const agent::Prompt& prompt);

 private:
  [[nodiscard]] Verdict work(const agent::Prompt& prompt);
  [[nodiscard]] process::Loop::Supervised call(const agent::Prompt& prompt);
  [[nodiscard]] Verdict wait_for_agent(process::Loop::Supervised supervised);
  [[nodiscard]] Verdict take(const Verdict& agent);
  void note_failure(const Verdict& verdict);
  [[nodiscard]] std::vector<git::RefChange> mark(std::string& tip);

  record::Workspace& workspace_;
  process::Loop& loop_;
  record::Parked parked_;
  const ResolveOptions& options_;
  journal::Attempt record_;
};

process::Loop::Supervised Run::call(const agent::Prompt& prompt) {
  const fs::path scratch = parked_.scratch;
  const auto spec = record::load_spec_at(workspace_, parked_.id, parked_.tip);
  if (!spec) fail("'{}' is not a spec", record::spec_path(parked_.id));
  std::string model = !spec->model.empty() ? spec->model : options_.agent.model;
  if (model.empty()) model = workspace_.config().model;
  record_.model = model;
  const std::string text =
      agent::fill(prompt, {{"spec", spec->text},
                           {"spec_id", parked_.id},
                           {"title", spec->title},
                           {"spec_file", (scratch / record::spec_path(parked_.id)).string()},
                           {"branch", record::short_ref(parked_.branch)},
                           {"target", record::short_ref(parked_.target)},
                           {"conflict", land::conflict_text(parked_)},
                           {"worktree", scratch.string()}});
  process::Command command = agent::make_command(options_.agent, {model, {}});
  return make_call(workspace_, record_, options_.agent, std::move(command), scratch, text);
}

Verdict Run::wait_for_agent(process::Loop::Supervised supervised) {
  const auto reader = agent::make_reader(options_.agent.profile);
  std::optional<Verdict> verdict;
  std::string error;
  supervised.output = [&](std::string_view bytes) { reader->feed(bytes, options_.output); };
  supervised.error = [&](std::string_view words) { error += words; };
  supervised.done = [&](const process::Outcome& outcome, std::size_t /*leftovers*/) {
    reader->finish(options_.output);
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
  if (!reader->report().model.empty()) record_.model = reader->report().model;
  return *verdict;
}

// Agents commit with hooks off, or without ours: their commits get the trailers now. The tip that
// they made is kept.
std::vector<git::RefChange> Run::mark(std::string& tip) {
  const std::vector<std::string> own =
      record::own_commits(workspace_, tip, {parked_.tip, parked_.ours});
  if (own.empty() || own.back() != tip) return {};
  const auto marked = record::mark_commits(workspace_, own, {parked_.tip, parked_.ours},
                                           {parked_.id, record::run_name(record_), record_.model});
  if (!marked) return {};
  const std::string kept = record::free_kept_ref(workspace_, parked_.id, record_.number);
  const std::string old_tip = std::exchange(tip, marked->tip);
  return {{kept, "", old_tip}};
}

Verdict Run::take(const Verdict& agent) {
  if (workspace_.store().find_ref(parked_.branch) != parked_.tip) {
    return {"tampered",
            fmt::format("'{}' was moved while the agent ran", record::short_ref(parked_.branch))};
  }
  if (!agent.good()) return agent;
  const land::Resolution looked = land::look_at_resolution(workspace_, parked_, land::By::agent);
  if (const auto* unresolved = std::get_if<land::Unresolved>(&looked)) {
    return {"unresolved", unresolved->reason};
  }
  std::string tip = std::get<land::Resolved>(looked).tip;
  record_.commits = record::own_commits(workspace_, tip, {parked_.tip, parked_.ours});
  std::vector<git::RefChange> with = mark(tip);
  record_.tip = tip;
  land::take_resolution(workspace_, parked_, tip, std::move(with));
  return {};
}

// For the person whose turn it is now.
void Run::note_failure(const Verdict& verdict) {
  if (parked_.scratch.empty() || workspace_.store().find_ref(parked_.branch) != parked_.tip) {
    return;
  }
  parked_.reason +=
      fmt::format("; '{}' did not resolve it: {}", options_.agent.name, verdict.reason);
  (void)workspace_.refs().change({record::park(workspace_, parked_)});
}

Verdict Run::work(const agent::Prompt& prompt) {
  record_.worktree = land::make_scratch(workspace_, parked_, parked_.ours).string();
  const git::Guard guard(workspace_.repository());
  process::Loop::Supervised supervised = call(prompt);
  workspace_.journal().set_step(record_, "agent");
  const Verdict agent = wait_for_agent(std::move(supervised));
  fault_point("resolving agent ended");
  // Before any git command looks at what the agent left.
  const std::vector<std::string> planted = guard.changes();
  if (!planted.empty()) {
    guard.put_back(fs::path(record_.log).replace_extension("changed"));
    return {"tampered", fmt::format("'{}' was changed while the agent ran", join(planted, "', '"))};
  }
  workspace_.journal().set_step(record_, "collect");
  return take(agent);
}

std::string Run::run(const agent::Prompt& prompt) {
  journal::Journal& journal = workspace_.journal();
  record_.run = journal.begin_run("resolve");
  record_.spec = parked_.id;
  record_.agent = options_.agent.name;
  record_.profile = options_.agent.profile;
  record_.branch = parked_.branch;
  record_.base = record_.tip = parked_.tip;
  journal.begin_attempt(record_);
  Verdict verdict;
  // The border that keeps one spec's failure from the others.
  try {
    verdict = work(prompt);
  } catch (const Error& error) {
    verdict = {"failed", printable_line(error.what())};
  }
  if (verdict.good()) {
    record_.worktree.clear();
  } else {
    note_failure(verdict);
  }
  record_.exit_class = verdict.exit_class;
  record_.reason = verdict.reason;
  journal.end_attempt(record_);
  journal.end_run(record_.run);
  return verdict.reason;
}

}  // namespace

std::string resolve(record::Workspace& workspace, process::Loop& loop,
                    const config::TrustStore& trust, record::Parked parked,
                    const ResolveOptions& options) {
  const agent::Prompt prompt =
      agent::load_prompt(kResolvePrompt, workspace.repository().top_level / ".chant/prompts");
  require_usable(options.agent, prompt, trust);
  const auto claim = FileLock::try_acquire(record::claim_path(workspace.repository(), parked.id));
  if (!claim) return "another process works on it";
  return Run(workspace, loop, std::move(parked), options).run(prompt);
}

}  // namespace chant::work
