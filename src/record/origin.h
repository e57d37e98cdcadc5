// Did work land in this repository, or did it come with a pull? What a pull brought is not
// recorded by every clone again: only a person or a machine that was told to does it.
#pragma once

#include "record/workspace.h"
#include "spec/spec.h"

#include <optional>
#include <string>

namespace chant::record {

class Origin {
 public:
  // `seen`: where the target was seen last, "" when never.
  Origin(Workspace& workspace, std::string target, std::string seen);

  // True when the target got this commit by something done here: it is not in the branch that
  // the target follows, unless we pushed it there, and the target is known to have been
  // without it.
  [[nodiscard]] bool is_local(const std::string& commit);
  // True when what the file on the target records was recorded here, and is not in the branch that
  // the target follows.
  [[nodiscard]] bool is_record_local(const spec::Spec& file);

 private:
  [[nodiscard]] bool was_pushed(const std::string& commit);
  [[nodiscard]] bool was_without(const std::string& commit);
  [[nodiscard]] const std::string& upstream();
  [[nodiscard]] std::optional<std::string> upstream_tip();

  Workspace& workspace_;
  std::string target_, seen_;
  std::optional<std::string> upstream_;  // full ref, "" when there is none
};

}  // namespace chant::record
