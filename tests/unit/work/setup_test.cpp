#include "work/setup.h"

#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"
#include "util/fd.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <set>

using namespace chant;
using namespace chant::work;
using Catch::Contains;
using test::GitRepo;
using Strings = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

// A repository and a worktree of it.
class Bench {
 public:
  explicit Bench(const test::Files& files = {{"tracked", "1\n"}}) {
    repo.commit(files);
    repo.git("worktree add -q ../wt");
    worktree = repo.beside("wt");
  }
  Strings copy(const Strings& patterns = {}) {
    config.copy = patterns;
    return copy_files(repo.repository(), config, worktree);
  }
  void link(const std::string& target, const std::string& name) const {
    fs::create_symlink(target, repo.path() / name);
  }
  [[nodiscard]] std::string copied(const std::string& name) const {
    return repo.read("../wt/" + name);
  }
  [[nodiscard]] bool has(const std::string& name) const {
    return fs::exists(fs::symlink_status(worktree / name));
  }

  GitRepo repo;
  config::Config config;
  fs::path worktree;
};

unsigned mode_of(const fs::path& path) {
  struct stat info {};
  REQUIRE(::lstat(path.c_str(), &info) == 0);
  return info.st_mode & 07777U;
}

// A socket that listens on a port of 127.0.0.1.
UniqueFd listen_on(int port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(fd.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(fd.number(), 1) == 0);
  return fd;
}

}  // namespace

TEST_CASE("what is untracked and matches a pattern is copied", "[setup]") {
  Bench bench({{"tracked", "1\n"}, {".gitignore", ".env\n/cache/\n"}});
  bench.repo.write(".env", "SECRET=1\n");
  bench.repo.write("sub/deep/.env", "DEEP=1\n");
  bench.repo.write("cache/a/b", "b");
  bench.repo.write("other", "o");
  CHECK(bench.copy().empty());
  CHECK(bench.copy({".env", "/cache/", "tracked"}) ==
        Strings{".env", "cache/a/b", "sub/deep/.env"});
  CHECK(bench.copied(".env") == "SECRET=1\n");
  CHECK(bench.copied("sub/deep/.env") == "DEEP=1\n");
  CHECK(bench.copied("cache/a/b") == "b");
  CHECK_FALSE(bench.has("other"));
  // git need not ignore it.
  CHECK(bench.copy({"other"}) == Strings{"other"});
}

TEST_CASE("patterns are git's, from the file and the configuration", "[setup]") {
  Bench bench;
  for (const char* name : {"a.env", "b.env", "c.env", "#x", "with space ", "-x", "ö"}) {
    bench.repo.write(name, name);
  }
  bench.repo.write(".worktreeinclude", "\xEF\xBB\xBF# comment\r\n\n*.env\n!b.env");
  CHECK(bench.copy() == Strings{"a.env", "c.env"});
  CHECK(bench.copy({"b.env", "\\#x", "with space\\ ", "-x", "ö"}) ==
        Strings{"#x", "-x", "b.env", "with space ", "ö"});
  bench.repo.write(".worktreeinclude", " \n\n");
  CHECK(bench.copy({"", "[", "/"}).empty());
}

TEST_CASE("nothing in the worktree is overwritten", "[setup]") {
  Bench bench;
  bench.repo.write(".env", "theirs\n");
  (void)bench.repo.write("../wt/.env", "mine\n");
  bench.repo.write("dir", "file\n");
  (void)bench.repo.write("../wt/dir/x", "x");
  bench.repo.write("up/down", "file\n");
  (void)bench.repo.write("../wt/up", "x");
  CHECK(bench.copy({".env", "dir", "up/"}).empty());
  CHECK(bench.copied(".env") == "mine\n");
  CHECK(bench.copied("up") == "x");
}

TEST_CASE("permissions are kept, but none that lend rights", "[setup]") {
  Bench bench;
  bench.repo.write("secret", "s");
  bench.repo.write("tool", "t");
  bench.repo.write("fixed", "f");
  ::chmod((bench.repo.path() / "secret").c_str(), 0600);
  ::chmod((bench.repo.path() / "tool").c_str(), 04755);
  ::chmod((bench.repo.path() / "fixed").c_str(), 0400);
  CHECK(bench.copy({"secret", "tool", "fixed"}).size() == 3);
  CHECK(mode_of(bench.worktree / "secret") == 0600U);
  CHECK(mode_of(bench.worktree / "tool") == 0755U);
  CHECK(mode_of(bench.worktree / "fixed") == 0400U);
  CHECK(bench.copied("fixed") == "f");
}

TEST_CASE("links are copied as links when they stay inside", "[setup]") {
  Bench bench;
  bench.repo.write("sub/x", "x");
  bench.link("tracked", "l-good");
  bench.link("../tracked", "sub/l-up");
  bench.link("absent/file", "l-dangling");
  bench.link("/etc/passwd", "l-absolute");
  bench.link("../../etc/passwd", "l-out");
  bench.link("../../tracked", "sub/l-out");
  bench.link("sub/../../x", "l-winding");
  bench.link(bench.repo.path().string() + "/tracked", "l-checkout");
  bench.link("l-loop", "l-loop");
  CHECK(bench.copy({"l-*", "/sub/"}) == Strings{"l-dangling", "l-good", "sub/l-up", "sub/x"});
  CHECK(fs::read_symlink(bench.worktree / "l-good") == "tracked");
  CHECK(fs::read_symlink(bench.worktree / "sub/l-up") == "../tracked");
  CHECK_FALSE(bench.has("l-out"));
}

TEST_CASE("a link that leads out over a tracked link is not copied", "[setup]") {
  Bench bench;
  fs::create_directories(bench.repo.beside("outside"));
  (void)bench.repo.write("../outside/file", "x");
  bench.link("../outside", "bridge");
  bench.repo.git("add bridge");
  fs::create_symlink("../outside", bench.worktree / "bridge");
  bench.link("bridge/file", "l");
  CHECK(bench.copy({"l"}).empty());
  CHECK_FALSE(bench.has("l"));
}

TEST_CASE("nothing is written through a link of the worktree", "[setup]") {
  Bench bench;
  fs::create_directories(bench.repo.beside("outside"));
  fs::create_symlink(bench.repo.beside("outside"), bench.worktree / "conf");
  fs::create_symlink(bench.repo.beside("outside/planted"), bench.worktree / "file");
  bench.repo.write("conf/key", "k");
  bench.repo.write("conf/new/key", "k");
  bench.repo.write("file", "f");
  CHECK(bench.copy({"/conf/", "file"}).empty());
  CHECK(fs::is_empty(bench.repo.beside("outside")));
}

TEST_CASE("what is no file is left out and waited for by nobody", "[setup]") {
  Bench bench;
  bench.repo.write("d/file", "f");
  REQUIRE(::mkfifo((bench.repo.path() / "d/fifo").c_str(), 0600) == 0);
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = (bench.repo.path() / "d/s").string();
  REQUIRE(name.size() < sizeof address.sun_path);
  std::copy(name.begin(), name.end(), static_cast<char*>(address.sun_path));
  REQUIRE(::bind(fd.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(bench.copy({"*"}) == Strings{"d/file"});
}

TEST_CASE("what is git's or ours is not copied, nor a repository in the repository", "[setup]") {
  Bench bench({{"tracked", "1\n"}, {".chant/config.yaml", ""}});
  bench.repo.write(".chant/specs/draft.md", "# Draft\n");
  GitRepo::git_in(bench.repo.path(), "init -q nested");
  bench.repo.write("nested/file", "n");
  bench.repo.git("worktree add -q inside");
  bench.repo.write("plain", "p");
  CHECK(bench.copy({"*"}) == Strings{"plain"});
}

TEST_CASE("an include file that is a link, too large or a pipe is refused", "[setup]") {
  Bench bench;
  const fs::path file = bench.repo.path() / ".worktreeinclude";
  bench.link("tracked", ".worktreeinclude");
  CHECK_THROWS_WITH(bench.copy(), Contains("is a symbolic link"));
  fs::remove(file);
  bench.repo.write(".worktreeinclude", std::string(300 * 1024, '#'));
  CHECK_THROWS_WITH(bench.copy(), Contains("too large"));
  fs::remove(file);
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  CHECK_THROWS_WITH(bench.copy(), Contains("not a regular file"));
}

TEST_CASE("what is too much to copy is refused before anything is copied", "[setup]") {
  Bench bench;
  bench.repo.write("d/a", "a");
  bench.repo.write("d/huge", "");
  fs::resize_file(bench.repo.path() / "d/huge", std::uintmax_t{1024} * 1024 * 1024 + 1);
  CHECK_THROWS_WITH(bench.copy({"/d/"}), Contains("too much to copy") && Contains("1024 MiB"));
  CHECK_FALSE(bench.has("d"));
  CHECK(bench.copy({"/d/*", "!huge"}) == Strings{"d/a"});
}

TEST_CASE("nothing is left in the repository", "[setup]") {
  Bench bench;
  bench.repo.write("a", "a");
  CHECK(bench.copy({"a"}) == Strings{"a"});
  const fs::path directory = bench.repo.repository().chant_dir();
  for (const auto& entry : fs::directory_iterator(directory)) {
    CHECK(entry.path().filename().string().rfind("copy-", 0) != 0);
  }
}

TEST_CASE("every worktree has ports of its own, and a spec has the same again", "[setup]") {
  GitRepo repo;
  const git::Repository repository = repo.repository();
  const int first = take_ports(repository, 20000, "a").first;
  CHECK(take_ports(repository, 20000, "a").first == first);
  std::vector<PortBlock> blocks;
  std::set<int> firsts;
  for (int i = 0; i < 50; ++i) {
    blocks.push_back(take_ports(repository, 20000, "spec-" + std::to_string(i)));
    const int port = blocks.back().first;
    CHECK(port >= 20000);
    CHECK(port + 9 < 32768);
    CHECK(port % 10 == 0);
    CHECK(firsts.insert(port).second);
  }
  const PortBlock held = take_ports(repository, 20000, "a");
  CHECK(take_ports(repository, 20000, "a").first != held.first);
}

TEST_CASE("a block with a port that somebody listens on is passed over", "[setup]") {
  GitRepo repo;
  const git::Repository repository = repo.repository();
  const int first = take_ports(repository, 20000, "a").first;
  const UniqueFd listener = listen_on(first + 7);
  const int other = take_ports(repository, 20000, "a").first;
  CHECK(other != first);
  CHECK(std::abs(other - first) >= 10);
}

TEST_CASE("ports end where the kernel's own begin, and no block is an error", "[setup]") {
  GitRepo repo;
  const git::Repository repository = repo.repository();
  const PortBlock last = take_ports(repository, 32758, "a");
  CHECK(last.first == 32758);
  CHECK_THROWS_WITH(take_ports(repository, 32758, "b"),
                    Contains("no block of 10 ports is free between 32758 and 32767"));
  CHECK(take_ports(repository, 65526, "a").first == 65526);
  for (const int base : {65527, 65536, 0, -10}) {
    CHECK_THROWS_WITH(take_ports(repository, base, "a"), Contains("there is no block of ports"));
  }
}

TEST_CASE("a slug is fit for names and keeps ids apart", "[setup]") {
  CHECK(slug_of("2026-01-22-001-x7m") == "spec_2026_01_22_001_x7m");
  CHECK(slug_of("x") == "spec_x");
  const Strings ids = {"a-b",
                       "a.b",
                       "a_b",
                       "A-b",
                       "a--b",
                       "a-b-",
                       "ab",
                       "spec-a-b",
                       "2026-01-22-001-x7m.1",
                       "a-b.",
                       "a-.b",
                       std::string(36, 'a'),
                       std::string(35, 'a'),
                       std::string(100, 'a'),
                       std::string(99, 'a') + "b",
                       "2026-01-22-001-x7m.10"};
  std::set<std::string> slugs;
  for (const std::string& id : ids) {
    const std::string slug = slug_of(id);
    INFO(id << " is " << slug);
    CHECK(slugs.insert(slug).second);
    CHECK(slug.size() <= 40);
    CHECK((slug[0] >= 'a' && slug[0] <= 'z'));
    CHECK(slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos);
    CHECK(slug_of(id) == slug);
  }
}
