#include "ui/matrix.h"

#include "support/catch.h"

using namespace chant::ui;

namespace {

Terminal wide() {
  Terminal terminal;
  terminal.interactive = true;
  return terminal;
}

ShownMatrix example() {
  return {"main",
          {"2026-01-22-001-aaa", "2026-01-22-002-bbb", "2026-01-22-003-ccc", "2026-01-22-004-ddd"},
          {{"2026-01-22-002-bbb", "", {{"file", "contents"}}},
           {"2026-01-22-001-aaa",
            "2026-01-22-004-ddd",
            {{"a b", "modify/delete"}, {"", "unrelated histories"}}}}};
}

const char* const kLines =
    "2 conflicts among 4 branches and 'main'\n\n"
    "  main - bbb  file (contents)\n"
    "  aaa - ddd   a b (modify/delete), unrelated histories\n";

}  // namespace

TEST_CASE("conflicts are lines: who, in which files, in which way", "[matrix]") {
  CHECK(matrix_text(example(), Terminal{}) == kLines);
}

TEST_CASE("without conflicts it says so", "[matrix]") {
  CHECK(matrix_text({"main", {"a"}, {}}, wide()) == "no conflicts: 1 branch and 'main'\n");
  CHECK(matrix_text({"main", {}, {}}, wide()) == "no conflicts: 0 branches and 'main'\n");
}

TEST_CASE("a terminal gets a table of those that conflict", "[matrix]") {
  const std::string text = matrix_text(example(), wide());
  const std::string table =
      "         1 2 3 4\n"
      " 1  main   · ✗ ·\n"
      " 2  aaa  ·   · ✗\n"
      " 3  bbb  ✗ ·   ·\n"
      " 4  ddd  · ✗ ·  \n"
      "\n";
  CHECK(text.find(table) != std::string::npos);
  Terminal plain = wide();
  plain.unicode = false;
  CHECK(matrix_text(example(), plain).find(" 2  aaa  .   . x\n") != std::string::npos);
  Terminal narrow = wide();
  narrow.columns = 15;
  CHECK(matrix_text(example(), narrow) == kLines);
}

TEST_CASE("a name of a file does nothing to the terminal", "[matrix]") {
  const std::string text =
      matrix_text({"main", {"a", "b"}, {{"a", "b", {{"\x1b[2Jx\ny", "con\ttents"}}}}}, Terminal{});
  CHECK(text.find("  a - b  x y (con tents)\n") != std::string::npos);
}

TEST_CASE("of very many files only some are named", "[matrix]") {
  ShownMatrix matrix{"main", {"a"}, {{"a", "", {}}}};
  for (int i = 0; i < 30; ++i) matrix.clashes[0].files.push_back({std::to_string(i), "contents"});
  const std::string text = matrix_text(matrix, Terminal{});
  CHECK(text.find("7 (contents), and 22 more\n") != std::string::npos);
}

TEST_CASE("waves are lines of short ids", "[matrix]") {
  const ShownMatrix matrix = example();
  CHECK(waves_text({{matrix.ids[0], matrix.ids[1]}, {matrix.ids[2]}}, matrix.ids) ==
        "wave 1: aaa bbb\nwave 2: ccc\n");
}
