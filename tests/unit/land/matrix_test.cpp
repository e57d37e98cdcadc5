#include "land/matrix.h"

#include "land/merge.h"
#include "support/catch.h"
#include "support/random_history.h"
#include "support/spec_repo.h"

#include <map>
#include <random>
#include <set>

using namespace chant;
using namespace chant::land;
using test::SpecRepo;

namespace {

Entry entry(const std::string& id, const std::string& tip) {
  Entry result;
  result.id = id;
  result.tip = tip;
  return result;
}

Matrix predicted(const SpecRepo& repo, const std::string& base, const std::vector<Entry>& entries) {
  record::Workspace workspace = repo.workspace();
  return predict(workspace, repo.path(), base, entries);
}

// "a b: path kind, path kind"; the target is "-".
std::vector<std::string> shown(const std::vector<Clash>& clashes) {
  std::vector<std::string> lines;
  for (const Clash& clash : clashes) {
    std::string line = clash.one + " " + (clash.other.empty() ? "-" : clash.other) + ":";
    for (const git::ConflictedPath& file : clash.files) line += " " + file.path + " " + file.kind;
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

// Every merge asked of git.
std::vector<Clash> all_pairs(const SpecRepo& repo, const std::string& base,
                             const std::vector<Entry>& entries) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::vector<Clash> questions, clashes;
  for (const Entry& one : entries) {
    pairs.emplace_back(base, one.tip);
    questions.push_back({one.id, "", {}});
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (std::size_t j = i + 1; j < entries.size(); ++j) {
      pairs.emplace_back(entries[i].tip, entries[j].tip);
      questions.push_back({entries[i].id, entries[j].id, {}});
    }
  }
  git::merge_pairs(repo.path(), pairs, [&](std::size_t i, const git::TreeMerge& merge) {
    if (merge.clean()) return;
    questions[i].files = merge.conflicts;
    clashes.push_back(questions[i]);
  });
  return clashes;
}

}  // namespace

TEST_CASE("the matrix says who conflicts with whom and with the target", "[matrix]") {
  const SpecRepo repo;
  const std::string fork = repo.oid("main");
  const std::vector<Entry> entries = {
      entry("a", repo.commit_on("a", fork, {{"file", "a\n"}})),
      entry("b", repo.commit_on("b", fork, {{"file", "b\n"}, {"new", "b\n"}})),
      entry("c", repo.commit_on("c", fork, {{"new", "c\n"}})),
      entry("d", repo.commit_on("d", fork, {{"other", "d\n"}})),
  };
  const std::string base = repo.commit({{"other", "main\n"}});
  const Matrix matrix = predicted(repo, base, entries);
  CHECK(matrix.ids == Lines{"a", "b", "c", "d"});
  CHECK(shown(matrix.clashes) ==
        Lines{"d -: other contents", "a b: file contents", "b c: new add/add"});
  CHECK(matrix.merges == 3);
}

TEST_CASE("what shares nothing is not asked of git", "[matrix]") {
  const SpecRepo repo;
  const std::string fork = repo.commit({{"sub/x", "1\n"}, {"top", "1\n"}});
  const std::vector<Entry> entries = {
      entry("a", repo.commit_on("a", fork, {{"sub/a", "a\n"}})),
      entry("b", repo.commit_on("b", fork, {{"sub/b", "b\n"}, {"file", "b\n"}})),
      entry("c", repo.commit_on("c", repo.commit({{"main", "1\n"}}), {{"top", "c\n"}})),
      entry("d", repo.commit_on("d", "a", {{"sub/a", "d\n"}})),  // on top of a
  };
  const Matrix matrix = predicted(repo, repo.oid("main"), entries);
  CHECK(matrix.clashes.empty());
  CHECK(matrix.merges == 0);
  CHECK(predicted(repo, repo.oid("main"), {}).ids.empty());
}

TEST_CASE("a new file in a directory that another branch renames is a conflict", "[matrix]") {
  const SpecRepo repo;
  const std::string fork = repo.commit({{"d/x", "some\nlines\nof\ntext\n"}});
  const std::string added = repo.commit_on("a", fork, {{"d/new", "a\n"}});
  repo.git("checkout -q -b b " + fork);
  repo.git("mv d e");
  const std::string renamed = repo.commit({});
  CHECK(shown(predicted(repo, fork, {entry("a", added), entry("b", renamed)}).clashes) ==
        Lines{"a b: e/new directory rename suggested"});
}

TEST_CASE("branches that share a commit are merged from there", "[matrix]") {
  const SpecRepo repo;
  const std::string fork = repo.oid("main");
  const std::string shared = repo.commit_on("shared", fork, {{"file", "shared\n"}});
  // Since the target's own commit the second has changed nothing.
  const std::string one = repo.commit_on("a", shared, {{"file", "a\n"}});
  const std::string other = repo.commit_on("b", shared, {{"file", "1\n"}});
  CHECK(shown(predicted(repo, fork, {entry("a", one), entry("b", other)}).clashes) ==
        Lines{"a b: file contents"});
}

TEST_CASE("a file where another branch has a directory is a conflict", "[matrix]") {
  const SpecRepo repo;
  const std::string fork = repo.oid("main");
  const std::string one = repo.commit_on("a", fork, {{"d", "a\n"}});
  const std::string other = repo.commit_on("b", fork, {{"d/x", "b\n"}});
  CHECK(predicted(repo, fork, {entry("a", one), entry("b", other)}).clashes.size() == 1);
}

TEST_CASE("a branch without common history conflicts with all", "[matrix]") {
  const SpecRepo repo;
  const std::string fork = repo.oid("main");
  const std::string one = repo.commit_on("a", fork, {{"new", "a\n"}});
  repo.git("checkout -q --orphan b");
  const std::string other = repo.commit({{"file", "b\n"}});
  CHECK(shown(predicted(repo, fork, {entry("b", other), entry("a", one)}).clashes) ==
        Lines{"b -:  unrelated histories", "b a:  unrelated histories"});
}

TEST_CASE("spec files are predicted as they will be merged: by key", "[matrix]") {
  const SpecRepo repo;
  const std::string fork = repo.commit_specs({"x"});
  const std::string path = record::spec_path("x");
  const auto with = [&](const std::string& branch, const std::string& keys) {
    return repo.commit_on(branch, fork, {{path, test::spec_text("Title of x", keys)}});
  };
  const std::vector<Entry> entries = {
      entry("a", with("a", "status: pending\nlabels: [a]\n")),
      entry("b", with("b", "status: completed\nlabels: [b]\n")),
      entry("c", with("c", "status: pending\nmodel: m\n")),
      entry("d", with("d", "model: n\nstatus: pending\n")),  // git alone would have both lines
  };
  CHECK(shown(predicted(repo, fork, entries).clashes) == Lines{"c d: " + path + " contents"});
}

TEST_CASE("random histories: pairs that are not asked would not have conflicted", "[matrix]") {
  std::size_t asked = 0, pairs = 0, conflicts = 0;
  for (unsigned seed = 0; seed < 25; ++seed) {
    const SpecRepo repo;
    const test::RandomHistory history(seed);
    process::Command import;
    import.argv = {"git", "fast-import", "--quiet", "--force"};
    import.cwd = repo.path();
    const process::Result result = process::run(import, history.stream());
    INFO(result.err);
    REQUIRE(process::succeeded(result.outcome));
    CAPTURE(seed);
    std::vector<Entry> entries;
    for (const char* name : {"a", "b", "c", "d", "e", "f", "g"}) {
      entries.push_back(entry(name, repo.oid(std::string("refs/heads/") + name)));
    }
    const std::string base = repo.oid("main");
    const Matrix matrix = predicted(repo, base, entries);
    const std::vector<Clash> all = all_pairs(repo, base, entries);
    REQUIRE(shown(matrix.clashes) == shown(all));
    asked += matrix.merges;
    pairs += 28;
    conflicts += all.size();
  }
  CHECK(asked < pairs * 3 / 4);
  CHECK(conflicts > pairs / 8);
}
