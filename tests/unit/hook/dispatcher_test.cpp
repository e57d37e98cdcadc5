#include "hook/dispatcher.h"

#include "hook/survey.h"
#include "process/command.h"
#include "support/catch.h"
#include "support/temp_dir.h"

#include <filesystem>
#include <string>
#include <vector>

using namespace chant;
using namespace chant::hook;

namespace {

const HookText& hook_for(const std::string& event) {
  for (const HookText& hook : hook_texts()) {
    if (hook.event == event) return hook;
  }
  throw std::runtime_error("no hook " + event);
}

// A directory with a git-chant that answers `code`, in a path that a shell would take apart.
struct Scene {
  explicit Scene(const std::string& code) {
    binary = directory.write("it's a \"$place\"/git-chant", "#!/bin/sh\necho \"$@\"\n" + code);
    make_executable(binary);
  }
  static void make_executable(const std::filesystem::path& path) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  [[nodiscard]] process::Result run(const std::string& event) const {
    const auto file = directory.write(event, dispatcher(hook_for(event), binary.string()));
    make_executable(file);
    return run_words({file.string(), "one", "two words"});
  }
  [[nodiscard]] process::Result run_configured(const std::string& event) const {
    const std::string command = configured_command(hook_for(event), binary.string());
    return run_words({"sh", "-c", command + " \"$@\"", command, "one", "two words"});
  }
  [[nodiscard]] process::Result run_words(const std::vector<std::string>& words) const {
    return process::run({words, directory.path(), {{"CHANT_HOOK", std::nullopt}}});
  }

  test::TempDir directory;
  std::filesystem::path binary;
};

int code_of(const process::Result& result) {
  const auto* exited = std::get_if<process::Exited>(&result.outcome);
  return exited == nullptr ? -1 : exited->code;
}

}  // namespace

TEST_CASE("every hook file is ours and names the binary", "[hook]") {
  REQUIRE(hook_texts().size() == 7);
  for (const HookText& hook : hook_texts()) {
    CAPTURE(hook.event);
    CHECK(is_dispatcher(hook.text));
    CHECK(dispatcher(hook, "/a b").find("chant='/a b'\n") != std::string::npos);
    CHECK(configured_command(hook, "/a b").find("pre-chant") == std::string::npos);
  }
  CHECK_FALSE(is_dispatcher("#!/bin/sh\necho\n"));
}

TEST_CASE("a hook passes its arguments on, whatever the path of the binary is", "[hook]") {
  const Scene scene("exit 0");
  for (const HookText& hook : hook_texts()) {
    CAPTURE(hook.event);
    CHECK(scene.run(hook.event).out == "hook " + hook.event + " one two words\n");
    CHECK(scene.run_configured(hook.event).out == "hook " + hook.event + " one two words\n");
  }
}

TEST_CASE("only pre-commit fails, and only with exit 1", "[hook]") {
  for (const std::string code : {"exit 1", "exit 2", "exit 127", "exit 128", "kill -SEGV $$"}) {
    const Scene scene(code);
    for (const HookText& hook : hook_texts()) {
      CAPTURE(code, hook.event);
      const int wanted = hook.event == "pre-commit" && code == "exit 1" ? 1 : 0;
      const process::Result file = scene.run(hook.event);
      CHECK(code_of(file) == wanted);
      CHECK(file.err.empty());
      const process::Result configured = scene.run_configured(hook.event);
      CHECK(code_of(configured) == wanted);
      CHECK(configured.err.empty());
    }
  }
}

TEST_CASE("the version of git is compared by numbers", "[hook]") {
  CHECK(is_at_least("git version 2.54.0\n", 2, 54));
  CHECK(is_at_least("git version 2.100.1.windows.1\n", 2, 54));
  CHECK(is_at_least("git version 3.0.rc1\n", 2, 54));
  CHECK(is_at_least("git version 2.54-rc0", 2, 54));
  CHECK_FALSE(is_at_least("git version 2.39.5 (Apple Git-154)", 2, 54));
  CHECK_FALSE(is_at_least("git version 2.6\n", 2, 54));
  CHECK_FALSE(is_at_least("", 2, 54));
}
