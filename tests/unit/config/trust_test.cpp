#include "config/trust.h"

#include "support/catch.h"
#include "support/temp_dir.h"
#include "util/error.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

using namespace chant;
using namespace chant::config;

namespace {

// A state directory of its own and two repositories.
class Place {
 public:
  Place() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state != nullptr) before_ = state;
    setenv("XDG_STATE_HOME", directory.path().c_str(), 1);
    std::filesystem::create_directories(a);
    std::filesystem::create_directories(b);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    if (before_.empty()) {
      unsetenv("XDG_STATE_HOME");
    } else {
      setenv("XDG_STATE_HOME", before_.c_str(), 1);
    }
  }
  [[nodiscard]] std::string store() const { return directory.read("git-chant/trust"); }

  test::TempDir directory;
  std::filesystem::path a = directory.path() / "a/.git";
  std::filesystem::path b = directory.path() / "b/.git";

 private:
  std::string before_;
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

}  // namespace

TEST_CASE("nothing is trusted at first") {
  const Place place;
  const TrustStore store(place.a);
  CHECK_FALSE(store.is_trusted({"x", "make check"}));
  CHECK_FALSE(store.is_trusted({"x", ""}));
  CHECK_FALSE(std::filesystem::exists(place.directory.path() / "git-chant"));
}

TEST_CASE("what was trusted is trusted by later processes, and one byte of difference is not") {
  const Place place;
  TrustStore(place.a).trust({{"gate", "make check"}, {"script", "line 1\nline \"2\"\t\x01\n"}});
  const TrustStore store(place.a);
  CHECK(store.is_trusted({"another name", "make check"}));
  CHECK(store.is_trusted({"script", "line 1\nline \"2\"\t\x01\n"}));
  CHECK_FALSE(store.is_trusted({"gate", "make check "}));
  CHECK_FALSE(store.is_trusted({"gate", "make chec"}));
  CHECK_FALSE(store.is_trusted({"gate", "Make check"}));
}

TEST_CASE("the store that recorded trust knows it at once") {
  const Place place;
  TrustStore store(place.a);
  store.trust({{"gate", "make check"}});
  CHECK(store.is_trusted({"gate", "make check"}));
}

TEST_CASE("trust in one repository is none in another") {
  const Place place;
  TrustStore(place.a).trust({{"gate", "make check"}});
  CHECK_FALSE(TrustStore(place.b).is_trusted({"gate", "make check"}));
}

TEST_CASE("a repository is known by its real path") {
  const Place place;
  TrustStore(place.a).trust({{"gate", "make check"}});
  const auto link = place.directory.path() / "link";
  std::filesystem::create_directory_symlink(place.a, link);
  CHECK(TrustStore(link).is_trusted({"gate", "make check"}));
  std::filesystem::remove(link);
  std::filesystem::create_directory_symlink(place.b, link);
  CHECK_FALSE(TrustStore(link).is_trusted({"gate", "make check"}));
}

TEST_CASE("only what is not trusted is listed, in order") {
  const Place place;
  TrustStore store(place.a);
  store.trust({{"b", "2"}});
  const auto others = store.untrusted({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  REQUIRE(others.size() == 2);
  CHECK(others[0].what == "a");
  CHECK(others[1].what == "c");
}

TEST_CASE("what is asked for twice is asked once") {
  const Place place;
  CHECK(TrustStore(place.a).untrusted({{"a", "1"}, {"b", "1"}}).size() == 1);
}

TEST_CASE("what is trusted in a repository is listed with the names it had") {
  const Place place;
  TrustStore(place.a).trust({{"setup", "2"}, {"gate", "1\n"}});
  TrustStore(place.b).trust({{"other", "3"}});
  const auto trusted = TrustStore(place.a).trusted();
  REQUIRE(trusted.size() == 2);
  CHECK(trusted[0].what == "gate");
  CHECK(trusted[0].content == "1\n");
  CHECK(trusted[1].what == "setup");
  CHECK(TrustStore(place.b).trusted().size() == 1);
}

TEST_CASE("trust is taken back for one content in one repository") {
  const Place place;
  TrustStore(place.a).trust({{"x", "1"}, {"y", "2"}, {"z", "a\xff"}});
  TrustStore(place.b).trust({{"x", "1"}});
  place.directory.write("git-chant/trust", place.store() + "{\"torn");
  TrustStore store(place.a);
  store.revoke({{"", "1"}, {"", "a\xff"}, {"", "never trusted"}});
  CHECK_FALSE(store.is_trusted({"x", "1"}));
  CHECK_FALSE(TrustStore(place.a).is_trusted({"x", "1"}));
  CHECK_FALSE(TrustStore(place.a).is_trusted({"z", "a\xff"}));
  CHECK(TrustStore(place.a).is_trusted({"y", "2"}));
  CHECK(TrustStore(place.b).is_trusted({"x", "1"}));
  CHECK(place.store().find("{\"torn\n") != std::string::npos);
  CHECK(mode_of(place.directory.path() / "git-chant/trust") == 0600);
}

TEST_CASE("what is trusted in one use is not trusted in another") {
  using Use = Executable::Use;
  const Place place;
  TrustStore store(place.a);
  store.trust({{"prompt", "never run `x`", Use::prompt}, {"agent", "tool", Use::agent}});
  for (const TrustStore& one : {store, TrustStore(place.a)}) {
    CHECK(one.is_trusted({"", "never run `x`", Use::prompt}));
    CHECK_FALSE(one.is_trusted({"", "never run `x`", Use::shell}));
    CHECK_FALSE(one.is_trusted({"", "never run `x`", Use::agent}));
    CHECK(one.is_trusted({"", "tool", Use::agent}));
    CHECK_FALSE(one.is_trusted({"", "tool"}));
  }
  CHECK(store.untrusted({{"", "1"}, {"", "1", Use::prompt}}).size() == 2);
  store.revoke({{"", "tool"}, {"", "never run `x`", Use::prompt}});
  REQUIRE(store.trusted().size() == 1);
  CHECK(store.trusted()[0].use == Use::agent);
  std::string text = place.store();
  text.replace(text.find(R"("agent")"), 7, R"("other")");
  place.directory.write("git-chant/trust", text);
  CHECK(TrustStore(place.a).trusted().empty());
}

TEST_CASE("a record without a name, of an older version, is trusted and can be taken back") {
  const Place place;
  TrustStore(place.a).trust({{"x", "1"}});
  std::string text = place.store();
  const std::string name = R"(,"what":"x")";
  text.erase(text.find(name), name.size());
  place.directory.write("git-chant/trust", text);
  TrustStore store(place.a);
  REQUIRE(store.trusted().size() == 1);
  CHECK(store.trusted()[0].what.empty());
  store.revoke({{"", "1"}});
  CHECK(store.trusted().empty());
}

TEST_CASE("the store is private and holds each content once") {
  const Place place;
  TrustStore(place.a).trust({{"x", "1"}});
  const std::string before = place.store();
  TrustStore(place.a).trust({{"x", "1"}});
  CHECK(place.store() == before);
  CHECK(mode_of(place.directory.path() / "git-chant") == 0700);
  CHECK(mode_of(place.directory.path() / "git-chant/trust") == 0600);
  chmod((place.directory.path() / "git-chant/trust").c_str(), 0644);
  TrustStore(place.a).trust({{"x", "2"}});
  CHECK(mode_of(place.directory.path() / "git-chant/trust") == 0600);
}

TEST_CASE("bytes that are not UTF-8 are told apart") {
  const Place place;
  TrustStore(place.a).trust({{"x",
                              "a\xff"
                              "b"}});
  const TrustStore store(place.a);
  CHECK(store.is_trusted({"x",
                          "a\xff"
                          "b"}));
  CHECK_FALSE(store.is_trusted({"x",
                                "a\xfe"
                                "b"}));
  CHECK_FALSE(store.is_trusted({"x",
                                "a\xef\xbf\xbd"
                                "b"}));
  CHECK_FALSE(store.is_trusted({"x", "61ff62"}));
}

TEST_CASE("lines that are no records trust nothing and are kept") {
  const Place place;
  TrustStore(place.a).trust({{"x", "1"}});
  const std::string record = place.store();
  place.directory.write("git-chant/trust",
                        "[\n{\"repository\":1}\n{\"content\":\"2\"}\n\n" + record + "{\"torn");
  TrustStore store(place.a);
  CHECK(store.is_trusted({"x", "1"}));
  CHECK_FALSE(store.is_trusted({"x", "2"}));
  store.trust({{"x", "3"}});
  CHECK(TrustStore(place.a).is_trusted({"x", "3"}));
  CHECK(place.store().find("{\"torn\n") != std::string::npos);
}

TEST_CASE("a store that is a link is refused") {
  const Place place;
  TrustStore(place.a).trust({{"x", "1"}});
  const auto file = place.directory.path() / "git-chant/trust";
  std::filesystem::rename(file, place.directory.path() / "moved");
  std::filesystem::create_symlink(place.directory.path() / "moved", file);
  CHECK_THROWS_AS(TrustStore(place.a), Error);
}

TEST_CASE("a repository that does not exist is an error") {
  const Place place;
  CHECK_THROWS_AS(TrustStore(place.directory.path() / "none"), Error);
}

TEST_CASE("two processes that trust at the same time lose nothing") {
  const Place place;
  constexpr int kEach = 20;
  std::vector<pid_t> children;
  for (const char* prefix : {"p", "q"}) {
    const pid_t child = fork();
    if (child == 0) {
      for (int i = 0; i < kEach; ++i)
        TrustStore(place.a).trust({{"x", prefix + std::to_string(i)}});
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
  }
  const TrustStore store(place.a);
  for (int i = 0; i < kEach; ++i) {
    CHECK(store.is_trusted({"x", "p" + std::to_string(i)}));
    CHECK(store.is_trusted({"x", "q" + std::to_string(i)}));
  }
}

TEST_CASE("without a home directory nothing is trusted and nothing can be recorded") {
  const Place place;
  const char* home = std::getenv("HOME");
  const std::string before = home == nullptr ? "" : home;
  unsetenv("HOME");
  unsetenv("XDG_STATE_HOME");
  TrustStore store(place.a);
  CHECK_FALSE(store.is_trusted({"x", "1"}));
  CHECK_THROWS_AS(store.trust({{"x", "1"}}), Error);
  if (home != nullptr) setenv("HOME", before.c_str(), 1);
}
