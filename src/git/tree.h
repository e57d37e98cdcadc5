// Trees and commits on top of a Store: the file at a path, what differs, a new commit.
#pragma once

#include "git/entries.h"
#include "git/repository.h"
#include "git/store.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chant::git {

struct Commit {
  std::string tree;
  std::vector<std::string> parents;
  std::string author, committer;  // whole header values
  std::int64_t committed = 0;     // seconds since the epoch
  std::string encoding;           // of the message, "" = UTF-8
  std::string message;
};

// Throws Error when the object is absent or of another type.
[[nodiscard]] Commit load_commit(Store& store, const std::string& oid);

// The entry at `path` in the tree of a commit, or std::nullopt.
[[nodiscard]] std::optional<TreeEntry> find_entry(Store& store, const std::string& commit,
                                                  const std::string& path);
// As find_entry, for a tree.
[[nodiscard]] std::optional<TreeEntry> find_entry_in(Store& store, const std::string& tree,
                                                     const std::string& path);
// The content of the blob at `path`, or std::nullopt when absent or not a blob.
[[nodiscard]] std::optional<std::string> find_blob(Store& store, const std::string& commit,
                                                   const std::string& path);

// Paths that differ between the trees of two commits, below `directory` ("" = everywhere).
[[nodiscard]] std::vector<std::string> changed_paths(Store& store, const std::string& from,
                                                     const std::string& to,
                                                     const std::string& directory);

// What differs between two trees.
struct ChangedPath {
  std::string path;
  bool is_new = false, is_gone = false;
};
[[nodiscard]] std::vector<ChangedPath> changes_between(Store& store, const std::string& from,
                                                       const std::string& to);

// Paths that differ between two trees, apart from what is named `without` at their top.
[[nodiscard]] std::vector<std::string> changed_trees(Store& store, const std::string& from,
                                                     const std::string& to,
                                                     const std::string& without);

// The tree of `commit` with these files set to these blobs. A new file gets mode 100644. Throws
// Error when a parent of a path is not a directory. Returns the tree's id.
[[nodiscard]] std::string tree_with_files(Store& store, const std::string& commit,
                                          const std::map<std::string, std::string>& files);
// As tree_with_files, for a tree.
[[nodiscard]] std::string tree_with_files_in(Store& store, std::string tree,
                                             const std::map<std::string, std::string>& files);

// `tree` without the file at `path`, and without the directories that have nothing else.
[[nodiscard]] std::string tree_without(Store& store, const std::string& tree,
                                       const std::string& path);

// What a new commit is made of.
struct NewCommit {
  std::string tree;
  std::vector<std::string> parents;
  std::string message;
  std::string author = {};    // whole header value, "" = the identity's, dated `when`
  std::int64_t when = 0;      // seconds since the epoch, 0 = now
  std::string encoding = {};  // of author and message, "" = UTF-8
};

// A new commit, signed when the user signs commits. Returns its id; moves no ref.
[[nodiscard]] std::string make_commit(Store& store, const Repository& repository,
                                      const Identity& identity, const NewCommit& commit);
// The same, dated now.
[[nodiscard]] std::string make_commit(Store& store, const Repository& repository,
                                      const Identity& identity, const std::string& tree,
                                      const std::vector<std::string>& parents,
                                      const std::string& message);

// Brings to the disk what commits between `from` and `to` consist of, as far as it is in files of
// its own: git writes objects without waiting.
void make_durable(Store& store, const Repository& repository, const std::string& from,
                  const std::string& to);

}  // namespace chant::git
