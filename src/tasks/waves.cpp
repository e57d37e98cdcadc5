#include "tasks/waves.h"

#include "tasks/graph.h"
#include "tasks/json.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

// What stands between the two ends of a fence.
struct CodeBlock {
  int line = 0;  // of its first line
  std::string_view text;
  std::vector<const Line*> lines;
  std::string_view heading;  // that it is under
};

bool is_fence_mark(std::string_view line) {
  const auto text = trim(line);
  return text.substr(0, 3) == "```" || text.substr(0, 3) == "~~~";
}

std::vector<CodeBlock> code_blocks_of(std::string_view text, const Scan& scan) {
  std::vector<CodeBlock> blocks;
  CodeBlock block;
  bool is_inside = false;
  std::string_view heading;
  for (const auto& line : scan.lines) {
    if (line.kind == Line::Kind::heading) heading = line.rest;
    if (line.kind != Line::Kind::fence) continue;
    if (!is_fence_mark(line.text)) {
      if (is_inside) block.lines.push_back(&line);
      continue;
    }
    if (is_inside && !block.lines.empty()) {
      block.line = block.lines.front()->number;
      block.heading = heading;
      const auto begin = block.lines.front()->offset;
      block.text = text.substr(begin, line.offset - begin);
      blocks.push_back(std::move(block));
    }
    block = {};
    is_inside = !is_inside;
  }
  return blocks;
}

std::string_view clean_id(std::string_view id) {
  id = trim(id);
  if (id.substr(0, 5) == "Task " || id.substr(0, 5) == "task ") id = trim(id.substr(5));
  while (!id.empty() && id.back() == '.') id.remove_suffix(1);
  return id;
}

std::optional<std::vector<std::string>> ids_of(const Json* array) {
  if (array == nullptr || !array->is(Json::Kind::array)) return std::nullopt;
  std::vector<std::string> ids;
  for (const auto& item : array->items) {
    if (!item.is(Json::Kind::string) && !item.is(Json::Kind::number)) return std::nullopt;
    ids.emplace_back(clean_id(item.text));
  }
  return ids;
}

// One entry of "waves": its tasks, and the labels of what it comes after.
struct Entry {
  Wave wave;
  std::optional<std::vector<std::string>> after;
};

std::optional<Entry> entry_of(const Json& json, std::size_t place) {
  Entry entry;
  entry.wave.line = json.line;
  auto ids = ids_of(json.is(Json::Kind::array) ? &json : json.find("tasks"));
  if (!ids) return std::nullopt;
  entry.wave.ids = std::move(*ids);
  entry.wave.label = json.text_of("id");
  if (entry.wave.label.empty()) entry.wave.label = json.text_of("wave");
  if (entry.wave.label.empty()) entry.wave.label = std::to_string(place);
  for (const auto* name : {"depends_on", "dependsOn", "dependencies"}) {
    const auto* after = json.find(name);
    if (after == nullptr) continue;
    entry.after = ids_of(after);
    if (!entry.after) return std::nullopt;
  }
  return entry;
}

// Numbers say in which order waves are; without them they are as they stand.
void sort_by_number(std::vector<Entry>& entries) {
  std::vector<std::pair<int, std::size_t>> order;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& label = entries[i].wave.label;
    int number = 0;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), number);
    if (error != std::errc() || end != label.data() + label.size()) return;
    order.emplace_back(number, i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Entry> sorted;
  for (const auto& [number, place] : order) sorted.push_back(std::move(entries[place]));
  entries = std::move(sorted);
}

// Links the waves: after those that they name, or where none is named after the one before.
void link(std::vector<Entry> entries, Waves& waves) {
  constexpr std::ptrdiff_t kMaxEmpty = 100;
  const auto is_empty = [](const Entry& entry) { return entry.wave.ids.empty(); };
  if (std::count_if(entries.begin(), entries.end(), is_empty) > kMaxEmpty) {
    waves.fault = "there are too many waves without a task";
    return;
  }
  std::map<std::string, std::size_t> by_label;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!by_label.emplace(entries[i].wave.label, i).second) {
      waves.fault = fmt::format("there are two waves {}", entries[i].wave.label);
      return;
    }
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto& wave = entries[i].wave;
    if (!entries[i].after && i != 0) wave.after = {i - 1};
    for (const auto& label : entries[i].after.value_or(std::vector<std::string>{})) {
      const auto found = by_label.find(label);
      if (found == by_label.end()) {
        waves.fault =
            fmt::format("wave {} waits for a wave {}, which is not there", wave.label, label);
        return;
      }
      wave.after.push_back(found->second);
    }
    waves.waves.push_back(std::move(wave));
  }
}

Waves waves_of_json(const CodeBlock& block) {
  Waves waves;
  waves.line = block.line;
  try {
    const auto json = parse_json(block.text, block.line);
    const auto* array = json.find("waves");
    if (array == nullptr || !array->is(Json::Kind::array)) {
      waves.fault = "\"waves\" is no list";
      return waves;
    }
    std::vector<Entry> entries;
    for (const auto& item : array->items) {
      auto entry = entry_of(item, entries.size() + 1);
      if (!entry) {
        waves.fault = fmt::format("line {} is no wave", item.line);
        return waves;
      }
      entries.push_back(std::move(*entry));
    }
    sort_by_number(entries);
    link(std::move(entries), waves);
  } catch (const JsonError& error) {
    waves.fault = fmt::format("line {}: {}", error.line(), error.what());
  }
  return waves;
}

// A graph of arrows is waves of one task each.
class Arrows {
 public:
  explicit Arrows(int line) {
    waves_.line = line;
    waves_.are_arrows = true;
  }

  void read(const Line& line) {
    const auto text = line.text;
    std::vector<std::size_t> before;
    for (std::size_t at = 0; at <= text.size() && waves_.fault.empty();) {
      const auto arrow = std::min(text.find("-->", at), text.size());
      auto part = trim(text.substr(at, arrow - at));
      if (!part.empty() && part.front() == '|') part = trim(part.substr(part.find('|', 1) + 1));
      auto nodes = nodes_of(part, line.number);
      for (const auto node : nodes) {
        auto& after = waves_.waves[node].after;
        after.insert(after.end(), before.begin(), before.end());
      }
      before = std::move(nodes);
      at = arrow + 3;
    }
  }

  Waves take() { return std::move(waves_); }

 private:
  // "T1", "T1[Title] & T2".
  std::vector<std::size_t> nodes_of(std::string_view part, int line) {
    std::vector<std::size_t> nodes;
    for (const auto& text : split(part, '&')) {
      const auto node = trim(text);
      const auto name = trim(node.substr(0, node.find_first_of("[({ ;")));
      if (name.empty()) {
        waves_.fault = fmt::format("line {} is no graph of tasks", line);
        return {};
      }
      const auto [place, is_new] = by_name_.try_emplace(task_of_node(name), waves_.waves.size());
      if (is_new) {
        Wave wave;
        wave.label = std::string(name);
        wave.line = line;
        wave.ids = {std::string(name)};
        waves_.waves.push_back(std::move(wave));
      }
      nodes.push_back(place->second);
    }
    return nodes;
  }

  Waves waves_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

Waves waves_of_arrows(const CodeBlock& block) {
  Arrows arrows(block.line);
  for (const auto* line : block.lines) {
    if (line->text.find("-->") != npos) arrows.read(*line);
  }
  return arrows.take();
}

}  // namespace

std::string task_of_node(std::string_view name) {
  const bool has_mark = name.size() > 1 && (name.front() == 'T' || name.front() == 't');
  std::string id(name.substr(has_mark ? 1 : 0));
  std::replace(id.begin(), id.end(), '_', '.');
  return id;
}

std::optional<Waves> find_waves(std::string_view text, const Scan& scan) {
  std::optional<Waves> found;
  for (const auto& block : code_blocks_of(text, scan)) {
    const bool is_json = block.text.find("\"waves\"") != npos;
    // Other diagrams are of phases, classes, screens: nobody said that they order tasks.
    const bool is_graph = !is_json && block.text.find("-->") != npos &&
                          lower(block.heading).find("dependenc") != std::string::npos;
    if (!is_json && !is_graph) continue;
    auto waves = is_json ? waves_of_json(block) : waves_of_arrows(block);
    if (found && is_json)
      found->fault = fmt::format("there is another graph at line {}", waves.line);
    if (!found) found = std::move(waves);
  }
  return found;
}

}  // namespace chant::tasks
