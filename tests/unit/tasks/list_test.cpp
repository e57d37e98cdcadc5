#include "support/catch.h"
#include "tasks/dialects.h"
#include "util/error.h"

#include <algorithm>

using namespace chant::tasks;

namespace {

std::string failure(const std::string& text, std::optional<Dialect> forced = std::nullopt) {
  try {
    static_cast<void>(read_list(text, "dir/list.md", forced));
  } catch (const chant::Error& error) {
    return error.what();
  }
  return "no failure";
}

}  // namespace

TEST_CASE("what is no list is refused with its place", "[tasks]") {
  CHECK_THAT(failure(""), Catch::StartsWith("dir/list.md:1: no task was found (read as github"));
  CHECK_THAT(failure("# Words\n\nand more\n"), Catch::Contains("no task was found"));
  CHECK_THAT(failure("```\n- [ ] a\n- [ ] b\n```\n"), Catch::Contains("found in 2 boxes (read as"));
  CHECK_THAT(failure("```\n- [ ] a\n```\n"), Catch::Contains("found in 1 box (read as"));
  CHECK_THAT(failure("\xFF\xFE-\0 \0[\0"),
             Catch::Contains("dir/list.md:1: the list is written in"));
  const std::string line = "- [ ] 1. one\n";
  CHECK(failure(line + std::string(kMaxListBytes - line.size(), ' ')) == "no failure");
  CHECK_THAT(failure(line + std::string(kMaxListBytes - line.size() + 1, ' ')),
             Catch::Contains("of 4194305 bytes is too large"));
  CHECK_THAT(failure(line + std::string(200'000, '\n')),
             Catch::StartsWith("dir/list.md:200001: a task list of more lines"));
  CHECK_THAT(failure("{\"tasks\": [", Dialect::taskmaster), Catch::StartsWith("dir/list.md:"));
  for (const auto dialect : all_dialects()) {
    INFO(name_of(dialect));
    CHECK_THAT(failure("words\n", dialect), Catch::StartsWith("dir/list.md:1: "));
  }
}

TEST_CASE("a list says what it is and how that is known", "[tasks]") {
  const std::string text = "intro\n## The **whole** plan\n# Later\n- [ ] 1. one\n";
  const auto found = read_list(text, "specs/001-x/tasks.md", Dialect::kiro);
  CHECK(found.path == "specs/001-x/tasks.md");
  CHECK(found.dialect == Dialect::kiro);
  CHECK(found.detected_by == "--format");
  CHECK(found.title == "The whole plan");
  const auto by_path = read_list("- [ ] T001 a\n", "specs/001-x/tasks.md");
  CHECK(by_path.dialect == Dialect::spec_kit);
  CHECK(by_path.detected_by == "the path");
  CHECK(by_path.title.empty());
}

TEST_CASE("a box that is no task is in the list of those, once", "[tasks]") {
  const auto list = read_list(
      "- [P] tasks run side by side\n- [ ] 1. **one**\n  - [ ] a part\n\n## Checklist\n"
      "- [x] ready\n```\n- [ ] 2. example\n```\n",
      "documentation/features/x/tasks.md");
  REQUIRE(list.tasks.size() == 1);
  std::vector<int> lines;
  for (const auto& ignored : list.ignored) {
    lines.push_back(ignored.line);
    CHECK_FALSE(ignored.why.empty());
    CHECK_FALSE(ignored.text.empty());
  }
  CHECK(lines == std::vector{1, 3, 6, 8});
}

TEST_CASE("a code block that is never closed is noted at its line", "[tasks]") {
  const auto list = read_list("- [ ] 1. one\n\n```sh\nrun\n- [ ] 2. two\n", "list.md");
  CHECK(list.tasks.size() == 2);
  const auto note = std::find_if(list.notes.begin(), list.notes.end(),
                                 [](const Note& each) { return each.line == 3; });
  REQUIRE(note != list.notes.end());
  CHECK(note->kind == Note::Kind::contradiction);
  CHECK_THAT(note->text, Catch::Contains("never closed"));
}

TEST_CASE("a task whose box could not be ticked afterwards is not run", "[tasks]") {
  const auto list = read_list("- [ ] a\n- [] b\n- [x ] c\n- [ ](d) e\n- [!] f\n", "list.md");
  std::vector<std::pair<int, std::string>> errors;
  for (const auto& note : list.notes) {
    if (note.kind == Note::Kind::error) errors.emplace_back(note.line, note.keys.at(0));
  }
  CHECK(errors == std::vector<std::pair<int, std::string>>{{2, "b"}, {4, "d-e"}});
}

TEST_CASE("the box counts, whatever mark stands behind the title, and that is said", "[tasks]") {
  const auto list = read_list(
      "- [ ] write tests ✅\n- [x] **fix** it ⚠️ **PARTIALLY COMPLETE (50%)**\n- [x] ship "
      "✅\n"
      "- [ ] wait ⏳\n- [x] ⚠️ mind the gap\n- [ ] show ✅ beside what is done\n",
      "list.md");
  std::vector<int> lines;
  for (const auto& note : list.notes) {
    CHECK(note.kind == Note::Kind::contradiction);
    CHECK_THAT(note.text, Catch::EndsWith("the box counts"));
    lines.push_back(note.line);
  }
  CHECK(lines == std::vector{1, 2});
  CHECK(list.tasks[0].state == State::open);
  CHECK(list.tasks[1].state == State::done);
}

TEST_CASE("a task says whether another one has its id", "[tasks]") {
  const auto list = read_list("- [ ] 1. a\n- [ ] 2. b\n- [ ] 1. c\n- [ ] d\n- [ ] e\n",
                              "documentation/features/x/tasks.md");
  std::vector<bool> shared;
  for (const auto& task : list.tasks) shared.push_back(task.shares_id);
  CHECK(shared == std::vector<bool>{true, false, true});
  for (const auto& task : read_list("- [ ] d\n- [ ] e\n", "list.md").tasks) {
    CHECK_FALSE(task.shares_id);
  }
}

TEST_CASE("a task is found by its key, and by its id when no other has that", "[tasks]") {
  const auto list = read_list("- [ ] 1. a\n- [ ] CR-A. b\n- [ ] 4. c\n- [ ] 4. d\n- [ ] 10. e\n",
                              "documentation/features/x/tasks.md");
  CHECK(list.find("1") == &list.tasks[0]);
  CHECK(list.find("4") == &list.tasks[2]);
  CHECK(list.find("4-2") == &list.tasks[3]);
  CHECK(list.find("cr-a") == nullptr);
  CHECK(list.find("") == nullptr);
  CHECK(list.find_id("cr-a") == &list.tasks[1]);
  CHECK(list.find_id(" 10 ") == &list.tasks[4]);
  CHECK(list.find_id("4") == nullptr);
  CHECK(list.find_id("4-2") == &list.tasks[3]);
  CHECK(list.find_id("") == nullptr);
  CHECK(list.find_id("2") == nullptr);
}
