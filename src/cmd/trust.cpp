// git chant trust
#include "config/trust.h"

#include "agent/prompt.h"
#include "cmd/ask_trust.h"
#include "cmd/feature.h"
#include "cmd/verbs.h"
#include "config/values.h"
#include "record/task.h"
#include "record/task_list.h"
#include "util/error.h"
#include "util/text.h"
#include "work/executables.h"
#include "work/selection.h"

#include <memory>
#include <set>

namespace chant::cmd {
namespace {

using work::Executables;

struct TrustOptions {
  bool yes = false;
  bool list = false;
  bool revoke = false;
  std::vector<std::string> ids;
  std::string feature;
};

void append(Executables& all, Executables more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

std::vector<std::string> chosen_specs(const record::Snapshot& snapshot,
                                      const TrustOptions& options) {
  if (options.ids.empty()) return Context::in_order(snapshot);
  std::vector<std::string> ids;
  for (const std::string& text : options.ids) ids.push_back(snapshot.resolve(text));
  return ids;
}

void append_specs(Executables& all, const record::Snapshot& snapshot,
                  const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    append(all, work::executables_of(snapshot.items.at(id).spec));
    append(all, work::checks_of(snapshot.items.at(id).spec));
  }
}

// Of the open tasks of a list.
void append_tasks(Executables& all, Context& context, const std::string& feature) {
  const auto loaded = record::load_task_list(context.workspace(), feature_named(context, feature));
  for (const auto& [id, item] : record::task_items(loaded.feature, loaded.list, loaded.text)) {
    append(all, work::executables_of(item.spec));
    append(all, work::checks_of(item.spec));
  }
}

// The prompts that are files: each could be asked for.
void append_prompts(Executables& all, const std::filesystem::path& prompts) {
  std::set<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(prompts, ignored)) {
    const std::string name = entry.path().stem().string();
    const bool regular = std::filesystem::is_regular_file(entry.symlink_status(ignored));
    if (regular && entry.path().extension() == ".md" && config::is_name(name)) names.insert(name);
  }
  for (const std::string& name : names) {
    append(all, work::executables_of(agent::load_prompt(name, prompts)));
  }
}

// All that the repository names and that could run.
Executables wanted(Context& context, const TrustOptions& options) {
  const record::Snapshot snapshot = context.snapshot();
  const config::Config& config = context.workspace().config();
  std::vector<std::string> ids = chosen_specs(snapshot, options);
  std::erase_if(ids, [&](const std::string& id) {
    const spec::State state = snapshot.states.at(id).state;
    return state == spec::State::completed || state == spec::State::cancelled;
  });
  Executables all;
  for (const config::Agent& agent : work::available_agents(config)) {
    append(all, work::executables_of(agent));
  }
  append(all, work::executables_of(config));
  append(all, work::executables_of(config.reconcile.gate));
  append_specs(all, snapshot, ids);
  if (!options.feature.empty()) append_tasks(all, context, options.feature);
  append_prompts(all, context.workspace().repository().top_level / ".chant/prompts");
  return all;
}

config::TrustStore store_of(const Context& context) {
  return config::TrustStore(git::discover(context.directory).common_dir);
}

int list(Context& context) {
  const Executables trusted = store_of(context).trusted();
  if (trusted.empty()) context.out.write("nothing is trusted here\n");
  show_executables(context, trusted);
  return 0;
}

int revoke(const TrustOptions& options, Context& context) {
  config::TrustStore store = store_of(context);
  Executables all = store.trusted();
  if (!options.ids.empty()) {
    const record::Snapshot snapshot = context.snapshot();
    all.clear();
    append_specs(all, snapshot, chosen_specs(snapshot, options));
  }
  if (!options.feature.empty()) {
    if (options.ids.empty()) all.clear();
    append_tasks(all, context, options.feature);
  }
  std::erase_if(all, [&](const config::Executable& one) { return !store.is_trusted(one); });
  store.revoke(all);
  context.out.print("{} no longer trusted\n", counted(all.size(), "command"));
  return 0;
}

int trust(const TrustOptions& options, Context& context) {
  const Executables all = wanted(context, options);
  config::TrustStore store(context.workspace().repository().common_dir);
  const Executables open = store.untrusted(all);
  if (open.empty()) {
    context.out.write("nothing here needs your trust\n");
    return 0;
  }
  if (options.yes) {
    show_executables(context, open);
    store.trust(open);
  } else if (!ask_for_trust(context, store, open)) {
    return 1;
  }
  context.out.print("trusted {}\n", counted(open.size(), "command"));
  return 0;
}

int dispatch(const TrustOptions& options, Context& context) {
  if (options.list && options.revoke) fail_usage("--list and --revoke exclude each other");
  if (options.yes && (options.list || options.revoke)) {
    fail_usage("--yes is for neither --list nor --revoke");
  }
  if (options.list && !(options.ids.empty() && options.feature.empty())) {
    fail_usage("--list takes neither ID nor --feature");
  }
  if (options.list) return list(context);
  return options.revoke ? revoke(options, context) : trust(options, context);
}

}  // namespace

Handler add_trust(Options& options) {
  auto chosen = std::make_shared<TrustOptions>();
  options.flag("--yes", chosen->yes, "do not ask");
  options.flag("--list", chosen->list, "show what is trusted here");
  options.flag("--revoke", chosen->revoke, "take trust back: all of it, or that in specs");
  options.text("--feature", chosen->feature, "NAME|FILE",
               "also what the tasks of a list would run");
  options.arguments("ID", chosen->ids, 0, 10000);
  return [chosen](Context& context) { return dispatch(*chosen, context); };
}

}  // namespace chant::cmd
