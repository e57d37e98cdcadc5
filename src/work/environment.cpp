#include "work/environment.h"

#include "agent/profile.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

extern char** environ;

namespace chant::work {
namespace {

constexpr std::size_t kMostSecret = std::size_t{64} * 1024;

// What every program may need, and what is no secret.
const std::vector<std::string>& common_variables() {
  static const std::vector<std::string> names = {
      // Who and where.
      "PATH", "HOME", "USER", "LOGNAME", "SHELL", "HOSTNAME", "TMPDIR", "TMP", "TEMP",
      "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME", "XDG_DATA_DIRS", "XDG_STATE_HOME",
      "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
      // Language, time and terminal.
      "LANG", "LANGUAGE", "LC_*", "TZ", "TZDIR", "TERM", "TERMINFO", "TERMINFO_DIRS", "COLORTERM",
      "NO_COLOR",
      // The network.
      "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy",
      "https_proxy", "ftp_proxy", "all_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
      "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO",
      "GIT_SSL_CAPATH",
      // git and git-chant.
      "GIT_AUTHOR_*", "GIT_COMMITTER_*", "EMAIL", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",
      "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES", "CHANT_*", "GIT_CHANT_*"};
  return names;
}

bool is_passed(const std::string& name, const config::Agent& agent) {
  return is_among(name, common_variables()) || is_among(name, agent::variables_of(agent.profile)) ||
         is_among(name, agent.env.pass);
}

std::string with_home(const std::string& value) {
  const char* home = std::getenv("HOME");
  if (home == nullptr || !value.starts_with("~/")) return value;
  return home + value.substr(1);
}

// The message never has anything of the content.
std::string load_secret(const std::string& name, const std::string& path) {
  struct stat info {};
  const bool there = ::lstat(path.c_str(), &info) == 0;
  if (there && S_ISREG(info.st_mode)) {
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
      throw Error(fmt::format("'{}', the value of {}, can be read by others", path, name),
                  "chmod 600 " + shell_quoted(path));
    }
    if (info.st_uid != ::geteuid()) {
      fail("'{}', the value of {}, belongs to somebody else", path, name);
    }
  }
  const std::string text = load_file(path, kMostSecret);
  std::string value = text.substr(0, text.find('\n'));
  if (value.ends_with('\r')) value.pop_back();
  if (value.empty() || value.find('\0') != std::string::npos) {
    fail("the first line of '{}' is no value for {}", path, name);
  }
  return value;
}

}  // namespace

bool is_among(const std::string& name, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&name](std::string_view pattern) {
    if (!pattern.ends_with('*')) return name == pattern;
    return name.starts_with(pattern.substr(0, pattern.size() - 1));
  });
}

process::EnvChanges agent_environment(const config::Agent& agent) {
  process::EnvChanges changes;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    std::string name(text.substr(0, text.find('=')));
    if (!is_passed(name, agent)) changes[std::move(name)] = std::nullopt;
  }
  for (const auto& [name, value] : agent.env.set) changes[name] = with_home(value);
  for (const auto& [name, path] : agent.env.files) changes[name] = load_secret(name, path);
  return changes;
}

}  // namespace chant::work
