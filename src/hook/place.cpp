#include "hook/place.h"

#include "git/worktree.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <cstdlib>
#include <string_view>
#include <system_error>

namespace chant::hook {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSmall = 4096;
constexpr std::size_t kMaxPackedRefs = std::size_t{256} * 1024 * 1024;

// The first line of a small file, "" when it is not there.
std::string first_line(const fs::path& path) {
  try {
    const auto text = find_file(path, kSmall);
    return std::string(trim(text.value_or("").substr(0, text.value_or("").find('\n'))));
  } catch (const Error&) {
    return "";
  }
}

// What `value` names, seen from `directory`; "" for "".
fs::path resolved(const fs::path& directory, const std::string& value) {
  return value.empty() ? fs::path() : (directory / value).lexically_normal();
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string after(std::string_view text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return "";
  return std::string(trim(text.substr(prefix.size())));
}

// Empty when there is no checkout at `top`.
fs::path git_dir_of(const fs::path& top) {
  try {
    return git::git_directory_of(top);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::optional<Place> find_place(const fs::path& directory) {
  Place place;
  place.top_level = directory;
  place.git_dir = git_dir_of(directory);
  if (place.git_dir.empty()) return std::nullopt;
  std::error_code error;
  const std::string named = variable("GIT_DIR");
  if (!named.empty() && !fs::equivalent(resolved(directory, named), place.git_dir, error)) {
    return std::nullopt;
  }
  const std::string tree = variable("GIT_WORK_TREE");
  if (!tree.empty() && !fs::equivalent(resolved(directory, tree), directory, error)) {
    return std::nullopt;
  }
  const std::string common = first_line(place.git_dir / "commondir");
  place.common_dir = common.empty() ? place.git_dir : resolved(place.git_dir, common);
  const std::string index = variable("GIT_INDEX_FILE");
  place.index_file = index.empty() ? place.git_dir / "index" : resolved(directory, index);
  if (!fs::exists(place.common_dir / "reftable", error)) {
    place.head_ref = after(first_line(place.git_dir / "HEAD"), "ref:");
  }
  if (!common.empty()) place.spec = first_line(place.git_dir / "chant/spec");
  return place;
}

std::optional<std::string> read_ref(const Place& place, const std::string& ref) {
  const std::string loose = first_line(place.common_dir / ref);
  if (loose.size() >= 40) return loose;
  try {
    const auto packed = find_file(place.common_dir / "packed-refs", kMaxPackedRefs);
    if (!packed) return std::nullopt;
    const std::string wanted = " " + ref + "\n";
    const auto at = packed->find(wanted);
    if (at == std::string::npos) return std::nullopt;
    const auto line = packed->rfind('\n', at);
    return packed->substr(line + 1, at - line - 1);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace chant::hook
