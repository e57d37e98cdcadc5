// JSON answers, version 1: objects with "version" and one line-feed at the end. Text that is not
// valid UTF-8 is replaced.
#pragma once

#include "journal/journal.h"
#include "land/packet.h"
#include "record/snapshot.h"
#include "spec/lint.h"

#include <string>
#include <vector>

namespace chant::cmd {

[[nodiscard]] std::string json_listing(const record::Snapshot& snapshot,
                                       const std::vector<std::string>& ids);

// `marked`: the conflicts of its packet.
[[nodiscard]] std::string json_spec(const record::Snapshot& snapshot, const std::string& id,
                                    const std::vector<journal::Attempt>& attempts,
                                    const std::vector<land::MarkedFile>& marked);

struct Need {
  std::string id, state, reason, next;
};
[[nodiscard]] std::string json_status(const record::Snapshot& snapshot,
                                      const std::vector<Need>& needs);

[[nodiscard]] std::string json_findings(const std::vector<spec::Finding>& findings);

}  // namespace chant::cmd
