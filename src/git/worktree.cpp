#include "git/worktree.h"

#include "git/run.h"
#include "util/error.h"
#include "util/file.h"
#include "util/random.h"
#include "util/text.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <cerrno>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

std::string without(std::string_view text, std::string_view prefix) {
  return std::string(text.substr(prefix.size()));
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

constexpr std::size_t kSmall = 64UL * 1024;

void put_file(const fs::path& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

void add(const Repository& repository, const fs::path& directory,
         const std::vector<std::string>& what) {
  std::vector<std::string> arguments = {"worktree", "add", "--quiet", "--no-checkout"};
  arguments.insert(arguments.end(), what.begin(), what.end());
  const process::Result result = run(repository.top_level, std::move(arguments));
  if (process::succeeded(result.outcome)) return;
  std::error_code ignored;
  fs::remove_all(directory, ignored);
  fail_git("git worktree add", result);
}

}  // namespace

std::vector<Worktree> list_worktrees(const Repository& repository) {
  std::vector<Worktree> worktrees;
  const std::string text = output(repository.top_level, {"worktree", "list", "--porcelain", "-z"});
  for (const std::string& line : split(text, '\0')) {
    if (starts_with(line, "worktree ")) worktrees.push_back({without(line, "worktree "), "", ""});
    if (worktrees.empty()) continue;
    if (starts_with(line, "HEAD ")) worktrees.back().head = without(line, "HEAD ");
    if (starts_with(line, "branch ")) worktrees.back().branch = without(line, "branch ");
    if (starts_with(line, "prunable")) worktrees.back().prunable = true;
  }
  // git names the git directory where that is not in the checkout.
  const bool in_main = repository.git_dir == repository.common_dir;
  if (in_main && !worktrees.empty()) worktrees.front().path = repository.top_level;
  return worktrees;
}

FileLock worktree_lock(const Repository& repository) {
  return FileLock::acquire(repository.chant_dir() / "locks/worktrees.lock");
}

std::optional<FileLock> try_worktree_lock(const Repository& repository) {
  return FileLock::try_acquire(repository.chant_dir() / "locks/worktrees.lock");
}

fs::path make_worktree_directory(const fs::path& root, const std::string& name) {
  std::error_code ignored;
  if (!fs::exists(root, ignored)) make_private_directories(root);
  for (int n = 1; n < 1000; ++n) {
    fs::path path = root / (n == 1 ? name : fmt::format("{}-{}", name, n));
    if (::mkdir(path.c_str(), 0700) == 0) return path;
    if (errno != EEXIST) fail_errno("cannot create the worktree '" + path.string() + "'", errno);
  }
  fail("too many worktrees named '{}' in '{}'", name, root.string());
}

void add_worktree(const Repository& repository, const fs::path& directory,
                  const std::string& branch, const std::string& spec) {
  add(repository, directory, {"--", directory.string(), branch});
  const fs::path marker = git_directory_of(directory) / "chant";
  make_private_directories(marker);
  (void)make_file(marker / "spec", spec + "\n");
}

void add_detached_worktree(const Repository& repository, const fs::path& directory,
                           const std::string& commit) {
  // With force, it takes the place of one whose directory was there and was deleted.
  add(repository, directory, {"--detach", "--force", "--", directory.string(), commit});
}

fs::path git_directory_of(const fs::path& worktree) {
  std::error_code ignored;
  if (fs::is_directory(worktree / ".git", ignored)) return worktree / ".git";
  const std::string text = load_file(worktree / ".git", kSmall);
  constexpr std::string_view kPrefix = "gitdir: ";
  if (!starts_with(text, kPrefix)) fail("'{}' is not a worktree", worktree.string());
  const fs::path admin = std::string(trim(std::string_view(text).substr(kPrefix.size())));
  return admin.is_absolute() ? admin : fs::weakly_canonical(worktree / admin);
}

void mark_worktree(const fs::path& worktree, const std::string& spec, Owner owner) {
  const fs::path marker = git_directory_of(worktree) / "chant";
  make_private_directories(marker);
  if (owner == Owner::person) put_file(marker / "person", "");
  if (owner == Owner::scratch) put_file(marker / "scratch", "");
  put_file(marker / "spec", spec + "\n");
}

void mark_passing(const fs::path& worktree) {
  const fs::path marker = git_directory_of(worktree) / "chant";
  make_private_directories(marker);
  put_file(marker / "passing", "");
}

std::vector<Marking> marked_worktrees(const Repository& repository) {
  std::vector<Marking> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(repository.common_dir / "worktrees", ignored)) {
    const auto spec = find_file(entry.path() / "chant/spec", kSmall);
    const auto dot_git = find_file(entry.path() / "gitdir", kSmall);
    if (!spec || !dot_git) continue;
    const fs::path file = fs::weakly_canonical(entry.path() / std::string(trim(*dot_git)), ignored);
    if (!fs::exists(file, ignored)) continue;
    Owner owner = Owner::run;
    if (fs::exists(entry.path() / "chant/scratch", ignored)) owner = Owner::scratch;
    if (fs::exists(entry.path() / "chant/person", ignored)) owner = Owner::person;
    found.push_back({file.parent_path(), std::string(trim(*spec)), owner});
  }
  return found;
}

process::Command populate_command(const fs::path& worktree) {
  return command(worktree, {"read-tree", "-m", "-u", "HEAD"});
}

process::Command remove_command(const Repository& repository, const fs::path& worktree) {
  return command(repository.top_level, {"worktree", "remove", "--force", "--", worktree.string()});
}

void heal_worktrees(const Repository& repository) {
  std::error_code ignored;
  if (!fs::is_directory(repository.common_dir / "worktrees", ignored)) return;
  const FileLock lock = worktree_lock(repository);
  for (const auto& entry : fs::directory_iterator(repository.common_dir / "worktrees", ignored)) {
    const auto common = find_file(entry.path() / "commondir", 64 * 1024);
    if (common && !trim(*common).empty()) continue;
    (void)run(repository.top_level, {"worktree", "prune"});
    return;
  }
}

process::Command status_command(const fs::path& checkout) {
  return command(checkout, {"status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all",
                            "--no-renames", "--ignore-submodules=none"});
}

Status parse_status(const std::string& output) {
  Status status;
  for (const std::string& line : split(output, '\0')) {
    if (starts_with(line, "# branch.oid ")) {
      status.head = without(line, "# branch.oid ");
      if (status.head == "(initial)") status.head.clear();
    } else if (starts_with(line, "# branch.head ")) {
      const std::string name = without(line, "# branch.head ");
      if (name != "(detached)") status.branch = "refs/heads/" + name;
    } else if (starts_with(line, "? ")) {
      status.entries.push_back({"?", without(line, "? ")});
    } else if (starts_with(line, "1 ") || starts_with(line, "u ")) {
      // "1 XY sub mH mI mW hH hI path", "u XY sub m1 m2 m3 mW h1 h2 h3 path"
      std::size_t at = 0;
      for (int field = line[0] == '1' ? 8 : 10; field > 0; --field) at = line.find(' ', at) + 1;
      status.entries.push_back({line.substr(0, 4), line.substr(at)});
    }
  }
  return status;
}

void let_go_of_worktree(const fs::path& worktree) {
  const std::string head = output(worktree, {"rev-parse", "--verify", "HEAD"});
  (void)output(worktree, {"update-ref", "--no-deref", "HEAD", head});
  fs::remove_all(git_directory_of(worktree) / "chant");
}

namespace {

// git names them with a slash behind, and does not look into them.
std::vector<std::string> untracked_repositories(const fs::path& worktree) {
  std::vector<std::string> found;
  for (std::string& path :
       split(output(worktree, {"ls-files", "-z", "--others", "--exclude-standard"}), '\0')) {
    if (!path.ends_with('/')) continue;
    path.pop_back();
    found.push_back(std::move(path));
  }
  return found;
}

}  // namespace

std::vector<std::string> repositories_within(const fs::path& worktree) {
  std::vector<std::string> found = untracked_repositories(worktree);
  for (const std::string& entry : split(output(worktree, {"ls-files", "-z", "--stage"}), '\0')) {
    const auto tab = entry.find('\t');
    if (!entry.starts_with("160000 ") || tab == std::string::npos) continue;
    std::string path = entry.substr(tab + 1);
    // The git directory of a submodule is elsewhere, and a file leads there.
    std::error_code ignored;
    if (fs::is_directory(worktree / path / ".git", ignored)) found.push_back(std::move(path));
  }
  return found;
}

std::optional<std::string> commit_of_leftovers(const fs::path& worktree,
                                               const std::string& message) {
  const std::string git_dir = output(worktree, {"rev-parse", "--absolute-git-dir"});
  const fs::path index = fs::path(git_dir) / ("chant-index-" + random_base36(10));
  std::error_code ignored;
  fs::copy_file(fs::path(git_dir) / "index", index, ignored);
  const auto with_index = [&](std::vector<std::string> arguments) {
    process::Command git = command(worktree, std::move(arguments));
    git.env["GIT_INDEX_FILE"] = index.string();
    process::Result result = process::run(git);
    if (!process::succeeded(result.outcome)) {
      fs::remove(index, ignored);
      fail_git("saving leftovers", result);
    }
    return std::string(trim(result.out));
  };
  std::vector<std::string> add = {"add", "--all", "--", "."};
  for (const std::string& path : untracked_repositories(worktree)) {
    add.push_back(":(exclude,literal)" + path);
  }
  (void)with_index(std::move(add));
  const std::string tree = with_index({"write-tree"});
  fs::remove(index, ignored);
  if (tree == output(worktree, {"rev-parse", "HEAD^{tree}"})) return std::nullopt;
  return output(worktree, {"commit-tree", "-p", "HEAD", tree}, message);
}

}  // namespace chant::git
