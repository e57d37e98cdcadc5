// git chant approve
#include "cmd/feature.h"
#include "cmd/verbs.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <cstdlib>
#include <memory>

namespace chant::cmd {
namespace {

struct ApproveOptions {
  std::vector<std::string> feature;
  std::string format;
  bool show = false, revoke = false;
};

int show(Context& context, const work::LoadedFeature& loaded) {
  record::Workspace& workspace = context.workspace();
  const work::Permission permission = work::permission_of(workspace, loaded);
  context.out.print("{}\n", permission.why);
  if (permission.approval) {
    print_changes(context, loaded, *permission.approval);
    const auto evidence = record::find_evidence(workspace, loaded.list, loaded.text);
    if (evidence) context.out.print("{}\n", evidence->what);
  }
  if (!permission.is_given) context.out.print("next: {}\n", permission.next);
  return permission.is_given ? 0 : 1;
}

int revoke(Context& context, const work::LoadedFeature& loaded) {
  const std::string path = printable_line(loaded.feature.list);
  if (!record::revoke_approval(context.workspace(), loaded.feature.list)) {
    throw Error(fmt::format("'{}' has not been approved", path));
  }
  context.out.print("'{}' is not approved any more\n", path);
  return 0;
}

// What an agent may work on is not for agents to say.
void require_person() {
  if (std::getenv("CHANT_ATTEMPT") == nullptr) return;
  throw Error("this is the session of an agent: a list is approved by a person");
}

int record_approval(Context& context, const work::LoadedFeature& loaded) {
  require_person();
  record::Workspace& workspace = context.workspace();
  const std::string path = printable_line(loaded.feature.list);
  const work::Permission before = work::permission_of(workspace, loaded);
  if (before.approval && before.is_given) {
    context.out.print("{} already\n", before.why);
    return 0;
  }
  if (before.approval) {
    context.out.print("{}\n", before.why);
    print_changes(context, loaded, *before.approval);
  }
  const record::Approval given =
      record::approve(workspace, loaded.feature.list, work::approvable(loaded));
  context.out.print("approved '{}': {}, by {}\n", path, counted(loaded.list.tasks.size(), "task"),
                    printable_line(given.by));
  const auto evidence = record::find_evidence(workspace, loaded.list, loaded.text);
  if (evidence && !evidence->is_approved) context.out.print("although {}\n", evidence->what);
  return 0;
}

int approve(const ApproveOptions& options, Context& context) {
  if (options.show && options.revoke) fail_usage("--show or --revoke, not both");
  work::FeatureRequest request;
  request.what = feature_named(context, options.feature.front());
  request.format = dialect_named(options.format);
  const work::LoadedFeature loaded = work::load_feature(context.workspace(), request);
  if (options.show) return show(context, loaded);
  return options.revoke ? revoke(context, loaded) : record_approval(context, loaded);
}

}  // namespace

Handler add_approve(Options& options) {
  auto chosen = std::make_shared<ApproveOptions>();
  options.flag("--show", chosen->show, "say whether it is approved, and what changed since");
  options.flag("--revoke", chosen->revoke, "take the approval back");
  options.text("--format", chosen->format, "D", "read the list as one of this form");
  options.arguments("FEATURE|FILE", chosen->feature, 1, 1);
  return [chosen](Context& context) { return approve(*chosen, context); };
}

}  // namespace chant::cmd
