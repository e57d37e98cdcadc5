// A watch over what makes git run programs or look elsewhere: an agent, or a gate, can write the
// repository's configuration, hooks and attributes, and our next git command would obey them.
#pragma once

#include "git/repository.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace chant::git {

class Guard {
 public:
  // Remembers how things are now.
  explicit Guard(Repository repository);

  // What is different from then: "git config core.fsmonitor", "hooks/post-commit". Settings that
  // name no program and redirect nothing (user.name, branch.*) may change. Reads files only; the
  // one git command it needs looks at text on its stdin.
  [[nodiscard]] std::vector<std::string> changes() const;

  // Makes it as it was, as far as changes() tells; other settings stay as they are now. What was
  // written meanwhile is saved in the directory `aside` first. Throws Error.
  void put_back(const std::filesystem::path& aside) const;

 private:
  struct File {
    std::string seen;     // tells whether it is another
    std::string content;  // to put it back
    unsigned mode = 0;    // 0: there is no such file
  };
  using Files = std::map<std::string, File>;  // by path below the common directory
  [[nodiscard]] Files look() const;
  // Paths of files with what is different: the path itself, or keys of a configuration.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> differences() const;
  void restore_settings(const std::string& name, const std::vector<std::string>& keys) const;

  Repository repository_;
  Files before_;
};

// True for a git config key (lower case) whose value is run, or decides what is run or read.
[[nodiscard]] bool is_dangerous_key(std::string_view key);

}  // namespace chant::git
