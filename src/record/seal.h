// The result of a spec, written into its own file: the seal on a spec branch, and the same change
// on the target for work that arrived there unsealed.
#pragma once

#include "git/tree.h"
#include "record/workspace.h"
#include "spec/spec.h"

#include <cstdint>
#include <string>
#include <vector>

namespace chant::record {

struct Result {
  std::vector<std::string> commits;  // object ids of the spec's own commits, oldest first
  std::string completed_at;          // RFC 3339
  std::string model;                 // "" when not known
  std::string branch;                // short name in branch mode, else ""
};

// The spec file's text with the result in it. Throws Error when it does not read back.
[[nodiscard]] std::string with_result(const spec::Spec& spec, const Result& result);

// A commit `chant(<id>): finalize` on top of `tip` that writes the result into the spec's file, at
// `when` (seconds since the epoch, 0 = now). Returns its id; moves no ref. Throws Error when the
// file is not there or not a spec.
[[nodiscard]] std::string make_seal(Workspace& workspace, const std::string& id,
                                    const std::string& tip, const Result& result,
                                    std::int64_t when = 0);

struct SpecResult {
  std::string id;
  Result result;
};
// As make_seal, one commit that is the seal of all these specs.
[[nodiscard]] std::string make_common_seal(Workspace& workspace, const std::string& tip,
                                           const std::vector<SpecResult>& specs, std::int64_t when);

// `tree` with the spec's file as it is but for the result, which is that of the same file in the
// tree `before`.
[[nodiscard]] std::string without_seal(Workspace& workspace, const std::string& id,
                                       const std::string& tree, const std::string& before);

// The message of such a commit: `chant(<id>): <what>` with the trailers that tell it.
[[nodiscard]] std::string seal_message(const std::string& id, const std::string& what,
                                       std::int64_t when = 0);

// True for a commit that we made to record a result or a change of status.
[[nodiscard]] bool is_seal(const git::Commit& commit);

// The spec's own commits in base..tip, oldest first: without what is in the target and without
// seals.
[[nodiscard]] std::vector<std::string> own_commits(Workspace& workspace, const std::string& tip,
                                                   const std::vector<std::string>& excluded);

// Abbreviation that we record and show.
[[nodiscard]] std::string abbreviated(const std::string& oid);

}  // namespace chant::record
