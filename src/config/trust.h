// Trust: nothing named by a repository is executed before the user trusted exactly that content.
//
// The record is kept outside the repository, in $XDG_STATE_HOME/git-chant/trust (mode 0600): one
// JSON object a line with the real path of the repository's common directory and the content
// itself. Content is compared byte by byte; one changed byte is not trusted.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace chant::config {

// Something of the repository that would be executed.
struct Executable {
  std::string what;     // "agent 'main' in .chant/config.yaml:4", "script of spec 'x', line 12"
  std::string content;  // exactly what would run
};

class TrustStore {
 public:
  // `repository` is the common directory; it is resolved to its real path. Throws Error when the
  // store cannot be read; a missing store is empty.
  explicit TrustStore(const std::filesystem::path& repository);

  [[nodiscard]] bool is_trusted(const Executable& executable) const;
  // Those of `executables` that are not trusted.
  [[nodiscard]] std::vector<Executable> untrusted(const std::vector<Executable>& executables) const;
  // Records them durably, under a lock. Throws Error.
  void trust(const std::vector<Executable>& executables);

 private:
  std::string repository_;
  std::filesystem::path path_;
  std::vector<std::string> trusted_;  // contents, sorted
};

}  // namespace chant::config
