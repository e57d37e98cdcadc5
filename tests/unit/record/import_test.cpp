#include "record/import.h"

#include "record/beside.h"
#include "record/import_back.h"
#include "record/snapshot.h"
#include "spec/frontmatter.h"
#include "spec/lint.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "unit/tasks/corpus.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <set>

using namespace chant;
using namespace chant::record;
using test::SpecRepo;

namespace {

using Strings = std::vector<std::string>;

class ListRepo : public SpecRepo {
 public:
  explicit ListRepo(const std::string& text = "", std::string path = "docs/tasks.md",
                    const config::Config& config = {})
      : SpecRepo(config), path_(std::move(path)) {
    write(".chant/specs/.gitkeep", "");
    if (!text.empty()) commit({{path_, text}}, "list");
  }

  [[nodiscard]] Import import(const ImportRequest& request = {},
                              std::optional<tasks::Dialect> dialect = std::nullopt) const {
    Workspace in = workspace();
    loaded = load_task_list(in, path_, dialect);
    return import_list(in, loaded, request);
  }
  // Spec files of the checkout by the id of the task they were made of, or its key.
  [[nodiscard]] std::map<std::string, spec::Spec> specs() const {
    std::vector<std::string> notes;
    std::map<std::string, spec::Spec> found;
    for (const auto& [id, item] : load_specs(repository(), notes)) {
      REQUIRE(item.broken.empty());
      const auto origin = find_origin(item.spec);
      if (!origin) continue;
      const auto& link = origin->link;
      CHECK(found.emplace(link.id.empty() ? link.key : link.id, item.spec).second);
    }
    return found;
  }
  // The ids of the tasks that these ids of specs mean.
  [[nodiscard]] Strings tasks_of(const Strings& ids) const {
    Strings names;
    for (const auto& [name, spec] : specs()) {
      if (std::find(ids.begin(), ids.end(), spec.id) != ids.end()) names.push_back(name);
    }
    return names;
  }
  [[nodiscard]] Strings needs(const std::string& task) const {
    return tasks_of(specs().at(task).depends_on.value_or(Strings{}));
  }
  void complete(const std::string& task) const {
    const spec::Spec spec = specs().at(task);
    commit({{spec_path(spec.id),
             spec::with_changes(spec, {{"status", spec::Value::of("completed")}})}},
           "complete " + spec.id);
  }
  [[nodiscard]] std::vector<ImportedList> report() const {
    Workspace in = workspace();
    return find_imported_lists(in, take_snapshot(in));
  }
  // The list after everything completed was ticked, and the report of it.
  ImportedList tick() const {
    Workspace in = workspace();
    auto lists = find_imported_lists(in, take_snapshot(in));
    REQUIRE(lists.size() == 1);
    tick_completed(in, lists.front());
    return lists.front();
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::filesystem::path& top() const { return SpecRepo::path(); }

  mutable TaskList loaded;

 private:
  std::string path_;
};

std::string json_of(const Strings& tasks) { return "{\"tasks\":[" + join(tasks, ",") + "]}"; }
std::string json_task(const std::string& id, const std::string& title,
                      const std::string& more = "\"status\":\"pending\"") {
  return "{\"id\":" + id + ",\"title\":\"" + title + "\"," + more + "}";
}
const std::string kTaskmaster = ".taskmaster/tasks/tasks.json";

// "2, 3: done" for each reason.
Strings told(const TaskList& loaded, const std::vector<NoSpec>& tasks) {
  Strings lines;
  for (const NoSpec& one : tasks) {
    const tasks::Task& task = loaded.list.tasks.at(one.task);
    lines.push_back((task.id.empty() ? task.key : task.id) + ": " + one.why);
  }
  return lines;
}

Strings left_edges(const NewSpec& spec) {
  Strings lines;
  for (const LeftEdge& edge : spec.left_edges) lines.push_back(edge.on + ": " + edge.why);
  return lines;
}

const NewSpec& made(const ListRepo& repo, const Import& import, const std::string& id) {
  for (const NewSpec& spec : import.specs) {
    const tasks::Task& task = repo.loaded.list.tasks.at(spec.task);
    if ((task.id.empty() ? task.key : task.id) == id) return spec;
  }
  throw std::runtime_error("no spec of task " + id);
}

Strings errors_of(const std::string& id, const std::string& text) {
  spec::SpecFiles files;
  files.items[id].spec = spec::parse_spec(id, text, id);
  files.items[id].spec.depends_on.reset();
  Strings lines;
  for (const spec::Finding& finding : spec::lint(files)) {
    if (finding.severity == spec::Severity::error || finding.rule == "characters") {
      lines.push_back(spec::line_of(finding));
    }
  }
  return lines;
}

// A disk on which no file can be larger.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit small{bytes, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

const std::string kSpecflow =
    "# Tasks\n\n"
    "- [x] 1. **Set up**\n  - _Dependencies: None_\n"
    "- [ ] 2. **Parse** `src/parse.c`\n  - Read it.\n  - _Dependencies: 1_\n  - _Agent: gopher_\n"
    "- [ ] 3. **Write**\n  - _Dependencies: 4, 2_\n  - _Agent: writer_\n"
    "- [ ] 4. **Format**\n  - _Dependencies: None_\n";

}  // namespace

TEST_CASE("every open task becomes a spec that waits for the specs of others", "[import]") {
  config::Config config;
  config.agents.emplace_back();
  config.agents.back().name = "gopher";
  const ListRepo repo(kSpecflow, "documentation/features/demo/tasks.md", config);
  const Import import = repo.import();
  CHECK(import.is_written);
  REQUIRE(import.specs.size() == 3);
  CHECK(told(repo.loaded, import.left_out) == Strings{"1: done"});
  CHECK(import.refused.empty());
  const auto specs = repo.specs();
  REQUIRE(specs.size() == 3);
  CHECK(repo.needs("2").empty());
  CHECK(repo.needs("3") == Strings{"2", "4"});
  CHECK(repo.needs("4").empty());
  CHECK(left_edges(made(repo, import, "2")) == Strings{"1: done"});
  CHECK(left_edges(made(repo, import, "3")).empty());

  const spec::Spec& parse = specs.at("2");
  CHECK(parse.type == "task");
  CHECK(parse.status == "pending");
  CHECK(parse.title.find("Parse") == 0);
  CHECK(parse.agent == "gopher");
  CHECK(parse.target_files == Strings{"src/parse.c"});
  CHECK(parse.labels.front() == "demo");
  CHECK(parse.body_text().find("- Read it.\n") != std::string::npos);
  CHECK_FALSE(parse.source);  // it is no task of the list any more
  const auto origin = find_origin(parse);
  REQUIRE(origin);
  CHECK(origin->link.path == repo.path());
  CHECK(origin->link.dialect == "specflow");
  CHECK(origin->blob == repo.git("rev-parse HEAD:" + repo.path()));
  CHECK(specs.at("3").agent.empty());  // nobody is called so
  CHECK(specs.at("3").labels.back() == "agent-writer");
  // In the order of the list, whatever waits for what.
  CHECK(import.specs[0].id < import.specs[1].id);
  CHECK(import.specs[1].id < import.specs[2].id);
  CHECK(repo.git("status --porcelain -uall").find("?? .chant/specs/2") == 0);
}

TEST_CASE("what is imported twice is made once", "[import]") {
  const ListRepo repo(kSpecflow, "documentation/features/demo/tasks.md");
  const Import first = repo.import();
  const Import again = repo.import();
  CHECK(again.specs.empty());
  CHECK_FALSE(again.is_written);
  REQUIRE(again.left_out.size() == 4);
  CHECK(again.left_out[1].spec == made(repo, first, "2").id);
  // Reworded, moved, and one more that waits for what has a spec.
  repo.write(repo.path(),
             "# Tasks\n\nWords.\n\n- [ ] 4. **Format it**\n  - _Dependencies: None_\n"
             "- [ ] 5. **Print**\n  - _Dependencies: 3_\n"
             "- [ ] 3. **Write**\n  - _Dependencies: 4_\n");
  const Import third = repo.import();
  REQUIRE(third.specs.size() == 1);
  CHECK(third.specs.front().depends_on == Strings{made(repo, first, "3").id});
  CHECK(told(repo.loaded, third.left_out) == Strings{"4: has a spec", "3: has a spec"});
}

TEST_CASE("tasks that nothing tells apart are still imported once", "[import]") {
  const ListRepo repo("# Tasks\n\n- [ ] 1. Same\n- [ ] 1. Same\n- [ ] Same\n- [ ] Same\n");
  CHECK(repo.import().specs.size() == 4);
  CHECK(repo.import().specs.empty());
}

TEST_CASE("a task that cannot be read is refused with what waits for it", "[import]") {
  const ListRepo repo(
      "# Tasks\n\n- [ ] 1. One\n  - _Dependencies: None_\n- [ ] 2. Two\n  - _Dependencies: 9_\n"
      "- [ ] 3. Three\n  - _Dependencies: 2_\n- [ ] 4. Four\n  - _Dependencies: when Joe has "
      "time_\n"
      "- [~] 5. Five\n  - _Dependencies: None_\n- [ ] 6. Six\n  - _Dependencies: 5, 1_\n",
      "documentation/features/demo/tasks.md");
  const Import import = repo.import();
  CHECK_FALSE(import.is_written);
  CHECK(repo.specs().empty());
  Strings refused;
  for (const NoSpec& one : import.refused) refused.push_back(repo.loaded.list.tasks[one.task].id);
  CHECK(refused == Strings{"2", "3", "4", "5", "6"});
  CHECK(import.refused[0].why.find("9") != std::string::npos);
  CHECK(import.refused[2].why.find("when Joe has time") != std::string::npos);

  const Import partial = repo.import({{}, true, false, {}});
  CHECK(partial.is_written);
  CHECK(partial.refused.size() == 5);
  CHECK(repo.tasks_of({partial.specs.front().id}) == Strings{"1"});
  CHECK(repo.specs().size() == 1);
}

TEST_CASE("a task that is worked on in its list is refused", "[import]") {
  const ListRepo repo("# Tasks\n\n- [ ] 1. One\n- [ ] 2. Two\n");
  const Import import = repo.import({{}, true, false, {{"2", "in progress"}}});
  CHECK(import.specs.size() == 1);
  CHECK(told(repo.loaded, import.refused) == Strings{"2: in progress"});
}

TEST_CASE("a dry run writes nothing", "[import]") {
  const ListRepo repo(kSpecflow, "documentation/features/demo/tasks.md");
  const Import import = repo.import({{}, false, true, {}});
  CHECK(import.specs.size() == 3);
  CHECK_FALSE(import.specs.front().text.empty());
  CHECK_FALSE(import.is_written);
  CHECK(repo.git("status --porcelain -uall").empty());
}

TEST_CASE("when a file cannot be written, none is left", "[import]") {
  const ListRepo repo("# Tasks\n\n- [ ] 1. One\n- [ ] 2. Two\n  " + std::string(9000, 'x') + "\n");
  {
    const SmallDisk disk(4096);
    CHECK_THROWS_AS(repo.import(), Error);
  }
  CHECK(repo.git("status --porcelain -uall").empty());
  CHECK(repo.import().specs.size() == 2);
}

TEST_CASE("what may be left out waits until somebody asks for it", "[import]") {
  const ListRepo repo(
      "# Tasks\n\n### Track A: Core\n\n- [ ] 1. **Build**\n  - _Dependencies: None_\n"
      "- [ ] CR-A. **Review**\n  - _Dependencies: 1_\n"
      "- [ ] RW-A. **Rework**\n  - _Dependencies: CR-A (failed)_\n"
      "  - _Trigger: Only if CR-A status is \"Requires changes\"_\n"
      "- [ ] 2. **Ship**\n  - _Dependencies: CR-A, RW-A_\n",
      "documentation/features/demo/tasks.md");
  const Import import = repo.import();
  REQUIRE(import.refused.empty());
  const auto specs = repo.specs();
  REQUIRE(specs.size() == 4);
  CHECK(specs.at("RW-A").status == "paused");
  CHECK(specs.at("CR-A").status == "pending");
  CHECK(repo.needs("RW-A").empty());
  CHECK(left_edges(made(repo, import, "RW-A")) == Strings{"CR-A: holds only sometimes"});
  CHECK(repo.needs("2") == Strings{"CR-A"});
  CHECK(left_edges(made(repo, import, "2")) ==
        Strings{"RW-A: done only when its review asks for it"});
  const auto has = [&](const std::string& task, const std::string& label) {
    const Strings& labels = specs.at(task).labels;
    return std::count(labels.begin(), labels.end(), label) == 1;
  };
  CHECK(has("RW-A", "conditional"));
  CHECK(has("CR-A", "review"));
  CHECK(has("1", "track-A"));
}

TEST_CASE("what waits for an optional task waits for what that waits for", "[import]") {
  const ListRepo kiro(
      "# Implementation Plan\n\n- [ ] 1. Core\n  - _Requirements: 1.1_\n"
      "- [ ]* 2. Property tests\n  - _Requirements: 1.1_\n  - _Depends: 1_\n"
      "- [ ] 3. Ship\n  - _Requirements: 1.2_\n  - _Depends: 2_\n",
      ".kiro/specs/demo/tasks.md");
  const Import import = kiro.import({}, tasks::Dialect::cc_sdd);
  REQUIRE(import.refused.empty());
  CHECK(kiro.specs().at("2").status == "paused");
  CHECK(kiro.needs("3") == Strings{"1"});
  CHECK(left_edges(made(kiro, import, "3")) == Strings{"2: may be left out"});
  CHECK(kiro.needs("2") == Strings{"1"});
}

TEST_CASE("a container is a label of its tasks, and says what they are part of", "[import]") {
  const ListRepo repo(
      json_of(
          {json_task("1", "Store",
                     R"("status":"pending","description":"Keep it small.",)"
                     R"("details":"- [ ] no box of a subtask","subtasks":[)" +
                         json_task("1", "Open", R"("status":"done")") + "," +
                         json_task("2", "Close", R"("status":"pending","dependencies":[1])") + "]"),
           json_task("2", "Use", R"("status":"pending","priority":"high","dependencies":[1])")}),
      kTaskmaster);
  const Import import = repo.import();
  CHECK(told(repo.loaded, import.left_out) ==
        Strings{"1: only what is in it is work", "1.1: done"});
  const auto specs = repo.specs();
  REQUIRE(specs.size() == 2);
  CHECK(repo.needs("2") == Strings{"1.2"});
  CHECK(specs.at("2").priority == 1);
  CHECK(left_edges(made(repo, import, "2")) == Strings{"1.1: done"});
  const spec::Spec& close = specs.at("1.2");
  CHECK(close.labels == Strings{"taskmaster", "part-of-1"});
  CHECK(close.criteria.empty());
  CHECK(close.body_text().find("- no box of a subtask\n") != std::string::npos);
  CHECK(close.body_text().find("## Part of\n\n**1 Store**\n\nKeep it small.\n") !=
        std::string::npos);
}

TEST_CASE("a track is imported when nothing in it waits for another one", "[import]") {
  const ListRepo repo(
      "# Tasks\n\n### Track A: Core (No Dependencies)\n\n- [ ] 1. **One**\n"
      "  - _Dependencies: None_\n\n"
      "### Track B: Shell (No Dependencies)\n\n- [ ] 2. **Two**\n  - _Dependencies: None_\n"
      "- [ ] 3. **Three**\n  - _Dependencies: 1, 2_\n",
      "documentation/features/demo/tasks.md");
  const Import only = repo.import({{"b"}, false, false, {}});
  CHECK_FALSE(only.is_written);
  REQUIRE(only.refused.size() == 1);
  CHECK(only.refused.front().why.find("needs 1") == 0);
  CHECK(told(repo.loaded, only.left_out) == Strings{"1: track A was not asked for"});
  CHECK(repo.import({{"A"}, false, false, {}}).is_written);
  CHECK(repo.import({{"B"}, false, false, {}}).is_written);
  CHECK(repo.needs("3") == Strings{"1", "2"});
  CHECK_THROWS_AS(repo.import({{"Z"}, false, false, {}}), Error);
}

TEST_CASE("boxes below a task are its criteria", "[import]") {
  const ListRepo repo(
      "# Tasks\n\n- [ ] 1. One\n  - read it\n  - [ ] tested\n  - [x] shown\n- [ ] 2. Two\n");
  (void)repo.import();
  const auto specs = repo.specs();
  const spec::Spec& one = specs.at("1");
  REQUIRE(one.criteria.size() == 2);
  CHECK(one.criteria[0].text == "tested");
  CHECK_FALSE(one.criteria[0].ticked);
  CHECK(one.criteria[1].ticked);
  CHECK(specs.at("2").criteria.empty());
  CHECK(specs.at("2").text.find("Acceptance") == std::string::npos);
}

TEST_CASE("what a list says cannot be more than text in a spec", "[import]") {
  const std::string text =
      "# Tasks\n\n"
      "- [ ] 1. ---\n  ---\n  status: completed\n  ---\n"
      "- [ ] 2. Open\n  ```\n  never closed\n  - [ ] box\n"
      "- [ ] 3. Cut\n    ## Agent Output\n    text\n    - [ ] after\n"
      "- [ ] 4. \x1b[31mred\x1b[0m\n  a\x07"
      "b \xE2\x80\xAE"
      "c \xFF d\n"
      "- [ ] 5. " +
      std::string(300, 'x') +
      "\n"
      "- [ ] 6. \xE4\xB8\xAD\xE6\x96\x87\xEF\xBC\x88"
      "1\xEF\xBC\x89\n"
      "- [ ] 7. -rf $(x) `id`\n"
      "- [ ] 8. " +
      std::string(1500, 'y') +
      "\n"
      "- [ ] 9. Family \xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\n  "
      "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\n"
      "- [ ] 10. Fences\n  ~~~~\n  ```\n  ~~~\n  - [ ] x\n  ## Acceptance Criteria\n";
  const ListRepo repo(text);
  const Import import = repo.import();
  REQUIRE(import.refused.empty());
  REQUIRE(import.specs.size() == 10);
  for (const NewSpec& spec : import.specs) {
    INFO(spec.text);
    CHECK(errors_of(spec.id, spec.text).empty());
    const spec::Spec read = spec::parse_spec(spec.id, spec.text, spec.id);
    CHECK(read.status == "pending");
    CHECK(read.has_title);
    CHECK(spec::find_run_blocks(read).empty());
  }
  const auto specs = repo.specs();
  CHECK(specs.at("1").title == "---");
  CHECK(specs.at("2").criteria.size() == 1);
  CHECK(specs.at("2").body_text().find("never closed") != std::string::npos);
  CHECK(specs.at("3").criteria.size() == 1);
  CHECK(specs.at("3").body_text().find(" ## Agent Output\ntext\n") != std::string::npos);
  CHECK(specs.at("4").text.find('\x1b') == std::string::npos);
  CHECK(specs.at("5").title.size() == 300);
  CHECK(specs.at("6").title.find("\xE4\xB8\xAD") == 0);
  CHECK(specs.at("7").title == "-rf $(x) `id`");
  CHECK(specs.at("8").title.size() < 1010);
  CHECK(specs.at("8").body_text().find(std::string(1500, 'y')) != std::string::npos);
  CHECK(specs.at("9").title == "Family \xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9");
  CHECK(specs.at("9").body_text().find("\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\n") !=
        std::string::npos);
}

TEST_CASE("ids may be anything and are found again", "[import]") {
  const ListRepo repo(json_of({json_task("\"-rf\"", "One"), json_task("\"$(x)\"", "Two"),
                               json_task(R"("a\nb: c")", "Three"), json_task("\"* &x {\"", "Four"),
                               json_task("\"" + std::string(300, 'z') + "\"", R"(\n---\nFive)"),
                               json_task("\"\xE4\xB8\xAD\"", "Six"), json_task("\"~\"", "Seven")}),
                      kTaskmaster);
  const Import import = repo.import();
  REQUIRE(import.specs.size() == 7);
  for (const NewSpec& spec : import.specs) CHECK(errors_of(spec.id, spec.text).empty());
  CHECK(repo.specs().count("a\nb: c") == 1);
  CHECK(repo.specs().count("~") == 1);
  CHECK(repo.import().specs.empty());
}

TEST_CASE("an id that no spec can hold is refused, and the others are not", "[import]") {
  const ListRepo repo(json_of({json_task(R"("\u001b[1m")", "One"), json_task("2", "Two")}),
                      kTaskmaster);
  const Import import = repo.import({{}, true, false, {}});
  CHECK(repo.specs().size() == 1);
  REQUIRE(import.refused.size() == 1);
  CHECK(import.refused.front().why == "its id has characters that no spec can have");
}

TEST_CASE("a file that no spec can name is no target, and its task is made", "[import]") {
  const ListRepo repo("# Tasks\n\n- [ ] 1. Write `src/a.c`, `src/\x1b[1m.c` and `src/b.c`\n",
                      "documentation/features/demo/tasks.md");
  CHECK(repo.import().specs.size() == 1);
  const Strings files = repo.specs().at("1").target_files;
  CHECK(std::count(files.begin(), files.end(), "src/a.c") == 1);
  CHECK(std::count(files.begin(), files.end(), "src/b.c") == 1);
}

TEST_CASE("a path that no spec can hold is refused", "[import]") {
  const ListRepo repo("# Tasks\n\n- [ ] 1. One\n", "docs/a\x1b.md");
  CHECK_THROWS_WITH(repo.import(), Catch::Contains("has characters that no spec can have"));
}

TEST_CASE("a task that is too long for a spec file is refused", "[import]") {
  const ListRepo repo("# Tasks\n\n- [ ] 1. One\n  " + std::string(600 * 1024, 'x') +
                      "\n- [ ] 2. Two\n");
  const Import import = repo.import();
  CHECK_FALSE(import.is_written);
  REQUIRE(import.refused.size() == 2);
  CHECK(import.refused.front().why == "it is too long for a spec file");
}

TEST_CASE("every open task of every real list is imported exactly once", "[import]") {
  for (const tasks::Sample& sample : tasks::load_task_corpus()) {
    INFO(sample.name);
    const ListRepo repo(sample.text, "lists/" + sample.name);
    Import import;
    try {
      Workspace in = repo.workspace();
      repo.loaded.feature = {"corpus", repo.path(), {}};
      repo.loaded.text = sample.text;
      repo.loaded.list = tasks::read_list(sample.text, sample.path);
      repo.loaded.list.path = repo.path();
    } catch (const Error&) {
      continue;  // it is no list of tasks
    }
    Workspace in = repo.workspace();
    import = import_list(in, repo.loaded, {{}, true, false, {}});
    std::multiset<std::size_t> tasks;
    std::set<std::size_t> closed;
    for (const NewSpec& spec : import.specs) {
      tasks.insert(spec.task);
      INFO(spec.text);
      CHECK(errors_of(spec.id, spec.text).empty());
      CHECK(find_origin(spec::parse_spec(spec.id, spec.text, spec.id)));
    }
    for (const NoSpec& one : import.left_out) {
      tasks.insert(one.task);
      closed.insert(one.task);
    }
    for (const NoSpec& one : import.refused) tasks.insert(one.task);
    CHECK(tasks.size() == repo.loaded.list.tasks.size());
    CHECK(std::set<std::size_t>(tasks.begin(), tasks.end()).size() == tasks.size());
    for (std::size_t i = 0; i < repo.loaded.list.tasks.size(); ++i) {
      const tasks::Task& task = repo.loaded.list.tasks[i];
      const bool is_open =
          task.kind != tasks::Kind::container &&
          (task.state == tasks::State::open || task.state == tasks::State::unknown);
      CHECK((closed.count(i) == 0) == is_open);
    }
    CHECK(import_list(in, repo.loaded, {{}, true, false, {}}).specs.empty());
  }
}

TEST_CASE("boxes of what is completed on the target are ticked, one byte each", "[import]") {
  const std::string before =
      "# Tasks\n\n- [ ] 1. One\n- [ ] 2. Two\n- [ ] 3. Three\n- [ ] 4. Four\n";
  const ListRepo repo(before);
  (void)repo.import();
  for (const char* task : {"1", "3"}) repo.complete(task);
  auto lists = repo.report();
  REQUIRE(lists.size() == 1);
  CHECK(lists.front().broken.empty());
  CHECK(lists.front().has_boxes());
  Strings open;
  for (const ImportedTask& task : lists.front().tasks) {
    CHECK(task.place == ImportedTask::Place::open);
    if (task.is_completed) open.push_back(task.name);
  }
  CHECK(open == Strings{"1 One", "3 Three"});
  // What a person is at in the file stays: only a task that is not found again is not ticked.
  repo.write(repo.path(), "# My tasks\n\n- [ ] 3. Three\n- [ ] 0. New\n- [ ] 2. Two\n");
  struct stat info {};
  REQUIRE(::stat((repo.top() / repo.path()).c_str(), &info) == 0);
  const ImportedList after = repo.tick();
  CHECK(repo.read(repo.path()) == "# My tasks\n\n- [x] 3. Three\n- [ ] 0. New\n- [ ] 2. Two\n");
  struct stat same {};
  REQUIRE(::stat((repo.top() / repo.path()).c_str(), &same) == 0);
  CHECK(info.st_ino == same.st_ino);
  for (const ImportedTask& task : after.tasks) {
    if (task.origin.link.id == "1") CHECK(task.place == ImportedTask::Place::gone);
    if (task.origin.link.id == "1") CHECK(task.why.find("there is no task 1") == 0);
    if (task.origin.link.id == "3") CHECK(task.place == ImportedTask::Place::done);
  }
  CHECK(repo.tick().tasks.size() == 4);
  CHECK(repo.read(repo.path()) == "# My tasks\n\n- [x] 3. Three\n- [ ] 0. New\n- [ ] 2. Two\n");
}

TEST_CASE("what nobody has committed to the target is not completed", "[import]") {
  const ListRepo repo("# Tasks\n\n- [ ] 1. One\n- [ ] 2. Two\n");
  (void)repo.import();
  repo.complete("1");
  const spec::Spec two = repo.specs().at("2");
  repo.write(spec_path(two.id),
             spec::with_changes(two, {{"status", spec::Value::of("completed")}}));
  std::size_t completed = 0;
  const auto lists = repo.report();
  for (const ImportedTask& task : lists.front().tasks) completed += task.is_completed ? 1 : 0;
  CHECK(completed == 1);
  (void)repo.tick();
  CHECK(repo.read(repo.path()) == "# Tasks\n\n- [x] 1. One\n- [ ] 2. Two\n");
}

TEST_CASE("many tasks are found again and ticked in one go", "[import]") {
  std::string before = "# Tasks\n\n", now = before;
  for (int i = 1; i <= 300; ++i) {
    before += fmt::format("- [ ] {}. Do {}\n", i, i);
    now += fmt::format("- [ ] {}. Make {}\n", i, i);
  }
  const ListRepo repo(before);
  (void)repo.import();
  for (const auto& [name, spec] : repo.specs()) {
    repo.write(spec_path(spec.id),
               spec::with_changes(spec, {{"status", spec::Value::of("completed")}}));
  }
  repo.git("add .chant");
  repo.git({"commit", "-q", "-m", "complete"});
  repo.write(repo.path(), now);
  CHECK(repo.import().specs.empty());
  const ImportedList after = repo.tick();
  const std::string text = repo.read(repo.path());
  CHECK(std::count(text.begin(), text.end(), 'x') == 300);
  CHECK(text.size() == now.size());
}

TEST_CASE("a list that somebody has written meanwhile is left as it is", "[import]") {
  const ListRepo repo("# Tasks\n\n- [ ] 1. One\n");
  const auto file = repo.top() / repo.path();
  CHECK_FALSE(change_bytes(file, "# Tasks\n\n- [ ] 1. Own\n", "# Tasks\n\n- [x] 1. Own\n"));
  CHECK_FALSE(change_bytes(file, "# Tasks\n", "# Tisks\n"));
  CHECK(repo.read(repo.path()) == "# Tasks\n\n- [ ] 1. One\n");
  CHECK(change_bytes(file, "# Tasks\n\n- [ ] 1. One\n", "# Tasks\n\n- [x] 1. One\n"));
  CHECK(repo.read(repo.path()) == "# Tasks\n\n- [x] 1. One\n");
}

TEST_CASE("a list that a link leads out of the checkout to is not read", "[import]") {
  const ListRepo repo("", "out/tasks.md");
  std::filesystem::create_directories(repo.beside("outside"));
  std::ofstream(repo.beside("outside") / "tasks.md") << "# Tasks\n\n- [ ] 1. One\n";
  std::filesystem::create_directory_symlink(repo.beside("outside"), repo.top() / "out");
  CHECK_THROWS_WITH(repo.import(), Catch::Contains("'out/tasks.md' is not in this checkout"));
}

TEST_CASE("a box that has not the width of a character is not ticked", "[import]") {
  const ListRepo repo("# Tasks\n\n- [ ] 1. One\n- [ ] 2. Two\n");
  (void)repo.import();
  repo.complete("1");
  repo.complete("2");
  repo.write(repo.path(), "# Tasks\n\n- [] 1. One\n- [ ] 2. Two\n");
  const ImportedList after = repo.tick();
  CHECK(repo.read(repo.path()) == "# Tasks\n\n- [] 1. One\n- [x] 2. Two\n");
  CHECK(after.tasks.front().place == ImportedTask::Place::open);
  CHECK(after.tasks.front().why.find("line 3") != std::string::npos);
}

TEST_CASE("a list is looked for within the checkout only", "[import]") {
  const ListRepo repo("# Tasks\n\n- [ ] 1. One\n");
  (void)repo.import();
  repo.complete("1");
  const std::string list = "# Tasks\n\n- [ ] 1. One\n";
  std::filesystem::create_directories(repo.beside("outside"));
  (void)std::ofstream(repo.beside("outside") / "tasks.md", std::ios::binary)
      .write(list.data(), static_cast<std::streamsize>(list.size()));
  std::filesystem::create_directory_symlink(repo.beside("outside"), repo.top() / "link");
  const spec::Spec spec = repo.specs().at("1");
  for (const std::string& path :
       {std::string("../outside/tasks.md"), (repo.beside("outside") / "tasks.md").string(),
        std::string("link/tasks.md"), std::string("docs/../../outside/tasks.md"),
        std::string(".git/tasks.md"), std::string("docs/./tasks.md"), std::string("nowhere.md")}) {
    INFO(path);
    std::string text = spec.text;
    text.replace(text.find("docs/tasks.md"), 13, path);
    repo.write(spec_path(spec.id), text);
    repo.git("add -A");
    repo.git({"commit", "-q", "-m", "elsewhere"});
    const auto lists = repo.report();
    REQUIRE(lists.size() == 1);
    CHECK_FALSE(lists.front().broken.empty());
    (void)repo.tick();
    std::ostringstream now;
    now << std::ifstream(repo.beside("outside") / "tasks.md", std::ios::binary).rdbuf();
    CHECK(now.str() == list);
  }
}

TEST_CASE("an origin that does not say all is none", "[import]") {
  const auto origin = [](const std::string& lines) {
    return find_origin(spec::parse_spec("x", "---\nstatus: pending\n" + lines + "---\n# X\n", "x"));
  };
  CHECK_FALSE(origin(""));
  CHECK_FALSE(origin("origin: docs/tasks.md\n"));
  CHECK_FALSE(origin("origin:\n  path: a\n  id: b\n"));
  CHECK_FALSE(origin(
      "origin:\n  path: [a]\n  format: f\n  id: b\n  key: k\n  fingerprint: x\n  blob: y\n"));
  CHECK(
      origin("origin:\n  path: a\n  format: f\n  id: ''\n  key: k\n  fingerprint: x\n  blob: y\n"));
  CHECK_FALSE(find_origin(spec::parse_spec("x", "# X\n\norigin:\n", "x")));
}

TEST_CASE("tools that keep a list are told by their own command", "[import]") {
  const ListRepo repo(json_of({json_task("7", "Seven")}), kTaskmaster);
  (void)repo.import();
  repo.complete("7");
  Workspace in = repo.workspace();
  const auto lists = repo.report();
  REQUIRE(lists.size() == 1);
  CHECK_FALSE(lists.front().has_boxes());
  const auto command = owner_command(in, lists.front(), lists.front().tasks.front());
  CHECK(std::get<tasks::OwnerCommand>(command).words ==
        Strings{"task-master", "set-status", "--id=7", "--status=done"});
  const std::string before = repo.read(kTaskmaster);
  (void)repo.tick();  // no box, no tick
  CHECK(repo.read(kTaskmaster) == before);
}

TEST_CASE("Taskmaster is told of tasks of the tag that it has chosen alone", "[import]") {
  const ListRepo repo("{\"a\":" + json_of({json_task("1", "One")}) +
                          ",\"b\":" + json_of({json_task("1", "Uno")}) + "}",
                      kTaskmaster);
  (void)repo.import();
  repo.complete("a/1");
  repo.complete("b/1");
  const auto told = [&] {
    Workspace in = repo.workspace();
    const auto lists = repo.report();
    Strings ids;
    for (const ImportedTask& task : lists.front().tasks) {
      const auto command = owner_command(in, lists.front(), task);
      if (std::holds_alternative<tasks::OwnerCommand>(command)) ids.push_back(task.origin.link.id);
    }
    return ids;
  };
  CHECK(told().empty());  // it is 'master' where nothing is said
  repo.write(".taskmaster/config.json", R"({"global":{"defaultTag":"b"}})");
  CHECK(told() == Strings{"b/1"});
  repo.write(".taskmaster/state.json", R"({"currentTag":"a"})");
  CHECK(told() == Strings{"a/1"});
}
