#include "git/index_file.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>

namespace chant::git {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::size_t kStatSize = 40;
constexpr std::size_t kMaxPath = 64UL * 1024;
constexpr std::uint32_t kTypeBits = 0170000;
constexpr std::uint32_t kLink = 0120000, kFile = 0100000, kModule = 0160000;

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    word = word << 8U | static_cast<unsigned char>(bytes[at + i]);
  }
  return word;
}

std::uint32_t half_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])) << 8U |
         static_cast<unsigned char>(bytes[at + 1]);
}

std::int64_t time_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::int64_t>(word_at(bytes, at)) * kSecond + word_at(bytes, at + 4);
}

// False for what git never puts there, and what would lead out of the checkout.
bool is_inside(std::string_view path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part.empty() || part == "." || part == ".." || part == ".git") return false;
    begin = end + 1;
  }
  return true;
}

// Takes the entries of an index apart (gitformat-index(5)).
class IndexReader {
 public:
  IndexReader(std::string_view bytes, std::size_t hash_size, Entries which)
      : bytes_(bytes), hash_size_(hash_size), which_(which) {}

  bool read(const std::function<void(const IndexEntry&)>& show) {
    if (bytes_.size() < 12 + hash_size_ || bytes_.substr(0, 4) != "DIRC") return false;
    version_ = word_at(bytes_, 4);
    if (version_ < 2 || version_ > 4) return false;
    end_ = bytes_.size() - hash_size_;
    at_ = 12;
    for (std::uint32_t left = word_at(bytes_, 8); left > 0; --left) {
      if (!read_entry(show)) return false;
    }
    return !is_split();
  }

 private:
  bool read_entry(const std::function<void(const IndexEntry&)>& show) {
    const std::size_t start = at_;
    if (end_ - at_ < kStatSize + hash_size_ + 2) return false;
    IndexEntry entry;
    entry.changed = time_at(bytes_, at_);
    entry.written = time_at(bytes_, at_ + 8);
    entry.mode = word_at(bytes_, at_ + 24);
    entry.size = word_at(bytes_, at_ + 36);
    entry.hash = bytes_.substr(at_ + kStatSize, hash_size_);
    at_ += kStatSize + hash_size_;
    const std::uint32_t flags = half_at(bytes_, at_);
    at_ += 2;
    std::uint32_t more = 0;
    if ((flags & 0x4000U) != 0) {
      if (version_ < 3 || end_ - at_ < 2) return false;
      more = half_at(bytes_, at_);
      at_ += 2;
    }
    if (!(version_ == 4 ? read_tail() : read_path(start))) return false;
    if (path_.size() > kMaxPath) return false;
    entry.path = path_;
    if (is_wanted(entry.mode & kTypeBits, flags, more) && is_inside(path_)) show(entry);
    return true;
  }

  [[nodiscard]] bool is_wanted(std::uint32_t type, std::uint32_t flags, std::uint32_t more) const {
    constexpr std::uint32_t kUnchanged = 0x8000, kStage = 0x3000;          // of the flags
    constexpr std::uint32_t kNotInCheckout = 0x4000, kOnlyMeant = 0x2000;  // of the others
    if ((flags & kUnchanged) != 0 || (more & kNotInCheckout) != 0) return false;
    if (which_ == Entries::modules) return type == kModule;
    return (flags & kStage) == 0 && (more & kOnlyMeant) == 0 && (type == kFile || type == kLink);
  }

  // The path ends with one to eight zero bytes, so that the next entry begins at a multiple of 8.
  bool read_path(std::size_t start) {
    const auto length = bytes_.substr(0, end_).find('\0', at_);
    if (length == std::string_view::npos) return false;
    path_.assign(bytes_.substr(at_, length - at_));
    at_ = start + (length - start + 8) / 8 * 8;
    return at_ <= end_;
  }

  // How much of the path before goes, and what comes instead.
  bool read_tail() {
    std::size_t cut = 0;
    unsigned char byte = 0;
    int rounds = 0;
    do {
      if (at_ >= end_ || ++rounds > 5) return false;
      byte = static_cast<unsigned char>(bytes_[at_++]);
      cut = rounds == 1 ? byte & 0x7fU : (cut + 1) << 7U | (byte & 0x7fU);
    } while ((byte & 0x80U) != 0);
    const auto length = bytes_.substr(0, end_).find('\0', at_);
    if (cut > path_.size() || length == std::string_view::npos) return false;
    path_.resize(path_.size() - cut);
    path_ += bytes_.substr(at_, length - at_);
    at_ = length + 1;
    return true;
  }

  // Most of the entries are in another file then.
  [[nodiscard]] bool is_split() const {
    std::size_t at = at_;
    while (end_ - at >= 8) {
      if (bytes_.substr(at, 4) == "link") return true;
      const std::size_t size = word_at(bytes_, at + 4);
      if (size > end_ - at - 8) return false;
      at += 8 + size;
    }
    return false;
  }

  std::string_view bytes_;
  std::size_t hash_size_;
  Entries which_;
  std::uint32_t version_ = 0;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::string path_;
};

std::int64_t in_ns(const timespec& at) {
  return static_cast<std::int64_t>(at.tv_sec) * kSecond + at.tv_nsec;
}

#ifdef __APPLE__
std::int64_t changed_at(const struct stat& info) { return in_ns(info.st_ctimespec); }
std::int64_t written_at(const struct stat& info) { return in_ns(info.st_mtimespec); }
constexpr clockid_t kFileClock = CLOCK_REALTIME;
#else
std::int64_t changed_at(const struct stat& info) { return in_ns(info.st_ctim); }
std::int64_t written_at(const struct stat& info) { return in_ns(info.st_mtim); }
constexpr clockid_t kFileClock = CLOCK_REALTIME_COARSE;
#endif

// The index may have been written by a git that knows seconds only.
bool same_time(std::int64_t file, std::int64_t index) {
  const auto wrapped = [](std::int64_t at) {
    return (at / kSecond) % (std::int64_t{1} << 32) * kSecond + at % kSecond;
  };
  const std::int64_t at = wrapped(file);
  return index % kSecond == 0 ? at / kSecond == index / kSecond : at == index;
}

bool same_type(const struct stat& info, std::uint32_t mode) {
  if ((mode & kTypeBits) == kLink) return S_ISLNK(info.st_mode);
  const bool executable = (mode & 0100U) != 0;
  return S_ISREG(info.st_mode) && ((info.st_mode & S_IXUSR) != 0) == executable;
}

}  // namespace

std::string IndexEntry::oid() const {
  std::string digits;
  for (const char byte : hash) digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return digits;
}

bool read_index(std::string_view bytes, std::size_t hash_size,
                const std::function<void(const IndexEntry&)>& show, Entries which) {
  return IndexReader(bytes, hash_size, which).read(show);
}

std::int64_t file_clock_now() {
  timespec at{};
  clock_gettime(kFileClock, &at);
  return in_ns(at);
}

FileGlance::FileGlance(const std::filesystem::path& checkout)
    : top_(::open(checkout.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

bool FileGlance::differs(const IndexEntry& entry, std::int64_t since) {
  const int directory = directory_of(entry.path);
  struct stat info {};
  if (directory < 0 || fstatat(directory, file_.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return true;
  }
  if (!same_type(info, entry.mode) || static_cast<std::uint32_t>(info.st_size) != entry.size ||
      !same_time(written_at(info), entry.written)) {
    return true;
  }
  return changed_at(info) >= since && !same_time(changed_at(info), entry.changed);
}

// Most files are beside the one before.
int FileGlance::directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) {
    file_.assign(path);
    return top_.number();
  }
  file_.assign(path.substr(slash + 1));
  const std::string_view name = path.substr(0, slash);
  if (!below_ || name != name_) {
    name_.assign(name);
    below_ = UniqueFd(::openat(top_.number(), name_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  return below_.number();
}

}  // namespace chant::git
