// Lists that somebody or something has damaged: what comes of them holds together, and ticking
// changes one byte, or they are refused with their place.
#include "box_flips.h"
#include "corpus.h"
#include "spec/id.h"
#include "tasks/details.h"
#include "tasks/dialects.h"
#include "tasks/graph.h"
#include "tasks/plan.h"
#include "util/error.h"

#include <random>
#include <set>

using namespace chant::tasks;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t limit) { return limit == 0 ? 0 : random() % limit; }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

// Cuts, doubles, swaps, indents, quotes or repeats a line.
std::string with_damaged_line(const std::string& text, Random& random) {
  auto lines = lines_of(text);
  const auto at = below(random, lines.size());
  const auto line = lines[at];
  switch (below(random, 6)) {
    case 0:
      lines[at].clear();
      break;
    case 1:
      lines[at] += lines[below(random, lines.size())];
      break;
    case 2:
      std::swap(lines[at], lines[below(random, lines.size())]);
      break;
    case 3:
      lines[at] = std::string(below(random, 2) == 0 ? 5000 : below(random, 12),
                              below(random, 2) == 0 ? ' ' : '\t') +
                  line;
      break;
    case 4:
      lines[at] = "> " + line;
      break;
    default:
      lines[at].clear();
      for (auto times = below(random, 40); times > 0; --times) {
        lines[at] += line.substr(0, line.size() - 1);
      }
      lines[at] += '\n';
  }
  return chant::join(lines, "");
}

std::string damaged(std::string text, Random& random) {
  static const std::vector<std::string> kPieces = {"```\n",
                                                   "~~~\n",
                                                   "<!--",
                                                   "-->",
                                                   "- [ ] ",
                                                   "[x]",
                                                   "(",
                                                   "- [ ](x) 3. a\n",
                                                   "\xFF",
                                                   "\xC3\x28",
                                                   "\r",
                                                   "\r\n",
                                                   "_Dependencies: ",
                                                   "> ",
                                                   "#",
                                                   "- [\t] 4. b\n",
                                                   "Track A",
                                                   "(failed)",
                                                   "1-99999",
                                                   "[",
                                                   "]",
                                                   "**",
                                                   "depends on ",
                                                   std::string(1, '\0')};
  for (auto changes = 1 + below(random, 5); changes > 0 && !text.empty(); --changes) {
    const auto at = below(random, text.size()), length = below(random, 80);
    switch (below(random, 7)) {
      case 0:
        text[at] = static_cast<char>(random() % 256);
        break;
      case 1:
        text[at] = static_cast<char>(text[at] ^ (1 << below(random, 8)));
        break;
      case 2:
        text.insert(at, kPieces[below(random, kPieces.size())]);
        break;
      case 3:
        text.erase(at, length);
        break;
      case 4:
        text.insert(below(random, text.size()), text.substr(at, length));
        break;
      case 5:
        if (below(random, 4) == 0) text = with_crlf(text);
        if (below(random, 4) == 0) text.resize(at);
        break;
      default:
        text = with_damaged_line(text, random);
    }
  }
  return text;
}

void check_task(const List& list, std::string_view text, const Task& task, std::size_t last_begin) {
  INFO(task.key << " at line " << task.line);
  CHECK(chant::spec::is_valid_id(std::string(40, 'f') + "." + task.key));
  CHECK(list.find(task.key) == &task);
  CHECK(task.line > 0);
  for (const auto& edge : task.depends_on) {
    CHECK((edge.dangling || list.find(edge.on) != nullptr));
    CHECK(edge.line > 0);
    CHECK_FALSE(edge.why.empty());
  }
  static_cast<void>(details_of(list, text, task));
  REQUIRE(task.begin <= task.end);
  REQUIRE(task.end <= text.size());
  if (list.dialect == Dialect::taskmaster || list.dialect == Dialect::beads) return;
  CHECK(task.begin >= last_begin);
  const auto head = text.substr(0, task.begin);
  CHECK(std::count(head.begin(), head.end(), '\n') == task.line - 1);
  if (!task.box) return;
  REQUIRE(task.box->offset > task.begin);
  REQUIRE(task.box->offset + task.box->length < task.end);
  CHECK(text[task.box->offset - 1] == '[');
  CHECK(text[task.box->offset + task.box->length] == ']');
}

// Each box is one task, or one that is said to be none.
void check_boxes(const List& list, std::string_view text) {
  std::multiset<int> said;
  for (const auto& ignored : list.ignored) {
    said.insert(ignored.line);
    CHECK_FALSE(ignored.why.empty());
  }
  for (const auto& task : list.tasks) {
    if (task.box) said.insert(task.line);
  }
  if (!has_boxes(list.dialect)) return;
  for (const auto& line : scan(text).lines) {
    if (line.box) CHECK(said.count(line.number) == 1);
  }
}

void check_plan(const List& list) {
  const auto plan = make_plan(list, {});
  REQUIRE(plan.rows.size() == list.tasks.size());
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    const auto& row = plan.rows[i];
    CHECK(row.key == list.tasks[i].key);
    CHECK((row.place != Place::ready || row.wave == 1));
    CHECK((row.place != Place::refused || !row.why.empty()));
  }
  const auto ring = find_ring(list);
  const bool is_said = std::any_of(list.notes.begin(), list.notes.end(), [](const Note& note) {
    return note.kind == Note::Kind::error && note.text.find("a ring") != std::string::npos;
  });
  CHECK(ring.empty() == !is_said);
}

// What the plan would run can be ticked, by one byte.
void check_ticks(const List& list, const std::string& text, Random& random) {
  const auto plan = make_plan(list, {});
  const auto first = below(random, list.tasks.size());
  Flips flips;
  for (std::size_t i = first; i < std::min(first + 2, list.tasks.size()); ++i) {
    const auto& task = list.tasks[i];
    if (!task.box || (task.state != State::open && task.state != State::done)) continue;
    const auto before = flips.refused.size();
    flip(list, text, task, flips);
    if (flips.refused.size() == before || plan.rows[i].wave == 0) continue;
    CHECK_THAT(flips.refused.back(), Catch::Contains("times with the same words"));
  }
}

// False when it was refused.
bool check_text(const std::string& text, const std::string& path, std::optional<Dialect> forced,
                Random& random) {
  INFO(path << (forced ? name_of(*forced) : "") << ":\n" << text);
  try {
    const auto list = read_list(text, path, forced);
    std::set<std::string> keys;
    std::size_t begin = 0;
    for (const auto& task : list.tasks) {
      check_task(list, text, task, begin);
      CHECK(keys.insert(chant::lower(task.key)).second);
      begin = task.begin;
    }
    for (const auto& note : list.notes) {
      for (const auto& key : note.keys) CHECK(list.find(key) != nullptr);
    }
    check_boxes(list, text);
    check_plan(list);
    if (has_boxes(list.dialect)) check_ticks(list, text, random);
    return true;
  } catch (const chant::Error& error) {
    CHECK_THAT(error.what(), Catch::StartsWith(path + ":"));
    return false;
  }
}

// Something of each form.
const std::string kSeed =
    "# Plan\n### Track A: One (Dependencies: Track B)\n- [x] 1. **a** (4h)\n"
    "  - _Dependencies: Tasks 2-4, CR-A (failed)_\n- [ ] CR-A. b\n```json\n"
    "{\"waves\": [{\"id\": 0, \"tasks\": [\"1\"]}]}\n```\n- [ ] T001 [P] [US1] c (depends on "
    "T002)\n"
    "## 2. Phase 2: two\n- [ ]* 2.1 (P) d\n  - [ ] 2.1.1 e\n**Group 2 (Depends on Group 1)**\n"
    "- Track B: Tasks 1-2 - needs 4\n## Task 1.1: f\n**Dependencies**: all earlier\n> - [-] g\n"
    "- [ ] 3. h (after Task 1)\n  - [ ] h\n- [X] 10. i\n- [ ] 10. j\n"
    "## WP01 - k (depends: WP02)\n"
    "{\"id\":\"bd-1\",\"status\":\"open\",\"issue_type\":\"task\"}\n";

}  // namespace

TEST_CASE("a damaged list holds together in every form, or is refused", "[tasks]") {
  Random random(9);  // NOLINT: the same texts each time
  std::size_t read = 0;
  for (int round = 0; round < 600; ++round) {
    const auto dialect = all_dialects()[below(random, all_dialects().size())];
    if (check_text(damaged(kSeed, random), "list.md", dialect, random)) ++read;
  }
  CHECK(read > 300);
}

TEST_CASE("a damaged real list holds together, or is refused", "[tasks]") {
  Random random(6);  // NOLINT: the same texts each time
  for (const auto& sample : load_task_corpus()) {
    if (sample.text.size() > 100'000) continue;
    for (int round = 0; round < 4; ++round) {
      check_text(damaged(sample.text, random), sample.path, std::nullopt, random);
    }
  }
}

TEST_CASE("a tick in a damaged list is that of its task, or none", "[tasks]") {
  Random random(3);  // NOLINT: the same texts each time
  const std::string text =
      "## One\n- [ ] 1. **a**\n- [ ] 10. **b**\n- [ ] 1.1 c\n## Two\n- [ ] 2. **d**\n"
      "- [ ] 2. **e**\n- [ ] CR-A. f\n- [ ] 11. **g**\n- [ ] 12. **a**\n";
  const std::string path = "documentation/features/x/tasks.md";
  const auto list = read_list(text, path);
  std::size_t ticked = 0;
  for (int round = 0; round < 600; ++round) {
    const auto now = damaged(text, random);
    const auto& task = list.tasks[below(random, list.tasks.size())];
    const auto link = link_of(list, task);
    INFO(task.key << " in:\n" << now);
    const auto result = tick(now, link);
    const auto* done = std::get_if<Ticked>(&result);
    if (done == nullptr || done->was_ticked) continue;
    ++ticked;
    const auto at = changed_byte(now, done->text);
    const auto after = read_list(now, path, list.dialect);
    const auto hit = std::find_if(after.tasks.begin(), after.tasks.end(), [at](const Task& other) {
      return other.box && other.box->offset == at;
    });
    REQUIRE(hit != after.tasks.end());
    CHECK(hit->id == task.id);
    // One whose id is not its own is known by its words alone.
    if (task.shares_id) CHECK(hit->title == task.title);
  }
  CHECK(ticked > 200);
}
