// What every operation on a repository works with: where it is, how it is configured, how to
// read it, how to move its refs, and its journal.
#pragma once

#include "config/config.h"
#include "git/hooks.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/store.h"
#include "journal/journal.h"

#include <memory>
#include <optional>
#include <string>

namespace chant::record {

class Workspace {
 public:
  // `config` is the effective configuration; nothing is opened until it is needed.
  Workspace(git::Repository repository, config::Config config, git::Use use);

  [[nodiscard]] const git::Repository& repository() const { return repository_; }
  [[nodiscard]] const config::Config& config() const { return config_; }
  // Finished work is left on branches <prefix><id> ("" = the configured prefix). Throws a usage
  // Error for a prefix that would not be safe in a ref name.
  void use_branch_mode(const std::string& prefix);

  // Work lands on this branch (short name), whatever is configured.
  void use_target(const std::string& branch) { config_.target = branch; }

  [[nodiscard]] git::Store& store();
  // From now on there is much to read. References to the store end here.
  void expect_much();
  [[nodiscard]] git::RefWriter& refs() { return refs_; }
  [[nodiscard]] git::Hooks& hooks() { return hooks_; }
  [[nodiscard]] journal::Journal& journal();       // made when absent
  [[nodiscard]] journal::Journal* find_journal();  // nullptr when there is none yet
  [[nodiscard]] const git::Identity& identity();   // throws Error when git has none

  // Full name of the branch that work lands on. Throws Error when HEAD is detached and no target
  // is configured, or when the branch has no commit.
  [[nodiscard]] std::string require_target() const;
  // As above, "" when there is none.
  [[nodiscard]] std::string find_target() const;
  [[nodiscard]] bool on_target() const { return find_target() == repository_.head_ref; }

 private:
  git::Repository repository_;
  config::Config config_;
  git::Use use_;
  git::RefWriter refs_;
  git::Hooks hooks_;
  std::unique_ptr<git::Store> store_;
  std::optional<journal::Journal> journal_;
  std::optional<git::Identity> identity_;
};

}  // namespace chant::record
