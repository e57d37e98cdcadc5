// libchant-git2: the only code that includes git2.h. Loaded with dlopen by store_libgit2.cpp.
#include "git/libgit2_abi.h"

#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
template <typename T, auto Free>
using Handle = std::unique_ptr<T, Deleter<Free>>;

using RepositoryHandle = Handle<git_repository, git_repository_free>;
using OdbHandle = Handle<git_odb, git_odb_free>;
using ObjectHandle = Handle<git_odb_object, git_odb_object_free>;
using ReferenceHandle = Handle<git_reference, git_reference_free>;
using IteratorHandle = Handle<git_reference_iterator, git_reference_iterator_free>;
using WalkHandle = Handle<git_revwalk, git_revwalk_free>;
using PackHandle = Handle<git_packbuilder, git_packbuilder_free>;

struct Objects {
  RepositoryHandle repository;
  OdbHandle odb;
};

// What is held is in a database of its own, which has the repository's behind it.
struct Held {
  Objects objects;
  git_odb_backend* memory = nullptr;  // owned by the database
  std::vector<git_oid> oids;
};

struct Open {
  Objects objects;
  std::unique_ptr<Held> held;
};

Open& opened(void* open) { return *static_cast<Open*>(open); }
const Objects& objects_of(void* open) {
  const Open& handle = opened(open);
  return handle.held ? handle.held->objects : handle.objects;
}
git_repository* repository_of(void* open) { return objects_of(open).repository.get(); }
git_odb* odb_of(void* open) { return objects_of(open).odb.get(); }

// From here on git keeps objects in packs when they come many at a time (transfer.unpackLimit).
constexpr std::size_t kUnpackLimit = 100;
constexpr std::size_t kMaxCachedTree = 256UL * 1024;
constexpr ssize_t kCacheSize = 16L * 1024 * 1024;

// Of the backends of a database the one with the highest takes what is new; libgit2's own have 2.
constexpr int kFirst = 1000;

void give_oid(ChantSink sink, void* receiver, const char* kind, const git_oid& oid) {
  char text[GIT_OID_HEXSZ + 1] = {};
  git_oid_tostr(text, sizeof text, &oid);
  sink(receiver, kind, text, std::strlen(text));
}

bool open_objects(Objects& objects, const char* directory) {
  git_repository* repository = nullptr;
  const int rc =
      git_repository_open_ext(&repository, directory, GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  objects.repository.reset(repository);
  git_odb* odb = nullptr;
  if (rc != 0 || git_repository_odb(&odb, repository) != 0) return false;
  objects.odb.reset(odb);
  return true;
}

void* open_repository(const char* directory) {
  if (git_libgit2_init() < 0) return nullptr;
  // Wide trees are read again and again; of themselves it keeps none above 4 KB.
  git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, kMaxCachedTree);
  git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, kCacheSize);
  auto open = std::make_unique<Open>();
  if (!open_objects(open->objects, directory)) {
    open.reset();
    git_libgit2_shutdown();
    return nullptr;
  }
  return open.release();
}

void close_repository(void* open) {
  delete static_cast<Open*>(open);
  git_libgit2_shutdown();
}

int find_object(void* open, const char* hex, ChantSink sink, void* receiver) {
  git_oid oid;
  if (git_oid_fromstr(&oid, hex) != 0) return 0;
  git_odb_object* raw = nullptr;
  const int rc = git_odb_read(&raw, odb_of(open), &oid);
  const ObjectHandle object(raw);
  if (rc == GIT_ENOTFOUND) return 0;
  if (rc != 0) return -1;
  sink(receiver, git_object_type2string(git_odb_object_type(raw)),
       static_cast<const char*>(git_odb_object_data(raw)), git_odb_object_size(raw));
  return 1;
}

int write_object(void* open, const char* type, const char* bytes, std::size_t size, ChantSink sink,
                 void* receiver) {
  const git_object_t kind = git_object_string2type(type);
  git_oid oid;
  if (Held* held = opened(open).held.get()) {
    // Straight to the memory: the database would look first whether the object is anywhere.
    if (git_odb_hash(&oid, bytes, size, kind) != 0) return -1;
    if (held->memory->write(held->memory, &oid, bytes, size, kind) != 0) return -1;
    held->oids.push_back(oid);
  } else if (git_odb_write(&oid, odb_of(open), bytes, size, kind) != 0) {
    return -1;
  }
  give_oid(sink, receiver, type, oid);
  return 1;
}

int find_ref(void* open, const char* name, ChantSink sink, void* receiver) {
  git_oid oid;
  const int rc = git_reference_name_to_id(&oid, repository_of(open), name);
  if (rc == GIT_ENOTFOUND || rc == GIT_EINVALIDSPEC) return 0;
  if (rc != 0) return -1;
  give_oid(sink, receiver, name, oid);
  return 1;
}

int list_refs(void* open, const char* prefix, ChantSink sink, void* receiver) {
  const std::string glob = std::string(prefix) + "*";
  git_reference_iterator* raw = nullptr;
  if (git_reference_iterator_glob_new(&raw, repository_of(open), glob.c_str()) != 0) return -1;
  const IteratorHandle iterator(raw);
  git_reference* next = nullptr;
  int rc = 0;
  while ((rc = git_reference_next(&next, raw)) == 0) {
    const ReferenceHandle reference(next);
    ReferenceHandle resolved;  // of a link: what it leads to, at a price that others need not pay
    const git_oid* oid = git_reference_target(next);
    if (oid == nullptr) {
      git_reference* end = nullptr;
      if (git_reference_resolve(&end, next) != 0) continue;  // to nowhere
      resolved.reset(end);
      oid = git_reference_target(end);
    }
    give_oid(sink, receiver, git_reference_name(next), *oid);
  }
  return rc == GIT_ITEROVER ? 1 : -1;
}

int is_ancestor(void* open, const char* ancestor, const char* descendant) {
  git_oid a;
  git_oid d;
  if (git_oid_fromstr(&a, ancestor) != 0 || git_oid_fromstr(&d, descendant) != 0) return -1;
  if (git_oid_equal(&a, &d) != 0) return 1;
  // libgit2 itself answers, but loses memory, when a commit is missing.
  if (git_odb_exists(odb_of(open), &a) == 0 || git_odb_exists(odb_of(open), &d) == 0) return -1;
  return git_graph_descendant_of(repository_of(open), &d, &a);
}

int commits_between(void* open, const char* const* tips, std::size_t tip_count,
                    const char* const* excluded, std::size_t excluded_count, ChantSink sink,
                    void* receiver) {
  git_revwalk* raw = nullptr;
  if (git_revwalk_new(&raw, repository_of(open)) != 0) return -1;
  const WalkHandle walk(raw);
  git_revwalk_sorting(raw, GIT_SORT_TOPOLOGICAL);
  git_oid oid;
  for (std::size_t i = 0; i < tip_count; ++i) {
    if (git_oid_fromstr(&oid, tips[i]) != 0 || git_revwalk_push(raw, &oid) != 0) return -1;
  }
  for (std::size_t i = 0; i < excluded_count; ++i) {
    if (git_oid_fromstr(&oid, excluded[i]) != 0 || git_revwalk_hide(raw, &oid) != 0) return -1;
  }
  int rc = 0;
  while ((rc = git_revwalk_next(&oid, raw)) == 0) give_oid(sink, receiver, "commit", oid);
  return rc == GIT_ITEROVER ? 1 : -1;
}

int hold(void* open) {
  Open& handle = opened(open);
  if (handle.held) return 1;
  auto held = std::make_unique<Held>();
  if (!open_objects(held->objects, git_repository_path(handle.objects.repository.get()))) return -1;
  if (git_mempack_new(&held->memory) != 0) return -1;
  if (git_odb_add_backend(held->objects.odb.get(), held->memory, kFirst) != 0) return -1;
  handle.held = std::move(held);
  return 1;
}

bool write_each(const Held& held, git_odb* odb) {
  for (const git_oid& oid : held.oids) {
    git_odb_object* raw = nullptr;
    if (git_odb_read(&raw, held.objects.odb.get(), &oid) != 0) return false;
    const ObjectHandle object(raw);
    git_oid written;
    if (git_odb_write(&written, odb, git_odb_object_data(raw), git_odb_object_size(raw),
                      git_odb_object_type(raw)) != 0) {
      return false;
    }
  }
  return true;
}

bool write_pack(const Held& held) {
  git_repository* repository = held.objects.repository.get();
  git_packbuilder* raw = nullptr;
  if (git_packbuilder_new(&raw, repository) != 0) return false;
  const PackHandle pack(raw);
  git_packbuilder_set_threads(raw, 1);
  for (const git_oid& oid : held.oids) {
    if (git_packbuilder_insert(raw, &oid, nullptr) != 0) return false;
  }
  const std::string directory = std::string(git_repository_path(repository)) + "objects/pack";
  git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
  const int rc = git_packbuilder_write(raw, directory.c_str(), 0, nullptr, nullptr);
  git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
  return rc == 0;
}

int flush(void* open) {
  const Open& handle = opened(open);
  if (!handle.held) return 0;
  Held& held = *handle.held;
  const bool packed = held.oids.size() >= kUnpackLimit && write_pack(held);
  if (!packed && !write_each(held, handle.objects.odb.get())) return -1;
  held.oids.clear();
  return git_mempack_reset(held.memory) == 0 ? 1 : -1;
}

void release(void* open) { opened(open).held.reset(); }

constexpr ChantGit2Api kApi = {kChantGit2AbiVersion,
                               open_repository,
                               close_repository,
                               find_object,
                               write_object,
                               find_ref,
                               list_refs,
                               is_ancestor,
                               commits_between,
                               hold,
                               flush,
                               release};

}  // namespace

extern "C" __attribute__((visibility("default"))) const ChantGit2Api* chant_git2_api();

extern "C" const ChantGit2Api* chant_git2_api() { return &kApi; }
