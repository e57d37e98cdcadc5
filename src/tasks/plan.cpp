#include "tasks/plan.h"

#include "tasks/graph.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <utility>

namespace chant::tasks {

namespace {

using Indices = std::vector<std::size_t>;

constexpr std::size_t kMaxShown = 10;  // tasks that one waits for

std::string shown(const Task& task) { return task.id.empty() ? task.key : task.id; }

std::string clean_label(std::string_view label) {
  auto name = lower(trim(label));
  constexpr std::string_view kWord = "track ";
  return name.substr(0, kWord.size()) == kWord ? name.substr(kWord.size()) : name;
}

// The tracks that were asked for, by their labels in lower case. Throws for one that is not there.
std::set<std::string> tracks_of(const List& list, const PlanRequest& request) {
  std::set<std::string> known, chosen;
  std::vector<std::string> labels;
  for (const auto& task : list.tasks) {
    if (!task.track.empty() && known.insert(lower(task.track)).second) labels.push_back(task.track);
  }
  for (const auto& track : request.tracks) {
    const auto name =
        known.count(lower(trim(track))) != 0 ? lower(trim(track)) : clean_label(track);
    if (known.count(name) == 0) {
      throw Error(
          fmt::format("{}: no track '{}' is in this list", list.path, track),
          labels.empty() ? std::string("it has no tracks") : "its tracks are " + join(labels, ", "),
          Exit::usage);
    }
    chosen.insert(name);
  }
  return chosen;
}

class Planner {
 public:
  Planner(const List& list, const PlanRequest& request);

  Plan run();

 private:
  struct Need {
    std::size_t on = 0;
    const Dependency* edge = nullptr;
  };

  void find_needs();
  void refuse_faults();
  [[nodiscard]] Place first_place(const Task& task) const;
  void set_first_places();
  [[nodiscard]] bool is_left_out(const Task& task) const;
  [[nodiscard]] bool is_satisfied(const Need& need) const;
  void settle_all();
  void settle(std::size_t task);
  void refuse(std::size_t task, std::string why);
  void count();
  [[nodiscard]] std::string reason(const std::vector<Need>& needs) const;
  [[nodiscard]] std::string missing_tracks(const std::vector<Need>& outside) const;

  const List& list_;
  const PlanRequest& request_;
  std::set<std::string> tracks_;
  std::vector<std::vector<Need>> needs_;  // of each task; containers as what is in them
  std::vector<std::string> faults_;       // of tasks that cannot be run
  Plan plan_;
};

Planner::Planner(const List& list, const PlanRequest& request)
    : list_(list),
      request_(request),
      tracks_(tracks_of(list, request)),
      needs_(list.tasks.size()),
      faults_(list.tasks.size()) {}

Plan Planner::run() {
  find_needs();
  refuse_faults();
  set_first_places();
  settle_all();
  count();
  return std::move(plan_);
}

void Planner::find_needs() {
  std::unordered_map<std::string_view, std::size_t> by_key;
  by_key.reserve(list_.tasks.size());
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) by_key.emplace(list_.tasks[i].key, i);
  std::vector<Indices> inside(list_.tasks.size());
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    const auto parent = by_key.find(list_.tasks[i].parent);
    if (parent != by_key.end() && parent->second < i) inside[parent->second].push_back(i);
  }
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    for (const auto& edge : list_.tasks[i].depends_on) {
      const auto found = by_key.find(edge.on);
      if (edge.conditional || edge.dangling || found == by_key.end()) continue;
      Indices pending = {found->second};
      while (!pending.empty()) {
        const auto on = pending.back();
        pending.pop_back();
        if (list_.tasks[on].kind != Kind::container) {
          needs_[i].push_back({on, &edge});
        } else {
          pending.insert(pending.end(), inside[on].rbegin(), inside[on].rend());
        }
      }
    }
  }
}

void Planner::refuse_faults() {
  std::unordered_map<std::string_view, const Note*> notes;
  for (const auto& note : list_.notes) {
    if (note.kind != Note::Kind::error) continue;
    for (const auto& key : note.keys) notes.emplace(key, &note);
  }
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    const auto& task = list_.tasks[i];
    const auto note = notes.find(task.key);
    if (note != notes.end()) {
      faults_[i] = fmt::format("{} (line {})", note->second->text, note->second->line);
    } else if (task.state == State::unknown) {
      faults_[i] = task.box ? fmt::format("nobody defined what the mark '{}' in its box means",
                                          task.box->mark)
                            : std::string("its status is none that can be run");
    }
    for (const auto& edge : task.depends_on) {
      if (!edge.dangling || edge.conditional || !faults_[i].empty()) continue;
      faults_[i] = fmt::format("needs {} (line {}), which is not there", edge.on, edge.line);
    }
  }
}

Place Planner::first_place(const Task& task) const {
  if (task.kind == Kind::container) return Place::container;
  if (task.state == State::done) return Place::done;
  if (task.state == State::dropped) return Place::dropped;
  if (!tracks_.empty() && tracks_.count(lower(task.track)) == 0) return Place::not_chosen;
  if (task.kind == Kind::conditional) return Place::conditional;
  if (is_left_out(task)) return Place::optional;
  if (request_.failed.count(task.key) != 0) return Place::failed;
  return Place::ready;
}

void Planner::set_first_places() {
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    const auto& task = list_.tasks[i];
    Row row;
    row.key = task.key;
    row.place = first_place(task);
    if (row.place == Place::not_chosen) {
      row.why = task.track.empty() ? std::string("it is in no track that was asked for")
                                   : fmt::format("track {} was not asked for", task.track);
    } else if (row.place == Place::failed) {
      row.why = request_.failed.at(task.key);
    } else if (row.place == Place::conditional) {
      row.why = "runs only when its review asks for it";
    } else if (row.place == Place::optional) {
      row.why = "optional, and not asked for";
    }
    plan_.rows.push_back(std::move(row));
    if (plan_.rows.back().place == Place::ready && !faults_[i].empty()) refuse(i, faults_[i]);
  }
}

void Planner::refuse(std::size_t task, std::string why) {
  plan_.rows[task].place = Place::refused;
  plan_.rows[task].why = std::move(why);
}

// Open, it is not to be done, and nothing waits for it.
bool Planner::is_left_out(const Task& task) const {
  return task.kind == Kind::conditional || (task.kind == Kind::optional && !request_.with_optional);
}

// What was dropped holds up only who names it.
bool Planner::is_satisfied(const Need& need) const {
  switch (plan_.rows[need.on].place) {
    case Place::done:
    case Place::conditional:
    case Place::optional:
    case Place::container:
      return true;
    case Place::dropped:
      return need.edge->why != "task";
    case Place::not_chosen:
      return is_left_out(list_.tasks[need.on]);
    default:
      return false;
  }
}

// Each task after those that it needs; what is left in the end waits for itself.
void Planner::settle_all() {
  const auto count = list_.tasks.size();
  std::vector<std::size_t> waits_for(count, 0);
  std::vector<Indices> needed_by(count);
  Indices ready;
  const auto is_open = [this](std::size_t task) { return plan_.rows[task].place == Place::ready; };
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_open(i)) continue;
    for (const auto& need : needs_[i]) {
      if (!is_open(need.on)) continue;
      needed_by[need.on].push_back(i);
      ++waits_for[i];
    }
    if (waits_for[i] == 0) ready.push_back(i);
  }
  std::vector<char> is_settled(count, 0);
  for (std::size_t at = 0; at < ready.size(); ++at) {
    is_settled[ready[at]] = 1;
    settle(ready[at]);
    for (const auto next : needed_by[ready[at]]) {
      if (--waits_for[next] == 0) ready.push_back(next);
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (is_open(i) && is_settled[i] == 0) refuse(i, "it waits for itself, or for what does");
  }
}

void Planner::settle(std::size_t task) {
  auto& row = plan_.rows[task];
  std::vector<Need> open, outside, failed;
  int wave = 0;
  bool is_stuck = false;
  for (const auto& need : needs_[task]) {
    if (is_satisfied(need)) continue;
    const auto& other = plan_.rows[need.on];
    open.push_back(need);
    if (row.waits_for.size() < kMaxShown) row.waits_for.push_back(other.key);
    if (other.place == Place::refused || other.place == Place::dropped) {
      const auto what = other.place == Place::dropped ? "is dropped" : "cannot be run";
      return refuse(task, fmt::format("needs {} (line {}), which {}", shown(list_.tasks[need.on]),
                                      need.edge->line, what));
    }
    if (other.place == Place::not_chosen) outside.push_back(need);
    if (other.place == Place::failed) failed.push_back(need);
    is_stuck = is_stuck || other.wave == 0;
    wave = std::max(wave, other.wave);
  }
  if (!outside.empty()) plan_.outside.push_back(row.key);
  if (open.empty()) {
    row.wave = 1;
    row.why = needs_[task].empty() ? "needs nothing" : "all that it needs is done";
  } else {
    row.place = Place::waiting;
    row.wave = is_stuck ? 0 : wave + 1;
    row.why = reason(open);
    if (!failed.empty()) row.why = reason(failed) + ": failed";
    if (!outside.empty()) row.why = reason(outside) + ": " + missing_tracks(outside);
  }
  plan_.waves = std::max(plan_.waves, row.wave);
}

std::string Planner::missing_tracks(const std::vector<Need>& outside) const {
  std::vector<std::string> tracks;
  for (const auto& need : outside) {
    const auto& track = list_.tasks[need.on].track;
    if (track.empty()) return "not all in a track that was asked for";
    if (std::find(tracks.begin(), tracks.end(), track) == tracks.end()) tracks.push_back(track);
  }
  return tracks.size() == 1 ? fmt::format("track {} was not asked for", tracks.front())
                            : fmt::format("tracks {} were not asked for", join(tracks, ", "));
}

// "needs 4, 5 (line 61), 9 (order)": what one line says stands together.
std::string Planner::reason(const std::vector<Need>& needs) const {
  std::string text;
  for (std::size_t at = 0; at < needs.size() && at < kMaxShown;) {
    const auto& edge = *needs[at].edge;
    Indices tasks;
    while (at < needs.size() && needs[at].edge->line == edge.line &&
           needs[at].edge->why == edge.why) {
      tasks.push_back(needs[at++].on);
    }
    const auto line = fmt::format("line {}", edge.line);
    const auto said = edge.why == "task"    ? line
                      : edge.why == "order" ? std::string("order of the list")
                                            : fmt::format("{}, {}", edge.why, line);
    text += fmt::format("{}{} ({})", text.empty() ? "needs " : ", ", shown_ids(list_.tasks, tasks),
                        said);
  }
  return text;
}

void Planner::count() {
  for (std::size_t i = 0; i < plan_.rows.size(); ++i) {
    const auto place = plan_.rows[i].place;
    if (place == Place::container || place == Place::dropped) continue;
    if (place != Place::done && is_left_out(list_.tasks[i])) continue;
    ++plan_.total;
    ++(place == Place::done ? plan_.done : plan_.open);
  }
}

}  // namespace

std::string_view name_of(Place place) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "done",     "ready",     "waiting", "failed",  "conditional",
      "optional", "container", "dropped", "refused", "not chosen"};
  return kNames[static_cast<std::size_t>(place)];
}

Plan make_plan(const List& list, const PlanRequest& request) {
  return Planner(list, request).run();
}

std::string id_ranges(const List& list, const std::vector<std::string>& keys) {
  std::set<std::string_view> wanted(keys.begin(), keys.end());
  Indices indices;
  for (std::size_t i = 0; i < list.tasks.size(); ++i) {
    if (wanted.count(list.tasks[i].key) != 0) indices.push_back(i);
  }
  return shown_ids(list.tasks, indices);
}

}  // namespace chant::tasks
