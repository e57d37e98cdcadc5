#include "land/passing.h"

#include "git/worktree.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/file.h"
#include "util/random.h"

#include <exception>

namespace chant::land {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSmall = 64UL * 1024;

fs::path notes_directory(const git::Repository& repository) {
  return repository.chant_dir() / "passing";
}

void remove_worktree(const git::Repository& repository, const fs::path& directory) {
  const FileLock lock = git::worktree_lock(repository);
  const process::Result result = process::run(git::remove_command(repository, directory));
  std::error_code ignored;
  // It was not registered yet, then it is an empty directory.
  if (!process::succeeded(result.outcome)) fs::remove(directory, ignored);
}

}  // namespace

PassingWorktree::PassingWorktree(record::Workspace& workspace, const std::string& name,
                                 const std::string& commit)
    : workspace_(workspace) {
  clear_passing_worktrees(workspace);
  note_ = notes_directory(workspace.repository()) / random_base36(12);
  lock_ = FileLock::acquire(note_);
  try {
    make(name, commit);
  } catch (const Error&) {
    remove();
    throw;
  }
}

PassingWorktree::~PassingWorktree() {
  try {
    remove();
  } catch (const std::exception&) {
    // The note stays, and with it the duty for whoever comes next.
  }
}

void PassingWorktree::make(const std::string& name, const std::string& commit) {
  const git::Repository& repository = workspace_.repository();
  const FileLock lock = git::worktree_lock(repository);
  directory_ = git::make_worktree_directory(workspace_.config().worktree_root, name);
  AtomicFile note(note_.string() + ".path");
  note.write(directory_.string());
  note.commit();
  fault_point("passing worktree noted");
  git::add_detached_worktree(repository, directory_, commit);
  git::mark_passing(directory_);
  fault_point("passing worktree made");
}

void PassingWorktree::remove() {
  if (!directory_.empty()) remove_worktree(workspace_.repository(), directory_);
  fault_point("passing worktree removed");
  fs::remove(note_.string() + ".path");
  fs::remove(note_);
  lock_.reset();
}

void clear_passing_worktrees(record::Workspace& workspace) {
  const git::Repository& repository = workspace.repository();
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(notes_directory(repository), ignored)) {
    const fs::path& note = entry.path();
    if (note.has_extension()) continue;
    const auto lock = FileLock::try_acquire(note);
    if (!lock) continue;
    const fs::path path_file = note.string() + ".path";
    const auto path = find_file(path_file, kSmall);
    if (path) remove_worktree(repository, *path);
    fs::remove(path_file, ignored);
    fs::remove(note, ignored);
  }
}

}  // namespace chant::land
