#include "tasks/feature.h"

#include "spec/id.h"
#include "tasks/layout.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kMaxName = 40;  // with a key behind it a valid spec id

using Exists = std::function<bool(const std::string&)>;

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string result(text);
  for (auto at = result.find(what); at != npos; at = result.find(what, at + by.size())) {
    result.replace(at, what.size(), by);
  }
  return result;
}

std::string_view directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == npos ? std::string_view{} : path.substr(0, slash + 1);
}

std::string_view stem_of(std::string_view path) {
  const auto name = path.substr(directory_of(path).size());
  return name.substr(0, name.rfind('.'));
}

std::string_view extension_of(std::string_view path) {
  const auto name = path.substr(directory_of(path).size());
  const auto dot = name.rfind('.');
  return dot == npos || dot == 0 ? std::string_view{} : name.substr(dot + 1);
}

bool has_list_extension(std::string_view path) {
  static constexpr std::array<std::string_view, 5> kExtensions = {"md", "markdown", "txt", "json",
                                                                  "jsonl"};
  const auto extension = lower(extension_of(path));
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

std::string digest(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return fmt::format("{:08x}", hash);
}

// A name in the characters of a spec id, without a dot: the first dot of a task's id ends the name
// of its feature.
std::string safe_name(std::string_view name) {
  std::string safe;
  for (const char c : name) {
    const bool is_word =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (is_word || (!safe.empty() && safe.back() != '-')) safe += is_word ? c : '-';
  }
  safe.erase(0, safe.find_first_not_of("-_"));
  safe.erase(safe.find_last_not_of('-') + 1);
  if (safe.empty()) return "list-" + digest(name);
  if (safe.size() > kMaxName) safe = safe.substr(0, kMaxName - 9) + "-" + digest(name);
  return spec::is_valid_id(safe + ".1") ? safe : safe + "-list";
}

// What a person may call the feature of a list, the full name first.
std::vector<std::string> names_of(std::string_view path) {
  const auto located = locate(path);
  if (!located) return {};
  const std::string feature(located->feature), part(located->module_name);
  if (!part.empty()) {
    const bool is_inner =
        located->layout->pattern.find("{m}") > located->layout->pattern.find("{f}");
    const auto& outer = is_inner ? feature : part;
    const auto& inner = is_inner ? part : feature;
    return {outer + "-" + inner, outer + "/" + inner, feature};
  }
  if (feature.empty()) return {std::string(stem_of(path))};
  const auto plain = std::string(without_number(feature));
  return plain == feature ? std::vector{feature} : std::vector{feature, plain};
}

std::string name_for(std::string_view path) {
  const auto located = locate(path);
  if (located && located->layout->dialect == Dialect::taskmaster) return "taskmaster";
  if (located && located->layout->dialect == Dialect::beads) return "beads";
  if (located) return safe_name(names_of(path).front());
  static constexpr std::array<std::string_view, 5> kGeneral = {"tasks", "todo", "list", "index",
                                                               "readme"};
  const auto stem = lower(stem_of(path));
  const bool is_general = std::find(kGeneral.begin(), kGeneral.end(), stem) != kGeneral.end();
  auto directory = directory_of(path);
  if (!is_general || directory.empty()) return safe_name(stem_of(path));
  directory.remove_suffix(1);
  return safe_name(directory.substr(directory_of(directory).size()));
}

std::vector<std::string> documents_of(std::string_view list, const Exists& exists) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "requirements.md", "design.md", "research.md", "context.md",
      "spec.md",         "plan.md",   "proposal.md"};
  std::vector<std::string> directories = {std::string(directory_of(list))};
  const auto located = locate(list);
  const auto inside = located ? located->layout->pattern.find("/modules/{m}/tasks.md") : npos;
  if (inside != npos) {
    const auto feature = located->layout->pattern.substr(0, inside + 1);
    directories.push_back(std::string(located->before) +
                          replaced(feature, "{f}", located->feature));
  }
  std::vector<std::string> documents;
  for (const auto& directory : directories) {
    for (const auto name : kNames) {
      auto path = directory + std::string(name);
      if (path != list && exists(path)) documents.push_back(std::move(path));
    }
  }
  return documents;
}

// Lists that somebody can mean by this name: of all, and at the places that need no search.
std::vector<std::string> lists_named(const std::string& name, const std::vector<std::string>& all,
                                     const Exists& exists) {
  std::vector<std::string> paths;
  for (const auto& layout : all_layouts()) {
    const bool is_plain = layout.pattern.find("{f}") != npos && layout.pattern.find("{m}") == npos;
    if (!is_plain || name.find('/') != npos) continue;
    auto path = replaced(layout.pattern, "{f}", name);
    if (is_list_path(path) && exists(path)) paths.push_back(std::move(path));
  }
  // A whole name comes before one without its number.
  for (const bool is_whole : {true, false}) {
    for (const auto& path : all) {
      const auto names = names_of(path);
      const auto found = std::find(names.begin(), names.end(), name);
      if (found == names.end() || !is_list_path(path) || (found == names.begin()) != is_whole) {
        continue;
      }
      if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    }
    if (!paths.empty()) break;
  }
  return paths;
}

[[noreturn]] void fail_not_found(const std::string& what, const std::vector<std::string>& all) {
  std::vector<std::string> places, names;
  for (const auto& layout : all_layouts()) {
    if (layout.pattern.find('{') == npos || layout.pattern.find("{d}") != npos) continue;
    auto place = replaced(layout.pattern, "{f}", what);
    place = replaced(replaced(place, "{n}", "NNN-" + what), "{m}", "*");
    places.push_back(std::move(place));
  }
  for (const auto& path : all) {
    if (is_list_path(path)) names.push_back(names_of(path).front());
  }
  const auto similar = nearest(what, names);
  auto hint = similar.empty() ? std::string() : fmt::format("did you mean '{}'?", similar);
  if (hint.empty() && !names.empty() && names.size() <= 10)
    hint = "there are: " + join(names, ", ");
  throw Error(fmt::format("no task list '{}': it is no file, and none of {} is there", what,
                          join(places, ", ")),
              hint, Exit::usage);
}

std::string normalized(std::string_view what) {
  while (what.substr(0, 2) == "./") what.remove_prefix(2);
  while (what.size() > 1 && what.back() == '/') what.remove_suffix(1);
  const bool leaves =
      what.substr(0, 1) == "/" || ("/" + std::string(what) + "/").find("/../") != npos;
  if (what.empty() || leaves) {
    fail_usage("'{}' is no task list in this repository: give a name or a path from its top", what);
  }
  return std::string(what);
}

std::string find_list(const std::string& what, const Exists& exists,
                      const std::function<std::vector<std::string>()>& all_lists) {
  // A name that is also that of some file means the feature, unless it has the look of a path.
  const bool is_path = has_list_extension(what) || what.find('/') != npos;
  if (is_path && exists(what)) return what;
  if (exists(what + "/tasks.md")) return what + "/tasks.md";
  const auto all = all_lists();
  const auto named = lists_named(what, all, exists);
  if (named.size() > 1) {
    throw Error(fmt::format("'{}' is ambiguous: it can be '{}'", what, join(named, "', '")),
                "give the path of the list", Exit::usage);
  }
  if (named.size() == 1) return named.front();
  if (exists(what)) return what;
  fail_not_found(what, all);
}

}  // namespace

Feature find_feature(std::string_view what, const std::function<bool(const std::string&)>& exists,
                     const std::function<std::vector<std::string>()>& all_lists) {
  Feature feature;
  feature.list = find_list(normalized(what), exists, all_lists);
  feature.name = name_for(feature.list);
  feature.documents = documents_of(feature.list, exists);
  return feature;
}

bool is_list_path(std::string_view path) { return locate(path).has_value(); }

}  // namespace chant::tasks
