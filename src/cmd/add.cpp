// git chant add
#include "cmd/verbs.h"
#include "process/command.h"
#include "record/spec_files.h"
#include "spec/id.h"
#include "spec/spec.h"
#include "util/error.h"
#include "util/file.h"
#include "util/lock.h"
#include "util/text.h"
#include "util/time.h"

#include <memory>

namespace chant::cmd {
namespace {

struct AddOptions {
  std::vector<std::string> title;
  spec::Draft draft;
  bool edit = false;
};

void check_draft(const spec::Draft& draft) {
  if (trim(draft.title).empty()) fail_usage("the title is empty");
  if (printable_line(draft.title) != draft.title) {
    fail_usage("the title has control characters: '{}'", printable_line(draft.title));
  }
  if (draft.title.size() > 1000) fail_usage("the title is longer than 1000 bytes");
}

// Writes the draft under the next free id.
std::string write_spec(record::Workspace& workspace, const spec::Draft& draft) {
  const git::Repository& repository = workspace.repository();
  const FileLock lock = FileLock::acquire(repository.chant_dir() / "locks/add.lock");
  record::make_specs_directory(repository);
  std::vector<std::string> notes;
  while (true) {
    auto items = record::load_specs(repository, notes);
    std::vector<std::string> ids;
    for (const auto& [id, item] : items) ids.push_back(id);
    const std::string id = spec::make_id(local_date(), ids);
    const std::string text = spec::render_draft(draft);
    items[id].spec = spec::parse_spec(id, text, id);
    const std::vector<std::string> cycle = spec::find_cycle(items, {id});
    if (!cycle.empty()) throw Error("dependency cycle: " + join(cycle, " -> "));
    if (make_file(repository.specs_dir() / (id + ".md"), text)) return id;
  }
}

// The user's editor, which git::command would hide from git.
std::string configured_editor(const Context& context) {
  process::Command command;
  command.argv = {"git", "var", "GIT_EDITOR"};
  command.cwd = context.directory;
  const process::Result result = process::run(command);
  if (!process::succeeded(result.outcome)) throw Error("no editor is known", "export EDITOR=...");
  return std::string(trim(result.out));
}

void edit(Context& context, const std::filesystem::path& file) {
  const std::string editor = configured_editor(context);
  process::Command command;
  // As git does it: the editor is a shell line that the user wrote.
  command.argv = {"/bin/sh", "-c", editor + " \"$@\"", editor, file.string()};
  const process::Outcome outcome = process::run_in_terminal(command);
  if (!process::succeeded(outcome)) {
    fail("the editor '{}' ended with {}", printable_line(editor), process::describe(outcome));
  }
}

int add(AddOptions& options, Context& context) {
  options.draft.title = options.title.at(0);
  check_draft(options.draft);
  const record::Snapshot snapshot = context.snapshot();
  for (std::string& id : options.draft.depends_on) id = snapshot.resolve(id);
  const std::string id = write_spec(context.workspace(), options.draft);
  const auto file = context.workspace().repository().specs_dir() / (id + ".md");
  if (options.edit) {
    edit(context, file);
    (void)spec::parse_spec(id, load_file(file, spec::kMaxSpecBytes), file.string());
  }
  context.out.print("{}\n", id);
  return 0;
}

}  // namespace

Handler add_add(Options& options) {
  auto chosen = std::make_shared<AddOptions>();
  options.text("--type", chosen->draft.type, "T", "code, task, documentation, research, ...");
  options.list("--label", chosen->draft.labels, "L", "a label (repeatable)");
  options.list("--depends-on", chosen->draft.depends_on, "ID",
               "a spec that must be completed first (repeatable)");
  options.list("--target-file", chosen->draft.target_files, "F",
               "a file that the work will touch (repeatable)");
  options.text("--agent", chosen->draft.agent, "A", "the agent that works on it");
  options.flag("--edit", chosen->edit, "open the new spec in your editor");
  options.arguments("TITLE", chosen->title, 1, 1);
  return [chosen](Context& context) { return add(*chosen, context); };
}

}  // namespace chant::cmd
