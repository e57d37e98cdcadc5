// Lists that somebody is editing while their tasks land.
#pragma once

#include "git/advance.h"
#include "record/workspace.h"

#include <filesystem>
#include <string>
#include <vector>

namespace chant::record {

// Ticks (or unticks) in these files what the advance has ticked in the list on the target, where
// the task is found again: one byte in place, so that an editor and its user see the same file.
// What cannot be ticked stays as the person has it; a line for each.
std::vector<std::string> tick_beside(Workspace& workspace, const git::Advance& advance,
                                     const std::vector<git::Beside>& beside);

// Sets in a file the bytes by which two texts differ; it stays the same file for whoever has it
// open. False when it has not the old text any more. Throws Error when it cannot be written.
[[nodiscard]] bool change_bytes(const std::filesystem::path& file, const std::string& old,
                                const std::string& now);

}  // namespace chant::record
