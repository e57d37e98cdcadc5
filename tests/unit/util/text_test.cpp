#include "util/text.h"

#include "process/command.h"
#include "support/catch.h"

#include <algorithm>

using namespace chant;

namespace {

std::vector<std::string> lines_of(const std::vector<std::string>& pieces, std::size_t max_line) {
  std::vector<std::string> lines;
  const auto take = [&](std::string_view line) { lines.emplace_back(line); };
  LineSplitter splitter(max_line);
  for (const std::string& piece : pieces) splitter.feed(piece, take);
  splitter.finish(take);
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("text is trimmed, split and joined", "[util]") {
  CHECK(trim(" \t a b \r\n") == "a b");
  CHECK(trim(" \n ").empty());
  CHECK(split("a,b,,", ',') == Lines{"a", "b", "", ""});
  CHECK(split("", ',') == Lines{""});
  CHECK(join({"a", "b"}, ", ") == "a, b");
  CHECK(join({}, ", ").empty());
  CHECK(lower("AbÉ") == "abÉ");
}

TEST_CASE("lines come out whole however the bytes arrive", "[util]") {
  const std::string text = "one\n\ntwo\nthree";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    Lines pieces;
    for (std::size_t at = 0; at < text.size(); at += size) pieces.push_back(text.substr(at, size));
    CHECK(lines_of(pieces, 100) == Lines{"one", "", "two", "three"});
  }
  CHECK(lines_of({"one\n"}, 100) == Lines{"one"});
  CHECK(lines_of({}, 100).empty());
}

TEST_CASE("a line that is too long comes in pieces and loses nothing", "[util]") {
  CHECK(lines_of({"abcdefg\nh"}, 3) == Lines{"abc", "def", "g", "h"});
  CHECK(lines_of({"abc\nd"}, 3) == Lines{"abc", "d"});
  const std::string endless(1000 * 1000, 'x');
  std::string all;
  for (const std::string& piece : lines_of({endless, endless}, 4096)) {
    REQUIRE(piece.size() <= 4096);
    all += piece;
  }
  CHECK(all.size() == 2 * endless.size());
}

TEST_CASE("a shell reads quoted text back as it was", "[util]") {
  const std::vector<std::string> words = {
      "",         "plain", "a b",       "it's", "''",          "$HOME `id` \"x\"", "a\nb",
      "-n",       "*?[a]", "tab\there", "~",    "a;b|c&d>e<f", "#comment",         "back\\sl",
      "!history", "é 日",  "a=b",       "end'", "{a,b}",       "\001\033["};
  std::string script = "printf '%s\\0'";
  for (const std::string& word : words) script += " " + shell_quoted(word);
  process::Command shell;
  shell.argv = {"sh", "-c", script};
  std::vector<std::string> read_back = split(process::run(shell).out, '\0');
  read_back.pop_back();
  CHECK(read_back == words);
  CHECK(shell_quoted("src/a-b_c.d:1") == "src/a-b_c.d:1");
}

TEST_CASE("counts take the plural where it belongs", "[util]") {
  CHECK(counted(0, "spec") == "0 specs");
  CHECK(counted(1, "spec") == "1 spec");
  CHECK(counted(2, "spec") == "2 specs");
}

TEST_CASE("a typo suggests the nearest word, something else suggests none", "[util]") {
  const std::vector<std::string> verbs = {"list", "log", "land", "reset"};
  CHECK(nearest("lst", verbs) == "list");
  CHECK(nearest("rest", verbs) == "reset");
  CHECK(nearest("lnad", verbs) == "land");
  CHECK(nearest("list", verbs) == "list");
  CHECK(nearest("frobnicate", verbs).empty());
  CHECK(nearest("x", {}).empty());
}
