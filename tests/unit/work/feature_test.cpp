#include "work/feature.h"

#include "record/task.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"
#include "util/text.h"

#include <functional>

using namespace chant;
using namespace chant::work;
using test::SpecRepo;
using Standing = LoadedFeature::Standing;

namespace {

constexpr const char* kPath = "documentation/features/login/tasks.md";

const std::string kList = R"(# Tasks: Login

### Track A: Form (No Dependencies)

- [x] 1. **Draw the form**
- [ ] 2. **Check the form**
  - Every field.
  - _Dependencies: Task 1_
  - _Requirements: 1.1, 2_

### Track B: Server (No Dependencies)

- [ ] 3. **Take the form**
- [ ] 4. **Keep the form**
  - _Dependencies: Tasks 2, 3_
)";

// A repository with the feature, committed.
struct FeatureRepo : SpecRepo {
  explicit FeatureRepo(const std::string& list = kList) {
    commit({{kPath, list},
            {"documentation/features/login/design.md", "The design.\n"},
            {".chant/specs/keep", ""}},
           "the plan");
  }
};

FeatureRequest request(const std::vector<std::string>& tracks = {}) {
  FeatureRequest wanted;
  wanted.what = "login";
  wanted.tracks = tracks;
  return wanted;
}

std::string problem(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

struct Loaded {
  record::Workspace workspace;
  LoadedFeature feature;
  explicit Loaded(const SpecRepo& repo)
      : workspace(repo.workspace()), feature(load_feature(workspace, request())) {}
};

}  // namespace

TEST_CASE("a list is the same on the target but for what was changed here", "[work]") {
  const FeatureRepo repo;
  CHECK(Loaded(repo).feature.standing == Standing::same);
  repo.write(kPath, replaced(kList, "[ ] 2", "[x] 2"));
  CHECK(Loaded(repo).feature.standing == Standing::new_here);
  repo.git("rm -q --cached " + std::string(kPath));
  repo.git({"commit", "-q", "-m", "no list"});
  CHECK(Loaded(repo).feature.standing == Standing::new_here);
}

TEST_CASE("line ends that git converts are no change", "[work]") {
  const FeatureRepo repo;
  repo.git("config core.autocrlf true");
  std::string crlf = kList;
  for (auto at = crlf.find('\n'); at != std::string::npos; at = crlf.find('\n', at + 2)) {
    crlf.insert(at, "\r");
  }
  repo.write(kPath, crlf);
  Loaded loaded(repo);
  CHECK(loaded.feature.standing == Standing::same);
  const std::string text = approvable(loaded.feature);
  CHECK(text.find('\r') == std::string::npos);
  repo.write(kPath, kList);
  CHECK(approvable(Loaded(repo).feature) == text);
}

TEST_CASE("on another branch the boxes are those of the target", "[work]") {
  FeatureRepo repo;
  repo.config().target = "main";
  repo.git("checkout -q -b side");
  repo.commit_on("main", "main", {{kPath, replaced(kList, "[ ] 2", "[x] 2")}}, "tick");
  repo.git("checkout -q side");
  const Loaded loaded(repo);
  CHECK(loaded.feature.standing == Standing::same);
  CHECK(loaded.feature.list.find("2")->state == tasks::State::done);
  repo.write(kPath, replaced(kList, "Check the form", "Check it"));
  Loaded other(repo);
  CHECK(other.feature.standing == Standing::not_there);
  CHECK(problem([&] { (void)commit_list(other.workspace, other.feature); }) ==
        "'documentation/features/login/tasks.md' is not on 'main' as it is here, and this checkout "
        "is on another branch");
}

TEST_CASE("a list that is new here is committed, that path alone", "[work]") {
  const FeatureRepo repo;
  CHECK(Loaded(repo).feature.standing == Standing::same);
  repo.write(kPath, replaced(kList, "Check the form", "Check it"));
  repo.write("file", "mine\n");
  repo.git("add file");
  Loaded loaded(repo);
  const std::string line = commit_list(loaded.workspace, loaded.feature);
  CHECK(line.find("committed 'documentation/features/login/tasks.md' to 'main' first (") == 0);
  CHECK(repo.git("show --format=%s --name-only main") ==
        "chant: add the task list documentation/features/login/tasks.md\n\n" + std::string(kPath));
  CHECK(repo.status() == "M  file");
  CHECK(commit_list(loaded.workspace, loaded.feature).empty());
}

TEST_CASE("a list that git ignores is not committed", "[work]") {
  const FeatureRepo repo;
  repo.git("rm -rq --cached documentation");
  repo.commit({{".gitignore", "documentation\n"}}, "ignore");
  repo.write(kPath, kList);
  record::Workspace workspace = repo.workspace();
  FeatureRequest wanted = request();
  wanted.what = kPath;
  LoadedFeature loaded = load_feature(workspace, wanted);
  CHECK(problem([&] { (void)commit_list(workspace, loaded); }) ==
        "'documentation/features/login/tasks.md' is ignored by git, but what is done is recorded "
        "in it");
}

TEST_CASE("documents that agents will not see are named", "[work]") {
  const FeatureRepo repo;
  Loaded before(repo);
  CHECK(unseen_documents(before.workspace, before.feature).empty());
  repo.write("documentation/features/login/design.md", "another\n");
  repo.write("documentation/features/login/requirements.md", "new\n");
  repo.write("documentation/features/login/research.md", "kept out\n");
  repo.write(".gitignore", "research.md\n");
  Loaded loaded(repo);
  const auto lines = unseen_documents(loaded.workspace, loaded.feature);
  REQUIRE(lines.size() == 3);
  CHECK(lines[2] ==
        "'documentation/features/login/research.md' is not committed as it is here: "
        "agents see nothing of it");
  CHECK(lines[0] ==
        "'documentation/features/login/design.md' is not committed as it is here: agents "
        "see what is committed");
  CHECK(lines[1] ==
        "'documentation/features/login/requirements.md' is not committed as it is here: "
        "agents see nothing of it");
}

TEST_CASE("what counts is in the chosen tracks", "[work]") {
  const FeatureRepo repo;
  Loaded loaded(repo);
  const record::Snapshot snapshot = record::take_snapshot(loaded.workspace);
  const FeaturePlan all = plan_feature(loaded.feature, request(), snapshot);
  CHECK(all.chosen == std::unordered_set<std::string>{"1", "2", "3", "4"});
  CHECK(all.done == std::unordered_set<std::string>{"1"});
  for (const std::string track : {"a", "Track A", " A "}) {
    CAPTURE(track);
    const FeaturePlan one = plan_feature(loaded.feature, request({track}), snapshot);
    CHECK(one.chosen == std::unordered_set<std::string>{"1", "2"});
    CHECK(one.done == std::unordered_set<std::string>{"1"});
  }
  CHECK(plan_feature(loaded.feature, request({"B"}), snapshot).plan.outside ==
        std::vector<std::string>{"4"});
}

TEST_CASE("what earlier runs left is remarked, and what needs a person is left to them", "[work]") {
  const FeatureRepo repo;
  Loaded loaded(repo);
  const auto attempt = [&](const std::string& id, const std::string& exit_class) {
    const tasks::Task& task = *loaded.feature.list.find(id);
    const std::string base = record::make_base_commit(
        loaded.workspace, "login." + id, repo.oid("main"),
        record::task_text(loaded.feature.feature, loaded.feature.list, loaded.feature.text, task));
    repo.git("update-ref refs/chant/spec/login." + id + "/base " + base);
    repo.git("branch spec/login." + id + " " + base);
    journal::Attempt record;
    record.spec = "login." + id;
    record.branch = "refs/heads/spec/login." + id;
    loaded.workspace.journal().begin_attempt(record);
    record.exit_class = exit_class;
    record.reason = "because";
    loaded.workspace.journal().end_attempt(record);
  };
  attempt("2", "failed");
  attempt("3", "tampered");
  record::Workspace workspace = repo.workspace();
  const FeaturePlan planned =
      plan_feature(loaded.feature, request(), record::take_snapshot(workspace));
  REQUIRE(planned.remarks.count("2") == 1);
  CHECK(planned.remarks.at("2").find("failed before: ") == 0);
  CHECK(planned.remarks.count("3") == 0);
  CHECK(planned.plan.rows[1].place == tasks::Place::ready);
  CHECK(planned.plan.rows[2].place == tasks::Place::failed);
  CHECK(planned.plan.rows[2].why.find("because") != std::string::npos);
}

TEST_CASE("the tasks of a run are the open ones, with what their prompt says", "[work]") {
  const FeatureRepo repo;
  Loaded loaded(repo);
  FeatureRequest wanted = request();
  const FeaturePlan planned =
      plan_feature(loaded.feature, wanted, record::take_snapshot(loaded.workspace));
  const auto items =
      record::task_items(loaded.feature.feature, loaded.feature.list, loaded.feature.text);
  const auto chosen = chosen_tasks(loaded.feature, wanted, planned.plan, items);
  REQUIRE(chosen.size() == 3);
  CHECK(chosen[0].id == "login.2");
  CHECK(chosen[0].text == items.at("login.2").spec.text);
  CHECK(chosen[0].lane.empty());
  agent::PromptValues values = chosen[0].values;
  CHECK(values["task_id"] == "2");
  CHECK(values["task_description"] ==
        "- [ ] 2. **Check the form**\n  - Every field.\n  - _Dependencies: Task 1_\n"
        "  - _Requirements: 1.1, 2_");
  CHECK(values["requirements"] == "1.1, 2");
  CHECK(values["list"] == kPath);
  CHECK(values["feature_name"] == "login");
  CHECK(values["feature_dir"] == "documentation/features/login");
  CHECK(values["documents"] == "- documentation/features/login/design.md");
  CHECK(chosen[1].values.at("requirements") == "none named");
}

TEST_CASE("small tasks of one track share a lane when that is asked for", "[work]") {
  std::string list = kList;
  list += "- [ ] 5. **Write a book**\n";
  for (int i = 0; i < 40; ++i) list += "  - A chapter of it, with some forty words and more.\n";
  const FeatureRepo repo(list);
  Loaded loaded(repo);
  FeatureRequest wanted = request();
  wanted.batch_tracks = true;
  const FeaturePlan planned =
      plan_feature(loaded.feature, wanted, record::take_snapshot(loaded.workspace));
  const auto chosen = chosen_tasks(
      loaded.feature, wanted, planned.plan,
      record::task_items(loaded.feature.feature, loaded.feature.list, loaded.feature.text));
  REQUIRE(chosen.size() == 4);
  CHECK(chosen[0].lane == "login.A");
  CHECK(chosen[1].lane == "login.B");
  CHECK(chosen[2].lane == "login.B");
  CHECK(chosen[3].lane.empty());
}

TEST_CASE("a list may be worked on when it is approved as it is", "[work]") {
  const FeatureRepo repo;
  Loaded loaded(repo);
  const Permission none = permission_of(loaded.workspace, loaded.feature);
  CHECK_FALSE(none.is_given);
  CHECK(none.why == "'documentation/features/login/tasks.md' has not been approved");
  CHECK(none.next == "git chant approve documentation/features/login/tasks.md");
  record::approve(loaded.workspace, kPath, approvable(loaded.feature));
  const Permission given = permission_of(loaded.workspace, loaded.feature);
  CHECK(given.is_given);
  CHECK(given.why.find("was approved by A U Thor <author@example.com> on ") != std::string::npos);
  repo.write(kPath, replaced(kList, "[ ] 2", "[x] 2"));
  CHECK(permission_of(loaded.workspace, Loaded(repo).feature).is_given);
  repo.write(kPath, replaced(kList, "Every field", "Each field"));
  const Permission changed = permission_of(loaded.workspace, Loaded(repo).feature);
  CHECK_FALSE(changed.is_given);
  CHECK(changed.why.find("and has been changed since") != std::string::npos);
  CHECK(changed.approval);
}

TEST_CASE("an approval counts however the list is read", "[work]") {
  const FeatureRepo repo;
  Loaded loaded(repo);
  record::approve(loaded.workspace, kPath, approvable(loaded.feature));
  FeatureRequest wanted = request();
  wanted.format = tasks::Dialect::github;
  CHECK(permission_of(loaded.workspace, load_feature(loaded.workspace, wanted)).is_given);
}

TEST_CASE("what another tool left counts where nobody has approved here", "[work]") {
  const SpecRepo repo;
  repo.commit({{".kiro/specs/login/tasks.md", "# Plan\n\n- [ ] 1. (P) One\n- [ ] 2. (P) Two\n"},
               {".kiro/specs/login/spec.json", R"({"approvals":{"tasks":{"approved":true}}})"}},
              "the plan");
  Loaded loaded(repo);
  const Permission given = permission_of(loaded.workspace, loaded.feature);
  CHECK(given.is_given);
  CHECK(given.why == "'.kiro/specs/login/spec.json' says that the tasks are approved");
  repo.write(".kiro/specs/login/spec.json", R"({"approvals":{"tasks":{"approved":false}}})");
  CHECK_FALSE(permission_of(loaded.workspace, loaded.feature).is_given);
  record::approve(loaded.workspace, loaded.feature.feature.list, approvable(loaded.feature));
  CHECK(permission_of(loaded.workspace, loaded.feature).is_given);
}
