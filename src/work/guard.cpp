#include "work/guard.h"

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

namespace chant::work {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 4UL * 1024 * 1024;
constexpr std::array<const char*, 4> kFiles = {"config", "config.worktree", "info/attributes",
                                               "objects/info/alternates"};

// A file that cannot be read is as good as changed: what is in it is told by how it looks.
std::string content_of(const fs::path& path) {
  try {
    return find_file(path, kMaxBytes).value_or("");
  } catch (const Error& error) {
    return error.what();
  }
}

std::set<std::string> dangerous_settings(const fs::path& directory, const std::string& config) {
  const process::Result listed =
      git::run(directory, {"config", "--file", "-", "--no-includes", "--list", "-z"}, config);
  std::set<std::string> settings;
  for (const std::string& entry : split(listed.out, '\0')) {
    if (is_dangerous_key(entry.substr(0, entry.find('\n')))) settings.insert(entry);
  }
  if (!process::succeeded(listed.outcome)) settings.insert("(not readable)");
  return settings;
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

Guard::Guard(const git::Repository& repository) : repository_(repository), before_(look()) {}

Guard::Files Guard::look() const {
  Files files;
  for (const char* name : kFiles) files[name] = content_of(repository_.common_dir / name);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(repository_.common_dir / "hooks", ignored)) {
    struct stat info {};
    if (lstat(entry.path().c_str(), &info) != 0) continue;
    files["hooks/" + entry.path().filename().string()] =
        fmt::format("{} {} {}.{} {}", info.st_mode, info.st_size, info.st_mtim.tv_sec,
                    info.st_mtim.tv_nsec, info.st_ino);
  }
  return files;
}

std::vector<std::string> Guard::changes() const {
  std::set<std::string> names;
  const Files now = look();
  Files both = before_;
  both.insert(now.begin(), now.end());
  for (const auto& [name, content] : both) {
    const auto old = before_.find(name);
    const auto fresh = now.find(name);
    const std::string was = old == before_.end() ? "" : old->second;
    const std::string is = fresh == now.end() ? "" : fresh->second;
    if (was == is) continue;
    if (name.compare(0, 6, "config") != 0) {
      names.insert(name);
      continue;
    }
    const auto settings_were = dangerous_settings(repository_.top_level, was);
    const auto settings_are = dangerous_settings(repository_.top_level, is);
    std::vector<std::string> changed;
    std::set_symmetric_difference(settings_were.begin(), settings_were.end(), settings_are.begin(),
                                  settings_are.end(), std::back_inserter(changed));
    for (const std::string& entry : changed) {
      names.insert("git config " + printable_line(entry.substr(0, entry.find('\n'))));
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace chant::work
