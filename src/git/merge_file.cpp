#include "git/merge_file.h"

#include "git/run.h"
#include "util/error.h"
#include "util/file.h"

#include <stdlib.h>

#include <cerrno>
#include <system_error>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

// Where the three versions are while git merges them: git 2.39 takes only files.
class Scratch {
 public:
  Scratch() {
    std::string pattern = fs::temp_directory_path() / "chant-merge-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) fail_errno("cannot make a directory", errno);
    path_ = pattern;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string write(const char* name, const std::string& text) const {
    const fs::path file = path_ / name;
    if (!make_file(file, text, 0600)) fail("'{}' exists", file.string());
    return file.string();
  }

 private:
  fs::path path_;
};

}  // namespace

FileMerge merge_file(const fs::path& directory, const std::string& base, const std::string& ours,
                     const std::string& theirs, int marker_size) {
  const Scratch scratch;
  std::vector<std::string> arguments = {"merge-file", "-p",   "-L", "ours",
                                        "-L",         "base", "-L", "theirs"};
  if (marker_size > 0) arguments.push_back("--marker-size=" + std::to_string(marker_size));
  arguments.insert(arguments.end(), {scratch.write("ours", ours), scratch.write("base", base),
                                     scratch.write("theirs", theirs)});
  process::Result result = run(directory, std::move(arguments));
  const auto* exited = std::get_if<process::Exited>(&result.outcome);
  // The number of conflicts, or 255.
  if (exited == nullptr || exited->code > 127) fail_git("git merge-file", result);
  return {std::move(result.out), exited->code > 0};
}

}  // namespace chant::git
