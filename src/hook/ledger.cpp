#include "hook/ledger.h"

#include "git/run.h"
#include "hook/dispatcher.h"
#include "hook/snippet.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace chant::hook {
namespace {

namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;
using Kind = Change::Kind;

constexpr std::size_t kMaxBytes = 16UL * 1024 * 1024;
constexpr std::array<std::pair<Kind, const char*>, 5> kKinds = {{{Kind::directory, "directory"},
                                                                 {Kind::file, "file"},
                                                                 {Kind::hook, "hook"},
                                                                 {Kind::setting, "setting"},
                                                                 {Kind::last_line, "last line"}}};

fs::path ledger_path(const git::Repository& repository) {
  return repository.chant_dir() / "hooks/changes.json";
}

// JSON is UTF-8, files are bytes: each byte is written as the character of its number.
std::string from_bytes(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x80) {
      text += byte;
    } else {
      text += static_cast<char>(0xC0 | (code >> 6));
      text += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
  return text;
}

std::string to_bytes(const std::string& text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto code = static_cast<unsigned char>(text[at]);
    if (code < 0x80 || at + 1 == text.size()) {
      bytes += text[at];
    } else {
      bytes += static_cast<char>(((code & 0x03) << 6) | (text[++at] & 0x3F));
    }
  }
  return bytes;
}

// A repository can be moved: what is in it is recorded as seen from its git directory.
std::string stored_path(const git::Repository& repository, const Change& change) {
  if (change.kind == Kind::setting) return change.path;
  const fs::path below = fs::path(change.path).lexically_relative(repository.common_dir);
  const std::size_t up =
      static_cast<std::size_t>(std::count(below.begin(), below.end(), fs::path("..")));
  const std::size_t checkout = repository.common_dir.filename() == ".git" ? 1 : 0;
  return below.empty() || up > checkout ? change.path : below.string();
}

std::string loaded_path(const git::Repository& repository, const Change& change) {
  if (change.kind == Kind::setting) return change.path;
  return (repository.common_dir / change.path).lexically_normal().string();
}

Json to_json(const git::Repository& repository, const Change& change) {
  Json json;
  for (const auto& [kind, name] : kKinds) {
    if (kind == change.kind) json["kind"] = name;
  }
  json["path"] = from_bytes(stored_path(repository, change));
  json["existed"] = change.existed;
  json["before"] = from_bytes(change.before);
  json["after"] = from_bytes(change.after);
  return json;
}

Change to_change(const git::Repository& repository, const Json& json) {
  Change change;
  for (const auto& [kind, name] : kKinds) {
    if (json.at("kind") == name) change.kind = kind;
  }
  change.path = to_bytes(json.at("path"));
  change.path = loaded_path(repository, change);
  change.existed = json.at("existed");
  change.before = to_bytes(json.at("before"));
  change.after = to_bytes(json.at("after"));
  return change;
}

bool is_there(const fs::path& path) { return fs::exists(fs::symlink_status(path)); }

void move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) fail_errno(fmt::format("cannot rename '{}'", from.string()), error.value());
}

void delete_file(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  if (error) fail_errno(fmt::format("cannot remove '{}'", path.string()), error.value());
}

void write_file(const fs::path& path, const std::string& text, unsigned mode) {
  AtomicFile file(path, mode);
  file.write(text);
  file.commit();
}

bool is_executable_file(const fs::path& path) {
  const fs::file_status status = fs::symlink_status(path);
  return fs::is_regular_file(status) &&
         (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
}

// What is at `path`, when it is a regular file of a size that a hook of ours can have.
std::string hook_text_at(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(fs::symlink_status(path)) || fs::file_size(path, ignored) > 65536) {
    return {};
  }
  return find_text(path).value_or("");
}

void apply_hook(const Change& change) {
  const fs::path hook = change.path;
  if (is_there(hook) && is_dispatcher(hook_text_at(adopted_hook(hook)))) {
    return write_file(adopted_hook(hook), change.after, 0777);
  }
  const std::string text = hook_text_at(hook);
  if (text == change.after && is_executable_file(hook)) return;
  if (change.existed && is_there(hook) && !is_dispatcher(text)) {
    move_file(hook, previous_hook(hook));
  } else if (is_there(hook)) {
    delete_file(hook);  // an older one of ours, or one that lost its mode
  }
  write_file(hook, change.after, 0777);
}

std::optional<std::string> undo_hook(const Change& change) {
  const fs::path hook = change.path;
  const fs::path previous = previous_hook(hook);
  if (hook_text_at(adopted_hook(hook)) == change.after) {
    delete_file(adopted_hook(hook));
    // What took ours along is what was there before, installed once more.
    if (change.existed && find_text(previous) == find_text(hook)) delete_file(previous);
  }
  const bool ours = hook_text_at(hook) == change.after;
  if (!change.existed) {
    if (ours) delete_file(hook);
    return std::nullopt;
  }
  if (!is_there(previous)) {
    if (!ours) return std::nullopt;
    return fmt::format("'{}' is gone: the hook that was there before", previous.string());
  }
  if (is_there(hook) && !ours) {
    return fmt::format("'{}' was changed since; what was there before is '{}'", hook.string(),
                       previous.filename().string());
  }
  move_file(previous, hook);
  return std::nullopt;
}

std::optional<std::string> undo_file(const Change& change) {
  const fs::path path = change.path;
  const auto now = find_text(path);
  if (!now || *now == change.before) return std::nullopt;
  if (*now == change.after) {
    change.existed ? write_file(path, change.before, 0666) : delete_file(path);
    return std::nullopt;
  }
  const auto rest = without_blocks(*now);
  if (!rest) return fmt::format("'{}' was changed since", path.string());
  if (rest->empty() && !change.existed) {
    delete_file(path);
  } else if (*rest != *now) {
    write_file(path, *rest, 0666);
  }
  return std::nullopt;
}

void set_setting(const git::Repository& repository, const std::string& name,
                 const std::string& value) {
  (void)git::output(repository.top_level, {"config", "--local", name, value});
}

std::optional<std::string> undo_setting(const git::Repository& repository, const Change& change) {
  const auto now = find_setting(repository, change.path);
  if (!now || (change.existed && *now == change.before)) return std::nullopt;
  if (*now != change.after) {
    return fmt::format("'{}' in git's configuration was changed since", change.path);
  }
  if (change.existed) {
    set_setting(repository, change.path, change.before);
  } else {
    (void)git::output(repository.top_level, {"config", "--local", "--unset", change.path});
  }
  return std::nullopt;
}

// As git itself writes its configuration: under the lock file beside it.
void undo_last_line(const Change& change) {
  const fs::path path = change.path;
  const auto now = find_text(path);
  if (!now || now->empty() || now->back() != '\n' ||
      fmt::format("{}", now->size() - 1) != change.before) {
    return;
  }
  const fs::path lock = change.path + ".lock";
  if (!make_file(lock, std::string_view(*now).substr(0, now->size() - 1))) return;
  fs::permissions(lock, fs::status(path).permissions());
  move_file(lock, path);
}

}  // namespace

const Change* Ledger::find(Change::Kind kind, const std::string& path) const {
  for (const Change& change : changes) {
    if (change.kind == kind && change.path == path) return &change;
  }
  return nullptr;
}

std::optional<Ledger> load_ledger(const git::Repository& repository) {
  const auto text = find_file(ledger_path(repository), 4 * kMaxBytes);
  if (!text) return std::nullopt;
  try {
    const Json json = Json::parse(*text);
    Ledger ledger;
    ledger.binary = to_bytes(json.at("binary"));
    for (const Json& change : json.at("changes")) {
      ledger.changes.push_back(to_change(repository, change));
    }
    return ledger;
  } catch (const Json::exception&) {
    fail("'{}' is damaged", ledger_path(repository).string());
  }
}

void save_ledger(const git::Repository& repository, const Ledger& ledger) {
  Json json = {{"version", 1}, {"binary", from_bytes(ledger.binary)}, {"changes", Json::array()}};
  for (const Change& change : ledger.changes)
    json["changes"].push_back(to_json(repository, change));
  make_private_directories(ledger_path(repository).parent_path());
  write_file(ledger_path(repository), json.dump(2) + "\n", 0600);
}

void remove_ledger(const git::Repository& repository) {
  delete_file(ledger_path(repository));
  std::error_code ignored;
  fs::remove(ledger_path(repository).parent_path(), ignored);
}

fs::path previous_hook(const fs::path& hook) { return hook.string() + ".pre-chant"; }

fs::path adopted_hook(const fs::path& hook) { return hook.string() + ".legacy"; }

std::optional<std::string> find_text(const fs::path& path) { return find_file(path, kMaxBytes); }

std::optional<std::string> find_setting(const git::Repository& repository,
                                        const std::string& name) {
  const process::Result result =
      git::run(repository.top_level, {"config", "--local", "-z", "--get", name});
  if (!process::succeeded(result.outcome)) return std::nullopt;
  return result.out.substr(0, result.out.find('\0'));
}

void apply(const git::Repository& repository, const Change& change) {
  switch (change.kind) {
    case Kind::directory: {
      std::error_code error;
      fs::create_directories(change.path, error);
      if (error) fail_errno("cannot create '" + change.path + "'", error.value());
      break;
    }
    case Kind::file:
      if (find_text(change.path) != change.after) write_file(change.path, change.after, 0666);
      break;
    case Kind::hook:
      apply_hook(change);
      break;
    case Kind::setting:
      if (find_setting(repository, change.path) != change.after) {
        set_setting(repository, change.path, change.after);
      }
      break;
    case Kind::last_line:
      break;
  }
}

std::optional<std::string> undo(const git::Repository& repository, const Change& change) {
  std::error_code ignored;
  switch (change.kind) {
    case Kind::directory:
      fs::remove(change.path, ignored);  // only when it is empty
      return std::nullopt;
    case Kind::file:
      return undo_file(change);
    case Kind::hook:
      return undo_hook(change);
    case Kind::setting:
      return undo_setting(repository, change);
    case Kind::last_line:
      undo_last_line(change);
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace chant::hook
