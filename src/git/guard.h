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

  // What is different from then: "git config core.fsmonitor", "hooks/post-commit", "/p/.git" for a
  // worktree that leads to another repository. Settings that name no program and redirect nothing
  // (user.name, branch.*) may change. Reads files only; the one git command it needs looks at text
  // on its stdin, and only when a configuration is not what it was.
  [[nodiscard]] std::vector<std::string> changes() const;

  // Makes it as it was, as far as changes() tells; other settings stay as they are now. What was
  // written meanwhile is saved in the directory `aside` first. Throws Error.
  void put_back(const std::filesystem::path& aside) const;

  // For the next process: how things were, as text, and back. `load` throws Error for what `save`
  // has not made.
  [[nodiscard]] std::string save() const;
  [[nodiscard]] static Guard load(Repository repository, const std::string& text);

 private:
  struct File {
    std::string seen;     // tells whether it is another
    std::string content;  // to put it back
    unsigned mode = 0;    // 0: not to be written again
  };
  using Files = std::map<std::string, File>;  // by path below the common directory
  Guard(Repository repository, Files before)
      : repository_(std::move(repository)), before_(std::move(before)) {}

  [[nodiscard]] Files look() const;
  // Paths of files with what is different: the path itself, or keys of a configuration.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> differences() const;
  [[nodiscard]] std::map<std::string, std::vector<std::string>> differences_from(
      const Files& now) const;
  [[nodiscard]] bool differ(const std::string& name, const Files& now) const;
  void add_file(const std::string& name, Files& files) const;
  void look_at_worktrees(Files& files) const;
  [[nodiscard]] std::vector<std::string> changed_keys_of(const std::string& name,
                                                         const Files& now) const;
  void restore_settings(const std::string& name, const std::vector<std::string>& keys) const;
  void restore_file(const std::string& name) const;

  Repository repository_;
  Files before_;
};

// True when git, run in this worktree, works on this repository: its `.git` leads to a git
// directory that leads back. Reads files only.
[[nodiscard]] bool is_worktree_of(const Repository& repository,
                                  const std::filesystem::path& worktree);

// The repositories inside a worktree that are submodules in its index are asked by git about their
// state, and it obeys their configuration. Takes the settings out of them that are run or decide
// what is, the whole files saved in `aside` first; what it found, as "sub/.git: git config
// filter.x.clean". Reads files only, as Guard::changes.
[[nodiscard]] std::vector<std::string> disarm_submodules(const std::filesystem::path& worktree,
                                                         const std::filesystem::path& aside);

// True for a git config key (lower case) whose value is run, or decides what is run or read.
[[nodiscard]] bool is_dangerous_key(std::string_view key);

}  // namespace chant::git
