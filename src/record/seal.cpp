#include "record/seal.h"

#include "git/tree.h"
#include "record/names.h"
#include "util/error.h"
#include "util/time.h"

#include <fmt/format.h>

namespace chant::record {
namespace {

// The tool's own commits are told by this trailer; a person's commit with the same subject is
// work.
constexpr std::string_view kSealTrailer = "Chant-Seal: ";

}  // namespace

bool is_seal(const git::Commit& commit) {
  return commit.message.find("\n" + std::string(kSealTrailer)) != std::string::npos;
}

std::string seal_message(const std::string& id, const std::string& what) {
  return fmt::format("chant({}): {}\n\nChant-Spec: {}\n{}{}\n", id, what, id, kSealTrailer,
                     rfc3339(now_ms() / 1000));
}

std::string abbreviated(const std::string& oid) { return oid.substr(0, 10); }

std::string with_result(const spec::Spec& spec, const Result& result) {
  std::vector<std::string> commits;
  for (const std::string& oid : result.commits) commits.push_back(abbreviated(oid));
  spec::Changes changes = {{"status", spec::Value::of("completed")},
                           {"commits", spec::Value::of(std::move(commits))},
                           {"completed_at", spec::Value::of(result.completed_at)}};
  if (!result.model.empty()) changes.emplace_back("model", spec::Value::of(result.model));
  if (!result.branch.empty()) changes.emplace_back("branch", spec::Value::of(result.branch));
  return spec::with_changes(spec, changes);
}

std::string make_seal(Workspace& workspace, const std::string& id, const std::string& tip,
                      const Result& result) {
  git::Store& store = workspace.store();
  const std::string path = spec_path(id);
  auto text = git::find_blob(store, tip, path);
  if (!text) fail("'{}' is not in the branch", path);
  const spec::Spec spec = spec::parse_spec(id, std::move(*text), path);
  const std::string blob = store.write_object("blob", with_result(spec, result));
  const std::string tree = git::tree_with_files(store, tip, {{path, blob}});
  return git::make_commit(store, workspace.repository(), workspace.identity(), tree, {tip},
                          seal_message(id, "finalize"));
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
