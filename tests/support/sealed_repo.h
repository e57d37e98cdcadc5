// A repository with spec branches that are finished, and the train that they are to land by.
#pragma once

#include "land/merge.h"
#include "land/train.h"
#include "record/seal.h"
#include "support/spec_repo.h"

#include <algorithm>
#include <string>
#include <vector>

namespace chant::test {

inline constexpr std::int64_t kWhen = 1800000000;  // date of what a train makes

class SealedRepo : public SpecRepo {
 public:
  using SpecRepo::SpecRepo;

  // Seals the branch spec/<id> as an attempt does; its tip.
  std::string seal(const std::string& id, const std::string& branch_prefix = "spec/") const {
    record::Workspace workspace_now = workspace();
    const std::string branch = "refs/heads/" + branch_prefix + id;
    const std::string base = oid("refs/chant/spec/" + id + "/base");
    const std::string tip = oid(branch);
    const auto commits = record::own_commits(workspace_now, tip, {base});
    const std::string sealed =
        record::make_seal(workspace_now, id, tip,
                          {commits, "2026-11-21T01:02:03Z", "a-model",
                           branch_prefix == "spec/" ? "" : branch_prefix + id});
    git("update-ref " + branch + " " + sealed);
    git("update-ref refs/chant/spec/" + id + "/tip " + sealed);
    return sealed;
  }
  // A branch with one commit of work and its seal; the tip.
  std::string finish(const std::string& id, const std::string& from, const Files& files,
                     const std::string& branch_prefix = "spec/") const {
    work_on(id, from, files, branch_prefix);
    return seal(id, branch_prefix);
  }

  [[nodiscard]] land::Intake take_in(const std::vector<std::string>& ids = {}) const {
    record::Workspace workspace_now = workspace();
    return land::take_in(workspace_now, record::take_snapshot(workspace_now), "refs/heads/main",
                         ids, kWhen);
  }
  [[nodiscard]] land::Entry entry(const std::string& id) const {
    const land::Intake intake = take_in();
    const auto found = std::find_if(intake.entries.begin(), intake.entries.end(),
                                    [&](const land::Entry& one) { return one.id == id; });
    if (found == intake.entries.end()) throw std::runtime_error(id + " does not land");
    return *found;
  }

  // What a landing does to the refs.
  void land(const std::string& commit, const std::vector<land::Entry>& entries) const {
    for (const land::Entry& one : entries) {
      git("update-ref refs/chant/spec/" + one.id + "/tip " + one.tip);
      git("update-ref -d " + one.branch);
    }
    git("reset -q --hard " + commit);
  }
};

// A train on what main is now.
struct SealedTrain {
  record::Workspace workspace;
  land::MergePlace place;
  land::Train train;

  SealedTrain(const SealedRepo& repo, config::Strategy strategy)
      : workspace(repo.workspace()),
        place(workspace, "refs/heads/main"),
        train(workspace,
              {strategy, "refs/heads/main", repo.oid("main"), kWhen, place.directory()}) {}

  // Puts all of them on, which must fit; the commit that lands.
  std::string all(const std::vector<land::Entry>& entries) {
    for (const land::Entry& one : entries) {
      if (train.add(one)) throw std::runtime_error(one.id + " does not fit");
    }
    return train.candidate(entries.size());
  }
};

}  // namespace chant::test
