#include "record/approval.h"

#include "git/run.h"
#include "git/tree.h"
#include "tasks/gates.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace chant::record {
namespace {

namespace fs = std::filesystem;
using tasks::Dialect;

constexpr std::size_t kMaxFileBytes = 1024UL * 1024;

// Paths can be no ref names; the tree of the commit says which path it is.
std::string ref_of(const std::string& path) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return fmt::format("refs/chant/approved/{:016x}", hash);
}

// "Name <mail>" of "Name <mail> 1767323045 +0000".
std::string who(const std::string& author) {
  const auto end = author.rfind('>');
  return end == std::string::npos ? author : author.substr(0, end + 1);
}

// A commit on top of what is there with this tree, and the ref on it.
std::string record_tree(Workspace& workspace, const std::string& path, const std::string& tree,
                        const std::string& what) {
  const std::string ref = ref_of(path);
  const std::string before = workspace.store().find_ref(ref).value_or("");
  git::NewCommit commit{tree, {}, fmt::format("chant: {} {}\n", what, printable_line(path))};
  if (!before.empty()) commit.parents = {before};
  const std::string made =
      git::make_commit(workspace.store(), workspace.repository(), workspace.identity(), commit);
  if (const auto refused = workspace.refs().change({{ref, before, made}})) {
    fail("cannot record in '{}': {}", ref, *refused);
  }
  return made;
}

std::string empty_tree(Workspace& workspace) { return workspace.store().write_object("tree", ""); }

fs::path beside(const Workspace& workspace, const tasks::List& list, const char* name) {
  return (workspace.repository().top_level / list.path).parent_path() / name;
}

std::string shown(const Workspace& workspace, const fs::path& path) {
  return printable_line(path.lexically_relative(workspace.repository().top_level).string());
}

std::optional<Evidence> of_spec_json(const Workspace& workspace, const tasks::List& list) {
  const fs::path path = beside(workspace, list, "spec.json");
  const auto json = find_file(path, kMaxFileBytes);
  if (!json) return std::nullopt;
  const auto approved = tasks::approved_by_spec_json(*json);
  if (!approved)
    return Evidence{false, fmt::format("'{}' says nothing of the tasks", shown(workspace, path))};
  return Evidence{*approved, fmt::format("'{}' says that the tasks are {}approved",
                                         shown(workspace, path), *approved ? "" : "not ")};
}

std::optional<Evidence> of_approved_line(const tasks::List& list, std::string_view text) {
  if (!tasks::has_approved_line(text)) return std::nullopt;
  return Evidence{true, fmt::format("'{}' has a line '✅ APPROVED'", printable_line(list.path))};
}

std::vector<fs::path> markdown_files(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<Evidence> of_checklists(const Workspace& workspace, const tasks::List& list) {
  std::size_t boxes = 0;
  std::string open;
  const fs::path directory = beside(workspace, list, "checklists");
  for (const fs::path& path : markdown_files(directory)) {
    const tasks::Boxcount count = tasks::count_boxes(load_file(path, kMaxFileBytes));
    boxes += count.all;
    if (count.open == 0) continue;
    if (!open.empty()) open += ", ";
    open += fmt::format("'{}' has {} open", shown(workspace, path), count.open);
  }
  if (boxes == 0) return std::nullopt;
  if (!open.empty()) return Evidence{false, "not all checklists are complete: " + open};
  return Evidence{true,
                  fmt::format("the checklists in '{}' are complete", shown(workspace, directory))};
}

}  // namespace

std::optional<Approval> find_approval(Workspace& workspace, const std::string& path) {
  const std::string ref = ref_of(path);
  const auto tip = workspace.store().find_ref(ref);
  if (!tip) return std::nullopt;
  auto text = git::find_blob(workspace.store(), *tip, path);
  if (!text) return std::nullopt;
  const git::Commit commit = git::load_commit(workspace.store(), *tip);
  return Approval{ref, *tip, std::move(*text), who(commit.author), commit.committed};
}

Approval approve(Workspace& workspace, const std::string& path, const std::string& masked) {
  git::Store& store = workspace.store();
  const std::string blob = store.write_object("blob", masked);
  const std::string tree = git::tree_with_files_in(store, empty_tree(workspace), {{path, blob}});
  (void)record_tree(workspace, path, tree, "approve");
  return find_approval(workspace, path).value();
}

bool revoke_approval(Workspace& workspace, const std::string& path) {
  if (!find_approval(workspace, path)) return false;
  (void)record_tree(workspace, path, empty_tree(workspace), "take back the approval of");
  return true;
}

std::vector<std::string> difference(Workspace& workspace, const std::string& from,
                                    const std::string& to) {
  git::Store& store = workspace.store();
  const std::string before = store.write_object("blob", from);
  const std::string after = store.write_object("blob", to);
  store.flush();
  std::string text = git::output(workspace.repository().top_level,
                                 {"diff", "--no-color", "--no-ext-diff", "--no-textconv", "--text",
                                  "--end-of-options", before, after});
  std::vector<std::string> lines = split(text, '\n');
  const auto hunk = std::find_if(lines.begin(), lines.end(),
                                 [](const std::string& line) { return line.starts_with("@@"); });
  lines.erase(lines.begin(), hunk);
  return lines;
}

std::optional<Evidence> find_evidence(const Workspace& workspace, const tasks::List& list,
                                      std::string_view text) {
  switch (list.dialect) {
    case Dialect::cc_sdd:
    case Dialect::kiro:
      return of_spec_json(workspace, list);
    case Dialect::pimzino:
      return of_approved_line(list, text);
    case Dialect::spec_kit:
      return of_checklists(workspace, list);
    default:
      return std::nullopt;
  }
}

}  // namespace chant::record
