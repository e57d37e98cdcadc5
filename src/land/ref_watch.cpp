#include "land/ref_watch.h"

#include "git/reflog.h"
#include "record/names.h"
#include "util/fault.h"

#include <utility>

namespace chant::land {

void RefWatch::add(const std::string& commit) {
  if (tested_.empty()) before_ = branches_and_tags();
  tested_.insert(commit);
  ours_.insert(commit);
}

void RefWatch::remove(const std::string& commit) {
  const auto place = tested_.find(commit);
  if (place != tested_.end()) tested_.erase(place);
}

std::vector<std::string> RefWatch::put_back(const std::set<std::string>& made) {
  constexpr int kTries = 5;  // against a gate that moves it again meanwhile
  ours_.insert(made.begin(), made.end());
  std::set<std::string> names;
  for (int i = 0; i < kTries && !try_to_put_back(names); ++i) {
  }
  return {names.begin(), names.end()};
}

bool RefWatch::try_to_put_back(std::set<std::string>& names) {
  std::set<std::string> commits = ours_;
  for (const auto& [ref, oid] : before_) commits.erase(oid);  // it is known to everybody
  bool all = true;
  for (const auto& [ref, oid] : branches_and_tags()) {
    const auto old = before_.find(ref);
    if (old != before_.end() && old->second == oid) continue;
    if (commits.count(commit_named_by(oid)) == 0) continue;
    names.insert(record::short_ref(ref));
    if (workspace_.refs().change({{ref, oid, earlier_value(ref, commits)}})) all = false;
    fault_point("a ref that a gate moved put back");
  }
  return all;
}

// The user may have moved it as well, before the gate did.
std::string RefWatch::earlier_value(const std::string& ref,
                                    const std::set<std::string>& commits) const {
  for (const git::ReflogEntry& entry : git::load_reflog(workspace_.repository(), ref)) {
    if (commits.count(entry.oid) == 0) return entry.oid;
  }
  const auto old = before_.find(ref);
  return old == before_.end() ? "" : old->second;
}

std::map<std::string, std::string> RefWatch::branches_and_tags() const {
  std::map<std::string, std::string> all;
  for (git::Ref& ref : workspace_.store().refs({"refs/heads/", "refs/tags/"})) {
    all.emplace(std::move(ref.name), std::move(ref.oid));
  }
  return all;
}

// An annotated tag names what it is of.
std::string RefWatch::commit_named_by(const std::string& oid) const {
  const auto object = workspace_.store().find_object(oid);
  constexpr std::string_view kOf = "object ";
  if (!object || object->type != "tag" || object->content.compare(0, kOf.size(), kOf) != 0) {
    return oid;
  }
  return object->content.substr(kOf.size(), oid.size());
}

}  // namespace chant::land
