#include "hook/snippet.h"

#include "support/catch.h"

#include <string>
#include <vector>

using namespace chant::hook;

namespace {

const std::vector<std::string> kEvents = {"post-merge",    "post-commit",        "post-rewrite",
                                          "post-checkout", "prepare-commit-msg", "pre-commit"};

std::string with_all(std::string text) {
  for (const std::string& event : kEvents) {
    const auto next = with_lefthook_command(text, event);
    REQUIRE(next);
    text = *next;
  }
  return text;
}

}  // namespace

TEST_CASE("a block is taken out of a text again", "[hook]") {
  for (const std::string text : {"", "a\n", "a\nb\n", "\n\n", "#!/bin/sh\nexec x\n"}) {
    CAPTURE(text);
    const std::string end = with_block_at_end(text, "one\ntwo\n");
    const std::string start = with_block_at_start(text, "one\ntwo\n");
    CHECK(has_block(end));
    CHECK(end.substr(0, text.size()) == text);
    CHECK(without_blocks(end) == text);
    CHECK(without_blocks(start) == text);
    CHECK(without_blocks(with_block_at_end(start, "three\n")) == text);
  }
}

TEST_CASE("a text that ends without a line-feed gets one before the block", "[hook]") {
  CHECK(with_block_at_end("a", "x\n").substr(0, 4) == "a\n# ");
}

TEST_CASE("a block at the start is after the line that names the interpreter", "[hook]") {
  const std::string text = with_block_at_start("#!/bin/bash\nexec foo\n", "ours\n");
  CHECK(text.find("#!/bin/bash\n") == 0);
  CHECK(text.find("ours") < text.find("exec foo"));
  CHECK(with_block_at_start("#!/bin/sh", "ours\n").substr(0, 10) == "#!/bin/sh\n");
  CHECK(with_block_at_start("foo\n", "ours\n").find("foo") > 10);
}

TEST_CASE("marks that do not match each other are left alone", "[hook]") {
  const std::string block = with_block_at_end("", "x\n");
  const std::string begin = block.substr(0, block.find('\n') + 1);
  const std::string end = block.substr(block.rfind("# "));
  CHECK_FALSE(without_blocks(begin + "text\n"));
  CHECK_FALSE(without_blocks("text\n" + end));
  CHECK_FALSE(without_blocks(begin + begin + "text\n" + end));
}

TEST_CASE("a lefthook configuration without the event gets one", "[hook]") {
  const std::string before = "# mine\npre-push:\n  commands:\n    a:\n      run: x\n";
  const std::string text = with_all(before);
  CHECK(text.substr(0, before.size()) == before);
  CHECK(without_blocks(text) == before);
  for (const std::string& event : kEvents) {
    CAPTURE(event);
    CHECK(text.find("\n" + event + ":\n  commands:\n    git-chant:\n") != std::string::npos);
    CHECK(has_block_for(text, event));
  }
  CHECK_FALSE(has_block_for(before, "post-merge"));
}

TEST_CASE("a lefthook event with commands gets one more, as deep as the others", "[hook]") {
  const std::string before =
      "post-merge:\n    parallel: true\n    # why\n    commands:  # all\n\n        a:\n"
      "            run: x\n";
  const auto text = with_lefthook_command(before, "post-merge");
  REQUIRE(text);
  CHECK(without_blocks(*text) == before);
  CHECK(text->find("commands:  # all\n        # >>>") != std::string::npos);
  CHECK(text->find("\n        git-chant:\n          run: '") != std::string::npos);
}

TEST_CASE("a lefthook event with jobs gets commands beside them", "[hook]") {
  const std::string before =
      "\"post-rewrite\":\n  jobs:\n    - run: x\nother:\n  commands:\n    b:\n";
  const auto text = with_lefthook_command(before, "post-rewrite");
  REQUIRE(text);
  CHECK(without_blocks(*text) == before);
  CHECK(text->find("\"post-rewrite\":\n  # >>>") == 0);
  CHECK(text->find("\n  commands:\n    git-chant:\n") < text->find("jobs"));
  CHECK(text->find("use_stdin: true") != std::string::npos);
}

TEST_CASE("a lefthook event without content gets commands", "[hook]") {
  const auto text = with_lefthook_command("post-merge:\npre-push:\n  jobs: []", "post-merge");
  REQUIRE(text);
  CHECK(text->find("post-merge:\n  # >>>") == 0);
}

TEST_CASE("a lefthook configuration in another style is not touched", "[hook]") {
  for (const std::string text :
       {"post-merge: {commands: {a: {run: x}}}\n", "{post-merge: {}}\n", "a:\n  b: c\n---\nd: e\n",
        "post-merge:\n\tcommands:\n", "post-merge:\n  commands: {a: {run: x}}\n",
        "post-merge:\n  commands:\n    git-chant:\n      run: x\n", "  post-merge:\n    x: y\n"}) {
    CAPTURE(text);
    CHECK_FALSE(with_lefthook_command(text, "post-merge"));
  }
}

TEST_CASE("husky's script for each event runs git-chant", "[hook]") {
  for (const std::string& event : kEvents) {
    CHECK(has_block_for(with_block_at_start("x\n", husky_block(event)), event));
  }
}
