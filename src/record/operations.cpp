#include "record/operations.h"

#include "git/tree.h"
#include "record/names.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace chant::record {
namespace {

using Json = nlohmann::json;

constexpr const char* kLog = "refs/chant/ops";
constexpr int kVersion = 1;

using Values = std::map<std::string, std::string>;  // ref -> object id

[[noreturn]] void fail_damaged(const std::string& commit) {
  throw Error(fmt::format("the operation log cannot be read at {}", commit.substr(0, 12)),
              fmt::format("git show {}:operation", kLog));
}

// What an operation commit says, and the one before it.
struct Entry {
  Operation operation;
  std::string previous;  // "" for the first
};

std::string text_of(const Values& values) {
  std::string text;
  for (const auto& [ref, oid] : values) text += oid + " " + ref + "\n";
  return text;
}

Values parse_values(const std::string& text) {
  Values values;
  for (const std::string& line : split(text, '\n')) {
    const auto blank = line.find(' ');
    if (blank != std::string::npos) values[line.substr(blank + 1)] = line.substr(0, blank);
  }
  return values;
}

void read_words(Entry& entry, const std::string& text) {
  const Json words = Json::parse(text);
  Operation& operation = entry.operation;
  if (words.at("version").get<int>() > kVersion) fail_damaged(operation.id);
  operation.kind = words.at("kind");
  operation.name = words.at("name");
  operation.at = words.at("at");
  operation.summary = words.at("summary");
  operation.target = words.at("target");
  operation.specs = words.at("specs").get<std::vector<std::string>>();
  operation.undoes = words.at("undoes");
  entry.previous = words.at("previous");
}

Entry load_entry(git::Store& store, const std::string& commit) {
  Entry entry;
  entry.operation.id = commit;
  const auto words = git::find_blob(store, commit, "operation");
  const auto before = git::find_blob(store, commit, "before");
  const auto after = git::find_blob(store, commit, "after");
  if (!words || !before || !after) fail_damaged(commit);
  try {
    read_words(entry, *words);
  } catch (const Json::exception&) {
    fail_damaged(commit);
  }
  std::map<std::string, RefMove> moves;
  for (const auto& [ref, oid] : parse_values(*before)) moves[ref] = {ref, oid, ""};
  for (const auto& [ref, oid] : parse_values(*after)) {
    moves[ref].ref = ref;
    moves[ref].after = oid;
  }
  for (const auto& [ref, move] : moves) entry.operation.moves.push_back(move);
  return entry;
}

// What the commit must have as parents, so that nothing its refs named is ever pruned; without what
// the target has anyway.
std::vector<std::string> parents_of(git::Store& store, const Entry& entry) {
  std::vector<std::string> ends;
  std::vector<std::string> named;
  for (const RefMove& move : entry.operation.moves) {
    std::vector<std::string>& list = move.ref == entry.operation.target ? ends : named;
    for (const std::string& oid : {move.after, move.before}) {
      if (!oid.empty()) list.push_back(oid);
    }
  }
  std::vector<std::string> parents;
  if (!entry.previous.empty()) parents.push_back(entry.previous);
  const auto add = [&](const std::string& oid) {
    if (std::find(parents.begin(), parents.end(), oid) == parents.end()) parents.push_back(oid);
  };
  for (const std::string& end : ends) {
    const bool is_covered = std::any_of(ends.begin(), ends.end(), [&](const std::string& other) {
      return other != end && store.is_ancestor(end, other);
    });
    if (!is_covered) add(end);
  }
  const auto missing = store.commits_between(named, ends);
  const std::set<std::string> open(missing.begin(), missing.end());
  for (const std::string& oid : named) {
    if (open.count(oid) > 0) add(oid);
  }
  return parents;
}

std::string write_entry(Workspace& workspace, const Entry& entry) {
  git::Store& store = workspace.store();
  const Operation& operation = entry.operation;
  Values before;
  Values after;
  for (const RefMove& move : operation.moves) {
    if (!move.before.empty()) before[move.ref] = move.before;
    if (!move.after.empty()) after[move.ref] = move.after;
  }
  const Json words = {
      {"version", kVersion},      {"kind", operation.kind},       {"name", operation.name},
      {"at", operation.at},       {"summary", operation.summary}, {"target", operation.target},
      {"specs", operation.specs}, {"undoes", operation.undoes},   {"previous", entry.previous}};
  const auto blob = [&](const std::string& text) { return store.write_object("blob", text); };
  const std::string tree = git::tree_with_files_in(
      store, store.write_object("tree", ""),
      {{"after", blob(text_of(after))},
       {"before", blob(text_of(before))},
       {"operation", blob(words.dump(1, ' ', false, Json::error_handler_t::replace) + "\n")}});
  git::Identity identity = workspace.identity();
  identity.sign = false;  // nobody but us reads it
  return git::make_commit(store, workspace.repository(), identity,
                          {.tree = tree,
                           .parents = parents_of(store, entry),
                           .message = fmt::format("chant: {}\n", printable_line(operation.summary)),
                           .when = operation.at});
}

// True when `next` goes on where `last` ended, so that both together are one operation.
bool continues(const Operation& next, const Operation& last) {
  if (next.name.empty() || next.kind != last.kind || next.name != last.name) return false;
  if (next.target != last.target) return false;
  return std::all_of(last.moves.begin(), last.moves.end(), [&](const RefMove& old) {
    return std::none_of(next.moves.begin(), next.moves.end(), [&](const RefMove& move) {
      return move.ref == old.ref && move.before != old.after;
    });
  });
}

void prepend(Operation& operation, const Operation& first) {
  std::map<std::string, RefMove> moves;
  for (const RefMove& move : first.moves) moves[move.ref] = move;
  for (const RefMove& move : operation.moves) {
    const auto [found, is_new] = moves.emplace(move.ref, move);
    if (!is_new) found->second.after = move.after;
  }
  operation.moves.clear();
  for (auto& [ref, move] : moves) operation.moves.push_back(std::move(move));
  std::vector<std::string> specs = first.specs;
  for (std::string& id : operation.specs) {
    if (std::find(specs.begin(), specs.end(), id) == specs.end()) specs.push_back(std::move(id));
  }
  operation.specs = std::move(specs);
  operation.summary = landing_summary(operation.specs.size(), operation.target);
}

}  // namespace

std::string landing_summary(std::size_t specs, const std::string& target) {
  return fmt::format("land {} on {}", counted(specs, "spec"), short_ref(target));
}

std::vector<Operation> operations(Workspace& workspace, std::size_t limit) {
  std::vector<Operation> all;
  std::string next = workspace.store().find_ref(kLog).value_or("");
  while (!next.empty() && (limit == 0 || all.size() < limit)) {
    Entry entry = load_entry(workspace.store(), next);
    all.push_back(std::move(entry.operation));
    next = std::move(entry.previous);
  }
  return all;
}

git::RefChange record_operation(Workspace& workspace, Operation& operation) {
  const std::string newest = workspace.store().find_ref(kLog).value_or("");
  Entry entry{operation, newest};
  if (entry.operation.at == 0) entry.operation.at = now_ms() / 1000;
  if (!newest.empty()) {
    const Entry last = load_entry(workspace.store(), newest);
    if (continues(operation, last.operation)) {
      prepend(entry.operation, last.operation);
      entry.previous = last.previous;
    }
  }
  auto& moves = entry.operation.moves;
  moves.erase(std::remove_if(moves.begin(), moves.end(),
                             [](const RefMove& move) { return move.before == move.after; }),
              moves.end());
  entry.operation.id = write_entry(workspace, entry);
  operation = std::move(entry.operation);
  return {kLog, newest, operation.id};
}

}  // namespace chant::record
