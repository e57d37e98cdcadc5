// A watch over what every worktree can change in a repository although it belongs to others: refs,
// other worktrees, the main checkout. The guard (guard.h) is about what makes git run programs, and
// is asked first: a git process that this starts obeys what the repository says.
#pragma once

#include "git/ref_files.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/store.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace chant::git {

// Where the refs, the worktrees and the main checkout of a repository are: what an agent must leave
// alone although git lets every worktree change it.
class Watch {
 public:
  // Which changes are not foreign: refs that the caller moves itself. Fetching (refs/remotes/,
  // refs/tags/ that are new) is never foreign.
  using IsOurs = std::function<bool(const std::string& ref)>;

  // files: no git process in any case, for when git would obey what was planted. More may be
  // listed then: what git would find to be the same after all.
  enum class Look { fully, files };

  // Remembers how things are now. `store` outlives the watch.
  Watch(Repository repository, Store& store);

  // What is different from then, one line each, printable: "branch 'x' was deleted", "branch 'x'
  // moved from 1234567 to 89abcde", "a stash was made", "worktree '/p' is gone", "the main checkout
  // left branch 'main'", "'src/a' was changed in the main checkout". A branch that only went
  // forward while it is checked out in the main checkout or in a worktree that is not ours is what
  // people do, and so are changes to files in a checkout that were being changed before; new
  // branches are not foreign either. Reads files and refs only, no git process, unless something
  // looks changed.
  // Files that differ in the main checkout, a branch that it left, and one that git moved there,
  // are `in_main`: that is also what a person does there while agents work, and what another run
  // lands.
  struct Change {
    std::string line;
    bool in_main = false;
  };
  [[nodiscard]] std::vector<Change> find_changes(const IsOurs& is_ours,
                                                 Look look = Look::fully) const;
  // Only the lines.
  [[nodiscard]] std::vector<std::string> changes(const IsOurs& is_ours,
                                                 Look look = Look::fully) const;

  // We have moved it ourselves ("": deleted): what is now is how it should be, also what it brought
  // into the main checkout.
  void accept(const std::string& ref, const std::string& oid);

  // Work lands on this ref, that of other processes too: that it goes forward is never foreign.
  void lands_on(std::string ref) { target_ = std::move(ref); }

  // What a ref was or is to be, "" when there was none; and whether it is that or something made
  // on top of it.
  [[nodiscard]] std::string known(const std::string& ref) const { return refs_.find(ref); }
  [[nodiscard]] bool is_kept(const std::string& ref) const;

  // The main checkout is where our agent works: what changes in it is not foreign.
  void leave_main() { main_.top.clear(); }

  // Puts refs back (what they were moved to is kept under refs/chant/foreign/<n>), makes worktrees
  // that are gone again (detached at their old HEAD when their branch is checked out elsewhere),
  // and restores files of the main checkout from its index when they were clean before; what was
  // written meanwhile is saved in `aside` first. Returns what it did, one line each, and what it
  // could not do. Throws Error. The caller holds no lock of the worktrees.
  [[nodiscard]] std::vector<std::string> put_back(RefWriter& refs, const IsOurs& is_ours,
                                                  const std::filesystem::path& aside) const;

  // For the next process: how things were, as text, and back. `load` throws Error for what `save`
  // has not made.
  [[nodiscard]] std::string save() const;
  [[nodiscard]] static Watch load(Repository repository, Store& store, const std::string& text);

 private:
  struct Checkout {
    std::filesystem::path top;  // "" when there is none, or nobody knows where
    std::string head;           // the text of HEAD
    std::string index;          // its bytes
    // Files that were being changed, and those that were changed when `index` was taken anew.
    std::set<std::string, std::less<>> dirty, suspects;
    std::int64_t since = 0;  // ns since the epoch
  };
  enum class Owner { nobody, person, run, passing };
  struct Linked {
    std::filesystem::path path;
    std::string head;
    std::string spec;
    Owner owner = Owner::nobody;
  };
  struct Stash {
    std::string oid, message;
  };
  struct Foreign {
    enum class Kind { ref, stash, worktree, head, file } kind;
    std::string name;     // of the ref, the worktree's git directory or the file
    std::string was, is;  // "": absent
  };
  class Repair;

  struct Nothing {};
  Watch(Repository repository, Store& store, Nothing /*to be loaded*/);

  [[nodiscard]] std::filesystem::path main_top() const;
  [[nodiscard]] Checkout look_at_main() const;
  [[nodiscard]] std::map<std::string, Linked> look_at_worktrees() const;
  [[nodiscard]] std::vector<Stash> look_at_stashes(const RefTable& refs) const;
  [[nodiscard]] std::size_t hash_size() const;

  [[nodiscard]] std::vector<Foreign> find(const IsOurs& is_ours, Look look) const;
  void find_refs(const RefTable& now, const IsOurs& is_ours, Look look,
                 std::vector<Foreign>& found) const;
  void find_stashes(const RefTable& now, std::vector<Foreign>& found) const;
  void find_worktrees(const IsOurs& is_ours, std::vector<Foreign>& found) const;
  void find_in_main(Look look, std::vector<Foreign>& found) const;
  [[nodiscard]] bool is_peoples_work(const std::string& ref, const std::string& was,
                                     const std::string& is, Look look) const;
  [[nodiscard]] bool went_forward(const std::string& was, const std::string& is, Look look) const;
  [[nodiscard]] std::vector<std::string> touched_files() const;
  [[nodiscard]] bool was_moved_in_main(const Foreign& one) const;
  [[nodiscard]] std::string line_of(const Foreign& one) const;

  Repository repository_;
  Store* store_;
  std::string target_;
  RefTable refs_;
  std::vector<Stash> stashes_;               // the newest last
  std::map<std::string, Linked> worktrees_;  // by the name of their git directory
  Checkout main_;
};

}  // namespace chant::git
