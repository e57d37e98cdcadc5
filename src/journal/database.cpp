#include "journal/database.h"

#include "util/file.h"
#include "util/lock.h"

#include <sys/stat.h>

#include <system_error>

namespace chant::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kVersion = 4;

// Lists (`commits`, `checkouts`) are texts separated by a NUL byte.
constexpr const char* kSchema = R"(
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT, pid INTEGER NOT NULL, started INTEGER NOT NULL,
  ended INTEGER NOT NULL DEFAULT 0, mode TEXT NOT NULL);
CREATE TABLE attempt (
  spec TEXT NOT NULL, number INTEGER NOT NULL, run INTEGER NOT NULL, agent TEXT NOT NULL,
  profile TEXT NOT NULL, model TEXT NOT NULL, branch TEXT NOT NULL, base TEXT NOT NULL,
  worktree TEXT NOT NULL, log TEXT NOT NULL, step TEXT NOT NULL, started INTEGER NOT NULL,
  ended INTEGER NOT NULL, exit_class TEXT NOT NULL, reason TEXT NOT NULL, tip TEXT NOT NULL,
  commits TEXT NOT NULL, PRIMARY KEY (spec, number)) WITHOUT ROWID;
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, spec TEXT NOT NULL,
  at INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX event_of_spec ON event (spec, id);
CREATE TABLE reset (spec TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE landing (
  id INTEGER PRIMARY KEY AUTOINCREMENT, spec TEXT NOT NULL, target TEXT NOT NULL,
  old_tip TEXT NOT NULL, new_tip TEXT NOT NULL, checkouts TEXT NOT NULL);
PRAGMA user_version = 1;
)";

constexpr const char* kSecondSchema = R"(
CREATE TABLE finding (
  target TEXT NOT NULL, spec TEXT NOT NULL, state TEXT NOT NULL, proof TEXT NOT NULL,
  tip TEXT NOT NULL, arrival TEXT NOT NULL, commits TEXT NOT NULL, reason TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (target, spec)) WITHOUT ROWID;
PRAGMA user_version = 2;
)";

constexpr const char* kThirdSchema = R"(
CREATE TABLE verdict (
  tree TEXT NOT NULL, command TEXT NOT NULL, operation TEXT NOT NULL, green INTEGER NOT NULL,
  why TEXT NOT NULL, log TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (tree, command, operation)) WITHOUT ROWID;
ALTER TABLE landing ADD COLUMN changes TEXT NOT NULL DEFAULT '';
ALTER TABLE landing ADD COLUMN locks TEXT NOT NULL DEFAULT '';
ALTER TABLE landing ADD COLUMN writer INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version = 3;
)";

constexpr const char* kFourthSchema = R"(
ALTER TABLE attempt ADD COLUMN session TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN input_tokens INTEGER NOT NULL DEFAULT -1;
ALTER TABLE attempt ADD COLUMN output_tokens INTEGER NOT NULL DEFAULT -1;
ALTER TABLE attempt ADD COLUMN cost_micros INTEGER NOT NULL DEFAULT -1;
ALTER TABLE run ADD COLUMN findings TEXT NOT NULL DEFAULT '';
CREATE INDEX attempt_of_run ON attempt (run, started);
CREATE TABLE account (
  agent TEXT PRIMARY KEY, closed_until INTEGER NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 4;
)";

// The same for an older database that may only be read: in its place for this connection alone.
constexpr const char* kThirdView = R"(
CREATE TEMP VIEW landing AS SELECT *, '' AS changes, '' AS locks, 0 AS writer FROM main.landing;
)";
constexpr const char* kFourthViews = R"(
PRAGMA temp_store = MEMORY;
CREATE TEMP VIEW attempt AS SELECT *, '' AS session, -1 AS input_tokens, -1 AS output_tokens,
  -1 AS cost_micros FROM main.attempt;
CREATE TEMP VIEW run AS SELECT *, '' AS findings FROM main.run;
CREATE TEMP TABLE account (agent TEXT, closed_until INTEGER, reason TEXT);
)";

std::int64_t version_of(const Connection& connection) {
  Statement statement(connection, "PRAGMA user_version");
  return statement.step() ? statement.integer(0) : 0;
}

// Reads the schema, so that damage to the first page is found at once.
void touch_schema(const Connection& connection) {
  Statement(connection, "SELECT count(*) FROM sqlite_schema").finish();
}

fs::path with_suffix(const fs::path& path, const std::string& suffix) {
  return fs::path{path.string() + suffix};
}

fs::path free_name(const fs::path& path) {
  std::error_code ignored;
  for (int n = 1;; ++n) {
    const fs::path candidate = with_suffix(path, fmt::format(".damaged-{}", n));
    if (!fs::exists(fs::symlink_status(candidate, ignored))) return candidate;
  }
}

}  // namespace

DatabaseFile::DatabaseFile(fs::path path) : path_(std::move(path)) {
  make_private_directories(path_.parent_path());
  try {
    open();
  } catch (const Damaged&) {
    replace();
  }
}

void DatabaseFile::open() {
  connection_.emplace(path_);
  opened_ = identity();
  const std::int64_t version = version_of(*connection_);
  if (version > kVersion) {
    throw Error(fmt::format("the journal '{}' is of version {}, this git-chant knows {}",
                            path_.string(), version, kVersion),
                "use the newer git-chant");
  }
  connection_->run("PRAGMA synchronous = NORMAL");
  if (version < kVersion) bring_up_to_date(version);
  touch_schema(*connection_);
}

void DatabaseFile::bring_up_to_date(std::int64_t version) {
  if (connection_->is_read_only()) {
    connection_->run(kFourthViews);
    if (version < 3) connection_->run(kThirdView);
  } else {
    make_schema();
  }
}

void DatabaseFile::make_schema() {
  // The change to WAL does not wait for other processes as transactions do.
  const FileLock lock = FileLock::acquire(lock_path());
  connection_->run("PRAGMA journal_mode = WAL");
  Transaction transaction(*connection_);
  if (version_of(*connection_) == 0) connection_->run(kSchema);
  if (version_of(*connection_) == 1) connection_->run(kSecondSchema);
  if (version_of(*connection_) == 2) connection_->run(kThirdSchema);
  if (version_of(*connection_) == 3) connection_->run(kFourthSchema);
  transaction.commit();
}

void DatabaseFile::replace() {
  {
    const FileLock lock = FileLock::acquire(lock_path());
    connection_.reset();
    // Another process may have replaced it already.
    if (identity() == opened_) move_aside();
  }
  open();
}

void DatabaseFile::move_aside() {
  const fs::path aside = free_name(path_);
  for (const char* part : {"", "-wal", "-shm"}) {
    std::error_code error;
    fs::rename(with_suffix(path_, part), with_suffix(aside, part), error);
    if (error && error != std::errc::no_such_file_or_directory) {
      fail("cannot move the damaged journal '{}' aside: {}", path_.string(), error.message());
    }
  }
  note_ = fmt::format("the journal was damaged; it was moved to '{}' and a new one begun",
                      aside.string());
}

DatabaseFile::Identity DatabaseFile::identity() const {
  struct stat status {};
  if (stat(path_.c_str(), &status) != 0) return std::nullopt;
  return std::pair{status.st_dev, status.st_ino};
}

fs::path DatabaseFile::lock_path() const { return with_suffix(path_, ".lock"); }

}  // namespace chant::journal
