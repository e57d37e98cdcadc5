#include "agent/prompt.h"

#include "support/catch.h"
#include "support/temp_dir.h"
#include "util/error.h"

#include <algorithm>

using namespace chant;
using namespace chant::agent;

namespace {

const PromptValues kValues = {
    {"spec", "SPEC TEXT"},
    {"spec_id", "x-1"},
    {"title", "A title"},
    {"spec_file", "FILE"},
    {"branch", "spec/x-1"},
    {"worktree", "/w/x-1"},
    {"target", "trunk"},
    {"conflict", "BOTH SIDES"},
    {"facts", "WHAT FAILED"},
    // of a task
    {"task_id", "4"},
    {"feature_name", "login"},
    {"feature_dir", "features/login"},
    {"list", "f/tasks.md"},
    {"task_description", "THE TASK"},
    {"requirements", "1.2, 3"},
    {"documents", "- f/design.md"},
};

std::string filled(const std::string& text, const PromptValues& values = kValues) {
  return fill({"p", "p.md", text, 1}, values);
}

std::string problem(const Prompt& prompt) {
  try {
    (void)fill(prompt, kValues);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("names in double braces are replaced") {
  CHECK(filled("{{spec_id}}: {{title}}\n{{spec}}") == "x-1: A title\nSPEC TEXT");
  CHECK(filled("{{ branch }}") == "spec/x-1");
  CHECK(filled("no names") == "no names");
  CHECK(filled("").empty());
}

TEST_CASE("what is filled in is never expanded again") {
  PromptValues values = kValues;
  values["spec"] = "{{title}} {{none}} {}";
  values["title"] = "{{spec}}";
  CHECK(filled("{{spec}}{{title}}", values) == "{{title}} {{none}} {}{{spec}}");
  values["spec"] = "{{";
  values["title"] = "branch}}";
  CHECK(filled("{{spec}}{{title}}", values) == "{{branch}}");
}

TEST_CASE("braces that enclose no name stay") {
  CHECK(filled("{ {{ } }} {{\n}} {a} {{{spec_id}}} {{") == "{ {{ } }} {{\n}} {a} {x-1} {{");
  CHECK(filled("{:d} {0} %s ${X}") == "{:d} {0} %s ${X}");
}

TEST_CASE("an unknown name is an error with file and line") {
  CHECK(problem({"p", "p.md", "one\n\n{{spec}} {{nonsense}}", 4}) ==
        "p.md:6: unknown name '{{nonsense}}'");
  CHECK(contains(problem({"p", "p.md", "{{}}", 1}), "p.md:1: unknown name"));
}

TEST_CASE("a prompt of the repository wins over the built-in of its name") {
  const test::TempDir directory;
  CHECK(load_prompt("standard", directory.path()).source == "built-in");
  directory.write("standard.md", "Mine: {{spec}}\n");
  const Prompt prompt = load_prompt("standard", directory.path());
  CHECK(prompt.text == "Mine: {{spec}}\n");
  CHECK(prompt.source == (directory.path() / "standard.md").string());
  CHECK(prompt.first_line == 1);
}

TEST_CASE("frontmatter is no part of a prompt and its lines are counted") {
  const test::TempDir directory;
  directory.write("p.md", "---\nname: p\npurpose: x\n---\n\nDo {{what}}\n");
  const Prompt prompt = load_prompt("p", directory.path());
  CHECK(prompt.text == "\nDo {{what}}\n");
  CHECK(prompt.first_line == 5);
  CHECK(contains(problem(prompt), "p.md:6: unknown name '{{what}}'"));
  directory.write("open.md", "---\nname: p\n");
  CHECK_THROWS_AS(load_prompt("open", directory.path()), Error);
}

TEST_CASE("a missing prompt is an error that names the others") {
  const test::TempDir directory;
  try {
    (void)load_prompt("nothing", directory.path());
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(std::string{error.what()} == "no prompt 'nothing'");
    CHECK(contains(error.hint(), "standard"));
  }
  CHECK(load_prompt("standard", directory.path() / "absent").source == "built-in");
  CHECK(load_prompt("standard", {}).source == "built-in");
}

TEST_CASE("names that are paths and files that are links are refused") {
  const test::TempDir directory;
  directory.write("secret.md", "secret");
  std::filesystem::create_directory(directory.path() / "prompts");
  const auto prompts = directory.path() / "prompts";
  for (const std::string name : {"../secret", "", ".", "..", "/etc/passwd", "a/b", "-x"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(load_prompt(name, prompts), Error);
  }
  std::filesystem::create_symlink(directory.path() / "secret.md", prompts / "standard.md");
  CHECK_THROWS_AS(load_prompt("standard", prompts), Error);
  std::filesystem::create_symlink(prompts, directory.path() / "link");
  CHECK_THROWS_AS(load_prompt("standard", directory.path() / "link"), Error);
}

TEST_CASE("the built-in prompts can be filled and read back from a file") {
  const test::TempDir directory;
  std::vector<std::string> names;
  for (const Prompt& prompt : built_in_prompts()) {
    CAPTURE(prompt.name);
    names.push_back(prompt.name);
    const std::string text = fill(prompt, kValues);
    CHECK_FALSE(contains(text, "{{"));
    directory.write(prompt.name + ".md", prompt.text);
    const Prompt read = load_prompt(prompt.name, directory.path());
    CHECK(read.text == prompt.text);
    CHECK(read.source != "built-in");
  }
  CHECK(names ==
        std::vector<std::string>{"standard", "task", "parallel-cleanup", "merge-conflict"});
}

TEST_CASE("the standard prompt frames the spec and names what the agent must know") {
  const Prompt prompt = load_prompt("standard", {});
  const std::string text = fill(prompt, kValues);
  for (const std::string part :
       {"`/w/x-1`", "`spec/x-1`", "`FILE`",
        "chant(x-1): ", "===== begin of spec x-1 =====\nSPEC TEXT\n===== end of spec x-1"}) {
    CAPTURE(part);
    CHECK(contains(text, part));
  }
}

TEST_CASE("the prompt for a task is that of the feature: context, task, requirements, only this") {
  const std::string text = fill(load_prompt("task", {}), kValues);
  for (const std::string part :
       {"You are executing task 4 for the login feature: A title.",
        "Context files are in `features/login`:\n\n- f/design.md\n",
        "===== begin of task 4 =====\nTHE TASK\n===== end of task 4 =====",
        "Requirements: 1.2, 3\n", "Follow existing code patterns", "Run tests if applicable",
        "chant(x-1): ", "`/w/x-1`",
        "IMPORTANT: Only work on the assigned task. Do not proceed to other tasks.",
        "Do not edit `f/tasks.md`, not even to mark the task as complete: git chant ticks its "
        "box"}) {
    CAPTURE(part);
    CHECK(contains(text, part));
  }
}

TEST_CASE("the prompt for a conflict says what is known of it and where to resolve it") {
  const std::string text = fill(load_prompt("merge-conflict", {}), kValues);
  for (const std::string part : {"`/w/x-1`", "`spec/x-1`", "`trunk`", "BOTH SIDES", "SPEC TEXT"}) {
    CAPTURE(part);
    CHECK(contains(text, part));
  }
}
