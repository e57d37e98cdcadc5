#include "git/index.h"

#include "git/run.h"
#include "util/text.h"

#include <utility>

namespace chant::git {
namespace {

process::Result diff_index(const std::filesystem::path& directory,
                           const std::filesystem::path& index_file, const std::string& tree,
                           const std::string& path) {
  process::Command git =
      command(directory, {"--literal-pathspecs", "diff-index", "--cached", "--raw", "-z",
                          "--no-renames", "--ignore-submodules=all", tree, "--", path});
  git.env["GIT_INDEX_FILE"] = index_file.string();
  return process::run(git);
}

}  // namespace

std::vector<StagedChange> staged_changes(const std::filesystem::path& directory,
                                         const std::filesystem::path& index_file,
                                         const std::string& path) {
  process::Result result = diff_index(directory, index_file, "HEAD", path);
  if (!process::succeeded(result.outcome)) {  // there is no commit yet
    const std::string empty_tree = output(directory, {"hash-object", "-t", "tree", "--stdin"});
    result = diff_index(directory, index_file, empty_tree, path);
  }
  if (!process::succeeded(result.outcome)) fail_git("git diff-index", result);
  std::vector<StagedChange> changes;
  const std::vector<std::string> fields = split(result.out, '\0');
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    // ":<mode> <mode> <oid> <oid> <status>", then the path
    const std::vector<std::string> words = split(fields[i], ' ');
    if (words.size() != 5 || words[4].empty()) continue;
    changes.push_back({words[4].front(), fields[i + 1], words[1], words[3]});
  }
  return changes;
}

}  // namespace chant::git
