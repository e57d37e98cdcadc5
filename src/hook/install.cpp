#include "hook/install.h"

#include "git/worktree.h"

#include <algorithm>

namespace chant::hook {
namespace {

using Kind = Change::Kind;

bool has(const std::vector<Change>& changes, const Change& change) {
  return std::any_of(changes.begin(), changes.end(),
                     [&](const Change& other) { return other.same_place(change); });
}

// Takes back the changes, the last one first. Those that somebody changed since are returned, and
// why on `lines`.
std::vector<Change> undo_all(const git::Repository& repository, const std::vector<Change>& changes,
                             std::vector<std::string>& lines) {
  std::vector<Change> kept;
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    if (const auto why = undo(repository, *change)) {
      lines.push_back(*why);
      kept.insert(kept.begin(), *change);
    }
  }
  return kept;
}

// What was installed and is no longer wanted. Directories stay: the rest may be in them.
std::vector<Change> superseded(const Ledger& ledger, const std::vector<Change>& wanted) {
  std::vector<Change> old;
  for (const Change& change : ledger.changes) {
    const bool lasting = change.kind == Kind::directory || change.kind == Kind::last_line;
    if (!lasting && !has(wanted, change)) old.push_back(change);
  }
  return old;
}

}  // namespace

std::vector<std::string> install(const git::Repository& repository, const Plan& plan,
                                 const Request& request, bool agreed) {
  const FileLock lock = git::worktree_lock(repository);
  std::vector<Change> wanted = plan.driver;
  if (agreed) wanted.insert(wanted.end(), plan.hooks.begin(), plan.hooks.end());
  std::vector<std::string> lines;
  Ledger ledger{request.binary, wanted};
  if (const auto before = load_ledger(repository)) {
    for (Change& change : undo_all(repository, superseded(*before, wanted), lines)) {
      ledger.changes.push_back(std::move(change));
    }
    for (const Change& change : before->changes) {
      const bool lasting = change.kind == Kind::directory || change.kind == Kind::last_line;
      if (lasting && !has(ledger.changes, change)) {
        ledger.changes.insert(ledger.changes.begin(), change);
      }
    }
  }
  save_ledger(repository, ledger);
  for (const Change& change : wanted) apply(repository, change);
  return lines;
}

Removal uninstall(const git::Repository& repository) {
  Removal removal;
  if (!load_ledger(repository)) return removal;
  const FileLock lock = git::worktree_lock(repository);
  auto ledger = load_ledger(repository);
  if (!ledger) return removal;
  removal.was_installed = true;
  ledger->changes = undo_all(repository, ledger->changes, removal.kept);
  if (ledger->changes.empty()) {
    remove_ledger(repository);
  } else {
    save_ledger(repository, *ledger);
  }
  return removal;
}

}  // namespace chant::hook
