// The file of the journal: its schema, and what to do when it is damaged.
#pragma once

#include "journal/sqlite.h"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace chant::journal {

class DatabaseFile {
 public:
  // Opens the database, making it when absent and replacing it when damaged. Throws Error, also
  // for a database of a newer version.
  explicit DatabaseFile(std::filesystem::path path);

  // "" or what was repaired.
  [[nodiscard]] const std::string& note() const { return note_; }

  // Calls `work` with the connection; once more, on a new database, when this one is damaged.
  template <typename Work>
  auto use(const Work& work) {
    try {
      return work(*connection_);
    } catch (const Damaged&) {
      replace();
    }
    return work(*connection_);
  }

 private:
  using Identity = std::optional<std::pair<dev_t, ino_t>>;

  void open();
  void replace();
  void bring_up_to_date(std::int64_t version);
  void make_schema();
  void move_aside();
  [[nodiscard]] Identity identity() const;
  [[nodiscard]] std::filesystem::path lock_path() const;

  std::filesystem::path path_;
  std::string note_;
  Identity opened_;  // the file that `connection_` was opened on
  std::optional<Connection> connection_;
};

}  // namespace chant::journal
