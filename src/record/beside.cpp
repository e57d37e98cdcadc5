#include "record/beside.h"

#include "git/tree.h"
#include "record/merge_task.h"
#include "tasks/list.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <string>

namespace chant::record {
namespace {

namespace fs = std::filesystem;

void tick_file(Workspace& workspace, const git::Advance& advance, const fs::path& checkout,
               const std::string& path, std::vector<std::string>& notes) {
  git::Store& store = workspace.store();
  const auto before = git::find_blob(store, advance.from, path);
  const auto after = git::find_blob(store, advance.to, path);
  const auto mine = find_file(checkout / path, tasks::kMaxListBytes);
  if (!before || !after || !mine || before->size() != after->size()) return;
  const Ticks ticks = with_ticks(path, *before, *after, *mine);
  if (!change_bytes(checkout / path, *mine, ticks.text)) {
    notes.push_back(
        fmt::format("'{}' is being written just now: its boxes are not as on the target",
                    printable_line(path)));
    return;
  }
  for (const std::string& why : ticks.missing) {
    notes.push_back(fmt::format("a box of '{}' is not as on the target in your copy: {}",
                                printable_line(path), printable_line(why)));
  }
}

}  // namespace

bool change_bytes(const fs::path& file, const std::string& old, const std::string& now) {
  if (old.size() != now.size() || load_file(file, tasks::kMaxListBytes) != old) return false;
  const UniqueFd fd(::open(file.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) fail_errno(fmt::format("cannot write '{}'", printable_line(file.string())), errno);
  for (std::size_t at = 0; at < old.size(); ++at) {
    if (old[at] == now[at]) continue;
    char byte = 0;
    const auto place = static_cast<off_t>(at);
    if (::pread(fd.number(), &byte, 1, place) != 1 || byte != old[at]) return false;
    if (::pwrite(fd.number(), &now[at], 1, place) == 1) continue;
    fail_errno(fmt::format("cannot write '{}'", printable_line(file.string())), errno);
  }
  return true;
}

std::vector<std::string> tick_beside(Workspace& workspace, const git::Advance& advance,
                                     const std::vector<git::Beside>& beside) {
  std::vector<std::string> notes;
  for (const auto& [checkout, paths] : beside) {
    for (const std::string& path : paths) {
      try {
        tick_file(workspace, advance, checkout, path, notes);
      } catch (const Error&) {
        // It has landed, and the file is the person's: it is a link now, or too large.
      }
    }
  }
  return notes;
}

}  // namespace chant::record
