#include "hook/commit_message.h"

#include "process/command.h"
#include "support/catch.h"
#include "support/spec_repo.h"

#include <sys/stat.h>

using namespace chant;

namespace {

const std::string kTemplate = "\n# Please enter the commit message\n#\n";

// A message file in the checkout of a repository with the specs a and b, and the hook on it.
struct Scene {
  test::SpecRepo repo;
  hook::Place place;
  test::Environment environment;

  Scene() {
    repo.commit_specs({"a", "b"});
    const git::Repository found = repo.repository();
    place = {found.top_level,         found.git_dir,     found.common_dir,
             found.git_dir / "index", "refs/heads/main", ""};
    for (const char* name : {"CHANT_SPEC_ID", "CHANT_RUN", "CHANT_MODEL", "CHANT_WORKTREE"}) {
      environment.set(name, std::nullopt);
    }
    environment.set("GIT_EDITOR", ":");
  }
  std::string prepared(const std::string& message, std::vector<std::string> more = {"message"}) {
    repo.write(".git/COMMIT_EDITMSG", message);
    more.insert(more.begin(), ".git/COMMIT_EDITMSG");
    hook::prepare_message(place, more);
    return repo.read(".git/COMMIT_EDITMSG");
  }
  std::string finished(const std::string& message) {
    repo.write(".git/COMMIT_EDITMSG", message);
    hook::finish_message(place, {".git/COMMIT_EDITMSG"});
    return repo.read(".git/COMMIT_EDITMSG");
  }
};

}  // namespace

TEST_CASE("a commit in a spec's worktree names the spec", "[commit-message]") {
  Scene scene;
  scene.place.spec = "a";
  CHECK(scene.prepared("title\n") == "title\n\nChant-Spec: a\n");
  CHECK(scene.prepared("title") == "title\n\nChant-Spec: a\n");
  scene.place.head_ref = "";  // in the middle of a rebase
  CHECK(scene.prepared("title\n") == "title\n\nChant-Spec: a\n");
  CHECK(scene.prepared("Merge branch 'main' into spec/a\n", {"merge"}) ==
        "Merge branch 'main' into spec/a\n\nChant-Spec: a\n");
  CHECK(scene.prepared("title\n\nChant-Spec: a\n", {"commit", "HEAD"}) ==
        "title\n\nChant-Spec: a\n");
}

TEST_CASE("a commit on a spec branch names the spec, elsewhere nothing is touched",
          "[commit-message]") {
  Scene scene;
  CHECK(scene.prepared("title\n") == "title\n");
  for (const char* prefix : {"spec/", "chant/"}) {
    scene.place.head_ref = std::string("refs/heads/") + prefix + "a";
    CHECK(scene.prepared("title\n") == "title\n\nChant-Spec: a\n");
  }
  scene.place.head_ref = "refs/heads/spec/not-a-spec";
  CHECK(scene.prepared("title\n") == "title\n");
  scene.place.head_ref = "";
  scene.repo.write(".git/rebase-merge/head-name", "refs/heads/spec/b\n");
  CHECK(scene.prepared("title\n") == "title\n\nChant-Spec: b\n");
}

TEST_CASE("run and model are those of the agent that works on this spec", "[commit-message]") {
  Scene scene;
  scene.place.spec = "a";
  scene.environment.set("CHANT_MODEL", "model-7");
  CHECK(scene.prepared("t\n") == "t\n\nChant-Spec: a\nChant-Model: model-7\n");
  scene.environment.set("CHANT_RUN", "m5x-1");
  scene.environment.set("CHANT_SPEC_ID", "a");
  CHECK(scene.prepared("t\n") == "t\n\nChant-Spec: a\nChant-Run: m5x-1\nChant-Model: model-7\n");
  scene.environment.set("CHANT_SPEC_ID", "b");
  CHECK(scene.prepared("t\n") == "t\n\nChant-Spec: a\n");
  scene.environment.set("CHANT_SPEC_ID", std::nullopt);
  CHECK(scene.prepared("t\n") == "t\n\nChant-Spec: a\nChant-Model: model-7\n");
}

TEST_CASE("an agent in the user's checkout is known by its environment", "[commit-message]") {
  Scene scene;
  scene.environment.set("CHANT_SPEC_ID", "a");
  scene.environment.set("CHANT_WORKTREE", scene.place.top_level.string());
  CHECK(scene.prepared("t\n") == "t\n\nChant-Spec: a\n");
  scene.environment.set("CHANT_WORKTREE", "/elsewhere");
  CHECK(scene.prepared("t\n") == "t\n");
}

TEST_CASE("a message to be written in an editor is completed afterwards", "[commit-message]") {
  Scene scene;
  scene.place.spec = "a";
  scene.environment.set("GIT_EDITOR", std::nullopt);
  CHECK(scene.prepared(kTemplate, {}) == kTemplate);
  CHECK(scene.prepared("fill in\n" + kTemplate, {"template"}) == "fill in\n" + kTemplate);
  CHECK(scene.finished("fill in\n" + kTemplate) == "fill in\n" + kTemplate);
  CHECK(scene.finished("fill in\n" + kTemplate) == "fill in\n\nChant-Spec: a\n" + kTemplate);
  CHECK(scene.finished(kTemplate) == kTemplate);
  CHECK(scene.finished("written\n" + kTemplate) == "written\n\nChant-Spec: a\n" + kTemplate);
  CHECK(scene.prepared("given\n" + kTemplate) == "given\n\nChant-Spec: a\n" + kTemplate);
  scene.place.spec = "";
  CHECK(scene.finished("written\n" + kTemplate) == "written\n" + kTemplate);
}

TEST_CASE("comment lines are those of the configuration", "[commit-message]") {
  Scene scene;
  scene.place.spec = "a";
  scene.environment.set("GIT_EDITOR", std::nullopt);
  scene.repo.git({"config", "core.commentChar", ";"});
  CHECK(scene.finished("t\n\n# heading\n\n; Please enter\n;\n") ==
        "t\n\n# heading\n\nChant-Spec: a\n\n; Please enter\n;\n");
  scene.repo.git({"config", "core.commentChar", "auto"});
  CHECK(scene.finished("t\n\n# heading\n\n; Please enter\n;\n") ==
        "t\n\n# heading\n\nChant-Spec: a\n\n; Please enter\n;\n");
}

TEST_CASE("a squash brings the trailers of what it squashes", "[commit-message]") {
  Scene scene;
  const std::string list =
      "Squashed commit of the following:\n\ncommit 1\n\n    one\n    \n    Chant-Spec: a\n"
      "    Chant-Model: m\n";
  CHECK(scene.prepared(list, {"squash"}) == list + "\nChant-Spec: a\nChant-Model: m\n");
  CHECK(scene.prepared("my title\n") == "my title\n");
  scene.repo.write(".git/SQUASH_MSG", list);
  CHECK(scene.prepared("my title\n") == "my title\n\nChant-Spec: a\nChant-Model: m\n");
  CHECK(scene.prepared("amended\n", {"commit", "HEAD"}) == "amended\n");
  scene.repo.write(".git/rebase-merge/message-squash", "");
  CHECK(scene.prepared("one\n\nChant-Spec: a\n\ntwo\n") == "one\n\ntwo\n\nChant-Spec: a\n");
}

TEST_CASE("a message that lacks nothing costs no process and no write", "[commit-message]") {
  Scene scene;
  scene.place.spec = "a";
  const auto before = process::started_count();
  CHECK(scene.prepared("t\n\n* one\n* two\n").find("Chant-Spec: a") != std::string::npos);
  struct stat old {};
  scene.repo.write(".git/COMMIT_EDITMSG", "t\n\nChant-Spec: a\n");
  REQUIRE(stat((scene.place.git_dir / "COMMIT_EDITMSG").c_str(), &old) == 0);
  hook::prepare_message(scene.place, {".git/COMMIT_EDITMSG", "message"});
  struct stat now {};
  REQUIRE(stat((scene.place.git_dir / "COMMIT_EDITMSG").c_str(), &now) == 0);
  CHECK(old.st_ino == now.st_ino);
  scene.place.spec = "";
  CHECK(scene.prepared("t\n") == "t\n");
  CHECK(process::started_count() == before);
}

TEST_CASE("what goes wrong leaves the message as it was", "[commit-message]") {
  Scene scene;
  scene.place.spec = "a";
  hook::prepare_message(scene.place, {});
  hook::prepare_message(scene.place, {"no/such/file", "message"});
  scene.repo.write("message", "t\n");
  std::filesystem::create_symlink("message", scene.place.top_level / "link");
  hook::prepare_message(scene.place, {"link", "message"});
  CHECK(scene.repo.read("message") == "t\n");
  scene.place.spec = "../x";
  CHECK(scene.prepared("t\n") == "t\n");
}

TEST_CASE("the mode of the message file is kept", "[commit-message]") {
  Scene scene;
  scene.place.spec = "a";
  scene.repo.write("message", "t\n");
  REQUIRE(chmod((scene.place.top_level / "message").c_str(), 0640) == 0);
  hook::prepare_message(scene.place, {"message", "message"});
  struct stat info {};
  REQUIRE(stat((scene.place.top_level / "message").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0640);
}
