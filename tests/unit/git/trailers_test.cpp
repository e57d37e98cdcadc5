#include "git/trailers.h"

#include "support/catch.h"
#include "support/git_repo.h"

#include <algorithm>
#include <sstream>

using namespace chant;
using git::Trailer;

namespace {

const Trailer kSpec{"Chant-Spec", "2026-01-22-001-x7m"};
const Trailer kModel{"Chant-Model", "model-7 (fast)"};
const std::vector<Trailer> kBoth = {kSpec, kModel};
const std::vector<std::string> kKeys = {"Chant-Spec", "Chant-Run", "Chant-Model"};

const std::string kTemplate =
    "\n# Please enter the commit message for your changes. Lines starting\n"
    "# with '#' will be ignored.\n#\n# On branch main\n#\n";
const std::string kVerbose =
    "# ------------------------ >8 ------------------------\n"
    "# Do not modify or remove the line above.\n"
    "diff --git a/file b/file\n--- a/file\n+++ b/file\n@@ -1 +1 @@\n-Foo: 1\n+Bar: 2\n";

// Messages that tempt a parser of trailers.
const std::vector<std::string>& nasty_messages() {
  static const std::vector<std::string> messages = {
      "title",
      "title\n",
      "title\n\n",
      "fix: title that looks like a trailer",
      "fix: title\nsecond: line of the title\n",
      "\n\nfix: after blank lines\n",
      "title\n\nbody without a newline at its end",
      "title\n\nbody\n\n\n\n",
      "title\n\nSigned-off-by: A <a@example.com>\n",
      "title\n\nSigned-off-by: A <a@example.com>",
      "title\n\nbody\n\nReviewed-by: B\nSigned-off-by: A <a@example.com>\n\n",
      "title\n\nbody\nSigned-off-by: A <a@example.com>\nmore\nand more\n",
      "title\n\nmany\nlines\nof\ntext\nSigned-off-by: A <a@example.com>\n",
      "title\n\nnot a block: it has\na second line\n",
      "title\n\nKey: value\n continued\n  and again\n",
      "title\n\n indented first\nKey: value\n",
      "title\n\nKey: value\n\nlast paragraph\n",
      "title\n\nhttps://example.com/a:b\n",
      "title\n\nKey : value with a blank before\n",
      "title\n\nKey with blanks: value\n",
      "title\n\n(cherry picked from commit 0123456789012345678901234567890123456789)\n",
      "title\n\nbody\n\n(cherry picked from commit "
      "0123456789012345678901234567890123456789)\ntext\n",
      "title\n\nbody\n---\nnot a patch\n",
      "title\n\nbody\n\n---\n\nCo-authored-by: C <c@example.com>\n",
      "title\n\n* one\n* two\n",
      "title\n\nChant-Spec: another\n",
      "title\n\nchant-spec: 2026-01-22-001-x7m\n",
      "title\n\nChant-Spec: 2026-01-22-001-x7m",
      "title\nChant-Spec: 2026-01-22-001-x7m\n",
      "title\n\nChant-Spec: 2026-01-22-001-x7m\n\nbut not in the last paragraph\n",
      "title\n\n\xc3\xa4\xc3\xb6\xc3\xbc \xf0\x9f\x98\x80\n",
      "title\n\nKey: value\n\t\n",
      "title\n\nConflicts:\n\tfile: name\n",
      "title\n\nKey: value\n\nConflicts:\n\tfile\n\tother\n",
      "fixup! title\n",
      "Squashed commit of the following:\n\ncommit 1\nAuthor: A\n\n    title\n    \n    Key: "
      "value\n",
  };
  return messages;
}

std::vector<Trailer> parsed(const std::string& lines) {
  std::vector<Trailer> trailers;
  std::istringstream text(lines);
  for (std::string line; std::getline(text, line);) {
    const auto colon = line.find(": ");
    if (colon != std::string::npos)
      trailers.push_back({line.substr(0, colon), line.substr(colon + 2)});
  }
  return trailers;
}

// What git itself sees in a commit with exactly this message.
std::vector<Trailer> seen_by_git(const test::GitRepo& repo, const std::string& message) {
  const std::string tree = git::output(repo.path(), {"write-tree"});
  const std::string commit = git::output(repo.path(), {"commit-tree", tree}, message);
  return parsed(repo.git({"log", "-1", "--format=%(trailers:unfold,only)", commit}));
}

std::size_t count(const std::vector<Trailer>& trailers, const Trailer& wanted) {
  return static_cast<std::size_t>(std::count(trailers.begin(), trailers.end(), wanted));
}

}  // namespace

TEST_CASE("git sees the trailers that were added to any message", "[trailers]") {
  const test::GitRepo repo;
  for (const std::string& message : nasty_messages()) {
    CAPTURE(message);
    const std::string text = git::with_trailers(message, kBoth);
    const auto by_git = seen_by_git(repo, text);
    CHECK(count(by_git, kModel) == 1);
    const Trailer lower_case{"chant-spec", kSpec.value};
    CHECK(count(by_git, kSpec) + count(by_git, lower_case) == 1);
    CHECK(git::find_trailers(text) == by_git);
    CHECK(git::with_trailers(text, kBoth) == text);
    // `git interpret-trailers` takes a line of dashes for the beginning of a patch.
    if (message.find("---") == std::string::npos) {
      const auto again = parsed(git::output(repo.path(), {"interpret-trailers", "--parse"}, text));
      CHECK(again == by_git);
    }
  }
}

TEST_CASE("trailers are found as git finds them", "[trailers]") {
  const test::GitRepo repo;
  for (const std::string& message : nasty_messages()) {
    CAPTURE(message);
    CHECK(git::find_trailers(message) == seen_by_git(repo, message));
  }
}

TEST_CASE("adding trailers changes nothing else in a message", "[trailers]") {
  // Without the added lines and without line ends, which may be added before them.
  const auto rest = [](std::string text) {
    for (const Trailer& one : kBoth) {
      const std::string line = one.key + ": " + one.value;
      const auto at = text.find(line);
      if (at != std::string::npos) text.erase(at, line.size());
    }
    text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
    return text;
  };
  for (const std::string& message : nasty_messages()) {
    CAPTURE(message);
    if (message.find(kSpec.value) != std::string::npos) continue;
    CHECK(rest(git::with_trailers(message, kBoth)) == rest(message));
  }
}

TEST_CASE("a trailer block goes on, another paragraph is kept apart", "[trailers]") {
  CHECK(git::with_trailers("title", {kSpec}) == "title\n\nChant-Spec: 2026-01-22-001-x7m\n");
  CHECK(git::with_trailers("title\n\nKey: v", {kSpec}) ==
        "title\n\nKey: v\nChant-Spec: 2026-01-22-001-x7m\n");
  CHECK(git::with_trailers("title\n\nbody\n\n", {kSpec}) ==
        "title\n\nbody\n\nChant-Spec: 2026-01-22-001-x7m\n\n");
}

TEST_CASE("line ends of a message are kept", "[trailers]") {
  CHECK(git::with_trailers("title\r\n\r\nbody\r\n", {kSpec}) ==
        "title\r\n\r\nbody\r\n\r\nChant-Spec: 2026-01-22-001-x7m\r\n");
  CHECK(git::with_trailers("title\r\n\r\nKey: v\r\n", {kSpec}) ==
        "title\r\n\r\nKey: v\r\nChant-Spec: 2026-01-22-001-x7m\r\n");
  const test::GitRepo repo;
  CHECK(count(seen_by_git(repo, git::with_trailers("title\r\n\r\nbody\r\n", kBoth)), kSpec) == 1);
}

TEST_CASE("trailers go before comments, the scissors line and the diff", "[trailers]") {
  const std::string wanted = "title\n\nChant-Spec: 2026-01-22-001-x7m\n";
  CHECK(git::with_trailers("title\n" + kTemplate, {kSpec}) == wanted + kTemplate);
  CHECK(git::with_trailers("title\n" + kTemplate + kVerbose, {kSpec}) ==
        wanted + kTemplate + kVerbose);
  CHECK(git::with_trailers("title\n" + kVerbose, {kSpec}) == wanted + "\n" + kVerbose);
  CHECK(git::find_trailers("title\n\nKey: v\n" + kTemplate + kVerbose) ==
        std::vector<Trailer>{{"Key", "v"}});
}

TEST_CASE("comments begin as git is configured", "[trailers]") {
  const std::string other = "\n// Please enter\n//\n";
  CHECK(git::with_trailers("title\n" + other, {kSpec}, "//") ==
        "title\n\nChant-Spec: 2026-01-22-001-x7m\n" + other);
  CHECK(git::with_trailers("title\n\n# heading\n", {kSpec}, ";") ==
        "title\n\n# heading\n\nChant-Spec: 2026-01-22-001-x7m\n");
  CHECK(git::comment_prefix("title\n", "") == "#");
  CHECK(git::comment_prefix("title\n", "//") == "//");
  CHECK(git::comment_prefix("# title\n\n; Please enter\n;\n", "auto") == ";");
  CHECK(git::comment_prefix("title\n", "auto") == "#");
  CHECK(git::comment_prefix("# t\n; ------------------------ >8 ------------------------\nx\n",
                            "auto") == ";");
}

TEST_CASE("a message that git would not commit gets no trailers", "[trailers]") {
  for (const std::string& message :
       {std::string(), std::string("\n"), kTemplate, "\n" + kTemplate + kVerbose,
        "\n\nSigned-off-by: A <a@example.com>\n" + kTemplate}) {
    CAPTURE(message);
    CHECK(git::is_blank_message(message));
    CHECK(git::with_trailers(message, kBoth) == message);
  }
  CHECK_FALSE(git::is_blank_message("x\n" + kTemplate));
}

TEST_CASE("trailers of squashed commits are brought to the end, each once", "[trailers]") {
  const std::string list =
      "Squashed commit of the following:\n\ncommit 2\nAuthor: A <a@example.com>\n\n    two\n    \n"
      "    Chant-Spec: a\n    Chant-Model: m\n\ncommit 1\nAuthor: A <a@example.com>\n\n    one\n"
      "    \n    Chant-Spec: a\n    Chant-Spec: b\n    Signed-off-by: A\n";
  const std::vector<Trailer> wanted = {
      {"Chant-Spec", "a"}, {"Chant-Model", "m"}, {"Chant-Spec", "b"}};
  CHECK(git::find_listed_trailers(list, kKeys) == wanted);
  const std::string text = git::hoist_trailers(list + kTemplate, kKeys);
  CHECK(text == list + "\nChant-Spec: a\nChant-Model: m\nChant-Spec: b\n" + kTemplate);
  CHECK(git::hoist_trailers(text, kKeys) == text);
  const test::GitRepo repo;
  CHECK(seen_by_git(repo, git::hoist_trailers(list, kKeys)) == wanted);
  CHECK(git::hoist_trailers("title\n\nbody\n", kKeys) == "title\n\nbody\n");
}

TEST_CASE("trailers between the messages of a rebase squash are moved", "[trailers]") {
  const std::string squash =
      "# This is a combination of 2 commits.\n# This is the 1st commit message:\n\nfirst\n\n"
      "Chant-Spec: a\nKey: v\n\n# This is the commit message #2:\n\nsecond\n\nChant-Spec: a\n";
  CHECK(git::hoist_trailers(squash, kKeys) ==
        "# This is a combination of 2 commits.\n# This is the 1st commit message:\n\nfirst\n\n"
        "Key: v\n\n# This is the commit message #2:\n\nsecond\n\nChant-Spec: a\n");
  CHECK(git::hoist_trailers("first\n\nChant-Spec: a\n\nsecond\n", kKeys) ==
        "first\n\nsecond\n\nChant-Spec: a\n");
}
