// The trailers that tell which spec, which attempt and which model a commit is from: Chant-Spec,
// Chant-Run, Chant-Model. Added by our hook as a commit is made, and afterwards to the commits of
// agents whose commits no hook saw.
#pragma once

#include "journal/journal.h"
#include "record/workspace.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::record {

struct Mark {
  std::string spec;
  std::string run;    // "" for a person's commit
  std::string model;  // "" when not known
};

// The keys of these trailers.
[[nodiscard]] const std::vector<std::string>& mark_keys();

// `message` with what it lacks of the mark: a run or a model that it names already stays the only
// one. Seals and blank messages stay as they are.
[[nodiscard]] std::string marked_message(std::string_view message, const Mark& mark,
                                         std::string_view comment = "#");

// Tells an attempt from all others at its spec, by what the journal has of it: its number and
// when it started.
[[nodiscard]] std::string run_name(const journal::Attempt& attempt);

struct Marked {
  std::string tip;
  std::vector<std::string> commits;  // oldest first
};

// The own commits of a branch (oldest first, the last is its tip; all others can be reached from
// `outside`) made again with the mark on those that name no spec; everything else of them is kept
// byte for byte. Moves no ref. std::nullopt when there is nothing to do, and when it cannot be
// done without loss: a commit is signed, or a seal lies between them.
[[nodiscard]] std::optional<Marked> mark_commits(Workspace& workspace,
                                                 const std::vector<std::string>& commits,
                                                 const std::vector<std::string>& outside,
                                                 const Mark& mark);

}  // namespace chant::record
