#include "record/mark.h"

#include "git/trailers.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace chant::record {
namespace {

constexpr const char* kSpec = "Chant-Spec";
constexpr const char* kRun = "Chant-Run";
constexpr const char* kModel = "Chant-Model";
constexpr const char* kSeal = "Chant-Seal";

bool names(const std::vector<git::Trailer>& trailers, const std::string& key) {
  return std::any_of(trailers.begin(), trailers.end(),
                     [&](const git::Trailer& one) { return lower(one.key) == lower(key); });
}

// A commit object, taken apart only as far as it is to be changed.
struct RawCommit {
  std::vector<std::string> parents;
  std::string tree;     // first header line
  std::string headers;  // from the author on, with the last newline
  std::string message;
  bool is_signed = false;
};

RawCommit load_raw(git::Store& store, const std::string& oid) {
  const auto object = store.find_object(oid);
  if (!object || object->type != "commit") fail("commit {} is missing", oid);
  const std::string& text = object->content;
  const auto end = std::min(text.find("\n\n"), text.size() - 1) + 1;
  RawCommit commit;
  std::size_t at = 0;
  while (at < end) {
    const auto next = text.find('\n', at) + 1;
    const std::string line = text.substr(at, next - at);
    if (line.compare(0, 7, "gpgsig ") == 0 || line.compare(0, 14, "gpgsig-sha256 ") == 0) {
      commit.is_signed = true;
    }
    if (at == 0) {
      commit.tree = line;
    } else if (line.compare(0, 7, "parent ") == 0 && commit.headers.empty()) {
      commit.parents.push_back(line.substr(7, line.size() - 8));
    } else {
      commit.headers += line;
    }
    at = next;
  }
  if (end < text.size()) commit.message = text.substr(end + 1);
  return commit;
}

std::string write_raw(git::Store& store, const RawCommit& commit) {
  std::string text = commit.tree;
  for (const std::string& parent : commit.parents) text += "parent " + parent + "\n";
  return store.write_object("commit", text + commit.headers + "\n" + commit.message);
}

bool can_be_marked(const RawCommit& commit) {
  return !names(git::find_trailers(commit.message), kSpec) &&
         !git::is_blank_message(commit.message);
}

// A seal that is neither of the target nor below the fork point.
bool is_inner_seal(git::Store& store, const std::string& oid,
                   const std::vector<std::string>& outside) {
  if (std::find(outside.begin(), outside.end(), oid) != outside.end()) return false;
  if (!names(git::find_trailers(load_raw(store, oid).message), kSeal)) return false;
  return std::none_of(outside.begin(), outside.end(),
                      [&](const std::string& tip) { return store.is_ancestor(oid, tip); });
}

}  // namespace

const std::vector<std::string>& mark_keys() {
  static const std::vector<std::string> keys = {kSpec, kRun, kModel};
  return keys;
}

std::string marked_message(std::string_view message, const Mark& mark, std::string_view comment) {
  const std::vector<git::Trailer> known = git::find_trailers(message, comment);
  if (names(known, kSeal)) return std::string(message);
  std::vector<git::Trailer> wanted = {{kSpec, mark.spec}};
  if (!mark.run.empty() && !names(known, kRun)) wanted.push_back({kRun, mark.run});
  if (!mark.model.empty() && !names(known, kModel)) {
    wanted.push_back({kModel, printable_line(mark.model)});
  }
  return git::with_trailers(message, wanted, comment);
}

std::string run_name(const journal::Attempt& attempt) {
  std::string digits;
  for (std::int64_t rest = attempt.started; rest > 0; rest /= 36) {
    digits += "0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36];
  }
  std::reverse(digits.begin(), digits.end());
  return fmt::format("{}-{}", digits, attempt.number);
}

std::optional<Marked> mark_commits(Workspace& workspace, const std::vector<std::string>& commits,
                                   const std::vector<std::string>& outside, const Mark& mark) {
  git::Store& store = workspace.store();
  std::map<std::string, RawCommit> loaded;
  bool lacking = false;
  for (const std::string& oid : commits) {
    RawCommit commit = load_raw(store, oid);
    if (commit.is_signed) return std::nullopt;
    if (can_be_marked(commit)) lacking = true;
    loaded.emplace(oid, std::move(commit));
  }
  if (!lacking) return std::nullopt;
  std::map<std::string, std::string> made;  // old id -> new id
  Marked marked;
  for (const std::string& oid : commits) {
    RawCommit& commit = loaded.at(oid);
    for (std::string& parent : commit.parents) {
      const auto known = made.find(parent);
      if (known == made.end() && is_inner_seal(store, parent, outside)) return std::nullopt;
      if (known != made.end()) parent = known->second;
    }
    if (can_be_marked(commit)) commit.message = marked_message(commit.message, mark);
    made[oid] = write_raw(store, commit);
    marked.commits.push_back(made[oid]);
  }
  marked.tip = marked.commits.back();
  return marked;
}

}  // namespace chant::record
