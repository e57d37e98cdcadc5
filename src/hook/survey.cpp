#include "hook/survey.h"

#include "git/run.h"
#include "util/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace chant::hook {
namespace {

namespace fs = std::filesystem;

// With a name that git does not know, so that no hook of the user runs.
bool runs_configured_hooks(const git::Repository& repository) {
  if (!is_at_least(git::run(repository.top_level, {"version"}).out, 2, 54)) return false;
  const process::Result result =
      git::run(repository.top_level,
               {"-c", "hook.chant-probe.command=exit 7", "-c", "hook.chant-probe.event=chant-probe",
                "hook", "run", "--allow-unknown-hook-name", "chant-probe"});
  const auto* exited = std::get_if<process::Exited>(&result.outcome);
  return exited != nullptr && exited->code == 7;
}

bool is_below(const fs::path& path, const fs::path& directory) {
  std::error_code ignored;
  const fs::path above = fs::weakly_canonical(directory, ignored);
  const fs::path below = fs::weakly_canonical(path, ignored);
  return std::mismatch(above.begin(), above.end(), below.begin(), below.end()).first == above.end();
}

Area area_of(const git::Repository& repository, const fs::path& directory) {
  std::error_code ignored;
  if (fs::exists(directory, ignored) && !fs::is_directory(directory, ignored)) return Area::off;
  if (is_below(directory, repository.common_dir)) return Area::common;
  const bool standard = repository.common_dir.filename() == ".git";
  if (is_below(directory, repository.top_level) ||
      (standard && is_below(directory, repository.common_dir.parent_path()))) {
    return Area::checkout;
  }
  return Area::outside;
}

void find_directory(const git::Repository& repository, Survey& found) {
  // Our own command line turns hooks off: what it says does not count.
  const process::Result result =
      git::run(repository.top_level,
               {"config", "-z", "--show-scope", "--type=path", "--get-all", "core.hooksPath"});
  const std::vector<std::string> fields = split(result.out, '\0');
  bool set = false;
  for (std::size_t at = 0; at + 1 < fields.size(); at += 2) {
    if (fields[at] == "command") continue;
    found.scope = fields[at];
    found.hooks_path = fields[at + 1];
    set = true;
  }
  if (!set) {
    found.directory = repository.common_dir / "hooks";
  } else {
    found.relative = fs::path(found.hooks_path).is_relative() && !found.hooks_path.empty();
    found.directory = (repository.top_level / found.hooks_path).lexically_normal();
  }
  if (found.directory.filename().empty()) found.directory = found.directory.parent_path();
  found.area = set && found.hooks_path.empty() ? Area::off : area_of(repository, found.directory);
}

// The first of these files in the checkout.
fs::path first_of(const fs::path& top_level, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::error_code ignored;
    if (fs::exists(top_level / name, ignored)) return top_level / name;
  }
  return {};
}

void find_manager(const git::Repository& repository, Survey& found) {
  std::error_code ignored;
  const fs::path& top_level = repository.top_level;
  if (found.directory.filename() == "_" && fs::exists(found.directory / "h", ignored)) {
    found.managed = Managed::husky;
    found.managed_by = found.directory.parent_path();
    return;
  }
  std::vector<std::string> names;
  for (const char* end : {"yml", "yaml", "toml", "json", "jsonc"}) {
    for (const char* start : {"lefthook.", ".lefthook.", ".config/lefthook."}) {
      names.push_back(std::string(start) + end);
    }
  }
  found.managed_by = first_of(top_level, names);
  if (!found.managed_by.empty()) {
    found.managed = Managed::lefthook;
    return;
  }
  found.managed_by = first_of(top_level, {".overcommit.yml"});
  if (!found.managed_by.empty()) found.managed = Managed::overcommit;
}

}  // namespace

bool is_at_least(std::string_view version, int major, int minor) {
  version.remove_prefix(std::min(version.find_first_of("0123456789"), version.size()));
  std::array<int, 2> numbers = {0, 0};
  for (int& number : numbers) {
    const auto read = std::from_chars(version.data(), version.data() + version.size(), number);
    version.remove_prefix(static_cast<std::size_t>(read.ptr - version.data()));
    if (!version.empty()) version.remove_prefix(1);
  }
  return numbers[0] > major || (numbers[0] == major && numbers[1] >= minor);
}

Survey survey(const git::Repository& repository) {
  Survey found;
  found.configured_hooks = runs_configured_hooks(repository);
  find_directory(repository, found);
  find_manager(repository, found);
  return found;
}

}  // namespace chant::hook
