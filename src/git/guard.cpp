#include "git/guard.h"

#include "git/fields.h"
#include "git/index_file.h"
#include "git/run.h"
#include "git/worktree.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 4UL * 1024 * 1024;
constexpr std::size_t kMaxIndex = 256UL * 1024 * 1024;
constexpr std::array<const char*, 4> kFiles = {"config", "config.worktree", "info/attributes",
                                               "objects/info/alternates"};

constexpr const char* kNotReadable = "(not readable)";
constexpr const char* kAstray = "(leads elsewhere)";
constexpr std::string_view kSaved = "chant guard 1";
constexpr std::string_view kLink = "/gitdir";  // stands for where a worktree leads

// A file that cannot be read is as good as changed: what is in it is told by how it looks.
std::string content_of(const fs::path& path, std::size_t max_bytes) {
  try {
    return find_file(path, max_bytes).value_or("");
  } catch (const Error& error) {
    return error.what();
  }
}

std::string key_of(const std::string& entry) { return entry.substr(0, entry.find('\n')); }

// The repository's own configuration may be what is broken: it is not read.
process::Result run_config(const fs::path& directory, std::vector<std::string> arguments,
                           std::string_view input = {}) {
  arguments.insert(arguments.begin(), "config");
  process::Command git = command(directory, std::move(arguments));
  git.env["GIT_DIR"] = "/dev/null";
  return process::run(git, input);
}

// Entries "<key>\n<value>", in their order.
std::vector<std::string> dangerous_settings(const fs::path& directory, const std::string& config) {
  const process::Result listed =
      run_config(directory, {"--file", "-", "--no-includes", "--list", "-z"}, config);
  std::vector<std::string> settings;
  for (const std::string& entry : split(listed.out, '\0')) {
    if (is_dangerous_key(key_of(entry))) settings.push_back(entry);
  }
  if (!process::succeeded(listed.outcome)) settings.emplace_back(kNotReadable);
  return settings;
}

std::set<std::string> changed_keys(const std::vector<std::string>& were,
                                   const std::vector<std::string>& are) {
  const std::set<std::string> before(were.begin(), were.end());
  const std::set<std::string> now(are.begin(), are.end());
  std::vector<std::string> changed;
  std::set_symmetric_difference(before.begin(), before.end(), now.begin(), now.end(),
                                std::back_inserter(changed));
  std::set<std::string> keys;
  for (const std::string& entry : changed) keys.insert(key_of(entry));
  return keys;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_config(const std::string& name) {
  return name == "config" || ends_with(name, "config.worktree");
}

// Where a file with one line leads to, seen from its own directory; "" when it is no such file.
fs::path target_of(const fs::path& file, std::string_view prefix) {
  try {
    const auto text = find_file(file, kMaxBytes);
    if (!text || std::string_view(*text).substr(0, prefix.size()) != prefix) return {};
    const std::string_view name = trim(std::string_view(*text).substr(prefix.size()));
    std::error_code ignored;
    return name.empty() ? fs::path() : fs::weakly_canonical(file.parent_path() / name, ignored);
  } catch (const Error&) {
    return {};
  }
}

bool is_same(const fs::path& one, const fs::path& other) {
  std::error_code error;
  return fs::equivalent(one, other, error) && !error;
}

// Whether `dot_git`, the file or directory at the top of a worktree, and its git directory are what
// `git worktree add` made them.
bool leads_here(const fs::path& common_dir, const fs::path& admin, const fs::path& dot_git) {
  return is_same(target_of(dot_git, "gitdir: "), admin) &&
         is_same(target_of(admin / "commondir", ""), common_dir);
}

// True for a name that look() gives.
bool is_watched(const std::string& name) {
  if (std::find(kFiles.begin(), kFiles.end(), name) != kFiles.end()) return true;
  const std::vector<std::string> parts = split(name, '/');
  const bool odd = std::any_of(parts.begin(), parts.end(), [](const std::string& part) {
    return part.empty() || part == "." || part == "..";
  });
  if (odd || name.find('\0') != std::string::npos) return false;
  if (parts[0] == "hooks") return parts.size() <= 2;
  return parts.size() == 3 && parts[0] == "worktrees" &&
         (parts[2] == "config.worktree" || parts[2] == "gitdir");
}

// A path in `aside` that nothing has.
fs::path free_place(const fs::path& aside, std::string name) {
  std::replace(name.begin(), name.end(), '/', '-');
  std::error_code ignored;
  fs::path place = aside / name;
  for (int n = 2; fs::exists(fs::symlink_status(place, ignored)); ++n) {
    place = aside / fmt::format("{}-{}", name, n);
  }
  return place;
}

enum class Save { copy, move };

// Throws when it cannot be saved.
void save_aside(const fs::path& path, const fs::path& aside, const std::string& name, Save how) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error))) return;
  const fs::path place = free_place(aside, name);
  if (how == Save::move) fs::rename(path, place, error);
  if (how == Save::move && !error) return;
  fs::copy(path, place, fs::copy_options::copy_symlinks | fs::copy_options::recursive, error);
  if (error) fail("cannot save '{}' in '{}': {}", path.string(), place.string(), error.message());
  if (how == Save::move) fs::remove_all(path, error);
}

void write_whole(const fs::path& path, const std::string& content, unsigned mode) {
  std::error_code ignored;
  fs::create_directories(path.parent_path(), ignored);
  AtomicFile file(path, mode & 0777U);
  file.write(content);
  file.commit();
}

}  // namespace

bool is_dangerous_key(std::string_view key) {
  constexpr std::array<std::string_view, 28> kSections = {
      "alias.",   "filter.",   "diff.",        "merge.",      "include.", "includeif.",
      "hook.",    "gpg.",      "credential.",  "extensions.", "trailer.", "protocol.",
      "url.",     "sequence.", "interactive.", "uploadpack.", "pager.",   "man.",
      "browser.", "difftool.", "mergetool.",   "chant.",      "http.",    "lfs.",
      "tar.",     "imap.",     "sendemail.",   "web."};
  constexpr std::array<std::string_view, 14> kKeys = {
      "core.fsmonitor",       "core.hookspath",    "core.pager",
      "core.editor",          "core.sshcommand",   "core.askpass",
      "core.gitproxy",        "core.worktree",     "core.bare",
      "core.attributesfile",  "core.excludesfile", "core.alternaterefscommand",
      "gc.recentobjectshook", "init.templatedir"};
  const std::string name = lower(key);
  if (name == "extensions.relativeworktrees") return false;  // `git worktree add` itself sets it
  const bool section = std::any_of(kSections.begin(), kSections.end(), [&](std::string_view s) {
    return name.compare(0, s.size(), s) == 0;
  });
  const auto ends_in = [&](std::string_view word) {
    return name.size() > word.size() &&
           name.compare(name.size() - word.size(), word.size(), word) == 0;
  };
  const bool remote =
      name.compare(0, 7, "remote.") == 0 &&
      (ends_in(".uploadpack") || ends_in(".receivepack") || ends_in(".vcs") || ends_in(".proxy"));
  const bool module = name.compare(0, 10, "submodule.") == 0 && ends_in(".update");
  return section || remote || module || std::find(kKeys.begin(), kKeys.end(), name) != kKeys.end();
}

Guard::Guard(Repository repository) : repository_(std::move(repository)), before_(look()) {}

Guard::Files Guard::look() const {
  Files files;
  for (const char* name : kFiles) add_file(name, files);
  std::error_code ignored;
  const fs::path hooks = repository_.common_dir / "hooks";
  if (fs::is_symlink(hooks, ignored)) add_file("hooks", files);
  for (const auto& entry : fs::directory_iterator(hooks, ignored)) {
    add_file("hooks/" + entry.path().filename().string(), files);
  }
  look_at_worktrees(files);
  return files;
}

void Guard::add_file(const std::string& name, Files& files) const {
  const fs::path path = repository_.common_dir / name;
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return;
  File& file = files[name];
  file.mode = info.st_mode;
  try {
    std::error_code ignored;
    file.content = S_ISLNK(info.st_mode) ? fs::read_symlink(path, ignored).string()
                                         : find_file(path, kMaxBytes).value_or("");
  } catch (const Error& error) {
    // It is told by how it looks, and cannot be written again.
    file.content = error.what();
    file.mode = 0;
    if (S_ISREG(info.st_mode)) {
      file.content += fmt::format(" {} {} {}.{}", info.st_ino, info.st_size, info.st_mtim.tv_sec,
                                  info.st_mtim.tv_nsec);
    }
  }
  file.seen = is_config(name) ? file.content : fmt::format("{:o} {}", info.st_mode, file.content);
}

void Guard::look_at_worktrees(Files& files) const {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(repository_.common_dir / "worktrees", ignored)) {
    const std::string name = "worktrees/" + entry.path().filename().string();
    add_file(name + "/config.worktree", files);
    const fs::path dot_git = target_of(entry.path() / "gitdir", "");
    if (!fs::exists(fs::symlink_status(dot_git, ignored))) continue;
    // What is no worktree is not to be made one: anything may be named there.
    if (dot_git.filename() != ".git" || is_same(dot_git, repository_.common_dir)) continue;
    if (leads_here(repository_.common_dir, entry.path(), dot_git)) continue;
    files[name + std::string(kLink)] = {kAstray, dot_git.string(), 0};
  }
}

std::vector<std::string> Guard::changed_keys_of(const std::string& name, const Files& now) const {
  const auto text_in = [](const Files& files, const std::string& file) {
    const auto found = files.find(file);
    return found == files.end() ? std::string() : found->second.seen;
  };
  const fs::path& directory = repository_.top_level;
  std::string was = text_in(before_, name);
  // A new worktree gets a copy of the configuration that the main one has for itself.
  if (name != "config" && before_.count(name) == 0) was = text_in(before_, "config.worktree");
  const auto are = dangerous_settings(directory, text_in(now, name));
  if (are.empty() && before_.count(name) == 0) return {};
  const auto keys = changed_keys(dangerous_settings(directory, was), are);
  return {keys.begin(), keys.end()};
}

// Worktrees come and go, of this process and of others, each under the lock: what is only half
// there at this moment was not planted.
std::map<std::string, std::vector<std::string>> Guard::differences() const {
  auto found = differences_from(look());
  const auto is_of_worktree = [](const auto& one) {
    return one.first.compare(0, 10, "worktrees/") == 0;
  };
  if (std::none_of(found.begin(), found.end(), is_of_worktree)) return found;
  const auto lock = try_worktree_lock(repository_);
  if (lock) return differences_from(look());
  std::erase_if(found, is_of_worktree);
  return found;
}

bool Guard::differ(const std::string& name, const Files& now) const {
  const auto old = before_.find(name);
  const auto fresh = now.find(name);
  const std::string_view was = old == before_.end() ? "" : std::string_view(old->second.seen);
  const std::string_view is = fresh == now.end() ? "" : std::string_view(fresh->second.seen);
  return was != is;
}

std::map<std::string, std::vector<std::string>> Guard::differences_from(const Files& now) const {
  std::map<std::string, std::vector<std::string>> found;
  Files both = before_;
  both.insert(now.begin(), now.end());
  const bool other_hooks = differ("hooks", now);
  for (const auto& [name, file] : both) {
    // Another directory of hooks has none of ours, and what else it has is somebody's own.
    const bool moved = other_hooks && name.compare(0, 6, "hooks/") == 0;
    if (moved ? before_.count(name) == 0 : !differ(name, now)) continue;
    const bool other_worktree = name.compare(0, 10, "worktrees/") == 0;
    if (other_worktree && now.count(name) == 0) continue;  // it is gone, or right again
    if (is_config(name)) {
      auto keys = changed_keys_of(name, now);
      if (!keys.empty()) found[name] = std::move(keys);
    } else if (other_worktree) {
      found[name] = {file.content};
    } else {
      found[name] = {name};
    }
  }
  return found;
}

std::vector<std::string> Guard::changes() const {
  std::set<std::string> names;
  for (const auto& [name, what] : differences()) {
    for (const std::string& one : what) {
      names.insert((is_config(name) ? "git config " : "") + printable_line(one));
    }
  }
  return {names.begin(), names.end()};
}

void Guard::put_back(const fs::path& aside) const {
  make_private_directories(aside);
  for (const auto& [name, keys] : differences()) {
    const bool link = ends_with(name, kLink);
    const fs::path path =
        link ? target_of(repository_.common_dir / name, "") : repository_.common_dir / name;
    const bool whole = std::find(keys.begin(), keys.end(), kNotReadable) != keys.end();
    if (is_config(name) && !whole) {
      save_aside(path, aside, name, Save::copy);
      restore_settings(name, keys);
      continue;
    }
    save_aside(path, aside, name, Save::move);
    if (link) {
      const fs::path admin = (repository_.common_dir / name).parent_path();
      save_aside(admin / "commondir", aside, name, Save::move);
      write_whole(path, "gitdir: " + admin.string() + "\n", 0644);
      write_whole(admin / "commondir", "../..\n", 0644);
    } else {
      restore_file(name);
    }
  }
}

void Guard::restore_file(const std::string& name) const {
  const fs::path path = repository_.common_dir / name;
  const auto old = before_.find(name);
  if (old == before_.end()) return;
  std::error_code ignored;
  if (S_ISLNK(old->second.mode)) {
    fs::create_directories(path.parent_path(), ignored);
    fs::create_symlink(old->second.content, path, ignored);
  } else if (S_ISREG(old->second.mode)) {
    write_whole(path, old->second.content, old->second.mode);
  }
}

void Guard::restore_settings(const std::string& name, const std::vector<std::string>& keys) const {
  const std::string file = (repository_.common_dir / name).string();
  const auto old = before_.find(name);
  const auto settings =
      dangerous_settings(repository_.top_level, old == before_.end() ? "" : old->second.content);
  for (const std::string& key : keys) {
    // Fails when the key is not there, which is as well.
    (void)run_config(repository_.top_level, {"--file", file, "--unset-all", key});
    for (const std::string& entry : settings) {
      if (key_of(entry) != key) continue;
      const auto end = entry.find('\n');
      const std::string value = end == std::string::npos ? "true" : entry.substr(end + 1);
      const process::Result added =
          run_config(repository_.top_level, {"--file", file, "--add", key, value});
      if (!process::succeeded(added.outcome)) fail_git("git config --add", added);
    }
  }
}

std::string Guard::save() const {
  FieldWriter out;
  out.add(kSaved);
  out.add_number(static_cast<std::int64_t>(before_.size()));
  for (const auto& [name, file] : before_) {
    for (const std::string& field : {name, file.seen, file.content}) out.add(field);
    out.add_number(file.mode);
  }
  return out.take();
}

Guard Guard::load(Repository repository, const std::string& text) {
  FieldReader in(text);
  if (in.next() != kSaved) fail("this is not how a repository was");
  Files files;
  for (std::size_t left = in.next_count(); left > 0; --left) {
    const std::string name = in.next();
    if (!is_watched(name)) fail("'{}' is not watched", printable_line(name));
    File& file = files[name];
    file.seen = in.next();
    file.content = in.next();
    file.mode = static_cast<unsigned>(in.next_number());
  }
  return {std::move(repository), std::move(files)};
}

namespace {

class Disarming {
 public:
  explicit Disarming(const fs::path& aside) : aside_(aside) {}

  std::vector<std::string> run(const fs::path& worktree) {
    visit(worktree, 0);
    return std::move(found_);
  }

 private:
  void visit(const fs::path& checkout, int depth) {
    constexpr int kMaxDepth = 20;
    const fs::path git_dir = git_dir_of(checkout);
    if (git_dir.empty() || depth > kMaxDepth) return;
    const fs::path shared = target_of(git_dir / "commondir", "");
    const fs::path& common_dir = shared.empty() ? git_dir : shared;
    if (depth == 0) {
      own_ = common_dir;
    } else if (!is_same(common_dir, own_)) {  // that one is for the guard
      for (const fs::path& directory : std::set<fs::path>{git_dir, common_dir}) {
        for (const char* name : {"config", "config.worktree"}) disarm(directory / name, checkout);
      }
    }
    for (const std::string& path : modules_in(git_dir)) {
      if (is_inside(checkout, path)) visit(checkout / path, depth + 1);
    }
  }

  // git does not go through links.
  static bool is_inside(fs::path checkout, const std::string& path) {
    std::error_code ignored;
    const std::vector<std::string> parts = split(path, '/');
    return std::all_of(parts.begin(), parts.end(), [&](const std::string& part) {
      checkout /= part;
      return fs::symlink_status(checkout, ignored).type() == fs::file_type::directory;
    });
  }

  static fs::path git_dir_of(const fs::path& checkout) {
    std::error_code ignored;
    const fs::path dot_git = checkout / ".git";
    return fs::is_directory(dot_git, ignored) ? dot_git : target_of(dot_git, "gitdir: ");
  }

  // An index that is split has the rest in files beside it.
  static std::set<std::string> modules_in(const fs::path& git_dir) {
    std::set<std::string> paths;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(git_dir, ignored)) {
      const std::string name = entry.path().filename().string();
      if (name != "index" && name.compare(0, 12, "sharedindex.") != 0) continue;
      const std::string bytes = content_of(entry.path(), kMaxIndex);
      const auto add = [&](const IndexEntry& module) { paths.emplace(module.path); };
      for (const std::size_t hash_size : {20, 32}) {
        (void)read_index(bytes, hash_size, add, Entries::modules);
      }
    }
    return paths;
  }

  void disarm(const fs::path& config, const fs::path& checkout) {
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(config, ignored))) return;
    std::set<std::string> keys;
    for (const std::string& entry : dangerous_settings("/", content_of(config, kMaxBytes))) {
      // Where the files of a submodule are is said in its configuration.
      const std::string key = key_of(entry);
      if (key != "core.worktree" && key != "core.bare") keys.insert(key);
    }
    if (fs::is_symlink(config, ignored)) keys.insert(kNotReadable);
    if (keys.empty()) return;
    make_private_directories(aside_);
    const bool whole = keys.count(kNotReadable) > 0;
    save_aside(config, aside_, "submodule-config", whole ? Save::move : Save::copy);
    if (whole) write_whole(config, "", 0600);
    for (const std::string& key : keys) {
      found_.push_back(fmt::format(
          "{}: git config {}", printable_line((checkout / ".git").string()), printable_line(key)));
      if (key == kNotReadable) continue;
      (void)run_config("/", {"--file", config.string(), "--unset-all", key});
    }
  }

  const fs::path& aside_;
  fs::path own_;  // the common directory of the worktree
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> disarm_submodules(const fs::path& worktree, const fs::path& aside) {
  return Disarming(aside).run(worktree);
}

bool is_worktree_of(const Repository& repository, const fs::path& worktree) {
  const fs::path admin = target_of(worktree / ".git", "gitdir: ");
  return !admin.empty() && is_same(admin.parent_path(), repository.common_dir / "worktrees") &&
         is_same(target_of(admin / "gitdir", ""), worktree / ".git") &&
         leads_here(repository.common_dir, admin, worktree / ".git");
}

}  // namespace chant::git
