#include "land/replay.h"

#include "git/tree.h"
#include "record/merge_spec.h"

namespace chant::land {
namespace {

// The tree that the change from `before` to `after` makes of `now`.
git::TreeMerge bring(record::Workspace& workspace, const std::filesystem::path& directory,
                     const std::string& before, const std::string& now, const std::string& after) {
  if (before == now) return {after, {}};
  if (before == after) return {now, {}};
  git::Store& store = workspace.store();
  return record::merge_specs_of_trees(workspace, before, now, after,
                                      git::merge_change(store, directory, before, now, after));
}

}  // namespace

std::variant<Replayed, Stuck> replay(record::Workspace& workspace,
                                     const std::filesystem::path& directory,
                                     const std::string& onto,
                                     const std::vector<std::string>& commits, std::int64_t when,
                                     const std::string& without) {
  git::Store& store = workspace.store();
  const auto stripped = [&](const std::string& tree) {
    return without.empty() ? tree : git::tree_without(store, tree, without);
  };
  Replayed result{onto, {}};
  std::string now = git::load_commit(store, onto).tree;
  for (const std::string& oid : commits) {
    git::Commit old = git::load_commit(store, oid);
    old.tree = stripped(old.tree);
    if (old.parents.size() > 1) continue;
    if (!old.parents.empty() && old.parents.front() == result.tip) {  // it stands there already
      result.tip = oid;
    } else {
      const std::string before = old.parents.empty()
                                     ? store.write_object("tree", "")
                                     : stripped(git::load_commit(store, old.parents.front()).tree);
      git::TreeMerge merge = bring(workspace, directory, before, now, old.tree);
      if (!merge.clean()) return Stuck{oid, std::move(merge)};
      if (merge.tree == now && (before != old.tree || !without.empty())) continue;
      result.tip =
          git::make_commit(store, workspace.repository(), workspace.identity(),
                           {merge.tree, {result.tip}, old.message, old.author, when, old.encoding});
    }
    now = git::load_commit(store, result.tip).tree;
    result.commits.push_back(result.tip);
  }
  return result;
}

}  // namespace chant::land
