#include "record/spec_files.h"

#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"

using namespace chant;
using namespace chant::record;
using test::spec_text;
using test::SpecRepo;

namespace {

struct Staged {
  explicit Staged(const SpecRepo& repo)
      : repository(repo.repository()),
        store(git::open_store(repository, git::Use::light)),
        changes(git::staged_changes(repo.path(), repo.path() / ".git/index", ".chant/specs")),
        files(load_staged_specs(*store, repository.head, changes)) {}

  [[nodiscard]] std::vector<std::string> said() const {
    std::vector<std::string> lines;
    for (const auto& finding : lint_staged(*store, repository.head, changes)) {
      lines.push_back(spec::line_of(finding));
    }
    return lines;
  }

  git::Repository repository;
  std::unique_ptr<git::Store> store;
  std::vector<git::StagedChange> changes;
  spec::SpecFiles files;
};

}  // namespace

TEST_CASE("the name of a spec file ends in .md, in the directory itself", "[files]") {
  CHECK(spec_file_name(".chant/specs/a.md") == "a.md");
  CHECK(spec_file_name(".chant/specs/no id.md") == "no id.md");
  for (const char* other : {".chant/specs/a.txt", ".chant/specs/.md", ".chant/specs/.a.md",
                            ".chant/specs/sub/a.md", ".chant/a.md", "a.md"}) {
    CHECK_FALSE(spec_file_name(other));
  }
}

TEST_CASE("staged specs are those of HEAD with what is staged, whatever the files say", "[files]") {
  const SpecRepo repo;
  repo.commit_specs({"kept", "gone", "changed"});
  repo.write(".chant/specs/changed.md", spec_text("New title"));
  repo.write(".chant/specs/new.md", spec_text("New"));
  repo.write(".chant/specs/no id.md", "x\n");
  repo.write(".chant/specs/broken.md", "---\n");
  repo.git("rm -q --cached .chant/specs/gone.md");
  repo.git({"add", ".chant/specs/changed.md", ".chant/specs/new.md", ".chant/specs/no id.md",
            ".chant/specs/broken.md"});
  repo.write(".chant/specs/changed.md", spec_text("Later"));
  repo.write(".chant/specs/kept.md", spec_text("Later"));
  const Staged staged(repo);
  const auto& items = staged.files.items;
  CHECK(items.size() == 4);
  CHECK(items.at("kept").spec.title == "Title of kept");
  CHECK(items.at("changed").spec.title == "New title");
  CHECK(items.at("new").spec.title == "New");
  CHECK(items.at("broken").broken.find(".chant/specs/broken.md:1: ") == 0);
  CHECK(staged.files.strange_names == std::vector<std::string>{"no id.md"});
}

TEST_CASE("a link that is staged is not followed", "[files]") {
  const SpecRepo repo;
  std::filesystem::create_directories(repo.path() / ".chant/specs");
  std::filesystem::create_symlink("../../file", repo.path() / ".chant/specs/l.md");
  repo.git("add .chant");
  CHECK(Staged(repo).files.items.at("l").broken == "'.chant/specs/l.md' is not a regular file");
}

TEST_CASE("only what is staged is found fault with, with the others in view", "[files]") {
  const SpecRepo repo;
  repo.write(".chant/specs/old.md", spec_text("Old", "status: wrong\n"));
  repo.commit({});
  CHECK(Staged(repo).said().empty());
  repo.write(".chant/specs/a.md", spec_text("A", "depends_on: [b, old, c]\n"));
  repo.write(".chant/specs/b.md", spec_text("B"));
  repo.write(".chant/specs/c.md", spec_text("C"));
  repo.git("add .chant/specs/a.md .chant/specs/b.md");
  CHECK(Staged(repo).said() ==
        std::vector<std::string>{".chant/specs/a.md:3: error: dependency 'c' does not exist"});
  repo.git("add .chant/specs/c.md");
  CHECK(Staged(repo).said().empty());
}

TEST_CASE("the directory of spec files is made again, and not through a link", "[files]") {
  const SpecRepo repo;
  const auto chant = repo.path() / ".chant";
  std::filesystem::remove_all(chant);
  std::filesystem::create_directories(repo.path() / "elsewhere");
  std::filesystem::create_symlink("elsewhere", chant);
  CHECK_THROWS_AS(make_specs_directory(repo.repository()), Error);
  CHECK_FALSE(repo.has("elsewhere/specs"));
  std::filesystem::remove(chant);
  std::filesystem::create_directories(chant);
  make_specs_directory(repo.repository());
  CHECK(std::filesystem::is_directory(chant / "specs"));
  make_specs_directory(repo.repository());
}
