// Worktrees: what is checked out where, making one and taking it away.
//
// Adding and removing worktrees changes files that all worktrees share, and git does not lock
// them: the caller holds the repository's lock (worktree_lock) around add_worktree and around
// the command of remove_command. A worktree is made in a directory that we created ourselves,
// 0700, never through a link and never over something that is there.
#pragma once

#include "git/repository.h"
#include "process/command.h"
#include "util/lock.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace chant::git {

struct Worktree {
  std::filesystem::path path;
  std::string head;    // object id
  std::string branch;  // full ref, "" when detached
  bool prunable = false;
};

// All worktrees of the repository, the main one first.
[[nodiscard]] std::vector<Worktree> list_worktrees(const Repository& repository);

// Serialises changes to what all worktrees share. Waits.
[[nodiscard]] FileLock worktree_lock(const Repository& repository);
// Without waiting: std::nullopt when worktrees are being changed.
[[nodiscard]] std::optional<FileLock> try_worktree_lock(const Repository& repository);

// A new directory <root>/<name>, or <root>/<name>-2 and so on when there is something already.
// Makes the root when absent. Throws Error.
[[nodiscard]] std::filesystem::path make_worktree_directory(const std::filesystem::path& root,
                                                            const std::string& name);

// Who works in a worktree: a run of ours, which may take it away after saving what is in it; a
// person, from whom nothing is taken; or whoever resolves a conflict, in a scratch worktree of
// ours.
enum class Owner { run, person, scratch };

// Which spec a linked worktree is for, and whose it is: kept in its git directory.
struct Marking {
  std::filesystem::path worktree;
  std::string spec;
  Owner owner = Owner::run;
};
void mark_worktree(const std::filesystem::path& worktree, const std::string& spec, Owner owner);
// It is nobody's any more, on no branch, and its files stay as they are.
void let_go_of_worktree(const std::filesystem::path& worktree);
// A worktree of ours that is gone in a moment, for no spec; not among the marked ones.
void mark_passing(const std::filesystem::path& worktree);
// All worktrees that are marked; reads files only. Those whose directory is gone are left out.
[[nodiscard]] std::vector<Marking> marked_worktrees(const Repository& repository);

// The git directory of a checkout, by its `.git`. Throws Error when it has none.
[[nodiscard]] std::filesystem::path git_directory_of(const std::filesystem::path& worktree);

// Registers `directory` (empty, from make_worktree_directory) as a worktree for the existing
// branch `refs/heads/<branch>`, with no files yet, and marks it as the worktree of `spec`.
// On failure the directory is gone again. Throws Error.
void add_worktree(const Repository& repository, const std::filesystem::path& directory,
                  const std::string& branch, const std::string& spec);

// As add_worktree, with HEAD detached at a commit, and not marked.
void add_detached_worktree(const Repository& repository, const std::filesystem::path& directory,
                           const std::string& commit);

// The command that fills it with files; may run without the lock.
[[nodiscard]] process::Command populate_command(const std::filesystem::path& worktree);

// The command that removes a worktree with everything in it; the caller has made sure that
// nothing is lost.
[[nodiscard]] process::Command remove_command(const Repository& repository,
                                              const std::filesystem::path& worktree);

// Repairs what a killed `git worktree add` leaves: half-made entries that make every other git
// command fail. Takes the lock itself.
void heal_worktrees(const Repository& repository);

// What `git status` says of a checkout.
struct StatusEntry {
  std::string code;  // "1 .M", "?" …: the first field(s) of porcelain v2
  std::string path;
};
struct Status {
  std::string head;    // object id, "" when there is no commit
  std::string branch;  // full ref, "" when detached
  std::vector<StatusEntry> entries;
};
[[nodiscard]] process::Command status_command(const std::filesystem::path& checkout);
[[nodiscard]] Status parse_status(const std::string& output);

// Repositories of their own inside of a worktree that are no submodules: nothing but the worktree
// has their files. Paths in it.
[[nodiscard]] std::vector<std::string> repositories_within(const std::filesystem::path& worktree);

// Everything that `git status` shows as changed in `worktree`, but for repositories of their own,
// as a commit on top of its HEAD that no ref names yet; std::nullopt when there is nothing. The
// worktree and its index stay.
[[nodiscard]] std::optional<std::string> commit_of_leftovers(const std::filesystem::path& worktree,
                                                             const std::string& message);

}  // namespace chant::git
