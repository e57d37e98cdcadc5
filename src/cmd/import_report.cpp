// git chant import --report
#include "cmd/ask.h"
#include "cmd/feature.h"
#include "cmd/import.h"
#include "cmd/json_import.h"
#include "process/command.h"
#include "record/import_back.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace chant::cmd {
namespace {

using record::ImportedList;
using record::ImportedTask;
using Place = ImportedTask::Place;

constexpr std::size_t kMaxOutput = 64 * 1024;  // of a command: enough for what went wrong

class Reporter {
 public:
  Reporter(const ReportOptions& options, Context& context) : options_(options), context_(context) {}

  int run();

 private:
  void find_lists();
  void find_tellings();
  void find_command(const ImportedList& list, const ImportedTask& task, Told& told);
  void tick(ImportedList& list);
  void ask();
  void tell();
  void check_again();
  void run_command(Told& told);
  void print() const;
  void print_task(const ImportedTask& task) const;
  [[nodiscard]] std::string line_of(const Told& told) const;
  [[nodiscard]] bool is_all_well() const;

  const ReportOptions& options_;
  Context& context_;
  std::vector<ImportedList> lists_;
  std::map<std::string, Told> told_;  // by spec
};

bool needs_telling(const ImportedTask& task) {
  return task.is_completed && task.place != Place::done;
}

// By the path of the list as the specs have it, whether it is still there or not.
void Reporter::find_lists() {
  const record::Snapshot snapshot = context_.snapshot(git::Use::heavy);
  record::Workspace& workspace = context_.workspace();
  const std::string named = options_.what.empty() ? "" : feature_named(context_, options_.what);
  lists_ = record::find_imported_lists(workspace, snapshot, named);
  if (named.empty() || !lists_.empty()) return;
  const std::string path = record::load_task_list(workspace, named).list.path;
  lists_ = record::find_imported_lists(workspace, snapshot, path);
}

void Reporter::find_tellings() {
  for (ImportedList& list : lists_) {
    for (const ImportedTask& task : list.tasks) {
      if (!needs_telling(task)) continue;
      Told& told = told_[task.spec];
      if (!list.broken.empty() || task.place == Place::gone) {
        told.what = "gone";
        told.why = list.broken.empty() ? task.why : list.broken;
      } else if (list.has_boxes()) {
        told.what = "to tick";
      } else {
        find_command(list, task, told);
      }
    }
  }
}

void Reporter::find_command(const ImportedList& list, const ImportedTask& task, Told& told) {
  auto found = record::owner_command(context_.workspace(), list, task);
  if (const auto* none = std::get_if<tasks::NoCommand>(&found)) {
    told.what = "failed";
    told.why = none->why;
    return;
  }
  auto& command = std::get<tasks::OwnerCommand>(found);
  told.what = "to tell";
  told.words = std::move(command.words);
  told.directory = std::move(command.directory);
  for (auto& [name, value] : command.variables) told.variables[name] = std::move(value);
}

void Reporter::tick(ImportedList& list) {
  record::tick_completed(context_.workspace(), list);
  for (const ImportedTask& task : list.tasks) {
    const auto told = told_.find(task.spec);
    if (told == told_.end() || told->second.what != "to tick") continue;
    const bool is_done = task.place == Place::done;
    told->second.what = is_done ? "ticked" : "failed";
    told->second.why = is_done ? "" : task.why;
  }
}

std::string Reporter::line_of(const Told& told) const {
  std::vector<std::string> words;
  for (const std::string& word : told.words) words.push_back(shell_quoted(printable_line(word)));
  const std::string line = join(words, " ");
  if (told.directory.empty()) return line;
  const std::string start = told.directory.starts_with('-') ? "./" : "";
  return fmt::format("(cd {} && {})", shell_quoted(start + printable_line(told.directory)), line);
}

// Commands of other tools change what is theirs: not without a yes.
void Reporter::ask() {
  std::size_t count = 0;
  for (const auto& [spec, told] : told_) {
    if (told.what != "to tell" || !process::find_program(told.words.front())) continue;
    context_.err.print("    {}\n", line_of(told));
    ++count;
  }
  if (count == 0 || options_.yes) return;
  if (!can_ask()) {
    throw Error(fmt::format("{} would be run, and there is no terminal to ask on",
                            counted(count, "command")),
                "git chant import --report --write-back --yes");
  }
  if (!agrees(context_, fmt::format("Run {}?", counted(count, "command")))) {
    throw Error("nothing was told");
  }
}

// The line that says what went wrong; tools say other things before it.
std::string telling_line(const process::Result& result) {
  std::string first;
  for (const std::string& words : split(printable(result.err + "\n" + result.out), '\n')) {
    const std::string line = printable_line(trim(words));
    if (lower(line).starts_with("error")) return line;
    if (first.empty()) first = line;
  }
  return first;
}

void Reporter::run_command(Told& told) {
  const auto program = process::find_program(told.words.front());
  if (!program) {
    told.why = fmt::format("'{}' is not installed: to be typed where it is", told.words.front());
    return;
  }
  process::Command command;
  command.argv = told.words;
  command.argv.front() = program->string();
  command.env.insert(told.variables.begin(), told.variables.end());
  command.cwd = context_.workspace().repository().top_level / told.directory;
  const process::Result result = process::run(command, {}, kMaxOutput);
  if (process::succeeded(result.outcome)) {
    told.what = "told";
    return;
  }
  const std::string line = telling_line(result);
  told.what = "failed";
  told.why = process::describe(result.outcome) + (line.empty() ? "" : ": " + line);
}

void Reporter::tell() {
  ask();
  for (ImportedList& list : lists_) {
    if (list.broken.empty() && list.has_boxes()) tick(list);
  }
  for (auto& [spec, told] : told_) {
    if (told.what == "to tell") run_command(told);
  }
  check_again();
}

// A command that ends well has not always done what it was asked for.
void Reporter::check_again() {
  const bool has_told = std::any_of(told_.begin(), told_.end(),
                                    [](const auto& one) { return one.second.what == "told"; });
  if (!has_told) return;
  const record::Snapshot snapshot = context_.snapshot(git::Use::light, Context::Sweep::no);
  std::set<std::string> done;
  for (const ImportedList& list : record::find_imported_lists(context_.workspace(), snapshot)) {
    for (const ImportedTask& task : list.tasks) {
      if (task.place == Place::done) done.insert(task.spec);
    }
  }
  for (auto& [spec, told] : told_) {
    if (told.what == "told" && done.count(spec) == 0) told.why = "the list does not show it yet";
  }
}

void Reporter::print_task(const ImportedTask& task) const {
  const auto found = told_.find(task.spec);
  if (found == told_.end()) return;
  const Told& told = found->second;
  const std::string why = told.why.empty() ? "" : ": " + printable_line(told.why);
  context_.out.print("  {}  {} ({}){}\n", told.what, printable_line(task.name), task.spec, why);
  if (told.what == "to tell") context_.out.print("    {}\n", line_of(told));
}

void Reporter::print() const {
  for (const ImportedList& list : lists_) {
    const auto completed =
        std::count_if(list.tasks.begin(), list.tasks.end(),
                      [](const ImportedTask& task) { return task.is_completed; });
    const auto untold = std::count_if(list.tasks.begin(), list.tasks.end(),
                                      [&](const auto& task) { return told_.count(task.spec) > 0; });
    context_.out.print("{} ({}): {} imported, {} completed, {} of them done in the list before\n",
                       printable_line(list.path), printable_line(list.format),
                       counted(list.tasks.size(), "task"), completed, completed - untold);
    for (const ImportedTask& task : list.tasks) print_task(task);
  }
  if (lists_.empty()) context_.out.write("no spec came from a list\n");
  context_.out.flush();
  const bool is_to_do = std::any_of(told_.begin(), told_.end(), [](const auto& one) {
    return one.second.what.starts_with("to ");
  });
  if (is_to_do && !options_.write_back) {
    context_.err.write("hint: git chant import --report --write-back\n");
  }
}

bool Reporter::is_all_well() const {
  return std::all_of(told_.begin(), told_.end(), [&](const auto& one) {
    const std::string& what = one.second.what;
    const bool is_left = what == "failed" || what == "gone";
    return !is_left && (!options_.write_back || !what.starts_with("to "));
  });
}

int Reporter::run() {
  find_lists();
  find_tellings();
  if (options_.write_back) tell();
  if (options_.json) {
    context_.out.write(json_report(lists_, told_));
  } else {
    print();
  }
  return is_all_well() ? 0 : 1;
}

}  // namespace

int report_import(const ReportOptions& options, Context& context) {
  return Reporter(options, context).run();
}

}  // namespace chant::cmd
