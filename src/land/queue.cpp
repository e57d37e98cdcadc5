#include "land/queue.h"

#include "git/tree.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

namespace chant::land {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kState = "refs/chant/queue/state";
constexpr const char* kBase = "refs/chant/queue/base";
constexpr const char* kTrain = "refs/chant/queue/train/";
constexpr int kVersion = 1;

fs::path lock_path(const git::Repository& repository) {
  return repository.chant_dir() / "locks/reconcile.lock";
}
fs::path owner_path(const git::Repository& repository) {
  return repository.chant_dir() / "locks/reconcile.owner";
}

FileLock take_lock(const git::Repository& repository) {
  if (auto lock = FileLock::try_acquire(lock_path(repository))) {
    AtomicFile owner(owner_path(repository), 0600);
    owner.write(std::to_string(getpid()));
    owner.commit();
    return std::move(*lock);
  }
  throw Error(fmt::format("another reconcile is at work here: {}", who_reconciles(repository)),
              "git chant reconcile --status");
}

json to_json(const Wish& wish) {
  return {{"version", kVersion},
          {"name", wish.name},
          {"when", wish.when},
          {"target", wish.target},
          {"ids", wish.ids},
          {"skip", wish.skip},
          {"order", static_cast<int>(wish.order)},
          {"strategy", static_cast<int>(wish.strategy)},
          {"gate", wish.gate},
          {"slots", wish.slots},
          {"batch", wish.batch},
          {"land_each", wish.land_each},
          {"keep_branches", wish.keep_branches}};
}

template <typename Enum>
Enum choice(const json& value, Enum last) {
  const int number = value.get<int>();
  if (number < 0 || number > static_cast<int>(last))
    throw json::other_error::create(501, "", &value);
  return static_cast<Enum>(number);
}

Wish from_json(const json& state) {
  Wish wish;
  wish.name = state.at("name");
  wish.when = state.at("when");
  wish.target = state.at("target");
  wish.ids = state.at("ids").get<std::vector<std::string>>();
  wish.skip = state.at("skip").get<std::vector<std::string>>();
  wish.order = choice(state.at("order"), sched::Order::id);
  wish.strategy = choice(state.at("strategy"), config::Strategy::squash);
  wish.gate = state.at("gate");
  wish.slots = state.at("slots");
  wish.batch = state.at("batch");
  wish.land_each = state.at("land_each");
  wish.keep_branches = state.at("keep_branches");
  return wish;
}

}  // namespace

std::string who_reconciles(const git::Repository& repository) {
  if (!is_locked(lock_path(repository))) return "";
  const auto owner = find_file(owner_path(repository), 64);
  return owner ? "process " + printable_line(trim(*owner)) : "a process";
}

std::optional<Wish> find_open_wish(record::Workspace& workspace) {
  git::Store& store = workspace.store();
  const auto commit = store.find_ref(kState);
  if (!commit) return std::nullopt;
  const auto text = git::find_blob(store, *commit, "state.json");
  try {
    return from_json(json::parse(text.value_or("")));
  } catch (const json::exception&) {
    throw Error("cannot read what 'refs/chant/queue/state' says of an interrupted reconcile",
                "git update-ref -d refs/chant/queue/state");
  }
}

Queue::Queue(record::Workspace& workspace)
    : workspace_(workspace),
      lock_(take_lock(workspace.repository())),
      refs_(workspace.repository().top_level, "git chant", git::RefWriter::Sync::no) {}

std::optional<Wish> Queue::open() { return find_open_wish(workspace_); }

std::vector<git::RefChange> Queue::deletions(const std::vector<std::string>& below) {
  std::vector<git::RefChange> changes;
  for (const git::Ref& ref : workspace_.store().refs(below)) {
    changes.push_back({ref.name, ref.oid, ""});
  }
  return changes;
}

void Queue::change(const std::vector<git::RefChange>& changes) {
  if (changes.empty()) return;
  if (const auto refused = refs_.change(changes)) {
    fail("cannot write the refs of the queue: {}", *refused);
  }
  fault_point("queue refs");
}

void Queue::begin(const Wish& wish, const std::string& base) {
  git::Store& store = workspace_.store();
  const std::string blob = store.write_object("blob", to_json(wish).dump(1));
  const std::string empty = store.write_object("tree", "");
  const std::string tree = git::tree_with_files_in(store, empty, {{"state.json", blob}});
  git::Identity identity = workspace_.identity();
  identity.sign = false;
  const std::string state = git::make_commit(store, workspace_.repository(), identity, tree, {base},
                                             "chant: reconcile " + wish.name + "\n");
  std::vector<git::RefChange> changes = deletions({kTrain});
  changes.push_back({kState, "*", state});
  changes.push_back({kBase, "*", base});
  change(changes);
}

void Queue::pin(const Train& train) {
  std::vector<git::RefChange> changes;
  const auto& steps = train.steps();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    changes.push_back({fmt::format("{}{:04}", kTrain, i + 1), "*", steps[i].commit});
  }
  for (git::RefChange& old : deletions({kTrain})) {
    if (old.name > fmt::format("{}{:04}", kTrain, steps.size())) changes.push_back(old);
  }
  change(changes);
}

void Queue::close(std::vector<git::RefChange> with) {
  for (git::RefChange& old : deletions({"refs/chant/queue/"})) with.push_back(std::move(old));
  change(with);
}

}  // namespace chant::land
