#include "hook/pre_commit.h"

#include "git/index.h"
#include "git/tree.h"
#include "record/names.h"
#include "record/spec_files.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace chant::hook {
namespace {

namespace fs = std::filesystem;
using Changes = std::vector<git::StagedChange>;

// Many commits can be merged at once; nobody merges more than this.
constexpr std::size_t kMaxMergeHead = 256 * 1024;

git::Repository repository_at(const Place& place) {
  git::Repository repository{place.top_level, place.git_dir, place.common_dir, "", place.head_ref};
  if (!place.head_ref.empty()) {
    repository.head = read_ref(place, place.head_ref).value_or("");
  }
  // Detached, not born yet, or kept where only git can read it.
  return repository.head.empty() ? git::discover(place.top_level) : repository;
}

void add_files(git::Store& store, const std::string& tree, const std::string& prefix,
               std::map<std::string, git::TreeEntry>& files) {
  for (git::TreeEntry& entry : git::load_tree(store, tree)) {
    const std::string path = prefix + entry.name;
    if (entry.mode == "40000") {
      add_files(store, entry.oid, path + "/", files);
    } else {
      files[path] = std::move(entry);
    }
  }
}

// Everything below .chant/ in a commit, by path.
std::map<std::string, git::TreeEntry> chant_files(git::Store& store, const std::string& commit) {
  std::map<std::string, git::TreeEntry> files;
  const auto root = git::find_entry(store, commit, ".chant");
  if (root && root->mode == "40000") add_files(store, root->oid, ".chant/", files);
  return files;
}

// Takes away what a merge that this commit concludes brings in unchanged.
void drop_merged(git::Store& store, const Place& place, Changes& changes) {
  const auto heads = find_file(place.git_dir / "MERGE_HEAD", kMaxMergeHead);
  for (const std::string& head : split(heads.value_or(""), '\n')) {
    if (head.size() < 40) continue;
    const auto files = chant_files(store, head);
    const auto is_as_there = [&](const git::StagedChange& change) {
      const auto file = files.find(change.path);
      if (file == files.end()) return change.status == 'D';
      return file->second.oid == change.oid && file->second.mode == change.mode;
    };
    changes.erase(std::remove_if(changes.begin(), changes.end(), is_as_there), changes.end());
  }
}

// In a spec's worktree: the paths that its branch must not change.
std::vector<std::string> foreign_paths(const Place& place, const Changes& changes) {
  std::vector<std::string> paths;
  if (place.spec.empty()) return paths;
  const std::string own = record::spec_path(place.spec);
  for (const git::StagedChange& change : changes) {
    if (change.path != own) paths.push_back(change.path);
  }
  return paths;
}

std::string refusal(const Place& place, const std::vector<std::string>& foreign,
                    std::size_t errors) {
  std::string text;
  for (const std::string& path : foreign) {
    text += fmt::format("{}: error: not the file of this worktree's spec '{}'\n",
                        printable_line(path), printable_line(place.spec));
  }
  std::vector<std::string> reasons;
  if (errors > 0) reasons.push_back(counted(errors, "error") + " in staged specs");
  if (!foreign.empty()) {
    reasons.push_back(fmt::format("a spec's branch changes no other file below .chant/ ({} staged)",
                                  foreign.size()));
  }
  return text + "git chant: nothing was committed: " + join(reasons, "; ") +
         "\nhint: git commit --no-verify skips this check\n";
}

int check(const Place& place, std::string& report) {
  const bool in_worktree = !place.spec.empty();
  Changes changes = git::staged_changes(place.top_level, place.index_file,
                                        in_worktree ? ".chant" : ".chant/specs");
  if (changes.empty()) return 0;
  const git::Repository repository = repository_at(place);
  const std::unique_ptr<git::Store> store = git::open_store(repository, git::Use::light);
  Changes own = changes;
  drop_merged(*store, place, own);
  const auto foreign = foreign_paths(place, own);
  std::size_t errors = 0;
  for (const spec::Finding& finding : record::lint_staged(*store, repository.head, changes)) {
    const bool is_own = std::any_of(
        own.begin(), own.end(), [&](const auto& change) { return change.path == finding.path; });
    if (!is_own || finding.severity == spec::Severity::note) continue;
    if (finding.severity == spec::Severity::error) ++errors;
    report += spec::line_of(finding) + "\n";
  }
  if (errors == 0 && foreign.empty()) return 0;
  report += refusal(place, foreign, errors);
  return 1;
}

}  // namespace

int check_staged(const Place& place, std::string& report) {
  try {
    std::error_code ignored;
    if (!fs::exists(place.top_level / ".chant", ignored) && place.spec.empty()) return 0;
    return check(place, report);
  } catch (const std::exception& error) {
    report +=
        fmt::format("git chant: cannot check what is staged: {}\n", printable_line(error.what()));
    return 0;
  }
}

}  // namespace chant::hook
