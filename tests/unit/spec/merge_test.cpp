#include "spec/merge.h"

#include "spec/spec.h"
#include "support/catch.h"

#include <algorithm>
#include <random>

using namespace chant::spec;
using Catch::Contains;
using Strings = std::vector<std::string>;

namespace {

// Stands for git: no text is ever merged, everything is a conflict.
Merged mark(const Versions& texts) {
  return {"<<<<<<<\n" + texts.ours + "=======\n" + texts.theirs + ">>>>>>>\n", true};
}

std::string file(const std::string& yaml, const std::string& body = "# T\n\nText.\n") {
  return "---\n" + yaml + "---\n" + body;
}

Merged merge_files(const std::string& base, const std::string& ours, const std::string& theirs) {
  return merge({base, ours, theirs}, mark);
}

// The merged frontmatter of three, without a conflict.
std::string merge_yaml(const std::string& base, const std::string& ours,
                       const std::string& theirs) {
  const Merged merged = merge_files(file(base), file(ours), file(theirs));
  INFO(merged.text);
  CHECK_FALSE(merged.conflict);
  const auto end = merged.text.rfind("---\n# T");
  REQUIRE(end != std::string::npos);
  return merged.text.substr(4, end - 4);
}

bool conflicts(const std::string& base, const std::string& ours, const std::string& theirs) {
  return merge_files(file(base), file(ours), file(theirs)).conflict;
}

}  // namespace

TEST_CASE("of each key the side that changed it wins") {
  CHECK(merge_yaml("a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 1\nb: 2\n") == "a: 2\nb: 2\n");
  CHECK(merge_yaml("a: 1\nb: 1\nc: 1\n", "a: 1\nc: 1\n", "a: 1\nb: 1\n") == "a: 1\n");
  CHECK(merge_yaml("a: 1\n", "a: 1\nx: 1\n", "a: 1\ny: 1\n") == "a: 1\ny: 1\nx: 1\n");
  CHECK(merge_yaml("a: 1\nb: 1\n", "a: 2\nb: 1\n", "b: 1\nn: 1\na: 1\n") == "a: 2\nb: 1\nn: 1\n");
}

TEST_CASE("both sides may make the same change") {
  CHECK(merge_yaml("a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: '2'\nb: 2\n") == "a: 2\nb: 2\n");
  CHECK(merge_yaml("a: 1\nb: 1\n", "b: 1\n", "b: 2\n") == "b: 2\n");
}

TEST_CASE("a value that both sides changed differently is a conflict around its key") {
  const Merged merged =
      merge_files(file("a: 1\nb: 1\n"), file("a: 2\nb: 1\n"), file("a: 3\nb: 2\n"));
  CHECK(merged.conflict);
  CHECK(merged.text == "---\n<<<<<<<\na: 2\n=======\na: 3\n>>>>>>>\nb: 2\n---\n# T\n\nText.\n");
  CHECK(conflicts("a: 1\n", "", "a: 2\n"));
  CHECK(conflicts("a: {x: 1}\n", "a: {x: 2}\n", "a: {x: 3}\n"));
  CHECK_THROWS_WITH(parse_spec("x", merged.text, "x.md"), Contains("unresolved merge conflict"));
}

TEST_CASE("lists merge as sets against the base, in the style of ours") {
  CHECK(merge_yaml("l: [a, b]\n", "l: [a, b, c]\n", "l: [b, d]\n") == "l: [b, c, d]\n");
  CHECK(merge_yaml("labels:\n  - a # x\nb: 1\n", "labels:\n  - a # x\n  - c\nb: 1\n",
                   "labels: [a, d]\nb: 1\n") == "labels:\n  - a # x\n  - c\n  - d\nb: 1\n");
  CHECK(merge_yaml("b: 1\n", "b: 1\nlabels: [x]\n", "b: 1\nlabels:\n- z\n") ==
        "b: 1\nlabels: [x, z]\n");
  CHECK(merge_yaml("labels: a\n", "labels: [a, b]\n", "labels: c\n") == "labels: [b, c]\n");
  CHECK(merge_yaml("depends_on: [a]\n", "depends_on: []\n", "depends_on: [a, b]\n") ==
        "depends_on: [b]\n");
}

TEST_CASE("of two new statuses the one that says more wins, with its result") {
  const std::string base = "status: pending\n";
  const std::string done =
      "status: completed\ncommits: [a1]\ncompleted_at: 2026-01-01T00:00:00Z\nmodel: m\n";
  CHECK(merge_yaml(base, done, "status: cancelled\nmodel: n\n") == done);
  CHECK(merge_yaml(base, "status: cancelled\nmodel: n\nlabels: [x]\n", done) ==
        "status: completed\ncommits: [a1]\ncompleted_at: 2026-01-01T00:00:00Z\nmodel: m\n"
        "labels: [x]\n");
  CHECK(merge_yaml("status: in_progress\n", "status: pending\n", "status: failed\n") ==
        "status: failed\n");
  CHECK(merge_yaml(done, "status: pending\n", done + "labels: [x]\n") ==
        "status: pending\nlabels: [x]\n");
  CHECK(conflicts(base, "status: done\n", "status: completed\n"));
}

TEST_CASE("what belongs to a result follows the side that has it") {
  CHECK(merge_yaml("status: pending\nmodel: a\n", "status: pending\nmodel: b\n",
                   "status: completed\nmodel: c\ncommits: [a1]\n") ==
        "status: completed\nmodel: c\ncommits: [a1]\n");
}

TEST_CASE("a spec completed on both sides has the commits of both and the later time") {
  const auto done = [](const std::string& commit, const std::string& time) {
    return "status: completed\ncommits: [" + commit + "]\ncompleted_at: " + time + "\n";
  };
  CHECK(merge_yaml("status: pending\n", done("a1", "2026-01-01T00:00:00Z"),
                   done("b2", "2026-01-02T00:00:00Z")) ==
        "status: completed\ncommits: [a1, b2]\ncompleted_at: 2026-01-02T00:00:00Z\n");
}

TEST_CASE("comments and quoting of both sides stay") {
  CHECK(merge_yaml("# one\na: 1\n\n# two\nb: 1 # why\n# end\n",
                   "# one\na: 2\n\n# two\nb: 1 # why\n# end\n",
                   "# uno\na: 1\n\n# two\nb: '5' # because\nc: 1\n# fin\n") ==
        "# uno\na: 2\n\n# two\nb: '5' # because\nc: 1\n# fin\n");
  CHECK(merge_yaml("a: 1\nb: 1\n", "a: 1 # note\nb: 2\n", "a: 1\nb: 1\nc: 1\n") ==
        "a: 1 # note\nb: 2\nc: 1\n");
}

TEST_CASE("the body is merged as text, and only when both sides changed it") {
  const std::string base = file("a: 1\n", "# T\n"), other = file("a: 2\n", "# T\n");
  CHECK(merge_files(base, file("a: 1\n", "# U\n"), other).text == file("a: 2\n", "# U\n"));
  const Merged merged = merge_files(base, file("a: 1\n", "# U\n"), file("a: 2\n", "# V\n"));
  CHECK(merged.conflict);
  CHECK(merged.text == file("a: 2\n", "<<<<<<<\n# U\n=======\n# V\n>>>>>>>\n"));
}

TEST_CASE("line ends are those of ours") {
  const Merged merged =
      merge_files("---\na: 1\nb: 1\n---\n# T\n", "---\r\na: 1\r\nb: 2\r\n---\r\n# T\n",
                  "---\na: 1\nb: 1\nc: 3\n---\n# T\n");
  CHECK_FALSE(merged.conflict);
  CHECK(merged.text == "---\r\na: 1\r\nb: 2\r\nc: 3\r\n---\r\n# T\n");
}

TEST_CASE("frontmatter that one side adds or takes away") {
  CHECK(merge_files("# T\n", "# T\n\nMore.\n", file("a: 1\n", "# T\n")).text ==
        file("a: 1\n", "# T\n\nMore.\n"));
  CHECK(merge_files("# T\n", file("a: 1\n", "# T\n"), "# T\n\nMore.\n").text ==
        file("a: 1\n", "# T\n\nMore.\n"));
  CHECK(merge_files(file("a: 1\n", "# T\n"), file("a: 1\n", "# U\n"), "# T\n").text == "# U\n");
  CHECK(merge_files("", file("a: 1\n"), file("b: 1\n")).text == file("b: 1\na: 1\n"));
}

TEST_CASE("what cannot be read as a spec is merged as text") {
  const std::string good = file("a: 1\n"), bad = file("a: 1\na: 2\n"), one_line = file("{a: 1}\n");
  for (const auto& [base, ours, theirs] : std::vector<Versions>{{bad, good, one_line},
                                                                {good, bad, file("a: 3\n")},
                                                                {good, file("a: 3\n"), bad},
                                                                {"", "x\xff\n", good}}) {
    const Merged merged = merge_files(base, ours, theirs);
    CHECK(merged.text == mark({base, ours, theirs}).text);
  }
}

namespace {

// Random spec files over few keys, so that they often agree and often do not.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string next() {
    static const std::vector<Strings> kLines = {
        {"", "status: pending\n", "status: completed\n", "status: cancelled\n"},
        {"", "labels: [a]\n", "labels: [b, a]\n", "labels:\n  - c\n", "# l\nlabels: []\n"},
        {"", "commits: [a1]\n", "commits:\n- b2\n- a1\n"},
        {"", "model: x\n", "model: 'y' # z\n"},
        {"", "# p\npriority: 1\n", "priority: 2\n"},
        {"", "other:\n  k: [1]\n", "other: |\n  t\n"}};
    Strings parts;
    for (const auto& choices : kLines) parts.push_back(choices[random_() % choices.size()]);
    std::shuffle(parts.begin(), parts.end(), random_);
    std::string yaml;
    for (const auto& part : parts) yaml += part;
    return file(yaml, random_() % 2 == 0 ? "# T\n" : "# U\n");
  }

 private:
  std::mt19937 random_;
};

Strings sorted(Strings items) {
  std::sort(items.begin(), items.end());
  return items;
}

}  // namespace

TEST_CASE("merging is neutral where only one side changed, and takes no side") {
  Generator generator{20260122};
  for (int i = 0; i < 2000; ++i) {
    const std::string base = generator.next(), x = generator.next(), y = generator.next();
    INFO(base << "|" << x << "|" << y);
    CHECK(merge_files(base, x, x).text == x);
    CHECK(merge_files(base, base, x).text == x);
    CHECK(merge_files(base, x, base).text == x);
    const Merged one = merge_files(base, x, y), other = merge_files(base, y, x);
    REQUIRE(one.conflict == other.conflict);
    if (one.conflict) continue;
    const Spec a = parse_spec("x", one.text, "x"), b = parse_spec("x", other.text, "x");
    CHECK(a.status == b.status);
    CHECK(sorted(a.labels) == sorted(b.labels));
    CHECK(sorted(a.commits) == sorted(b.commits));
    CHECK(a.model == b.model);
    CHECK(a.priority == b.priority);
    CHECK(a.body_text() == b.body_text());
  }
}
