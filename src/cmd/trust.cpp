// git chant trust
#include "config/trust.h"

#include "cmd/ask.h"
#include "cmd/verbs.h"
#include "util/error.h"
#include "util/text.h"
#include "work/executables.h"
#include "work/selection.h"

#include <memory>

namespace chant::cmd {
namespace {

struct TrustOptions {
  bool yes = false;
  std::vector<std::string> ids;
};

std::vector<config::Executable> wanted(Context& context, const TrustOptions& options) {
  const record::Snapshot snapshot = context.snapshot();
  std::vector<std::string> ids;
  for (const std::string& text : options.ids) ids.push_back(snapshot.resolve(text));
  if (ids.empty()) ids = Context::in_order(snapshot);
  std::vector<config::Executable> all;
  const auto add = [&](std::vector<config::Executable> more) {
    std::move(more.begin(), more.end(), std::back_inserter(all));
  };
  for (const config::Agent& agent : work::available_agents(context.workspace().config())) {
    add(work::executables_of(agent));
  }
  add(work::executables_of(context.workspace().config().reconcile.gate));
  for (const std::string& id : ids) {
    const spec::State state = snapshot.states.at(id).state;
    if (state == spec::State::completed || state == spec::State::cancelled) continue;
    add(work::executables_of(snapshot.items.at(id).spec));
  }
  return all;
}

bool is_agreed(Context& context, std::size_t count) {
  if (!can_ask()) {
    throw Error("not trusted: there is no terminal to ask on", "git chant trust --yes");
  }
  return agrees(context, fmt::format("Trust {}?", count == 1 ? "this command" : "these commands"));
}

int trust(const TrustOptions& options, Context& context) {
  const std::vector<config::Executable> all = wanted(context, options);
  config::TrustStore store(context.workspace().repository().common_dir);
  const std::vector<config::Executable> open = store.untrusted(all);
  if (open.empty()) {
    context.out.write("nothing here needs your trust\n");
    return 0;
  }
  for (const config::Executable& executable : open) {
    context.out.print("{}\n",
                      context.terminal.paint(printable_line(executable.what), ui::Colour::bold));
    for (const std::string& line : split(trim(executable.content), '\n')) {
      context.out.print("    {}\n", printable_line(line));
    }
  }
  if (!options.yes && !is_agreed(context, open.size())) return 1;
  store.trust(open);
  context.out.print("trusted {}\n", counted(open.size(), "command"));
  return 0;
}

}  // namespace

Handler add_trust(Options& options) {
  auto chosen = std::make_shared<TrustOptions>();
  options.flag("--yes", chosen->yes, "do not ask");
  options.arguments("ID", chosen->ids, 0, 10000);
  return [chosen](Context& context) { return trust(*chosen, context); };
}

}  // namespace chant::cmd
