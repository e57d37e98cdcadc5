#include "land/recorded.h"

#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "land/merge.h"
#include "util/file.h"
#include "util/text.h"

#include <algorithm>
#include <map>
#include <vector>

namespace chant::land {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxList = 4UL * 1024 * 1024;

// Names below rr-cache: "<hash>/preimage", "<hash>/postimage.1" …
std::set<std::string> cached_files(const fs::path& cache) {
  std::set<std::string> names;
  std::error_code ignored;
  for (const auto& conflict : fs::directory_iterator(cache, ignored)) {
    for (const auto& file : fs::directory_iterator(conflict.path(), ignored)) {
      names.insert((conflict.path().filename() / file.path().filename()).string());
    }
  }
  return names;
}

// Entries of the index that are of no conflict: path -> blob.
std::map<std::string, std::string> merged_entries(const fs::path& directory,
                                                  const std::vector<std::string>& paths) {
  std::vector<std::string> arguments = {"--literal-pathspecs", "ls-files", "-s", "-z", "--"};
  arguments.insert(arguments.end(), paths.begin(), paths.end());
  std::map<std::string, std::string> blobs;
  for (const std::string& line : split(git::output(directory, arguments), '\0')) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos || line[tab - 1] != '0') continue;  // "mode id stage\tpath"
    const auto space = line.find(' ');
    blobs[line.substr(tab + 1)] = line.substr(space + 1, tab - space - 3);
  }
  return blobs;
}

}  // namespace

bool RecordedResolutions::is_empty() {
  if (empty_) return *empty_;
  const auto names = cached_files(cache());
  empty_ = std::none_of(names.begin(), names.end(), [](const std::string& name) {
    return name.find("/postimage") != std::string::npos;
  });
  if (!*empty_) {
    const process::Result enabled =
        git::run(workspace_.repository().top_level, {"config", "--type=bool", "rerere.enabled"});
    empty_ = trim(enabled.out) == "false";
  }
  return *empty_;
}

fs::path RecordedResolutions::cache() const {
  return workspace_.repository().common_dir / "rr-cache";
}

bool RecordedResolutions::check_out(const std::string& commit) {
  workspace_.store().flush();
  if (!worktree_) {
    worktree_ = std::make_unique<PassingWorktree>(workspace_, "chant-recorded", commit);
  }
  const process::Result result = git::run(
      worktree_->directory(),
      {"-c", "submodule.recurse=false", "checkout", "--quiet", "--force", "--detach", commit});
  return process::succeeded(result.outcome);
}

// git notes each conflict that it does not know, to learn how it will be resolved. Here it never
// will be, and the note would be in the way of those who do resolve it.
void RecordedResolutions::forget_all_but(const std::set<std::string>& before) {
  const fs::path list = git::git_directory_of(worktree_->directory()) / "MERGE_RR";
  const std::string noted = find_file(list, kMaxList).value_or("");
  std::error_code ignored;
  for (const std::string& name : cached_files(cache())) {
    const std::string conflict = name.substr(0, name.find('/'));
    const bool by_us =
        noted.find(conflict) != std::string::npos || name.find("/thisimage") != std::string::npos;
    if (!by_us || before.count(name) > 0) continue;
    fs::remove(cache() / name, ignored);
    fs::remove(cache() / conflict, ignored);  // when it is empty now
  }
}

std::optional<std::string> RecordedResolutions::find(const std::string& ours,
                                                     const std::string& theirs) {
  if (is_empty() || !check_out(ours)) return std::nullopt;
  const fs::path& directory = worktree_->directory();
  const git::TreeMerge merged = merge(workspace_, directory, ours, theirs);
  std::set<std::string> paths;
  for (const git::ConflictedPath& file : merged.conflicts) {
    if (file.ours.empty() || file.theirs.empty()) return std::nullopt;
    paths.insert(file.path);
  }
  const std::set<std::string> before = cached_files(cache());
  (void)git::run(directory, {"-c", "rerere.enabled=true", "-c", "rerere.autoUpdate=true", "-c",
                             "merge.verifySignatures=false", "-c", "merge.autoStash=false", "-c",
                             "submodule.recurse=false", "merge", "--quiet", "--no-commit",
                             "--no-ff", "--no-stat", "-m", "try", "--end-of-options", theirs});
  const bool begun = git::operation_in_progress(git::git_directory_of(directory)) == "merge";
  const auto resolved = begun ? merged_entries(directory, {paths.begin(), paths.end()})
                              : std::map<std::string, std::string>{};
  forget_all_but(before);
  if (resolved.size() != paths.size()) return std::nullopt;
  return git::tree_with_files_in(workspace_.store(), merged.tree, resolved);
}

}  // namespace chant::land
