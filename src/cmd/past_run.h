// A run as the journal has it, for the verbs that tell of runs.
#pragma once

#include "cmd/json_value.h"
#include "journal/journal.h"
#include "record/workspace.h"
#include "ui/pitfalls.h"
#include "work/pitfalls.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace chant::cmd {

struct PastRun {
  journal::Run run;
  std::vector<journal::Attempt> attempts;  // as they started
  std::vector<work::Pitfall> pitfalls;
  std::size_t specs = 0;      // that had an attempt
  std::size_t succeeded = 0;  // of these, whose last attempt was good
};

[[nodiscard]] PastRun load_past_run(const journal::Journal& journal, const journal::Run& run);

// "3m12s", "running for 3m12s", "interrupted".
[[nodiscard]] std::string duration_text(const journal::Run& run);

[[nodiscard]] Json past_run_fields(const PastRun& past);

// What a run of a feature has come to: in a file of its own below the common directory, named by an
// event of the run. Throws Error.
void keep_report(record::Workspace& workspace, std::int64_t run, const std::string& text);
// Its path, "" when the run has none.
[[nodiscard]] std::string report_path(const journal::Journal& journal, std::int64_t run);

// As they are printed after a run.
[[nodiscard]] std::vector<ui::Issue> issues_of(const std::vector<work::Pitfall>& pitfalls);

}  // namespace chant::cmd
