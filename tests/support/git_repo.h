// Real git repositories for tests, cut off from the configuration and the environment of whoever
// runs them.
#pragma once

#include "git/repository.h"
#include "git/run.h"
#include "process/command.h"
#include "support/environment.h"
#include "support/temp_dir.h"

#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace chant::test {

using Files = std::map<std::string, std::string>;  // path -> text

class GitRepo {
 public:
  // `init`: further options of `git init`, words separated by blanks.
  explicit GitRepo(const std::string& init = "") : path_(root_.path() / "repo") {
    isolate();
    std::filesystem::create_directories(root_.path() / "home");
    git_in(root_.path(), "init -q -b main " + init + " repo");
    path_ = std::filesystem::canonical(path_);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path beside(const std::string& name) const {
    return path_.parent_path() / name;
  }
  [[nodiscard]] git::Repository repository() const { return git::discover(path_); }
  Environment& environment() { return environment_; }

  // Standard output without its last newline; throws with what git said when it fails. A string
  // is cut at blanks.
  std::string git(const std::string& words) const { return git_in(path_, cut(words)); }
  std::string git(const std::vector<std::string>& words) const { return git_in(path_, words); }
  static std::string git_in(const std::filesystem::path& where, const std::string& words) {
    return git_in(where, cut(words));
  }
  static std::string git_in(const std::filesystem::path& where,
                            const std::vector<std::string>& words) {
    process::Result result = try_git(where, words);
    if (!process::succeeded(result.outcome)) throw std::runtime_error("git: " + result.err);
    if (!result.out.empty() && result.out.back() == '\n') result.out.pop_back();
    return result.out;
  }
  static process::Result try_git(const std::filesystem::path& where,
                                 const std::vector<std::string>& words) {
    process::Command command;
    command.argv = {"git"};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.cwd = where;
    return process::run(command);
  }

  void write(const std::string& name, const std::string& text) const {
    (void)root_.write("repo/" + name, text);
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    return root_.read("repo/" + name);
  }
  [[nodiscard]] bool has(const std::string& name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path_ / name));
  }

  // A commit on the branch that is checked out, with these files written; everything that is
  // there goes in. Its id.
  std::string commit(const Files& files, const std::string& message = "Change") const {
    for (const auto& [name, text] : files) write(name, text);
    git("add -A");
    git({"commit", "-q", "--allow-empty", "-m", message});
    return oid("HEAD");
  }
  // A commit on `branch` (made at `from` when absent), without leaving the branch checked out
  // now. Its id.
  std::string commit_on(const std::string& branch, const std::string& from, const Files& files,
                        const std::string& message = "Change") const {
    const std::string before = git("symbolic-ref --short HEAD");
    const bool known = !git({"for-each-ref", "refs/heads/" + branch}).empty();
    git("checkout -q " + (known ? branch : "-b " + branch + " " + from));
    const std::string made = commit(files, message);
    git("checkout -q " + before);
    return made;
  }
  [[nodiscard]] std::string oid(const std::string& revision) const {
    return git({"rev-parse", "--verify", "-q", revision});
  }
  [[nodiscard]] bool has_ref(const std::string& full_name) const {
    return process::succeeded(try_git(path_, {"show-ref", "--verify", "-q", full_name}).outcome);
  }
  // What `git status` says, one line for each path, "" when clean.
  [[nodiscard]] std::string status() const { return git("status --porcelain -uall"); }

 private:
  static std::vector<std::string> cut(const std::string& words) {
    std::vector<std::string> result;
    std::istringstream text(words);
    for (std::string word; text >> word;) result.push_back(word);
    return result;
  }

  void isolate() {
    for (const std::string& name : git::local_environment_variables()) {
      environment_.set(name, std::nullopt);
    }
    environment_.set("HOME", (root_.path() / "home").string());
    environment_.set("XDG_CONFIG_HOME", (root_.path() / "home/.config").string());
    environment_.set("XDG_STATE_HOME", (root_.path() / "home/.state").string());
    environment_.set("XDG_DATA_HOME", (root_.path() / "home/.data").string());
    environment_.set("GIT_CONFIG_NOSYSTEM", "1");
    environment_.set("GIT_CONFIG_GLOBAL", std::nullopt);
    environment_.set("GIT_CEILING_DIRECTORIES", root_.path().parent_path().string());
    for (const char* who : {"AUTHOR", "COMMITTER"}) {
      const std::string prefix = std::string("GIT_") + who;
      environment_.set(prefix + "_NAME", "A U Thor");
      environment_.set(prefix + "_EMAIL", "author@example.com");
      environment_.set(prefix + "_DATE", std::nullopt);
    }
    for (const char* name : {"GIT_TRACE", "GIT_DEFAULT_HASH", "GIT_TEMPLATE_DIR", "CHANT_MODEL"}) {
      environment_.set(name, std::nullopt);
    }
  }

  Environment environment_;
  TempDir root_;
  std::filesystem::path path_;
};

}  // namespace chant::test
