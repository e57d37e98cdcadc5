#include "land/merge.h"

#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "record/merge_spec.h"
#include "record/target.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <algorithm>

namespace chant::land {
namespace {

namespace fs = std::filesystem;

// Where git would find the attributes of a merge also in its index, as a merge in memory does not.
bool is_sparse(const fs::path& checkout) {
  return fs::exists(git::git_directory_of(checkout) / "info/sparse-checkout");
}

struct Submodule {
  std::string name, path;
};

// Of the submodules that `commit` has and names.
std::vector<Submodule> submodules_of(git::Store& store, const fs::path& directory,
                                     const std::string& commit) {
  std::vector<Submodule> found;
  if (!git::find_blob(store, commit, ".gitmodules")) return found;
  const process::Result result =
      git::run(directory, {"config", "--blob", commit + ":.gitmodules", "-z", "--get-regexp",
                           "^submodule\\..*\\.path$"});
  for (const std::string& line : split(result.out, '\0')) {
    const auto end = line.find('\n');
    constexpr std::size_t kBefore = std::string_view("submodule.").size();
    constexpr std::size_t kAfter = std::string_view(".path").size();
    if (end == std::string::npos || end < kBefore + kAfter) continue;
    const std::string name = line.substr(kBefore, end - kBefore - kAfter);
    const std::vector<std::string> parts = split(name, '/');
    const std::string path = line.substr(end + 1);
    const auto entry = git::find_entry(store, commit, path);
    const bool leaves = std::find(parts.begin(), parts.end(), "..") != parts.end();
    if (entry && entry->mode == "160000" && !leaves) found.push_back({name, path});
  }
  return found;
}

// The git directory of a submodule, "" when it was never cloned here.
fs::path find_module(const git::Repository& repository, const Submodule& submodule) {
  std::error_code ignored;
  if (fs::exists(repository.top_level / submodule.path / ".git", ignored)) {
    return git::git_directory_of(repository.top_level / submodule.path);
  }
  const fs::path module = repository.common_dir / "modules" / submodule.name;
  return fs::is_directory(module, ignored) ? module : fs::path();
}

}  // namespace

MergePlace::MergePlace(record::Workspace& workspace, const std::string& target)
    : workspace_(workspace), base_(workspace.store().find_ref(target).value_or("")) {
  clear_passing_worktrees(workspace);
  if (base_.empty()) fail("the target '{}' is gone", target);
  const auto checkouts = record::checkouts_of(workspace, target);
  const auto whole = std::find_if_not(checkouts.begin(), checkouts.end(), is_sparse);
  if (whole != checkouts.end()) checkout_ = *whole;
  follow("");
}

MergePlace::~MergePlace() = default;

void MergePlace::follow(const std::string& commit) {
  if (commit.empty() && !checkout_.empty()) {
    directory_ = checkout_;
  } else {
    show(commit.empty() ? base_ : commit);
    directory_ = own_->directory();
  }
}

void MergePlace::show(const std::string& commit) {
  if (shown_ == commit) return;
  workspace_.store().flush();
  if (!own_) own_ = std::make_unique<PassingWorktree>(workspace_, "chant-merge", commit);
  const fs::path& directory = own_->directory();
  const fs::path info = git::git_directory_of(directory) / "info";
  make_private_directories(info);
  AtomicFile patterns(info / "sparse-checkout");  // git may have copied those of our checkout
  patterns.write(".gitattributes\n");
  patterns.commit();
  (void)git::output(directory,
                    {"-c", "core.sparseCheckout=true", "-c", "core.sparseCheckoutCone=false", "-c",
                     "index.sparse=false", "read-tree", "--reset", "-u", commit});
  for (const Submodule& submodule : submodules_of(workspace_.store(), directory, commit)) {
    const fs::path module = find_module(workspace_.repository(), submodule);
    if (module.empty()) continue;
    make_private_directories(directory / submodule.path);
    (void)make_file(directory / submodule.path / ".git", "gitdir: " + module.string() + "\n");
  }
  shown_ = commit;
}

git::TreeMerge merge(record::Workspace& workspace, const fs::path& directory,
                     const std::string& ours, const std::string& theirs) {
  workspace.store().flush();
  return record::merge_specs(workspace, ours, theirs, git::merge_commits(directory, ours, theirs));
}

std::string merged_base(record::Workspace& workspace, const std::string& target_tip,
                        const std::vector<std::string>& tips) {
  git::Store& store = workspace.store();
  std::string base = target_tip;
  for (const std::string& tip : tips) {
    if (store.is_ancestor(tip, base)) continue;
    if (store.is_ancestor(base, tip)) {
      base = tip;
      continue;
    }
    const git::TreeMerge merged = merge(workspace, workspace.repository().top_level, base, tip);
    if (!merged.clean()) {
      std::vector<std::string> paths;
      for (const git::ConflictedPath& conflict : merged.conflicts) paths.push_back(conflict.path);
      fail("its dependencies conflict with each other or with the target in '{}'",
           join(paths, "', '"));
    }
    base = git::make_commit(store, workspace.repository(), workspace.identity(), merged.tree,
                            {base, tip}, "chant: merge dependencies\n");
  }
  return base;
}

}  // namespace chant::land
