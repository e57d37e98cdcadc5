#include "record/merge_spec.h"

#include "git/merge_file.h"
#include "git/run.h"
#include "git/tree.h"
#include "record/merge_task.h"
#include "record/spec_files.h"
#include "util/error.h"

#include <algorithm>
#include <map>

namespace chant::record {
namespace {

using Entries = std::map<std::string, git::TreeEntry>;  // by path

constexpr const char* kDirectory = ".chant/specs";

// The spec files in a tree.
Entries spec_entries(git::Store& store, const std::string& tree) {
  Entries entries;
  const auto directory = git::find_entry_in(store, tree, kDirectory);
  if (!directory || directory->mode != "40000") return entries;
  for (git::TreeEntry& entry : git::load_tree(store, directory->oid)) {
    const std::string path = std::string(kDirectory) + "/" + entry.name;
    const bool is_file = entry.mode.compare(0, 3, "100") == 0;
    if (is_file && spec_file_name(path)) entries[path] = std::move(entry);
  }
  return entries;
}

std::string directory_oid(git::Store& store, const std::string& tree) {
  const auto directory = git::find_entry_in(store, tree, kDirectory);
  return directory ? directory->oid : "";
}

struct Candidate {
  std::string path;
  std::string ours, theirs;  // blobs
};

// The files that are neither side's in the merge of two trees: git merged their text, or left a
// conflict there.
std::vector<Candidate> merged_as_text(git::Store& store, const std::string& ours,
                                      const std::string& theirs, const std::string& merged) {
  const std::string directory = directory_oid(store, merged);
  if (directory.empty() || directory == directory_oid(store, ours) ||
      directory == directory_oid(store, theirs)) {
    return {};
  }
  const Entries left = spec_entries(store, ours);
  const Entries right = spec_entries(store, theirs);
  std::vector<Candidate> candidates;
  for (const auto& [path, entry] : spec_entries(store, merged)) {
    const auto a = left.find(path), b = right.find(path);
    if (a == left.end() || b == right.end()) continue;
    if (entry.oid == a->second.oid || entry.oid == b->second.oid) continue;
    candidates.push_back({path, a->second.oid, b->second.oid});
  }
  return candidates;
}

std::string load_text(git::Store& store, const std::string& blob) {
  auto object = store.find_object(blob);
  if (!object || object->type != "blob") fail("object {} is missing", blob);
  return std::move(object->content);
}

// "" unless there is exactly one.
std::string find_merge_base(const std::filesystem::path& directory, const std::string& ours,
                            const std::string& theirs) {
  const process::Result result = git::run(directory, {"merge-base", "--all", ours, theirs});
  const auto end = result.out.find('\n');
  const bool only = end != std::string::npos && end + 1 == result.out.size();
  return only && process::succeeded(result.outcome) ? result.out.substr(0, end) : "";
}

}  // namespace

spec::Merged merge_spec(const std::filesystem::path& directory, const spec::Versions& versions,
                        int marker_size) {
  return spec::merge(versions, [&](const spec::Versions& texts) {
    git::FileMerge merged =
        git::merge_file(directory, texts.base, texts.ours, texts.theirs, marker_size);
    return spec::Merged{std::move(merged.text), merged.conflict};
  });
}

namespace {

// `base`: the tree.
git::TreeMerge merge_by_key(Workspace& workspace, const std::vector<Candidate>& candidates,
                            const std::string& base, git::TreeMerge merged) {
  git::Store& store = workspace.store();
  const std::filesystem::path& directory = workspace.repository().top_level;
  const Entries before = spec_entries(store, base);
  std::map<std::string, std::string> files;
  for (const Candidate& candidate : candidates) {
    const auto& path = candidate.path;
    auto& conflicts = merged.conflicts;
    try {
      const auto old = before.find(path);
      const std::string blob = old == before.end() ? "" : old->second.oid;
      const spec::Merged result =
          merge_spec(directory,
                     {blob.empty() ? "" : load_text(store, blob), load_text(store, candidate.ours),
                      load_text(store, candidate.theirs)},
                     0);
      files[path] = store.write_object("blob", result.text);
      const auto known =
          std::find_if(conflicts.begin(), conflicts.end(),
                       [&](const git::ConflictedPath& conflict) { return conflict.path == path; });
      if (!result.conflict && known != conflicts.end()) conflicts.erase(known);
      if (result.conflict && known == conflicts.end()) {
        conflicts.push_back({path, "contents", blob, candidate.ours, candidate.theirs});
      }
    } catch (const Error&) {
      // What git made of it stays.
    }
  }
  merged.tree = git::tree_with_files_in(store, merged.tree, files);
  return merged;
}

}  // namespace

git::TreeMerge merge_specs(Workspace& workspace, const std::string& ours, const std::string& theirs,
                           git::TreeMerge merged) {
  git::Store& store = workspace.store();
  const auto candidates = merged_as_text(store, git::load_commit(store, ours).tree,
                                         git::load_commit(store, theirs).tree, merged.tree);
  if (candidates.empty()) return merge_tasks(workspace, std::move(merged));
  const std::string base = find_merge_base(workspace.repository().top_level, ours, theirs);
  if (!base.empty()) {
    const std::string tree = git::load_commit(store, base).tree;
    merged = merge_by_key(workspace, candidates, tree, std::move(merged));
  }
  return merge_tasks(workspace, std::move(merged));
}

git::TreeMerge merge_specs_of_trees(Workspace& workspace, const std::string& base,
                                    const std::string& ours, const std::string& theirs,
                                    git::TreeMerge merged) {
  const auto candidates = merged_as_text(workspace.store(), ours, theirs, merged.tree);
  if (!candidates.empty()) merged = merge_by_key(workspace, candidates, base, std::move(merged));
  return merge_tasks(workspace, std::move(merged));
}

}  // namespace chant::record
