// What the last sweep looked at: <common dir>/chant/seen, a few lines of text that a hook reads
// without starting anything. Written by the sweep alone, under its lock.
//
//   target refs/heads/main      the configured target; absent: the branch that is checked out
//   spec-branch refs/heads/spec/  a prefix of spec branches, which are never a target
//   at refs/heads/main <oid>    where a target was when everything on it was true
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace chant::record {

struct Seen {
  std::string target;                 // full ref, "" when none is configured
  std::vector<std::string> prefixes;  // of full refs
  std::map<std::string, std::string> tips;

  [[nodiscard]] bool is_spec_branch(const std::string& ref) const;
  [[nodiscard]] std::string tip(const std::string& ref) const;  // "" when never seen
};

// Empty when there is none, when it cannot be read, or when the journal that it belongs to is
// gone: then everything is looked at again.
[[nodiscard]] Seen load_seen(const std::filesystem::path& chant_dir);
// Throws Error.
void save_seen(const std::filesystem::path& chant_dir, const Seen& seen);

}  // namespace chant::record
