// The second half of an attempt: from what the agent left to the release of the claim.
#include "git/run.h"
#include "git/tree.h"
#include "record/keep.h"
#include "record/mark.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/target.h"
#include "util/error.h"
#include "util/file.h"
#include "util/random.h"
#include "util/text.h"
#include "util/time.h"
#include "work/attempt.h"
#include "work/log_end.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace chant::work {

namespace fs = std::filesystem;
using Kind = sched::EndedSpec::Kind;

namespace {

// True for a file that our own output goes to: it grows while the agent works.
bool is_our_output(const struct stat& info) {
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat output {};
    if (fstat(fd, &output) != 0) continue;
    if (output.st_dev == info.st_dev && output.st_ino == info.st_ino) return true;
  }
  return false;
}

}  // namespace

// Calls `next` with the git status of the place the agent works in.
void Attempt::look(std::function<void(const git::Status&)> next) {
  scene_.loop.start(git::status_command(directory()), "",
                    [this, next = std::move(next)](const process::Result& result) {
                      guard([&] {
                        if (!process::succeeded(result.outcome)) {
                          git::fail_git("git status", result);
                        }
                        next(git::parse_status(result.out));
                      });
                    });
}

// What is uncommitted now, each with its size and time, so that what was there before the agent is
// told from what the agent did.
std::vector<std::string> Attempt::new_paths(const git::Status& status) const {
  std::vector<std::string> paths;
  const std::set<std::string_view> before(files_before_.begin(), files_before_.end());
  for (const git::StatusEntry& entry : status.entries) {
    struct stat info {};
    (void)lstat((directory() / entry.path).c_str(), &info);
    if (is_our_output(info)) continue;
    const std::string mark =
        entry.path + '\0' +
        fmt::format("{} {}.{}", info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    if (!before.contains(mark)) paths.push_back(mark);
  }
  return paths;
}

// A script only does; ticking the boxes and committing is done for it. A script that changed
// nothing gets no commit: it must not look as if it had done something.
void Attempt::commit_script_work(const git::Status& status) {
  std::vector<std::string> paths = new_paths(status);
  for (std::string& path : paths) path = path.substr(0, path.find('\0'));
  if (paths.empty() && status.head == record_.base) return collect();
  const std::string path = record::spec_path(task_.id);
  const spec::Spec now =
      spec::parse_spec(task_.id, load_file(directory() / path, spec::kMaxSpecBytes), path);
  if (now.unticked() > 0) {
    AtomicFile file(directory() / path);
    file.write(spec::with_all_ticked(now));
    file.commit();
    paths.push_back(path);
  }
  if (paths.empty()) return collect();
  commit_paths(paths, printable_line(spec_.title));
  collect();
}

// In the place where the agent works.
void Attempt::commit_paths(const std::vector<std::string>& paths, const std::string& subject) {
  const std::string list = join(paths, std::string(1, '\0')) + '\0';
  git::output(
      directory(),
      {"--literal-pathspecs", "add", "--all", "--pathspec-from-file=-", "--pathspec-file-nul"},
      list);
  const std::string title = fmt::format("chant({}): {}\n", task_.id, subject);
  const std::string message = record::marked_message(title, mark());
  git::output(directory(),
              {"--literal-pathspecs", "commit", "--quiet", "--only", "--cleanup=verbatim",
               "--no-verify", "-m", message, "--pathspec-from-file=-", "--pathspec-file-nul"},
              list);
}

void Attempt::collect() {
  workspace().journal().set_step(record_, "collect");
  look([this](const git::Status& status) { conclude(status); });
}

void Attempt::conclude(const git::Status& status) {
  Evidence evidence{task_.id, record_.branch, record_.base, "", status, new_paths(status), {}};
  if (spec_.source) evidence.list = spec_.source->list;
  if (report_.guessed) evidence.excuse = {"rate_limited", printable_line(report_.error)};
  for (std::string& path : evidence.leftovers) path = path.substr(0, path.find('\0'));
  if (scene_.place == Place::worktree) {
    evidence.target_tip = workspace().store().find_ref(scene_.target).value_or("");
  }
  const bool save = workspace().config().commit_leftovers && !evidence.leftovers.empty() &&
                    agent_verdict_.good() && !worktree_.empty() && !saved_leftovers_ && !checked_;
  if (save) {
    saved_leftovers_ = true;
    commit_paths(evidence.leftovers, "commit what the agent left");
    return collect();
  }
  // What a check leaves is not the agent's.
  if (checked_) evidence.leftovers.clear();
  for (const RunCriterion& criterion : run_criteria(spec_)) {
    if (!checked_) evidence.checked_later.push_back(criterion.command);
  }
  const Judgement judgement = judge(workspace(), evidence, agent_verdict_);
  record_.tip = judgement.tip;
  record_.commits = judgement.commits;
  if (!judgement.verdict.good()) return fail_attempt(judgement, evidence.leftovers);
  if (!checked_) return check(judgement);
  seal(judgement);
}

record::Mark Attempt::mark() const { return {task_.id, record::run_name(record_), record_.model}; }

// Agents commit with hooks off, or without ours: their commits get the trailers now. The tip that
// they made is kept; the refs move with the seal.
std::vector<git::RefChange> Attempt::mark_commits(Judgement& judgement) {
  if (scene_.place != Place::worktree || judgement.commits.empty() ||
      judgement.commits.back() != judgement.tip) {
    return {};
  }
  std::vector<std::string> outside = {record_.base};
  if (const auto target = workspace().store().find_ref(scene_.target)) outside.push_back(*target);
  const auto marked = record::mark_commits(workspace(), judgement.commits, outside, mark());
  if (!marked) return {};
  const std::string kept = record::free_kept_ref(workspace(), task_.id, record_.number);
  const std::string old_tip = judgement.tip;
  judgement.tip = marked->tip;
  judgement.commits = marked->commits;
  record_.commits = marked->commits;
  return {{kept, "", old_tip}};
}

void Attempt::seal(Judgement judgement) {
  workspace().journal().set_step(record_, "seal");
  const std::string agents_tip = judgement.tip;
  std::vector<git::RefChange> changes = mark_commits(judgement);
  record::Result result{judgement.commits, rfc3339(now_ms() / 1000), record_.model, ""};
  if (scene_.mode == config::BranchMode::branch && scene_.place == Place::worktree) {
    result.branch = record::short_ref(record_.branch);
  }
  sealed_tip_ = record::make_seal(workspace(), task_.id, judgement.tip, result);
  record_.tip = sealed_tip_;
  const git::RefChange pin{record::kept_ref(task_.id, "tip"), "*", sealed_tip_};
  if (scene_.place == Place::worktree) {
    changes.push_back({record_.branch, agents_tip, sealed_tip_});
    changes.push_back(pin);
    const auto refused = workspace().refs().change(changes);
    if (refused) fail("cannot seal '{}': {}", record::short_ref(record_.branch), *refused);
    return remove_worktree([this] { land(); });
  }
  const auto outcome = record::advance(workspace(), task_.id,
                                       {record_.branch,
                                        judgement.tip,
                                        sealed_tip_,
                                        record::checkouts_of(workspace(), record_.branch),
                                        {pin},
                                        {}});
  if (const auto* obstacle = std::get_if<git::InTheWay>(&outcome)) {
    fail("uncommitted changes in '{}' are in the way", join(obstacle->paths, "', '"));
  }
  if (const auto* moved = std::get_if<git::Moved>(&outcome)) fail("{}", moved->reason);
  const std::string last = judgement.commits.back().substr(0, 7);
  end({task_.id, Kind::completed, last, "ok", "", ""}, sched::Ending::done);
}

void Attempt::remove_worktree(std::function<void()> next) {
  if (worktree_.empty()) return next();
  scene_.lane.enter([this, next = std::move(next)] {
    auto lock = std::make_shared<FileLock>(git::worktree_lock(workspace().repository()));
    const process::Command command = git::remove_command(workspace().repository(), worktree_);
    scene_.loop.start(command, "", [this, next, lock](const process::Result& result) mutable {
      lock.reset();
      scene_.lane.leave();
      if (!process::succeeded(result.outcome)) {
        scene_.events.note(
            task_.id, fmt::format("the worktree '{}' could not be removed: {}", worktree_.string(),
                                  printable_line(trim(result.err))));
      } else {
        worktree_.clear();
        record_.worktree.clear();
      }
      guard(next);
    });
  });
}

void Attempt::fail_attempt(const Judgement& judgement, const std::vector<std::string>& leftovers) {
  const Verdict& verdict = judgement.verdict;
  const auto next = try_again(verdict);
  sched::EndedSpec ended{task_.id, Kind::failed, "", verdict.exit_class, verdict.reason, ""};
  if (record::needs_person(verdict.exit_class)) ended.kind = Kind::attention;
  ended.next = "git chant log " + task_.id;
  bool keep_worktree = false;
  if (!worktree_.empty() && hostile_) {
    keep_worktree = true;
  } else if (!worktree_.empty()) {
    if (const auto kept =
            record::keep_leftovers(workspace(), task_.id, worktree_, record_.number)) {
      scene_.events.note(task_.id, fmt::format("uncommitted work is kept as {}", *kept));
      keep_worktree = true;
    }
    if (!git::repositories_within(worktree_).empty()) keep_worktree = true;
    const bool interrupted = verdict.exit_class == "killed" && scene_.stopping;
    if (interrupted && !judgement.commits.empty()) keep_worktree = true;
    if (verdict.exit_class == "tampered") keep_worktree = true;
    if (interrupted) {
      ended.next = "git chant work " +
                   (spec_.source ? "--feature " + shell_quoted(spec_.source->list) : task_.id);
    }
  } else if (!leftovers.empty()) {
    scene_.events.note(task_.id, fmt::format("{} changed in your checkout and not committed",
                                             counted(leftovers.size(), "file")));
  }
  if (next) {
    note_account(*next, verdict.reason);
    if (next->again) return end_to_try_again(*next, verdict);
  }
  const auto finish = [this, ended] { end(ended, sched::Ending::failed); };
  if (keep_worktree) {
    scene_.events.note(task_.id, fmt::format("the worktree '{}' is kept", worktree_.string()));
    return finish();
  }
  remove_worktree([this, finish] {
    // A branch without a commit of its own says nothing: the next attempt makes it again.
    const auto tip = workspace().store().find_ref(record_.branch);
    if (scene_.place == Place::worktree && tip == record_.base && worktree_.empty()) {
      (void)workspace().refs().change({{record_.branch, record_.base, ""}});
    }
    finish();
  });
}

// What follows, in a run that may try again.
std::optional<sched::Next> Attempt::try_again(const Verdict& verdict) {
  if (!scene_.parallel || scene_.stopping || hostile_ || verdict.exit_class == "tampered") {
    return std::nullopt;
  }
  sched::Tried tried;
  tried.spec = task_.id;
  tried.agent = agent_.name;
  tried.exit_class = verdict.exit_class;
  tried.is_repeatable = agent_.profile != "script";
  tried.is_missing = verdict.exit_class == "setup" && !start_error_.empty();
  tried.is_guessed = report_.guessed;
  if (report_.retry_at) tried.retry_at = *report_.retry_at * 1000;
  const int retries = agent_.retries.value_or(workspace().config().retries);
  return scene_.retries.after(tried, retries, now_ms(), random_fraction());
}

void Attempt::note_account(const sched::Next& next, const std::string& reason) {
  if (next.account == sched::Finished::Account::none) return;
  end_.finished.account = next.account;
  end_.finished.closed_until = next.closed_until;
  end_.finished.reason = printable_line(reason);
  if (next.account == sched::Finished::Account::limited) {
    workspace().journal().set_account({agent_.name, next.closed_until, end_.finished.reason});
  }
}

// A session whose agent came to an end of its own, and a bad one, is better begun anew.
std::string Attempt::kept_session(const std::string& exit_class) const {
  const bool cut_short = record::is_of_account(exit_class) || exit_class == "timeout" ||
                         exit_class == "stalled" || exit_class == "killed";
  return cut_short ? record_.session : "";
}

// The worktree stays for the next attempt, and what is in it is kept besides.
void Attempt::end_to_try_again(const sched::Next& next, const Verdict& verdict) {
  auto rest = std::make_unique<Continuation>(Continuation{std::move(claim_.value()),
                                                          std::move(ports_),
                                                          record_.branch,
                                                          record_.base,
                                                          {},
                                                          agent_.name,
                                                          kept_session(verdict.exit_class),
                                                          verdict.exit_class,
                                                          log_end_,
                                                          files_before_});
  if (!verdict.reason.empty()) rest->reason += ": " + verdict.reason;
  if (rest->log_end.empty()) rest->log_end = log_end(record_);
  const bool was_set_up = record_.step != "worktree" && record_.step != "setup";
  if (was_set_up) rest->worktree = worktree_;
  sched::RetriedSpec retried{task_.id, agent_.name, verdict.exit_class, verdict.reason,
                             end_.finished.closed_until};
  end_.finished.again = next.again;
  end_.continuation = std::move(rest);
  const auto finish = [this, retried, verdict] {
    over_ = true;
    record_.exit_class = verdict.exit_class;
    record_.reason = verdict.reason;
    workspace().journal().end_attempt(record_);
    scene_.events.retrying(retried);
    report_end();
  };
  if (was_set_up) return finish();
  remove_worktree(finish);
}

void Attempt::report_end() {
  if (record_.input_tokens >= 0 || record_.output_tokens >= 0) {
    end_.tokens = std::max<std::int64_t>(record_.input_tokens, 0) +
                  std::max<std::int64_t>(record_.output_tokens, 0);
  }
  end_.cost_micros = record_.cost_micros;
  idle_.reset();
  scratch_.reset();
  done_(std::move(end_));
}

void Attempt::end_unstarted(const std::string& reason, sched::Ending ending) {
  over_ = true;
  claim_.reset();
  sched::EndedSpec ended{task_.id, Kind::skipped, "", "", reason, ""};
  if (ending == sched::Ending::done) ended.exit_class = "ok";
  if (ending == sched::Ending::failed) {
    ended.kind = Kind::failed;
    ended.exit_class = "setup";
  }
  scene_.events.ended(ended);
  end_.finished.ending = ending;
  end_.ended = std::move(ended);
  report_end();
}

void Attempt::end(sched::EndedSpec ended, sched::Ending ending) {
  over_ = true;
  if (in_gate_lane_) scene_.gate_lane.leave();
  in_gate_lane_ = false;
  record_.exit_class = ended.exit_class;
  record_.reason = ended.reason;
  workspace().journal().end_attempt(record_);
  claim_.reset();
  ports_.reset();
  scene_.events.ended(ended);
  if (agent_verdict_.good() && end_.finished.account == sched::Finished::Account::none && reader_) {
    end_.finished.account = sched::Finished::Account::well;
    scene_.retries.succeeded(agent_.name);
    if (ended.exit_class == "ok") end_.seat = Seat{agent_.name, report_.session, place_};
  }
  end_.finished.ending = ending;
  end_.ended = std::move(ended);
  report_end();
}

}  // namespace chant::work
