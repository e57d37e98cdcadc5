#include "land/train.h"

#include "git/trailers.h"
#include "git/tree.h"
#include "land/replay.h"
#include "record/branch_work.h"
#include "record/merge_spec.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/task.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace chant::land {
namespace {

std::string name_of(const std::string& author) { return author.substr(0, author.find("> ") + 1); }

std::string subject_of(const git::Commit& commit) {
  return printable_line(trim(commit.message.substr(0, commit.message.find('\n'))));
}

// One message for all commits of a branch: the spec's title, what they say, and who made them.
std::string squash_message(const Entry& entry, const std::vector<git::Commit>& commits,
                           const std::string& author) {
  // A first line that reads like a trailer of ours would be taken for one.
  const bool plain = !entry.title.empty() && !entry.title.starts_with("Chant-");
  std::string text = plain ? printable_line(entry.title)
                           : fmt::format("chant({}): {}", entry.id, printable_line(entry.title));
  text += "\n";
  std::vector<git::Trailer> trailers = {{"Chant-Spec", entry.id}};
  std::string subjects;
  for (const git::Commit& commit : commits) {
    subjects += "* " + subject_of(commit) + "\n";
    for (const git::Trailer& trailer : git::find_trailers(commit.message)) {
      const std::string key = lower(trailer.key);
      if (key != "chant-model" && key != "co-authored-by") continue;
      trailers.push_back({trailer.key, printable_line(trailer.value)});
    }
    if (name_of(commit.author) != author) {
      trailers.push_back({"Co-authored-by", printable_line(name_of(commit.author))});
    }
  }
  if (commits.size() > 1) text += "\n" + subjects;
  return git::with_trailers(text, trailers);
}

// True when two trees differ at most in the file of this spec.
bool same_work(git::Store& store, const std::string& one, const std::string& other,
               const std::string& id) {
  const auto paths = git::changed_trees(store, one, other, "");
  return std::all_of(paths.begin(), paths.end(),
                     [&](const std::string& path) { return path == record::spec_path(id); });
}

}  // namespace

Train::Train(record::Workspace& workspace, TrainOptions options)
    : workspace_(workspace), options_(std::move(options)) {}

const std::string& Train::tip() const {
  return steps_.empty() ? options_.base : steps_.back().shadow;
}

std::string Train::linear_tip() const {
  return steps_.empty() ? options_.base : steps_.back().commit;
}

// A commit that only merges need: nobody signs it, and it never lands.
std::string Train::make_shadow(const std::string& tree, const std::vector<std::string>& parents) {
  git::Identity identity = workspace_.identity();
  identity.sign = false;
  git::NewCommit commit{tree, parents, "chant: on the train\n"};
  commit.when = options_.when;
  return git::make_commit(workspace_.store(), workspace_.repository(), identity, commit);
}

// Work that the branch stands on may have come here by other commits, when it landed by squash or
// rebase. For merging, the branch's own changes are those since then.
std::string Train::tip_with(const Entry& entry) {
  git::Store& store = workspace_.store();
  std::vector<std::string> parents = {tip()};
  for (const std::string& other : entry.stands_on) {
    if (!store.is_ancestor(other, tip())) parents.push_back(other);
  }
  if (parents.size() == 1) return tip();
  return make_shadow(git::load_commit(store, tip()).tree, parents);
}

// Where merges have the attributes of what is aboard, as in a checkout after each landing.
std::filesystem::path Train::directory() const {
  if (options_.place == nullptr) return options_.directory;
  const auto last = std::find_if(steps_.rbegin(), steps_.rend(), [&](const Step& step) {
    return with_attributes_.count(step.id) > 0;
  });
  options_.place->follow(last == steps_.rend() ? "" : last->shadow);
  return options_.place->directory();
}

void Train::note_attributes(const Entry& entry) {
  if (std::any_of(entry.paths.begin(), entry.paths.end(), [](const std::string& path) {
        return std::filesystem::path(path).filename() == ".gitattributes";
      })) {
    with_attributes_.insert(entry.id);
  }
}

std::optional<Clashing> Train::add(const Entry& entry) {
  note_attributes(entry);
  const std::string ours = tip_with(entry);
  if (options_.strategy == config::Strategy::rebase) return add_replayed(entry, ours);
  if (ours == tip()) {
    const std::string tree = merged_from_fork(entry);
    if (!tree.empty()) return append(entry, tree);
  }
  git::TreeMerge merge = land::merge(workspace_, directory(), ours, entry.tip);
  if (!merge.clean()) return Clashing{ours, entry.tip, std::move(merge)};
  return append(entry, merge.tree);
}

// git finds the merge base by walking all that is aboard, with a process for each merge. Where it
// is known, the merge is the same without that; and where the branch has nothing in common with
// what came since then, without git. Returns "" when it is not known or the merge is not clean.
std::string Train::merged_from_fork(const Entry& entry) {
  if (entry.fork.empty()) return "";
  git::Store& store = workspace_.store();
  const std::string base = git::load_commit(store, entry.fork).tree;
  const std::string now = git::load_commit(store, tip()).tree;
  const std::string theirs = git::load_commit(store, entry.tip).tree;
  if (!may_meet(entry.fork, git::moves_between(store, base, theirs))) {
    if (auto tree = git::merge_apart(store, base, now, theirs)) return *tree;
  }
  const git::TreeMerge merge = record::merge_specs_of_trees(
      workspace_, base, now, theirs, git::merge_change(store, directory(), base, now, theirs));
  return merge.clean() ? merge.tree : "";
}

// Whether git might see a directory renamed by the branch, or by what came since it left the
// target.
bool Train::may_meet(const std::string& fork, const git::Moves& moves) {
  git::Store& store = workspace_.store();
  const auto tree_at = [&store](const std::string& commit) {
    return git::load_commit(store, commit).tree;
  };
  if (moves.of_new.empty() && moves.of_gone.empty()) return false;
  auto since = since_.find(fork);
  if (since == since_.end()) {
    git::Moves before = git::moves_between(store, tree_at(fork), tree_at(options_.base));
    since = since_.emplace(fork, std::move(before)).first;
  }
  if (git::may_meet(moves, since->second)) return true;
  for (std::size_t i = moves_.size(); i < steps_.size(); ++i) {
    const std::string& before = i == 0 ? options_.base : steps_[i - 1].shadow;
    moves_.push_back(git::moves_between(store, tree_at(before), tree_at(steps_[i].shadow)));
  }
  return std::any_of(moves_.begin(), moves_.end(),
                     [&moves](const git::Moves& step) { return git::may_meet(moves, step); });
}

std::optional<Clashing> Train::add_resolved(const Entry& entry, const std::string& tree) {
  note_attributes(entry);
  if (options_.strategy != config::Strategy::rebase) return append(entry, tree);
  const record::DoneTree done = record::with_task_done(workspace_, entry.id, entry.source, tree);
  if (!done.why.empty()) return Clashing{tip(), entry.tip, {}, done.why};
  const std::string work = squash(entry, done.tree);
  return append_sealed(entry, work, {work});
}

std::optional<Clashing> Train::append(const Entry& entry, const std::string& tree) {
  const record::DoneTree done = record::with_task_done(workspace_, entry.id, entry.source, tree);
  if (!done.why.empty()) return Clashing{tip(), entry.tip, {}, done.why};
  if (options_.strategy == config::Strategy::squash) {
    append_squashed(entry, done.tree);
  } else {
    append_merged(entry, done.tree);
  }
  return std::nullopt;
}

void Train::append_merged(const Entry& entry, const std::string& tree) {
  git::Store& store = workspace_.store();
  const std::string before = tip();
  if (tree == git::load_commit(store, before).tree && store.is_ancestor(entry.tip, before)) {
    steps_.push_back({entry.id, before, before, entry.commits});  // it is aboard with another
    return;
  }
  git::NewCommit commit{
      tree,
      {before, entry.tip},
      fmt::format("Merge {}: {}\n\nChant-Spec: {}\n", record::short_ref(entry.branch),
                  printable_line(entry.title), entry.id)};
  commit.when = options_.when;
  const std::string made =
      git::make_commit(store, workspace_.repository(), workspace_.identity(), commit);
  steps_.push_back({entry.id, made, made, entry.commits});
}

void Train::append_squashed(const Entry& entry, const std::string& tree) {
  const std::string before = git::load_commit(workspace_.store(), tip()).tree;
  const std::string work = record::without_seal(workspace_, entry.id, tree, before);
  const std::string commit = squash(entry, work);
  std::vector<std::string> commits;
  if (!entry.commits.empty()) commits.push_back(commit);
  results_.push_back({entry.source ? "" : entry.id, result_of(entry, commits)});
  steps_.push_back({entry.id, commit, make_shadow(work, {tip(), entry.tip}), commits});
}

// One commit on the linear tip with this tree, by the author of the last of the branch's commits.
std::string Train::squash(const Entry& entry, const std::string& tree) {
  git::Store& store = workspace_.store();
  std::vector<git::Commit> commits;
  for (const std::string& oid : entry.commits) {
    git::Commit commit = git::load_commit(store, oid);
    if (commit.parents.size() < 2) commits.push_back(std::move(commit));
  }
  git::NewCommit commit{tree, {linear_tip()}, ""};
  commit.when = options_.when;
  if (!commits.empty()) commit.author = commits.back().author;
  commit.message = squash_message(entry, commits, name_of(commit.author));
  return git::make_commit(store, workspace_.repository(), workspace_.identity(), commit);
}

std::optional<Clashing> Train::add_replayed(const Entry& entry, const std::string& ours) {
  git::Store& store = workspace_.store();
  const auto wanted = store.commits_between({entry.tip}, {ours});
  const std::set<std::string> missing(wanted.begin(), wanted.end());
  std::vector<std::string> own;
  bool has_merges = false;
  for (const std::string& oid : entry.commits) {
    if (missing.count(oid) == 0) continue;
    own.push_back(oid);
    has_merges = has_merges || git::load_commit(store, oid).parents.size() > 1;
  }
  const auto outcome = replay(workspace_, directory(), linear_tip(), own, options_.when,
                              entry.source ? record::spec_path(entry.id) : "");
  const auto* stuck = std::get_if<Stuck>(&outcome);
  if (stuck != nullptr || has_merges) {
    git::TreeMerge merge = land::merge(workspace_, options_.directory, ours, entry.tip);
    if (!merge.clean() && stuck != nullptr) return Clashing{ours, stuck->commit, stuck->merge};
    if (!merge.clean()) return Clashing{ours, entry.tip, std::move(merge)};
    const bool same =
        stuck == nullptr &&
        same_work(store, git::load_commit(store, std::get<Replayed>(outcome).tip).tree, merge.tree,
                  entry.id);
    if (!same) return add_resolved(entry, merge.tree);
  }
  const auto& replayed = std::get<Replayed>(outcome);
  return append_sealed(entry, replayed.tip, replayed.commits);
}

// What the seal of the branch says, with the ids that the commits have here.
record::Result Train::result_of(const Entry& entry, const std::vector<std::string>& commits) {
  const auto sealed = record::load_spec_at(workspace_, entry.id, entry.tip);
  if (!sealed) fail("'{}' is not in the branch", record::spec_path(entry.id));
  return {commits.empty() ? sealed->commits : commits, sealed->completed_at, sealed->model,
          sealed->branch};
}

std::optional<Clashing> Train::append_sealed(const Entry& entry, const std::string& work,
                                             const std::vector<std::string>& commits) {
  std::string seal;
  if (entry.source) {
    auto done = record::make_done_commit(workspace_, entry.id, *entry.source, work, options_.when);
    if (!done.why.empty()) return Clashing{tip(), entry.tip, {}, done.why};
    seal = std::move(done.commit);
  } else {
    seal = record::make_seal(workspace_, entry.id, work, result_of(entry, commits), options_.when);
  }
  const std::string tree = git::load_commit(workspace_.store(), seal).tree;
  steps_.push_back({entry.id, seal, make_shadow(tree, {tip(), entry.tip}), commits});
  return std::nullopt;
}

void Train::cut(std::size_t count) {
  if (count < steps_.size()) steps_.resize(count);
  if (count < results_.size()) results_.resize(count);
  if (count < moves_.size()) moves_.resize(count);
  candidates_.erase(candidates_.upper_bound(count), candidates_.end());
}

std::string Train::candidate(std::size_t count) {
  if (count == 0) return options_.base;
  const std::string& last = steps_.at(count - 1).commit;
  if (options_.strategy != config::Strategy::squash) return last;
  std::string& known = candidates_[count];
  if (known.empty()) {
    std::vector<record::SpecResult> results(results_.begin(),
                                            results_.begin() + static_cast<std::ptrdiff_t>(count));
    std::erase_if(results, [](const record::SpecResult& result) { return result.id.empty(); });
    known =
        results.empty() ? last : record::make_common_seal(workspace_, last, results, options_.when);
  }
  return known;
}

}  // namespace chant::land
