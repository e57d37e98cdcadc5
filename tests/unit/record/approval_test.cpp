#include "record/approval.h"

#include "support/catch.h"
#include "support/spec_repo.h"
#include "tasks/tick.h"

using namespace chant;
using namespace chant::record;
using test::SpecRepo;

namespace {

constexpr const char* kPath = "documentation/features/login/tasks.md";

const std::string kList = "# Tasks\n\n- [ ] 1. Form\n- [x] 2. Check\n";

std::string masked(const std::string& text) { return tasks::masked(text, kPath, std::nullopt); }

// The evidence for a list of this dialect with files beside it.
std::optional<Evidence> evidence_of(tasks::Dialect dialect, const test::Files& files,
                                    const std::string& list = "- [ ] 1. Form\n") {
  const SpecRepo repo;
  for (const auto& [name, text] : files) repo.write("x/" + name, text);
  tasks::List read;
  read.path = "x/tasks.md";
  read.dialect = dialect;
  return find_evidence(repo.workspace(), read, list);
}

}  // namespace

TEST_CASE("an approval is found again, with who gave it, and ticking does not change it",
          "[record]") {
  const SpecRepo repo;
  Workspace workspace = repo.workspace();
  CHECK_FALSE(find_approval(workspace, kPath));
  const Approval given = approve(workspace, kPath, masked(kList));
  CHECK(given.by == "A U Thor <author@example.com>");
  CHECK(given.at > 0);
  const auto found = find_approval(workspace, kPath);
  REQUIRE(found);
  CHECK(found->commit == given.commit);
  CHECK(found->text == masked("# Tasks\n\n- [x] 1. Form\n- [ ] 2. Check\n"));
  CHECK(found->text != masked("# Tasks\n\n- [ ] 1. Forms\n- [ ] 2. Check\n"));
  CHECK_FALSE(find_approval(workspace, "documentation/features/other/tasks.md"));
  CHECK(repo.git("show " + given.ref + ":" + kPath) + "\n" == found->text);
}

TEST_CASE("an approval keeps the one before it, and is taken back without losing it", "[record]") {
  const SpecRepo repo;
  Workspace workspace = repo.workspace();
  CHECK_FALSE(revoke_approval(workspace, kPath));
  const Approval first = approve(workspace, kPath, masked(kList));
  const Approval second = approve(workspace, kPath, masked(kList + "- [ ] 3. More\n"));
  CHECK(repo.oid(second.commit + "^") == first.commit);
  CHECK(revoke_approval(workspace, kPath));
  CHECK_FALSE(find_approval(workspace, kPath));
  CHECK_FALSE(revoke_approval(workspace, kPath));
  CHECK(repo.oid(second.ref + "^") == second.commit);
  CHECK(approve(workspace, kPath, masked(kList)).text == masked(kList));
}

TEST_CASE("what changed since an approval is shown line by line", "[record]") {
  const SpecRepo repo;
  Workspace workspace = repo.workspace();
  const auto lines = difference(workspace, "one\ntwo\n", "one\n2\n");
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].substr(0, 2) == "@@");
  CHECK(lines[2] == "-two");
  CHECK(lines[3] == "+2");
  CHECK(difference(workspace, "one\n", "one\n").empty());
}

TEST_CASE("spec.json of cc-sdd says whether the tasks are approved", "[record]") {
  const auto read = [](const std::string& json) {
    return evidence_of(tasks::Dialect::cc_sdd, {{"spec.json", json}});
  };
  const auto given = read(R"({"approvals": {"tasks": {"generated": true, "approved": true}}})");
  REQUIRE(given);
  CHECK(given->is_approved);
  CHECK(given->what == "'x/spec.json' says that the tasks are approved");
  const auto refused = read(R"({"approvals": {"tasks": {"generated": true, "approved": false}},
                                "ready_for_implementation": true})");
  REQUIRE(refused);
  CHECK_FALSE(refused->is_approved);
  CHECK(read(R"({"ready_for_implementation": true})")->is_approved);
  CHECK_FALSE(read("{broken")->is_approved);
  CHECK_FALSE(read(R"({"approvals": {"tasks": {"approved": "yes"}}})")->is_approved);
  CHECK_FALSE(evidence_of(tasks::Dialect::cc_sdd, {}));
  CHECK(evidence_of(tasks::Dialect::kiro,
                    {{"spec.json", R"({"approvals":{"tasks":{"approved":true}}})"}}));
  CHECK_FALSE(evidence_of(tasks::Dialect::openspec, {{"spec.json", "{}"}}));
}

TEST_CASE("a line that says approved counts, a sentence about it does not", "[record]") {
  const auto is_approved = [](const std::string& line) {
    const auto evidence =
        evidence_of(tasks::Dialect::pimzino, {}, "# Tasks\n\n" + line + "\n\n- [ ] 1. Form\n");
    return evidence && evidence->is_approved;
  };
  CHECK(is_approved("✅ APPROVED"));
  CHECK(is_approved("**✅ APPROVED**"));
  CHECK(is_approved("## Status: ✅ APPROVED"));
  CHECK(is_approved("**Status:** ✅ APPROVED"));
  CHECK(is_approved("✅ APPROVED - go on"));
  CHECK_FALSE(is_approved("Write ✅ APPROVED here when you agree"));
  CHECK_FALSE(is_approved("✅ APPROVED is what a person writes here"));
  CHECK_FALSE(is_approved("not ✅ APPROVED"));
  CHECK_FALSE(is_approved("- [x] ✅ APPROVED"));
  CHECK_FALSE(is_approved("```\n✅ APPROVED\n```"));
  CHECK_FALSE(evidence_of(tasks::Dialect::specflow, {}, "✅ APPROVED\n- [ ] 1. Form\n"));
}

TEST_CASE("the checklists of spec-kit count when every box is ticked", "[record]") {
  const auto read = [](const test::Files& files) {
    return evidence_of(tasks::Dialect::spec_kit, files);
  };
  CHECK_FALSE(read({}));
  CHECK_FALSE(read({{"checklists/a.md", "no box\n"}}));
  const auto complete =
      read({{"checklists/a.md", "- [x] one\n- [X] two\n```\n- [ ] not this\n```\n"},
            {"checklists/b.txt", "- [ ] not this either\n"}});
  REQUIRE(complete);
  CHECK(complete->is_approved);
  CHECK(complete->what == "the checklists in 'x/checklists' are complete");
  const auto open = read({{"checklists/a.md", "- [x] one\n"}, {"checklists/b.md", "- [ ] one\n"}});
  REQUIRE(open);
  CHECK_FALSE(open->is_approved);
  CHECK(open->what == "not all checklists are complete: 'x/checklists/b.md' has 1 open");
}
