#include "record/names.h"

namespace chant::record {

std::string spec_path(std::string_view id) { return ".chant/specs/" + std::string(id) + ".md"; }

std::string branch_ref(const config::Config& config, config::BranchMode mode, std::string_view id) {
  const std::string& prefix =
      mode == config::BranchMode::branch ? config.branch_prefix : config.direct_prefix;
  return "refs/heads/" + prefix + std::string(id);
}

std::string kept_ref(std::string_view id, std::string_view name) {
  return "refs/chant/spec/" + std::string(id) + "/" + std::string(name);
}

std::string short_ref(std::string_view ref) {
  constexpr std::string_view kHeads = "refs/heads/";
  if (ref.substr(0, kHeads.size()) == kHeads) ref.remove_prefix(kHeads.size());
  return std::string(ref);
}

std::filesystem::path claim_path(const git::Repository& repository, std::string_view id) {
  return repository.chant_dir() / "locks" / ("spec-" + std::string(id) + ".lock");
}

std::filesystem::path landing_lock_path(const git::Repository& repository) {
  return repository.chant_dir() / "locks/landing.lock";
}

std::filesystem::path journal_path(const git::Repository& repository) {
  return repository.chant_dir() / "journal.db";
}

std::filesystem::path log_directory(const git::Repository& repository, std::string_view id) {
  return repository.chant_dir() / "logs" / std::string(id);
}

}  // namespace chant::record
