#include "config/trust.h"

#include "util/error.h"
#include "util/file.h"
#include "util/lock.h"
#include "util/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

namespace chant::config {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kMaxStoreBytes = 64UL * 1024 * 1024;
constexpr std::array<std::string_view, 3> kUses = {"shell", "agent", "prompt"};

using Key = std::pair<Executable::Use, std::string>;

Key key_of(const Executable& executable) { return {executable.use, executable.content}; }

std::string real_path(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) fail("cannot resolve '{}': {}", path.string(), error.message());
  return real.string();
}

fs::path store_path() {
  const auto directory = find_user_directory("XDG_STATE_HOME", ".local/state");
  return directory ? *directory / "git-chant" / "trust" : fs::path{};
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

// JSON holds only UTF-8, and two different texts must never be recorded as the same.
void put(Json& record, const std::string& key, const std::string& bytes) {
  if (find_invalid_utf8(bytes) == std::string::npos) {
    record[key] = bytes;
  } else {
    record[key + "_hex"] = hex(bytes);
  }
}

Json record_of(const std::string& repository, const Executable& executable) {
  Json record = Json::object();
  put(record, "repository", repository);
  put(record, "what", executable.what);
  put(record, "content", executable.content);
  if (executable.use != Executable::Use::shell) {
    record["use"] = kUses[static_cast<std::size_t>(executable.use)];
  }
  return record;
}

// The text of the store; a line that is no record is kept when it is rewritten and trusts nothing.
std::string load_store(const fs::path& path) {
  if (path.empty()) return {};
  return find_file(path, kMaxStoreBytes).value_or("");
}

bool is_record_of(const Json& record, const Json& repository) {
  if (!record.is_object()) return false;
  return std::ranges::all_of(repository.items(), [&record](const auto& field) {
    const auto found = record.find(field.key());
    return found != record.end() && *found == field.value();
  });
}

std::optional<std::string> bytes_of_hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = kDigits.find(text[i]);
    const std::size_t low = kDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<std::string> find_bytes(const Json& record, const std::string& key) {
  const auto plain = record.find(key);
  if (plain != record.end() && plain->is_string()) return plain->get<std::string>();
  const auto coded = record.find(key + "_hex");
  if (coded == record.end() || !coded->is_string()) return std::nullopt;
  return bytes_of_hex(coded->get_ref<const std::string&>());
}

std::optional<Executable::Use> find_use(const Json& record) {
  const auto named = record.find("use");
  if (named == record.end()) return Executable::Use::shell;
  const auto* found = std::ranges::find(kUses, named->is_string() ? named->get<std::string>() : "");
  if (found == kUses.end()) return std::nullopt;
  return static_cast<Executable::Use>(found - kUses.begin());
}

// What one line of the store trusts in this repository.
std::optional<Executable> find_record(const std::string& line, const std::string& repository) {
  Json wanted = Json::object();
  put(wanted, "repository", repository);
  const Json record = Json::parse(line, nullptr, false);
  if (!is_record_of(record, wanted)) return std::nullopt;
  auto content = find_bytes(record, "content");
  const auto use = find_use(record);
  if (!content || !use) return std::nullopt;
  return Executable{find_bytes(record, "what").value_or(""), std::move(*content), *use};
}

std::map<Key, std::string> trusted_in(const std::string& store, const std::string& repository) {
  std::map<Key, std::string> trusted;
  for (const std::string& line : split(store, '\n')) {
    if (auto record = find_record(line, repository)) {
      trusted.try_emplace(key_of(*record), std::move(record->what));
    }
  }
  return trusted;
}

// Holds the store still while it is changed.
FileLock lock_store(const fs::path& path) {
  make_private_directories(path.parent_path());
  return FileLock::acquire(path.string() + ".lock");
}

void replace_store(const fs::path& path, std::string_view store) {
  AtomicFile file(path, 0600);
  file.write(store);
  file.commit();
  std::error_code ignored;  // a replaced file keeps its mode, and an older one may be too open
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, ignored);
}

}  // namespace

TrustStore::TrustStore(const fs::path& repository)
    : repository_(real_path(repository)),
      path_(store_path()),
      trusted_(trusted_in(load_store(path_), repository_)) {}

bool TrustStore::is_trusted(const Executable& executable) const {
  return trusted_.count(key_of(executable)) > 0;
}

std::vector<Executable> TrustStore::untrusted(const std::vector<Executable>& executables) const {
  std::vector<Executable> others;
  std::set<Key> seen;
  for (const Executable& one : executables) {
    if (!is_trusted(one) && seen.insert(key_of(one)).second) others.push_back(one);
  }
  return others;
}

std::vector<Executable> TrustStore::trusted() const {
  std::vector<Executable> all;
  for (const auto& [key, what] : trusted_) all.push_back({what, key.second, key.first});
  std::ranges::stable_sort(all, {}, &Executable::what);
  return all;
}

void TrustStore::trust(const std::vector<Executable>& executables) {
  if (path_.empty()) {
    throw Error("cannot record trust: no home directory is known", "set HOME or XDG_STATE_HOME");
  }
  const FileLock lock = lock_store(path_);
  std::string store = load_store(path_);
  trusted_ = trusted_in(store, repository_);
  if (!store.empty() && !store.ends_with('\n')) store += '\n';
  for (const Executable& executable : untrusted(executables)) {
    store += record_of(repository_, executable).dump() + "\n";
  }
  replace_store(path_, store);
  trusted_ = trusted_in(store, repository_);
}

void TrustStore::revoke(const std::vector<Executable>& executables) {
  if (path_.empty() || executables.empty()) return;
  std::set<Key> revoked;
  for (const Executable& executable : executables) revoked.insert(key_of(executable));
  const FileLock lock = lock_store(path_);
  std::string kept;
  for (const std::string& line : split(load_store(path_), '\n')) {
    const auto record = find_record(line, repository_);
    const bool goes = line.empty() || (record && revoked.count(key_of(*record)) > 0);
    if (!goes) kept += line + "\n";
  }
  replace_store(path_, kept);
  trusted_ = trusted_in(kept, repository_);
}

}  // namespace chant::config
