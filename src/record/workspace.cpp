#include "record/workspace.h"

#include "config/values.h"
#include "record/names.h"
#include "util/error.h"
#include "util/text.h"

namespace chant::record {

Workspace::Workspace(git::Repository repository, config::Config config, git::Use use)
    : repository_(std::move(repository)),
      config_(std::move(config)),
      use_(use),
      refs_(repository_.top_level, "git chant"),
      hooks_(repository_.common_dir) {}

void Workspace::use_branch_mode(const std::string& prefix) {
  config_.mode = config::BranchMode::branch;
  if (prefix.empty()) return;
  if (!config::is_branch_prefix(prefix)) {
    fail_usage("'{}' is not a branch prefix: letters, digits and ._-/, ending in one of _-/",
               printable_line(prefix));
  }
  config_.branch_prefix = prefix;
}

git::Store& Workspace::store() {
  if (!store_) store_ = git::open_store(repository_, use_);
  return *store_;
}

void Workspace::expect_much() {
  if (use_ == git::Use::heavy) return;
  use_ = git::Use::heavy;
  store_.reset();
}

journal::Journal& Workspace::journal() {
  if (!journal_) journal_.emplace(journal_path(repository_));
  return *journal_;
}

journal::Journal* Workspace::find_journal() {
  if (!journal_) journal_ = journal::Journal::open_existing(journal_path(repository_));
  return journal_ ? &*journal_ : nullptr;
}

const git::Identity& Workspace::identity() {
  if (!identity_) identity_ = git::load_identity(repository_.top_level);
  return *identity_;
}

std::string Workspace::find_target() const {
  return config_.target.empty() ? repository_.head_ref : "refs/heads/" + config_.target;
}

std::string Workspace::require_target() const {
  const std::string target = find_target();
  if (repository_.head.empty()) {
    throw Error("this repository has no commit yet", "git commit --allow-empty -m 'Start'");
  }
  if (target.empty()) {
    throw Error("HEAD is detached, and no target branch is configured",
                "git config chant.target <branch>");
  }
  return target;
}

}  // namespace chant::record
