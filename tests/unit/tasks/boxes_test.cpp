#include "tasks/boxes.h"

#include "list_view.h"
#include "support/catch.h"

using namespace chant::tasks;

namespace {

// The blocks of the tasks of a numbered list.
std::vector<std::string> blocks_of(const std::string& text) {
  std::vector<std::string> blocks;
  for (const auto& task : read_as(Dialect::kiro, text).tasks) {
    blocks.push_back(text.substr(task.begin, task.end - task.begin));
  }
  return blocks;
}

}  // namespace

TEST_CASE("a block is the line of a task and what stands deeper", "[tasks]") {
  const std::string first = "- [ ] 1. a\n  more\n\n  - b\n\n    ```\n    c\n    ```\n";
  const std::string second = "- [ ] 2. d\ngoes on here\n";
  const std::string third = "* [ ] 3. e\n- _Requirements: 1_\n";
  const std::string last = "- [ ] 4. f";
  const std::string between = "\n**Checkpoint**: all\n\n---\n";
  CHECK(blocks_of(first + "\n" + second + between + third + "- other\n\n## Heading\n" + last) ==
        std::vector<std::string>{first, second, third, last});
}

TEST_CASE("a block ends at a rule, a quote of code, or text behind an empty line", "[tasks]") {
  CHECK(blocks_of("- [ ] 1. a\n---\n- [ ] 2. b\n\n```\nx\n```\n- [ ] 3. c\r\n\r\nd\r\n") ==
        std::vector<std::string>{"- [ ] 1. a\n", "- [ ] 2. b\n", "- [ ] 3. c\r\n"});
}

TEST_CASE("code within a block may stand left of it", "[tasks]") {
  const auto list = read_as(Dialect::kiro,
                            "- [ ] 1. a\n- [ ] 2. b\n\n  ```sh\nrun\n\nit\n  ```\n"
                            "  - _Requirements: 4_\n- [ ] 3. c\n");
  CHECK(list.find("2")->requirements == "4");
}

TEST_CASE("a title may say in several places what a task depends on", "[tasks]") {
  const auto list = read_as(Dialect::kiro,
                            "- [ ] 1. a\n- [ ] 2. b\n- [ ] 3. c (depends on 1) and d (Blocked by "
                            "2), which depends on 9\n");
  CHECK(edges_of(list) == "1 2<1 3<1,2");
  CHECK(why_of(list, "3", "1") == "task, line 3");
  CHECK(why_of(list, "3", "2") == "task, line 3");
}

TEST_CASE("other words that name tasks are dependencies, and without tasks they are the title's",
          "[tasks]") {
  const auto list = read_as(Dialect::kiro,
                            "- [ ] 1. a\n- [ ] 2. b (after task 1)\n- [ ] 3. c (requires Go 1.22)\n"
                            "  - Prerequisites: 1, 2\n- [ ] 4. d (needs Task 2 and luck)\n"
                            "  - Requires: the Go compiler\n- [ ] 5. e\n"
                            "  - _Requirements: 2.1_ _Depends: 2, 3_\n");
  CHECK(why_of(list, "5", "3") == "task, line 8");
  CHECK(list.find("5")->requirements == "2.1");
  CHECK(why_of(list, "2", "1") == "task, line 2");
  CHECK(why_of(list, "3", "1") == "task, line 4");
  CHECK(why_of(list, "3", "2") == "task, line 4");
  REQUIRE(list.notes.size() == 1);
  CHECK(list.notes.front().kind == Note::Kind::error);
  CHECK(list.notes.front().line == 5);
}

TEST_CASE("the block of a container goes to its first task", "[tasks]") {
  CHECK(blocks_of("- [ ] 1. a\n  text\n  - [ ] 1.1 b\n    more\n") ==
        std::vector<std::string>{"- [ ] 1. a\n  text\n", "  - [ ] 1.1 b\n    more\n"});
}

TEST_CASE("numbers at the beginning of a title are ids", "[tasks]") {
  struct Case {
    std::string text, id, title;
    bool is_plain = false;
  };
  const std::vector<Case> cases = {{"1. Cut", "1", "Cut", false},
                                   {"1.2 Cut", "1.2", "Cut", false},
                                   {"1.2. Cut", "1.2", "Cut", false},
                                   {"1.2a Cut", "1.2a", "Cut", false},
                                   {"**3.1:** Cut", "3.1", "Cut", false},
                                   {"**3.** **Cut**", "3", "**Cut**", false},
                                   {"Task 4: Cut", "4", "Cut", false},
                                   {"10.2.3 Cut", "10.2.3", "Cut", false},
                                   {"7 Cut", "7", "Cut", true},
                                   {"7) Cut", "7", "Cut", false},
                                   {"1.", "1", "", false}};
  for (const auto& row : cases) {
    INFO(row.text);
    const auto found = find_number(row.text);
    REQUIRE(found.has_value());
    CHECK(found->id == row.id);
    CHECK(found->title == row.title);
    CHECK(found->is_plain == row.is_plain);
  }
  for (const auto* text : {"3D boats", "2024-01-15 cut", "3.5mm wood", "cut 1.2", "", "1.2.Cut",
                           "1234567 boats", "1.1.1.1.1.1.1.1.1 deep"}) {
    INFO(text);
    CHECK_FALSE(find_number(text).has_value());
  }
}

TEST_CASE("the files of a title are what looks like one, and no command or address", "[tasks]") {
  const auto files = [](const std::string& title) {
    std::string shown;
    for (const auto& file : files_in_title(title)) shown += (shown.empty() ? "" : " ") + file;
    return shown;
  };
  CHECK(files("Make `src/a.ts`, `tsconfig.json` and `src/a.ts`") == "src/a.ts tsconfig.json");
  CHECK(files("Make src/app/(in)/page.tsx (see docs/x.md).") == "src/app/(in)/page.tsx docs/x.md");
  CHECK(files("`.gitignore` `.env.example` `Dockerfile` ./a/b.c") ==
        ".gitignore .env.example Dockerfile a/b.c");
  CHECK(files("Run `npm run x.js` on `GET /api/x` at `http://a/b.html`, `@/*`, `v1.2`, `f()`") ==
        "");
  CHECK(files("and/or Next.js 1.2/1.3 `src/lib/` `a/*.ts` `src/x`") == "");
}
