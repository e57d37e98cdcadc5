#include "cmd/feature.h"

#include "ui/feature_plan.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

namespace chant::cmd {

namespace fs = std::filesystem;
using tasks::Place;
using Standing = work::LoadedFeature::Standing;

std::string feature_named(Context& context, const std::string& typed) {
  std::error_code error;
  const fs::path here = fs::canonical(context.directory, error);
  fs::path path = (here / typed).lexically_normal();
  if (error || typed.empty()) return typed;
  if (!fs::is_regular_file(path, error)) path /= "tasks.md";
  if (!fs::is_regular_file(path, error)) return typed;
  const fs::path relative =
      path.lexically_normal().lexically_relative(context.workspace().repository().top_level);
  return relative.empty() || *relative.begin() == ".." ? typed : relative.string();
}

std::optional<tasks::Dialect> dialect_named(const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (const auto dialect = tasks::find_dialect(name)) return dialect;
  std::vector<std::string> known;
  for (const tasks::Dialect dialect : tasks::all_dialects()) {
    known.emplace_back(tasks::name_of(dialect));
  }
  throw Error(fmt::format("no form of list is called '{}'", printable_line(name)),
              "one of " + join(known, ", "), Exit::usage);
}

namespace {

const char* words_of(Standing standing) {
  switch (standing) {
    case Standing::same:
      return nullptr;
    case Standing::new_here:
      return "not committed as it is here: git chant work commits it first";
    case Standing::not_there:
      return "not on the target branch as it is here";
    case Standing::no_target:
      return "not committed: there is no commit yet";
  }
  return nullptr;
}

}  // namespace

bool declares_order(const tasks::List& list) {
  return std::any_of(list.tasks.begin(), list.tasks.end(), [](const tasks::Task& task) {
    const auto& needs = task.depends_on;
    return task.is_parallel || std::any_of(needs.begin(), needs.end(),
                                           [](const auto& need) { return need.why != "order"; });
  });
}

void print_feature_plan(Context& context, const work::LoadedFeature& loaded,
                        const work::FeaturePlan& planned, Detail detail) {
  ui::Stream& out = context.out;
  const tasks::List& list = loaded.list;
  const auto say = [&](const std::string& line) {
    out.print("{}\n", ui::wrapped(line, context.terminal.columns, 2));
  };
  say(fmt::format("{}: read as {} ({})", printable_line(list.path), tasks::name_of(list.dialect),
                  printable_line(list.detected_by)));
  if (!declares_order(list)) say("It declares no order: the order of the list is the order.");
  if (const char* words = words_of(loaded.standing)) say(fmt::format("It is {}.", words));
  const ui::ShownPlan shown{loaded.feature.name, list, planned.plan, planned.remarks,
                            detail == Detail::verbose};
  out.print("\n{}", ui::plan_text(shown, context.terminal));
  out.flush();
  for (const std::string& line : ui::error_lines(list)) context.err.print("error: {}\n", line);
}

void print_approval(Context& context, const work::Permission& permission) {
  const std::string next = permission.is_given ? "" : " (" + permission.next + ")";
  context.out.print("\n{}\n", ui::wrapped(fmt::format("Approval: {}{}", permission.why, next),
                                          context.terminal.columns, 2));
}

void require_nothing_outside(const work::LoadedFeature& loaded, const tasks::Plan& plan) {
  if (plan.outside.empty()) return;
  const std::set<std::string> keys(plan.outside.begin(), plan.outside.end());
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    if (keys.count(plan.rows[i].key) == 0) continue;
    lines.push_back(fmt::format("{} {}", ui::name_of(loaded.list.tasks.at(i)),
                                printable_line(plan.rows[i].why)));
  }
  throw Error("the chosen tracks need open tasks of others: " + join(lines, "; "),
              "choose these tracks, too");
}

bool can_all_run(const tasks::Plan& plan) {
  return plan.outside.empty() &&
         std::none_of(plan.rows.begin(), plan.rows.end(), [](const tasks::Row& row) {
           const bool is_stuck = row.place == Place::waiting && row.wave == 0;
           return is_stuck || row.place == Place::refused || row.place == Place::failed;
         });
}

void print_changes(Context& context, const work::LoadedFeature& loaded,
                   const record::Approval& before) {
  const auto lines = record::difference(context.workspace(), before.text, work::approvable(loaded));
  if (lines.empty()) return;
  context.out.print("changed since then, boxes apart:\n");
  for (const std::string& line : lines) context.out.print("  {}\n", printable_line(line));
}

}  // namespace chant::cmd
