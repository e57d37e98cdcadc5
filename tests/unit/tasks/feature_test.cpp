#include "tasks/feature.h"

#include "spec/id.h"
#include "support/catch.h"
#include "util/error.h"

#include <algorithm>

using namespace chant::tasks;

namespace {

// A repository that has these files.
struct Files {
  std::vector<std::string> paths;

  [[nodiscard]] Feature find(std::string_view what) const {
    return find_feature(
        what,
        [&](const std::string& path) {
          return std::find(paths.begin(), paths.end(), path) != paths.end();
        },
        [&] {
          std::vector<std::string> lists;
          std::copy_if(paths.begin(), paths.end(), std::back_inserter(lists),
                       [](const std::string& path) { return is_list_path(path); });
          return lists;
        });
  }

  [[nodiscard]] chant::Error failure(std::string_view what) const {
    try {
      static_cast<void>(find(what));
    } catch (const chant::Error& error) {
      return error;
    }
    FAIL("found " << what);
    throw std::logic_error("not reached");
  }
};

}  // namespace

TEST_CASE("a feature is found by its name in every layout", "[tasks]") {
  struct Row {
    std::string list, what, name;
  };
  const std::vector<Row> rows = {
      {"documentation/features/login/tasks.md", "login", "login"},
      {"documentation/specs/login/tasks.md", "login", "login"},
      {"docs/features/login/tasks.md", "login", "login"},
      {".kiro/specs/login/tasks.md", "login", "login"},
      {".claude/specs/login/tasks.md", "login", "login"},
      {".spec-workflow/specs/login/tasks.md", "login", "login"},
      {"openspec/changes/login/tasks.md", "login", "login"},
      {"kitty-specs/001-login/tasks.md", "login", "001-login"},
      {"specs/001-login/tasks.md", "001-login", "001-login"},
      {"specs/001-login/tasks.md", "login", "001-login"},
      {"specs/feature/001-login/tasks.md", "login", "001-login"},
      {"documentation/modules/web/features/login/tasks.md", "login", "web-login"},
      {"documentation/modules/web/features/login/tasks.md", "web/login", "web-login"},
      {"documentation/modules/web/features/login/tasks.md", "web-login", "web-login"},
      {"documentation/features/login/modules/web/tasks.md", "login", "login-web"},
      {"documentation/features/login/modules/web/tasks.md", "login/web", "login-web"},
      {"apps/one/.kiro/specs/login/tasks.md", "login", "login"},
      {"tasks.md", "tasks", "tasks"},
      {"tasks.md", "tasks.md", "tasks"},
      {".taskmaster/tasks/tasks.json", ".taskmaster/tasks/tasks.json", "taskmaster"}};
  for (const auto& row : rows) {
    INFO(row.list << " as " << row.what);
    const Files files{{"README.md", "specs/002-other/tasks.md", row.list}};
    CHECK(files.find(row.what).list == row.list);
    CHECK(files.find(row.what).name == row.name);
    CHECK(files.find(row.list).list == row.list);
    CHECK(files.find("./" + row.list).name == row.name);
    CHECK(is_list_path(row.list));
  }
}

TEST_CASE("any path is a list, and so is the directory of one", "[tasks]") {
  const Files files{{"plans/Release 2.0.md", "plans/next/TODO.md", ".kiro/specs/login/tasks.md",
                     "notes/tasks.md", "run"}};
  CHECK(files.find("plans/Release 2.0.md").name == "Release-2-0");
  CHECK(files.find("plans/next/TODO.md").name == "next");
  CHECK(files.find("notes/tasks.md").name == "notes");
  CHECK(files.find(".kiro/specs/login").list == ".kiro/specs/login/tasks.md");
  CHECK(files.find(".kiro/specs/login/").list == ".kiro/specs/login/tasks.md");
  CHECK(files.find("run").list == "run");
  CHECK_FALSE(is_list_path("notes/tasks.md"));
  CHECK_FALSE(is_list_path("specs/login/tasks.md"));
  CHECK_FALSE(is_list_path("openspec/changes/archive/2025-01-01-login/tasks.md"));
  CHECK_FALSE(is_list_path(".kiro/specs//tasks.md"));
  CHECK_FALSE(is_list_path(""));
}

TEST_CASE("a file that has the name of a feature does not hide it", "[tasks]") {
  const Files files{{"login", ".kiro/specs/login/tasks.md"}};
  CHECK(files.find("login").list == ".kiro/specs/login/tasks.md");
}

TEST_CASE("a name that several lists have is ambiguous", "[tasks]") {
  const Files files{{".kiro/specs/login/tasks.md", "openspec/changes/login/tasks.md",
                     "specs/001-cart/tasks.md", "specs/004-cart/tasks.md",
                     "documentation/features/cart-list/tasks.md",
                     "documentation/modules/web/features/pay/tasks.md",
                     "documentation/modules/app/features/pay/tasks.md"}};
  CHECK(std::string(files.failure("login").what()) ==
        "'login' is ambiguous: it can be '.kiro/specs/login/tasks.md', "
        "'openspec/changes/login/tasks.md'");
  CHECK(files.failure("login").hint() == "give the path of the list");
  CHECK(files.failure("login").code() == chant::Exit::usage);
  CHECK_THAT(files.failure("cart").what(), Catch::Contains("specs/004-cart/tasks.md"));
  CHECK_THAT(files.failure("pay").what(), Catch::Contains("documentation/modules/app/features"));
  CHECK(files.find("web/pay").name == "web-pay");
  // The whole name is meant before one that only ends so.
  const Files numbered{{"specs/001-cart/tasks.md", ".kiro/specs/cart/tasks.md"}};
  CHECK(numbered.find("cart").list == ".kiro/specs/cart/tasks.md");
}

TEST_CASE("a name that is nowhere is answered with where it was looked for", "[tasks]") {
  const Files files{{"specs/001-login/tasks.md"}};
  const auto error = files.failure("cart");
  for (const auto* place :
       {"'cart'", "documentation/features/cart/tasks.md", "documentation/modules/*/features/cart/",
        "documentation/features/cart/modules/*/", ".kiro/specs/cart/", "specs/NNN-cart/tasks.md",
        "openspec/changes/cart/tasks.md"}) {
    CHECK_THAT(error.what(), Catch::Contains(place));
  }
  CHECK(error.hint() == "there are: 001-login");
  CHECK(error.code() == chant::Exit::usage);
  CHECK(files.failure("001-logn").hint() == "did you mean '001-login'?");
  CHECK(Files{{}}.failure("cart").hint().empty());
  for (const auto* what : {"", "/etc/passwd", "../tasks.md", "a/../../b", ".."}) {
    INFO(what);
    CHECK_THAT(files.failure(what).what(), Catch::Contains("from its top"));
  }
}

TEST_CASE("the documents beside a list belong to the feature", "[tasks]") {
  const std::string base = "documentation/features/login/";
  const Files files{{base + "tasks.md", base + "requirements.md", base + "design.md",
                     base + "notes.md", base + "modules/web/tasks.md",
                     base + "modules/web/design.md", "design.md", "plan.md",
                     "specs/001-cart/tasks.md", "specs/001-cart/plan.md", "specs/001-cart/spec.md",
                     "specs/001-cart/research.md", "apps/x/" + base + "modules/web/tasks.md",
                     "apps/x/" + base + "context.md", "openspec/changes/dark/tasks.md",
                     "openspec/changes/dark/proposal.md"}};
  CHECK(files.find(base + "tasks.md").documents ==
        std::vector<std::string>{base + "requirements.md", base + "design.md"});
  CHECK(files.find(base + "modules/web/tasks.md").documents ==
        std::vector<std::string>{base + "modules/web/design.md", base + "requirements.md",
                                 base + "design.md"});
  CHECK(files.find("apps/x/" + base + "modules/web/tasks.md").documents ==
        std::vector<std::string>{"apps/x/" + base + "context.md"});
  CHECK(files.find("cart").documents == std::vector<std::string>{"specs/001-cart/research.md",
                                                                 "specs/001-cart/spec.md",
                                                                 "specs/001-cart/plan.md"});
  CHECK(files.find("dark").documents ==
        std::vector<std::string>{"openspec/changes/dark/proposal.md"});
  // A list is no document of itself.
  CHECK(files.find("plan.md").documents == std::vector<std::string>{"design.md"});
}

TEST_CASE("the name of a feature begins a valid spec id, whatever the path", "[tasks]") {
  std::vector<std::string> names;
  for (const std::string part : {"con", "HEAD", "a.b", "..x", "-x-", "登录", "登录", "logout 登出",
                                 "a..b.lock", "é", "com1", "x y  z", "_private", "-", "a\nb"}) {
    const auto path = ".kiro/specs/" + part + "/tasks.md";
    const auto name = Files{{path}}.find(path).name;
    INFO(part << " -> " << name);
    CHECK(chant::spec::is_valid_id(name + ".1"));
    CHECK(name.find('.') == std::string::npos);
    names.push_back(name);
  }
  CHECK(names[5] == names[6]);
  const std::string words(90, 'w');
  const auto one = ".kiro/specs/" + words + "one/tasks.md";
  const auto two = ".kiro/specs/" + words + "two/tasks.md";
  CHECK(Files{{one}}.find(one).name != Files{{two}}.find(two).name);
  CHECK(chant::spec::is_valid_id(Files{{one}}.find(one).name + "." + std::string(52, 'k')));
}
