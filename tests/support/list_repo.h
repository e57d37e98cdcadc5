// A repository with a task list, and tasks of it that are finished.
#pragma once

#include "record/snapshot.h"
#include "record/task.h"
#include "support/sealed_repo.h"

#include <map>
#include <string>

namespace chant::test {

inline const std::string kListPath = "docs/tasks.md";
inline const tasks::Feature kListFeature = {"feat", kListPath, {"docs/design.md"}};
inline const std::string kList = "# Tasks\n\n- [ ] one\n- [ ] two\n- [ ] three";

class ListRepo : public SealedRepo {
 public:
  explicit ListRepo(std::string text = kList) : text_(std::move(text)) {
    commit({{kListPath, text_}}, "list");
  }

  [[nodiscard]] std::map<std::string, spec::Item> items() const {
    return record::task_items(kListFeature, tasks::read_list(text_, kListPath), text_);
  }
  // The id of the task with this title.
  [[nodiscard]] std::string id(const std::string& title) const {
    for (const auto& [id, item] : items()) {
      if (item.spec.title == title) return id;
    }
    throw std::runtime_error("no task " + title);
  }
  [[nodiscard]] spec::Spec spec_of(const std::string& title) const {
    return items().at(id(title)).spec;
  }
  // Its branch, at its base commit.
  std::string begin_task(const std::string& title, const std::string& on = "main") const {
    record::Workspace in = workspace();
    const std::string name = id(title);
    const std::string base = record::make_base_commit(in, name, oid(on), spec_of(title).text);
    in.store().flush();
    git("update-ref refs/chant/spec/" + name + "/base " + base);
    git("update-ref refs/heads/spec/" + name + " " + base);
    return base;
  }
  // As an attempt leaves it: the base commit, a commit of work, and the seal; the tip.
  std::string finish_task(const std::string& title, const Files& files,
                          const std::string& on = "main") const {
    const std::string name = id(title);
    const std::string base = begin_task(title, on);
    commit_on("spec/" + name, base, files, "Work on " + title + "\n\nChant-Spec: " + name);
    return seal(name);
  }
  [[nodiscard]] std::string list_at(const std::string& revision) const {
    return git({"show", revision + ":" + kListPath});
  }
  // "" when it is no spec.
  [[nodiscard]] std::string state(const std::string& id) const {
    record::Workspace in = workspace();
    const record::Snapshot snapshot = record::take_snapshot(in);
    const auto found = snapshot.states.find(id);
    return found == snapshot.states.end() ? "" : std::string(spec::name_of(found->second.state));
  }

 private:
  std::string text_;
};

}  // namespace chant::test
