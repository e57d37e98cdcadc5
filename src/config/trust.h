// Trust: nothing named by a repository is executed before the user trusted exactly that content.
//
// The record is kept outside the repository, in $XDG_STATE_HOME/git-chant/trust (mode 0600): one
// JSON object a line with the real path of the repository's common directory, the content itself,
// how it is used, and what it was called then. Content is compared byte by byte; one changed byte
// is not trusted, and what is trusted as a prompt is not trusted as a script.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace chant::config {

// Something of the repository that would be executed: by a shell, as the call of an agent, or by an
// agent that is told to.
struct Executable {
  enum class Use { shell, agent, prompt };

  std::string what;     // "agent 'main' in .chant/config.yaml:4", "script of spec 'x', line 12"
  std::string content;  // exactly what would run
  Use use = Use::shell;
};

class TrustStore {
 public:
  // `repository` is the common directory; it is resolved to its real path. Throws Error when the
  // store cannot be read; a missing store is empty.
  explicit TrustStore(const std::filesystem::path& repository);

  [[nodiscard]] bool is_trusted(const Executable& executable) const;
  // Those of `executables` that are not trusted, each content once.
  [[nodiscard]] std::vector<Executable> untrusted(const std::vector<Executable>& executables) const;
  // Everything that is trusted in this repository, sorted by name.
  [[nodiscard]] std::vector<Executable> trusted() const;

  // Records them durably, under a lock. Throws Error.
  void trust(const std::vector<Executable>& executables);
  // Takes trust in these back, in the same way. Throws Error.
  void revoke(const std::vector<Executable>& executables);

 private:
  using Key = std::pair<Executable::Use, std::string>;  // and the content

  std::string repository_;
  std::filesystem::path path_;
  std::map<Key, std::string> trusted_;  // and what it was called
};

}  // namespace chant::config
