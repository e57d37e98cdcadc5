#include "git/reflog.h"

#include "git/run.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <algorithm>
#include <system_error>

namespace chant::git {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} * 1024 * 1024;

// gitformat: "<old> <new> <name> <mail> <time> <zone>\t<message>".
std::vector<ReflogEntry> parse_file(const std::string& text) {
  std::vector<ReflogEntry> entries;
  for (const std::string& line : split(text, '\n')) {
    const auto first = line.find(' ');
    const auto second = first == std::string::npos ? first : line.find(' ', first + 1);
    if (second == std::string::npos) continue;
    const auto tab = line.find('\t');
    entries.push_back({line.substr(first + 1, second - first - 1),
                       tab == std::string::npos ? "" : line.substr(tab + 1)});
  }
  std::reverse(entries.begin(), entries.end());
  return entries;
}

std::vector<ReflogEntry> ask_git(const Repository& repository, const std::string& ref) {
  const process::Result result =
      run(repository.top_level, {"reflog", "show", "-z", "--format=%H %gs", ref, "--"});
  std::vector<ReflogEntry> entries;
  for (const std::string& entry : split(result.out, '\0')) {
    const auto space = entry.find(' ');
    if (space != std::string::npos)
      entries.push_back({entry.substr(0, space), entry.substr(space + 1)});
  }
  return entries;
}

}  // namespace

std::vector<ReflogEntry> load_reflog(const Repository& repository, const std::string& ref) {
  std::error_code ignored;
  if (std::filesystem::exists(repository.common_dir / "reftable", ignored)) {
    return ask_git(repository, ref);
  }
  try {
    return parse_file(find_file(repository.common_dir / "logs" / ref, kMaxBytes).value_or(""));
  } catch (const Error&) {
    return {};
  }
}

}  // namespace chant::git
