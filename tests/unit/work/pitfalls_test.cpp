#include "work/pitfalls.h"

#include "support/catch.h"

using namespace chant;
using namespace chant::work;
using Kind = sched::EndedSpec::Kind;

namespace {

sched::EndedSpec ended(const std::string& id, Kind kind, const std::string& exit_class = "",
                       const std::string& reason = "") {
  return {id, kind, "", exit_class, reason, ""};
}

journal::Attempt attempt(const std::string& id, const std::string& exit_class,
                         std::int64_t started = 1, const std::string& reason = "") {
  journal::Attempt made;
  made.spec = id;
  made.agent = "main";
  made.exit_class = exit_class;
  made.started = started;
  made.ended = started + 1;
  made.reason = reason;
  return made;
}

// "severity kind spec: text".
std::vector<std::string> shown(const RunFacts& facts) {
  std::vector<std::string> lines;
  for (const Pitfall& one : detect(facts)) {
    lines.push_back(std::string(name_of(one.severity)) + " " + one.kind + " " + one.spec + ": " +
                    one.text);
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a run in which all went well has no pitfalls", "[pitfalls]") {
  RunFacts facts;
  facts.specs = {ended("a", Kind::completed, "ok"), ended("b", Kind::finished, "ok"),
                 ended("c", Kind::skipped, "ok")};
  facts.attempts = {attempt("a", "ok"), attempt("b", "ok")};
  CHECK(detect(facts).empty());
}

TEST_CASE("each class of API errors is named, and once for a spec", "[pitfalls]") {
  RunFacts facts;
  facts.specs = {ended("a", Kind::failed, "rate_limited"), ended("b", Kind::failed, "overloaded"),
                 ended("c", Kind::failed, "auth"), ended("d", Kind::failed, "rate_limited")};
  facts.attempts = {attempt("a", "rate_limited", 1, "429: too many Concurrent requests"),
                    attempt("a", "rate_limited", 2, "429: too many concurrent requests"),
                    attempt("b", "overloaded"), attempt("c", "auth"),
                    attempt("d", "rate_limited", 1, "usage limit reached")};
  facts.specs.push_back(ended("z", Kind::completed, "ok"));
  CHECK(shown(facts) == Lines{"high api_error a: API concurrency error (retryable)",
                              "high api_error b: API overload or network error (retryable)",
                              "high api_error c: API login error on 'main'",
                              "high api_error d: API rate limit (retryable)",
                              "medium partial_failure : 4 of 5 specs did not succeed"});
}

TEST_CASE("an API error is of little weight when the spec came through later", "[pitfalls]") {
  RunFacts facts;
  facts.specs = {ended("a", Kind::completed, "ok")};
  facts.attempts = {attempt("a", "rate_limited"), attempt("a", "ok", 5)};
  CHECK(shown(facts) == Lines{"low api_error a: API rate limit (retryable), came through later"});
}

TEST_CASE("a conflict names what it is with, and of two that wait the later one", "[pitfalls]") {
  RunFacts facts;
  facts.specs = {ended("a", Kind::completed, "ok"),       ended("b", Kind::attention, "conflict"),
                 ended("c", Kind::finished, "ok"),        ended("d", Kind::finished, "ok"),
                 ended("e", Kind::attention, "conflict"), ended("f", Kind::finished, "ok")};
  facts.conflicts = {{"a", {"b"}}, {"b", {"a"}}, {"c", {"d"}}, {"d", {"c"}}, {"f", {}}};
  CHECK(shown(facts) == Lines{"high merge_conflict b: Merge conflict with a",
                              "high merge_conflict d: Merge conflict with c",
                              "high merge_conflict e: Merge conflict with the target",
                              "high merge_conflict f: Merge conflict with the target",
                              "medium partial_failure : 2 of 6 specs did not succeed"});
}

TEST_CASE("a spec that ran before its dependency was completed is a violation", "[pitfalls]") {
  RunFacts facts;
  facts.specs = {ended("a", Kind::completed, "ok"), ended("b", Kind::completed, "ok"),
                 ended("c", Kind::completed, "ok"), ended("d", Kind::skipped)};
  facts.attempts = {attempt("a", "ok", 100), attempt("b", "ok", 150), attempt("c", "ok", 200)};
  facts.depends_on = {{"b", {"a"}}, {"c", {"a", "outside"}}, {"d", {"a"}}};
  facts.landed_at = {{"a", 200}, {"b", 300}, {"c", 300}};
  CHECK(shown(facts).front() ==
        "high dependency_violation b: Ran before its dependency a was completed");
  CHECK(shown(facts).size() == 2);
}

TEST_CASE("a spec that ran although its dependency failed is a violation", "[pitfalls]") {
  RunFacts facts;
  facts.specs = {ended("a", Kind::failed, "no_commit"), ended("b", Kind::completed, "ok")};
  facts.attempts = {attempt("a", "no_commit"), attempt("b", "ok", 5)};
  facts.depends_on = {{"b", {"a"}}};
  CHECK(shown(facts).front() ==
        "high dependency_violation b: Ran before its dependency a was completed");
}

TEST_CASE("a failure is partial only when something else succeeded", "[pitfalls]") {
  RunFacts facts;
  facts.specs = {ended("a", Kind::failed, "failed"), ended("b", Kind::failed, "failed")};
  CHECK(shown(facts) == Lines{"high total_failure : 2 of 2 specs did not succeed"});
  facts.unit = "task";
  CHECK(shown(facts) == Lines{"high total_failure : 2 of 2 tasks did not succeed"});
  facts.unit = "spec";
  facts.specs.push_back(ended("c", Kind::completed, "ok"));
  CHECK(shown(facts) == Lines{"medium partial_failure : 2 of 3 specs did not succeed"});
}

TEST_CASE("what was left in worktrees is told by how much it matters", "[pitfalls]") {
  RunFacts facts;
  facts.specs = {ended("a", Kind::attention, "leftovers", "2 files"),
                 ended("b", Kind::attention, "leftovers", "1 file"),
                 ended("c", Kind::failed, "failed"), ended("z", Kind::completed, "ok")};
  facts.attempts = {attempt("a", "leftovers"), attempt("b", "leftovers"), attempt("c", "failed"),
                    attempt("d", "rate_limited")};
  facts.uncommitted = {{"a", "/w/a"}};
  facts.worktrees = {{"a", "/w/a"}, {"c", "/w/c"}, {"d", "/w/d"}};
  CHECK(shown(facts) == Lines{"medium uncommitted_changes a: Uncommitted work in '/w/a'",
                              "medium leftovers b: Left uncommitted work: 1 file",
                              "medium partial_failure : 3 of 4 specs did not succeed",
                              "low stale_worktree c: Worktree not cleaned up",
                              "low stale_worktree d: Worktree not cleaned up"});
}

TEST_CASE("tampering and closed accounts are told", "[pitfalls]") {
  RunFacts facts;
  facts.specs = {ended("a", Kind::attention, "tampered", "'hooks/x' was changed")};
  facts.closed = {{"alt1", 1'800'000'000'000, "usage limit"},
                  {"alt2", std::numeric_limits<std::int64_t>::max(), ""}};
  CHECK(shown(facts) ==
        Lines{"high tampered a: Tampering: 'hooks/x' was changed",
              "high total_failure : 1 of 1 spec did not succeed",
              "medium closed_account : Account 'alt1' is closed until 2027-01-15T08:00:00Z: usage "
              "limit",
              "medium closed_account : Account 'alt2' is closed"});
}

TEST_CASE("pitfalls come back from their JSON", "[pitfalls]") {
  const std::vector<Pitfall> all = {
      {"api_error", Severity::high, "a", "text \"quoted\" \xff", "git chant work a"},
      {"stale_worktree", Severity::low, "", "", ""}};
  const auto back = pitfalls_of_json(to_json(all));
  REQUIRE(back.size() == 2);
  CHECK(back[0].kind == "api_error");
  CHECK(back[0].severity == Severity::high);
  CHECK(back[0].spec == "a");
  CHECK(back[0].text == "text \"quoted\" \xef\xbf\xbd");
  CHECK(back[0].next == "git chant work a");
  CHECK(back[1].severity == Severity::low);
}

TEST_CASE("what is no JSON of ours has no pitfalls", "[pitfalls]") {
  for (const char* text : {"", "{", "{}", "[1, \"x\"]", "null"})
    CHECK(pitfalls_of_json(text).empty());
}
