#include "record/landing.h"

#include "record/branch_work.h"
#include "record/match.h"
#include "record/names.h"
#include "record/patches.h"
#include "record/seal.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace chant::record {
namespace {

using journal::Finding;

class Detector {
 public:
  Detector(Workspace& workspace, History& history, const Findings& before)
      : workspace_(workspace), history_(history), before_(before), reverts_(history) {}

  [[nodiscard]] Findings find(const std::vector<Candidate>& candidates) {
    for (const Candidate& candidate : candidates) {
      if (!candidate.file || candidate.file->status == "cancelled") continue;
      candidate.sealed_at.empty() ? judge_unsealed(candidate) : judge_sealed(candidate);
    }
    compare();
    return std::move(found_);
  }

 private:
  Finding& add(const Candidate& candidate, const std::string& state, const std::string& proof,
               std::string reason = {}) {
    Finding& finding = found_[candidate.id];
    finding = {"", candidate.id, state, proof, candidate.tip, "", {}, std::move(reason), 0};
    return finding;
  }

  [[nodiscard]] std::string target() const { return short_ref(workspace_.find_target()); }

  // What was found earlier about the same tip.
  [[nodiscard]] const Finding* earlier(const Candidate& candidate) const {
    const auto found = before_.find(candidate.id);
    return found != before_.end() && found->second.tip == candidate.tip ? &found->second : nullptr;
  }

  [[nodiscard]] bool all_in_target(const std::vector<std::string>& commits) const {
    return std::all_of(commits.begin(), commits.end(), [&](const std::string& oid) {
      return !oid.empty() && history_.is_in_target(oid);
    });
  }

  [[nodiscard]] bool has_mark(const Candidate& candidate, const spec::Spec& file) const {
    return file.status == "completed" && file.completed_at == candidate.sealed_at;
  }

  void judge_sealed(const Candidate& candidate);
  void judge_unsealed(const Candidate& candidate);
  void judge_recorded(const Candidate& candidate, const Finding& known);
  void judge_sealed_without_record(const Candidate& candidate);
  [[nodiscard]] std::vector<std::string> own_of_sealed(const Candidate& candidate);
  void judge_merged(const Candidate& candidate, std::vector<std::string> own);
  void add_known(const Finding& known, std::vector<std::string>& own);
  void add_landed(const Candidate& candidate, const std::string& proof,
                  std::vector<std::string> commits);
  [[nodiscard]] bool was_marked(const Candidate& candidate);
  void open(const Candidate& candidate, std::vector<std::string> own, const std::string& fork,
            Content content);
  void compare();
  [[nodiscard]] std::vector<std::string> naming(const Candidate& candidate);
  [[nodiscard]] std::string marking(const Candidate& candidate);
  void decide_sealed(const Unproven& item, const Match& match);
  [[nodiscard]] bool decide_unsealed(const Unproven& item, const Match& match);
  void decide_rest(const std::vector<std::pair<const Unproven*, Match>>& rest);
  void add_partial(const Unproven& item, const Match& match);

  Workspace& workspace_;
  History& history_;
  const Findings& before_;
  Reverts reverts_;
  Findings found_;
  std::vector<Unproven> open_;
};

void Detector::add_landed(const Candidate& candidate, const std::string& proof,
                          std::vector<std::string> commits) {
  const bool recorded =
      candidate.file->status == "completed" && names_exactly(candidate.file->commits, commits);
  Finding& finding = add(candidate, recorded ? "landed" : "unrecorded", proof);
  for (const std::string& oid : commits) {
    if (history_.is_added(oid)) finding.arrival = history_.arrival(oid);
  }
  finding.commits = std::move(commits);
}

// The file on the target says completed and we know where the work is: is it still there?
void Detector::judge_recorded(const Candidate& candidate, const Finding& known) {
  std::vector<std::string> reverted;
  std::string by = reverts_.of(known.arrival);
  if (!by.empty()) reverted = known.commits;
  for (const std::string& oid : known.commits) {
    const std::string revert = reverts_.of(oid);
    if (revert.empty()) continue;
    if (reverted.size() < known.commits.size()) reverted.push_back(oid);
    by = revert;
  }
  if (!by.empty() && reverted.size() == known.commits.size()) {
    Finding& finding = add(candidate, "reverted", "",
                           fmt::format("it was landed, and reverted by {}", abbreviated(by)));
    finding.commits = known.commits;
    finding.arrival = by;
  } else if (!by.empty()) {
    add(candidate, "partial", "",
        fmt::format("{} of its {} was reverted by {}", reverted.size(),
                    counted(known.commits.size(), "commit"), abbreviated(by)))
        .commits = known.commits;
  } else {
    Finding& finding = found_[candidate.id] = known;
    if (known.state != "partial") return;
    finding.state = "landed";  // the revert was reverted
    finding.reason.clear();
  }
}

// True when the target had the record of the seal at some time.
bool Detector::was_marked(const Candidate& candidate) {
  const Finding* known = earlier(candidate);
  if (known != nullptr && known->state == "reverted") return true;
  if (known != nullptr && known->state == "landed") {
    return std::any_of(known->commits.begin(), known->commits.end(),
                       [&](const std::string& oid) { return history_.is_in_target(oid); });
  }
  std::string last;
  for (const std::string& link : history_.chain()) {
    const auto entry = git::find_entry(workspace_.store(), link, spec_path(candidate.id));
    if (!entry || entry->oid == last) continue;
    last = entry->oid;
    const auto file = load_spec_at(workspace_, candidate.id, link);
    if (file && has_mark(candidate, *file)) return true;
  }
  return false;
}

// Also of a branch that came to the target before the added commits.
std::vector<std::string> Detector::own_of_sealed(const Candidate& candidate) {
  std::vector<std::string> own = own_of(history_, candidate);
  if (own.empty() && !candidate.base.empty() && history_.is_in_target(candidate.tip)) {
    own = own_commits(workspace_, candidate.tip, {candidate.base});
  }
  return own;
}

void Detector::judge_sealed_without_record(const Candidate& candidate) {
  if (candidate.file->status == "completed") return;  // somebody else's record
  const bool merged = history_.is_in_target(candidate.tip);
  const std::vector<std::string> own = own_of_sealed(candidate);
  const Content content = content_of(workspace_, history_, candidate, own);
  if (was_marked(candidate)) {
    add(candidate, "reverted", "",
        fmt::format("it was landed in '{}' and taken out again", target()));
    return;
  }
  if (merged) {
    add(candidate, "absent", "ancestry",
        fmt::format("it was merged into '{}', but its content is not there", target()));
    return;
  }
  if (content.any_there()) open(candidate, own, history_.fork(candidate.tip), content);
}

void Detector::judge_sealed(const Candidate& candidate) {
  if (!has_mark(candidate, *candidate.file)) return judge_sealed_without_record(candidate);
  const Finding* known = earlier(candidate);
  if (known != nullptr && known->state == "landed" &&
      names_exactly(candidate.file->commits, known->commits) && all_in_target(known->commits)) {
    return judge_recorded(candidate, *known);
  }
  const std::vector<std::string> own = own_of_sealed(candidate);
  const Content content = content_of(workspace_, history_, candidate, own);
  if (content.none_there()) {
    add(candidate, "absent", "seal",
        fmt::format("its record is in '{}', but its content is not there", target()));
    return;
  }
  std::vector<std::string> listed = resolved(candidate.file->commits, own, history_);
  if (!listed.empty() && all_in_target(listed))
    return add_landed(candidate, "seal", std::move(listed));
  open(candidate, own, history_.fork(candidate.tip), content);
}

void Detector::judge_merged(const Candidate& candidate, std::vector<std::string> own) {
  const Content content = content_of(workspace_, history_, candidate, own);
  if (!content.none_there()) return add_landed(candidate, "ancestry", std::move(own));
  const std::string arrival =
      history_.is_added(own.back()) ? history_.arrival(own.back()) : std::string();
  const Finding* known = earlier(candidate);
  const bool arrived =
      (known != nullptr && (known->state == "landed" || known->state == "reverted")) ||
      (!arrival.empty() && content_at(workspace_, content, arrival).any_there());
  Finding& finding =
      arrived ? add(candidate, "reverted", "",
                    fmt::format("it was merged into '{}' and taken out again", target()))
              : add(candidate, "absent", "ancestry",
                    fmt::format("it was merged into '{}', but its content is not there", target()));
  finding.commits = std::move(own);
}

// What was found in the target earlier and is still there belongs to the work, too.
void Detector::add_known(const Finding& known, std::vector<std::string>& own) {
  std::vector<std::string> all;
  for (const std::string& oid : known.commits) {
    const bool listed = std::find(own.begin(), own.end(), oid) != own.end();
    if (!listed && history_.is_in_target(oid)) all.push_back(oid);
  }
  all.insert(all.end(), own.begin(), own.end());
  own = std::move(all);
}

void Detector::judge_unsealed(const Candidate& candidate) {
  const Finding* known = earlier(candidate);
  if (candidate.file->status == "completed") {
    if (known == nullptr || known->commits.empty()) return;
    if (all_in_target(known->commits)) {
      judge_recorded(candidate, *known);
      Finding& finding = found_[candidate.id];
      if (!is_unrecorded(finding)) return;
      finding.state = "landed";
      finding.reason.clear();
      return;
    }
  }
  std::vector<std::string> own = own_of(history_, candidate);
  if (known != nullptr && known->proof == "ancestry") add_known(*known, own);
  if (history_.is_in_target(candidate.tip)) {
    if (!own.empty()) judge_merged(candidate, std::move(own));
    return;
  }
  const Content content = content_of(workspace_, history_, candidate, own);
  if (!content.any_there()) return;
  if (known != nullptr && is_unrecorded(*known) && all_in_target(known->commits)) {
    found_[candidate.id] = *known;
    found_[candidate.id].state = "unrecorded";
    return;
  }
  open(candidate, std::move(own), history_.fork(candidate.tip), content);
}

void Detector::open(const Candidate& candidate, std::vector<std::string> own,
                    const std::string& fork, Content content) {
  if (own.empty()) return;
  open_.push_back({&candidate, std::move(own), fork, std::move(content.paths)});
}

void Detector::compare() {
  const std::vector<Match> matches = match_by_content(workspace_, history_, open_);
  std::vector<std::pair<const Unproven*, Match>> rest;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (!open_[i].candidate->sealed_at.empty()) {
      decide_sealed(open_[i], matches[i]);
    } else if (!decide_unsealed(open_[i], matches[i])) {
      rest.emplace_back(&open_[i], matches[i]);
    }
  }
  decide_rest(rest);
}

// Added commits that name the spec, without seals.
std::vector<std::string> Detector::naming(const Candidate& candidate) {
  std::vector<std::string> commits;
  for (const std::string& oid : history_.added()) {
    const git::Commit& commit = history_.commit(oid);
    if (commit.parents.size() != 1 || is_seal(commit)) continue;
    const auto names = mentioned(commit.message, "Chant-Spec");
    if (std::find(names.begin(), names.end(), candidate.id) != names.end()) commits.push_back(oid);
  }
  return commits;
}

// The added commit that brought the record of the seal, when it brought more than that.
std::string Detector::marking(const Candidate& candidate) {
  const auto& chain = history_.chain();
  std::string first;
  for (const std::string& link : chain) {
    const auto file = load_spec_at(workspace_, candidate.id, link);
    if (!file || !has_mark(candidate, *file)) break;
    first = link;
  }
  return first.empty() || is_seal(history_.commit(first)) ? "" : first;
}

void Detector::add_partial(const Unproven& item, const Match& match) {
  add(*item.candidate, "partial", "patch-id",
      fmt::format("{} of its {} {} in '{}'", match.found, counted(match.wanted, "commit"),
                  match.found == 1 ? "is" : "are", target()))
      .commits = match.commits;
}

void Detector::decide_sealed(const Unproven& item, const Match& match) {
  const Candidate& candidate = *item.candidate;
  if (!has_mark(candidate, *candidate.file)) {
    if (match.found > 0 && !match.complete() && match.whole.empty()) add_partial(item, match);
    return;
  }
  if (match.complete()) return add_landed(candidate, "seal", match.commits);
  if (!match.whole.empty()) return add_landed(candidate, "seal", {match.whole});
  if (!match.listing.empty()) return add_landed(candidate, "seal", {match.listing});
  std::vector<std::string> named = naming(candidate);
  if (match.found > 0 && named.size() < match.wanted) return add_partial(item, match);
  if (named.empty()) {
    std::string commit = marking(candidate);
    if (!commit.empty()) named.push_back(std::move(commit));
  }
  if (named.empty()) {
    add(candidate, "landed", "seal");
  } else {
    add_landed(candidate, "seal", std::move(named));
  }
}

bool Detector::decide_unsealed(const Unproven& item, const Match& match) {
  if (match.complete()) {
    add_landed(*item.candidate, "patch-id", match.commits);
  } else if (!match.whole.empty()) {
    add_landed(*item.candidate, "patch-id", {match.whole});
  } else if (!match.listing.empty()) {
    add_landed(*item.candidate, "message", {match.listing});
  } else {
    return false;
  }
  return true;
}

void Detector::decide_rest(const std::vector<std::pair<const Unproven*, Match>>& rest) {
  std::vector<std::string> tips;
  for (const auto& [item, match] : rest) tips.push_back(item->candidate->tip);
  const std::set<std::string> contained =
      tips_without_change(workspace_, history_.target_tip(), tips);
  for (const auto& [item, match] : rest) {
    const Candidate& candidate = *item->candidate;
    std::vector<std::string> named = naming(candidate);
    const bool is_contained = contained.count(candidate.tip) > 0;
    if (is_contained && !named.empty()) {
      add_landed(candidate, "no-op merge", std::move(named));
    } else if (is_contained) {
      add(candidate, "unclear", "no-op merge",
          fmt::format("its changes are in '{}', but no commit there names it", target()));
    } else if (match.found > 0) {
      add_partial(*item, match);
    } else if (!named.empty()) {
      add(candidate, "unclear", "trailer",
          fmt::format("'{}' names it in {}, but has something else", target(),
                      abbreviated(named.back())))
          .commits = named;
    }
  }
}

}  // namespace

bool is_unrecorded(const Finding& finding) {
  return finding.state == "unrecorded" || finding.state == "unticked" ||
         finding.state == "pulled" || finding.state == "waiting";
}

Findings find_landings(Workspace& workspace, History& history,
                       const std::vector<Candidate>& candidates, const Findings& before) {
  return Detector(workspace, history, before).find(candidates);
}

}  // namespace chant::record
