// git chant plan
#include "cmd/feature.h"
#include "cmd/json_plan.h"
#include "cmd/verbs.h"
#include "util/text.h"

#include <memory>

namespace chant::cmd {
namespace {

struct PlanOptions {
  std::vector<std::string> feature, tracks;
  std::string format;
  bool with_optional = false, verbose = false, json = false;
};

int plan(const PlanOptions& options, Context& context) {
  work::FeatureRequest request;
  request.what = feature_named(context, options.feature.front());
  request.tracks = options.tracks;
  request.format = dialect_named(options.format);
  request.with_optional = options.with_optional;
  record::Workspace& workspace = context.workspace();
  workspace.store().prepare();
  const work::LoadedFeature loaded = work::load_feature(workspace, request);
  const work::FeaturePlan planned =
      work::plan_feature(loaded, request, record::take_snapshot(workspace));
  const work::Permission permission = work::permission_of(workspace, loaded);
  if (options.json) {
    context.out.write(json_plan(loaded, planned, permission));
  } else {
    print_feature_plan(context, loaded, planned,
                       options.verbose ? Detail::verbose : Detail::normal);
    print_approval(context, permission);
  }
  return can_all_run(planned.plan) ? 0 : 1;
}

}  // namespace

Handler add_plan(Options& options) {
  auto chosen = std::make_shared<PlanOptions>();
  options.list("--track", chosen->tracks, "T", "only the tasks of this track (repeatable)");
  options.text("--format", chosen->format, "D", "read the list as one of this form");
  options.flag("--with-optional", chosen->with_optional, "also what may be left out");
  options.flag("-v,--verbose", chosen->verbose, "a line for each task, and how things were read");
  options.flag("--json", chosen->json, "as JSON");
  options.arguments("FEATURE|FILE", chosen->feature, 1, 1);
  return [chosen](Context& context) { return plan(*chosen, context); };
}

}  // namespace chant::cmd
