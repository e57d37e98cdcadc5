#include "git/index_file.h"

#include "support/catch.h"
#include "support/git_repo.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <random>

using namespace chant;
using git::FileGlance;
using git::IndexEntry;
using test::GitRepo;
namespace fs = std::filesystem;

using Names = std::vector<std::string>;

namespace {

// What `git ls-files -s` says, in its words.
Names listed(const std::string& index, std::size_t hash_size = 20) {
  Names lines;
  const bool whole = git::read_index(index, hash_size, [&](const IndexEntry& entry) {
    lines.push_back(fmt::format("{:o} {} 0\t{}", entry.mode, entry.oid(), entry.path));
  });
  if (!whole) lines.emplace_back("not all");
  return lines;
}

Names split_lines(const std::string& text) {
  Names lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Names differing(const GitRepo& repo, std::int64_t since) {
  Names paths;
  FileGlance glance(repo.path());
  (void)git::read_index(repo.read(".git/index"), 20, [&](const IndexEntry& entry) {
    if (glance.differs(entry, since)) paths.emplace_back(entry.path);
  });
  return paths;
}

void fill(const GitRepo& repo) {
  repo.write("a", "1");
  repo.write("src/deep/er/b.txt", "22");
  repo.write("src/deep/c.txt", "333");
  repo.write("src/z", std::string(70000, 'z'));
  fs::permissions(repo.path() / "a", fs::perms::owner_all);
  fs::create_symlink("a", repo.path() / "link");
  repo.git("add -A");
}

}  // namespace

TEST_CASE("an index of each version is read as git reads it", "[git]") {
  for (const char* version : {"2", "3", "4"}) {
    CAPTURE(version);
    const GitRepo repo;
    fill(repo);
    repo.git({"update-index", "--index-version", version});
    CHECK(listed(repo.read(".git/index")) == split_lines(repo.git("ls-files -s")));
  }
}

TEST_CASE("an index with long hashes is read", "[git]") {
  const GitRepo repo("--object-format=sha256");
  fill(repo);
  CHECK(listed(repo.read(".git/index"), 32) == split_lines(repo.git("ls-files -s")));
}

TEST_CASE("what is not in the checkout or of unknown content is left out", "[git]") {
  const GitRepo repo;
  fill(repo);
  repo.git("update-index --skip-worktree a");
  repo.git("update-index --assume-unchanged link");
  repo.git({"update-index", "--add", "--cacheinfo", "160000," + std::string(40, '1') + ",module"});
  const Names lines = listed(repo.read(".git/index"));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].find("src/deep/c.txt") != std::string::npos);
}

TEST_CASE("an index whose entries are elsewhere is not taken for all", "[git]") {
  const GitRepo repo;
  fill(repo);
  repo.git("update-index --split-index");
  CHECK(listed(repo.read(".git/index")).back() == "not all");
}

TEST_CASE("a damaged index is refused or read, and never read beyond its end", "[git]") {
  const GitRepo repo;
  fill(repo);
  for (const char* version : {"2", "4"}) {
    repo.git({"update-index", "--index-version", version});
    const std::string good = repo.read(".git/index");
    for (std::size_t size = 0; size < good.size(); size += 7) {
      (void)listed(std::string(good.data(), size));
    }
    std::minstd_rand random(1);
    for (int round = 0; round < 2000; ++round) {
      std::string bad = good;
      for (int n = 0; n < 4; ++n) bad[random() % bad.size()] = static_cast<char>(random());
      (void)listed(bad);
    }
  }
  CHECK(listed("") == Names{"not all"});
}

TEST_CASE("files that were changed since git looked are told from others", "[git]") {
  const GitRepo repo;
  fill(repo);
  CHECK(differing(repo, git::file_clock_now() + 1).empty());
  repo.write("src/z", "shorter");
  fs::remove(repo.path() / "src/deep/c.txt");
  fs::remove(repo.path() / "link");
  repo.write("link", "a");
  CHECK(differing(repo, git::file_clock_now() + 1) == Names{"link", "src/deep/c.txt", "src/z"});
}

TEST_CASE("a file whose size and time were put back is noticed all the same", "[git]") {
  const GitRepo repo;
  fill(repo);
  const fs::path file = repo.path() / "src/deep/er/b.txt";
  struct stat info {};
  REQUIRE(stat(file.c_str(), &info) == 0);
  const std::int64_t since = git::file_clock_now();
  CHECK(differing(repo, since + 1).empty());
  // Until the clock of files has moved on, a change cannot be told.
  while (git::file_clock_now() == since) {
  }
  repo.write("src/deep/er/b.txt", "xx");
  timespec times[2] = {info.st_mtim, info.st_mtim};
  REQUIRE(utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
  CHECK(differing(repo, since + 1) == Names{"src/deep/er/b.txt"});
}

TEST_CASE("paths of an index that grow without end are refused", "[git]") {
  const auto word = [](std::size_t number) {
    return std::string{static_cast<char>(number >> 24U), static_cast<char>(number >> 16U),
                       static_cast<char>(number >> 8U), static_cast<char>(number)};
  };
  constexpr std::size_t kCount = 100;
  std::string index = "DIRC" + word(4) + word(kCount);
  for (std::size_t n = 0; n < kCount; ++n) {
    std::string entry(62, '\0');
    entry.replace(24, 4, word(0100644));
    index += entry + '\0' + std::string(1000, 'x') + '\0';
  }
  index += std::string(20, '\0');
  std::size_t shown = 0;
  CHECK_FALSE(git::read_index(index, 20, [&](const IndexEntry&) { ++shown; }));
  CHECK(shown > 0);
  CHECK(shown < kCount);
}

TEST_CASE("paths that lead out of a checkout are not shown", "[git]") {
  for (const char* bad :
       {"../up/file", "/../up/fil", "x/../../fi", "a/.git/fil", "./x/y/z/w", "a//b/c/d/e"}) {
    CAPTURE(bad);
    const GitRepo repo;
    repo.write("aaaaa/file", "1");
    repo.write("b", "1");
    repo.git("add -A");
    std::string index = repo.read(".git/index");
    index.replace(index.find("aaaaa/file"), std::string(bad).size(), bad);
    const Names lines = listed(index);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find("\tb") != std::string::npos);
  }
}
