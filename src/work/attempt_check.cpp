// The commands that decide about an attempt after its agent: `run:` criteria and the checks.
#include "git/run.h"
#include "git/tree.h"
#include "record/names.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"
#include "work/attempt.h"

#include <fmt/format.h>

namespace chant::work {
namespace {

// True when a file is not what is committed; in a checkout it may be the user who edits it.
bool is_edited(const std::filesystem::path& checkout, const std::string& path) {
  const process::Result diff = git::run(
      checkout, {"--literal-pathspecs", "diff", "--quiet", "--no-ext-diff", "HEAD", "--", path});
  return !process::succeeded(diff.outcome);
}

}  // namespace

// What is run is what stood in the spec when the work began, whatever the agent made of it.
void Attempt::check(Judgement judgement) {
  checks_ = std::make_unique<Checks>();
  checks_->judgement = std::move(judgement);
  checks_->criteria = run_criteria(spec_);
  for (std::size_t i = 0; i < checks_->criteria.size(); ++i) {
    const RunCriterion& criterion = checks_->criteria[i];
    checks_->steps.push_back(
        {criterion.command, fmt::format("criterion '{}'", printable_line(criterion.text)), i, ""});
  }
  if (!spec_.check.empty()) checks_->steps.push_back({spec_.check, "the spec's check", {}, ""});
  const std::string& line = workspace().config().check.line;
  if (!line.empty()) checks_->steps.push_back({line, "check", {}, ""});
  if (checks_->steps.empty()) {
    checked_ = true;
    return seal(checks_->judgement);
  }
  workspace().journal().set_step(record_, "check");
  next_check();
}

void Attempt::next_check() {
  if (checks_->next == checks_->steps.size()) return checks_done();
  if (scene_.stopping) return end_checks();
  Checks::Step& step = checks_->steps[checks_->next];
  scene_.events.note(task_.id, fmt::format("runs {}", step.what));
  ShellRun run = shell_run(step.line, fmt::format("check-{}", checks_->next + 1),
                           workspace().config().check_timeout);
  step.log = run.log.string();
  running_ = run_shell(scene_.loop, std::move(run), [this](const ShellEnd& end) {
    running_.reset();
    guard([&] { check_ended(end); });
  });
  hostile_ = true;
}

void Attempt::end_checks() {
  checks_->judgement.verdict = {"killed", "interrupted during the checks"};
  fail_attempt(checks_->judgement, {});
}

void Attempt::check_ended(const ShellEnd& end) {
  if (auto tampered = tampering("the checks")) return fail_attempt(*tampered, {});
  const Checks::Step& step = checks_->steps[checks_->next++];
  if (end.stopped) return end_checks();
  if (step.criterion) checks_->passed[*step.criterion] = end.good;
  if (!end.good && checks_->verdict.good()) {
    show_end(end);
    checks_->verdict = {"check", fmt::format("{}: {} (log {})", step.what, end.why, step.log)};
    log_end_ = end.log_end;
  }
  next_check();
}

// The boxes say what the commands said.
bool Attempt::put_boxes() {
  if (checks_->criteria.empty()) return false;
  const std::string path = record::spec_path(task_.id);
  // As it is committed: what a check has done to the file does not count.
  auto text = git::find_blob(workspace().store(), checks_->judgement.tip, path);
  const spec::Spec now = spec::parse_spec(task_.id, std::move(text.value()), path);
  const auto places = places_in(now, checks_->criteria);
  if (!places) {
    checks_->verdict = {"tampered", "the agent changed how a criterion is checked"};
    return false;
  }
  std::map<std::size_t, bool> boxes;
  for (const auto& [criterion, passed] : checks_->passed) {
    const std::size_t place = places->at(criterion);
    if (now.criteria.at(place).ticked != passed) boxes[place] = passed;
  }
  if (boxes.empty()) return false;
  if (worktree_.empty() && is_edited(directory(), path)) {
    const std::string words = fmt::format("'{}' was changed while the checks ran", path);
    if (checks_->verdict.good()) checks_->verdict = {"leftovers", words};
    return false;
  }
  AtomicFile file(directory() / path);
  file.write(with_boxes(now, boxes));
  file.commit();
  commit_paths({path}, "tick what was checked");
  return true;
}

void Attempt::checks_done() {
  checked_ = true;
  const bool moved = put_boxes();
  if (!checks_->verdict.good()) {
    // The branch is where our commit has left it.
    return look([this](const git::Status& status) {
      checks_->judgement.tip = status.head;
      checks_->judgement.verdict = checks_->verdict;
      record_.tip = status.head;
      fail_attempt(checks_->judgement, {});
    });
  }
  if (moved) return collect();
  seal(checks_->judgement);
}

}  // namespace chant::work
