#include "tasks/layout.h"

#include <algorithm>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0, end = 0; end != npos; start = end + 1) {
    end = path.find('/', start);
    parts.push_back(path.substr(start, end == npos ? npos : end - start));
  }
  return parts;
}

std::optional<Located> fit(const Layout& layout, std::string_view path,
                           const std::vector<std::string_view>& parts) {
  const auto wanted = components(layout.pattern);
  if (parts.size() < wanted.size()) return std::nullopt;
  const auto skipped = parts.size() - wanted.size();
  if (layout.only_root && skipped != 0) return std::nullopt;
  Located located;
  located.layout = &layout;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto part = parts[skipped + i];
    if (part.empty() || part == "." || part == "..") return std::nullopt;
    if (wanted[i] == "{m}") {
      located.module_name = part;
    } else if (wanted[i] == "{f}" || wanted[i] == "{n}") {
      if (wanted[i] == "{n}" && without_number(part) == part) return std::nullopt;
      located.feature = part;
    } else if (wanted[i] != "{d}" && part != wanted[i]) {
      return std::nullopt;
    }
  }
  located.before = path.substr(0, static_cast<std::size_t>(parts[skipped].data() - path.data()));
  return located;
}

}  // namespace

const std::vector<Layout>& all_layouts() {
  static const std::vector<Layout> kLayouts = {
      {"documentation/features/{f}/modules/{m}/tasks.md", Dialect::specflow},
      {"documentation/modules/{m}/features/{f}/tasks.md", Dialect::specflow},
      {"documentation/features/{f}/tasks.md", Dialect::specflow},
      {"documentation/specs/{f}/tasks.md", Dialect::specflow},
      {"docs/features/{f}/tasks.md", std::nullopt},
      {".kiro/specs/{f}/tasks.md", Dialect::kiro},
      {".claude/specs/{f}/tasks.md", Dialect::pimzino},
      {".spec-workflow/specs/{f}/tasks.md", Dialect::pimzino},
      {"openspec/changes/{f}/tasks.md", Dialect::openspec},
      {"kitty-specs/{f}/tasks.md", Dialect::spec_kitty},
      {"specs/{n}/tasks.md", Dialect::spec_kit},
      {"specs/{d}/{n}/tasks.md", Dialect::spec_kit},  // of a branch "feature/001-login"
      {".taskmaster/tasks/tasks.json", Dialect::taskmaster},
      {".beads/issues.jsonl", Dialect::beads},
      {"tasks.md", std::nullopt, true},
  };
  return kLayouts;
}

std::optional<Located> locate(std::string_view path) {
  const auto parts = components(path);
  for (const auto& layout : all_layouts()) {
    if (auto located = fit(layout, path, parts)) return located;
  }
  return std::nullopt;
}

std::string_view without_number(std::string_view name) {
  const auto dash = name.find_first_not_of("0123456789");
  const bool has_number = dash != npos && dash >= 2 && name[dash] == '-' && dash + 1 < name.size();
  return has_number ? name.substr(dash + 1) : name;
}

}  // namespace chant::tasks
