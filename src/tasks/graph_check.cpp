#include "tasks/graph.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace chant::tasks {

namespace {

using Indices = std::vector<std::size_t>;

constexpr auto kNowhere = static_cast<std::size_t>(-1);
constexpr std::size_t kMaxShown = 20;  // tasks in a note, gaps between numbers

bool is_open(const Task& task) { return task.state == State::open || task.state == State::unknown; }

std::string name_of(const Task& task) { return task.id.empty() ? task.key : task.id; }

// The edges of a list by index, and the lines that say them.
struct Edge {
  std::size_t to = 0;
  const Dependency* dependency = nullptr;
};

class Graph {
 public:
  explicit Graph(const List& list) : list_(list) {
    const auto& tasks = list.tasks;
    std::unordered_map<std::string_view, std::size_t> by_key;
    by_key.reserve(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) by_key.emplace(tasks[i].key, i);
    edges_.resize(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      for (const auto& dependency : tasks[i].depends_on) {
        const auto found = by_key.find(dependency.on);
        if (found == by_key.end() || dependency.dangling) continue;
        edges_[i].push_back({found->second, &dependency});
      }
      // Who waits for a container waits for what is in it.
      const auto parent = tasks[i].parent.empty() ? by_key.end() : by_key.find(tasks[i].parent);
      if (parent != by_key.end()) edges_[parent->second].push_back({i, &part_});
    }
  }

  [[nodiscard]] const std::vector<Edge>& edges(std::size_t task) const { return edges_[task]; }

  // An edge that can hold something up: rework orders nothing, nor does what is done.
  [[nodiscard]] bool holds_up(std::size_t from, const Edge& edge) const {
    const auto holds = [](const Task& task) {
      return task.kind == Kind::container || (is_open(task) && task.kind != Kind::conditional);
    };
    const auto& task = list_.tasks[from];
    return (holds(task) || is_open(task)) && holds(list_.tasks[edge.to]) &&
           !edge.dependency->conditional;
  }

  // Tasks that wait for themselves, a part for each set of them that wait for one another.
  [[nodiscard]] std::vector<Indices> find_knots() const;

  // The shortest way from `start` back to it within its knot, by edges.
  [[nodiscard]] std::vector<Edge> find_way_back(std::size_t start, const Indices& knot) const;

 private:
  const List& list_;
  Dependency part_;
  std::vector<std::vector<Edge>> edges_;
};

// Tarjan's strongly connected components, without recursion: a list may be deep.
class Knots {
 public:
  Knots(const Graph& graph, std::size_t size) : graph_(graph), nodes_(size) {
    for (std::size_t i = 0; i < size; ++i) {
      if (nodes_[i].number == kNowhere) visit(i);
    }
  }

  std::vector<Indices> take() {
    std::sort(knots_.begin(), knots_.end());
    return std::move(knots_);
  }

 private:
  struct Node {
    std::size_t number = kNowhere, low = 0, next = 0;
    bool is_on_stack = false;
  };

  void enter(std::size_t i) {
    nodes_[i].number = nodes_[i].low = count_++;
    nodes_[i].is_on_stack = true;
    stack_.push_back(i);
    path_.push_back(i);
  }

  void visit(std::size_t start) {
    enter(start);
    while (!path_.empty()) {
      const auto i = path_.back();
      const auto& edges = graph_.edges(i);
      if (nodes_[i].next == edges.size()) {
        leave(i);
        continue;
      }
      const auto& edge = edges[nodes_[i].next++];
      if (!graph_.holds_up(i, edge)) continue;
      if (nodes_[edge.to].number == kNowhere) {
        enter(edge.to);
      } else if (nodes_[edge.to].is_on_stack) {
        nodes_[i].low = std::min(nodes_[i].low, nodes_[edge.to].number);
      }
    }
  }

  void leave(std::size_t i) {
    path_.pop_back();
    if (!path_.empty())
      nodes_[path_.back()].low = std::min(nodes_[path_.back()].low, nodes_[i].low);
    if (nodes_[i].low != nodes_[i].number) return;
    Indices knot;
    do {
      knot.push_back(stack_.back());
      nodes_[stack_.back()].is_on_stack = false;
      stack_.pop_back();
    } while (knot.back() != i);
    const auto& edges = graph_.edges(i);
    const bool is_ring =
        knot.size() > 1 || std::any_of(edges.begin(), edges.end(), [&](const Edge& edge) {
          return edge.to == i && graph_.holds_up(i, edge);
        });
    if (!is_ring) return;
    std::sort(knot.begin(), knot.end());
    knots_.push_back(std::move(knot));
  }

  const Graph& graph_;
  std::vector<Node> nodes_;
  Indices stack_, path_;
  std::size_t count_ = 0;
  std::vector<Indices> knots_;
};

std::vector<Indices> Graph::find_knots() const { return Knots(*this, edges_.size()).take(); }

std::vector<Edge> Graph::find_way_back(std::size_t start, const Indices& knot) const {
  std::unordered_map<std::size_t, std::pair<std::size_t, Edge>> came_from;
  std::deque<std::size_t> pending = {start};
  while (!pending.empty() && came_from.count(start) == 0) {
    const auto i = pending.front();
    pending.pop_front();
    for (const auto& edge : edges_[i]) {
      const bool is_inside = std::binary_search(knot.begin(), knot.end(), edge.to);
      if (!is_inside || !holds_up(i, edge)) continue;
      if (came_from.try_emplace(edge.to, i, edge).second) pending.push_back(edge.to);
    }
  }
  std::vector<Edge> way;
  auto at = start;
  do {
    const auto& [before, edge] = came_from.at(at);
    way.push_back(edge);
    at = before;
  } while (at != start);
  std::reverse(way.begin(), way.end());
  return way;
}

class Checker {
 public:
  explicit Checker(List& list) : list_(list), graph_(list) {
    for (const auto& note : list.notes) said_.insert({note.line, note.text});
  }

  void run() {
    note_duplicates();
    note_rings();
    note_review_loops();
    note_done_too_early();
    note_numbers();
    const auto by_line = [](const Note& a, const Note& b) { return a.line < b.line; };
    std::stable_sort(list_.notes.begin(), list_.notes.end(), by_line);
  }

 private:
  void note_duplicates();
  void note_rings();
  void note_review_loops();
  void note_done_too_early();
  void note_numbers();
  void add(Note::Kind kind, int line, std::string text, const Indices& tasks);

  List& list_;
  Graph graph_;
  std::set<std::pair<int, std::string>> said_;
};

void Checker::add(Note::Kind kind, int line, std::string text, const Indices& tasks) {
  Note note{kind, line, std::move(text), {}};
  for (const auto task : tasks) note.keys.push_back(list_.tasks[task].key);
  // A list may be checked twice.
  if (!said_.insert({note.line, note.text}).second) return;
  list_.notes.push_back(std::move(note));
}

void Checker::note_duplicates() {
  std::unordered_map<std::string, std::size_t> count;
  count.reserve(list_.tasks.size());
  bool has_any = false;
  for (const auto& task : list_.tasks) {
    if (!task.id.empty() && ++count[lower(task.id)] > 1) has_any = true;
  }
  if (!has_any) return;
  std::map<std::string, Indices> by_id;
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    auto id = lower(list_.tasks[i].id);
    if (!id.empty() && count[id] > 1) by_id[std::move(id)].push_back(i);
  }
  for (const auto& [id, tasks] : by_id) {
    std::vector<std::string> lines;
    for (const auto i : tasks) lines.push_back(std::to_string(list_.tasks[i].line));
    const auto& last = list_.tasks[tasks.back()];
    add(Note::Kind::contradiction, last.line,
        fmt::format("{} tasks have the id {} (lines {})", tasks.size(), last.id, join(lines, ", ")),
        tasks);
  }
}

void Checker::note_rings() {
  for (const auto& knot : graph_.find_knots()) {
    const auto way = graph_.find_way_back(knot.front(), knot);
    auto from = knot.front();
    std::vector<std::string> steps;
    for (const auto& edge : way) {
      const auto &task = list_.tasks[from], &other = list_.tasks[edge.to];
      const bool is_part = task.kind == Kind::container && other.parent == task.key;
      steps.push_back(is_part ? fmt::format("{} holds {}", name_of(task), name_of(other))
                              : fmt::format("{} needs {} (line {})", name_of(task), name_of(other),
                                            edge.dependency->line));
      from = edge.to;
    }
    Indices tasks;
    std::copy_if(knot.begin(), knot.end(), std::back_inserter(tasks),
                 [&](std::size_t i) { return list_.tasks[i].kind != Kind::container; });
    const std::string text = "a ring, so none of it can run: ";
    if (steps.size() > kMaxShown) {
      const auto more = steps.size() - kMaxShown;
      steps.resize(kMaxShown);
      steps.push_back(fmt::format("and {} more", more));
    }
    const auto line = list_.tasks[knot.front()].line;
    const auto said = way.front().dependency->line;
    add(Note::Kind::error, said != 0 ? said : line, text + join(steps, ", "), tasks);
  }
}

// A review that waits for the rework that it may ask for.
void Checker::note_review_loops() {
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    for (const auto& edge : graph_.edges(i)) {
      const auto& rework = list_.tasks[edge.to];
      if (rework.kind != Kind::conditional) continue;
      const auto& back = graph_.edges(edge.to);
      const bool is_loop =
          std::any_of(back.begin(), back.end(), [i](const Edge& other) { return other.to == i; });
      if (!is_loop) continue;
      const auto name = name_of(list_.tasks[i]);
      add(Note::Kind::info, edge.dependency->line,
          fmt::format("{} and {} wait for each other: read as a loop of review and rework, not as "
                      "an order",
                      name, name_of(rework)),
          {i, edge.to});
    }
  }
}

void Checker::note_done_too_early() {
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    const auto& task = list_.tasks[i];
    if (task.state != State::done || task.kind == Kind::container) continue;
    Indices open;
    for (const auto& edge : graph_.edges(i)) {
      const auto& to = list_.tasks[edge.to];
      const bool counts = to.kind == Kind::task || to.kind == Kind::review;
      if (counts && is_open(to) && edge.dependency->why != "order") open.push_back(edge.to);
    }
    if (open.empty()) continue;
    std::sort(open.begin(), open.end());
    const auto verb = open.size() == 1 ? "is" : "are";
    const auto more = open.size() - std::min(open.size(), kMaxShown);
    open.resize(open.size() - more);
    auto ids = shown_ids(list_.tasks, open);
    if (more != 0) ids += fmt::format(" and {} more", more);
    add(Note::Kind::contradiction, task.line,
        fmt::format("{} is done, but what it waits for, {}, {} not", name_of(task), ids, verb),
        {i});
  }
}

std::optional<std::size_t> number_of(const Task& task) {
  constexpr std::size_t kMaxDigits = 9;
  const auto& id = task.id;
  if (task.kind == Kind::review || task.kind == Kind::conditional) return std::nullopt;
  if (id.empty() || id.size() > kMaxDigits) return std::nullopt;
  if (id.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::stoul(id);
}

void Checker::note_numbers() {
  if (!has_boxes(list_.dialect)) return;
  std::map<std::size_t, std::size_t> tasks;  // by number
  std::size_t last = kNowhere;
  bool is_in_order = true;
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    const auto number = number_of(list_.tasks[i]);
    if (!number) continue;
    if (is_in_order && last != kNowhere && *number < *number_of(list_.tasks[last])) {
      is_in_order = false;
      add(Note::Kind::info, list_.tasks[i].line,
          fmt::format("the numbers are not in the order of the file: {} stands after {} (line {})",
                      *number, list_.tasks[last].id, list_.tasks[last].line),
          {i, last});
    }
    last = i;
    tasks.emplace(*number, i);
  }
  std::size_t shown = 0;
  for (auto it = tasks.begin(); it != tasks.end() && shown < kMaxShown; ++it) {
    const auto next = std::next(it);
    if (next == tasks.end() || next->first == it->first + 1) continue;
    const auto first = it->first + 1, end = next->first - 1;
    const auto gap =
        first == end ? fmt::format("no task {}", first) : fmt::format("no tasks {}-{}", first, end);
    add(Note::Kind::contradiction, list_.tasks[next->second].line,
        fmt::format("there is {}: after {} comes {}", gap, it->first, next->first), {});
    ++shown;
  }
}

}  // namespace

void check_graph(List& list) { Checker(list).run(); }

std::vector<std::string> find_ring(const List& list) {
  const Graph graph(list);
  const auto knots = graph.find_knots();
  if (knots.empty()) return {};
  const auto start = knots.front().front();
  std::vector<std::string> ring = {list.tasks[start].key};
  for (const auto& edge : graph.find_way_back(start, knots.front())) {
    ring.push_back(list.tasks[edge.to].key);
  }
  return ring;
}

}  // namespace chant::tasks
