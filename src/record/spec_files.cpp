#include "record/spec_files.h"

#include "git/tree.h"
#include "record/names.h"
#include "spec/id.h"
#include "util/error.h"
#include "util/file.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <cerrno>
#include <functional>
#include <map>
#include <set>

namespace chant::record {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDirectory = ".chant/specs/";
constexpr std::string_view kSuffix = ".md";

bool is_spec_name(std::string_view name) {
  return name.size() > kSuffix.size() && name.front() != '.' &&
         name.find('/') == std::string_view::npos &&
         name.substr(name.size() - kSuffix.size()) == kSuffix;
}

// Adds one file; `load` gives its text, or throws an Error that says why it cannot be read.
void add_file(spec::SpecFiles& files, const std::string& name,
              const std::function<std::string()>& load) {
  const std::string id = name.substr(0, name.size() - kSuffix.size());
  if (!spec::is_valid_id(id)) {
    files.strange_names.push_back(name);
    return;
  }
  spec::Item item;
  try {
    item.spec = spec::parse_spec(id, load(), spec_path(id));
  } catch (const Error& error) {
    item.spec.id = id;
    item.spec.title = id;
    item.broken = error.what();
  }
  files.items.emplace(id, std::move(item));
}

std::string load_blob(git::Store& store, const git::TreeEntry& entry, const std::string& path) {
  if (entry.mode.empty()) fail("{}:1: unresolved merge conflict", path);
  if (entry.mode.compare(0, 3, "100") != 0) fail("'{}' is not a regular file", path);
  auto blob = store.find_object(entry.oid);
  if (!blob || blob->type != "blob") fail("'{}' is not in the repository", path);
  return std::move(blob->content);
}

}  // namespace

std::optional<std::string> spec_file_name(std::string_view path) {
  if (path.substr(0, kDirectory.size()) != kDirectory) return std::nullopt;
  path.remove_prefix(kDirectory.size());
  return is_spec_name(path) ? std::optional(std::string(path)) : std::nullopt;
}

spec::SpecFiles load_spec_files(const git::Repository& repository) {
  spec::SpecFiles files;
  std::error_code error;
  if (!fs::exists(fs::symlink_status(repository.specs_dir(), error))) return files;
  (void)open_directory(repository.top_level / ".chant");
  const UniqueFd directory = open_directory(repository.specs_dir());
  for (const auto& entry : fs::directory_iterator(repository.specs_dir())) {
    const std::string name = entry.path().filename().string();
    if (!is_spec_name(name)) continue;
    add_file(files, name, [&] {
      return load_file_at(directory, name, std::string(kDirectory) + name, spec::kMaxSpecBytes);
    });
  }
  return files;
}

void make_specs_directory(const git::Repository& repository) {
  const UniqueFd chant = open_directory(repository.top_level / ".chant");
  if (::mkdirat(chant.number(), "specs", 0777) != 0 && errno != EEXIST) {
    fail_errno("cannot create '.chant/specs'", errno);
  }
}

spec::SpecFiles load_staged_specs(git::Store& store, const std::string& head,
                                  const std::vector<git::StagedChange>& changes) {
  std::map<std::string, git::TreeEntry> entries;
  const auto tree = head.empty() ? std::nullopt : git::find_entry(store, head, ".chant/specs");
  if (tree && tree->mode == "40000") {
    for (git::TreeEntry& entry : git::load_tree(store, tree->oid)) {
      if (is_spec_name(entry.name)) entries[entry.name] = entry;
    }
  }
  for (const git::StagedChange& change : changes) {
    const auto name = spec_file_name(change.path);
    if (!name) continue;
    entries.erase(*name);
    if (change.status == 'D') continue;
    entries[*name] = {change.status == 'U' ? "" : change.mode, *name, change.oid};
  }
  spec::SpecFiles files;
  for (const auto& [name, entry] : entries) {
    add_file(files, name, [&, &found = entry] {
      return load_blob(store, found, std::string(kDirectory) + found.name);
    });
  }
  return files;
}

std::vector<spec::Finding> lint_staged(git::Store& store, const std::string& head,
                                       const std::vector<git::StagedChange>& changes) {
  std::set<std::string> staged;
  for (const git::StagedChange& change : changes) {
    if (change.status != 'D' && spec_file_name(change.path)) staged.insert(change.path);
  }
  if (staged.empty()) return {};
  std::vector<spec::Finding> findings;
  for (spec::Finding& finding : spec::lint(load_staged_specs(store, head, changes))) {
    if (staged.count(finding.path) > 0) findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace chant::record
