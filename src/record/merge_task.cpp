#include "record/merge_task.h"

#include "git/advance.h"
#include "git/tree.h"
#include "record/spec_files.h"
#include "spec/spec.h"
#include "tasks/list.h"
#include "tasks/tick.h"
#include "util/error.h"

#include <algorithm>
#include <map>
#include <optional>

namespace chant::record {
namespace {

// The same byte in the only line that is as this one is before; false when there is no such line,
// or are several.
bool set_in_same_line(std::string& mine, const std::string& before, std::size_t at, char mark) {
  const std::size_t begin = before.rfind('\n', at) + 1;  // npos + 1 is 0
  const std::string line = before.substr(begin, before.find('\n', at) - begin);
  std::size_t found = std::string::npos;
  for (std::size_t from = 0; from < mine.size();) {
    const std::size_t end = std::min(mine.find('\n', from), mine.size());
    if (mine.compare(from, end - from, line) == 0) {
      if (found != std::string::npos) return false;
      found = from;
    }
    from = end + 1;
  }
  if (found != std::string::npos) mine[found + (at - begin)] = mark;
  return found != std::string::npos;
}

// By the list as it says itself how it is to be read.
std::optional<tasks::List> find_list(const std::string& text, const std::string& path) {
  try {
    return tasks::read_list(text, path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

Ticks with_ticks(const std::string& path, const std::string& before, const std::string& after,
                 std::string mine) {
  Ticks ticks{std::move(mine), {}};
  const auto list = find_list(before, path);
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (before[at] == after[at]) continue;
    const auto is_it = [at](const tasks::Task& task) { return task.box && task.box->offset == at; };
    const auto task = list ? std::find_if(list->tasks.begin(), list->tasks.end(), is_it)
                           : std::vector<tasks::Task>::const_iterator();
    if (!list || task == list->tasks.end()) {
      if (!set_in_same_line(ticks.text, before, at, after[at])) {
        ticks.missing.emplace_back("its line is another one there");
      }
      continue;
    }
    const tasks::Link link = tasks::link_of(*list, *task);
    auto outcome =
        after[at] == ' ' ? tasks::untick(ticks.text, link) : tasks::tick(ticks.text, link);
    if (auto* ticked = std::get_if<tasks::Ticked>(&outcome)) {
      ticks.text = std::move(ticked->text);
    } else {
      ticks.missing.push_back(std::get<tasks::NotFound>(outcome).why);
    }
  }
  return ticks;
}

namespace {

// "" where there is none.
std::string text_of(git::Store& store, const std::string& blob) {
  auto object = blob.empty() ? std::nullopt : store.find_object(blob);
  return object && object->type == "blob" ? std::move(object->content) : "";
}

bool is_spec_of_task(git::Store& store, const git::ConflictedPath& file) {
  if (!spec_file_name(file.path)) return false;
  const auto is_task = [&](const std::string& blob) {
    const std::string text = text_of(store, blob);
    try {
      return !text.empty() && spec::parse_spec("task", text, file.path).source.has_value();
    } catch (const Error&) {
      return false;
    }
  };
  return is_task(file.base) || is_task(file.ours) || is_task(file.theirs);
}

// The list as it is on the side that has more than ticks, with those of the other side.
std::optional<std::string> merged_list(git::Store& store, const git::ConflictedPath& file) {
  const std::string base = text_of(store, file.base);
  const std::string sides[] = {text_of(store, file.ours), text_of(store, file.theirs)};
  if (base.empty() || sides[0].empty() || sides[1].empty()) return std::nullopt;
  for (const int ticked : {1, 0}) {
    if (!git::only_boxes_differ(base, sides[ticked])) continue;
    if (!find_list(base, file.path)) return std::nullopt;
    Ticks ticks = with_ticks(file.path, base, sides[ticked], sides[1 - ticked]);
    if (ticks.missing.empty()) return std::move(ticks.text);
  }
  return std::nullopt;
}

}  // namespace

git::TreeMerge merge_tasks(Workspace& workspace, git::TreeMerge merged) {
  git::Store& store = workspace.store();
  std::map<std::string, std::string> files;
  std::erase_if(merged.conflicts, [&](const git::ConflictedPath& file) {
    if (is_spec_of_task(store, file)) {
      merged.tree = git::tree_without(store, merged.tree, file.path);
      return true;
    }
    auto list = file.kind == "contents" ? merged_list(store, file) : std::nullopt;
    if (list) files[file.path] = store.write_object("blob", *list);
    return list.has_value();
  });
  merged.tree = git::tree_with_files_in(store, merged.tree, files);
  return merged;
}

}  // namespace chant::record
