#include "git/refs.h"

#include "git/run.h"
#include "util/error.h"
#include "util/text.h"

namespace chant::git {
namespace {

std::string instruction(const RefChange& change) {
  std::string text = change.to.empty() ? "delete " : "update ";
  text += change.name + '\0';
  if (!change.to.empty()) text += change.to + '\0';
  const bool any = change.from == "*";
  const bool absent = change.from.empty();
  if (absent && !change.to.empty()) text += std::string(change.to.size(), '0');
  if (!any && !absent) text += change.from;
  return text + '\0';
}

}  // namespace

std::optional<std::string> RefWriter::change(const std::vector<RefChange>& changes,
                                             const std::function<bool()>& while_locked) {
  if (!git_) {
    git_ = std::make_unique<process::Coprocess>(command(
        directory_, {"-c", "core.fsync=committed", "update-ref", "-m", reason_, "--stdin", "-z"}));
  }
  // An error in any of these ends the git process; what it had locked is released.
  const auto expect = [&](std::string_view word) {
    const std::string answer = git_->read_line();
    if (answer != std::string(word) + ": ok") fail("git update-ref said '{}'", answer);
  };
  try {
    std::string text = std::string("start") + '\0';
    for (const RefChange& change : changes) text += instruction(change);
    git_->write(text + "prepare" + '\0');
    expect("start");
    expect("prepare");
    const bool go = !while_locked || while_locked();
    git_->write(std::string(go ? "commit" : "abort") + '\0');
    expect(go ? "commit" : "abort");
    return go ? std::nullopt : std::optional<std::string>("");
  } catch (const Error&) {
    const process::Result ended = git_->finish();
    git_.reset();
    if (process::succeeded(ended.outcome) || trim(ended.err).empty()) throw;
    return printable_line(trim(ended.err));
  } catch (...) {
    git_.reset();
    throw;
  }
}

}  // namespace chant::git
