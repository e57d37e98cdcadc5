// Telling the user that a run has ended or needs a person, by a command of theirs.
#pragma once

#include "config/config.h"
#include "config/trust.h"
#include "git/repository.h"
#include "process/loop.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace chant::work {

struct Notice {
  std::string event;                      // "run-ended", "needs-person"
  std::int64_t run = 0;                   // number in the journal, 0 = none
  std::string summary;                    // one line
  std::filesystem::path supervisor = {};  // as of process::Loop::Supervised
};

// Runs `command` to its end, for at most 30 seconds, supervised and with its output in a private
// log; it gets CHANT_EVENT, CHANT_RUN and CHANT_SUMMARY and otherwise the user's own environment.
// Returns "" when there is no command or it did well, else one printable line. Never throws: a run
// does not fail because nobody could be told.
[[nodiscard]] std::string notify(process::Loop& loop, const config::ShellLine& command,
                                 const config::TrustStore& trust, const git::Repository& repository,
                                 const Notice& notice);

}  // namespace chant::work
