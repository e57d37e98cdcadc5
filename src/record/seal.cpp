#include "record/seal.h"

#include "git/tree.h"
#include "record/branch_work.h"
#include "record/names.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <map>
#include <optional>

namespace chant::record {
namespace {

// The tool's own commits are told by this trailer; a person's commit with the same subject is
// work.
constexpr std::string_view kSealTrailer = "Chant-Seal: ";

std::string seal_trailers(const std::vector<std::string>& ids, std::int64_t when) {
  std::string trailers;
  for (const std::string& id : ids) trailers += "Chant-Spec: " + id + "\n";
  return fmt::format("{}{}{}\n", trailers, kSealTrailer,
                     rfc3339(when == 0 ? now_ms() / 1000 : when));
}

spec::Value listed(const std::vector<std::string>& commits) {
  std::vector<std::string> shortened;
  shortened.reserve(commits.size());
  for (const std::string& oid : commits) shortened.push_back(abbreviated(oid));
  return spec::Value::of(std::move(shortened));
}

spec::Value text_or_none(const std::string& text) {
  return text.empty() ? spec::Value::removed() : spec::Value::of(text);
}

std::optional<spec::Spec> find_spec_in(git::Store& store, const std::string& id,
                                       const std::string& tree) {
  const std::string path = spec_path(id);
  const auto entry = git::find_entry_in(store, tree, path);
  if (!entry || entry->mode.compare(0, 3, "100") != 0) return std::nullopt;
  auto blob = store.find_object(entry->oid);
  if (!blob) fail("object {} is missing", entry->oid);
  return spec::parse_spec(id, std::move(blob->content), path);
}

}  // namespace

bool is_seal(const git::Commit& commit) {
  return commit.message.find("\n" + std::string(kSealTrailer)) != std::string::npos;
}

std::string seal_message(const std::string& id, const std::string& what, std::int64_t when) {
  return fmt::format("chant({}): {}\n\n{}", id, what, seal_trailers({id}, when));
}

std::string abbreviated(const std::string& oid) { return oid.substr(0, 10); }

std::string with_result(const spec::Spec& spec, const Result& result) {
  spec::Changes changes = {{"status", spec::Value::of("completed")},
                           {"commits", listed(result.commits)},
                           {"completed_at", spec::Value::of(result.completed_at)}};
  if (!result.model.empty()) changes.emplace_back("model", spec::Value::of(result.model));
  if (!result.branch.empty()) changes.emplace_back("branch", spec::Value::of(result.branch));
  return spec::with_changes(spec, changes);
}

std::string make_seal(Workspace& workspace, const std::string& id, const std::string& tip,
                      const Result& result, std::int64_t when) {
  return make_common_seal(workspace, tip, {{id, result}}, when);
}

std::string make_common_seal(Workspace& workspace, const std::string& tip,
                             const std::vector<SpecResult>& specs, std::int64_t when) {
  git::Store& store = workspace.store();
  const std::string tree = git::load_commit(store, tip).tree;
  std::map<std::string, std::string> blobs;
  std::vector<std::string> ids;
  for (const auto& [id, result] : specs) {
    const auto spec = find_spec_in(store, id, tree);
    if (!spec) fail("'{}' is not in the branch", spec_path(id));
    blobs[spec_path(id)] = store.write_object("blob", with_result(*spec, result));
    ids.push_back(id);
  }
  const std::string subject = ids.size() == 1
                                  ? fmt::format("chant({}): finalize", ids.front())
                                  : fmt::format("chant: finalize {}", counted(ids.size(), "spec"));
  git::NewCommit commit{git::tree_with_files_in(store, tree, blobs),
                        {tip},
                        subject + "\n\n" + seal_trailers(ids, when)};
  commit.when = when;
  return git::make_commit(store, workspace.repository(), workspace.identity(), commit);
}

std::string without_seal(Workspace& workspace, const std::string& id, const std::string& tree,
                         const std::string& before) {
  git::Store& store = workspace.store();
  const auto sealed = find_spec_in(store, id, tree);
  if (!sealed) return tree;
  const auto entry = git::find_entry_in(store, before, spec_path(id));
  const spec::Spec old =
      (entry ? load_spec(workspace, id, entry->oid) : std::nullopt).value_or(spec::Spec{});
  const std::string text = spec::with_changes(
      *sealed,
      {{"status", spec::Value::of(old.status)},
       {"commits", old.commits.empty() ? spec::Value::removed() : spec::Value::of(old.commits)},
       {"completed_at", text_or_none(old.completed_at)},
       {"model", text_or_none(old.model)},
       {"branch", text_or_none(old.branch)}});
  return git::tree_with_files_in(store, tree, {{spec_path(id), store.write_object("blob", text)}});
}

std::vector<std::string> own_commits(Workspace& workspace, const std::string& tip,
                                     const std::vector<std::string>& excluded) {
  std::vector<std::string> own;
  for (std::string& oid : workspace.store().commits_between({tip}, excluded)) {
    if (!is_seal(git::load_commit(workspace.store(), oid))) own.push_back(std::move(oid));
  }
  return own;
}

}  // namespace chant::record
