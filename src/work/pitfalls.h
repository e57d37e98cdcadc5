// What went wrong in a run, beyond a spec that just failed: found from facts, without judgement, so
// that a person or the cleanup agent can act on it.
#pragma once

#include "journal/journal.h"
#include "record/workspace.h"
#include "sched/events.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace chant::work {

enum class Severity { low, medium, high };
[[nodiscard]] const char* name_of(Severity severity);

struct Pitfall {
  std::string kind;  // "api_error", "merge_conflict", "partial_failure", "total_failure",
                     // "dependency_violation",
                     // "uncommitted_changes", "stale_worktree", "tampered", "leftovers",
                     // "closed_account"
  Severity severity = Severity::low;
  std::string spec;  // id, "" when it is of the run
  std::string text;  // one line, not yet printable: "API concurrency error (retryable)"
  std::string next;  // one command, or ""
};

// What the detection looks at; gathered by gather_facts, or made up in a test.
struct RunFacts {
  std::int64_t run = 0;
  const char* unit = "spec";                                   // or "task"
  std::vector<sched::EndedSpec> specs;                         // how each ended
  std::vector<journal::Attempt> attempts;                      // of this run, as they started
  std::map<std::string, std::vector<std::string>> depends_on;  // ids, of each spec of the run
  // Id -> ids of those of the run that it conflicts with; none: with the target alone.
  std::map<std::string, std::vector<std::string>> conflicts;
  std::map<std::string, std::string> uncommitted;  // id -> worktree with uncommitted work
  std::map<std::string, std::string> worktrees;    // id -> worktree of a run that is still there
  std::map<std::string, std::int64_t> landed_at;   // id -> ms, of those that landed or finished
  std::vector<journal::Account> closed;            // accounts that are closed now
};

// True for what says only that not all has succeeded.
[[nodiscard]] bool is_count(const Pitfall& pitfall);

// True for a spec that needs nothing more from a run.
[[nodiscard]] bool is_success(const sched::EndedSpec& spec);

// To be called when the run is over and what was planted is put back: it runs git, but not in a
// worktree whose agent has tampered with the repository. Throws Error.
[[nodiscard]] RunFacts gather_facts(
    record::Workspace& workspace, std::int64_t run, const sched::Summary& summary,
    const std::map<std::string, std::vector<std::string>>& depends_on);

// High before medium before low, then as the specs ended. API errors: attempts of class
// rate_limited, overloaded, auth; low when the spec came through all the same. A dependency
// violation: an attempt at A began before its dependency B was completed. Partial failure: some
// succeeded, some did not; total failure: none did.
[[nodiscard]] std::vector<Pitfall> detect(const RunFacts& facts);

// For the journal and --json: a list of objects with the names of the fields.
[[nodiscard]] std::string to_json(const std::vector<Pitfall>& pitfalls);
[[nodiscard]] std::vector<Pitfall> pitfalls_of_json(const std::string& text);

}  // namespace chant::work
