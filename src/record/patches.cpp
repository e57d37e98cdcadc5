#include "record/patches.h"

#include "git/run.h"
#include "git/tree.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace chant::record {
namespace {

constexpr std::size_t kMaxPaths = 1000;  // in one argument list; beyond it every path counts

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The line that diff-tree prints before a change: what it was asked for.
bool is_header(std::string_view line, std::size_t id_size) {
  if (line.size() == id_size) return is_hex(line);
  return line.size() == 2 * id_size + 1 && line[id_size] == ' ' &&
         is_hex(line.substr(0, id_size)) && is_hex(line.substr(id_size + 1));
}

struct Patch {
  std::string text;
  std::string binaries;  // the index lines of files that are not text
};

// Cuts the output of diff-tree at its headers.
std::map<std::string, Patch> cut(std::string_view output, std::size_t id_size) {
  std::map<std::string, Patch> patches;
  Patch* current = nullptr;
  std::string_view index_line;
  while (!output.empty()) {
    const std::string_view line = output.substr(0, output.find('\n'));
    output.remove_prefix(std::min(output.size(), line.size() + 1));
    if (is_header(line, id_size)) {
      current = &patches[std::string(line)];
    } else if (current != nullptr) {
      if (line.substr(0, 6) == "index ") index_line = line;
      if (line.substr(0, 13) == "Binary files ") {
        current->binaries += std::string(index_line) + "\n";
      }
      current->text += line;
      current->text += '\n';
    }
  }
  return patches;
}

std::string question(const Change& change) {
  return change.from.empty() ? change.to : change.from + " " + change.to;
}

}  // namespace

std::map<Change, std::string> patch_ids(Workspace& workspace, const std::vector<Change>& changes,
                                        const std::set<std::string>& paths) {
  std::map<Change, std::string> ids;
  if (changes.empty() || paths.empty()) return ids;
  const auto& directory = workspace.repository().top_level;
  const std::size_t id_size = changes.front().to.size();
  std::vector<std::string> arguments = {
      "--literal-pathspecs", "diff-tree",     "--stdin",      "--root",       "-p",
      "--no-ext-diff",       "--no-textconv", "--no-renames", "--full-index", "--"};
  if (paths.size() <= kMaxPaths) arguments.insert(arguments.end(), paths.begin(), paths.end());
  std::string input;
  for (const Change& change : changes) input += question(change) + "\n";
  const auto patches = cut(git::output(directory, arguments, input), id_size);
  // For git patch-id each patch belongs to a commit; ours are numbered.
  std::string numbered;
  std::vector<const Change*> order;
  for (const Change& change : changes) {
    const auto patch = patches.find(question(change));
    if (patch == patches.end() || patch->second.text.empty()) continue;
    numbered += fmt::format("commit {:0{}x}\n{}", order.size(), id_size, patch->second.text);
    order.push_back(&change);
  }
  if (order.empty()) return ids;
  for (const std::string& line :
       split(git::output(directory, {"patch-id", "--stable"}, numbered), '\n')) {
    const std::vector<std::string> words = split(line, ' ');
    if (words.size() != 2) continue;
    const Change& change = *order.at(std::stoul(words[1], nullptr, 16));
    ids[change] = words[0] + patches.at(question(change)).binaries;
  }
  return ids;
}

std::set<std::string> tips_without_change(Workspace& workspace, const std::string& target_tip,
                                          const std::vector<std::string>& tips) {
  std::set<std::string> found;
  if (tips.empty()) return found;
  std::string input;
  for (const std::string& tip : tips) input += target_tip + " " + tip + "\n";
  const process::Result result = git::run(
      workspace.repository().top_level,
      {"merge-tree", "--write-tree", "--stdin", "-z", "--name-only", "--no-messages"}, input);
  // For each line of input: status, tree, conflicted paths, each ended by NUL; then NUL.
  const std::vector<std::string> fields = split(result.out, '\0');
  std::size_t at = 0;
  for (const std::string& tip : tips) {
    if (at + 1 >= fields.size()) break;
    const std::string& tree = fields[at + 1];
    std::vector<std::string> conflicts;
    for (at += 2; at < fields.size() && !fields[at].empty(); ++at) conflicts.push_back(fields[at]);
    ++at;
    const auto is_ours = [](const std::string& path) { return path.compare(0, 7, ".chant/") == 0; };
    if (!std::all_of(conflicts.begin(), conflicts.end(), is_ours)) continue;
    const std::string target = git::load_commit(workspace.store(), target_tip).tree;
    if (git::changed_trees(workspace.store(), target, tree, ".chant").empty()) found.insert(tip);
  }
  return found;
}

}  // namespace chant::record
