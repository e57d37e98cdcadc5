#include "hook/commit_message.h"

#include "git/run.h"
#include "git/trailers.h"
#include "record/mark.h"
#include "record/names.h"
#include "record/seen.h"
#include "spec/id.h"
#include "util/file.h"
#include "util/text.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string_view>

namespace chant::hook {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxMessage = std::size_t{64} * 1024 * 1024;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_there(const fs::path& path) { return access(path.c_str(), F_OK) == 0; }

// git names this editor to hooks when it will start none.
bool is_edited() { return variable("GIT_EDITOR") != ":"; }

// The branch that is checked out, or that a rebase in progress will move at its end.
std::string branch_of(const Place& place) {
  if (!place.head_ref.empty()) return place.head_ref;
  for (const char* name : {"rebase-merge/head-name", "rebase-apply/head-name"}) {
    if (const auto text = find_file(place.git_dir / name, 4096)) return std::string(trim(*text));
  }
  return "";
}

std::string spec_of_branch(const Place& place) {
  const std::string branch = branch_of(place);
  if (branch.empty()) return "";
  std::vector<std::string> prefixes = record::load_seen(place.common_dir / "chant").prefixes;
  prefixes.insert(prefixes.end(), {"refs/heads/spec/", "refs/heads/chant/"});
  for (const std::string& prefix : prefixes) {
    if (branch.compare(0, prefix.size(), prefix) != 0) continue;
    std::string id = branch.substr(prefix.size());
    if (spec::is_valid_id(id) && is_there(place.top_level / record::spec_path(id))) return id;
  }
  return "";
}

bool is_run_name(std::string_view text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

record::Mark mark_for(const std::string& spec) {
  record::Mark mark{spec, "", ""};
  const std::string worked_on = variable("CHANT_SPEC_ID");
  if (!worked_on.empty() && worked_on != spec) return mark;
  mark.model = trim(variable("CHANT_MODEL").substr(0, 200));
  if (worked_on == spec && is_run_name(variable("CHANT_RUN"))) mark.run = variable("CHANT_RUN");
  return mark;
}

// Without an editor git puts no comments into the message; then only lines that begin with the
// usual character can be meant, and most messages have none.
std::string comment_of(const Place& place, const std::string& message) {
  const bool may_have = message.compare(0, 1, "#") == 0 || message.find("\n#") != std::string::npos;
  if (!is_edited() && !may_have) return "#";
  const process::Result result =
      git::run(place.top_level, {"config", "--get-regexp", "^core\\.comment(char|string)$"});
  std::string configured;
  for (const std::string& line : split(result.out, '\n')) {
    const auto space = line.find(' ');
    if (space != std::string::npos) configured = line.substr(space + 1);
  }
  if (configured == "auto" && !is_edited()) return "#";
  return git::comment_prefix(message, configured);
}

void replace(const fs::path& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

enum class Squashed { no, in_message, in_file };

Squashed squashed_at(const Place& place, const std::string& source) {
  const bool by_rebase = is_there(place.git_dir / "rebase-merge/message-squash");
  if (source == "squash" || by_rebase) return Squashed::in_message;
  const bool fresh = source == "message" || source == "template" || source.empty();
  return fresh && is_there(place.git_dir / "SQUASH_MSG") ? Squashed::in_file : Squashed::no;
}

std::string with_squashed(const Place& place, const std::string& message, Squashed squashed,
                          const std::string& comment) {
  if (squashed == Squashed::in_message) {
    return git::hoist_trailers(message, record::mark_keys(), comment);
  }
  if (squashed == Squashed::no) return message;
  const auto list = find_file(place.git_dir / "SQUASH_MSG", kMaxMessage);
  return git::with_trailers(
      message, git::find_listed_trailers(list.value_or(""), record::mark_keys()), comment);
}

// A template that the user leaves as it is makes git abort; with a trailer it would be another
// message. So what it was is kept until the editor has ended.
fs::path template_file(const Place& place) { return place.git_dir / "chant/message-template"; }

void remember_template(const Place& place, const fs::path& message) {
  make_private_directories(template_file(place).parent_path());
  replace(template_file(place), load_file(message, kMaxMessage));
}

bool is_untouched_template(const Place& place, const std::string& message,
                           const std::string& comment) {
  const auto given = find_file(template_file(place), kMaxMessage);
  if (!given) return false;
  fs::remove(template_file(place));
  return git::same_message(*given, message, comment);
}

void complete(const Place& place, const fs::path& path, const std::string& spec,
              Squashed squashed) {
  const std::string message = load_file(path, kMaxMessage);
  const std::string comment = comment_of(place, message);
  if (is_untouched_template(place, message, comment)) return;
  std::string text = with_squashed(place, message, squashed, comment);
  if (!spec.empty()) text = record::marked_message(text, mark_for(spec), comment);
  if (text != message) replace(path, text);
}

// A hook that fails would stop the user's commit.
template <typename Step>
void guarded(const Step& step) {
  try {
    step();
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace

std::string spec_of(const Place& place) {
  if (!place.spec.empty()) return spec::is_valid_id(place.spec) ? place.spec : "";
  const std::string worked_on = variable("CHANT_SPEC_ID");
  if (spec::is_valid_id(worked_on) && variable("CHANT_WORKTREE") == place.top_level.string()) {
    return worked_on;
  }
  return spec_of_branch(place);
}

void prepare_message(const Place& place, const std::vector<std::string>& arguments) {
  guarded([&] {
    if (arguments.empty()) return;
    const std::string source = arguments.size() > 1 ? arguments[1] : "";
    if (source.empty() && is_edited()) return;
    const std::string spec = spec_of(place);
    if (source == "template" && is_edited()) {
      if (!spec.empty()) remember_template(place, place.top_level / arguments[0]);
      return;
    }
    const Squashed squashed = squashed_at(place, source);
    if (spec.empty() && squashed == Squashed::no) return;
    complete(place, place.top_level / arguments[0], spec, squashed);
  });
}

void finish_message(const Place& place, const std::vector<std::string>& arguments) {
  guarded([&] {
    if (arguments.empty()) return;
    const std::string spec = spec_of(place);
    if (!spec.empty()) complete(place, place.top_level / arguments[0], spec, Squashed::no);
  });
}

}  // namespace chant::hook
