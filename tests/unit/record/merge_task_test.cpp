#include "record/merge_task.h"

#include "git/tree.h"
#include "record/names.h"
#include "support/catch.h"
#include "support/list_repo.h"

using namespace chant;
using namespace chant::record;
using test::kListPath;
using test::ListRepo;

namespace {

const std::string kBase = "- [ ] one\n- [ ] two\n- [ ] three\n";

// What is left of a conflict in a file: its text, or "" when it stays.
std::string settled(const std::string& ours, const std::string& theirs,
                    const std::string& base = kBase, const std::string& path = kListPath) {
  ListRepo repo;
  Workspace workspace = repo.workspace();
  git::Store& store = workspace.store();
  const auto blob = [&](const std::string& text) { return store.write_object("blob", text); };
  git::TreeMerge merged{repo.git("rev-parse main^{tree}"),
                        {{path, "contents", blob(base), blob(ours), blob(theirs)}}};
  merged = merge_tasks(workspace, std::move(merged));
  if (!merged.clean()) return "";
  const auto entry = git::find_entry_in(store, merged.tree, path);
  return entry ? store.find_object(entry->oid)->content : "(gone)";
}

}  // namespace

TEST_CASE("a list gets the ticks of both sides", "[task]") {
  const std::string edited = "- [ ] new\n- [x] two\n- [ ] one\n- [ ] three\n";
  const std::string ticked = "- [x] one\n- [ ] two\n- [ ] three\n";
  const std::string both = "- [ ] new\n- [x] two\n- [x] one\n- [ ] three\n";
  CHECK(settled(edited, ticked) == both);
  CHECK(settled(ticked, edited) == both);
  CHECK(settled(ticked, "- [ ] one\n- [x] two\n- [ ] three\n") ==
        "- [x] one\n- [x] two\n- [ ] three\n");
  // What is open again on one side stays open.
  CHECK(settled(kBase, edited, ticked) == "- [ ] new\n- [x] two\n- [ ] one\n- [ ] three\n");
}

TEST_CASE("other conflicts in lists stay", "[task]") {
  const std::string ticked = "- [x] one\n- [ ] two\n- [ ] three\n";
  CHECK(settled("- [ ] one!\n- [ ] two\n", "- [ ] one?\n- [ ] two\n").empty());
  CHECK(settled("- [ ] two\n- [ ] three\n", ticked).empty());  // whose task is gone
  CHECK(settled("a = [ ]\n", "a = [x]\n", "a = [ ]\n", "file").empty());
}

TEST_CASE("spec files of tasks are no conflict, and go", "[task]") {
  ListRepo repo;
  Workspace workspace = repo.workspace();
  git::Store& store = workspace.store();
  const std::string path = spec_path(repo.id("one"));
  const std::string text = repo.spec_of("one").text;
  repo.commit({{path, text}}, "a task's");
  const std::string blob = store.write_object("blob", text);
  const std::string spec = store.write_object("blob", "# A spec\n");
  git::TreeMerge merged{repo.git("rev-parse main^{tree}"),
                        {{path, "modify/delete", blob, "", blob},
                         {".chant/specs/x.md", "contents", spec, spec, spec},
                         {"file", "contents", spec, blob, blob}}};
  merged = merge_tasks(workspace, std::move(merged));
  CHECK_FALSE(git::find_entry_in(store, merged.tree, path));
  REQUIRE(merged.conflicts.size() == 2);
  CHECK(merged.conflicts.front().path == ".chant/specs/x.md");
}
