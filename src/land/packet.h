// What is known of a conflict, gathered for whoever resolves it.
#pragma once

#include "land/entry.h"
#include "land/train.h"
#include "record/parked.h"
#include "record/workspace.h"

#include <filesystem>
#include <string>
#include <vector>

namespace chant::land {

// The packet of a branch that does not fit onto `clashing.ours`. Looks for the first pair of
// commits that conflict.
[[nodiscard]] record::Parked describe_conflict(record::Workspace& workspace,
                                               const std::filesystem::path& directory,
                                               const std::string& target, const Entry& entry,
                                               const Clashing& clashing);

// The packet of a branch whose gate is red; reads the end of the log.
[[nodiscard]] record::Parked describe_red(const std::string& target, const Entry& entry,
                                          const std::string& why, const std::filesystem::path& log);

// The packet of a branch that needs one that is parked.
[[nodiscard]] record::Parked describe_dependent(const std::string& target, const Entry& entry,
                                                const std::string& dependency);

// For whoever resolves a conflict: the files and how they conflict, the commits of both sides, the
// first two that conflict. Several lines, not cleaned for a terminal.
[[nodiscard]] std::string conflict_text(const record::Parked& parked);

// The places in a file that git has marked, each with the lines around it.
struct MarkedFile {
  std::string path;
  std::string text;  // not cleaned for a terminal
};
[[nodiscard]] std::vector<MarkedFile> marked_files(record::Workspace& workspace,
                                                   const record::Parked& parked);

}  // namespace chant::land
