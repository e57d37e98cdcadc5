#include "work/notify.h"

#include "util/error.h"
#include "util/file.h"
#include "util/text.h"
#include "work/check.h"
#include "work/executables.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <utility>

namespace chant::work {
namespace {

namespace fs = std::filesystem;

constexpr Seconds kLimit{30};
constexpr Seconds kGrace{2};

ShellRun call(const config::ShellLine& command, const git::Repository& repository,
              const Notice& notice) {
  const fs::path logs = repository.chant_dir() / "logs/notify";
  make_private_directories(logs);
  ShellRun run;
  run.line = command.line;
  run.directory = repository.top_level;
  run.env["CHANT_EVENT"] = notice.event;
  run.env["CHANT_RUN"] = std::to_string(notice.run);
  run.env["CHANT_SUMMARY"] = notice.summary;
  run.log = logs / fmt::format("{}.log", notice.run);
  run.time_limit = kLimit;
  run.grace = kGrace;
  run.supervisor = notice.supervisor;
  return run;
}

// Ends early, as all else, when the user asks.
ShellEnd run_to_end(process::Loop& loop, ShellRun run) {
  std::optional<ShellEnd> end;
  const process::Loop::Id id =
      run_shell(loop, std::move(run), [&end](const ShellEnd& how) { end = how; });
  process::Loop::OnSignal others = loop.on_signal({});
  loop.on_signal([&](int signal, int count) {
    if (others) others(signal, count);
    loop.stop(id, count > 1 ? process::Loop::Force::now : process::Loop::Force::ask);
  });
  while (!end) loop.run_once();
  loop.on_signal(std::move(others));
  return *end;
}

}  // namespace

std::string notify(process::Loop& loop, const config::ShellLine& command,
                   const config::TrustStore& trust, const git::Repository& repository,
                   const Notice& notice) {
  if (command.line.empty()) return "";
  try {
    if (!trust.untrusted(executables_of(command, "notify command")).empty()) {
      return "the notify command is not trusted (git chant trust)";
    }
    const ShellEnd end = run_to_end(loop, call(command, repository, notice));
    return end.good ? "" : "the notify command failed: " + printable_line(end.why);
  } catch (const Error& error) {
    return "the notify command failed: " + printable_line(error.what());
  }
}

}  // namespace chant::work
