#include "record/parked.h"

#include "git/tree.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <utility>

namespace chant::record {
namespace {

using nlohmann::json;

constexpr std::string_view kPrefix = "refs/chant/parked/";
constexpr int kVersion = 1;

// Paths and messages are bytes; JSON has only text.
json of_bytes(const std::string& text) {
  if (find_invalid_utf8(text) == std::string::npos) return text;
  std::string hex;
  for (const char c : text) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return {{"hex", hex}};
}

std::string to_bytes(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  const std::string hex = value.at("hex").get<std::string>();
  std::string text;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    text += static_cast<char>(byte);
  }
  return text;
}

json of_commit(const SideCommit& side) {
  return {{"commit", side.commit}, {"subject", of_bytes(side.subject)}, {"spec", side.spec}};
}

SideCommit to_commit(const json& value) {
  return {value.at("commit"), to_bytes(value.at("subject")), value.at("spec")};
}

json of_commits(const std::vector<SideCommit>& commits) {
  json list = json::array();
  for (const SideCommit& commit : commits) list.push_back(of_commit(commit));
  return list;
}

std::vector<SideCommit> to_commits(const json& list) {
  std::vector<SideCommit> commits;
  for (const json& value : list) commits.push_back(to_commit(value));
  return commits;
}

json of_files(const std::vector<git::ConflictedPath>& files) {
  json list = json::array();
  for (const git::ConflictedPath& file : files) {
    list.push_back({{"path", of_bytes(file.path)},
                    {"kind", file.kind},
                    {"base", file.base},
                    {"ours", file.ours},
                    {"theirs", file.theirs}});
  }
  return list;
}

std::vector<git::ConflictedPath> to_files(const json& list) {
  std::vector<git::ConflictedPath> files;
  for (const json& value : list) {
    files.push_back({to_bytes(value.at("path")), value.at("kind"), value.at("base"),
                     value.at("ours"), value.at("theirs")});
  }
  return files;
}

std::string packet_of(const Parked& parked) {
  json packet = {{"version", kVersion},
                 {"id", parked.id},
                 {"kind", parked.kind},
                 {"reason", of_bytes(parked.reason)},
                 {"next", of_bytes(parked.next)},
                 {"target", of_bytes(parked.target)},
                 {"branch", of_bytes(parked.branch)},
                 {"tip", parked.tip},
                 {"at", parked.at},
                 {"ours", parked.ours},
                 {"theirs", parked.theirs},
                 {"files", of_files(parked.files)},
                 {"our_commits", of_commits(parked.our_commits)},
                 {"their_commits", of_commits(parked.their_commits)},
                 {"merged", parked.merged},
                 {"scratch", of_bytes(parked.scratch)},
                 {"needs", of_bytes(parked.needs)},
                 {"log", of_bytes(parked.log)},
                 {"log_end", of_bytes(parked.log_end)}};
  if (parked.first_pair) {
    packet["first_pair"] =
        json::array({of_commit(parked.first_pair->first), of_commit(parked.first_pair->second)});
  }
  return packet.dump(2) + "\n";
}

Parked to_parked(const json& packet) {
  Parked parked;
  parked.id = packet.at("id");
  parked.kind = packet.at("kind");
  parked.reason = to_bytes(packet.at("reason"));
  parked.next = to_bytes(packet.at("next"));
  parked.target = to_bytes(packet.at("target"));
  parked.branch = to_bytes(packet.at("branch"));
  parked.tip = packet.at("tip");
  parked.at = packet.at("at");
  parked.ours = packet.at("ours");
  parked.theirs = packet.at("theirs");
  parked.files = to_files(packet.at("files"));
  parked.our_commits = to_commits(packet.at("our_commits"));
  parked.their_commits = to_commits(packet.at("their_commits"));
  parked.merged = packet.at("merged");
  parked.scratch = to_bytes(packet.at("scratch"));
  parked.needs = to_bytes(packet.at("needs"));
  parked.log = to_bytes(packet.at("log"));
  parked.log_end = to_bytes(packet.at("log_end"));
  if (packet.contains("first_pair")) {
    const json& pair = packet.at("first_pair");
    parked.first_pair = {to_commit(pair.at(0)), to_commit(pair.at(1))};
  }
  return parked;
}

// A packet that is not as written here parks nothing: the branch is looked at again.
std::optional<Parked> read_packet(Workspace& workspace, const std::string& commit) {
  try {
    const auto text = git::find_blob(workspace.store(), commit, "packet.json");
    if (!text) return std::nullopt;
    const json packet = json::parse(*text);
    if (packet.at("version") != kVersion) return std::nullopt;
    return to_parked(packet);
  } catch (const json::exception&) {
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::string parked_ref(const std::string& id) { return std::string(kPrefix) + id; }

std::optional<Parked> find_parked(Workspace& workspace, const std::string& id) {
  const auto commit = workspace.store().find_ref(parked_ref(id));
  if (!commit) return std::nullopt;
  auto parked = read_packet(workspace, *commit);
  if (!parked || parked->id != id) return std::nullopt;
  if (workspace.store().find_ref(parked->branch) != parked->tip) return std::nullopt;
  return parked;
}

std::map<std::string, Parked> load_parked(Workspace& workspace) {
  std::map<std::string, Parked> all;
  for (const git::Ref& ref : workspace.store().refs({std::string(kPrefix)})) {
    const std::string id = ref.name.substr(kPrefix.size());
    if (auto parked = find_parked(workspace, id)) all.emplace(id, std::move(*parked));
  }
  return all;
}

git::RefChange park(Workspace& workspace, const Parked& parked) {
  git::Store& store = workspace.store();
  std::vector<git::TreeEntry> entries = {
      {"100644", "packet.json", store.write_object("blob", packet_of(parked))}};
  if (!parked.merged.empty()) entries.push_back({"40000", "merged", parked.merged});
  std::vector<std::string> parents;
  for (const std::string& side : {parked.ours, parked.theirs}) {
    if (!side.empty()) parents.push_back(side);
  }
  if (parents.empty()) parents.push_back(parked.tip);
  // A note for ourselves: nobody is asked to sign it.
  git::Identity identity = workspace.identity();
  identity.sign = false;
  const std::string commit =
      git::make_commit(store, workspace.repository(), identity, git::write_tree(store, entries),
                       parents, fmt::format("chant({}): parked: {}\n", parked.id, parked.kind));
  return {parked_ref(parked.id), "*", commit};
}

std::vector<git::RefChange> unpark(Workspace& workspace, const std::string& id) {
  const auto commit = workspace.store().find_ref(parked_ref(id));
  if (!commit) return {};
  return {{parked_ref(id), *commit, ""}};
}

}  // namespace chant::record
