// A repository with specs, and what operations on it work with.
#pragma once

#include "git/store.h"
#include "record/names.h"
#include "record/workspace.h"
#include "spec/spec.h"
#include "support/git_repo.h"

#include <string>
#include <vector>

namespace chant::test {

// The text of a spec file. `frontmatter`: lines with their newlines.
inline std::string spec_text(const std::string& title,
                             const std::string& frontmatter = "status: pending\n",
                             const std::string& criteria = "- [ ] Done\n") {
  return "---\ntype: code\n" + frontmatter + "---\n# " + title +
         "\n\nText.\n\n## Acceptance Criteria\n\n" + criteria;
}

inline std::string ticked(const std::string& title) {
  return spec_text(title, "status: pending\n", "- [x] Done\n");
}

class SpecRepo : public GitRepo {
 public:
  explicit SpecRepo(const config::Config& config = {}) : config_(config) {
    commit({{"file", "1\n"}, {"other", "1\n"}}, "start");
  }

  // Adds specs to the branch that is checked out; their commit.
  std::string commit_specs(const std::vector<std::string>& ids) const {
    Files files;
    for (const std::string& id : ids) files[record::spec_path(id)] = spec_text("Title of " + id);
    return commit(files, "add specs");
  }
  // The branch of an attempt, from `from`: one commit that does the work and ticks the box.
  std::string work_on(const std::string& id, const std::string& from, const Files& files,
                      const std::string& branch_prefix = "spec/") const {
    Files all = files;
    all[record::spec_path(id)] = ticked("Title of " + id);
    git("update-ref refs/chant/spec/" + id + "/base " + oid(from));
    return commit_on(branch_prefix + id, from, all, "Work\n\nChant-Spec: " + id);
  }

  // Reads the repository anew: the branch that is checked out, refs, journal.
  record::Workspace workspace(git::Use use = git::Use::heavy) const {
    return record::Workspace(repository(), config_, use);
  }
  [[nodiscard]] spec::Spec spec_at(const std::string& revision, const std::string& id) const {
    const std::string path = record::spec_path(id);
    return spec::parse_spec(id, git({"show", revision + ":" + path}) + "\n", path);
  }

  config::Config& config() { return config_; }

 private:
  config::Config config_;
};

}  // namespace chant::test
