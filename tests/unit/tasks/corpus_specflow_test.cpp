// Real SpecFlow lists: tracks, groups, reviews. The counts were made by hand from the files.
#include "corpus.h"
#include "list_view.h"
#include "util/error.h"

#include <set>

using namespace chant;
using namespace chant::tasks;

namespace {

// Edges that order something, conditional ones apart; roots wait for nothing, rework left out.
struct Counts {
  std::string name;
  std::size_t tasks, done, tracks, groups, edges, conditional, roots, ignored;
};

// How an edge count is made, for the plan with the two tables: prerequisites 31 ("all") + 11; needs
// 10 + 6 + 3 + 8 + 1 + 4; after group 1, of 10 tasks, 3 x 10; after group 2, of 7, 2 x 7.
const std::vector<Counts>& counts_of_specflow() {
  static const std::vector<Counts> kCounts = {
      {"bebsworthy__feedbacker__1.md", 36, 27, 8, 9, 72, 12, 2, 6},
      {"bebsworthy__pocket_agent__1.md", 41, 35, 13, 5, 272, 0, 3, 0},
      {"bebsworthy__pocket_agent__10.md", 58, 0, 0, 0, 57, 0, 1, 186},
      {"bebsworthy__pocket_agent__4.md", 41, 0, 13, 5, 272, 0, 3, 0},
      {"bebsworthy__pocket_agent__5.md", 55, 0, 13, 5, 236, 21, 4, 0},
      {"bebsworthy__qualhook__1.md", 32, 32, 8, 4, 118, 0, 1, 0},
      {"bebsworthy__qualhook__3.md", 32, 22, 8, 4, 118, 0, 1, 0},
      {"bebsworthy__qualhook__4.md", 19, 19, 0, 0, 18, 0, 1, 0}};
  return kCounts;
}

Counts counted_in(const std::string& name, const List& list) {
  Counts counts{name, list.tasks.size(), 0, 0, 0, 0, 0, 0, list.ignored.size()};
  std::set<std::string> tracks, groups;
  for (const auto& task : list.tasks) {
    if (task.state == State::done) ++counts.done;
    if (!task.track.empty()) tracks.insert(task.track);
    if (!task.group.empty()) groups.insert(task.group);
    std::size_t hard = 0;
    for (const auto& edge : task.depends_on) ++(edge.conditional ? counts.conditional : hard);
    counts.edges += hard;
    if (hard == 0 && task.kind != Kind::conditional) ++counts.roots;
  }
  counts.tracks = tracks.size();
  counts.groups = groups.size();
  return counts;
}

// Nothing when there is no corpus.
std::optional<Sample> load(const std::string& name) {
  for (auto& sample : load_task_corpus()) {
    if (sample.name == name) return std::move(sample);
  }
  return std::nullopt;
}

std::string without_ticks(std::string text) {
  for (auto at = text.find("- [x]"); at != std::string::npos; at = text.find("- [x]", at)) {
    text[at + 3] = ' ';
  }
  return text;
}

std::vector<Note> notes(const List& list, Note::Kind kind, const std::string& word) {
  std::vector<Note> found;
  std::copy_if(list.notes.begin(), list.notes.end(), std::back_inserter(found),
               [&](const Note& note) {
                 return note.kind == kind && note.text.find(word) != std::string::npos;
               });
  return found;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("the real lists with tracks have the tasks and edges that are in them", "[tasks]") {
  const auto samples = load_task_corpus();
  if (samples.empty()) return;
  std::size_t found = 0;
  for (const auto& sample : samples) {
    for (const auto& expected : counts_of_specflow()) {
      if (sample.name != expected.name) continue;
      ++found;
      INFO(sample.name);
      const auto list = read_list(sample.text, sample.path);
      const auto counts = counted_in(sample.name, list);
      CHECK(list.dialect == Dialect::specflow);
      CHECK(counts.tasks == expected.tasks);
      CHECK(counts.done == expected.done);
      CHECK(counts.tracks == expected.tracks);
      CHECK(counts.groups == expected.groups);
      CHECK(counts.edges == expected.edges);
      CHECK(counts.conditional == expected.conditional);
      CHECK(counts.roots == expected.roots);
      CHECK(counts.ignored == expected.ignored);
      // All of these files can be read in full, and none has a ring.
      CHECK(notes(list, Note::Kind::error, "").empty());
      CHECK(find_ring(list).empty());
      const auto plan = make_plan(list, {});
      std::set<std::string> rows;
      for (const auto& row : plan.rows) rows.insert(row.key);
      CHECK(plan.rows.size() == list.tasks.size());
      CHECK(rows.size() == list.tasks.size());
    }
  }
  CHECK(found == counts_of_specflow().size());
}

TEST_CASE("the real list with two tables of tracks: waves and contradictions", "[tasks]") {
  const auto sample = load("bebsworthy__qualhook__1.md");
  if (!sample) return;
  const auto list = read_list(without_ticks(sample->text), sample->path);
  CHECK(waves_of(list) ==
        "1 | 2 3 7 8 16 31 32 | 4 5 6 9 10 19 20 21 | 11 12 13 14 15 22 26 27 28 | "
        "17 18 23 24 25 29 30");
  std::size_t moved = 0;
  for (const auto& note : notes(list, Note::Kind::contradiction, "the latter counts")) {
    moved += note.keys.size();
  }
  CHECK(moved == 11);
  CHECK(notes(list, Note::Kind::info, "in no group").at(0).keys == Keys{"1", "2", "3"});
  // The command that these lists were made for shows tracks A to D so.
  std::map<std::string, Keys> tracks;
  for (const auto& task : list.tasks) tracks[task.track].push_back(task.id);
  CHECK(tracks["A"] == Keys{"2", "4", "5", "6"});
  CHECK(tracks["B"] == Keys{"7", "8"});
  CHECK(tracks["C"] == Keys{"9", "10"});
  CHECK(tracks["D"] == Keys{"19", "20", "21"});
  CHECK(tracks["F"] == Keys{"13", "14", "15"});
}

TEST_CASE("the real list with a gap, a total that is wrong, and work done too early", "[tasks]") {
  const auto sample = load("bebsworthy__pocket_agent__1.md");
  if (!sample) return;
  const auto list = read_list(sample->text, sample->path);
  Keys open;
  std::size_t early = 0;
  for (const auto& task : list.tasks) {
    if (task.state == State::open) open.push_back(task.id);
    if (task.state != State::done) continue;
    for (const auto& edge : task.depends_on) {
      if (list.find(edge.on)->state == State::open) ++early;
    }
  }
  CHECK(open == Keys{"15", "16", "17", "18", "CR2", "CR4"});
  CHECK(early == 60);
  CHECK(notes(list, Note::Kind::contradiction, "is done, but").size() == 25);
  CHECK(notes(list, Note::Kind::contradiction, "no task 32").size() == 1);
  CHECK(notes(list, Note::Kind::contradiction, "says 42 tasks; there are 41").size() == 1);
  CHECK(notes(list, Note::Kind::contradiction, "says 37 tasks; there are 41, 36").size() == 1);
  CHECK(notes(list, Note::Kind::info, "5 stands after 8").size() == 1);
}

TEST_CASE("the real list that a write has broken", "[tasks]") {
  const auto sample = load("bebsworthy__feedbacker__1.md");
  if (!sample) return;
  const auto list = read_list(sample->text, sample->path);
  const auto early = notes(list, Note::Kind::contradiction, "is done, but");
  REQUIRE(early.size() == 2);
  CHECK(early[0].keys == Keys{"PR-D"});
  CHECK(early[1].keys == Keys{"RW-D"});
  CHECK(notes(list, Note::Kind::info, "characters that a write has broken").size() == 1);
  CHECK(list.find_id("4")->depends_on.back().why == "track B");
}

TEST_CASE("the real list whose tasks are headings", "[tasks]") {
  const auto sample = load("bebsworthy__pocket_agent__10.md");
  if (!sample) return;
  const auto list = read_list(sample->text, sample->path);
  const auto steps =
      std::count_if(list.ignored.begin(), list.ignored.end(),
                    [](const Ignored& ignored) { return ignored.why.rfind("a step of ", 0) == 0; });
  CHECK(steps == 175);
  CHECK(notes(list, Note::Kind::info, "not ticked with one byte").at(0).keys.size() == 58);
  auto ticked = sample->text;
  const auto task = ticked.find("#### Task 1.1");
  for (auto at = ticked.find("- [ ]", task); at < ticked.find("#### Task 1.2");
       at = ticked.find("- [ ]", at)) {
    ticked[at + 3] = 'x';
  }
  CHECK(read_list(ticked, sample->path).find_id("1.1")->state == State::done);
}

TEST_CASE("a real list without tasks, only with examples of such, is refused", "[tasks]") {
  const auto sample = load("bebsworthy__pocket_agent__18.md");
  if (!sample) return;
  CHECK_THROWS_WITH(read_list(sample->text, sample->path), Catch::Contains("no task was found"));
}
