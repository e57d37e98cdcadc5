#include "support/catch.h"
#include "tasks/dialects.h"
#include "tasks/words.h"
#include "util/text.h"

using namespace chant;
using namespace chant::tasks;

namespace {

// What an expression was read as: "1-3, track A, CR-A?", then what was not read in braces.
std::string shown(const Expression& expression) {
  std::vector<std::string> parts;
  if (expression.is_none) parts.emplace_back("none");
  for (const auto& reference : expression.references) {
    std::string part;
    if (reference.kind == Reference::Kind::track) part = "track ";
    if (reference.kind == Reference::Kind::group) part = "group ";
    if (reference.kind == Reference::Kind::phase) part = "phase ";
    if (reference.kind == Reference::Kind::all_before) part = "all";
    part += reference.first;
    if (reference.kind == Reference::Kind::range) part += " to " + reference.last;
    if (reference.reviews) part += "+reviews";
    if (reference.conditional) part += "?";
    parts.push_back(part);
  }
  for (const auto& unread : expression.unread) parts.push_back("{" + unread.text + "}");
  return join(parts, ", ");
}

std::string read(std::string_view text) { return shown(parse_expression(text, 7)); }

}  // namespace

TEST_CASE("tasks are named by id, list and range", "[tasks]") {
  CHECK(read("Task 7") == "7");
  CHECK(read("Tasks 1-3") == "1 to 3");
  CHECK(read("Tasks 4, 7, 8") == "4, 7, 8");
  CHECK(read("Tasks 9-14, 15-18") == "9 to 14, 15 to 18");
  CHECK(read("Task 1, Task 2 and Task 5") == "1, 2, 5");
  CHECK(read("Tasks 1 - 3 & 5") == "1 to 3, 5");
  CHECK(read("Tasks 1 through 3") == "1 to 3");
  CHECK(read("Tasks 1..3") == "1 to 3");
  CHECK(read("2.1, 2.2") == "2.1, 2.2");
  CHECK(read("1.1-1.4") == "1.1 to 1.4");
  CHECK(read("T001, T003-T005") == "T001, T003 to T005");
  CHECK(read("1.10") == "1.10");
  CHECK(read("bd-28sq.3 / #42 / WP01") == "bd-28sq.3, #42, WP01");
  CHECK(read("1_1") == "1_1");
}

TEST_CASE("reviews are named alone, in lists and in rows", "[tasks]") {
  CHECK(read("CR-A") == "CR-A");
  CHECK(read("CR1") == "CR1");
  CHECK(read("PR-A (approved)") == "PR-A");
  CHECK(read("PR-B and PR-C approved") == "PR-B, PR-C");
  CHECK(read("PR-A, PR-B, PR-C (all approved)") == "PR-A, PR-B, PR-C");
  CHECK(read("CR-A through CR-E") == "CR-A to CR-E");
  CHECK(read("PR-A Approval") == "PR-A");
  CHECK(read("CR-FINAL") == "CR-FINAL");
  CHECK(read("Group 2 + CR2/CR3") == "group 2, CR2, CR3");
}

TEST_CASE("a review that failed is no order", "[tasks]") {
  CHECK(read("CR-A and/or PR-A (failed)") == "CR-A?, PR-A?");
  CHECK(read("CR3 (failed)") == "CR3?");
  CHECK(read("Task 3, CR-A (failed)") == "3, CR-A?");
  CHECK(read("PR-A (if approved)") == "PR-A");
  // What was said of the first is not taken back by what is said of the second.
  CHECK(read("CR-A (approved), PR-A (failed)") == "CR-A, PR-A?");
  CHECK(read("CR-A approved and RW-A failed") == "CR-A, RW-A?");
  CHECK(read("CR-A has failed") == "CR-A?");
  CHECK(read("Track A completion, Track B (reviews approved)") == "track A, track B+reviews");
}

TEST_CASE("tracks, groups and phases are named by label", "[tasks]") {
  CHECK(read("Track A") == "track A");
  CHECK(read("Track B, C + CR2") == "track B, track C, CR2");
  CHECK(read("Track A, CR-A, PR-A") == "track A, CR-A, PR-A");
  CHECK(read("Tracks B, C, E completion") == "track B, track C, track E");
  CHECK(read("Tracks B & C complete + CR2") == "track B, track C, CR2");
  CHECK(read("Tracks A-C") == "track A, track B, track C");
  CHECK(read("Track D and Task 4") == "track D, 4");
  CHECK(read("Track A, 5") == "track A, 5");
  CHECK(read("Track A reviews approved") == "track A+reviews");
  CHECK(read("Track A, PR-A approved") == "track A, PR-A");
  CHECK(read("Testing Track, CR4") == "track Testing, CR4");
  CHECK(read("Code Review Track 2") == "track Code Review 2");
  CHECK(read("Group 1") == "group 1");
  CHECK(read("Groups 1-3") == "group 1, group 2, group 3");
  CHECK(read("Phase 2") == "phase 2");
}

TEST_CASE("a list in parentheses tells what a set is", "[tasks]") {
  CHECK(read("Track A completion (Tasks 1-3)") == "1 to 3");
  CHECK(read("Track A, Track F partial (Tasks 19-28)") == "track A, 19 to 28");
  CHECK(read("All PR tracks approved (PR-A through PR-F)") == "PR-A to PR-F");
  CHECK(read("Track A (foundation)") == "track A");
  CHECK(read("Task 3 (the loader)") == "3");
  CHECK(read("Task 3 (and 5)") == "3, {Task 3 (and 5)}");
}

TEST_CASE("all is everything before, unless it is all of something", "[tasks]") {
  CHECK(read("All") == "all");
  CHECK(read("All tracks complete") == "all");
  CHECK(read("All implementation tracks and code reviews") == "all");
  CHECK(read("All previous PR reviews approved") == "all");
  CHECK(read("All tasks in Track A") == "track A");
  CHECK(read("All of Tracks A-B") == "track A, track B");
  CHECK(read("All tracks and Task 3") == "all, 3");
}

TEST_CASE("none is said in several ways", "[tasks]") {
  CHECK(read("None") == "none");
  CHECK(read("none.") == "none");
  CHECK(read("No Dependencies") == "none");
  CHECK(read("N/A") == "none");
  CHECK(read("-") == "none");
  CHECK(read("None (can start immediately)") == "none");
  CHECK(read("None (waits for the database)") == "none, {None (waits for the database)}");
  CHECK(read("None, Task 3").find('{') != std::string::npos);
}

TEST_CASE("decoration is not read, whatever a write has made of it", "[tasks]") {
  CHECK(read("**Task 1**, `Task 2`") == "1, 2");
  CHECK(read("PR-A approved ✅") == "PR-A");
  CHECK(read("PR-A approved \x05") == "PR-A");
  CHECK(read("CR-A \xEF\xBF\xBD PR-A") == "CR-A, PR-A");
  CHECK(read("Tasks 1–3，5、6") == "1 to 3, 5, 6");
  CHECK(read("Track A（Tasks 1-2）") == "1 to 2");
  CHECK(read("PR-A =\x04") == "PR-A");
  CHECK(read("Task\xC2\xA0"
             "3, after：Task 4") == "3, 4");
}

TEST_CASE("letters of any script stay as they are, and broken ones go", "[tasks]") {
  CHECK(plain_text("Código и 核心: naïve") == "Código и 核心: naïve");
  CHECK(plain_text("a\xC3 b\xA9 c\xE2\x80") == "a  b  c  ");
  CHECK(plain_text("a 🚀 b\xF0\x9F") == "a   b  ");
  CHECK(find_invalid_utf8(plain_text("Núcleo \xE2\x86\x92 ядро \xFF\xC3")) == std::string::npos);
  CHECK(read("Código Track, Track Ядро") == "track Código, track Ядро");
}

TEST_CASE("what cannot be read is left over and never dropped", "[tasks]") {
  CHECK(read("the database migration") == "{the database migration}");
  CHECK(read("Task 3 once the API is stable") == "3, {Task 3 once the API is stable}");
  CHECK(read("Task") == "{Task}");
  CHECK(read("Tasks 1…5") == "1 to 5");
  CHECK(read("Tasks 1, 2, ...") == "1, 2, {Tasks 1, 2, ...}");
  CHECK(read("Task 3...") == "{Task 3...}");
  CHECK(read("CR-A if not approved") == "CR-A, {CR-A if not approved}");
  CHECK(read("CR-A → PR-A") == "CR-A, PR-A, {CR-A → PR-A}");
  CHECK(read("Groups 1-99999") == "{Groups 1-99999}");
  CHECK(read("") == "{}");
  CHECK(read("после задачи 3").find('{') != std::string::npos);
  CHECK(parse_expression("nonsense", 7).unread.front().line == 7);
}

TEST_CASE("keys that say what a task waits for, and those that may", "[tasks]") {
  for (const auto* key : {"dependencies", "depends on", "deps", "blocked-by", "waits for"}) {
    INFO(key);
    CHECK(needs_key(key) == NeedsKey::yes);
  }
  for (const auto* key : {"prerequisites", "requires", "needs", "after"}) {
    INFO(key);
    CHECK(needs_key(key) == NeedsKey::maybe);
  }
  CHECK(needs_key("requirements") == NeedsKey::no);
  CHECK(needs_key("") == NeedsKey::no);
  const auto possible = [](std::string_view text) {
    const auto expression = parse_possible_needs(text, 7);
    return expression ? shown(*expression) : "prose";
  };
  CHECK(possible("Task 3, CR-A approved") == "3, CR-A");
  CHECK(possible("2.1") == "2.1");
  CHECK(possible("Track A") == "track A");
  CHECK(possible("Go 1.22 or later") == "prose");
  CHECK(possible("3 retries") == "prose");
  CHECK(possible("None") == "prose");
  CHECK(possible("") == "prose");
  // Half of it is a dependency: better not run than run too early.
  CHECK(possible("Task 3 and some luck") == "3, {Task 3 and some luck}");
  CHECK(possible("CR-A, when it rains") == "CR-A, {CR-A, when it rains}");
}

TEST_CASE("parentheses without an end, and very many, are read in time", "[tasks]") {
  CHECK(read("Track A (Tasks 1-3") == "1 to 3");
  const auto deep = read(std::string(2000, '(') + "Task 1" + std::string(2000, ')'));
  CHECK(deep.find("Task 1") != std::string::npos);
  std::string many = "Tasks 1";
  for (int i = 2; i < 20'000; ++i) many += ", " + std::to_string(i);
  CHECK(parse_expression(many, 1).references.size() == 19'999);
}

TEST_CASE("what looks like an id", "[tasks]") {
  for (const auto* id :
       {"1", "1.10", "1.x.1", "2a", "T007a", "WP01", "CR-A", "PR1", "rw-final", "bd-05a8", "#42"}) {
    INFO(id);
    CHECK(is_task_id(id));
  }
  for (const auto* word : {"3rd", "loader", "CR", "CRA", "2025-01-01", "1..2", "", "-", "№1"}) {
    INFO(word);
    CHECK_FALSE(is_task_id(word));
  }
  CHECK(find_id_range("T001-T005")->second == "T005");
  CHECK_FALSE(find_id_range("CR-A"));
  CHECK_FALSE(find_id_range("bd-12"));
}
