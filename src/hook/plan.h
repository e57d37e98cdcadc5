// What an installation would change, decided before anything is. Reads only.
#pragma once

#include "git/repository.h"
#include "hook/ledger.h"
#include "hook/survey.h"

#include <optional>
#include <string>
#include <vector>

namespace chant::hook {

// Which file says that spec files have a merge driver.
enum class AttributesIn { git_directory, checkout };

struct Request {
  std::string binary;  // absolute path of git-chant
  AttributesIn attributes = AttributesIn::git_directory;
};

struct Plan {
  std::string method;                // "config", "files", "husky", "lefthook", or "none"
  std::vector<Change> hooks;         // to be made when `question` is empty or agreed to
  std::vector<Change> driver;        // the merge driver
  std::string question;              // "" when no one has to be asked
  std::string by_hand;               // what to do instead by hand, lines
  std::vector<std::string> remarks;  // lines for the user
};

// `ledger`: what is installed already. Throws Error when something is in the way.
[[nodiscard]] Plan make_plan(const git::Repository& repository, const Survey& survey,
                             const std::optional<Ledger>& ledger, const Request& request);

// Name of the setting `hook.<name>.<key>` for an event.
[[nodiscard]] std::string setting_name(const std::string& event, const std::string& key);

// The file in which the attributes of the merge driver are.
[[nodiscard]] std::filesystem::path attributes_path(const git::Repository& repository,
                                                    AttributesIn attributes);

}  // namespace chant::hook
