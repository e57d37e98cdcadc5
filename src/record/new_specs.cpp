#include "record/new_specs.h"

#include "git/run.h"
#include "git/tree.h"
#include "record/names.h"
#include "record/target.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <map>

namespace chant::record {
namespace {

void require_not_ignored(const Workspace& workspace,
                         const std::map<std::string, std::string>& files) {
  std::string names;
  for (const auto& [path, text] : files) names += path + '\0';
  const process::Result ignored =
      git::run(workspace.repository().top_level, {"check-ignore", "-z", "--stdin"}, names);
  if (ignored.out.empty()) return;
  throw Error(fmt::format("'{}' is ignored by git, but results are recorded in it",
                          ignored.out.substr(0, ignored.out.find('\0'))),
              "take .chant/specs out of .gitignore");
}

}  // namespace

std::string commit_new_specs(Workspace& workspace, const Snapshot& snapshot,
                             const std::vector<std::string>& ids) {
  std::map<std::string, std::string> files;
  std::string list;
  for (const std::string& id : ids) {
    const std::string path = spec_path(id);
    const std::string& text = snapshot.items.at(id).spec.text;
    const auto there = git::find_blob(workspace.store(), snapshot.target_tip, path);
    if (there == text || (there && !workspace.on_target())) continue;
    files[path] = text;
  }
  if (files.empty()) return "";
  require_not_ignored(workspace, files);
  for (const auto& [path, text] : files) list += "- " + path + "\n";
  const std::string target = workspace.require_target();
  const std::string before = workspace.store().find_ref(target).value_or("");
  const std::string commit = commit_on_target(
      workspace, files, fmt::format("chant: add {}\n\n{}\n", counted(files.size(), "spec"), list),
      Files::in_checkout);
  if (commit == before) return "";
  return fmt::format("committed {} to '{}' first ({})", counted(files.size(), "spec file"),
                     short_ref(target), commit.substr(0, 7));
}

}  // namespace chant::record
