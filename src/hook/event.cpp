#include "hook/event.h"

#include "config/config.h"
#include "git/repository.h"
#include "git/run.h"
#include "hook/commit_message.h"
#include "hook/place.h"
#include "hook/pre_commit.h"
#include "record/seen.h"
#include "record/sweep.h"
#include "record/workspace.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace chant::hook {
namespace {

bool is_switched_off() {
  const char* value = std::getenv("CHANT_HOOK");
  return value != nullptr && std::string_view(value) == "0";
}

// The fast path: true when the files of the repository say that there is nothing to make true.
bool nothing_to_do(const Place& place) {
  const std::filesystem::path chant_dir = place.common_dir / "chant";
  if (!place.spec.empty()) return true;
  // No command of ours ran in this clone yet; it may have specs all the same.
  if (access(chant_dir.c_str(), F_OK) != 0) {
    return access((place.top_level / ".chant").c_str(), F_OK) != 0;
  }
  const record::Seen seen = record::load_seen(chant_dir);
  if (place.head_ref.empty()) return access((place.common_dir / "reftable").c_str(), F_OK) != 0;
  if (!seen.target.empty() && seen.target != place.head_ref) return true;
  if (seen.is_spec_branch(place.head_ref)) return true;
  const std::string last = seen.tip(place.head_ref);
  return !last.empty() && read_ref(place, place.head_ref) == last;
}

void make_true(const Place& place, std::string& report) {
  if (nothing_to_do(place)) return;
  git::Repository repository = git::discover(place.top_level);
  config::Config config =
      config::load_config({repository.top_level, git::chant_settings(repository.top_level)});
  record::Workspace workspace(std::move(repository), std::move(config), git::Use::heavy);
  if (!workspace.on_target()) return;
  for (const std::string& line : record::sweep(workspace)) report += "git chant: " + line + "\n";
}

}  // namespace

const std::vector<std::string>& events() {
  static const std::vector<std::string> names = {
      "post-merge",         "post-commit", "post-rewrite", "post-checkout",
      "prepare-commit-msg", "commit-msg",  "pre-commit"};
  return names;
}

int run_event(const std::filesystem::path& directory, const std::string& event,
              const std::vector<std::string>& arguments, std::string& report) {
  const auto place = find_place(directory);
  if (!place || is_switched_off()) return 0;
  git::scrub_environment();
  if (event == "pre-commit") return check_staged(*place, report);
  if (event == "commit-msg") {
    finish_message(*place, arguments);
  } else if (event == "prepare-commit-msg") {
    prepare_message(*place, arguments);
  } else if (event != "post-checkout" || (arguments.size() == 3 && arguments[2] == "1")) {
    make_true(*place, report);
  }
  return 0;
}

}  // namespace chant::hook
