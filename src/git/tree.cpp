#include "git/tree.h"

#include "git/run.h"
#include "util/durable.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <time.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace chant::git {
namespace {

std::string with_file(Store& store, const std::string& tree, std::string_view path,
                      const std::string& blob) {
  const auto slash = path.find('/');
  const std::string name(path.substr(0, slash));
  TreeEntry entry = find_named(store, tree, name).value_or(TreeEntry{"", name, ""});
  const bool leaf = slash == std::string_view::npos;
  if (entry.mode.empty()) {
    entry.mode = leaf ? "100644" : "40000";
  } else if (leaf == is_tree(entry)) {
    fail("'{}' is {} in git", name, leaf ? "a directory" : "not a directory");
  }
  const bool is_file = entry.mode.compare(0, 3, "100") == 0;
  if (leaf && !is_file) entry.mode = "100644";  // it was a link
  entry.oid = leaf ? blob : with_file(store, entry.oid, path.substr(slash + 1), blob);
  return replace_entries(store, tree, {{name, entry}});
}

void collect_changes(Store& store, const std::string& from, const std::string& to,
                     const std::string& prefix, const std::string& without,
                     std::vector<ChangedPath>& changes) {
  if (from == to) return;
  for (const auto& [name, both] : differing_entries(store, {from, to})) {
    if (name == without) continue;
    const TreeEntry& a = both[0];
    const TreeEntry& b = both[1];
    if (is_tree(a) || is_tree(b)) {
      const std::string path = prefix + name + "/";
      collect_changes(store, is_tree(a) ? a.oid : "", is_tree(b) ? b.oid : "", path, "", changes);
    }
    const bool before = !a.mode.empty() && !is_tree(a), after = !b.mode.empty() && !is_tree(b);
    if (before || after) changes.push_back({prefix + name, !before, !after});
  }
}

std::vector<std::string> paths_of(std::vector<ChangedPath> changes) {
  std::vector<std::string> paths;
  paths.reserve(changes.size());
  for (ChangedPath& change : changes) paths.push_back(std::move(change.path));
  return paths;
}

std::string stamp_of(std::int64_t when) {
  const auto seconds = static_cast<time_t>(when);
  struct tm parts {};
  localtime_r(&seconds, &parts);
  const long minutes = parts.tm_gmtoff / 60;
  return fmt::format("{} {}{:02}{:02}", seconds, minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                     std::abs(minutes) % 60);
}

// The header value of an author or committer as the environment says it to git.
void set_person(process::EnvChanges& env, const std::string& role, const std::string& header) {
  const auto open = header.rfind(" <"), close = header.rfind("> ");
  if (open == std::string::npos || close == std::string::npos || close < open) {
    fail("'{}' is not the name, address and time of a person", printable_line(header));
  }
  env["GIT_" + role + "_NAME"] = header.substr(0, open);
  env["GIT_" + role + "_EMAIL"] = header.substr(open + 2, close - open - 2);
  env["GIT_" + role + "_DATE"] = "@" + header.substr(close + 2);
}

std::string make_signed_commit(const Repository& repository, const NewCommit& commit,
                               const std::string& author, const std::string& committer) {
  std::vector<std::string> arguments;
  if (!commit.encoding.empty()) {
    arguments = {"-c", "i18n.commitEncoding=" + commit.encoding};
  }
  arguments.insert(arguments.end(), {"commit-tree", "-S", commit.tree});
  for (const std::string& parent : commit.parents) {
    arguments.insert(arguments.end(), {"-p", parent});
  }
  process::Command command = git::command(repository.top_level, std::move(arguments));
  set_person(command.env, "AUTHOR", author);
  set_person(command.env, "COMMITTER", committer);
  const process::Result result = process::run(command, commit.message);
  if (!process::succeeded(result.outcome)) fail_git("git commit-tree", result);
  return std::string(trim(result.out));
}

// Objects of a tree that are not in another ("" = nothing), at the same place.
void add_new_objects(Store& store, const std::string& before, const std::string& after,
                     std::set<std::string>& oids) {
  if (before == after) return;
  for (const auto& [name, both] : differing_entries(store, {before, after})) {
    const TreeEntry& now = both[1];
    if (now.mode.empty() || now.oid == both[0].oid || now.mode == "160000") continue;
    oids.insert(now.oid);
    if (is_tree(now)) {
      add_new_objects(store, is_tree(both[0]) ? both[0].oid : "", now.oid, oids);
    }
  }
}

}  // namespace

Commit load_commit(Store& store, const std::string& oid) {
  const Object object = require_object(store, oid, "commit");
  Commit commit;
  const std::string_view text = object.content;
  const auto end = text.find("\n\n");
  for (const std::string& line : split(text.substr(0, end), '\n')) {
    const auto space = line.find(' ');
    if (space == std::string::npos || space == 0) continue;
    const std::string value = line.substr(space + 1);
    if (line.compare(0, space, "tree") == 0) commit.tree = value;
    if (line.compare(0, space, "parent") == 0) commit.parents.push_back(value);
    if (line.compare(0, space, "author") == 0) commit.author = value;
    if (line.compare(0, space, "committer") == 0) commit.committer = value;
    if (line.compare(0, space, "encoding") == 0) commit.encoding = value;
  }
  const auto mail = commit.committer.rfind("> ");
  if (mail != std::string::npos) {
    const char* first = commit.committer.data() + mail + 2;
    std::from_chars(first, commit.committer.data() + commit.committer.size(), commit.committed);
  }
  if (end != std::string_view::npos) commit.message = text.substr(end + 2);
  return commit;
}

std::optional<TreeEntry> find_entry(Store& store, const std::string& commit,
                                    const std::string& path) {
  return find_entry_in(store, load_commit(store, commit).tree, path);
}

std::optional<TreeEntry> find_entry_in(Store& store, const std::string& tree,
                                       const std::string& path) {
  TreeEntry current{"40000", "", tree};
  for (const std::string& name : split(path, '/')) {
    if (!is_tree(current)) return std::nullopt;
    auto found = find_named(store, current.oid, name);
    if (!found) return std::nullopt;
    current = std::move(*found);
  }
  return current;
}

std::optional<std::string> find_blob(Store& store, const std::string& commit,
                                     const std::string& path) {
  const auto entry = find_entry(store, commit, path);
  if (!entry || entry->mode.compare(0, 3, "100") != 0) return std::nullopt;
  return require_object(store, entry->oid, "blob").content;
}

std::vector<std::string> changed_paths(Store& store, const std::string& from, const std::string& to,
                                       const std::string& directory) {
  const auto tree_of = [&](const std::string& commit) -> std::string {
    if (directory.empty()) return load_commit(store, commit).tree;
    const auto entry = find_entry(store, commit, directory);
    if (!entry) return "";
    return is_tree(*entry) ? entry->oid : "";
  };
  std::vector<ChangedPath> changes;
  collect_changes(store, tree_of(from), tree_of(to), directory.empty() ? "" : directory + "/", "",
                  changes);
  return paths_of(std::move(changes));
}

std::vector<ChangedPath> changes_between(Store& store, const std::string& from,
                                         const std::string& to) {
  std::vector<ChangedPath> changes;
  collect_changes(store, from, to, "", "", changes);
  return changes;
}

std::vector<std::string> changed_trees(Store& store, const std::string& from, const std::string& to,
                                       const std::string& without) {
  std::vector<ChangedPath> changes;
  collect_changes(store, from, to, "", without, changes);
  return paths_of(std::move(changes));
}

std::string tree_with_files(Store& store, const std::string& commit,
                            const std::map<std::string, std::string>& files) {
  return tree_with_files_in(store, load_commit(store, commit).tree, files);
}

std::string tree_with_files_in(Store& store, std::string tree,
                               const std::map<std::string, std::string>& files) {
  for (const auto& [path, blob] : files) tree = with_file(store, tree, path, blob);
  return tree;
}

std::string tree_without(Store& store, const std::string& tree, const std::string& path) {
  const auto slash = path.find('/');
  const std::string name = path.substr(0, slash);
  auto entry = find_named(store, tree, name);
  if (!entry || is_tree(*entry) != (slash != std::string::npos)) return tree;
  if (slash == std::string::npos) {
    entry->mode.clear();
  } else {
    entry->oid = tree_without(store, entry->oid, path.substr(slash + 1));
    if (load_tree(store, entry->oid).empty()) entry->mode.clear();
  }
  return replace_entries(store, tree, {{name, *entry}});
}

std::string make_commit(Store& store, const Repository& repository, const Identity& identity,
                        const NewCommit& commit) {
  const std::string stamp = stamp_of(commit.when == 0 ? now_ms() / 1000 : commit.when);
  const std::string author = commit.author.empty() ? identity.author + " " + stamp : commit.author;
  const std::string committer = identity.committer + " " + stamp;
  if (identity.sign) {
    store.flush();
    return make_signed_commit(repository, commit, author, committer);
  }
  std::string content = "tree " + commit.tree + "\n";
  for (const std::string& parent : commit.parents) content += "parent " + parent + "\n";
  content += fmt::format("author {}\ncommitter {}\n", author, committer);
  if (!commit.encoding.empty()) content += "encoding " + commit.encoding + "\n";
  return store.write_object("commit", content + "\n" + commit.message);
}

std::string make_commit(Store& store, const Repository& repository, const Identity& identity,
                        const std::string& tree, const std::vector<std::string>& parents,
                        const std::string& message) {
  return make_commit(store, repository, identity, {tree, parents, message});
}

void make_durable(Store& store, const Repository& repository, const std::string& from,
                  const std::string& to) {
  std::set<std::string> oids;
  for (const std::string& oid : store.commits_between({to}, {from})) {
    const Commit commit = load_commit(store, oid);
    oids.insert({oid, commit.tree});
    const std::string before =
        commit.parents.empty() ? "" : load_commit(store, commit.parents.front()).tree;
    add_new_objects(store, before, commit.tree, oids);
  }
  std::vector<std::filesystem::path> files;
  const std::filesystem::path objects = repository.common_dir / "objects";
  for (const std::string& oid : oids) files.push_back(objects / oid.substr(0, 2) / oid.substr(2));
  chant::make_durable(files, objects);
}

}  // namespace chant::git
