#include "tasks/scan.h"

#include "support/catch.h"

#include <random>

using namespace chant::tasks;

namespace {

Line only_line(std::string_view text) {
  const auto lines = scan(text).lines;
  REQUIRE(lines.size() == 1);
  return lines.front();
}

std::vector<Line::Kind> kinds(const Scan& scan) {
  std::vector<Line::Kind> result;
  for (const auto& line : scan.lines) result.push_back(line.kind);
  return result;
}

std::vector<std::string> boxes(const Scan& scan) {
  std::vector<std::string> result;
  for (const auto& line : scan.lines) {
    if (line.box) result.emplace_back(line.rest);
  }
  return result;
}

// Whatever the bytes are: lines are views into the text, in its order, and a box has its brackets.
void check_offsets(std::string_view text) {
  const auto scanned = scan(text);
  std::size_t at = 0;
  int number = 0;
  for (const auto& line : scanned.lines) {
    CHECK(line.number == ++number);
    REQUIRE(line.offset >= at);
    REQUIRE(text.substr(line.offset, line.text.size()) == line.text);
    CHECK(line.text.find('\n') == std::string_view::npos);
    at = line.offset + line.text.size();
    if (!line.box) continue;
    REQUIRE(line.box->offset > line.offset);
    CHECK(text[line.box->offset - 1] == '[');
    CHECK(text[line.box->offset + line.box->length] == ']');
    CHECK(line.box->offset + line.box->length < at);
  }
}

}  // namespace

TEST_CASE("lines keep their offsets, whatever ends them", "[tasks]") {
  const std::string text = "\xEF\xBB\xBF# One\r\n\r\n- [ ] 1. two\n- [x] 2. three";
  const auto lines = scan(text).lines;
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].text == "# One");
  CHECK(lines[0].offset == 3);
  CHECK(lines[0].kind == Line::Kind::heading);
  CHECK(lines[1].text.empty());
  CHECK(lines[2].rest == "1. two");
  CHECK(lines[2].number == 3);
  CHECK(text[lines[2].box->offset] == ' ');
  CHECK(lines[3].rest == "2. three");
  CHECK(text[lines[3].box->offset] == 'x');
  check_offsets(text);
  CHECK(scan("").lines.empty());
  CHECK(scan("\n").lines.size() == 1);
}

TEST_CASE("every bullet, mark and indent in use makes a box", "[tasks]") {
  struct Row {
    std::string_view text;
    char mark;
    std::size_t length;
    std::size_t indent;
    std::string_view rest;
  };
  const std::vector<Row> rows = {
      {"- [ ] a", ' ', 1, 0, "a"},       {"* [x] a", 'x', 1, 0, "a"},
      {"+ [X] a", 'X', 1, 0, "a"},       {"12. [ ] a", ' ', 1, 0, "a"},
      {"3) [-] a", '-', 1, 0, "a"},      {"-   [~]   a  ", '~', 1, 0, "a"},
      {"-[ ] a", ' ', 1, 0, "a"},        {"- [ ]a", ' ', 1, 0, "a"},
      {"- []", ' ', 0, 0, ""},           {"- [  ] a", ' ', 2, 0, "a"},
      {"- [ x] a", 'x', 2, 0, "a"},      {"- [x ] a", 'x', 2, 0, "a"},
      {"- [✅] a", '?', 3, 0, "a"},       {"- [⚠️] a", '?', 6, 0, "a"},
      {"- [\xFF] a", '\xFF', 1, 0, "a"}, {"   - [ ] a", ' ', 1, 3, "a"},
      {"\t- [ ] a", ' ', 1, 4, "a"},     {"  \t - [ ] a", ' ', 1, 5, "a"},
      {"> - [ ] a", ' ', 1, 0, "a"},     {">   > - [ ] a", ' ', 1, 0, "a"},
      {">   - [ ] a", ' ', 1, 2, "a"},   {"- [ ](not) a link", ' ', 1, 0, "(not) a link"}};
  for (const auto& row : rows) {
    INFO(row.text);
    const auto line = only_line(row.text);
    REQUIRE(line.kind == Line::Kind::box);
    CHECK(line.box->mark == row.mark);
    CHECK(line.box->length == row.length);
    CHECK(line.indent == row.indent);
    CHECK(line.rest == row.rest);
    CHECK_FALSE(line.star);
    check_offsets(row.text);
  }
}

TEST_CASE("a star behind the box is optional, two are emphasis", "[tasks]") {
  CHECK(only_line("- [ ]* 1.2 write tests").star);
  CHECK(only_line("- [ ]* 1.2 write tests").rest == "1.2 write tests");
  CHECK(only_line("- [x]*1.2 write tests").star);
  CHECK(only_line("- [ ]*").star);
  CHECK_FALSE(only_line("- [ ]**Title** more").star);
  CHECK(only_line("- [ ]**Title** more").rest == "**Title** more");
  CHECK_FALSE(only_line("- [ ]*slanted* words").star);
}

TEST_CASE("brackets that are no box are not read as one", "[tasks]") {
  for (const auto* text : {"[ ] no bullet",
                           "text - [ ] a",
                           "- a [ ] b",
                           "- [a](url)",
                           "- [x](url)",
                           "- [x][ref]",
                           "- [a link](url)",
                           "-- [ ] a",
                           "*[ ]*",
                           "**[ ]** a",
                           "- [",
                           "- [ ",
                           "- ",
                           "-",
                           "---",
                           "1234567890. [ ] ten digits",
                           "1 [ ] a",
                           "a. [ ] b",
                           "- [a text of some length] b",
                           "- [ [x] ] a",
                           "#[ ] a"}) {
    INFO(text);
    const auto scanned = scan(text);
    CHECK(scanned.odd.empty());
    CHECK_FALSE(scanned.lines.front().box);
  }
}

TEST_CASE("what looks like a box and is none is said", "[tasks]") {
  const auto scanned = scan("- [P] tasks run side by side\n* [US#] the story\n1. [WIP] begun\n");
  CHECK(boxes(scanned).empty());
  REQUIRE(scanned.odd.size() == 3);
  CHECK(scanned.odd[0].line == 1);
  CHECK(scanned.odd[0].text == "- [P] tasks run side by side");
  CHECK(scanned.odd[0].why == "[P] alone is a legend, no box");
  CHECK(scanned.odd[1].line == 2);
  CHECK(scanned.odd[2].why == "the brackets hold more than one character");
}

TEST_CASE("headings have a level and a text, some a box", "[tasks]") {
  const auto heading = only_line("  ### Phase 2: Build ##  ");
  CHECK(heading.kind == Line::Kind::heading);
  CHECK(heading.level == 3);
  CHECK(heading.rest == "Phase 2: Build");
  CHECK_FALSE(heading.box);
  CHECK(only_line("# C#").rest == "C#");
  CHECK(only_line("##").rest.empty());
  const auto boxed = only_line("## [x] Task 1: do it");
  CHECK(boxed.kind == Line::Kind::heading);
  CHECK(boxed.rest == "Task 1: do it");
  REQUIRE(boxed.box);
  CHECK(boxed.box->mark == 'x');
  CHECK(boxed.box->offset == 4);
  for (const auto* text : {"#tag", "####### seven", "    # code", "> # quoted", "text # 1"}) {
    INFO(text);
    CHECK(only_line(text).kind == Line::Kind::text);
  }
}

TEST_CASE("a fence hides boxes and headings, and says which boxes", "[tasks]") {
  const auto scanned = scan(
      "- [ ] 1. a\n```md\n- [ ] 9. example\n# heading\n```\n- [ ] 2. b\n~~~~\n```\n~~~\n- [x] 8. "
      "c\n"
      "~~~~\n- [ ] 3. d\n");
  CHECK(boxes(scanned) == std::vector<std::string>{"1. a", "2. b", "3. d"});
  REQUIRE(scanned.odd.size() == 2);
  CHECK(scanned.odd[0].line == 3);
  CHECK(scanned.odd[0].why == "in a code block");
  CHECK(scanned.odd[1].line == 10);
  CHECK(scanned.unclosed_fence == 0);
  CHECK(scanned.lines[3].kind == Line::Kind::fence);
}

TEST_CASE("a fence that is never closed hides nothing", "[tasks]") {
  const auto scanned = scan("- [ ] 1. a\n```json\n- [ ] 2. b\n~~~\n- [ ] 9. c\n~~~\n- [ ] 3. d\n");
  CHECK(boxes(scanned) == std::vector<std::string>{"1. a", "2. b", "3. d"});
  CHECK(scanned.unclosed_fence == 2);
  CHECK(kinds(scanned)[1] == Line::Kind::text);
  // One with a word behind it closes nothing; the shorter one does not close the longer.
  CHECK(boxes(scan("````\n- [ ] 1. a\n```\n- [ ] 8. b\n```\n- [ ] 2. c\n")) ==
        std::vector<std::string>{"1. a", "2. c"});
  CHECK(boxes(scan("```\n- [ ] 1. a\n```sh\n")).size() == 1);
  CHECK(scan("``` a`b ```\n- [ ] 1. a\n").unclosed_fence == 0);
}

TEST_CASE("a fence in a list item ends with it", "[tasks]") {
  CHECK(boxes(scan("1. step\n   - part\n\n     ```md\n     - [ ] 9. x\n     ```\n- [ ] 1. a\n")) ==
        std::vector<std::string>{"1. a"});
  // Code that is indented less than its fence is still code.
  CHECK(boxes(scan("- [ ] 1. a\n  ```sh\nrun\n# comment\n  ```\n- [ ] 2. b\n")) ==
        std::vector<std::string>{"1. a", "2. b"});
  // Nobody closed it, and the next task stands left of it.
  CHECK(
      boxes(scan("- [ ] 1. a\n  ```sh\n  run\n- [ ] 2. b\n  ```sh\n  run\n  ```\n- [ ] 3. c\n")) ==
      std::vector<std::string>{"1. a", "2. b", "3. c"});
  // Four columns further in is code in the code, no end of it.
  CHECK(boxes(scan("```\n    ```\n- [ ] 9. x\n```\n")).empty());
}

TEST_CASE("a fence in a quote ends with the quote", "[tasks]") {
  CHECK(boxes(scan("> ```\n> - [ ] 9. x\n- [ ] 1. a\n")) == std::vector<std::string>{"1. a"});
  CHECK(boxes(scan("```\n> ```\n- [ ] 9. x\n```\n- [ ] 1. a\n")) ==
        std::vector<std::string>{"1. a"});
}

TEST_CASE("a comment of several lines hides boxes, and an open one does not", "[tasks]") {
  const auto scanned = scan(
      "<!-- one line -->\n- [ ] 1. a\n<!--\n- [ ] 9. x\n# no\n-->\n- [ ] 2. <!-- what -->\n"
      "- [ ] 3. b <!--\n- [ ] 4. c\n<!-- never closed\n- [ ] 5. d\n");
  CHECK(boxes(scanned) ==
        std::vector<std::string>{"1. a", "2. <!-- what -->", "3. b <!--", "4. c", "5. d"});
  REQUIRE(scanned.odd.size() == 1);
  CHECK(scanned.odd[0].line == 4);
  CHECK(scanned.odd[0].why == "in a comment");
}

TEST_CASE("an empty comment is closed where it begins", "[tasks]") {
  CHECK(boxes(scan("<!-->\n- [ ] 1. a\n<!--->\n- [ ] 2. b\n<!-- c -->\n")) ==
        std::vector<std::string>{"1. a", "2. b"});
}

TEST_CASE("a box that cannot be ticked says why", "[tasks]") {
  const auto fault = [](std::string_view text) {
    return std::string(find_box_fault(text, *only_line(text).box));
  };
  CHECK(fault("- [ ] a").empty());
  CHECK(fault("- [ ]").empty());
  CHECK(fault("- [ ]a").empty());
  CHECK_THAT(fault("- [] a"), Catch::Contains("write '[ ]'"));
  CHECK_THAT(fault("- [  ] a"), Catch::Contains("write '[ ]'"));
  CHECK_THAT(fault("- [\t] a"), Catch::Contains("a tab"));
  CHECK_THAT(fault("- [ ](a)"), Catch::Contains("would be a link"));
  CHECK_THAT(fault("- [ ][a] b"), Catch::Contains("would be a link"));
}

TEST_CASE("any bytes are read, and every offset is right", "[tasks]") {
  std::mt19937 random(6);  // NOLINT: the same text each time
  const std::vector<std::string> pieces = {"- ",
                                           "[ ]",
                                           "[x]",
                                           "[",
                                           "]",
                                           "\n",
                                           "\r\n",
                                           "```",
                                           "~~~",
                                           "# ",
                                           "> ",
                                           "    ",
                                           "\t",
                                           "*",
                                           "1. ",
                                           "<!--",
                                           "-->",
                                           "\xFF",
                                           std::string(1, '\0'),
                                           "\x05",
                                           "é",
                                           "(",
                                           "P",
                                           "_a: b_"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    const auto count = random() % 40;
    for (unsigned i = 0; i < count; ++i) text += pieces[random() % pieces.size()];
    INFO(text);
    check_offsets(text);
  }
}

TEST_CASE("what never ends is looked for once", "[tasks][large]") {
  // Quadratic work on these would take hours.
  std::string fences, comments;
  for (int i = 0; i < 100'000; ++i) {
    fences += std::string(3 + static_cast<std::size_t>(i % 40), '`') + "sh\n";
    comments += "<!-- \n";
  }
  CHECK(scan(fences).unclosed_fence == 1);
  CHECK(scan(comments).lines.size() == 100'000);
  CHECK(scan(std::string(4'000'000, '>')).lines.size() == 1);
  CHECK(scan("- " + std::string(4'000'000, '[')).lines.size() == 1);
  std::string marks;
  for (int i = 0; i < 1'000'000; ++i) marks += "🚫";
  CHECK(plain_title("Stop " + marks + "a").size() == 4'000'006);
  CHECK(plain_title("Stop " + marks).substr(0, 4) == "Stop");
  std::string metas;
  for (int i = 0; i < 100'000; ++i) metas += "_a: b_ ";
  std::size_t count = 0;
  for (auto meta = find_meta(metas); meta; meta = find_meta(meta->rest)) {
    if (meta->value == "b") ++count;
  }
  CHECK(count == 100'000);
}

TEST_CASE("metadata is found in each of its forms", "[tasks]") {
  struct Row {
    std::string_view line, key, value;
  };
  const std::vector<Row> rows = {
      {"_Requirements: 1.1, 2.3_", "requirements", "1.1, 2.3"},
      {"  - _Dependencies: Task 1_", "dependencies", "Task 1"},
      {"   * _Agent: api-dev_ ", "agent", "api-dev"},
      {"**Depends on**: T001, T002", "depends on", "T001, T002"},
      {"**Status:** done", "status", "done"},
      {"- **Status: APPROVED**", "status", "APPROVED"},
      {"**Checkpoint**: all green", "checkpoint", "all green"},
      {"- File: src/my_file.ts", "file", "src/my_file.ts"},
      {"> Primary Agent: a (Task 1), b (Tasks 2-3)", "primary agent", "a (Task 1), b (Tasks 2-3)"},
      {"1. **Deps**: 1_1", "deps", "1_1"},
      {"_Dependencies: 1_ ✅", "dependencies", "1"},
      {"_Dependencies: 1_ and 2", "dependencies", "1_ and 2"},
      {"_Dependencies: 1_ _Requirements: 2.1_", "dependencies", "1"},
      {"_Dependencies: 1_, _and 2_", "dependencies", "1_, _and 2"},
      {"**Depends: 1** **Agent: a**", "depends", "1"},
      {"_Leverage: a_b.ts, c_d.ts_", "leverage", "a_b.ts, c_d.ts"},
      {"_Leverage: a_b.ts", "leverage", "a_b.ts"},
      {"*Depends: 2.1*", "depends", "2.1"},
      {"__Depends__: 2.1", "depends", "2.1"},
      {"_Requirements：1.1_", "requirements", "1.1"},
      {"📎 Depends on: T001", "depends on", "T001"},
      {"_Dependencies:_", "dependencies", ""},
      {"_Prompt: Role: dev | Task: do it_", "prompt", "Role: dev | Task: do it"},
      {"  _Dependencies: 1_\r", "dependencies", "1"}};
  for (const auto& row : rows) {
    INFO(row.line);
    const auto meta = find_meta(row.line);
    REQUIRE(meta);
    CHECK(meta->key == row.key);
    CHECK(meta->value == row.value);
  }
  for (const auto* line :
       {"", "no colon", "https://example.com", "12:30 noon", ": value", "_: x_",
        "a sentence with very many words: no key", "- (P): x", "___", "a.b: c"}) {
    INFO(line);
    CHECK_FALSE(find_meta(line));
  }
}

TEST_CASE("a mark means what its dialect says, and nothing else", "[tasks]") {
  const auto state = [](char mark, Dialect dialect) {
    return state_of_mark(Box{0, 1, mark}, dialect);
  };
  for (const auto dialect : all_dialects()) {
    CHECK(state(' ', dialect) == State::open);
    CHECK(state('x', dialect) == State::done);
    CHECK(state('X', dialect) == State::done);
    CHECK(state('!', dialect) == State::unknown);
    CHECK(state('?', dialect) == State::unknown);
    const bool is_kiro = dialect == Dialect::kiro || dialect == Dialect::cc_sdd;
    CHECK(state('-', dialect) == (is_kiro ? State::open : State::unknown));
    CHECK(state('~', dialect) == (is_kiro ? State::open : State::unknown));
  }
}

TEST_CASE("a title is without marks, status and estimate", "[tasks]") {
  const std::vector<std::pair<std::string_view, std::string_view>> rows = {
      {"**Set up the module**", "Set up the module"},
      {"**Set up** the _whole_ module", "Set up the _whole_ module"},
      {"_Set up_", "Set up"},
      {"Read `a_b` and `**/*.ts` now", "Read `a_b` and `**/*.ts` now"},
      {"Match src/**/*.ts and *.md", "Match src/**/*.ts and *.md"},
      {"Compute 2 * 3 * 4", "Compute 2 * 3 * 4"},
      {"Rename my_old_name", "Rename my_old_name"},
      {"Write tests ✅", "Write tests"},
      {"✅ Write tests", "Write tests"},
      {"**Write tests** ✅ APPROVED", "Write tests"},
      {"Write tests ⚠️ **PARTIALLY COMPLETE (50%)**", "Write tests"},
      {"Write tests (4h)", "Write tests"},
      {"Write tests (~2-3 days)", "Write tests"},
      {"Write tests (DONE)", "Write tests"},
      {"Write tests - DONE", "Write tests"},
      {"Write tests ✓ _Completed: 2024-01-15_", "Write tests"},
      {"Write tests (see 4h)", "Write tests (see 4h)"},
      {"Write tests - done by hand", "Write tests - done by hand"},
      {"Show ✅ beside what is done", "Show ✅ beside what is done"},
      {"Mark the order as COMPLETED", "Mark the order as COMPLETED"},
      {"~~Write~~ tests", "Write tests"},
      {"**Review: Track A** =\xEF\xBF\xBD", "Review: Track A"},
      {"**Review: Track B** \x05", "Review: Track B"},
      {"  two   blanks\there ", "two blanks here"},
      {"**设置模块**完成", "设置模块完成"},
      {"unclosed `code **x", "unclosed `code x"},
      {"**", ""},
      {"", ""}};
  for (const auto& [text, title] : rows) {
    INFO(text);
    CHECK(plain_title(text) == title);
  }
}
