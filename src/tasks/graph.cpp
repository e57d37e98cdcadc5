#include "tasks/graph.h"

#include "tasks/order.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace chant::tasks {

namespace {

using Indices = std::vector<std::size_t>;
using RefKind = Reference::Kind;

constexpr std::size_t kManyEdges = 50'000;  // from here on sets are taken without what is implied
constexpr auto kNowhere = static_cast<std::size_t>(-1);

// What a set of tasks waits for: not what may be left out, nor what only holds others.
bool counts_in_set(const Task& task) {
  return task.kind == Kind::task || task.kind == Kind::review;
}

bool is_open(const Task& task) { return task.state == State::open || task.state == State::unknown; }

bool names_tasks(const Reference& reference) {
  return reference.kind == RefKind::task || reference.kind == RefKind::range;
}

std::string shown(const Reference& reference) {
  switch (reference.kind) {
    case RefKind::task:
      return reference.first;
    case RefKind::range:
      return reference.first + '-' + reference.last;
    case RefKind::track:
      return "track " + reference.first;
    case RefKind::group:
      return "group " + reference.first;
    case RefKind::phase:
      return "phase " + reference.first;
    case RefKind::all_before:
      return "all before";
  }
  return {};
}

// "Phase 2: Core" is phase 2, too.
std::vector<std::string> names_of_phase(const std::string& label) {
  const auto name = lower(label);
  constexpr std::string_view kWord = "phase ";
  if (name.empty()) return {};
  if (name.substr(0, kWord.size()) != kWord) return {name};
  const auto end = name.find_first_of(" :-", kWord.size());
  return {name, name.substr(kWord.size(), end == std::string::npos ? end : end - kWord.size())};
}

class Resolver {
 public:
  explicit Resolver(Draftlist draft)
      : draft_(std::move(draft)), list_(draft_.list), tasks_(list_.tasks), ids_(tasks_) {
    draft_.drafts.resize(tasks_.size());
  }
  List run();

 private:
  struct Set {
    Indices tasks;
    Indices reviews;  // of a track, apart from its tasks
  };
  using Sets = std::map<std::string, Set>;
  struct Edge {
    std::size_t to = 0;
    const Reference* by = nullptr;
  };
  struct Place {
    std::size_t task = kNowhere;  // whose edges were made when this was written
    std::size_t index = 0;        // in its depends_on
  };
  struct Source {
    const Reference* reference = nullptr;
    bool is_own = false;  // said by the task, not by what it is part of
  };

  void link_parents();
  void index_sets();
  void invert_blocks();
  void reduce_sets();
  void reduce(Set& set, const std::vector<Indices>& explicit_edges) const;
  [[nodiscard]] bool declares_order() const;
  [[nodiscard]] std::size_t count_set_edges();
  [[nodiscard]] std::vector<Source> sources_of(std::size_t task) const;
  [[nodiscard]] const Set* find_set(const Reference& reference) const;
  [[nodiscard]] Indices members(const Reference& reference, std::size_t task);
  [[nodiscard]] Indices named(const Reference& reference, std::size_t task) const;
  [[nodiscard]] Indices everything_before(std::size_t task);
  void expand(std::size_t task, Indices& into) const;
  [[nodiscard]] bool is_within(std::size_t task, std::size_t container) const;
  void add_edges(std::size_t task);
  void add_edge(std::size_t task, const Edge& edge);
  void count_edges(std::size_t more, int line);
  void check_reference(const Reference& reference, std::size_t task, bool is_empty);
  void check_range(const Reference& reference, std::size_t task);
  void note(Note::Kind kind, int line, const std::string& text, std::size_t task);
  void note_unread(std::size_t task);
  void note_totals();
  void hand_over_notes();
  void follow_order();

  Draftlist draft_;
  List& list_;
  std::vector<Task>& tasks_;
  Ids ids_;
  std::vector<Indices> children_;
  std::vector<std::vector<Edge>> blocked_by_;
  Sets tracks_, groups_, phases_;
  Indices all_;                     // everything that counts in a set
  std::vector<Place> places_;       // of an edge, by the task that it goes to
  std::size_t barrier_ = kNowhere;  // the last task that waits for all before it
  bool are_many_ = false;
  std::size_t edges_ = 0;
  std::map<std::tuple<int, Note::Kind, std::string>, Indices> notes_;
};

List Resolver::run() {
  for (const auto& task : tasks_) count_edges(task.depends_on.size(), task.line);
  link_parents();
  index_sets();
  invert_blocks();
  list_.orders_itself = list_.orders_itself || declares_order();
  are_many_ = count_set_edges() > kManyEdges;
  if (are_many_) reduce_sets();
  places_.resize(tasks_.size());
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    add_edges(i);
    note_unread(i);
  }
  if (!list_.orders_itself) follow_order();
  note_totals();
  hand_over_notes();
  return std::move(list_);
}

void Resolver::link_parents() {
  children_.resize(tasks_.size());
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    auto& parent = draft_.drafts[i].parent;
    // A container stands before what is in it; so there is no ring of them.
    if (parent && *parent >= i) parent.reset();
    if (!parent) continue;
    tasks_[i].parent = tasks_[*parent].key;
    children_[*parent].push_back(i);
  }
}

void Resolver::index_sets() {
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    const auto& task = tasks_[i];
    if (!counts_in_set(task)) continue;
    all_.push_back(i);
    if (!task.track.empty()) {
      auto& track = tracks_[lower(task.track)];
      (task.kind == Kind::review ? track.reviews : track.tasks).push_back(i);
    }
    if (!task.group.empty()) groups_[lower(task.group)].tasks.push_back(i);
    for (const auto& name : names_of_phase(task.phase)) phases_[name].tasks.push_back(i);
  }
  for (auto& [label, set] : tracks_) {
    if (set.tasks.empty()) set.tasks.swap(set.reviews);
  }
}

// Of several tasks that block all, the first blocks the others.
void Resolver::invert_blocks() {
  blocked_by_.resize(tasks_.size());
  std::vector<bool> blocks_all(tasks_.size());
  std::size_t blocked = 0;
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    for (const auto& reference : draft_.drafts[i].blocks) {
      const bool is_all = reference.kind == RefKind::all_before;
      if (is_all) blocks_all[i] = true;
      const auto targets = is_all ? all_ : members(reference, i);
      check_reference(reference, i, targets.empty());
      Indices blockers;
      expand(i, blockers);
      for (const auto target : targets) {
        if (is_within(target, i) || (is_all && blocks_all[target])) continue;
        blocked += blockers.size();
        if (blocked > kMaxEdges) count_edges(blocked, reference.line);
        for (const auto blocker : blockers) blocked_by_[target].push_back({blocker, &reference});
      }
    }
  }
}

// "None" said of a few tasks tells nothing about the others.
bool Resolver::declares_order() const {
  bool all_independent = !tasks_.empty();
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    const auto& draft = draft_.drafts[i];
    const bool says = !draft.needs.empty() || !draft.track_needs.empty() ||
                      !draft.group_needs.empty() || !draft.blocks.empty() || !draft.unread.empty();
    if (says || !tasks_[i].group.empty()) return true;
    const bool counts = tasks_[i].kind != Kind::container;
    all_independent = all_independent && (draft.is_independent || !counts);
  }
  return all_independent;
}

std::vector<Resolver::Source> Resolver::sources_of(std::size_t task) const {
  std::vector<Source> sources;
  const auto add = [&sources](const std::vector<Reference>& references, bool is_own) {
    for (const auto& reference : references) sources.push_back({&reference, is_own});
  };
  const auto& draft = draft_.drafts[task];
  add(draft.needs, true);
  add(draft.track_needs, false);
  add(draft.group_needs, false);
  const auto group = draft_.group_defaults.find(tasks_[task].group);
  const bool is_silent = sources.empty() && !draft.is_independent;
  if (is_silent && group != draft_.group_defaults.end()) add(group->second, false);
  for (auto parent = draft.parent; parent; parent = draft_.drafts[*parent].parent) {
    add(draft_.drafts[*parent].needs, false);
    add(draft_.drafts[*parent].track_needs, false);
    add(draft_.drafts[*parent].group_needs, false);
  }
  return sources;
}

const Resolver::Set* Resolver::find_set(const Reference& reference) const {
  const auto& sets = reference.kind == RefKind::track   ? tracks_
                     : reference.kind == RefKind::group ? groups_
                                                        : phases_;
  const auto found = sets.find(lower(reference.first));
  return found == sets.end() ? nullptr : &found->second;
}

Indices Resolver::members(const Reference& reference, std::size_t task) {
  if (names_tasks(reference)) return named(reference, task);
  if (reference.kind == RefKind::all_before) return everything_before(task);
  const auto* set = find_set(reference);
  if (set == nullptr) return {};
  auto indices = set->tasks;
  if (reference.reviews) indices.insert(indices.end(), set->reviews.begin(), set->reviews.end());
  return indices;
}

// Of two tasks with one id the one that stands before is meant, when there is such a one.
Indices Resolver::named(const Reference& reference, std::size_t task) const {
  const auto found = reference.kind == RefKind::range
                         ? ids_.find_range(reference.first, reference.last).tasks
                         : ids_.find(reference.first);
  Indices indices;
  for (const auto i : found) {
    const auto* same = i > task ? &ids_.find(tasks_[i].id) : nullptr;
    const bool is_other = same != nullptr && !same->empty() && same->front() < task;
    const bool holds_it = i != task && is_within(task, i);
    if (!is_other && !holds_it) expand(i, indices);
  }
  return indices;
}

bool Resolver::is_within(std::size_t task, std::size_t container) const {
  for (std::optional<std::size_t> i = task; i; i = draft_.drafts[*i].parent) {
    if (*i == container) return true;
  }
  return false;
}

// A container is never done by itself: what is in it is meant.
void Resolver::expand(std::size_t task, Indices& into) const {
  Indices pending = {task};
  while (!pending.empty()) {
    const auto i = pending.back();
    pending.pop_back();
    if (tasks_[i].kind == Kind::container) {
      pending.insert(pending.end(), children_[i].rbegin(), children_[i].rend());
    } else if (i == task || tasks_[i].kind != Kind::optional) {
      into.push_back(i);
    }
  }
}

Indices Resolver::everything_before(std::size_t task) {
  const auto end = std::lower_bound(all_.begin(), all_.end(), task);
  // An open task that waits for all before it stands for them.
  const bool has_barrier = are_many_ && barrier_ != kNowhere && barrier_ < task;
  const auto begin = has_barrier ? std::lower_bound(all_.begin(), end, barrier_) : all_.begin();
  if (counts_in_set(tasks_[task]) && is_open(tasks_[task])) barrier_ = task;
  return {begin, end};
}

std::size_t Resolver::count_set_edges() {
  std::size_t count = 0;
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    for (const auto& source : sources_of(i)) {
      const auto& reference = *source.reference;
      if (names_tasks(reference)) continue;
      const auto* set = reference.kind == RefKind::all_before ? nullptr : find_set(reference);
      if (set != nullptr) count += set->tasks.size();
      if (reference.kind == RefKind::all_before) count += i;
    }
  }
  return count;
}

void Resolver::reduce_sets() {
  std::vector<Indices> explicit_edges(tasks_.size());
  std::size_t said = 0;
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    if (!counts_in_set(tasks_[i])) continue;
    for (const auto& reference : draft_.drafts[i].needs) {
      if (reference.conditional || !names_tasks(reference)) continue;
      const auto targets = named(reference, i);
      said += targets.size();
      if (said > kMaxEdges) count_edges(said, reference.line);
      // What is done holds up nothing but what is done itself.
      std::copy_if(targets.begin(), targets.end(), std::back_inserter(explicit_edges[i]),
                   [&](auto target) { return is_open(tasks_[i]) || !is_open(tasks_[target]); });
    }
  }
  for (auto* sets : {&tracks_, &groups_, &phases_}) {
    for (auto& [label, set] : *sets) reduce(set, explicit_edges);
  }
}

// Leaves out a task that another one of the set, later in the file, needs. Because of "later" a
// ring leaves one of its tasks in the set, too.
void Resolver::reduce(Set& set, const std::vector<Indices>& explicit_edges) const {
  std::set<std::size_t> implied;
  for (const auto i : set.tasks) {
    for (const auto target : explicit_edges[i]) {
      if (target < i) implied.insert(target);
    }
  }
  const auto is_implied = [&implied](std::size_t i) { return implied.count(i) != 0; };
  set.tasks.erase(std::remove_if(set.tasks.begin(), set.tasks.end(), is_implied), set.tasks.end());
}

void Resolver::add_edges(std::size_t task) {
  for (const auto& source : sources_of(task)) {
    const auto& reference = *source.reference;
    const auto targets = members(reference, task);
    const bool may_be_itself = source.is_own && reference.kind == RefKind::task;
    for (const auto target : targets) {
      if (target != task || may_be_itself) add_edge(task, {target, &reference});
    }
    check_reference(reference, task, targets.empty());
  }
  for (const auto& edge : blocked_by_[task]) add_edge(task, edge);
}

void Resolver::add_edge(std::size_t task, const Edge& edge) {
  auto& edges = tasks_[task].depends_on;
  auto& place = places_[edge.to];
  Dependency dependency{tasks_[edge.to].key, false, edge.by->conditional, edge.by->line,
                        edge.by->why};
  if (place.task != task) {
    place = {task, edges.size()};
    edges.push_back(std::move(dependency));
    count_edges(1, edge.by->line);
  } else if (edges[place.index].conditional && !dependency.conditional) {
    edges[place.index] = std::move(dependency);
  }
}

void Resolver::count_edges(std::size_t more, int line) {
  edges_ += more;
  if (edges_ <= kMaxEdges) return;
  throw Error(fmt::format("{}:{}: the tasks of this list wait for one another more than {} times",
                          list_.path, line, kMaxEdges),
              "let them wait for one task that ends a track, not for all of its tasks");
}

// What cannot be found is an edge to nothing, and an error.
void Resolver::check_reference(const Reference& reference, std::size_t task, bool is_empty) {
  if (reference.kind == RefKind::all_before) {
    if (is_empty) {
      note(Note::Kind::contradiction, reference.line, "waits for all before it, and is the first",
           task);
    }
    return;
  }
  if (reference.kind == RefKind::range) return check_range(reference, task);
  if (!is_empty) return;
  const auto name = shown(reference);
  if (reference.kind == RefKind::task && !ids_.find(reference.first).empty()) {
    note(Note::Kind::contradiction, reference.line,
         fmt::format("{} is part of {}", tasks_[task].id, name), task);
    return;
  }
  tasks_[task].depends_on.push_back(
      {name, true, reference.conditional, reference.line, reference.why});
  note(Note::Kind::error, reference.line,
       fmt::format("there is no {}{}", names_tasks(reference) ? "task " : "task in ", name), task);
}

void Resolver::check_range(const Reference& reference, std::size_t task) {
  const auto range = ids_.find_range(reference.first, reference.last);
  if (range.has_ends && range.missing.empty()) return;
  const auto name = shown(reference);
  const auto missing = range.missing.empty() ? name : range.missing;
  const auto text = fmt::format("tasks {}: there is no task {}", name, missing);
  if (range.has_ends) return note(Note::Kind::contradiction, reference.line, text, task);
  tasks_[task].depends_on.push_back(
      {name, true, reference.conditional, reference.line, reference.why});
  note(Note::Kind::error, reference.line, text, task);
}

void Resolver::note(Note::Kind kind, int line, const std::string& text, std::size_t task) {
  auto& tasks = notes_[{line, kind, text}];
  if (tasks.empty() || tasks.back() != task) tasks.push_back(task);
}

void Resolver::note_unread(std::size_t task) {
  const auto add = [this, task](const std::vector<Unread>& texts) {
    for (const auto& unread : texts) {
      note(Note::Kind::error, unread.line,
           fmt::format("cannot read '{}' as what a task depends on", unread.text), task);
    }
  };
  const auto& draft = draft_.drafts[task];
  add(draft.unread);
  const auto group = draft_.group_unread.find(tasks_[task].group);
  const bool is_silent = draft.needs.empty() && draft.track_needs.empty() &&
                         draft.group_needs.empty() && !draft.is_independent;
  if (is_silent && group != draft_.group_unread.end()) add(group->second);
  for (auto parent = draft.parent; parent; parent = draft_.drafts[*parent].parent) {
    add(draft_.drafts[*parent].unread);
  }
}

void Resolver::note_totals() {
  const auto count = [this](const auto& is_counted) {
    return static_cast<std::size_t>(std::count_if(tasks_.begin(), tasks_.end(), is_counted));
  };
  const auto all = count([](const Task& task) { return task.kind != Kind::container; });
  const auto conditional = count([](const Task& task) { return task.kind == Kind::conditional; });
  const auto plain = count([](const Task& task) { return task.kind == Kind::task; });
  for (const auto& total : draft_.totals) {
    list_.total_as_written = total.text;
    const bool is_right = total.count == all || total.count == plain ||
                          total.count == all - conditional || total.count == tasks_.size();
    if (is_right) continue;
    Note wrong;
    wrong.kind = Note::Kind::contradiction;
    wrong.line = total.line;
    wrong.text = fmt::format("says {} tasks; there are {}", total.count, all);
    if (plain != all) wrong.text += fmt::format(", {} without reviews and rework", plain);
    list_.notes.push_back(std::move(wrong));
  }
}

void Resolver::hand_over_notes() {
  const auto add = [this](Note note, const Indices& tasks) {
    for (const auto task : tasks) note.keys.push_back(tasks_[task].key);
    list_.notes.push_back(std::move(note));
  };
  for (const auto& [what, tasks] : notes_) {
    const auto& [line, kind, text] = what;
    add({kind, line, text, {}}, tasks);
  }
  for (auto& [note, tasks] : draft_.notes) add(std::move(note), tasks);
}

void Resolver::follow_order() {
  auto previous = kNowhere;
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    auto& task = tasks_[i];
    if (task.kind == Kind::container) continue;
    if (previous != kNowhere && !draft_.drafts[i].is_independent) {
      task.depends_on.push_back({tasks_[previous].key, false, false, task.line, "order"});
    }
    if (counts_in_set(task) && task.state != State::dropped) previous = i;
  }
}

}  // namespace

List resolve(Draftlist draft) { return Resolver(std::move(draft)).run(); }

}  // namespace chant::tasks
