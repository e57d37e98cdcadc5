// git chant import
#include "cmd/import.h"

#include "cmd/feature.h"
#include "cmd/json_import.h"
#include "cmd/verbs.h"
#include "record/import.h"
#include "record/names.h"
#include "tasks/plan.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace chant::cmd {
namespace {

struct ImportOptions {
  std::vector<std::string> feature, tracks;
  std::string as = "specs", format;
  bool partial = false, dry_run = false, json = false;
  bool report = false, write_back = false, yes = false;
};

// The tasks with each reason, in the order in which the reasons come first.
using Reasons = std::vector<std::pair<std::string, std::vector<std::string>>>;

void add_reason(Reasons& reasons, const std::string& why, const std::string& key) {
  auto found = std::find_if(reasons.begin(), reasons.end(),
                            [&](const auto& reason) { return reason.first == why; });
  if (found == reasons.end()) found = reasons.insert(reasons.end(), {why, {}});
  found->second.push_back(key);
}

Reasons reasons_of(const tasks::List& list, const std::vector<record::NoSpec>& tasks) {
  Reasons reasons;
  for (const record::NoSpec& one : tasks) {
    add_reason(reasons, one.why, list.tasks.at(one.task).key);
  }
  return reasons;
}

std::string names_of(const tasks::List& list, const std::vector<std::string>& keys) {
  const std::string names = tasks::id_ranges(list, keys);
  return printable_line(names.empty() ? join(keys, ", ") : names);  // what is no task, as written
}

// "    does not wait for 1-3: done (line 12)"
void print_left_edges(Context& context, const tasks::List& list, const record::NewSpec& spec) {
  Reasons reasons;
  for (const record::LeftEdge& edge : spec.left_edges) {
    add_reason(reasons, fmt::format("{} (line {})", edge.why, edge.line), edge.on);
  }
  for (const auto& [why, keys] : reasons) {
    context.out.print("    does not wait for {}: {}\n", names_of(list, keys), why);
  }
}

void print_spec(Context& context, const record::TaskList& loaded, const record::NewSpec& spec,
                bool dry_run) {
  const tasks::Task& task = loaded.list.tasks.at(spec.task);
  std::string name = printable_line(task.id.empty() ? task.title : task.id + " " + task.title);
  if (spec.is_paused) name += " (paused: it may be left out)";
  if (dry_run) {
    context.out.print("would make {}: {}\n", record::spec_path(spec.id), name);
  } else {
    context.out.print("{}  {}\n", spec.id, name);
  }
  print_left_edges(context, loaded.list, spec);
  if (!dry_run) return;
  for (const std::string& line : split(trim(spec.text), '\n')) {
    context.out.print("{}{}\n", line.empty() ? "" : "  | ", printable_line(line));
  }
}

void print_import(Context& context, const record::TaskList& loaded, const record::Import& import,
                  bool dry_run) {
  for (const record::NewSpec& spec : import.specs) print_spec(context, loaded, spec, dry_run);
  for (const auto& [why, keys] : reasons_of(loaded.list, import.left_out)) {
    context.out.print("left out: {}: {}\n", names_of(loaded.list, keys), printable_line(why));
  }
}

// What is wrong with the list, how it was read, and what to do next.
void print_rest(Context& context, const record::TaskList& loaded, const record::Import& import,
                const ImportOptions& options) {
  ui::Stream& err = context.err;
  const std::string path = shell_quoted(printable_line(loaded.list.path));
  const auto wrong = static_cast<std::size_t>(std::count_if(
      loaded.list.notes.begin(), loaded.list.notes.end(),
      [](const tasks::Note& note) { return note.kind == tasks::Note::Kind::contradiction; }));
  if (wrong > 0) {
    err.print("{} in the list: git chant plan {}\n", counted(wrong, "contradiction"), path);
  }
  for (const auto& [why, keys] : reasons_of(loaded.list, import.refused)) {
    err.print("error: {}: {}\n", names_of(loaded.list, keys), printable_line(why));
  }
  const std::string specs = counted(import.specs.size(), "spec");
  if (!import.refused.empty() && !options.partial) {
    err.print("{}: {} cannot be imported\n",
              options.dry_run ? "nothing would be made" : "nothing was made",
              counted(import.refused.size(), "task"));
    if (!import.specs.empty()) {
      err.print("hint: git chant import --partial {}   makes {} without them\n", path, specs);
    }
  } else if (options.dry_run) {
    err.print("{} would be made; their ids are made anew then\n", specs);
  } else if (import.specs.empty()) {
    err.write("there is nothing to import\n");
  } else {
    err.print("made {}, not committed: git chant work commits what it starts\n", specs);
  }
}

// Tasks that git chant works on as tasks of their list would be done twice.
std::map<std::string, std::string> tasks_in_work(const record::Snapshot& snapshot,
                                                 const std::string& path) {
  std::map<std::string, std::string> in_work;
  for (const auto& [id, item] : snapshot.items) {
    if (!item.spec.source || item.spec.source->list != path) continue;
    const spec::State state = snapshot.states.at(id).state;
    if (state != spec::State::in_progress && state != spec::State::finished) continue;
    in_work[item.spec.source->key] =
        fmt::format("it is worked on in the list: {} is {}", id, spec::name_of(state));
  }
  return in_work;
}

int import_tasks(const ImportOptions& options, Context& context) {
  using Sweep = Context::Sweep;
  const record::Snapshot snapshot =
      context.snapshot(git::Use::light, options.dry_run ? Sweep::no : Sweep::yes);
  record::Workspace& workspace = context.workspace();
  const record::TaskList loaded = record::load_task_list(
      workspace, feature_named(context, options.feature.front()), dialect_named(options.format));
  const record::ImportRequest request{options.tracks, options.partial, options.dry_run,
                                      tasks_in_work(snapshot, loaded.list.path)};
  const record::Import import = record::import_list(workspace, loaded, request);
  if (options.json) {
    context.out.write(json_import(loaded, import, import.is_written ? Text::no : Text::yes));
    return import.refused.empty() ? 0 : 1;
  }
  context.err.print("{}: read as {} ({})\n", printable_line(loaded.list.path),
                    tasks::name_of(loaded.list.dialect), printable_line(loaded.list.detected_by));
  const bool would_make = import.refused.empty() || options.partial;
  if (would_make) print_import(context, loaded, import, options.dry_run);
  context.out.flush();
  print_rest(context, loaded, import, options);
  return import.refused.empty() ? 0 : 1;
}

int import(const ImportOptions& options, Context& context) {
  if (options.as != "specs") {
    throw Error(fmt::format("tasks cannot be made '{}'", printable_line(options.as)), "--as specs",
                Exit::usage);
  }
  const bool has_making =
      options.partial || options.dry_run || !options.tracks.empty() || !options.format.empty();
  if (options.report && has_making) {
    fail_usage("--report takes none of --format, --track, --partial and --dry-run");
  }
  if (!options.report && (options.write_back || options.yes)) {
    fail_usage("--write-back and --yes are for --report");
  }
  if (!options.report && options.feature.empty()) {
    throw Error("import of which list?", "git chant import FEATURE|FILE", Exit::usage);
  }
  if (!options.report) return import_tasks(options, context);
  const std::string what = options.feature.empty() ? "" : options.feature.front();
  return report_import({what, options.write_back, options.yes, options.json}, context);
}

}  // namespace

Handler add_import(Options& options) {
  auto chosen = std::make_shared<ImportOptions>();
  options.text("--as", chosen->as, "FORM",
               "what to make of the tasks: specs, the only form there is");
  options.text("--format", chosen->format, "D", "read the list as one of this form");
  options.list("--track", chosen->tracks, "T", "only the tasks of this track (repeatable)");
  options.flag("--partial", chosen->partial, "make what can be, although tasks are refused");
  options.flag("--dry-run", chosen->dry_run, "show every file that would be made");
  options.flag("--report", chosen->report, "say which imported tasks are completed");
  options.flag("--write-back", chosen->write_back, "and tell the list");
  options.flag("--yes", chosen->yes, "run the commands of other tools without asking");
  options.flag("--json", chosen->json, "as JSON");
  options.arguments("FEATURE|FILE", chosen->feature, 0, 1);
  return [chosen](Context& context) { return import(*chosen, context); };
}

}  // namespace chant::cmd
