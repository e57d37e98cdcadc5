// Real lists whose order is that of the file, of its phases or waves, or in JSON: counts that were
// made by hand.
#include "corpus.h"
#include "list_view.h"
#include "tasks/waves.h"
#include "util/error.h"

#include <set>

using namespace chant::tasks;

namespace {

// What a person counts in a file. Edges are those that count in the order of the file: a task waits
// for the wave before it, and beyond what is done there for what is before that.
struct Counts {
  std::string name;
  Dialect dialect;
  std::size_t tasks, done, containers, tracks, groups, edges, ignored;
};

const std::vector<Counts>& counts_of_order() {
  static const std::vector<Counts> kCounts = {
      {"spec-kit/dougis-org__dnd-tracker__1.md", Dialect::spec_kit, 71, 0, 0, 4, 0, 96, 7},
      {"spec-kit/dougis-org__dnd-tracker__10.md", Dialect::spec_kit, 100, 0, 0, 5, 0, 138, 19},
      {"spec-kit/dougis-org__dnd-tracker__13.md", Dialect::spec_kit, 33, 21, 0, 2, 0, 47, 18},
      {"spec-kit/dougis-org__dnd-tracker__16.md", Dialect::spec_kit, 32, 0, 0, 4, 0, 42, 0},
      {"kiro/caraseli02__MoldovaDirect__1.md", Dialect::kiro, 22, 15, 6, 0, 0, 22, 0},
      {"kiro/caraseli02__MoldovaDirect__4.md", Dialect::kiro, 30, 8, 0, 0, 0, 31, 0},
      {"kiro/caraseli02__MoldovaDirect__9.md", Dialect::kiro, 20, 15, 0, 0, 0, 20, 0},
      {"pimzino/stanleykao72__claude-code-spec-workflow-odoo__1.md", Dialect::pimzino, 18, 18, 6, 0,
       0, 17, 0},
      {"pimzino/stanleykao72__claude-code-spec-workflow-odoo__3.md", Dialect::pimzino, 24, 24, 0, 0,
       0, 23, 0},
      {"openspec/Fission-AI__OpenSpec__2.md", Dialect::openspec, 25, 25, 0, 0, 0, 24, 0},
      {"openspec/Fission-AI__OpenSpec__5.md", Dialect::openspec, 25, 25, 0, 0, 0, 24, 0},
      {"openspec/Fission-AI__OpenSpec__9.md", Dialect::openspec, 11, 11, 0, 0, 0, 10, 0},
      {"github-tasklist/generalaction__emdash__1.md", Dialect::github, 12, 3, 0, 0, 0, 11, 0},
      {"taskmaster/2vlad__skills-master__1.json", Dialect::taskmaster, 11, 11, 0, 0, 0, 11, 0},
      {"beads/steveyegge__beads__4.jsonl", Dialect::beads, 1, 0, 0, 0, 0, 0, 0}};
  return kCounts;
}

// And why they hold none.
const std::vector<std::pair<std::string, std::string>>& no_lists() {
  static const std::vector<std::pair<std::string, std::string>> kNames = {
      {"kiro/wave-variants.md", "no task was found"},
      {"taskmaster/eyaltoledano__claude-task-master__6.json", "no task was found"},
      {"beads/steveyegge__gastown__3.jsonl", "links and labels of issues, and no issues"}};
  return kNames;
}

const Sample* find_sample(const std::vector<Sample>& samples, const std::string& name) {
  const auto found = std::find_if(samples.begin(), samples.end(),
                                  [&](const Sample& sample) { return sample.name == name; });
  return found == samples.end() ? nullptr : &*found;
}

std::size_t count_labels(const List& list, std::string Task::*label) {
  std::set<std::string> labels;
  for (const auto& task : list.tasks) {
    if (!(task.*label).empty()) labels.insert(task.*label);
  }
  return labels.size();
}

}  // namespace

TEST_CASE("the real lists of the neighbours have the tasks and edges that are in them", "[tasks]") {
  const auto samples = load_task_corpus();
  if (samples.empty()) return;
  for (const auto& expected : counts_of_order()) {
    INFO(expected.name);
    const auto* sample = find_sample(samples, expected.name);
    REQUIRE(sample != nullptr);
    const auto list = read_list(sample->text, sample->path);
    const auto is_container = [](const Task& task) { return task.kind == Kind::container; };
    const auto containers =
        static_cast<std::size_t>(std::count_if(list.tasks.begin(), list.tasks.end(), is_container));
    CHECK(name_of(list.dialect) == name_of(expected.dialect));
    CHECK(containers == expected.containers);
    CHECK(list.tasks.size() - containers == expected.tasks);
    CHECK(make_plan(list, {}).done == expected.done);
    CHECK(count_labels(list, &Task::track) == expected.tracks);
    CHECK(count_labels(list, &Task::group) == expected.groups);
    CHECK(count_edges(list) == expected.edges);
    CHECK(list.ignored.size() == expected.ignored);
  }
}

TEST_CASE("every task of the real lists of the neighbours is once in a plan without a ring",
          "[tasks]") {
  const auto samples = load_task_corpus();
  if (samples.empty()) return;
  for (const auto& expected : counts_of_order()) {
    INFO(expected.name);
    const auto* sample = find_sample(samples, expected.name);
    REQUIRE(sample != nullptr);
    const auto list = read_list(sample->text, sample->path);
    CHECK(find_ring(list).empty());
    const auto plan = make_plan(list, {});
    REQUIRE(plan.rows.size() == list.tasks.size());
    std::set<std::string> keys;
    for (std::size_t i = 0; i < plan.rows.size(); ++i) {
      INFO(plan.rows[i].key);
      CHECK(plan.rows[i].key == list.tasks[i].key);
      CHECK(keys.insert(plan.rows[i].key).second);
      const auto place = plan.rows[i].place;
      CHECK((place == Place::ready || place == Place::waiting) == (plan.rows[i].wave != 0));
      CHECK(place != Place::refused);
    }
  }
}

TEST_CASE("what a real spec-kit list says in its prose about its stories is read", "[tasks]") {
  const auto samples = load_task_corpus();
  const auto* sample = find_sample(samples, "spec-kit/dougis-org__dnd-tracker__1.md");
  if (sample == nullptr) return;
  const auto list = read_list(sample->text, sample->path);
  CHECK(why_of(list, "T014", "T011").empty());
  CHECK(why_of(list, "T014", "T013") == "phase, line 51");
  CHECK(why_of(list, "T023", "T022") == "phase, line 180");
  CHECK(why_of(list, "T042", "T041") == "phase, line 189");
  CHECK(why_of(list, "T057", "T022") == "phase, line 182");
  CHECK(why_of(list, "T003", "T002") == "file, line 26");
  CHECK(why_of(list, "T065", "T056") == "phase, line 159");
  CHECK(why_of(list, "T065", "T064") == "phase, line 159");
}

TEST_CASE("files of the corpus that hold no list say so", "[tasks]") {
  const auto samples = load_task_corpus();
  for (const auto& [name, why] : no_lists()) {
    const auto* sample = find_sample(samples, name);
    if (sample == nullptr) continue;
    INFO(name);
    CHECK_THROWS_WITH(read_list(sample->text, sample->path), Catch::Contains(why));
  }
}

TEST_CASE("every list of the corpus is counted", "[tasks]") {
  std::set<std::string> known;
  for (const auto& counts : counts_of_order()) known.insert(counts.name);
  for (const auto& [name, why] : no_lists()) known.insert(name);
  for (const auto& sample : load_task_corpus()) {
    // Those of SpecFlow are in a table of their own.
    const bool is_specflow = sample.name.find('/') == std::string::npos;
    INFO(sample.name);
    CHECK((is_specflow || known.count(sample.name) != 0));
  }
}

TEST_CASE("each of the five real shapes of waves is read", "[tasks]") {
  const auto samples = load_task_corpus();
  const auto* sample = find_sample(samples, "kiro/wave-variants.md");
  if (sample == nullptr) return;
  std::vector<std::size_t> edges;
  for (auto open = sample->text.find("```"); open != std::string::npos;) {
    const auto close = sample->text.find("```", open + 3);
    REQUIRE(close != std::string::npos);
    const auto graph = sample->text.substr(open, close + 3 - open);
    const auto text = std::string("## Task Dependency Graph\n") + graph + "\n";
    const auto waves = find_waves(text, scan(text));
    REQUIRE(waves.has_value());
    INFO(graph << waves->fault);
    CHECK(waves->fault.empty());
    std::size_t links = 0;
    for (const auto& wave : waves->waves) links += wave.after.size() + 10 * wave.ids.size();
    edges.push_back(links);
    open = sample->text.find("```", close + 3);
  }
  CHECK(edges == std::vector<std::size_t>{31, 31, 81, 76, 87});
}
