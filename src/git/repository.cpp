#include "git/repository.h"

#include "git/run.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <array>

namespace chant::git {
namespace {

// "Name <mail> 1700000000 +0100" without the time.
std::string without_time(const std::string& ident) {
  const auto end = ident.rfind('>');
  return end == std::string::npos ? ident : ident.substr(0, end + 1);
}

std::string load_ident(const std::filesystem::path& directory, const char* variable) {
  const process::Result result = run(directory, {"var", variable});
  if (process::succeeded(result.outcome)) return without_time(std::string(trim(result.out)));
  throw Error("git does not know who you are",
              "git config --global user.name '…' and git config --global user.email '…'");
}

}  // namespace

Repository discover(const std::filesystem::path& directory) {
  const process::Result result =
      run(directory, {"rev-parse", "--path-format=absolute", "--is-bare-repository",
                      "--is-inside-work-tree", "--git-dir", "--git-common-dir", "--show-toplevel",
                      "HEAD", "--symbolic-full-name", "HEAD"});
  const std::vector<std::string> lines = split(result.out, '\n');
  if (lines.size() < 3) throw Error(error_words(result));
  if (lines[0] == "true" && lines[1] != "true") {
    throw Error("this is a bare repository: git chant works in a checkout");
  }
  if (lines[1] != "true" || lines.size() < 6) {
    throw Error("this is inside a git directory, not in a checkout");
  }
  Repository repository;
  repository.git_dir = lines[2];
  repository.common_dir = lines[3];
  repository.top_level = lines[4];
  if (process::succeeded(result.outcome) && lines.size() >= 7) {
    repository.head = lines[5];
    if (lines[6] != "HEAD") repository.head_ref = lines[6];
  } else {  // no commit yet, but a branch
    repository.head_ref = trim(run(directory, {"symbolic-ref", "-q", "HEAD"}).out);
  }
  return repository;
}

std::vector<std::pair<std::string, std::string>> chant_settings(
    const std::filesystem::path& directory) {
  const process::Result result = run(directory, {"config", "-z", "--get-regexp", "^chant\\."});
  std::vector<std::pair<std::string, std::string>> settings;
  for (const std::string& entry : split(result.out, '\0')) {
    if (entry.empty()) continue;
    const auto end = entry.find('\n');
    if (end == std::string::npos) {
      settings.emplace_back(lower(entry), "true");
    } else {
      settings.emplace_back(lower(entry.substr(0, end)), entry.substr(end + 1));
    }
  }
  return settings;
}

std::optional<std::string> operation_in_progress(const std::filesystem::path& git_dir) {
  constexpr std::array<std::pair<const char*, const char*>, 7> kMarks = {
      {{"MERGE_HEAD", "merge"},
       {"rebase-merge", "rebase"},
       {"rebase-apply", "rebase"},
       {"CHERRY_PICK_HEAD", "cherry-pick"},
       {"REVERT_HEAD", "revert"},
       {"sequencer", "cherry-pick"},
       {"BISECT_LOG", "bisect"}}};
  for (const auto& [file, name] : kMarks) {
    std::error_code ignored;
    if (std::filesystem::exists(git_dir / file, ignored)) return name;
  }
  return std::nullopt;
}

std::vector<std::string> merge_heads(const std::filesystem::path& git_dir) {
  const auto text = find_file(git_dir / "MERGE_HEAD", std::size_t{64} * 1024);
  std::vector<std::string> heads;
  for (const std::string& line : split(text.value_or(""), '\n')) {
    if (!line.empty()) heads.push_back(line);
  }
  return heads;
}

Identity load_identity(const std::filesystem::path& directory) {
  Identity identity;
  identity.author = load_ident(directory, "GIT_AUTHOR_IDENT");
  identity.committer = load_ident(directory, "GIT_COMMITTER_IDENT");
  const process::Result sign = run(directory, {"config", "--type=bool", "commit.gpgSign"});
  identity.sign = trim(sign.out) == "true";
  return identity;
}

}  // namespace chant::git
