#include "record/origin.h"

#include "git/reflog.h"
#include "git/run.h"
#include "record/branch_work.h"

#include <algorithm>
#include <utility>

namespace chant::record {
namespace {

constexpr std::size_t kMaxEntries = 1000;  // of a reflog that are looked at

}  // namespace

Origin::Origin(Workspace& workspace, std::string target, std::string seen)
    : workspace_(workspace), target_(std::move(target)), seen_(std::move(seen)) {}

const std::string& Origin::upstream() {
  if (!upstream_) {
    upstream_ = git::output(workspace_.repository().top_level,
                            {"for-each-ref", "--format=%(upstream)", target_});
    if (upstream_->compare(0, 13, "refs/remotes/") != 0) upstream_->clear();
  }
  return *upstream_;
}

// The oldest value of the followed branch that has the commit came there by a push of ours.
bool Origin::was_pushed(const std::string& commit) {
  std::string message;
  std::size_t count = 0;
  for (const git::ReflogEntry& entry : git::load_reflog(workspace_.repository(), upstream())) {
    if (++count > kMaxEntries || !workspace_.store().find_object(entry.oid)) break;
    if (!workspace_.store().is_ancestor(commit, entry.oid)) break;
    message = entry.message;
  }
  return message == "update by push";
}

bool Origin::was_without(const std::string& commit) {
  git::Store& store = workspace_.store();
  if (!seen_.empty() && store.find_object(seen_) && !store.is_ancestor(commit, seen_)) return true;
  std::size_t count = 0;
  for (const git::ReflogEntry& entry : git::load_reflog(workspace_.repository(), target_)) {
    if (++count > kMaxEntries || !store.find_object(entry.oid)) return false;
    if (!store.is_ancestor(commit, entry.oid)) return true;
  }
  return false;
}

std::optional<std::string> Origin::upstream_tip() {
  return upstream().empty() ? std::nullopt : workspace_.store().find_ref(upstream());
}

bool Origin::is_record_local(const spec::Spec& file) {
  const auto tip = upstream_tip();
  const auto theirs = tip ? load_spec_at(workspace_, file.id, *tip) : std::nullopt;
  return theirs && file.status == "completed" && theirs->commits != file.commits;
}

bool Origin::is_local(const std::string& commit) {
  if (const auto tip = upstream_tip()) {
    if (workspace_.store().is_ancestor(commit, *tip) && !was_pushed(commit)) return false;
  }
  return was_without(commit);
}

}  // namespace chant::record
