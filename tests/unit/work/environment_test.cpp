#include "work/environment.h"

#include "support/catch.h"
#include "support/git_repo.h"
#include "support/temp_dir.h"
#include "util/error.h"

#include <filesystem>

using namespace chant;
using chant::test::Environment;
using chant::test::TempDir;
using chant::work::agent_environment;
using chant::work::is_among;

namespace {

config::Agent plain_agent() {
  config::Agent agent;
  agent.name = "main";
  agent.profile = "command";
  agent.command = "tool";
  return agent;
}

// What an agent's process sees of a variable: its value, or "-".
std::string seen(const process::EnvChanges& changes, const std::string& name) {
  process::Command command;
  command.argv = {"sh", "-c", "eval \"echo \\${" + name + "--}\""};
  command.env = changes;
  std::string out = process::run(command).out;
  if (!out.empty()) out.pop_back();
  return out;
}

void only_for_us(const std::filesystem::path& file) {
  std::filesystem::permissions(
      file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

std::string refusal(const config::Agent& agent) {
  try {
    (void)agent_environment(agent);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("an agent gets what every program needs and no secret", "[work][environment]") {
  Environment environment;
  environment.set("MY_API_TOKEN", "secret");
  environment.set("AWS_SECRET_ACCESS_KEY", "secret");
  environment.set("PATHS", "secret");
  environment.set("SSH_AUTH_SOCK", "/run/agent");
  environment.set("LC_TIME", "C");
  environment.set("https_proxy", "http://proxy");
  environment.set("GIT_AUTHOR_NAME", "A U Thor");
  environment.set("CHANT_MODEL", "some");
  environment.set("HOME", "/homes/me");
  const auto changes = agent_environment(plain_agent());
  for (const char* name : {"MY_API_TOKEN", "AWS_SECRET_ACCESS_KEY", "PATHS", "SSH_AUTH_SOCK"}) {
    CHECK(seen(changes, name) == "-");
  }
  CHECK(seen(changes, "LC_TIME") == "C");
  CHECK(seen(changes, "https_proxy") == "http://proxy");
  CHECK(seen(changes, "GIT_AUTHOR_NAME") == "A U Thor");
  CHECK(seen(changes, "CHANT_MODEL") == "some");
  CHECK(seen(changes, "HOME") == "/homes/me");
  CHECK_FALSE(changes.contains("PATH"));
}

TEST_CASE("variables of the tool are passed to its profile only", "[work][environment]") {
  Environment environment;
  environment.set("ANTHROPIC_API_KEY", "key");
  config::Agent agent = plain_agent();
  CHECK(seen(agent_environment(agent), "ANTHROPIC_API_KEY") == "-");
  agent.profile = "claude";
  CHECK(seen(agent_environment(agent), "ANTHROPIC_API_KEY") == "key");
}

TEST_CASE("an agent gets the variables that its configuration names", "[work][environment]") {
  Environment environment;
  environment.set("HOME", "/homes/me");
  environment.set("ONE", "1");
  environment.set("TWO_A", "a");
  environment.set("TWO_B", "b");
  environment.set("THREE", "3");
  config::Agent agent = plain_agent();
  agent.env.pass = {"ONE", "TWO_*"};
  agent.env.set = {{"FOUR", "4 $ONE"}, {"THREE", "x"}, {"PLACE", "~/tools"}, {"TILDE", "a~/b"}};
  const auto changes = agent_environment(agent);
  CHECK(seen(changes, "ONE") == "1");
  CHECK(seen(changes, "TWO_A") == "a");
  CHECK(seen(changes, "TWO_B") == "b");
  CHECK(seen(changes, "THREE") == "x");
  CHECK(seen(changes, "FOUR") == "4 $ONE");
  CHECK(seen(changes, "PLACE") == "/homes/me/tools");
  CHECK(seen(changes, "TILDE") == "a~/b");
}

TEST_CASE("a star alone passes everything", "[work][environment]") {
  Environment environment;
  environment.set("MY_API_TOKEN", "secret");
  config::Agent agent = plain_agent();
  agent.env.pass = {"*"};
  CHECK(agent_environment(agent).empty());
}

TEST_CASE("a value is the first line of a file that only we can read", "[work][environment]") {
  const TempDir dir;
  config::Agent agent = plain_agent();
  const auto good = dir.write("good", "se cret\r\nsecond\n");
  only_for_us(good);
  agent.env.files = {{"TOKEN", good.string()}};
  CHECK(seen(agent_environment(agent), "TOKEN") == "se cret");
  std::filesystem::permissions(good, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  CHECK(refusal(agent) == "'" + good.string() + "', the value of TOKEN, can be read by others");
}

TEST_CASE("a file that has no value is refused and nothing of it is told", "[work][environment]") {
  const TempDir dir;
  config::Agent agent = plain_agent();
  const auto file = dir.write("file", "\nsecret\n");
  only_for_us(file);
  agent.env.files = {{"TOKEN", file.string()}};
  CHECK(refusal(agent) == "the first line of '" + file.string() + "' is no value for TOKEN");
  (void)dir.write("file", std::string("sec\0ret\n", 8));
  CHECK(refusal(agent) == "the first line of '" + file.string() + "' is no value for TOKEN");
  agent.env.files = {{"TOKEN", (dir.path() / "none").string()}};
  CHECK_FALSE(refusal(agent).empty());
  (void)dir.write("file", "secret\n");
  std::filesystem::create_symlink(file, dir.path() / "link");
  agent.env.files = {{"TOKEN", (dir.path() / "link").string()}};
  CHECK_FALSE(refusal(agent).empty());
  agent.env.files = {{"TOKEN", dir.path().string()}};
  CHECK_FALSE(refusal(agent).empty());
}

TEST_CASE("a star at the end of a pattern stands for any rest", "[work][environment]") {
  CHECK(is_among("A", {"B", "A"}));
  CHECK_FALSE(is_among("AB", {"A"}));
  CHECK(is_among("AB", {"A*"}));
  CHECK(is_among("A", {"A*"}));
  CHECK_FALSE(is_among("BA", {"A*"}));
  CHECK(is_among("anything", {"*"}));
  CHECK_FALSE(is_among("A", {}));
}
