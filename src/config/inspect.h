// The configuration as a question: what holds and where it is from, and everything that is wrong
// with it at once. Reads the same sources, in the same way, as load_config.
#pragma once

#include "config/config.h"

#include <string>
#include <vector>

namespace chant::config {

// One effective value.
struct EffectiveValue {
  std::string key;     // "worktree.root", "parallel.agents.main.command"
  std::string value;   // as written; lists and maps in YAML's flow form; values of variables that
                       // look like secrets are left out
  std::string origin;  // "built-in", "<file>:<line>", "git config 'chant.x'", "'GIT_CHANT_X'"
};

struct Inspection {
  Config config;                       // of what could be read
  std::vector<EffectiveValue> values;  // every setting, in the order of the documentation
  std::vector<std::string> faults;     // one line each, with file and line or name
};

// Throws nothing for what is wrong: that is in `faults`.
[[nodiscard]] Inspection inspect(const Sources& sources);

// Where the value of a key is from; "built-in" when nobody has set it.
[[nodiscard]] std::string origin_of(const Inspection& inspection, const std::string& key);

}  // namespace chant::config
