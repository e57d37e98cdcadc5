#include "cmd/health.h"

#include "git/baseline.h"
#include "git/left_locks.h"
#include "git/run.h"
#include "git/worktree.h"
#include "hook/install.h"
#include "hook/place.h"
#include "journal/journal.h"
#include "process/command.h"
#include "record/names.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSmall = 64UL * 1024;

// As git::discover, but from files alone: what git would say depends on what was planted.
git::Repository find_repository(const fs::path& directory) {
  std::error_code error;
  for (fs::path top = fs::weakly_canonical(directory, error);; top = top.parent_path()) {
    if (const auto place = hook::find_place(top)) {
      return {top, place->git_dir, fs::weakly_canonical(place->common_dir, error),
              hook::read_ref(*place, place->head_ref).value_or(""), place->head_ref};
    }
    if (top == top.root_path()) fail("not in a git repository");
  }
}

void write_text(const fs::path& path, std::string_view text) {
  AtomicFile file(path, 0644);
  file.write(text);
  file.commit();
}

class Examination {
 public:
  Examination(Context& context, Treatment treatment)
      : context_(context),
        repository_(find_repository(context.directory)),
        store_(git::make_coprocess_store(repository_)),
        fix_(treatment == Treatment::fix) {}

  Diagnosis run() {
    look_for_a_run();
    std::optional<git::Baseline> baseline = load_baseline();
    if (baseline) check_guard(baseline->guard);
    check_bare();
    check_locks();
    if (baseline) check_watch(baseline->watch);
    check_journal();
    if (trusted_) {
      check_worktrees();
      check_refs();
      check_hooks();
    } else {
      result_.notes.emplace_back(
          "worktrees, refs and hooks were not looked at: git would obey what was changed");
    }
    if (baseline && fix_ && result_.well()) git::remove_baseline(repository_);
    return std::move(result_);
  }

 private:
  Ailment& add(const char* kind, std::string what) {
    result_.ailments.push_back({kind, printable_line(what), false, ""});
    return result_.ailments.back();
  }

  // Does it, and writes down how it went.
  template <typename Step>
  void treat(Ailment& ailment, const Step& step) {
    if (!fix_) return;
    try {
      ailment.done = printable_line(step());
      ailment.fixed = true;
    } catch (const Error& error) {
      ailment.done = printable_line(error.what());
    }
  }

  const fs::path& aside() {
    if (aside_.empty()) aside_ = git::make_aside(repository_, "doctor");
    result_.aside = aside_.string();
    return aside_;
  }

  // Its landings are not told from tampering.
  void look_for_a_run() {
    const auto journal = journal::Journal::open_existing(record::journal_path(repository_));
    if (!journal) return;
    const auto runs = journal->runs();
    running_ = std::any_of(runs.begin(), runs.end(), [](const journal::Run& run) {
      return run.ended == 0 && process::is_running(static_cast<int>(run.pid));
    });
    if (!journal->note().empty()) add("journal", journal->note()).fixed = true;
  }

  std::optional<git::Baseline> load_baseline() {
    try {
      auto baseline = git::load_baseline(repository_, *store_);
      if (baseline && running_) {
        result_.notes.emplace_back("a run is going on: it looks after tampering itself");
        return std::nullopt;
      }
      return baseline;
    } catch (const Error& error) {
      Ailment& ailment =
          add("journal", fmt::format("what the last run remembered is damaged: {}", error.what()));
      treat(ailment, [&] {
        const fs::path to = aside() / "watch";
        fs::rename(repository_.chant_dir() / "watch", to);
        return "moved to '" + to.string() + "'";
      });
      return std::nullopt;
    }
  }

  void check_guard(const git::Guard& guard) {
    const std::vector<std::string> planted = guard.changes();
    if (planted.empty()) return;
    std::vector<std::string> left = planted;
    std::string done = "put back";
    if (fix_) {
      try {
        guard.put_back(aside());
      } catch (const Error& error) {
        done = error.what();
      }
      left = guard.changes();
    }
    for (const std::string& name : planted) {
      Ailment& ailment = add("tampering", fmt::format("'{}' was changed by an agent", name));
      ailment.fixed = std::find(left.begin(), left.end(), name) == left.end();
      if (fix_) ailment.done = printable_line(done);
    }
    trusted_ = left.empty();
  }

  // With it every git command in the checkout fails. Only text is looked at. Without an index there
  // is no checkout: some keep a bare repository in '.git', and all checkouts beside it.
  void check_bare() {
    if (!fs::exists(repository_.git_dir / "index")) return;
    const auto run = [&](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(),
                       {"config", "--file", (repository_.common_dir / "config").string()});
      process::Command git = git::command(repository_.top_level, std::move(arguments));
      git.env["GIT_DIR"] = "/dev/null";
      return process::run(git);
    };
    const process::Result bare = run({"--type=bool", "core.bare"});
    if (trim(bare.out) != "true" || repository_.git_dir != repository_.common_dir) return;
    Ailment& ailment = add("setting", "'git config core.bare' says that there is no checkout");
    treat(ailment, [&] {
      const process::Result set = run({"core.bare", "false"});
      if (!process::succeeded(set.outcome)) git::fail_git("git config", set);
      return std::string("set to false");
    });
    if (!ailment.fixed) trusted_ = false;
  }

  void check_locks() {
    for (const git::LeftLock& lock : git::find_left_locks(repository_)) {
      const std::string name = lock.path.lexically_relative(repository_.common_dir).string();
      Ailment& ailment = add("lock", fmt::format("the lock '{}' is left", name));
      ailment.done = lock.doubt;
      if (!lock.doubt.empty()) continue;
      treat(ailment, [&] {
        const fs::path to = aside() / "locks" / name;
        fs::create_directories(to.parent_path());
        fs::rename(lock.path, to);
        return "moved to '" + to.string() + "'";
      });
    }
  }

  [[nodiscard]] git::Watch::IsOurs ours() {
    std::vector<std::string> prefixes = {"refs/chant/", "refs/heads/spec/", "refs/heads/chant/"};
    if (trusted_) {
      try {
        const config::Config& config = context_.workspace().config();
        for (const auto mode : {config::BranchMode::direct, config::BranchMode::branch}) {
          const std::string prefix = record::branch_ref(config, mode, "");
          if (prefix != "refs/heads/") prefixes.push_back(prefix);
        }
      } catch (const Error& error) {
        result_.notes.push_back(printable_line(error.what()));
      }
    }
    return [prefixes](const std::string& ref) {
      return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
        return ref.compare(0, prefix.size(), prefix) == 0;
      });
    };
  }

  void check_watch(const git::Watch& watch) {
    const git::Watch::IsOurs is_ours = ours();
    const auto look = trusted_ ? git::Watch::Look::fully : git::Watch::Look::files;
    const std::vector<std::string> found = watch.changes(is_ours, look);
    if (found.empty()) return;
    std::vector<std::string> left = found;
    if (fix_ && trusted_) {
      git::RefWriter refs(repository_.top_level, "git chant doctor");
      for (const std::string& line : watch.put_back(refs, is_ours, aside())) {
        result_.notes.push_back(printable_line(line));
      }
      left = watch.changes(is_ours, look);
    }
    for (const std::string& line : found) {
      Ailment& ailment = add("tampering", line);
      ailment.fixed = std::find(left.begin(), left.end(), line) == left.end();
      if (ailment.fixed) ailment.done = "put back";
    }
  }

  void check_journal() {
    const fs::path path = record::journal_path(repository_);
    try {
      const auto journal = journal::Journal::open_existing(path);
      if (!journal) return;
      (void)journal->last_attempts();
      (void)journal->events("");
      if (!journal->note().empty()) add("journal", journal->note()).fixed = true;
    } catch (const Error& error) {
      add("journal", error.what());
    }
  }

  void check_worktrees();
  void forget_worktree(const fs::path& admin, const fs::path& path);
  void check_refs();
  void check_ref(const std::string& name, const std::string& value);
  void check_hooks();

  Context& context_;
  git::Repository repository_;
  std::unique_ptr<git::Store> store_;
  bool fix_;
  bool running_ = false;
  bool trusted_ = true;  // git may be run in the repository
  fs::path aside_;
  Diagnosis result_;
};

// Those whose directory is gone, and those that were never finished, for which git fails.
void Examination::check_worktrees() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(repository_.common_dir / "worktrees", error)) {
    const fs::path& admin = entry.path();
    if (fs::exists(admin / "locked", error)) continue;
    const std::string dot_git(trim(find_file(admin / "gitdir", kSmall).value_or("")));
    const bool half_made = trim(find_file(admin / "commondir", kSmall).value_or("")).empty();
    const fs::path file = (admin / dot_git).lexically_normal();
    if (!half_made && !dot_git.empty() && fs::exists(file, error)) continue;
    const fs::path path = dot_git.empty() ? admin : file.parent_path();
    const std::string gone = fmt::format("worktree '{}' is gone", path.string());
    const bool told = std::any_of(result_.ailments.begin(), result_.ailments.end(),
                                  [&](const Ailment& one) { return one.what == gone; });
    if (told) continue;
    Ailment& ailment = add(
        "worktree", half_made ? fmt::format("worktree '{}' is half-made", path.string()) : gone);
    treat(ailment, [&] {
      if (half_made && fs::is_regular_file(file, error)) {
        write_text(admin / "commondir", "../..\n");
        return std::string("made whole");
      }
      forget_worktree(admin, path);
      return std::string("its entry is removed");
    });
  }
}

// What only its HEAD named is kept.
void Examination::forget_worktree(const fs::path& admin, const fs::path& path) {
  const std::string head(trim(find_file(admin / "HEAD", kSmall).value_or("")));
  if (git::is_object_id(head) && store_->find_object(head)) {
    git::RefWriter refs(repository_.top_level, "git chant doctor");
    const std::string kept = git::free_foreign_ref(git::read_refs(repository_, *store_));
    if (const auto refused = refs.change({{kept, "", head}})) fail("{}", *refused);
    result_.notes.push_back(fmt::format("its commit is kept as {}", kept));
  }
  const FileLock lock = git::worktree_lock(repository_);
  const fs::path to = aside() / "worktrees" / admin.filename();
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  fs::copy(admin, to, fs::copy_options::recursive, error);
  if (error) fail("cannot keep it in '{}': {}", to.string(), error.message());
  (void)git::run(repository_.top_level, {"worktree", "remove", "--force", "--", path.string()});
  fs::remove_all(admin, error);  // 'git worktree prune' would take others along, not kept yet
  if (error) fail("cannot remove '{}': {}", admin.string(), error.message());
}

void Examination::check_refs() {
  const git::RefTable table = git::read_refs(repository_, *store_);
  const git::Watch::IsOurs is_ours = ours();
  for (const auto& [name, ref] : table.loose) {
    if (is_ours(name)) check_ref(name, ref.value);
  }
  for (const auto& [name, value] : table.packed) {
    if (is_ours(name) && table.loose.count(name) == 0) check_ref(name, value);
  }
}

void Examination::check_ref(const std::string& name, const std::string& value) {
  const bool readable = git::is_object_id(value);
  if (readable && store_->find_object(value)) return;
  if (value.compare(0, 4, "ref:") == 0) return;
  Ailment& ailment = add(
      "ref", readable ? fmt::format("'{}' names {}, which is not there", name, value.substr(0, 7))
                      : fmt::format("'{}' names nothing", name));
  treat(ailment, [&] {
    const fs::path to = aside() / "refs" / fs::path(name).lexically_relative("refs");
    fs::create_directories(to.parent_path());
    if (!readable) {
      fs::rename(repository_.common_dir / name, to);
    } else {
      (void)make_file(to, value + "\n", 0600);
      git::RefWriter refs(repository_.top_level, "git chant doctor");
      if (const auto refused = refs.change({{name, value, ""}})) fail("{}", *refused);
    }
    return "removed; what it was is in '" + to.string() + "'";
  });
}

// Only what was installed is missed.
void Examination::check_hooks() {
  const hook::Report report = hook::inspect(repository_);
  if (report.binary.empty() || report.complete) return;
  std::vector<hook::HookState> states = report.hooks;
  states.push_back(report.driver);
  std::vector<std::string> wrong;
  for (const hook::HookState& state : states) {
    if (state.state == "installed" || state.state == "disabled") continue;
    wrong.push_back(fmt::format(
        "the {} is {}", state.event.empty() ? "merge driver" : "hook " + state.event, state.state));
  }
  for (const std::string& remark : report.remarks) {
    if (wrong.empty()) wrong.push_back(remark);
  }
  if (wrong.empty()) return;
  Ailment& ailment = add("hook", join(wrong, ", "));
  treat(ailment, [&] {
    const hook::Request request{process::own_path().string()};
    const hook::Plan plan = hook::make_plan(repository_, hook::survey(repository_),
                                            hook::load_ledger(repository_), request);
    if (!plan.question.empty()) fail("{}: git chant hooks install", plan.question);
    for (const std::string& line : hook::install(repository_, plan, request, true)) {
      result_.notes.push_back(printable_line(line));
    }
    return std::string("installed again");
  });
}

}  // namespace

bool Diagnosis::well() const {
  return std::all_of(ailments.begin(), ailments.end(),
                     [](const Ailment& one) { return one.fixed; });
}

Diagnosis examine(Context& context, Treatment treatment) {
  return Examination(context, treatment).run();
}

}  // namespace chant::cmd
