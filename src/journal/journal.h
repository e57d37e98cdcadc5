// The journal: what is going on in a repository. Runs, attempts, events.
//
// A SQLite database (WAL) at <common dir>/chant/journal.db, written by the process that holds
// the claim, read by anyone. Losing it loses history, never work and never status that matters.
// Several processes may have it open; every write is one short transaction with a busy timeout.
// A database that is damaged is moved aside (journal.db.damaged-N) and a new one is begun, and
// `note` says so. Times are milliseconds since the epoch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chant::journal {

struct Attempt {
  std::int64_t run = 0;
  std::string spec;
  int number = 0;  // from 1 for each spec
  std::string agent;
  std::string profile;
  std::string model;
  std::string branch;    // full ref name
  std::string base;      // object id of the fork point
  std::string worktree;  // absolute path, "" in the current checkout
  std::string log;       // absolute path
  std::string step;      // the last step that was begun: "worktree", "agent", "seal", "land" …
  std::int64_t started = 0;
  std::int64_t ended = 0;            // 0: running, or interrupted when nobody holds the claim
  std::string exit_class;            // "ok", "no_commit" …; "" while running
  std::string reason;                // one line
  std::string tip;                   // object id of the branch at the end
  std::vector<std::string> commits;  // object ids, oldest first
};

struct Event {
  std::int64_t id = 0;
  std::int64_t run = 0;
  std::string spec;
  std::int64_t at = 0;
  std::string kind;  // "claim", "worktree", "agent", "end", "seal", "land", "reset" …
  std::string detail;
};

struct Run {
  std::int64_t id = 0;
  std::int64_t pid = 0;
  std::int64_t started = 0;
  std::int64_t ended = 0;
  std::string mode;  // "parallel", "sequential", "worktree"
};

// A landing that has begun: what to finish or undo when its process died.
struct Landing {
  std::int64_t id = 0;
  std::string spec;
  std::string target;  // full ref name
  std::string old_tip, new_tip;
  std::vector<std::string> checkouts;     // worktrees that have the target checked out
  std::vector<std::string> changes = {};  // further refs that move: "<name> <from> <to>"
  // What git::lock_files found while the refs were locked, and the process that had them.
  std::vector<std::string> locks = {};
  std::int64_t writer = 0;
};

// What the sweep found out about a spec's work and a target.
struct Finding {
  std::string target;  // full ref
  std::string spec;
  std::string state;                 // see record/landing.h
  std::string proof;                 // what kind of proof, "" when there is none
  std::string tip;                   // of the spec branch that was looked at
  std::string arrival;               // the commit of the target that brought the work, or ""
  std::vector<std::string> commits;  // object ids in the target, oldest first
  std::string reason;                // one line, "" when landed and recorded
  std::int64_t at = 0;
};

// What the gate said of a tree.
struct GateVerdict {
  std::string tree;
  std::string command;    // shell line
  std::string operation;  // in which it was said
  bool green = false;
  std::string why;  // of a red
  std::string log;  // absolute path
  std::int64_t at = 0;
};

class Journal {
 public:
  // Opens the database, making it and its directory (0700) when absent. Throws Error.
  explicit Journal(const std::filesystem::path& path);
  // As above, but std::nullopt when there is no database yet: for commands that only look.
  [[nodiscard]] static std::optional<Journal> open_existing(const std::filesystem::path& path);
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  [[nodiscard]] const std::string& note() const;  // "" or what was repaired at opening

  [[nodiscard]] std::int64_t begin_run(const std::string& mode);
  void end_run(std::int64_t run);

  // Records the start of the next attempt of a spec; sets `number` and `started`.
  void begin_attempt(Attempt& attempt);
  // Records the step it has come to with what is known of it so far; also an event.
  void set_step(Attempt& attempt, const std::string& step);
  // Writes all of its fields but `step`, which is kept as set_step left it; sets `ended` to now.
  void end_attempt(const Attempt& attempt);
  void add_event(std::int64_t run, const std::string& spec, const std::string& kind,
                 const std::string& detail);

  // A reset: attempts before it no longer count for the status. Also an event.
  void add_reset(const std::string& spec);

  [[nodiscard]] std::vector<Attempt> attempts(const std::string& spec) const;  // oldest first
  // The last attempt of each spec that has not been reset since.
  [[nodiscard]] std::map<std::string, Attempt> last_attempts() const;
  [[nodiscard]] std::vector<Event> events(const std::string& spec) const;  // "" = all
  [[nodiscard]] std::vector<Run> runs() const;

  [[nodiscard]] std::int64_t begin_landing(const Landing& landing);
  void set_landing_locks(std::int64_t id, const std::vector<std::string>& locks,
                         std::int64_t writer);
  void end_landing(std::int64_t id);
  [[nodiscard]] std::vector<Landing> open_landings() const;

  // Replaces the findings on a target. `at` is kept as it is given, 0 means now.
  void set_findings(const std::string& target, const std::vector<Finding>& findings);
  [[nodiscard]] std::map<std::string, Finding> findings(const std::string& target) const;

  // Remembers a verdict, in place of an earlier one of the same operation; sets `at` to now.
  void set_verdict(const GateVerdict& verdict);
  // A green one of any operation, else a red one of this operation.
  [[nodiscard]] std::optional<GateVerdict> find_verdict(const std::string& tree,
                                                        const std::string& command,
                                                        const std::string& operation) const;

 private:
  struct Database;
  explicit Journal(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace chant::journal
