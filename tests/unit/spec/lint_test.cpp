#include "spec/lint.h"

#include "support/catch.h"
#include "util/error.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace fs = std::filesystem;
using namespace chant::spec;
using Catch::Contains;
using Strings = std::vector<std::string>;

namespace {

const std::string kCriteria = "\n## Acceptance Criteria\n\n- [ ] Done\n";

std::string text_of(const std::string& yaml, const std::string& body = "# T\n" + kCriteria) {
  return "---\n" + yaml + "---\n" + body;
}

SpecFiles files_of(const std::map<std::string, std::string>& texts) {
  SpecFiles files;
  for (const auto& [id, text] : texts) {
    Item item;
    try {
      item.spec = parse_spec(id, text, ".chant/specs/" + id + ".md");
    } catch (const chant::Error& error) {
      item.spec.id = id;
      item.broken = error.what();
    }
    files.items.emplace(id, std::move(item));
  }
  return files;
}

Strings lines(const std::map<std::string, std::string>& texts) {
  Strings result;
  for (const Finding& finding : lint(files_of(texts))) result.push_back(line_of(finding));
  return result;
}

// What is said about one spec, without its path.
Strings said(const std::string& text) {
  Strings result;
  for (const std::string& line : lines({{"x", text}})) {
    REQUIRE(line.rfind(".chant/specs/x.md:", 0) == 0);
    result.push_back(line.substr(18));
  }
  return result;
}

}  // namespace

TEST_CASE("nothing is said about a good spec") {
  CHECK(said(text_of("type: code\nstatus: pending\n")).empty());
  CHECK(said("\xEF\xBB\xBF" + text_of("status: pending\n")).empty());
  CHECK(said("# T\n" + kCriteria).empty());
  CHECK(said(text_of("type: whatever\nmine: 1\n")).empty());
}

TEST_CASE("a title must be there") {
  CHECK(said(text_of("a: b\n", "## T\n" + kCriteria)) ==
        Strings{" error: there is no title ('# …')"});
  CHECK(said(text_of("a: b\n", "# x\n" + kCriteria)).empty());
}

TEST_CASE("a status must be one that means something in a file") {
  CHECK(said(text_of("type: code\nstatus: complete\n")) ==
        Strings{"3: error: unknown status 'complete'; did you mean 'completed'?"});
  CHECK(said(text_of("status: whatever\n")) == Strings{"2: error: unknown status 'whatever'"});
  CHECK(said(text_of("status: ready\n")) ==
        Strings{"2: warning: status 'ready' is computed: in the file it means 'pending'"});
  for (const char* status : {"pending", "in_progress", "failed", "needs_attention", "paused"}) {
    CHECK(said(text_of(std::string("status: ") + status + "\n")).empty());
  }
}

TEST_CASE("a file that cannot be read is said with the line") {
  CHECK(said("---\nstatus: pending\na: 1\nstatus: failed\n---\n# T\n") ==
        Strings{"4: error: duplicate key 'status'"});
  CHECK_THAT(said("---\na: 1\nstatus: [\n---\n# T\n").at(0), Contains("error: "));
  CHECK(said("---\na: 1\n# T\n") ==
        Strings{"1: error: the frontmatter is not closed: there is no second '---' line"});
  CHECK(said("# T\n\nx\xff\n") == Strings{"3: error: not UTF-8 at byte 6"});
  CHECK(said(std::string(kMaxSpecBytes + 1, 'x')) ==
        Strings{"1: error: larger than 1048576 bytes"});
  CHECK(said("---\npriority: 010\n---\n# T\n").size() == 1);
}

TEST_CASE("dependencies must exist, for what is still to be done") {
  const std::string good = text_of("");
  CHECK(lines({{"a", text_of("depends_on: [b, gone]\n")}, {"b", good}}) ==
        Strings{".chant/specs/a.md:2: error: dependency 'gone' does not exist"});
  CHECK(lines({{"a", text_of("depends_on:\n  - x7m\n  - gone\n")}, {"2026-x7m", good}}) ==
        Strings{".chant/specs/a.md:4: error: dependency 'gone' does not exist"});
  CHECK(lines({{"a", text_of("depends_on: [x]\n")}, {"1-x", good}, {"2-x", good}}) ==
        Strings{".chant/specs/a.md:2: error: dependency 'x' is ambiguous"});
  CHECK(lines({{"a", text_of("status: completed\ncommits: [a1]\ndepends_on: [gone]\n")}}) ==
        Strings{".chant/specs/a.md:4: note: dependency 'gone' does not exist"});
  CHECK(lines({{"a", text_of("depends_on: [b]\n")}, {"b", "---\n"}}).size() == 1);
}

TEST_CASE("every spec of a dependency cycle is named, and every cycle") {
  CHECK(lines({{"a", text_of("depends_on: [b]\n")},
               {"b", text_of("labels: [x]\ndepends_on: [a]\n")},
               {"c", text_of("depends_on: [c]\n")},
               {"d", text_of("depends_on: [a]\n")}}) ==
        Strings{".chant/specs/a.md:2: error: dependency cycle: a -> b -> a",
                ".chant/specs/b.md:3: error: dependency cycle: a -> b -> a",
                ".chant/specs/c.md:2: error: dependency cycle: c -> c"});
  CHECK_THAT(lines({{"g", text_of("depends_on: [o]\n")},
                    {"g.1", text_of("")},
                    {"o", text_of("depends_on: [g]\n")}})
                 .at(0),
             Contains("dependency cycle"));
}

TEST_CASE("a cycle of many specs, and many cycles, stay readable") {
  std::map<std::string, std::string> texts;
  for (int i = 0; i < 300; ++i) {
    texts["c" + std::to_string(i)] =
        text_of("depends_on: [c" + std::to_string((i + 1) % 300) + "]\n");
    texts["s" + std::to_string(i)] = text_of("depends_on: [s" + std::to_string(i) + "]\n");
  }
  const Strings all = lines(texts);
  CHECK(all.size() > 300);
  for (const std::string& line : all) CHECK(line.size() < 150);
}

TEST_CASE("a spec that is still to be done should have criteria") {
  const Strings warning{
      " warning: there are no criteria: nothing says when this is done ('## Acceptance "
      "Criteria')"};
  CHECK(said(text_of("", "# T\n")) == warning);
  CHECK(said(text_of("criteria: ignore\n", "# T\n")).empty());
  CHECK(said(text_of("status: cancelled\n", "# T\n")).empty());
  CHECK(said(text_of("status: completed\ncommits: [a1]\n", "# T\n")).empty());
  CHECK(said(text_of("type: driver\n", "# T\n")).empty());
  CHECK(lines({{"g", text_of("", "# T\n")}, {"g.1", text_of("")}}).empty());
}

TEST_CASE("completed without commits is a note") {
  CHECK(said(text_of("status: completed\n")) == Strings{"2: note: completed without commits"});
  CHECK(said(text_of("status: completed\ncommit: a1\n")).empty());
}

TEST_CASE("a key that looks like a slip is a note") {
  CHECK(said(text_of("depend_on: [x]\n")) ==
        Strings{"2: note: unknown key 'depend_on'; did you mean 'depends_on'?"});
  CHECK(said(text_of("Status: x\n")) ==
        Strings{"2: note: unknown key 'Status'; did you mean 'status'?"});
}

TEST_CASE("conflict markers are an error, but not in code") {
  CHECK(said(text_of("", "# T\n<<<<<<< ours\n" + kCriteria)) ==
        Strings{"4: error: unresolved merge conflict"});
  CHECK(said(text_of("", "# T\n\n```\n<<<<<<< ours\n```\n" + kCriteria)).empty());
  CHECK(said("---\n<<<<<<< ours\n---\n# T\n") == Strings{"2: error: unresolved merge conflict"});
}

TEST_CASE("characters that are not shown are a warning") {
  const auto warned = [](const std::string& bytes) {
    const Strings all = said(text_of("", "# T " + bytes + " x\n" + kCriteria));
    return all == Strings{"3: warning: control, bidirectional or invisible characters in 1 line"};
  };
  CHECK(warned("\033[31m"));
  CHECK(warned("\xE2\x80\xAE"));      // right-to-left override
  CHECK(warned("\xE2\x80\x8B"));      // zero-width space
  CHECK(warned("\xF3\xA0\x81\x81"));  // tag
  CHECK(warned("a\xE2\x80\x8D"));     // a joiner that joins nothing
  CHECK_FALSE(warned("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB"));  // an emoji
  CHECK(said(text_of("", "# T\r\n\tx\r\n" + kCriteria)).empty());
}

TEST_CASE("ids are unique without regard to case, and file names are ids") {
  CHECK(lines({{"Ab", text_of("")}, {"aB", text_of("")}}) ==
        Strings{".chant/specs/Ab.md: error: the same id as 'aB' but for case",
                ".chant/specs/aB.md: error: the same id as 'Ab' but for case"});
  SpecFiles files;
  files.strange_names = {"no spec.md"};
  REQUIRE(lint(files).size() == 1);
  CHECK(line_of(lint(files)[0]) ==
        ".chant/specs/no spec.md: error: the file name is not a valid spec id");
}

TEST_CASE("every real spec lints without an error") {
  const char* directory = std::getenv("CHANT_SPEC_CORPUS");
  if (directory == nullptr || !fs::is_directory(directory)) {
    WARN("CHANT_SPEC_CORPUS names no directory: nothing was tested");
    return;
  }
  std::map<std::string, std::string> texts;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() != ".md") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    texts[entry.path().stem()] = text.str();
  }
  REQUIRE(texts.size() > 400);
  for (const Finding& finding : lint(files_of(texts))) {
    INFO(line_of(finding));
    CHECK(finding.severity != Severity::error);
    CHECK(finding.rule != "key");
  }
}

TEST_CASE("a command of a criterion that is never run is a warning") {
  const std::string head = "# T\n\n## Acceptance Criteria\n\n";
  CHECK(said(text_of("a: b\n", head + "- [ ] A `run: make`\n")).empty());
  CHECK(said(text_of("a: b\n", head + "- [ ] `run: make` is good\n")) ==
        Strings{"8: warning: `run: make` is never run: only a criterion that ends with `run: "
                "<command>` is"});
  CHECK(said(text_of("status: cancelled\n", head + "- [ ] `run: make` is good\n")).empty());
}
