#include "config/trust.h"

#include "util/error.h"
#include "util/file.h"
#include "util/lock.h"
#include "util/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>

namespace chant::config {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kMaxStoreBytes = 64UL * 1024 * 1024;

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

Json record_of(const std::string& repository, const std::string& content) {
  Json record = Json::object();
  put(record, "repository", repository);
  put(record, "content", content);
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

std::optional<std::string> find_content(const Json& record) {
  const auto plain = record.find("content");
  if (plain != record.end() && plain->is_string()) return plain->get<std::string>();
  const auto coded = record.find("content_hex");
  if (coded == record.end() || !coded->is_string()) return std::nullopt;
  return bytes_of_hex(coded->get_ref<const std::string&>());
}

std::vector<std::string> contents_of(const std::string& store, const std::string& repository) {
  Json wanted = Json::object();
  put(wanted, "repository", repository);
  std::vector<std::string> contents;
  for (const std::string& line : split(store, '\n')) {
    const Json record = Json::parse(line, nullptr, false);
    if (!is_record_of(record, wanted)) continue;
    if (auto content = find_content(record)) contents.push_back(std::move(*content));
  }
  std::ranges::sort(contents);
  return contents;
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
      trusted_(contents_of(load_store(path_), repository_)) {}

bool TrustStore::is_trusted(const Executable& executable) const {
  return std::ranges::binary_search(trusted_, executable.content);
}

std::vector<Executable> TrustStore::untrusted(const std::vector<Executable>& executables) const {
  std::vector<Executable> others;
  std::ranges::copy_if(executables, std::back_inserter(others),
                       [this](const Executable& one) { return !is_trusted(one); });
  return others;
}

void TrustStore::trust(const std::vector<Executable>& executables) {
  if (path_.empty()) {
    throw Error("cannot record trust: no home directory is known", "set HOME or XDG_STATE_HOME");
  }
  make_private_directories(path_.parent_path());
  const FileLock lock = FileLock::acquire(path_.string() + ".lock");
  std::string store = load_store(path_);
  trusted_ = contents_of(store, repository_);
  if (!store.empty() && !store.ends_with('\n')) store += '\n';
  for (const Executable& executable : untrusted(executables)) {
    store += record_of(repository_, executable.content).dump() + "\n";
  }
  replace_store(path_, store);
  trusted_ = contents_of(store, repository_);
}

}  // namespace chant::config
