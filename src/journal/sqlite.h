// SQLite as owned values, for this module only. Every failure is an Error that names the file;
// a file that is no database, or a damaged one, is the Error `Damaged`.
#pragma once

#include "util/error.h"

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace chant::journal {

class Damaged : public Error {
 public:
  using Error::Error;
};

class Connection {
 public:
  // Opens the file, making it when absent; for reading only when its directory cannot be written.
  explicit Connection(const std::filesystem::path& path);

  void run(const char* sql);  // one or more statements without results
  [[nodiscard]] std::int64_t last_id() const;
  [[nodiscard]] bool is_read_only() const;
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
  // Throws for a result code other than OK, ROW and DONE.
  void check(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

// A prepared statement; parameters are bound in order. It must not outlive its connection.
class Statement {
 public:
  template <typename... Values>
  Statement(const Connection& connection, std::string_view sql, const Values&... values)
      : Statement(connection, sql, Prepared{}) {
    int index = 0;
    (bind(++index, values), ...);
  }

  [[nodiscard]] bool step();  // false at the end
  void finish();              // steps to the end
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  struct Prepared {};
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
  };
  Statement(const Connection& connection, std::string_view sql, Prepared);
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);

  const Connection& connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// A write: begun with the write lock, undone unless committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace chant::journal
