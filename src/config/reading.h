// The levels of configuration as far as they have been read: the values, the place of each, and
// what was wrong. For this module only.
#pragma once

#include "config/config.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace chant::config {

enum class OnFault { fail, collect };

class Reading {
 public:
  explicit Reading(OnFault on_fault) : on_fault_(on_fault) {}

  Config config;
  std::set<std::string> broken_agents;  // of which not everything could be read

  // One step of reading. What is wrong in it is thrown, or collected, so that the next step can
  // show its own; then false.
  bool step(const std::function<void()>& action);
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

  // A value as written, and its place: "file:3", "git config 'chant.target'".
  struct Found {
    std::string text, place;
  };
  void found(const std::string& key, Found value) { found_[key] = std::move(value); }
  // nullptr when nobody has set it.
  [[nodiscard]] const Found* find(const std::string& key) const;

 private:
  OnFault on_fault_;
  std::vector<std::string> faults_;
  std::map<std::string, Found> found_;
};

}  // namespace chant::config
