// git chant hooks
#include "cmd/hooks.h"

#include "cmd/ask.h"
#include "cmd/verbs.h"
#include "hook/install.h"
#include "process/command.h"
#include "util/error.h"
#include "util/text.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace chant::cmd {
namespace {

struct HooksOptions {
  std::vector<std::string> action;
  bool yes = false;
  bool attributes = false;
  bool json = false;
};

void print_lines(Context& context, const std::string& text) {
  for (const std::string& line : split(trim(text), '\n')) {
    context.out.print("    {}\n", printable_line(line));
  }
}

bool has_consent(Context& context, const hook::Plan& plan, Consent consent) {
  if (plan.question.empty() || consent == Consent::given) return true;
  if (can_ask() && agrees(context, plan.question)) return true;
  context.out.print("not installed: {}\n", printable_line(plan.question));
  print_lines(context, plan.by_hand);
  return false;
}

void print_names(Context& context, const std::string& what, const std::vector<std::string>& names) {
  if (!names.empty()) context.out.print("{}: {}\n", printable_line(what), join(names, ", "));
}

void print_changes(Context& context, const hook::Plan& plan) {
  using Kind = hook::Change::Kind;
  std::vector<std::string> files, second, settings;
  std::string directory;
  for (const hook::Change& change : plan.hooks) {
    const std::filesystem::path path = change.path;
    if (change.kind == Kind::hook) {
      files.push_back(path.filename().string());
      directory = path.parent_path().string();
      if (change.existed) second.push_back(files.back());
    } else if (change.kind == Kind::file) {
      context.out.print("added git-chant to '{}'\n", printable_line(change.path));
    } else if (change.kind == Kind::setting && path.extension() == ".event") {
      settings.push_back(change.after);
    }
  }
  print_names(context, "installed in '" + directory + "'", files);
  print_names(context, "after the hook that was there", second);
  print_names(context, "installed in git's configuration", settings);
  context.out.write("installed the merge driver for spec files\n");
}

int uninstall_hooks(Context& context) {
  const hook::Removal removal = hook::uninstall(git::discover(context.directory));
  for (const std::string& line : removal.kept) context.err.print("{}\n", printable_line(line));
  if (!removal.kept.empty()) {
    context.err.write("left as it is; all else was put back\n");
    return 1;
  }
  context.out.write(removal.was_installed ? "removed; what was there before is back\n"
                                          : "nothing is installed\n");
  return 0;
}

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json json_of(const hook::HookState& state) {
  Json json;
  if (!state.event.empty()) json["event"] = state.event;
  json["state"] = state.state;
  json["method"] = or_null(state.method);
  json["path"] = or_null(state.path);
  json["previous"] = or_null(state.previous);
  json["why"] = or_null(state.why);
  return json;
}

std::string json_report(const hook::Report& report) {
  Json json = {{"version", 1}, {"complete", report.complete}, {"binary", or_null(report.binary)}};
  json["hooks"] = Json::array();
  for (const hook::HookState& state : report.hooks) json["hooks"].push_back(json_of(state));
  json["merge_driver"] = json_of(report.driver);
  json["remarks"] = report.remarks;
  return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

void print_state(Context& context, const std::string& name, const hook::HookState& state) {
  context.out.print("{:<18}  {}", name, state.state);
  if (!state.path.empty() && state.state != "missing") {
    context.out.print("  {}", printable_line(state.path));
  }
  if (!state.previous.empty()) context.out.write("  (runs the hook that was there first)");
  if (!state.why.empty()) context.out.print(": {}", printable_line(state.why));
  context.out.write("\n");
}

int show_hooks(Context& context, bool json) {
  const hook::Report report = hook::inspect(git::discover(context.directory));
  if (json) {
    context.out.write(json_report(report));
    return report.complete ? 0 : 1;
  }
  for (const hook::HookState& state : report.hooks) print_state(context, state.event, state);
  print_state(context, "merge driver", report.driver);
  for (const std::string& line : report.remarks) {
    context.out.print("{}\n", printable_line(line));
  }
  return report.complete ? 0 : 1;
}

int hooks(const HooksOptions& options, Context& context) {
  const std::string& action = options.action.front();
  const bool installs = action == "install";
  if (!installs && (options.yes || options.attributes)) {
    fail_usage("'--yes' and '--attributes' go with 'git chant hooks install'");
  }
  if (action != "status" && options.json) fail_usage("'--json' goes with 'git chant hooks status'");
  if (installs) {
    return install_hooks(
        context, options.yes ? Consent::given : Consent::ask,
        options.attributes ? hook::AttributesIn::checkout : hook::AttributesIn::git_directory);
  }
  if (action == "uninstall") return uninstall_hooks(context);
  if (action == "status") return show_hooks(context, options.json);
  throw Error("git chant hooks: unknown action '" + printable_line(action) + "'",
              "git chant hooks status", Exit::usage);
}

}  // namespace

int install_hooks(Context& context, Consent consent, hook::AttributesIn attributes) {
  const git::Repository repository = git::discover(context.directory);
  const hook::Request request{process::own_path().string(), attributes};
  const hook::Plan plan =
      hook::make_plan(repository, hook::survey(repository), hook::load_ledger(repository), request);
  const bool agreed = has_consent(context, plan, consent);
  const std::vector<std::string> kept = hook::install(repository, plan, request, agreed);
  if (agreed) print_changes(context, plan);
  for (const std::string& line : plan.remarks) context.out.print("{}\n", printable_line(line));
  for (const std::string& line : kept) context.err.print("{}\n", printable_line(line));
  if (!agreed) context.out.write("to install: git chant hooks install --yes\n");
  return agreed && plan.method != "none" && kept.empty() ? 0 : 1;
}

Handler add_hooks(Options& options) {
  auto chosen = std::make_shared<HooksOptions>();
  options.flag("--yes", chosen->yes, "do not ask");
  options.flag("--attributes", chosen->attributes,
               "the merge driver's attribute in .gitattributes");
  options.flag("--json", chosen->json, "as JSON");
  options.arguments("install, uninstall or status", chosen->action, 1, 1);
  return [chosen](Context& context) { return hooks(*chosen, context); };
}

}  // namespace chant::cmd
