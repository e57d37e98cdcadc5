// The C interface between git-chant and its libgit2 module. The module is a shared object of its
// own, so that no start pays for libgit2's libraries unless it uses them, and nothing but plain C
// crosses the border: no exceptions, no standard-library types.
#pragma once

#include <cstddef>

extern "C" {

// Receives one result: `text` with `size` bytes, and a kind (an object type or a ref name).
using ChantSink = void (*)(void* receiver, const char* kind, const char* text, std::size_t size);

// Every function returns 1 for yes/found, 0 for no/absent, -1 for an error.
struct ChantGit2Api {
  int version;
  void* (*open)(const char* directory);  // null: not to be opened by libgit2
  void (*close)(void* repository);
  int (*find_object)(void* repository, const char* oid, ChantSink sink, void* receiver);
  int (*write_object)(void* repository, const char* type, const char* bytes, std::size_t size,
                      ChantSink sink, void* receiver);
  int (*find_ref)(void* repository, const char* name, ChantSink sink, void* receiver);
  int (*refs)(void* repository, const char* prefix, ChantSink sink, void* receiver);
  int (*is_ancestor)(void* repository, const char* ancestor, const char* descendant);
  // Newest first. `tips` and `excluded` are arrays of object ids.
  int (*commits_between)(void* repository, const char* const* tips, std::size_t tip_count,
                         const char* const* excluded, std::size_t excluded_count, ChantSink sink,
                         void* receiver);
  // From `hold` to `release` new objects stay in memory, for this handle alone. `flush` writes them
  // to the repository: many of them as one pack that is on the disk when it returns.
  int (*hold)(void* repository);
  int (*flush)(void* repository);
  void (*release)(void* repository);
};

inline constexpr int kChantGit2AbiVersion = 3;
inline constexpr const char* kChantGit2Entry = "chant_git2_api";

}  // extern "C"
