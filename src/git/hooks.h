// Running the user's hooks after what we do by plumbing, as the porcelain command would have.
#pragma once

#include "git/repository.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace chant::git {

class Hooks {
 public:
  explicit Hooks(std::filesystem::path common_dir) : common_dir_(std::move(common_dir)) {}

  // Runs the hook in `checkout` when there is one. How it ends does not matter, as in git. The
  // hook sees CHANT_HOOK=0, so that a hook of ours does nothing.
  void run(const std::filesystem::path& checkout, const std::string& name,
           const std::vector<std::string>& arguments);

 private:
  std::filesystem::path common_dir_;
  std::optional<bool> configured_;  // hooks may be elsewhere than in the default directory
};

}  // namespace chant::git
