// git chant list
#include "cmd/json.h"
#include "cmd/verbs.h"
#include "spec/id.h"
#include "ui/marks.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

namespace chant::cmd {
namespace {

using spec::State;

struct ListOptions {
  std::vector<std::string> statuses, labels;
  std::string type;
  bool all = false;
  bool json = false;
  bool porcelain = false;
};

constexpr std::array<State, 11> kStates = {
    State::completed,       State::cancelled, State::in_progress, State::finished,
    State::needs_attention, State::failed,    State::paused,      State::blocked,
    State::ready,           State::driver,    State::broken};

void check_statuses(const ListOptions& options) {
  std::vector<std::string> names;
  for (const State state : kStates) names.emplace_back(spec::name_of(state));
  for (const std::string& status : options.statuses) {
    if (std::find(names.begin(), names.end(), status) != names.end()) continue;
    throw Error("unknown status '" + printable_line(status) + "'", "one of: " + join(names, ", "),
                Exit::usage);
  }
}

bool is_final(State state) { return state == State::completed || state == State::cancelled; }

bool matches(const ListOptions& options, const spec::Item& item, State state) {
  const auto has = [](const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
  };
  if (!options.statuses.empty() && !has(options.statuses, std::string(spec::name_of(state)))) {
    return false;
  }
  if (!options.type.empty() && item.spec.type != options.type) return false;
  return options.labels.empty() ||
         std::any_of(item.spec.labels.begin(), item.spec.labels.end(),
                     [&](const std::string& label) { return has(options.labels, label); });
}

// Why a spec is in its state, and of parked work what to do next.
std::string why_of(const record::Snapshot& snapshot, const std::string& id) {
  const spec::Computed& computed = snapshot.states.at(id);
  if (computed.why.empty() || computed.state == State::ready) return "";
  std::string why = computed.why;
  const auto parked = snapshot.parked.find(id);
  if (computed.state == State::needs_attention && parked != snapshot.parked.end()) {
    why = parked->second.next + ": " + why;
  }
  return "  (" + printable_line(why) + ")";
}

std::string line_for(const Context& context, const record::Snapshot& snapshot,
                     const std::string& id, const std::string& short_id, std::size_t id_width) {
  const spec::Item& item = snapshot.items.at(id);
  const spec::Computed& computed = snapshot.states.at(id);
  const std::string why = why_of(snapshot, id);
  const std::string head =
      fmt::format("{:<{}}  {:<15}  ", short_id, id_width, spec::name_of(computed.state));
  const std::size_t columns = context.terminal.columns;
  const std::size_t used = 2 + head.size();
  const std::size_t room = columns > used + 20 ? columns - used : 20;
  const std::string rest = fit(printable_line(item.spec.title), room);
  const std::size_t left = room - std::min(room, display_width(rest));
  return fmt::format("{} {}{}{}\n", ui::mark_of(computed.state, context.terminal), head, rest,
                     context.terminal.paint(left > 6 ? fit(why, left) : "", ui::Colour::dim));
}

void print_porcelain(Context& context, const record::Snapshot& snapshot,
                     const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const spec::Computed& computed = snapshot.states.at(id);
    context.out.print("{}\t{}\t{}\t{}\n", id, spec::name_of(computed.state),
                      join(computed.blocked_by, ","),
                      printable_line(snapshot.items.at(id).spec.title));
  }
}

void print_lines(Context& context, const record::Snapshot& snapshot,
                 const std::vector<std::string>& ids, std::size_t hidden) {
  const std::map<std::string, std::string> names = spec::short_ids(snapshot.ids());
  std::size_t width = 3;
  for (const std::string& id : ids) width = std::max(width, names.at(id).size());
  for (const std::string& id : ids) {
    context.out.write(line_for(context, snapshot, id, names.at(id), width));
  }
  if (ids.empty() && hidden == 0) context.err.write("no specs (git chant add \"Title\")\n");
  if (hidden > 0) {
    context.err.print("{} completed or cancelled {} hidden (--all shows them)\n", hidden,
                      hidden == 1 ? "spec is" : "specs are");
  }
}

int list(const ListOptions& options, Context& context) {
  check_statuses(options);
  const record::Snapshot snapshot = context.snapshot();
  std::vector<std::string> ids;
  std::size_t hidden = 0;
  for (const std::string& id : Context::in_order(snapshot)) {
    const State state = snapshot.states.at(id).state;
    if (!matches(options, snapshot.items.at(id), state)) continue;
    if (is_final(state) && !options.all && options.statuses.empty()) {
      ++hidden;
    } else {
      ids.push_back(id);
    }
  }
  if (options.json) {
    context.out.write(json_listing(snapshot, ids));
  } else if (options.porcelain) {
    print_porcelain(context, snapshot, ids);
  } else {
    print_lines(context, snapshot, ids, hidden);
  }
  return 0;
}

}  // namespace

Handler add_list(Options& options) {
  auto chosen = std::make_shared<ListOptions>();
  options.list("--status", chosen->statuses, "S", "only specs in this state (repeatable)");
  options.list("--label", chosen->labels, "L", "only specs with this label (repeatable)");
  options.text("--type", chosen->type, "T", "only specs of this type");
  options.flag("--all", chosen->all, "also completed and cancelled specs");
  options.flag("--json", chosen->json, "as JSON");
  options.flag("--porcelain", chosen->porcelain, "for scripts: id, state, blockers, title by tabs");
  return [chosen](Context& context) {
    if (chosen->json && chosen->porcelain) fail_usage("--json and --porcelain exclude each other");
    return list(*chosen, context);
  };
}

}  // namespace chant::cmd
