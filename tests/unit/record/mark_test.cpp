#include "record/mark.h"

#include "git/trailers.h"
#include "git/tree.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/text.h"

using namespace chant;

namespace {

const record::Mark kMark{"a", "m5x-1", "model-7"};
const std::vector<git::Trailer> kTrailers = {
    {"Chant-Spec", "a"}, {"Chant-Run", "m5x-1"}, {"Chant-Model", "model-7"}};

// A repository with a branch spec/a, and marking of what is on it.
struct Branch {
  test::SpecRepo repo;
  std::string base = repo.commit_specs({"a"});

  std::string add(const std::string& file, const std::string& message) const {
    return repo.commit_on("spec/a", base, {{file, message}}, message);
  }
  [[nodiscard]] std::vector<std::string> commits() const {
    std::vector<std::string> all =
        split(repo.git("rev-list --topo-order --reverse main..spec/a"), '\n');
    return all;
  }
  [[nodiscard]] std::optional<record::Marked> mark() const {
    record::Workspace workspace = repo.workspace();
    return record::mark_commits(workspace, commits(), {base}, kMark);
  }
  [[nodiscard]] std::string raw(const std::string& oid) const {
    return repo.git({"cat-file", "commit", oid});
  }
};

std::string headers(const std::string& raw) {
  std::string text;
  for (const std::string& line : split(raw.substr(0, raw.find("\n\n")), '\n')) {
    if (line.compare(0, 7, "parent ") != 0) text += line + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("commits that name no spec get the trailers and keep everything else", "[mark]") {
  Branch branch;
  branch.repo.environment().set("GIT_AUTHOR_DATE", "2001-02-03T04:05:06+0930");
  const std::string first = branch.add("one", "one");
  const std::string second = branch.add("two", "two\n\nbody\n\nSigned-off-by: A <a@b>");
  const auto marked = branch.mark();
  REQUIRE(marked);
  REQUIRE(marked->commits.size() == 2);
  CHECK(marked->tip == marked->commits[1]);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string before = branch.raw(i == 0 ? first : second);
    const std::string after = branch.raw(marked->commits[i]);
    CHECK(headers(after) == headers(before));
    CHECK(branch.repo.oid(marked->commits[i] + "^") == (i == 0 ? branch.base : marked->commits[0]));
  }
  const auto trailers =
      git::find_trailers(branch.repo.git({"log", "-1", "--format=%B", marked->tip}));
  REQUIRE(trailers.size() == 4);
  CHECK(std::vector<git::Trailer>(trailers.begin() + 1, trailers.end()) == kTrailers);
  CHECK(branch.repo.git("fsck --no-dangling").empty());
}

TEST_CASE("a commit that names its spec is left alone", "[mark]") {
  const Branch branch;
  const std::string named = branch.add("one", "one\n\nChant-Spec: a");
  CHECK_FALSE(branch.mark());
  const std::string bare = branch.add("two", "two");
  const auto marked = branch.mark();
  REQUIRE(marked);
  CHECK(marked->commits[0] == named);
  CHECK(marked->commits[1] != bare);
  CHECK(branch.repo.oid(marked->tip + "^") == named);
}

TEST_CASE("merges keep their parents, mapped", "[mark]") {
  const Branch branch;
  branch.add("one", "one");
  const std::string other = branch.repo.commit({{"else", "2\n"}}, "on the target");
  branch.repo.git("checkout -q spec/a");
  branch.repo.git({"merge", "-q", "--no-ff", "-m", "merge the target", "main"});
  branch.repo.git("checkout -q main");
  record::Workspace workspace = branch.repo.workspace();
  const auto marked =
      record::mark_commits(workspace, branch.commits(), {branch.base, other}, kMark);
  REQUIRE(marked);
  REQUIRE(marked->commits.size() == 2);
  CHECK(branch.repo.oid(marked->tip + "^1") == marked->commits[0]);
  CHECK(branch.repo.oid(marked->tip + "^2") == other);
}

TEST_CASE("the encoding of a message is kept", "[mark]") {
  const Branch branch;
  branch.repo.git("config i18n.commitEncoding ISO-8859-1");
  const std::string bare = branch.add("one", "caf\xe9");
  const auto marked = branch.mark();
  REQUIRE(marked);
  const std::string raw = branch.raw(marked->tip);
  CHECK(headers(raw) == headers(branch.raw(bare)));
  CHECK(raw.find("encoding ISO-8859-1\n") != std::string::npos);
  CHECK(raw.find("\n\ncaf\xe9\n\nChant-Spec: a\n") != std::string::npos);
}

TEST_CASE("signed commits are left as they are", "[mark]") {
  const Branch branch;
  branch.add("one", "one");
  const std::string tree = branch.repo.oid("spec/a^{tree}");
  const std::string content = "tree " + tree + "\nparent " + branch.repo.oid("spec/a") +
                              "\nauthor A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 "
                              "+0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n "
                              "-----END PGP SIGNATURE-----\n\nsigned\n";
  record::Workspace workspace = branch.repo.workspace();
  const std::string oid = workspace.store().write_object("commit", content);
  branch.repo.git("update-ref refs/heads/spec/a " + oid);
  CHECK_FALSE(branch.mark());
}

TEST_CASE("nothing is made again above a seal, or from an empty message", "[mark]") {
  const Branch branch;
  branch.add("one", "one");
  const std::string seal =
      branch.add("two", "chant(a): finalize\n\nChant-Spec: a\nChant-Seal: now");
  const std::string after = branch.add("three", "three");
  record::Workspace workspace = branch.repo.workspace();
  CHECK_FALSE(record::mark_commits(workspace, {after}, {branch.base}, kMark));
  CHECK(record::mark_commits(workspace, {after}, {seal}, kMark));
  CHECK(record::marked_message("", kMark).empty());
}

TEST_CASE("a run and a model that a message names stay the only ones", "[mark]") {
  CHECK(record::marked_message("t\n\nChant-Model: other\n", kMark) ==
        "t\n\nChant-Model: other\nChant-Spec: a\nChant-Run: m5x-1\n");
  CHECK(record::marked_message("t\n\nChant-Spec: b\n", kMark) ==
        "t\n\nChant-Spec: b\nChant-Spec: a\nChant-Run: m5x-1\nChant-Model: model-7\n");
  CHECK(record::marked_message("t\n", {"a", "", ""}) == "t\n\nChant-Spec: a\n");
  const std::string seal = "chant(a): finalize\n\nChant-Spec: a\nChant-Seal: now\n";
  CHECK(record::marked_message(seal, kMark) == seal);
  CHECK(record::marked_message("t\n", {"a", "", "two\nlines"}) ==
        "t\n\nChant-Spec: a\nChant-Model: two lines\n");
}

TEST_CASE("attempts have names of their own", "[mark]") {
  journal::Attempt attempt;
  attempt.number = 2;
  attempt.started = 1767322800000;
  const std::string name = record::run_name(attempt);
  CHECK(name == record::run_name(attempt));
  CHECK(name.substr(name.size() - 2) == "-2");
  attempt.started += 1;
  CHECK(record::run_name(attempt) != name);
}
