// The merge train: what the target would be after each landing, one commit upon the other, in
// memory. No ref moves and no checkout is touched. With the same inputs and the same time it is the
// same commits again (unless they are signed), so a train that was lost is made again.
//
//   merge   a merge commit `Merge <branch>: <title>` for each branch
//   rebase  each own commit again on the linear tip (author and date kept), then a new seal that
//           names the new commits; one commit of all when the branch fits only as a whole, or when
//           merges on it hold changes that its commits do not
//   squash  one commit for each branch, without the seal: what a spec records names commits that
//           must exist, so one commit on top of those that land together is the seal of them all
//
// Of a task (record/task.h) the merge commit, the squashed one, or one on top of the rebased ones
// takes its spec file away and ticks its box.
#pragma once

#include "config/config.h"
#include "git/merge_apart.h"
#include "git/merge_tree.h"
#include "land/entry.h"
#include "land/merge.h"
#include "record/seal.h"
#include "record/workspace.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chant::land {

struct TrainOptions {
  config::Strategy strategy = config::Strategy::merge;
  std::string target;               // full ref, for messages
  std::string base;                 // commit of the target
  std::int64_t when = 0;            // date of all commits made, seconds since the epoch
  std::filesystem::path directory;  // MergePlace::directory
  MergePlace* place = nullptr;      // gets the attributes that come aboard; none: they stay
};

struct Step {
  std::string id;
  std::string commit;                // on the way; what lands is Train::candidate
  std::string shadow;                // the same tree with all that is in it as ancestors
  std::vector<std::string> commits;  // that are the spec's work: of the train, or of its branch
};

// A branch that does not fit on the train as it is.
struct Clashing {
  std::string ours;    // tip of the train: `shadow` of its last step, or the base
  std::string theirs;  // tip of the branch, or the commit of it that does not fit
  git::TreeMerge merge;
  std::string why = {};  // it fits, but cannot land as the target is
};

class Train {
 public:
  Train(record::Workspace& workspace, TrainOptions options);

  // Appends the branch, or says what it conflicts with; then nothing has changed.
  [[nodiscard]] std::optional<Clashing> add(const Entry& entry);
  // As add, with this result of the merge of tip() and the branch (a recorded resolution).
  [[nodiscard]] std::optional<Clashing> add_resolved(const Entry& entry, const std::string& tree);
  // Keeps the first `count` steps.
  void cut(std::size_t count);

  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  // A commit with the train's tree that descends from everything in it.
  [[nodiscard]] const std::string& tip() const;
  // The commit that the target becomes when the first `count` steps land; 0: the base.
  [[nodiscard]] std::string candidate(std::size_t count);

 private:
  [[nodiscard]] std::string merged_from_fork(const Entry& entry);
  [[nodiscard]] bool may_meet(const std::string& fork, const git::Moves& moves);
  [[nodiscard]] std::string linear_tip() const;
  [[nodiscard]] std::filesystem::path directory() const;
  void note_attributes(const Entry& entry);
  [[nodiscard]] std::string tip_with(const Entry& entry);
  [[nodiscard]] std::optional<Clashing> add_replayed(const Entry& entry, const std::string& ours);
  [[nodiscard]] std::optional<Clashing> append(const Entry& entry, const std::string& tree);
  void append_merged(const Entry& entry, const std::string& tree);
  void append_squashed(const Entry& entry, const std::string& tree);
  [[nodiscard]] std::optional<Clashing> append_sealed(const Entry& entry, const std::string& work,
                                                      const std::vector<std::string>& commits);
  [[nodiscard]] record::Result result_of(const Entry& entry,
                                         const std::vector<std::string>& commits);
  [[nodiscard]] std::string squash(const Entry& entry, const std::string& tree);
  [[nodiscard]] std::string make_shadow(const std::string& tree,
                                        const std::vector<std::string>& parents);

  record::Workspace& workspace_;
  TrainOptions options_;
  std::vector<Step> steps_;
  std::vector<git::Moves> moves_;            // of the first steps
  std::map<std::string, git::Moves> since_;  // from a fork to the base
  // Of a squash: what the seal is to record of each step (without an id: nothing), and the seals
  // that were made.
  std::vector<record::SpecResult> results_;
  std::map<std::size_t, std::string> candidates_;
  std::set<std::string> with_attributes_;  // ids of entries that change attribute files
};

}  // namespace chant::land
