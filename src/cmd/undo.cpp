// git chant undo
#include "land/undo.h"

#include "cmd/verbs.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/target.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <memory>

namespace chant::cmd {
namespace {

// Where the operation left a ref, and where it is.
std::string moved_line(record::Workspace& workspace, const land::MovedSince& moved,
                       const std::string& ref) {
  const auto where = [](const std::string& oid) {
    return oid.empty() ? std::string("gone") : "at " + record::abbreviated(oid);
  };
  std::string left;
  for (const record::RefMove& move : moved.operation.moves) {
    if (move.ref == ref) left = move.after;
  }
  return fmt::format("  {} was left {}, and is {}", printable_line(record::short_ref(ref)),
                     where(left), where(workspace.store().find_ref(ref).value_or("")));
}

[[noreturn]] void refuse(Context& context, const land::MovedSince& moved) {
  for (const std::string& ref : moved.refs) {
    context.err.print("{}\n", moved_line(context.workspace(), moved, ref));
  }
  throw Error(fmt::format("cannot undo '{}': {} moved since", moved.operation.summary,
                          counted(moved.refs.size(), "ref")),
              {}, Exit::no);
}

int undo(const std::string& operation, Context& context) {
  record::Workspace& workspace = context.workspace(git::Use::heavy);
  for (const std::string& line : record::recover_advances(workspace)) {
    context.err.print("{}\n", printable_line(line));
  }
  const land::UndoOutcome outcome = land::undo(workspace, operation);
  if (const auto* moved = std::get_if<land::MovedSince>(&outcome)) refuse(context, *moved);
  if (const auto* obstacle = std::get_if<land::UndoInTheWay>(&outcome)) {
    throw Error(fmt::format("uncommitted changes are in the way in '{}': '{}'", obstacle->checkout,
                            join(obstacle->paths, "', '")),
                {}, Exit::no);
  }
  const auto& undone = std::get<land::Undone>(outcome);
  for (const std::string& note : undone.notes) context.err.print("{}\n", printable_line(note));
  context.out.print("took back {} ({})\n", record::abbreviated(undone.operation.id),
                    printable_line(undone.operation.summary));
  return 0;
}

}  // namespace

Handler add_undo(Options& options) {
  auto ids = std::make_shared<std::vector<std::string>>();
  options.arguments("OP", *ids, 0, 1);
  return [ids](Context& context) { return undo(ids->empty() ? "" : ids->front(), context); };
}

}  // namespace chant::cmd
