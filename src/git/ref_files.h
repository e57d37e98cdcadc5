// All refs of a repository as its files say, read without a git process. What has not changed since
// an earlier reading is told by how the files look and is not read again, so that looking twice at
// a thousand refs costs a thousand glances.
#pragma once

#include "git/repository.h"
#include "git/store.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace chant::git {

struct RefTable {
  struct Loose {
    std::string value;
    std::uint64_t inode = 0;
    std::int64_t changed = 0;  // ns since the epoch; 0: to be read again in any case
  };
  std::map<std::string, Loose> loose;         // by full name
  std::map<std::string, std::string> packed;  // only what packed-refs has
  std::string packed_stamp;                   // how packed-refs looked, or the list of the tables

  // Object id, or "ref: <name>"; "" when there is no such ref.
  [[nodiscard]] std::string find(const std::string& name) const;
  void set(const std::string& name, const std::string& value);  // "": there is none
};

// All but refs/remotes/ and those that each worktree has for itself. `store` is asked only when the
// repository does not keep its refs in files, and only when something changed since `earlier`.
[[nodiscard]] RefTable read_refs(const Repository& repository, Store& store,
                                 const RefTable& earlier = {});

// A name below refs/chant/foreign/ that no ref has: for what was found where it should not be.
[[nodiscard]] std::string free_foreign_ref(const RefTable& refs);

// True for "<40 or 64 hex digits>".
[[nodiscard]] bool is_object_id(std::string_view text);

// Full name of the branch that the text of a HEAD names, "" when it is detached.
[[nodiscard]] std::string branch_in(std::string_view head);

// For people: "branch 'x'", "tag 'x'", "ref 'refs/notes/x'"; and "1234567" for an object id.
[[nodiscard]] std::string ref_in_words(const std::string& ref);
[[nodiscard]] std::string shown_value(const std::string& value);

}  // namespace chant::git
