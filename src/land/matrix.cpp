#include "land/matrix.h"

#include "git/tree.h"
#include "record/merge_spec.h"
#include "record/spec_files.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <unordered_map>

namespace chant::land {
namespace {

using Number = std::uint32_t;
using Numbers = std::vector<Number>;  // sorted

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kBatch = 8192;  // pairs for one git process

const git::ConflictedPath kUnrelated{"", "unrelated histories", "", "", ""};

class Numbering {
 public:
  Number of(const std::string& text) {
    return numbers_.emplace(text, static_cast<Number>(numbers_.size())).first->second;
  }

 private:
  std::unordered_map<std::string, Number> numbers_;
};

void sort_unique(Numbers& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

bool share(const Numbers& a, const Numbers& b) {
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) return true;
    *i < *j ? ++i : ++j;
  }
  return false;
}

bool has(const Numbers& numbers, Number number) {
  return std::binary_search(numbers.begin(), numbers.end(), number);
}

// What a stretch of history changes. Of new and of gone paths, all directories that they are in.
struct Change {
  Numbers paths, specs, directories, directories_of_new, directories_of_gone;
};

Change change_between(git::Store& store, Numbering& numbering, const std::string& from,
                      const std::string& to) {
  Change change;
  for (const git::ChangedPath& changed : git::changes_between(
           store, git::load_commit(store, from).tree, git::load_commit(store, to).tree)) {
    change.paths.push_back(numbering.of(changed.path));
    if (record::spec_file_name(changed.path)) change.specs.push_back(change.paths.back());
    for (auto slash = changed.path.find('/'); slash != std::string::npos;
         slash = changed.path.find('/', slash + 1)) {
      const Number directory = numbering.of(changed.path.substr(0, slash));
      change.directories.push_back(directory);
      if (changed.is_new) change.directories_of_new.push_back(directory);
      if (changed.is_gone) change.directories_of_gone.push_back(directory);
    }
  }
  for (Numbers* numbers : {&change.paths, &change.specs, &change.directories,
                           &change.directories_of_new, &change.directories_of_gone}) {
    sort_unique(*numbers);
  }
  return change;
}

// False when the two, each on top of the same commit, merge without a conflict for certain: no path
// is in both, none is a directory of the other's, and none is new in a directory that may have been
// renamed on the other side (which takes files away from it).
bool may_conflict(const Change& a, const Change& b) {
  return share(a.paths, b.paths) || share(a.paths, b.directories) ||
         share(a.directories, b.paths) || share(a.directories_of_new, b.directories_of_gone) ||
         share(a.directories_of_gone, b.directories_of_new);
}

// A branch as far as it matters for whom it may conflict with.
struct Branch {
  std::string tip;
  Number tip_number = 0;
  Numbers own;         // commits that are not in the target
  bool rooted = true;  // has a commit in common with the target
  // Its merge base with the target, as a position on the chain of all these; kNever when it has
  // several or is not on the chain.
  std::size_t fork = kNever;
  Change change;  // since then
  // The first part of the chain from there on that the change may conflict with, and the first
  // that changes a spec file it changes, too.
  std::size_t clash_at = kNever, spec_at = kNever;
};

// Merge bases, each an ancestor of the next; the last is where the target is.
class Chain {
 public:
  Chain(git::Store& store, const std::string& base) : store_(store), commits_{base} {}

  void add(const std::string& commit) {
    auto after = std::partition_point(commits_.begin(), commits_.end() - 1, [&](const auto& one) {
      return one != commit && !store_.is_ancestor(commit, one);
    });
    if (*after == commit) return;
    if (after == commits_.begin() || store_.is_ancestor(*(after - 1), commit)) {
      commits_.insert(after, commit);
    }
  }
  [[nodiscard]] std::size_t find(const std::string& commit) const {
    const auto found = std::find(commits_.begin(), commits_.end(), commit);
    return found == commits_.end() ? kNever : static_cast<std::size_t>(found - commits_.begin());
  }
  [[nodiscard]] const std::vector<std::string>& commits() const { return commits_; }

 private:
  git::Store& store_;
  std::vector<std::string> commits_;
};

class Prediction {
 public:
  Prediction(record::Workspace& workspace, const std::string& base,
             const std::vector<Entry>& entries)
      : workspace_(workspace), store_(workspace.store()), base_(base), chain_(store_, base) {
    std::vector<std::string> forks;
    for (const Entry& entry : entries) {
      matrix_.ids.push_back(entry.id);
      forks.push_back(look_at(entry.tip));
    }
    compare_with_target(forks);
  }

  Matrix run(const std::filesystem::path& directory) {
    for (std::size_t i = 0; i < branches_.size(); ++i) consider_target(i);
    for (std::size_t i = 0; i < branches_.size(); ++i) {
      for (std::size_t j = i + 1; j < branches_.size(); ++j) {
        consider_pair(i, j);
        if (questions_.size() >= kBatch) ask(directory);
      }
    }
    ask(directory);
    std::stable_partition(matrix_.clashes.begin(), matrix_.clashes.end(),
                          [](const Clash& clash) { return clash.other.empty(); });
    return std::move(matrix_);
  }

 private:
  struct Question {
    std::size_t one, other;  // kNever: the target
    bool specs;              // both change one spec file
  };

  // Takes a branch in; its merge base with the target, "" when there is not exactly one.
  std::string look_at(const std::string& tip) {
    Branch branch;
    branch.tip = tip;
    branch.tip_number = numbering_.of(tip);
    const std::vector<std::string> own = store_.commits_between({tip}, {base_});
    for (const std::string& commit : own) branch.own.push_back(numbering_.of(commit));
    sort_unique(branch.own);
    std::vector<std::string> bases;
    if (own.empty()) bases.push_back(tip);
    for (const std::string& commit : own) {
      for (const std::string& parent : git::load_commit(store_, commit).parents) {
        if (!has(branch.own, numbering_.of(parent))) bases.push_back(parent);
      }
    }
    branch.rooted = !bases.empty();
    branches_.push_back(std::move(branch));
    for (const std::string& last : bases) {
      if (std::all_of(bases.begin(), bases.end(), [&](const std::string& one) {
            return one == last || store_.is_ancestor(one, last);
          })) {
        return last;
      }
    }
    return "";
  }

  void compare_with_target(const std::vector<std::string>& forks) {
    for (const std::string& fork : forks) {
      if (!fork.empty()) chain_.add(fork);
    }
    std::vector<Change> parts;
    for (std::size_t i = 0; i + 1 < chain_.commits().size(); ++i) {
      parts.push_back(
          change_between(store_, numbering_, chain_.commits()[i], chain_.commits()[i + 1]));
    }
    for (std::size_t i = 0; i < branches_.size(); ++i) {
      Branch& branch = branches_[i];
      if (forks[i].empty()) continue;
      branch.fork = chain_.find(forks[i]);
      if (branch.fork == kNever) continue;
      branch.change = change_between(store_, numbering_, forks[i], branch.tip);
      for (std::size_t part = branch.fork; part < parts.size(); ++part) {
        if (branch.clash_at == kNever && may_conflict(branch.change, parts[part])) {
          branch.clash_at = part;
        }
        if (branch.spec_at == kNever && share(branch.change.specs, parts[part].specs)) {
          branch.spec_at = part;
        }
      }
    }
  }

  void consider_target(std::size_t i) {
    const Branch& branch = branches_[i];
    if (!branch.rooted) {
      matrix_.clashes.push_back({matrix_.ids[i], "", {kUnrelated}});
    } else if (branch.fork == kNever || branch.clash_at != kNever) {
      questions_.push_back({i, kNever, branch.fork == kNever || branch.spec_at != kNever});
    }
  }

  void consider_pair(std::size_t i, std::size_t j) {
    const Branch &a = branches_[i], &b = branches_[j];
    if (has(a.own, b.tip_number) || has(b.own, a.tip_number)) return;  // one contains the other
    const bool related = share(a.own, b.own);
    if (!related && !(a.rooted && b.rooted)) {
      matrix_.clashes.push_back({matrix_.ids[i], matrix_.ids[j], {kUnrelated}});
      return;
    }
    if (related || a.fork == kNever || b.fork == kNever) {
      questions_.push_back({i, j, true});
      return;
    }
    // Their merge base is the earlier fork; from there on the later one has that part of the
    // target's history, too.
    const Branch &earlier = a.fork <= b.fork ? a : b, &later = a.fork <= b.fork ? b : a;
    const bool specs = earlier.spec_at < later.fork || share(a.change.specs, b.change.specs);
    if (earlier.clash_at < later.fork || may_conflict(a.change, b.change)) {
      questions_.push_back({i, j, specs});
    }
  }

  void ask(const std::filesystem::path& directory) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const Question& question : questions_) {
      const bool target = question.other == kNever;
      pairs.emplace_back(target ? base_ : branches_[question.one].tip,
                         branches_[target ? question.one : question.other].tip);
    }
    matrix_.merges += pairs.size();
    git::merge_pairs(directory, pairs, [&](std::size_t i, const git::TreeMerge& merge) {
      take(questions_[i], pairs[i], merge);
    });
    questions_.clear();
  }

  void take(const Question& question, const std::pair<std::string, std::string>& pair,
            const git::TreeMerge& merge) {
    const bool is_enough = merge.clean() && !question.specs;
    git::TreeMerge result =
        is_enough ? merge : record::merge_specs(workspace_, pair.first, pair.second, merge);
    if (result.clean()) return;
    const bool target = question.other == kNever;
    matrix_.clashes.push_back({matrix_.ids[question.one], target ? "" : matrix_.ids[question.other],
                               std::move(result.conflicts)});
  }

  record::Workspace& workspace_;
  git::Store& store_;
  std::string base_;
  Chain chain_;
  Numbering numbering_;
  std::vector<Branch> branches_;
  std::vector<Question> questions_;
  Matrix matrix_;
};

}  // namespace

Matrix predict(record::Workspace& workspace, const std::filesystem::path& directory,
               const std::string& base, const std::vector<Entry>& entries) {
  return Prediction(workspace, base, entries).run(directory);
}

}  // namespace chant::land
