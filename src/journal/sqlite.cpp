#include "journal/sqlite.h"

#include <unistd.h>

namespace chant::journal {
namespace {

constexpr int kBusyMilliseconds = 10'000;

// Reading in WAL mode writes files beside the database. Where that cannot be, it is read as if
// nobody wrote to it; "immutable" is a parameter of a URI, in which some bytes have a meaning.
std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (std::string_view{"%?#"}.find(c) == std::string_view::npos) {
      uri += c;
    } else {
      uri += fmt::format("%{:02x}", static_cast<unsigned>(c));
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

Connection::Connection(const std::filesystem::path& path) : path_(path.string()) {
  sqlite3* raw = nullptr;
  const bool writable = access(path.parent_path().c_str(), W_OK) == 0;
  const int flags = writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                             : SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  const std::string name = writable ? path_ : immutable_uri(path_);
  const int code = sqlite3_open_v2(name.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(raw);
  check(code);
  check(sqlite3_extended_result_codes(raw, 1));
  check(sqlite3_busy_timeout(raw, kBusyMilliseconds));
}

void Connection::run(const char* sql) {
  check(sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr));
}

std::int64_t Connection::last_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

bool Connection::is_read_only() const { return sqlite3_db_readonly(handle_.get(), "main") == 1; }

void Connection::check(int code) const {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  const char* reason = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  const std::string message = fmt::format("cannot use the journal '{}': {}", path_, reason);
  const int primary = code & 0xff;
  if (primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT) throw Damaged(message);
  throw Error(message);
}

Statement::Statement(const Connection& connection, std::string_view sql, Prepared)
    : connection_(connection) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(connection.handle(), sql.data(), static_cast<int>(sql.size()),
                                      &raw, nullptr);
  handle_.reset(raw);
  connection_.check(code);
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  connection_.check(code);
  return code == SQLITE_ROW;
}

void Statement::finish() {
  while (step()) {
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return bytes == nullptr ? std::string{} : std::string(bytes, static_cast<std::size_t>(size));
}

void Statement::bind(int index, std::int64_t value) {
  connection_.check(sqlite3_bind_int64(handle_.get(), index, value));
}

void Statement::bind(int index, std::string_view value) {
  // A null pointer would be bound as NULL, which the columns refuse.
  const char* bytes = value.empty() ? "" : value.data();
  connection_.check(sqlite3_bind_text64(handle_.get(), index, bytes, value.size(), SQLITE_TRANSIENT,
                                        SQLITE_UTF8));
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (open_) sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  connection_.run("COMMIT");
  open_ = false;
}

}  // namespace chant::journal
