// The journal: what is going on in a repository. Runs, attempts, events.
//
// A SQLite database (WAL) at <common dir>/chant/journal.db, written by the process that holds
// the claim, read by anyone. Losing it loses history, never work and never status that matters.
// Several processes may have it open; every write is one short transaction with a busy timeout.
// A database that is damaged is moved aside (journal.db.damaged-N) and a new one is begun, and
// `note` says so. Times are milliseconds since the epoch.
#pragma once

#include "journal/records.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chant::journal {

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
  void set_run_findings(std::int64_t run, const std::string& findings);

  // Replaces what is known of the account.
  void set_account(const Account& account);
  [[nodiscard]] std::vector<Account> accounts() const;

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
  [[nodiscard]] std::vector<Attempt> attempts_of_run(std::int64_t run) const;  // as they started

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
