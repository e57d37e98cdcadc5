// libchant-git2: the only code that includes git2.h. Loaded with dlopen by store_libgit2.cpp.
#include "git/libgit2_abi.h"

#include <git2.h>

#include <cstring>
#include <memory>

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

struct Open {
  RepositoryHandle repository;
  OdbHandle odb;
};

git_repository* repository_of(void* open) { return static_cast<Open*>(open)->repository.get(); }
git_odb* odb_of(void* open) { return static_cast<Open*>(open)->odb.get(); }

void give_oid(ChantSink sink, void* receiver, const char* kind, const git_oid& oid) {
  char text[GIT_OID_HEXSZ + 1] = {};
  git_oid_tostr(text, sizeof text, &oid);
  sink(receiver, kind, text, std::strlen(text));
}

void* open_repository(const char* directory) {
  if (git_libgit2_init() < 0) return nullptr;
  auto open = std::make_unique<Open>();
  git_repository* repository = nullptr;
  const int rc =
      git_repository_open_ext(&repository, directory, GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  open->repository.reset(repository);
  git_odb* odb = nullptr;
  if (rc != 0 || git_repository_odb(&odb, repository) != 0) {
    open.reset();
    git_libgit2_shutdown();
    return nullptr;
  }
  open->odb.reset(odb);
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
  git_oid oid;
  if (git_odb_write(&oid, odb_of(open), bytes, size, git_object_string2type(type)) != 0) return -1;
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

int list_refs(void* open, ChantSink sink, void* receiver) {
  git_reference_iterator* raw = nullptr;
  if (git_reference_iterator_new(&raw, repository_of(open)) != 0) return -1;
  const IteratorHandle iterator(raw);
  git_reference* next = nullptr;
  int rc = 0;
  while ((rc = git_reference_next(&next, raw)) == 0) {
    const ReferenceHandle reference(next);
    git_reference* resolved = nullptr;
    if (git_reference_resolve(&resolved, next) != 0) continue;  // a link to nowhere
    const ReferenceHandle owned(resolved);
    give_oid(sink, receiver, git_reference_name(next), *git_reference_target(resolved));
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

constexpr ChantGit2Api kApi = {kChantGit2AbiVersion, open_repository, close_repository, find_object,
                               write_object,         find_ref,        list_refs,        is_ancestor,
                               commits_between};

}  // namespace

extern "C" __attribute__((visibility("default"))) const ChantGit2Api* chant_git2_api();

extern "C" const ChantGit2Api* chant_git2_api() { return &kApi; }
