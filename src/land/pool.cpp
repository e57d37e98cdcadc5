#include "land/pool.h"

#include "git/run.h"
#include "git/worktree.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <sys/statvfs.h>

namespace chant::land {
namespace {

namespace fs = std::filesystem;

constexpr int kMostSlots = 1024;
constexpr std::size_t kSmall = 64UL * 1024;
constexpr std::uintmax_t kNearlyNothing = 32UL * 1024 * 1024;

std::string name_of(int number) { return fmt::format("chant-gate-{}", number); }

std::string small_file(const fs::path& path) {
  try {
    return find_file(path, kSmall).value_or("");
  } catch (const Error&) {
    return "";
  }
}

std::string identity_of(const fs::path& directory, const fs::path& git_dir) {
  std::string identity = small_file(directory / ".git");
  for (const char* name : {"gitdir", "commondir", "config.worktree"}) {
    identity += '\0' + small_file(git_dir / name);
  }
  return identity;
}

fs::path resolved(const fs::path& from, const std::string& text) {
  std::error_code ignored;
  return fs::weakly_canonical(from / std::string(trim(text)), ignored);
}

// Never searches upwards: the worktree may stand inside another repository.
process::Command git_in(const Slot& slot, std::vector<std::string> arguments) {
  process::Command command = git::command(slot.directory, std::move(arguments));
  command.env["GIT_DIR"] = slot.git_dir.string();
  command.env["GIT_WORK_TREE"] = slot.directory.string();
  return command;
}

// With its time, so that git still sees which files are as new as the index.
void copy_index(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const auto time = fs::last_write_time(from, error);
  if (!error) fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  if (!error) fs::last_write_time(to, time, error);
  if (error) fs::remove(to, error);
}

bool is_disk_full(const fs::path& directory) {
  struct statvfs info {};
  if (::statvfs(directory.c_str(), &info) != 0) return false;
  return std::uintmax_t{info.f_bavail} * info.f_frsize < kNearlyNothing;
}

}  // namespace

fs::path Pool::note_path(int number) const {
  return workspace_.repository().chant_dir() / "gates" / std::to_string(number);
}

// A note that says something else must not make us touch what is not ours.
bool Pool::is_ours(const fs::path& directory, int number) const {
  const std::string name = directory.filename().string();
  const std::string ours = name_of(number);
  return directory.is_absolute() &&
         (name == ours || name.compare(0, ours.size() + 1, ours + "-") == 0);
}

Slot Pool::take(const std::string& commit) {
  for (int number = 1; number <= kMostSlots; ++number) {
    const fs::path path =
        workspace_.repository().chant_dir() / "locks" / fmt::format("gate-{}.lock", number);
    std::optional<FileLock> lock = FileLock::try_acquire(path);
    if (!lock) continue;
    Slot slot{number, {}, {}, {}, std::move(*lock)};
    if (!find(slot)) {
      remake(slot, commit);
    } else if (is_locked(std::string(trim(small_file(slot.git_dir / "chant/log"))))) {
      continue;  // the gate of a process that was killed is being ended
    }
    return slot;
  }
  fail("all {} worktrees for gates are in use", kMostSlots);
}

bool Pool::find(Slot& slot) const {
  slot.directory = trim(small_file(note_path(slot.number)));
  if (!is_ours(slot.directory, slot.number)) {
    slot.directory.clear();
    return false;
  }
  try {
    slot.git_dir = git::git_directory_of(slot.directory);
  } catch (const Error&) {
    return false;
  }
  std::error_code ignored;
  const fs::path common = fs::canonical(workspace_.repository().common_dir, ignored);
  const std::string gitdir = small_file(slot.git_dir / "gitdir");
  if (resolved(slot.git_dir, small_file(slot.git_dir / "commondir")) != common ||
      resolved(slot.git_dir, gitdir) != fs::canonical(slot.directory, ignored) / ".git") {
    slot.git_dir.clear();
    return false;
  }
  slot.identity = identity_of(slot.directory, slot.git_dir);
  return true;
}

bool Pool::is_sound(const Slot& slot) const {
  std::error_code ignored;
  return fs::is_directory(fs::symlink_status(slot.directory, ignored)) &&
         identity_of(slot.directory, slot.git_dir) == slot.identity;
}

void Pool::remake(Slot& slot, const std::string& commit) {
  const FileLock lock = git::worktree_lock(workspace_.repository());
  remove(slot);
  make(slot, commit);
}

void Pool::remove(Slot& slot) const {
  std::error_code ignored;
  const fs::path directory =
      slot.directory.empty()
          ? fs::path{}
          : fs::weakly_canonical(slot.directory.parent_path(), ignored) / slot.directory.filename();
  if (!slot.directory.empty()) fs::remove_all(slot.directory, ignored);
  // What git keeps of it.
  for (const auto& entry :
       fs::directory_iterator(workspace_.repository().common_dir / "worktrees", ignored)) {
    const fs::path of = resolved(entry.path(), small_file(entry.path() / "gitdir")).parent_path();
    if (entry.path() == slot.git_dir || (!directory.empty() && of == directory)) {
      std::error_code error;
      fs::remove_all(entry.path(), error);
    }
  }
  slot.git_dir.clear();
}

void Pool::make(Slot& slot, const std::string& commit) const {
  const git::Repository& repository = workspace_.repository();
  slot.directory =
      git::make_worktree_directory(workspace_.config().worktree_root, name_of(slot.number));
  make_private_directories(note_path(slot.number).parent_path());
  AtomicFile note(note_path(slot.number));
  note.write(slot.directory.string() + "\n");
  note.commit();
  fault_point("the place of a gate's worktree noted");
  const process::Result added =
      git::run(repository.top_level, {"worktree", "add", "--quiet", "--no-checkout", "--detach",
                                      "--", slot.directory.string(), commit});
  if (!process::succeeded(added.outcome)) {
    std::error_code ignored;
    fs::remove_all(slot.directory, ignored);
    git::fail_git("git worktree add", added);
  }
  fault_point("a gate's worktree made");
  slot.git_dir = git::git_directory_of(slot.directory);
  slot.identity = identity_of(slot.directory, slot.git_dir);
}

std::vector<process::Command> Pool::prepare(const Slot& slot, const std::string& commit) const {
  std::error_code ignored;
  for (const char* name : {"index.lock", "HEAD.lock"}) fs::remove(slot.git_dir / name, ignored);
  const fs::path kept = slot.git_dir / "chant/index";
  if (fs::exists(kept, ignored)) copy_index(kept, slot.git_dir / "index");
  return {git_in(slot, {"-c", "submodule.recurse=false", "checkout", "--quiet", "--force",
                        "--detach", commit, "--"}),
          git_in(slot, {"clean", "-ffdq"})};
}

void Pool::note_run(const Slot& slot, const fs::path& log) const {
  make_private_directories(slot.git_dir / "chant");
  copy_index(slot.git_dir / "index", slot.git_dir / "chant/index");
  AtomicFile note(slot.git_dir / "chant/log");
  note.write(log.string() + "\n");
  note.commit();
}

process::Command Pool::clean(const Slot& slot) const {
  return git_in(slot, {"clean", is_disk_full(slot.directory) ? "-ffdxq" : "-ffdq"});
}

}  // namespace chant::land
