// A watch over branches and tags while gates run: nobody but a gate knows the commits that are
// tested, so a branch or a tag that comes to name one was moved by a gate.
#pragma once

#include "record/workspace.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace chant::land {

class RefWatch {
 public:
  explicit RefWatch(record::Workspace& workspace) : workspace_(workspace) {}

  // A commit is tested from now on. Looks how the refs are when it is the only one.
  void add(const std::string& commit);
  void remove(const std::string& commit);

  // Puts back what names a tested commit now, or one of `made`; short names. What somebody moved
  // again meanwhile stays.
  [[nodiscard]] std::vector<std::string> put_back(const std::set<std::string>& made);

 private:
  [[nodiscard]] bool try_to_put_back(std::set<std::string>& names);
  [[nodiscard]] std::map<std::string, std::string> branches_and_tags() const;
  [[nodiscard]] std::string commit_named_by(const std::string& oid) const;
  [[nodiscard]] std::string earlier_value(const std::string& ref,
                                          const std::set<std::string>& commits) const;

  record::Workspace& workspace_;
  std::multiset<std::string> tested_;          // now
  std::set<std::string> ours_;                 // all that were ever tested or made
  std::map<std::string, std::string> before_;  // by full name
};

}  // namespace chant::land
