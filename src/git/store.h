// Reading a repository, and adding objects to it: one interface, two implementations that pass
// the same tests.
//
// In process through libgit2, from a module that is loaded on demand; or through a
// `git cat-file --batch` coprocess and plumbing. A probe decides (open_store): what libgit2
// cannot open or would misread goes to git itself. Object ids are lower-case hex. Nothing here
// moves a ref.
#pragma once

#include "git/repository.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::git {

struct Object {
  std::string type;  // "commit", "tree", "blob", "tag"
  std::string content;
};

struct Ref {
  std::string name;  // full
  std::string oid;
};

class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // The object, or std::nullopt when it is not there.
  [[nodiscard]] virtual std::optional<Object> find_object(const std::string& oid) = 0;
  // Adds an object; its id. Throws Error.
  [[nodiscard]] virtual std::string write_object(std::string_view type,
                                                 std::string_view content) = 0;
  // Object id of a ref, or std::nullopt.
  [[nodiscard]] virtual std::optional<std::string> find_ref(const std::string& full_name) = 0;
  // All refs below these prefixes (each ending in '/') or with exactly these names.
  [[nodiscard]] virtual std::vector<Ref> refs(const std::vector<std::string>& patterns) = 0;
  // True when `ancestor` is `descendant` or one of its ancestors.
  [[nodiscard]] virtual bool is_ancestor(const std::string& ancestor,
                                         const std::string& descendant) = 0;
  // Commits that can be reached from one of `tips` and from none of `excluded`, oldest first.
  [[nodiscard]] virtual std::vector<std::string> commits_between(
      const std::vector<std::string>& tips, const std::vector<std::string>& excluded) = 0;

  [[nodiscard]] virtual std::string_view kind() const = 0;  // "libgit2" or "git"

  // Starts what objects will be read with, for a caller that has other things to do meanwhile.
  virtual void prepare() {}

  // Writes what is held (ObjectBatch), so that git's own processes have it. Throws Error.
  virtual void flush() {}

 private:
  friend class ObjectBatch;
  virtual void hold() {}
  virtual void release() {}
};

// While it lives, objects that are added may be held in memory, for this store alone: thousands of
// small ones are written much faster at once, as one pack. What starts git on them flushes first.
// What was not flushed at the end is dropped, so nothing may name it.
class ObjectBatch {
 public:
  explicit ObjectBatch(Store& store) : store_(store) { store_.hold(); }
  ObjectBatch(const ObjectBatch&) = delete;
  ObjectBatch& operator=(const ObjectBatch&) = delete;
  ~ObjectBatch() { store_.release(); }

 private:
  Store& store_;
};

// True when Store::refs with these patterns lists this ref.
[[nodiscard]] bool is_wanted(const std::string& ref, const std::vector<std::string>& patterns);

enum class Use { light, heavy };  // heavy: worth loading libgit2

[[nodiscard]] std::unique_ptr<Store> open_store(const Repository& repository, Use use);

// The two implementations, for open_store and for tests. The first is null when the module is
// not installed or cannot open this repository safely.
[[nodiscard]] std::unique_ptr<Store> make_libgit2_store(const Repository& repository);
[[nodiscard]] std::unique_ptr<Store> make_coprocess_store(const Repository& repository);

}  // namespace chant::git
