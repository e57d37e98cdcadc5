#include "git/guard.h"

#include "git/run.h"
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
constexpr std::array<const char*, 4> kFiles = {"config", "config.worktree", "info/attributes",
                                               "objects/info/alternates"};

constexpr const char* kNotReadable = "(not readable)";

// A file that cannot be read is as good as changed: what is in it is told by how it looks.
std::string content_of(const fs::path& path) {
  try {
    return find_file(path, kMaxBytes).value_or("");
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

bool is_config(const std::string& name) { return name.compare(0, 6, "config") == 0; }

void write_whole(const fs::path& path, const std::string& content, unsigned mode) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
  fs::create_directories(path.parent_path(), ignored);
  AtomicFile file(path, mode & 0777U);
  file.write(content);
  file.commit();
}

}  // namespace

bool is_dangerous_key(std::string_view key) {
  constexpr std::array<std::string_view, 22> kSections = {
      "alias.",   "filter.",   "diff.",        "merge.",      "include.", "includeif.",
      "hook.",    "gpg.",      "credential.",  "extensions.", "trailer.", "protocol.",
      "url.",     "sequence.", "interactive.", "uploadpack.", "pager.",   "man.",
      "browser.", "difftool.", "mergetool.",   "chant."};
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
  return section || remote || std::find(kKeys.begin(), kKeys.end(), name) != kKeys.end();
}

Guard::Guard(Repository repository) : repository_(std::move(repository)), before_(look()) {}

Guard::Files Guard::look() const {
  Files files;
  const auto add = [&](const std::string& name) -> File* {
    const fs::path path = repository_.common_dir / name;
    struct stat info {};
    if (lstat(path.c_str(), &info) != 0) return nullptr;
    File& file = files[name];
    file.mode = info.st_mode;
    std::error_code ignored;
    file.content =
        S_ISLNK(info.st_mode) ? fs::read_symlink(path, ignored).string() : content_of(path);
    file.seen = fmt::format("{} {} {}.{} {}", info.st_mode, info.st_size, info.st_mtim.tv_sec,
                            info.st_mtim.tv_nsec, info.st_ino);
    return &file;
  };
  for (const char* name : kFiles) {
    if (File* file = add(name)) file->seen = content_of(repository_.common_dir / name);
  }
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(repository_.common_dir / "hooks", ignored)) {
    (void)add("hooks/" + entry.path().filename().string());
  }
  return files;
}

std::map<std::string, std::vector<std::string>> Guard::differences() const {
  std::map<std::string, std::vector<std::string>> found;
  const Files now = look();
  Files both = before_;
  both.insert(now.begin(), now.end());
  for (const auto& [name, file] : both) {
    const auto old = before_.find(name);
    const auto fresh = now.find(name);
    const std::string was = old == before_.end() ? "" : old->second.seen;
    const std::string is = fresh == now.end() ? "" : fresh->second.seen;
    if (was == is) continue;
    if (!is_config(name)) {
      found[name] = {name};
      continue;
    }
    const auto keys = changed_keys(dangerous_settings(repository_.top_level, was),
                                   dangerous_settings(repository_.top_level, is));
    if (!keys.empty()) found[name] = {keys.begin(), keys.end()};
  }
  return found;
}

std::vector<std::string> Guard::changes() const {
  std::set<std::string> names;
  for (const auto& [name, what] : differences()) {
    for (const std::string& one : what) {
      names.insert(is_config(name) ? "git config " + printable_line(one) : one);
    }
  }
  return {names.begin(), names.end()};
}

void Guard::put_back(const fs::path& aside) const {
  make_private_directories(aside);
  for (const auto& [name, keys] : differences()) {
    const fs::path path = repository_.common_dir / name;
    std::string flat = name;
    std::replace(flat.begin(), flat.end(), '/', '-');
    std::error_code ignored;
    fs::copy(path, aside / flat, fs::copy_options::copy_symlinks | fs::copy_options::recursive,
             ignored);
    const auto old = before_.find(name);
    const bool whole = std::find(keys.begin(), keys.end(), kNotReadable) != keys.end();
    if (is_config(name) && !whole) {
      restore_settings(name, keys);
    } else if (old == before_.end()) {
      fs::remove_all(path, ignored);
    } else if (S_ISLNK(old->second.mode)) {
      fs::remove_all(path, ignored);
      fs::create_symlink(old->second.content, path, ignored);
    } else if (S_ISREG(old->second.mode)) {
      write_whole(path, old->second.content, old->second.mode);
    }
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

}  // namespace chant::git
