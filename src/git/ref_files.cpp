#include "git/ref_files.h"

#include "util/error.h"
#include "util/fd.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <utility>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxPackedRefs = 256UL * 1024 * 1024;
constexpr std::size_t kMaxLoose = 4096;
constexpr int kMaxDepth = 64;
// Two changes so close to each other may leave the same time on a file.
constexpr std::int64_t kTick = 50'000'000;

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Directory open_below(int directory, const char* name) {
  const int fd = ::openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return nullptr;
  Directory opened(fdopendir(fd));
  if (!opened) ::close(fd);
  return opened;
}

std::int64_t changed_at(const struct stat& info) {
#ifdef __APPLE__
  const timespec& at = info.st_ctimespec;
#else
  const timespec& at = info.st_ctim;
#endif
  return static_cast<std::int64_t>(at.tv_sec) * 1'000'000'000 + at.tv_nsec;
}

std::string stamp_of(const fs::path& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return "";
  return fmt::format("{} {} {}", info.st_ino, info.st_size, changed_at(info));
}

bool is_watched(std::string_view name) {
  constexpr std::array<std::string_view, 4> kOthers = {"refs/remotes", "refs/bisect",
                                                       "refs/worktree", "refs/rewritten"};
  for (const std::string_view other : kOthers) {
    if (name.substr(0, other.size()) != other) continue;
    if (name.size() == other.size() || name[other.size()] == '/') return false;
  }
  return true;
}

class LooseReader {
 public:
  explicit LooseReader(const RefTable& earlier) : earlier_(earlier) {}

  std::map<std::string, RefTable::Loose> read(const fs::path& common_dir) {
    walk(open_below(AT_FDCWD, (common_dir / "refs").c_str()), "refs", 0);
    return std::move(found_);
  }

 private:
  void walk(const Directory& directory, const std::string& path, int depth) {
    if (!directory || depth > kMaxDepth) return;
    while (const dirent* entry = readdir(directory.get())) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (name.size() > 5 && name.substr(name.size() - 5) == ".lock") continue;
      look(dirfd(directory.get()), entry->d_name, path + "/" + entry->d_name, depth);
    }
  }

  void look(int directory, const char* name, const std::string& full_name, int depth) {
    if (!is_watched(full_name)) return;
    struct stat info {};
    if (fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (S_ISDIR(info.st_mode)) {
      return walk(open_below(directory, name), full_name, depth + 1);
    }
    const auto before = earlier_.loose.find(full_name);
    if (before != earlier_.loose.end() && before->second.changed != 0 &&
        before->second.inode == info.st_ino && before->second.changed == changed_at(info)) {
      found_.insert(*before);
      return;
    }
    RefTable::Loose ref{text_of(directory, name, info), info.st_ino, changed_at(info)};
    if (ref.changed + kTick > now_) ref.changed = 0;
    if (!ref.value.empty()) found_.emplace(full_name, std::move(ref));
  }

  static std::string text_of(int directory, const char* name, const struct stat& info) {
    std::array<char, kMaxLoose> buffer{};
    if (S_ISLNK(info.st_mode)) {
      const ssize_t size = readlinkat(directory, name, buffer.data(), buffer.size());
      return size <= 0 ? "" : "ref: " + std::string(buffer.data(), static_cast<std::size_t>(size));
    }
    if (!S_ISREG(info.st_mode)) return "(not a file)";
    const UniqueFd file(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    const ssize_t size = file ? ::read(file.number(), buffer.data(), buffer.size()) : 0;
    if (size <= 0) return file ? "(empty)" : "";
    return std::string(trim({buffer.data(), static_cast<std::size_t>(size)}));
  }

  static std::int64_t now() {
    timespec at{};
    clock_gettime(CLOCK_REALTIME, &at);
    return static_cast<std::int64_t>(at.tv_sec) * 1'000'000'000 + at.tv_nsec;
  }

  const RefTable& earlier_;
  std::int64_t now_ = now();
  std::map<std::string, RefTable::Loose> found_;
};

std::map<std::string, std::string> parse_packed(std::string_view text) {
  std::map<std::string, std::string> packed;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto space = line.find(' ');
    if (space != 40 && space != 64) continue;  // a comment, or what a tag means
    const std::string_view name = line.substr(space + 1);
    if (!is_watched(name) || !is_object_id(line.substr(0, space))) continue;
    packed.emplace_hint(packed.end(), name, line.substr(0, space));
  }
  return packed;
}

void ask_store(Store& store, RefTable& table) {
  for (const Ref& ref : store.refs({"refs/"})) {
    if (is_watched(ref.name)) table.packed.emplace(ref.name, ref.oid);
  }
}

}  // namespace

bool is_object_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string free_foreign_ref(const RefTable& refs) {
  constexpr std::string_view kForeign = "refs/chant/foreign/";
  int last = 0;
  const auto look = [&](const std::string& name) {
    if (name.compare(0, kForeign.size(), kForeign) != 0) return;
    int number = 0;
    (void)std::from_chars(name.data() + kForeign.size(), name.data() + name.size(), number);
    last = std::max(last, number);
  };
  for (const auto& [name, ref] : refs.loose) look(name);
  for (const auto& [name, value] : refs.packed) look(name);
  return fmt::format("{}{}", kForeign, last + 1);
}

std::string branch_in(std::string_view head) {
  constexpr std::string_view kSymbolic = "ref:";
  if (head.substr(0, kSymbolic.size()) != kSymbolic) return "";
  return std::string(trim(head.substr(kSymbolic.size())));
}

std::string ref_in_words(const std::string& ref) {
  constexpr std::array<std::pair<std::string_view, const char*>, 2> kWords = {
      {{"refs/heads/", "branch"}, {"refs/tags/", "tag"}}};
  for (const auto& [prefix, word] : kWords) {
    if (ref.compare(0, prefix.size(), prefix) != 0) continue;
    return fmt::format("{} '{}'", word, printable_line(ref.substr(prefix.size())));
  }
  return "ref '" + printable_line(ref) + "'";
}

std::string shown_value(const std::string& value) {
  return is_object_id(value) ? value.substr(0, 7) : "'" + printable_line(value) + "'";
}

std::string RefTable::find(const std::string& name) const {
  const auto one = loose.find(name);
  if (one != loose.end()) return one->second.value;
  const auto other = packed.find(name);
  return other == packed.end() ? "" : other->second;
}

void RefTable::set(const std::string& name, const std::string& value) {
  loose.erase(name);
  packed.erase(name);
  if (!value.empty()) loose[name] = {value, 0, 0};
}

RefTable read_refs(const Repository& repository, Store& store, const RefTable& earlier) {
  RefTable table;
  const fs::path tables = repository.common_dir / "reftable/tables.list";
  std::error_code ignored;
  const bool in_files = !fs::exists(tables, ignored);
  const fs::path packed = in_files ? repository.common_dir / "packed-refs" : tables;
  table.packed_stamp = stamp_of(packed);
  if (in_files) table.loose = LooseReader(earlier).read(repository.common_dir);
  if (!earlier.packed_stamp.empty() && earlier.packed_stamp == table.packed_stamp) {
    table.packed = earlier.packed;
    if (!in_files) table.loose = earlier.loose;
  } else if (in_files) {
    table.packed = parse_packed(find_file(packed, kMaxPackedRefs).value_or(""));
  } else {
    ask_store(store, table);
  }
  return table;
}

}  // namespace chant::git
