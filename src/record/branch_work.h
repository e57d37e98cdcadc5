// What a spec branch did, and how much of it a commit of the target has.
#pragma once

#include "record/history.h"
#include "record/landing.h"
#include "record/workspace.h"
#include "spec/spec.h"

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace chant::record {

// The branch's own commits, oldest first: without seals, merges and those that name other specs.
// Of a branch that is in the target, those that it brought; empty when that cannot be told.
[[nodiscard]] std::vector<std::string> own_of(History& history, const Candidate& candidate);

// The paths outside .chant that commits change, and what the target has there.
struct Content {
  std::string before, after;    // commits around the change
  std::set<std::string> paths;  // changed between them
  std::size_t untouched = 0;    // of these: on the target still as before the change

  [[nodiscard]] bool none_there() const { return !paths.empty() && untouched == paths.size(); }
  [[nodiscard]] bool any_there() const { return untouched < paths.size(); }
};
[[nodiscard]] Content content_of(Workspace& workspace, History& history, const Candidate& candidate,
                                 const std::vector<std::string>& own);
// The same, for another commit than the target.
[[nodiscard]] Content content_at(Workspace& workspace, Content content, const std::string& commit);

// The spec file that a blob is; std::nullopt when it is not there or not a spec.
[[nodiscard]] std::optional<spec::Spec> load_spec(Workspace& workspace, const std::string& id,
                                                  const std::string& blob);
// The spec file in a commit; std::nullopt when it is not there or not a spec.
[[nodiscard]] std::optional<spec::Spec> load_spec_at(Workspace& workspace, const std::string& id,
                                                     const std::string& commit);

// True when the recorded abbreviations name exactly these commits, in this order.
[[nodiscard]] bool names_exactly(const std::vector<std::string>& abbreviations,
                                 const std::vector<std::string>& commits);

// The commits that abbreviations mean, among `own` and what was added to the target; "" for one
// that means none of them.
[[nodiscard]] std::vector<std::string> resolved(const std::vector<std::string>& abbreviations,
                                                const std::vector<std::string>& own,
                                                const History& history);

// Values of a trailer in a message, also where a squash or a forge moved it out of the last
// paragraph or indented it.
[[nodiscard]] std::vector<std::string> mentioned(const std::string& message,
                                                 const std::string& trailer);

// What the added commits revert, by the words of `git revert`; a revert that was itself reverted
// does not count.
class Reverts {
 public:
  explicit Reverts(History& history);
  [[nodiscard]] std::string of(const std::string& commit) const;  // the reverting commit, or ""

 private:
  std::unordered_map<std::string, std::string> by_;
};

}  // namespace chant::record
