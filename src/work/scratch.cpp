#include "work/scratch.h"

#include "process/marked.h"
#include "util/error.h"
#include "util/file.h"
#include "util/random.h"
#include "util/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <vector>

namespace chant::work {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = "git-chant-";
constexpr std::size_t kMostRecord = std::size_t{16} * 1024;

fs::path records_of(const git::Repository& repository) {
  return repository.chant_dir() / "scratch";
}

fs::path temporary_root() {
  const char* named = std::getenv("TMPDIR");
  const fs::path root = named == nullptr ? "" : named;
  std::error_code ignored;
  return root.is_absolute() && fs::is_directory(root, ignored) ? root : fs::path("/tmp");
}

struct Record {
  fs::path directory, logs;
  std::string mark;
};

// A NUL is the one byte that no path has.
std::string text_of(const Record& record) {
  return record.mark + '\0' + record.directory.string() + '\0' + record.logs.string() + '\0';
}

// Into the file itself, which is locked.
void write_record(const fs::path& file, const Record& record) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) fail_errno("cannot write '" + file.string() + "'", errno);
  write_all(fd.number(), text_of(record));
}

std::optional<Record> parse_record(const std::string& text) {
  const std::vector<std::string> parts = split(text, '\0');
  if (parts.size() != 4 || !process::is_mark(parts[0])) return std::nullopt;
  return Record{parts[1], parts[2], parts[0]};
}

// Whoever can write the record must not make us remove anything else.
bool is_scratch_directory(const fs::path& path) {
  struct stat info {};
  return path.is_absolute() && path.filename().string().starts_with(kName) &&
         ::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid() &&
         (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

bool has_writer(const fs::path& logs) {
  std::error_code gone;
  for (fs::directory_iterator entry(logs, gone); !gone && entry != fs::directory_iterator();
       entry.increment(gone)) {
    if (entry->path().extension() == ".log" && is_locked(entry->path())) return true;
  }
  return false;
}

std::size_t clear(const fs::path& file) {
  const auto lock = FileLock::try_acquire(file);
  if (!lock) return 0;
  const auto text = find_file(file, kMostRecord);
  if (!text || text->empty()) return 0;  // about to be written
  const auto record = parse_record(*text);
  if (record && has_writer(record->logs)) return 0;
  const std::size_t ended = record ? process::end_marked(record->mark) : 0;
  if (record && is_scratch_directory(record->directory)) remove_tree(record->directory);
  std::error_code ignored;
  fs::remove(file, ignored);
  return ended;
}

// Directories that their owner may neither list nor change.
void open_up(const fs::path& directory) {
  std::error_code failed;
  const auto mine = fs::perms::owner_all;
  fs::permissions(directory, mine, fs::perm_options::add, failed);
  std::vector<fs::path> places = {directory};
  while (!places.empty()) {
    const fs::path place = places.back();
    places.pop_back();
    for (fs::directory_iterator entry(place, failed); !failed && entry != fs::directory_iterator();
         entry.increment(failed)) {
      std::error_code gone;
      if (!fs::is_directory(entry->symlink_status(gone))) continue;
      fs::permissions(entry->path(), mine, fs::perm_options::add, gone);
      places.push_back(entry->path());
    }
  }
}

}  // namespace

void remove_tree(const fs::path& directory) {
  std::error_code failed;
  fs::remove_all(directory, failed);
  if (!failed) return;
  open_up(directory);
  fs::remove_all(directory, failed);
}

Scratch::Scratch(const git::Repository& repository, const fs::path& logs)
    : mark_(process::new_mark()) {
  const std::string name = random_base36(12);
  directory_ = temporary_root() / (std::string(kName) + name);
  record_ = records_of(repository) / name;
  lock_ = FileLock::acquire(record_);
  write_record(record_, {directory_, logs, mark_});
  if (::mkdir(directory_.c_str(), 0700) != 0) {
    fail_errno("cannot create '" + directory_.string() + "'", errno);
  }
}

Scratch::~Scratch() {
  std::error_code ignored;
  remove_tree(directory_);
  fs::remove(record_, ignored);
}

void Scratch::add_to(process::EnvChanges& environment) const {
  for (const char* name : {"TMPDIR", "TMP", "TEMP", "CHANT_TMPDIR"}) {
    environment[name] = directory_.string();
  }
}

std::size_t clear_scratch(const git::Repository& repository) {
  std::size_t ended = 0;
  std::error_code none;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(records_of(repository), none);
       !none && entry != fs::directory_iterator(); entry.increment(none)) {
    files.push_back(entry->path());
  }
  for (const fs::path& file : files) ended += clear(file);
  return ended;
}

}  // namespace chant::work
