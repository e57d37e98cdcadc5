#include "record/seal.h"

#include "git/tree.h"
#include "record/names.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <map>

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

spec::Spec load_own_file(Workspace& workspace, const std::string& id, const std::string& commit) {
  const std::string path = spec_path(id);
  auto text = git::find_blob(workspace.store(), commit, path);
  if (!text) fail("'{}' is not in the branch", path);
  return spec::parse_spec(id, std::move(*text), path);
}

spec::Value listed(const std::vector<std::string>& commits) {
  std::vector<std::string> shortened;
  shortened.reserve(commits.size());
  for (const std::string& oid : commits) shortened.push_back(abbreviated(oid));
  return spec::Value::of(std::move(shortened));
}

// A commit on top of `tip` with these spec files (id -> text).
std::string commit_files(Workspace& workspace, const std::string& tip,
                         const std::map<std::string, std::string>& texts,
                         const std::string& message, std::int64_t when) {
  git::Store& store = workspace.store();
  std::map<std::string, std::string> blobs;
  for (const auto& [id, text] : texts) blobs[spec_path(id)] = store.write_object("blob", text);
  git::NewCommit commit{git::tree_with_files(store, tip, blobs), {tip}, message};
  commit.when = when;
  return git::make_commit(store, workspace.repository(), workspace.identity(), commit);
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
  const spec::Spec spec = load_own_file(workspace, id, tip);
  return commit_files(workspace, tip, {{id, with_result(spec, result)}},
                      seal_message(id, "finalize", when), when);
}

std::string make_common_seal(Workspace& workspace, const std::string& tip,
                             const std::vector<Arrived>& specs, std::int64_t when) {
  std::map<std::string, std::string> texts;
  std::vector<std::string> ids;
  for (const Arrived& arrived : specs) {
    const spec::Spec spec = load_own_file(workspace, arrived.id, tip);
    texts[arrived.id] = spec::with_changes(spec, {{"commits", listed(arrived.commits)}});
    ids.push_back(arrived.id);
  }
  const std::string subject = ids.size() == 1
                                  ? fmt::format("chant({}): finalize", ids.front())
                                  : fmt::format("chant: finalize {}", counted(ids.size(), "spec"));
  return commit_files(workspace, tip, texts, subject + "\n\n" + seal_trailers(ids, when), when);
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
