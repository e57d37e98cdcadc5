// git chant reconcile
#include "land/reconcile.h"

#include "agent/prompt.h"
#include "cmd/forecast.h"
#include "cmd/json_reconcile.h"
#include "cmd/verbs.h"
#include "config/trust.h"
#include "land/forecast.h"
#include "land/gate.h"
#include "land/recovery.h"
#include "record/names.h"
#include "ui/train_report.h"
#include "util/error.h"
#include "util/random.h"
#include "util/text.h"
#include "util/time.h"
#include "work/executables.h"
#include "work/resolve.h"
#include "work/selection.h"

#include <algorithm>
#include <array>
#include <memory>

namespace chant::cmd {
namespace {

struct ReconcileOptions {
  std::vector<std::string> ids, skip;
  bool all = false, dry_run = false, no_gate = false, resolve = false, keep_branches = false;
  bool json = false, resume = false, abort = false, status = false;
  int jobs = 0;
  std::string onto, order, gate, batch, strategy, land;
};

// The value that `text` names in `names`; Throws a usage Error that lists them.
std::size_t choice(const char* option, const std::string& text,
                   const std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) {
    fail_usage("{} is '{}', not one of '{}'", option, text, join(names, "', '"));
  }
  return static_cast<std::size_t>(found - names.begin());
}

std::size_t batch_of(const std::string& text) {
  if (text.empty() || text == "auto") return 0;
  const bool digits = text.size() <= 4 && text.find_first_not_of("0123456789") == std::string::npos;
  const std::size_t number = digits ? std::stoul(text) : 0;
  if (number == 0) fail_usage("--batch is '{}', not 'auto' or a number from 1 to 9999", text);
  return number;
}

// The command of the gate; one that the repository names must have been trusted.
std::string gate_of(const ReconcileOptions& options, Context& context) {
  if (options.no_gate && !options.gate.empty())
    fail_usage("--gate and --no-gate exclude each other");
  if (options.no_gate) return "";
  if (!options.gate.empty()) return options.gate;
  const config::ShellLine& gate = context.workspace().config().reconcile.gate;
  const config::TrustStore trust(context.workspace().repository().common_dir);
  if (!trust.untrusted(work::executables_of(gate)).empty()) {
    throw Error(fmt::format("the gate in {} is not trusted", gate.source), "git chant trust");
  }
  return gate.line;
}

land::Wish wish_of(const ReconcileOptions& options, Context& context,
                   const record::Snapshot& snapshot) {
  record::Workspace& workspace = context.workspace();
  const config::Reconcile& config = workspace.config().reconcile;
  land::Wish wish;
  wish.when = now_ms() / 1000;
  wish.name = rfc3339(wish.when) + "-" + random_base36(4);
  wish.target = workspace.require_target();
  for (const std::string& text : options.ids) wish.ids.push_back(snapshot.resolve(text));
  for (const std::string& text : options.skip) wish.skip.push_back(snapshot.resolve(text));
  if (!options.order.empty()) {
    wish.order =
        static_cast<sched::Order>(choice("--order", options.order, {"auto", "deps", "id"}));
  }
  wish.strategy = config.strategy;
  if (!options.strategy.empty()) {
    wish.strategy = static_cast<config::Strategy>(
        choice("--strategy", options.strategy, {"merge", "rebase", "squash"}));
  }
  wish.land_each = config.land_each;
  if (!options.land.empty()) {
    wish.land_each = choice("--land", options.land, {"group", "each"}) == 1;
  }
  wish.gate = gate_of(options, context);
  wish.slots = land::gate_slots(options.jobs > 0 ? options.jobs : config.jobs);
  wish.batch = batch_of(options.batch);
  wish.keep_branches = options.keep_branches;
  return wish;
}

config::Agent resolving_agent(const config::Config& config) {
  for (const config::Agent& agent : work::available_agents(config)) {
    if (agent.profile == "script") continue;
    if (config.agent.empty() || config.agent == agent.name) return agent;
  }
  throw Error("no agent is configured that could resolve a conflict",
              "add one under parallel.agents in ~/.config/git-chant/config.yaml");
}

land::Resolver resolver_of(const ReconcileOptions& options, Context& context,
                           sched::TrainEvents& events) {
  if (!options.resolve) return {};
  record::Workspace& workspace = context.workspace();
  const config::Agent agent = resolving_agent(workspace.config());
  auto trust = std::make_shared<config::TrustStore>(workspace.repository().common_dir);
  if (!trust->untrusted(work::executables_of(agent)).empty()) {
    throw Error(fmt::format("agent '{}' is not trusted", agent.name), "git chant trust");
  }
  const auto prompts = workspace.repository().top_level / ".chant/prompts";
  const agent::Prompt prompt = agent::load_prompt(work::kResolvePrompt, prompts);
  if (!trust->untrusted(work::executables_of(prompt)).empty()) {
    throw Error(fmt::format("prompt '{}' is not trusted", prompt.name), "git chant trust");
  }
  return [&workspace, &events, agent, trust](process::Loop& loop, const record::Parked& parked) {
    events.resolving(parked.id, agent.name);
    const auto output = [&](std::string_view line) { events.output(parked.id, line); };
    return work::resolve(workspace, loop, *trust, parked, {agent, output});
  };
}

int answer(const ReconcileOptions& options, Context& context, const land::Reconciled& done) {
  const sched::TrainSummary& summary = done.summary;
  if (options.json) context.out.write(json_reconciled(summary));
  if (done.signal != 0 && summary.interrupted) return 128 + done.signal;
  const bool all_named = options.ids.empty() || summary.left_out.empty();
  return summary.parked.empty() && summary.waits.empty() && all_named ? 0 : 1;
}

int run(const ReconcileOptions& options, Context& context, land::Queue& queue,
        const land::Wish& wish) {
  ui::Stream& stream = options.json ? context.err : context.out;
  ui::Terminal terminal = context.terminal;
  if (options.json) terminal.interactive = false;
  ui::TrainReport report(stream, terminal);
  const land::Resolver resolver = resolver_of(options, context, report);
  return answer(options, context,
                land::reconcile(context.workspace(), queue, wish, resolver, report));
}

void say_all(Context& context, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) context.err.print("{}\n", printable_line(line));
}

int give_up(Context& context) {
  land::Queue queue(context.workspace());
  const auto open = queue.open();
  if (!open) throw Error("no reconcile is under way", "git chant reconcile --status");
  say_all(context, land::give_up(context.workspace(), queue, *open));
  return 0;
}

// Goes on with what was interrupted; else with what people resolved meanwhile.
int go_on(const ReconcileOptions& options, Context& context) {
  land::Queue queue(context.workspace());
  auto wish = queue.open();
  if (wish) context.workspace().use_target(record::short_ref(wish->target));
  say_all(context, land::take_resolutions(context.workspace()));
  const record::Snapshot snapshot = context.snapshot(git::Use::heavy);
  if (!wish) wish = wish_of(options, context, snapshot);
  for (const std::string& text : options.skip) {
    const std::string id = snapshot.resolve(text);
    if (std::find(wish->skip.begin(), wish->skip.end(), id) == wish->skip.end()) {
      wish->skip.push_back(id);
    }
  }
  // A gate that the repository names may have changed since.
  if (!wish->gate.empty()) {
    const std::string now = gate_of(options, context);
    if (!now.empty() && options.gate.empty() && now != wish->gate) wish->gate = now;
  }
  return run(options, context, queue, *wish);
}

int show_status(const ReconcileOptions& options, Context& context) {
  const record::Snapshot snapshot = context.snapshot();
  record::Workspace& workspace = context.workspace();
  const std::string who = land::who_reconciles(workspace.repository());
  const auto open = land::find_open_wish(workspace);
  const auto parked = record::load_parked(workspace);
  if (options.json) {
    context.out.write(json_reconcile_status(who, open, parked));
    return 0;
  }
  if (!who.empty()) {
    context.out.print("{} is reconciling\n", who);
  } else if (open) {
    context.out.print("a reconcile onto '{}' since {} has not come to its end\n",
                      record::short_ref(open->target), rfc3339(open->when));
    context.out.write("    git chant reconcile --continue, or git chant reconcile --abort\n");
  } else {
    context.out.write("no reconcile is under way\n");
  }
  for (const auto& [id, packet] : parked) {
    context.out.print("parked: {} ({}): {}\n    {}\n", id, packet.kind,
                      printable_line(packet.reason), printable_line(packet.next));
  }
  return 0;
}

int show_forecast(const ReconcileOptions& options, Context& context, const land::Wish& wish) {
  const land::Forecast forecast = land::forecast(context.workspace(), wish);
  if (options.json) {
    context.out.write(json_forecast(forecast));
  } else {
    print_forecast(context, forecast);
  }
  return forecast.parked.empty() ? 0 : 1;
}

int reconcile(const ReconcileOptions& options, Context& context) {
  const int modes = static_cast<int>(options.resume || !options.skip.empty()) +
                    static_cast<int>(options.abort) + static_cast<int>(options.status) +
                    static_cast<int>(options.dry_run);
  if (modes > 1 || (modes == 1 && !options.dry_run && !options.ids.empty())) {
    fail_usage("--continue, --skip, --abort, --status and --dry-run stand alone");
  }
  if (options.all && !options.ids.empty()) fail_usage("--all or ids, not both");
  record::Workspace& workspace = context.workspace(git::Use::heavy);
  if (!options.onto.empty()) workspace.use_target(options.onto);
  if (options.status) return show_status(options, context);
  if (options.abort) return give_up(context);
  if (options.resume || !options.skip.empty()) return go_on(options, context);
  if (options.dry_run) {
    const record::Snapshot snapshot = context.snapshot(git::Use::heavy, Context::Sweep::no);
    return show_forecast(options, context, wish_of(options, context, snapshot));
  }
  land::Queue queue(workspace);
  if (const auto stale = queue.open()) {
    context.err.print("a reconcile of {} was interrupted; this one begins anew\n",
                      rfc3339(stale->when));
  }
  const record::Snapshot snapshot = context.snapshot(git::Use::heavy);
  return run(options, context, queue, wish_of(options, context, snapshot));
}

}  // namespace

Handler add_reconcile(Options& options) {
  auto chosen = std::make_shared<ReconcileOptions>();
  options.flag("--all", chosen->all, "all that are finished; the same as naming none");
  options.text("--onto", chosen->onto, "BRANCH", "land on this branch");
  options.flag("--dry-run", chosen->dry_run, "only show conflicts, order and waves");
  options.text("--order", chosen->order, "O", "auto, deps or id");
  options.text("--gate", chosen->gate, "CMD", "what must pass on each tree that lands");
  options.flag("--no-gate", chosen->no_gate, "land without a gate");
  options.number("-j,--jobs", chosen->jobs, 1, 256, "N", "run N gates at once");
  options.text("--batch", chosen->batch, "N", "test N more at a time, or auto");
  options.text("--strategy", chosen->strategy, "S", "merge, rebase or squash");
  options.text("--land", chosen->land, "L", "all as one group, or each on its own: group, each");
  options.flag("--resolve", chosen->resolve, "let an agent resolve conflicts");
  options.flag("--keep-branches", chosen->keep_branches, "do not delete landed branches");
  options.flag("--continue", chosen->resume, "go on after an interruption or a resolution");
  options.list("--skip", chosen->skip, "ID", "go on without this spec (repeatable)");
  options.flag("--abort", chosen->abort, "give up; everything is as before");
  options.flag("--status", chosen->status, "what is under way and what is parked");
  options.flag("--json", chosen->json, "as JSON");
  options.arguments("ID", chosen->ids, 0, 10000);
  return [chosen](Context& context) { return reconcile(*chosen, context); };
}

}  // namespace chant::cmd
