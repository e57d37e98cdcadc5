#include "tasks/owner.h"

#include "tasks/json.h"
#include "util/text.h"

#include <algorithm>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A word that no program takes for an option or a path of several parts.
bool is_plain(std::string_view word) {
  constexpr std::size_t kMaxWord = 100;
  if (word.empty() || word.size() > kMaxWord || !is_word(word.front())) return false;
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return is_word(c) || c == '-' || c == '_' || c == '.'; });
}

// The directories before this end of a path, when it ends so; with the last '/'.
std::optional<std::string_view> before(std::string_view path, std::string_view end) {
  if (path.size() < end.size() || path.substr(path.size() - end.size()) != end) return std::nullopt;
  const auto directories = path.substr(0, path.size() - end.size());
  if (!directories.empty() && directories.back() != '/') return std::nullopt;
  return directories;
}

using Telling = std::variant<OwnerCommand, NoCommand>;

Telling unknown() { return NoCommand{"no command is known that would tell it"}; }

Telling taskmaster_command(std::string_view path, std::string_view id, std::string_view chosen) {
  auto root = before(path, ".taskmaster/tasks/tasks.json");
  if (!root) root = before(path, "tasks/tasks.json");
  const auto slash = id.rfind('/');
  const std::string tag(slash == npos ? std::string_view{} : id.substr(0, slash));
  const std::string number(slash == npos ? id : id.substr(slash + 1));
  const bool is_number = is_plain(number) && number.find_first_not_of("0123456789.") == npos;
  if (!root || !is_number || (slash != npos && !is_plain(tag))) return unknown();
  if (!tag.empty() && tag != chosen) {
    return NoCommand{"Taskmaster has chosen another tag: task-master use-tag " + tag};
  }
  return OwnerCommand{{"task-master", "set-status", "--id=" + number, "--status=done"},
                      std::string(*root),
                      {{"TASKMASTER_TAG", tag}}};
}

Telling spec_kitty_command(std::string_view path, std::string_view id) {
  constexpr std::string_view kSpecs = "kitty-specs/";
  const auto mission = before(path, "tasks.md");
  const auto at = path.rfind(kSpecs);
  if (!mission || at == npos || (at != 0 && path[at - 1] != '/')) return unknown();
  auto name = mission->substr(at + kSpecs.size());
  name = name.substr(0, name.find('/'));
  const bool is_package = lower(id.substr(0, 2)) == "wp" && id.size() > 2 &&
                          id.substr(2).find_first_not_of("0123456789") == npos;
  if (!is_package || !is_plain(name) || !is_plain(id)) return unknown();
  return OwnerCommand{{"spec-kitty", "agent", "tasks", "move-task", std::string(id), "--to", "done",
                       "--mission", std::string(name), "--no-auto-commit"},
                      std::string(path.substr(0, at)),
                      {}};
}

}  // namespace

Telling find_owner_command(Dialect dialect, std::string_view path, std::string_view id,
                           std::string_view chosen_tag) {
  if (dialect == Dialect::taskmaster) return taskmaster_command(path, id, chosen_tag);
  if (dialect == Dialect::spec_kitty) return spec_kitty_command(path, id);
  constexpr std::string_view kBeads = ".beads/";
  const auto at = path.rfind(kBeads);
  const bool is_kept = at != npos && (at == 0 || path[at - 1] == '/');
  if (dialect != Dialect::beads || !is_kept || !is_plain(id)) return unknown();
  return OwnerCommand{{"bd", "close", std::string(id)}, std::string(path.substr(0, at)), {}};
}

std::string chosen_tag(std::string_view state_json, std::string_view config_json) {
  const auto text_at = [](std::string_view text, std::string_view map, std::string_view key) {
    try {
      const auto json = parse_json(text);
      const auto* in = map.empty() ? &json : json.find(map);
      return in == nullptr ? std::string() : in->text_of(key);
    } catch (const JsonError&) {
      return std::string();
    }
  };
  auto tag = text_at(state_json, "", "currentTag");
  if (tag.empty()) tag = text_at(config_json, "global", "defaultTag");
  return tag.empty() ? "master" : tag;
}

}  // namespace chant::tasks
