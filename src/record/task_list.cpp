#include "record/task_list.h"

#include "git/run.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <vector>

namespace chant::record {

std::filesystem::path find_in_checkout(const Workspace& workspace, const std::string& path) {
  const std::filesystem::path relative(path);
  const bool is_plain = !path.empty() && relative.is_relative() &&
                        relative.lexically_normal() == relative && *relative.begin() != ".." &&
                        *relative.begin() != ".git";
  if (!is_plain) return {};
  std::error_code error;
  const std::filesystem::path top =
      std::filesystem::canonical(workspace.repository().top_level, error);
  const std::filesystem::path directory =
      std::filesystem::weakly_canonical(top / relative.parent_path(), error);
  const std::filesystem::path inside = directory.lexically_relative(top);
  if (error || inside.empty() || *inside.begin() == ".." || *inside.begin() == ".git") return {};
  return directory / relative.filename();
}

std::filesystem::path require_in_checkout(const Workspace& workspace, const std::string& path) {
  std::filesystem::path file = find_in_checkout(workspace, path);
  if (file.empty()) fail("'{}' is not in this checkout", printable_line(path));
  return file;
}

TaskList load_task_list(const Workspace& workspace, const std::string& what,
                        std::optional<tasks::Dialect> forced) {
  const std::filesystem::path& top = workspace.repository().top_level;
  const auto exists = [&top](const std::string& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(top / path, ignored);
  };
  const auto all_lists = [&top] {
    std::vector<std::string> lists;
    const std::string files =
        git::output(top, {"ls-files", "--cached", "--others", "--exclude-standard", "-z"});
    for (std::string& path : split(files, '\0')) {
      if (tasks::is_list_path(path)) lists.push_back(std::move(path));
    }
    return lists;
  };
  TaskList loaded;
  loaded.feature = tasks::find_feature(what, exists, all_lists);
  if (!exists(loaded.feature.list)) {
    throw Error(fmt::format("'{}' is not in this checkout (is it sparse?)",
                            printable_line(loaded.feature.list)),
                "git sparse-checkout list");
  }
  loaded.text =
      load_file(require_in_checkout(workspace, loaded.feature.list), tasks::kMaxListBytes);
  loaded.list = tasks::read_list(loaded.text, loaded.feature.list, forced);
  return loaded;
}

}  // namespace chant::record
