#include "spec/id.h"
#include "support/catch.h"
#include "tasks/dialects.h"
#include "util/text.h"

#include <set>

using namespace chant::tasks;

namespace {

Detected detect_in(const std::string& text, const std::string& path = "list.md") {
  return detect(text, scan(text), path);
}

std::vector<std::string> keys_of(const std::vector<std::pair<std::string, std::string>>& tasks) {
  List list;
  for (const auto& [id, title] : tasks) {
    Task task;
    task.id = id;
    task.title = title;
    list.tasks.push_back(task);
  }
  give_keys(list);
  std::vector<std::string> keys;
  std::set<std::string> different;
  for (const auto& task : list.tasks) {
    INFO(task.id << " '" << task.title << "' -> " << task.key);
    CHECK(chant::spec::is_valid_id("f." + task.key));
    CHECK(task.key.size() <= 54);
    CHECK(different.insert(chant::lower(task.key)).second);
    keys.push_back(task.key);
  }
  return keys;
}

}  // namespace

TEST_CASE("the path says the dialect", "[tasks]") {
  const std::vector<std::pair<std::string, Dialect>> rows = {
      {"documentation/features/x/tasks.md", Dialect::specflow},
      {"app/documentation/modules/m/features/x/tasks.md", Dialect::specflow},
      {"documentation/features/x/modules/m/tasks.md", Dialect::specflow},
      {"documentation/specs/x/tasks.md", Dialect::specflow},
      {"specs/012-x/tasks.md", Dialect::spec_kit},
      {".specify/specs/012-x/tasks.md", Dialect::spec_kit},
      {".kiro/specs/x/tasks.md", Dialect::kiro},
      {".kiro/specs/001-x/tasks.md", Dialect::kiro},
      {".claude/specs/x/tasks.md", Dialect::pimzino},
      {".spec-workflow/specs/x/tasks.md", Dialect::pimzino},
      {"openspec/changes/x/tasks.md", Dialect::openspec},
      {"kitty-specs/001-x/tasks.md", Dialect::spec_kitty},
      {".taskmaster/tasks/tasks.json", Dialect::taskmaster},
      {".beads/issues.jsonl", Dialect::beads}};
  for (const auto& [path, dialect] : rows) {
    INFO(path);
    const auto detected = detect_in("- [ ] 1. one\n", path);
    CHECK(name_of(detected.dialect) == name_of(dialect));
    CHECK(detected.by == "the path");
  }
  CHECK(detect_in("- [ ] one\n", "docs/features/x/tasks.md").dialect == Dialect::github);
}

TEST_CASE("two signs in the text say the dialect where the path does not", "[tasks]") {
  const std::vector<std::pair<std::string, Dialect>> rows = {
      {"- [ ] T001 [P] [US1] a in `x`\n**Checkpoint**: b\n", Dialect::spec_kit},
      {"- [ ] **T001** [P:1.1] a\n", Dialect::spec_kit},
      {"### Track A: Base (No Dependencies)\n- [ ] 1. **a**\n  - _Agent: dev_\n",
       Dialect::specflow},
      {"- [ ] 1. **a**\n- [ ] CR-A. **review**\n", Dialect::specflow},
      {"- [ ] 1. **a**\n- **Track A**: Core (Tasks 1)\n**Group 2 (Depends on Group 1)**\n",
       Dialect::specflow},
      {"- [ ] 1. a\n  - 1.1 (P) not here\n- [ ] 1.1 (P) b\n  - _Boundary: x_\n", Dialect::cc_sdd},
      {"- [ ] 1. a\n- [ ] 1.1 b\n  - _Requirements: 1.1_\n", Dialect::kiro},
      {"- [ ] 1.1 b\n- [ ]* 1.2 c\n", Dialect::kiro},
      {"- [ ] 1.1 b\n```json\n{\"waves\": []}\n```\n", Dialect::kiro},
      {"- [ ] 1. a\n  - _Leverage: x_\n  - _Requirements: 1_\n", Dialect::pimzino},
      {"- [ ] 1. a\n  - _Prompt: Role: b | Task: c_\n", Dialect::pimzino},
      {"## WP01 - Base\n- [ ] T001 [P] a\n", Dialect::spec_kitty},
      {"## 1. Group\n- [ ] 1.1 a\n", Dialect::openspec},
      {"## 1. Group\n- [ ] 2.1 a\n", Dialect::github},
      {"# Release\n- [ ] build\n- [ ] ship\n", Dialect::github},
      {"## Track record\n- [ ] 1. **a**\n", Dialect::github},
      {"```\n- [ ] T001 [P] a\n```\n- [ ] b\n", Dialect::github},
      {"", Dialect::github}};
  for (const auto& [text, dialect] : rows) {
    INFO(text);
    CHECK(name_of(detect_in(text).dialect) == name_of(dialect));
  }
  CHECK(detect_in("- [ ] T001 [P] a\n").by == "2 signs: T001, [P]");
  CHECK(detect_in("- [ ] a\n").by == "no sign of another form");
}

TEST_CASE("a path gives way only to a text of which nothing fits it", "[tasks]") {
  const std::string spec_kit = "- [ ] T001 [P] [US1] a\n";
  CHECK(detect_in(spec_kit, "openspec/changes/x/tasks.md").dialect == Dialect::spec_kit);
  CHECK(detect_in("## 1. G\n- [ ] 1.1 a\n", "specs/001-x/tasks.md").dialect == Dialect::openspec);
  // The plain lists of specflow look like those of Kiro.
  const std::string plain = "- [ ] 1. a\n- [ ] 1.1 b\n  - _Requirements: 1_\n";
  CHECK(detect_in(plain).dialect == Dialect::kiro);
  CHECK(detect_in(plain, "documentation/features/x/tasks.md").dialect == Dialect::specflow);
  CHECK(detect_in(plain, ".claude/specs/x/tasks.md").dialect == Dialect::pimzino);
  CHECK(detect_in("- [ ] 1.1 (P) a\n", ".kiro/specs/x/tasks.md").dialect == Dialect::cc_sdd);
  CHECK(detect_in("- [ ] a\n", "specs/001-x/tasks.md").dialect == Dialect::spec_kit);
}

TEST_CASE("JSON is known by its first object", "[tasks]") {
  CHECK(detect_in("{\"master\": {\"tasks\": []}}", "x.json").dialect == Dialect::taskmaster);
  CHECK(detect_in("\xEF\xBB\xBF{\n \"tasks\": []}", "x").dialect == Dialect::taskmaster);
  const std::string issue = "{\"id\":\"bd-1\",\"status\":\"open\",\"issue_type\":\"task\"}\n";
  CHECK(detect_in(issue, "x").dialect == Dialect::beads);
  CHECK(detect_in(issue, "backup/issues.jsonl").dialect == Dialect::beads);
  CHECK(detect_in("- [ ] say {\"tasks\": []}\n", "x.md").dialect == Dialect::github);
}

TEST_CASE("every dialect has a name and is found by it", "[tasks]") {
  CHECK(all_dialects().size() == 10);
  for (const auto dialect : all_dialects()) {
    CHECK_FALSE(name_of(dialect).empty());
    CHECK(find_dialect(name_of(dialect)) == dialect);
  }
  CHECK(find_dialect("Spec_Kit") == Dialect::spec_kit);
  CHECK_FALSE(find_dialect("speckit2"));
  CHECK_FALSE(find_dialect(""));
  CHECK(has_boxes(Dialect::specflow));
  CHECK(has_boxes(Dialect::github));
  CHECK_FALSE(has_boxes(Dialect::taskmaster));
  CHECK_FALSE(has_boxes(Dialect::beads));
  CHECK_FALSE(has_boxes(Dialect::spec_kitty));
}

TEST_CASE("the key of a task is its id, made safe", "[tasks]") {
  using Strings = std::vector<std::string>;
  CHECK(
      keys_of({{"1", ""}, {"1.10", ""}, {"1.1", ""}, {"CR-A", ""}, {"T007a", ""}, {"WP_1", ""}}) ==
      Strings{"1", "1.10", "1.1", "CR-A", "T007a", "WP_1"});
  CHECK(keys_of({{"loop/3.2", ""},
                 {".x.", ""},
                 {"a..b", ""},
                 {"#42", ""},
                 {"a b", ""},
                 {"x.lock", ""}}) == Strings{"loop-3.2", "x", "a.b", "42", "a-b", "x-lock"});
  CHECK(keys_of({{"é", "Do it"}, {"..", "And this"}}) == Strings{"do-it", "and-this"});
  CHECK(keys_of({{std::string(300, '1'), ""}, {std::string(300, '1') + "2", ""}}).size() == 2);
}

TEST_CASE("tasks with the same id are numbered in their order", "[tasks]") {
  using Strings = std::vector<std::string>;
  CHECK(keys_of({{"4", ""}, {"4", ""}, {"5", ""}, {"4", ""}}) == Strings{"4", "4-2", "5", "4-3"});
  // What is written comes before what is made up, wherever it stands.
  CHECK(keys_of({{"4", ""}, {"4", ""}, {"4-2", ""}}) == Strings{"4", "4-3", "4-2"});
  CHECK(keys_of({{"cr-a", ""}, {"CR-A", ""}}) == Strings{"cr-a", "CR-A-2"});
}

TEST_CASE("a task without id is called by the first words of its title", "[tasks]") {
  using Strings = std::vector<std::string>;
  CHECK(keys_of({{"", "Don't write `src/a.ts` before the Review (now)"},
                 {"", "Write tests"},
                 {"", "write TESTS!"},
                 {"write-tests-2", "x"}}) ==
        Strings{"dont-write-src-a-ts", "write-tests", "write-tests-3", "write-tests-2"});
  CHECK(keys_of({{"", std::string(200, 'w')}}).front().size() == 48);
  // A title without ASCII has a key, too, and always the same.
  const auto keys = keys_of({{"", "设置"}, {"", "模块"}, {"", "设置"}, {"", ""}});
  CHECK(keys[2] == keys[0] + "-2");
  CHECK(keys_of({{"", "模块"}}).front() == keys[1]);
}

TEST_CASE("a key stays when other tasks come and go", "[tasks]") {
  const auto before = keys_of({{"1", "a"}, {"", "Write tests"}, {"2", "b"}, {"", "Ship it"}});
  const auto after = keys_of({{"", "Think"},
                              {"7", "c"},
                              {"1", "a, better"},
                              {"", "Write tests"},
                              {"", "Write"},
                              {"2", "b"},
                              {"3", "d"},
                              {"", "Ship it"}});
  CHECK(after[2] == before[0]);
  CHECK(after[3] == before[1]);
  CHECK(after[5] == before[2]);
  CHECK(after[7] == before[3]);
}

TEST_CASE("a hundred thousand tasks of one name get their keys", "[tasks]") {
  // Looking for the next free number from the first each time would take hours.
  List list;
  list.tasks.resize(100'000);
  for (auto& task : list.tasks) task.id = "1";
  give_keys(list);
  CHECK(list.tasks.back().key == "1-100000");
}
