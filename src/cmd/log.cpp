// git chant log
#include "agent/profile.h"
#include "cmd/follow.h"
#include "cmd/verbs.h"
#include "util/error.h"
#include "util/text.h"

#include <memory>

namespace chant::cmd {
namespace {

struct LogOptions {
  bool follow = false;
  bool raw = false;
  int attempt = 0;
  std::vector<std::string> ids;
};

const journal::Attempt& chosen_attempt(const std::vector<journal::Attempt>& attempts,
                                       const LogOptions& options, const std::string& id) {
  if (attempts.empty())
    throw Error(fmt::format("{} was never worked on", id), "git chant work " + id);
  if (options.attempt == 0) return attempts.back();
  for (const journal::Attempt& attempt : attempts) {
    if (attempt.number == options.attempt) return attempt;
  }
  fail_usage("{} has no attempt {}, the last is {}", id, options.attempt, attempts.back().number);
}

int log(const LogOptions& options, Context& context) {
  const record::Snapshot snapshot = context.snapshot();
  const std::string id = snapshot.resolve(options.ids.at(0));
  std::vector<journal::Attempt> attempts;
  if (journal::Journal* journal = context.workspace().find_journal()) {
    attempts = journal->attempts(id);
  }
  const journal::Attempt& attempt = chosen_attempt(attempts, options, id);
  if (attempt.log.empty()) {
    throw Error(fmt::format("attempt {} of {} ended before its agent started", attempt.number, id),
                "git chant show " + id);
  }
  const auto reader = agent::make_reader(attempt.profile);
  const auto show = [&](std::string_view line) { context.out.print("{}\n", printable_line(line)); };
  const auto take = [&](std::string_view bytes) {
    if (options.raw) {
      context.out.write(bytes);
    } else {
      reader->feed(bytes, show);
    }
    if (options.follow) context.out.flush();
    return context.out.good();
  };
  read_log(attempt.log, options.follow ? Follow::yes : Follow::no, take);
  if (!options.raw) reader->finish(show);
  return 0;
}

}  // namespace

Handler add_log(Options& options) {
  auto chosen = std::make_shared<LogOptions>();
  options.flag("-f,--follow", chosen->follow, "go on until the attempt ends");
  options.number("--attempt", chosen->attempt, 1, 1000000, "N", "this attempt, not the last");
  options.flag("--raw", chosen->raw, "the bytes as the agent wrote them");
  options.arguments("ID", chosen->ids, 1, 1);
  return [chosen](Context& context) { return log(*chosen, context); };
}

}  // namespace chant::cmd
