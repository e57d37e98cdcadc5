// JSON answers, version 1: objects with "version" and one line-feed at the end. Text that is not
// valid UTF-8 is replaced.
#pragma once

#include "cmd/json_value.h"
#include "journal/journal.h"
#include "land/packet.h"
#include "record/snapshot.h"
#include "spec/lint.h"

#include <cstdint>
#include <string>
#include <vector>

namespace chant::cmd {

// RFC 3339 with milliseconds, so that the order of what happened in one second can be seen; null
// for 0.
[[nodiscard]] Json time_field(std::int64_t ms);

[[nodiscard]] Json attempt_fields(const journal::Attempt& attempt);

[[nodiscard]] std::string json_listing(const record::Snapshot& snapshot,
                                       const std::vector<std::string>& ids);

// `marked`: the conflicts of its packet.
[[nodiscard]] std::string json_spec(const record::Snapshot& snapshot, const std::string& id,
                                    const std::vector<journal::Attempt>& attempts,
                                    const std::vector<land::MarkedFile>& marked);

struct Need {
  std::string id, state, reason, next;
};
// `last_run`: the attempts of the last run.
[[nodiscard]] std::string json_status(const record::Snapshot& snapshot,
                                      const std::vector<Need>& needs,
                                      const std::vector<journal::Attempt>& last_run);

[[nodiscard]] std::string json_findings(const std::vector<spec::Finding>& findings);

}  // namespace chant::cmd
