#include "cmd/change.h"

#include "git/tree.h"
#include "record/keep.h"
#include "record/names.h"
#include "record/target.h"
#include "util/error.h"
#include "util/file.h"
#include "util/lock.h"

namespace chant::cmd {
namespace {

FileLock claim(Context& context, const std::string& id, const spec::Facts& facts) {
  auto lock = FileLock::try_acquire(record::claim_path(context.workspace().repository(), id));
  if (!lock || facts.claimed) {
    throw Error(fmt::format("{} is being worked on", id), "git chant log -f " + id);
  }
  return std::move(*lock);
}

void put_work_aside(Context& context, const record::Snapshot& snapshot, const std::string& id) {
  const auto branch = snapshot.branches.find(id);
  if (branch == snapshot.branches.end()) return;
  if (!branch->second.ours) {
    throw Error(
        fmt::format("branch '{}' was not made by git chant", record::short_ref(branch->second.ref)),
        "git branch -m " + record::short_ref(branch->second.ref) + " <other name>");
  }
  record::Workspace& workspace = context.workspace();
  for (const std::string& line : record::put_worktrees_aside(workspace, id, branch->second.ref)) {
    context.out.print("{}\n", line);
  }
  const std::string kept = record::put_branch_aside(workspace, id, branch->second);
  context.out.print("branch {} ({}) is kept as {}\n", record::short_ref(branch->second.ref),
                    branch->second.tip.substr(0, 10), kept);
}

// As a commit on the target when the file is committed there as it is, else only in the file,
// which the user has not committed.
void change_spec(Context& context, const record::Snapshot& snapshot, const std::string& id,
                 const spec::Changes& changes, const std::string& what) {
  record::Workspace& workspace = context.workspace();
  if (snapshot.items.at(id).spec.source) return;  // the list says what there is to do
  const std::string path = record::spec_path(id);
  const spec::Spec& here = snapshot.items.at(id).spec;
  const auto there = snapshot.target_tip.empty()
                         ? std::nullopt
                         : git::find_blob(workspace.store(), snapshot.target_tip, path);
  if (there && (there == here.text || !workspace.on_target())) {
    const spec::Spec spec = spec::parse_spec(id, *there, path);
    const std::string text = spec::with_changes(spec, changes);
    if (text == *there) return;
    (void)record::commit_on_target(
        workspace, {{path, text}},
        fmt::format("chant({}): {}\n\nChant-Spec: {}\nChant-Seal: {}\n", id, what, id, what),
        record::Files::to_be_written);
    context.out.print("committed to {}: {} {}\n", record::short_ref(snapshot.target), what, id);
    return;
  }
  const std::string text = spec::with_changes(here, changes);
  if (text == here.text) return;
  AtomicFile file(workspace.repository().top_level / path);
  file.write(text);
  file.commit();
  context.out.print("changed {}, which has uncommitted changes\n", path);
}

}  // namespace

void take_out_of_work(Context& context, const record::Snapshot& snapshot,
                      const std::vector<std::string>& ids, const spec::Changes& changes,
                      const std::string& what, const std::string& result) {
  record::require_quiet_checkout(context.workspace());
  if (!context.workspace().repository().head.empty()) (void)context.workspace().require_target();
  for (const std::string& id : ids) {
    const spec::Item& item = snapshot.items.at(id);
    const FileLock held = claim(context, id, item.facts);
    if (!item.broken.empty()) throw Error(item.broken);
    put_work_aside(context, snapshot, id);
    record::forget_seal(context.workspace(), id);
    for (const std::string& line : record::drop_parked(context.workspace(), id)) {
      context.out.print("{}\n", line);
    }
    if (journal::Journal* journal = context.workspace().find_journal()) journal->add_reset(id);
    change_spec(context, snapshot, id, changes, what);
    context.out.print("{} is {}\n", id, result);
  }
}

}  // namespace chant::cmd
