#include "journal/journal.h"

#include "support/catch.h"
#include "support/temp_dir.h"
#include "util/error.h"
#include "util/time.h"

#include <sqlite3.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

using namespace chant;
using namespace chant::journal;

namespace {

std::filesystem::path file_in(const test::TempDir& directory) {
  return directory.path() / "chant/journal.db";
}

Attempt begun(Journal& journal, const std::string& spec) {
  Attempt attempt;
  attempt.spec = spec;
  journal.begin_attempt(attempt);
  return attempt;
}

void run_sql(const std::filesystem::path& path, const char* sql) {
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &raw) == SQLITE_OK);
  REQUIRE(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
}

std::string text_of_sql(const std::filesystem::path& path, const char* sql) {
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &raw) == SQLITE_OK);
  std::string text;
  const auto take = [](void* out, int, char** values, char**) {
    *static_cast<std::string*>(out) = values[0];
    return 0;
  };
  REQUIRE(sqlite3_exec(raw, sql, take, &text, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
  return text;
}

}  // namespace

TEST_CASE("a new journal is made with its directory, private and in WAL mode") {
  const test::TempDir directory;
  const auto path = file_in(directory);
  const Journal journal(path);
  CHECK(journal.note().empty());
  struct stat status {};
  REQUIRE(stat(path.parent_path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  CHECK(text_of_sql(path, "PRAGMA journal_mode") == "wal");
  CHECK(text_of_sql(path, "PRAGMA user_version") == "4");
}

TEST_CASE("commands that only look make no journal") {
  const test::TempDir directory;
  CHECK_FALSE(Journal::open_existing(file_in(directory)));
  CHECK_FALSE(std::filesystem::exists(file_in(directory).parent_path()));
  { Journal(file_in(directory)).add_event(0, "a", "claim", ""); }
  const auto journal = Journal::open_existing(file_in(directory));
  REQUIRE(journal);
  CHECK(journal->events("a").size() == 1);
}

TEST_CASE("a run is recorded with its process, its mode and its times") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  const auto before = now_ms();
  const auto first = journal.begin_run("parallel");
  const auto second = journal.begin_run("worktree");
  journal.end_run(first);
  const auto runs = journal.runs();
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].id == first);
  CHECK(runs[0].pid == getpid());
  CHECK(runs[0].mode == "parallel");
  CHECK(runs[0].started >= before);
  CHECK(runs[0].ended >= runs[0].started);
  CHECK(runs[1].id == second);
  CHECK(runs[1].ended == 0);
}

TEST_CASE("attempts are numbered from one for each spec") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  CHECK(begun(journal, "a").number == 1);
  CHECK(begun(journal, "a").number == 2);
  CHECK(begun(journal, "b").number == 1);
  CHECK(begun(journal, "a").started > 0);
  CHECK(journal.attempts("a").size() == 3);
  CHECK(journal.attempts("none").empty());
}

TEST_CASE("an attempt comes back with every field") {
  const test::TempDir directory;
  Attempt attempt;
  {
    Journal journal(file_in(directory));
    attempt.run = journal.begin_run("parallel");
    attempt.spec = "a";
    attempt.agent = "main";
    attempt.profile = "claude";
    attempt.branch = "refs/heads/spec/a";
    attempt.base = "1111";
    attempt.worktree = "/tmp/chant-a";
    attempt.log = "/logs/a/1.log";
    journal.begin_attempt(attempt);
    journal.set_step(attempt, "worktree");
    journal.set_step(attempt, "agent");
    attempt.model = "opus";
    attempt.exit_class = "no_commit";
    attempt.reason = "agent's exit 0, \"no\" commit\n\xff";
    attempt.tip = "2222";
    attempt.commits = {"3333", "2222"};
    attempt.session = "s-1";
    attempt.input_tokens = 5'000'000'000;
    attempt.output_tokens = 0;
    attempt.cost_micros = 1'234'567;
    journal.end_attempt(attempt);
  }
  const auto attempts = Journal(file_in(directory)).attempts("a");
  REQUIRE(attempts.size() == 1);
  const Attempt& read = attempts[0];
  CHECK(read.run == attempt.run);
  CHECK(read.spec == "a");
  CHECK(read.number == 1);
  CHECK(read.agent == "main");
  CHECK(read.profile == "claude");
  CHECK(read.model == "opus");
  CHECK(read.branch == "refs/heads/spec/a");
  CHECK(read.base == "1111");
  CHECK(read.worktree == "/tmp/chant-a");
  CHECK(read.log == "/logs/a/1.log");
  CHECK(read.step == "agent");
  CHECK(read.started == attempt.started);
  CHECK(read.ended >= read.started);
  CHECK(read.exit_class == "no_commit");
  CHECK(read.reason == attempt.reason);
  CHECK(read.tip == "2222");
  CHECK(read.commits == attempt.commits);
  CHECK(read.session == "s-1");
  CHECK(read.input_tokens == 5'000'000'000);
  CHECK(read.output_tokens == 0);
  CHECK(read.cost_micros == 1'234'567);
}

TEST_CASE("what an attempt used is not known until it is told") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  begun(journal, "a");
  const Attempt read = journal.attempts("a").at(0);
  CHECK(read.session.empty());
  CHECK(read.input_tokens == -1);
  CHECK(read.output_tokens == -1);
  CHECK(read.cost_micros == -1);
}

TEST_CASE("the attempts of a run are listed as they started") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  Attempt first;
  first.run = 1;
  first.spec = "b";
  journal.begin_attempt(first);
  Attempt second = first;
  second.spec = "a";
  journal.begin_attempt(second);
  Attempt other;
  other.run = 2;
  other.spec = "a";
  journal.begin_attempt(other);
  const auto attempts = journal.attempts_of_run(1);
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[0].started <= attempts[1].started);
  CHECK(attempts[0].run == 1);
  CHECK(attempts[1].run == 1);
  CHECK(journal.attempts_of_run(2).at(0).number == 2);
  CHECK(journal.attempts_of_run(3).empty());
}

TEST_CASE("what was found after a run is kept with it") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  const auto run = journal.begin_run("parallel");
  CHECK(journal.runs().at(0).findings.empty());
  journal.set_run_findings(run, "[1]");
  CHECK(journal.runs().at(0).findings == "[1]");
}

TEST_CASE("what is known of an account replaces what was known") {
  const test::TempDir directory;
  {
    Journal journal(file_in(directory));
    journal.set_account({"main", 1000, "limit"});
    journal.set_account({"alt", 2000, "login"});
    journal.set_account({"main", 0, ""});
  }
  const auto accounts = Journal(file_in(directory)).accounts();
  REQUIRE(accounts.size() == 2);
  CHECK(accounts[0].agent == "alt");
  CHECK(accounts[0].closed_until == 2000);
  CHECK(accounts[0].reason == "login");
  CHECK(accounts[1].closed_until == 0);
}

TEST_CASE("an attempt that has not ended has no end, class or commits") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  begun(journal, "a");
  const Attempt attempt = journal.attempts("a").at(0);
  CHECK(attempt.ended == 0);
  CHECK(attempt.exit_class.empty());
  CHECK(attempt.commits.empty());
}

TEST_CASE("a step is an event too") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  Attempt attempt;
  attempt.run = 4;
  attempt.spec = "a";
  journal.begin_attempt(attempt);
  journal.set_step(attempt, "seal");
  const auto events = journal.events("a");
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == "seal");
  CHECK(events[0].run == 4);
  CHECK(events[0].detail == "attempt 1");
  CHECK(events[0].at > 0);
}

TEST_CASE("events are listed in order, of one spec or of all") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  journal.add_event(1, "a", "claim", "first");
  journal.add_event(1, "b", "claim", "second");
  journal.add_event(1, "a", "end", "third");
  REQUIRE(journal.events("a").size() == 2);
  CHECK(journal.events("a")[1].detail == "third");
  REQUIRE(journal.events("").size() == 3);
  CHECK(journal.events("")[1].detail == "second");
  CHECK(journal.events("")[1].id > journal.events("")[0].id);
}

TEST_CASE("the last attempt of each spec counts until a reset") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  begun(journal, "a");
  Attempt second = begun(journal, "a");
  second.exit_class = "failed";
  journal.end_attempt(second);
  begun(journal, "b");
  auto last = journal.last_attempts();
  REQUIRE(last.size() == 2);
  CHECK(last.at("a").number == 2);
  CHECK(last.at("a").exit_class == "failed");

  journal.add_reset("a");
  last = journal.last_attempts();
  CHECK(last.count("a") == 0);
  CHECK(last.count("b") == 1);
  CHECK(journal.attempts("a").size() == 2);
  CHECK(journal.events("a").back().kind == "reset");

  CHECK(begun(journal, "a").number == 3);
  CHECK(journal.last_attempts().at("a").number == 3);
}

TEST_CASE("a reset of a spec without attempts changes nothing") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  journal.add_reset("a");
  CHECK(begun(journal, "a").number == 1);
  CHECK(journal.last_attempts().count("a") == 1);
}

TEST_CASE("a landing is open until it is ended") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  const auto first = journal.begin_landing({0, "a", "refs/heads/main", "1", "2", {}});
  const auto second =
      journal.begin_landing({0, "b", "refs/heads/main", "2", "3", {"/w/a b", "/w/c\nd"}});
  CHECK(first != second);
  REQUIRE(journal.open_landings().size() == 2);
  CHECK(journal.open_landings()[0].checkouts.empty());
  journal.end_landing(first);
  const auto open = journal.open_landings();
  REQUIRE(open.size() == 1);
  CHECK(open[0].id == second);
  CHECK(open[0].spec == "b");
  CHECK(open[0].target == "refs/heads/main");
  CHECK(open[0].old_tip == "2");
  CHECK(open[0].new_tip == "3");
  CHECK(open[0].checkouts == std::vector<std::string>{"/w/a b", "/w/c\nd"});
}

TEST_CASE("a green verdict counts for good and a red one in its operation") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  CHECK_FALSE(journal.find_verdict("t", "make", "one"));
  journal.set_verdict({"t", "make", "one", false, "exit 2", "/l/1.log", 0});
  const auto red = journal.find_verdict("t", "make", "one");
  REQUIRE(red);
  CHECK_FALSE(red->green);
  CHECK(red->why == "exit 2");
  CHECK(red->log == "/l/1.log");
  CHECK(red->at > 0);
  CHECK_FALSE(journal.find_verdict("t", "make", "two"));
  journal.set_verdict({"t", "make", "two", true, "", "/l/2.log", 0});
  for (const char* operation : {"one", "two", "three"}) {
    const auto green = journal.find_verdict("t", "make", operation);
    REQUIRE(green);
    CHECK(green->green);
    CHECK(green->log == "/l/2.log");
  }
  CHECK_FALSE(journal.find_verdict("t", "make test", "two"));
  CHECK_FALSE(journal.find_verdict("u", "make", "two"));
}

TEST_CASE("a journal of an older version gets what it lacks and keeps what it has") {
  const test::TempDir directory;
  { (void)Journal(file_in(directory)).begin_run("parallel"); }
  run_sql(file_in(directory),
          "DROP TABLE account; ALTER TABLE run DROP COLUMN findings; DROP INDEX attempt_of_run;"
          " ALTER TABLE attempt DROP COLUMN session; ALTER TABLE attempt DROP COLUMN cost_micros;"
          " ALTER TABLE attempt DROP COLUMN input_tokens;"
          " ALTER TABLE attempt DROP COLUMN output_tokens;"
          " DROP TABLE verdict; DROP TABLE landing; CREATE TABLE landing (id INTEGER PRIMARY KEY,"
          " spec TEXT, target TEXT, old_tip TEXT, new_tip TEXT, checkouts TEXT);"
          " PRAGMA user_version = 2");
  Journal journal(file_in(directory));
  journal.set_verdict({"t", "make", "one", true, "", "", 0});
  CHECK(journal.find_verdict("t", "make", "one"));
  CHECK(journal.runs().size() == 1);
  CHECK(journal.accounts().empty());
}

TEST_CASE("a journal of version 3 keeps its runs and attempts") {
  const test::TempDir directory;
  {
    Journal journal(file_in(directory));
    const auto run = journal.begin_run("parallel");
    Attempt attempt;
    attempt.run = run;
    attempt.spec = "a";
    journal.begin_attempt(attempt);
    attempt.exit_class = "ok";
    journal.end_attempt(attempt);
  }
  run_sql(file_in(directory),
          "DROP TABLE account; ALTER TABLE run DROP COLUMN findings; DROP INDEX attempt_of_run;"
          " ALTER TABLE attempt DROP COLUMN session; ALTER TABLE attempt DROP COLUMN cost_micros;"
          " ALTER TABLE attempt DROP COLUMN input_tokens;"
          " ALTER TABLE attempt DROP COLUMN output_tokens; PRAGMA user_version = 3");
  Journal journal(file_in(directory));
  CHECK(text_of_sql(file_in(directory), "PRAGMA user_version") == "4");
  const auto attempts = journal.attempts_of_run(journal.runs().at(0).id);
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0].exit_class == "ok");
  CHECK(attempts[0].input_tokens == -1);
  CHECK(attempts[0].cost_micros == -1);
  journal.set_run_findings(1, "[]");
  journal.set_account({"main", 1, ""});
  CHECK(journal.accounts().size() == 1);
}

TEST_CASE("a journal of any older version can be read where nothing can be written") {
  const int version = GENERATE(1, 2, 3);
  const test::TempDir directory;
  {
    Journal journal(file_in(directory));
    (void)journal.begin_run("parallel");
    (void)journal.begin_landing({0, "a", "refs/heads/main", "1", "2", {}});
    begun(journal, "a");
  }
  std::string older =
      "DROP TABLE account; ALTER TABLE run DROP COLUMN findings; DROP INDEX attempt_of_run;"
      " ALTER TABLE attempt DROP COLUMN session; ALTER TABLE attempt DROP COLUMN cost_micros;"
      " ALTER TABLE attempt DROP COLUMN input_tokens;"
      " ALTER TABLE attempt DROP COLUMN output_tokens;";
  if (version < 3) {
    older +=
        "DROP TABLE verdict; ALTER TABLE landing DROP COLUMN changes;"
        " ALTER TABLE landing DROP COLUMN locks; ALTER TABLE landing DROP COLUMN writer;";
  }
  if (version < 2) older += "DROP TABLE finding;";
  older += "PRAGMA user_version = " + std::to_string(version);
  run_sql(file_in(directory), older.c_str());
  namespace fs = std::filesystem;
  for (const fs::path& path : {directory.path(), file_in(directory).parent_path()}) {
    fs::permissions(path, fs::perms{0555});
  }
  // Another user, as nothing is forbidden to root.
  const pid_t child = fork();
  if (child == 0) {
    int wrong = 9;
    try {
      if (geteuid() == 0 && setuid(65534) != 0) _exit(8);
      const Journal journal(file_in(directory));
      wrong = journal.runs().at(0).findings.empty() ? 0 : 1;
      if (journal.attempts("a").at(0).input_tokens != -1) wrong = 2;
      if (journal.attempts_of_run(0).size() != 1 || journal.last_attempts().size() != 1) wrong = 3;
      if (!journal.accounts().empty() || !journal.findings("refs/heads/main").empty()) wrong = 4;
      if (journal.open_landings().at(0).new_tip != "2") wrong = 5;
    } catch (const std::exception&) {
      _exit(7);
    }
    _exit(wrong);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  for (const fs::path& path : {directory.path(), file_in(directory).parent_path()}) {
    fs::permissions(path, fs::perms{0755});
  }
  CHECK(text_of_sql(file_in(directory), "PRAGMA user_version") == std::to_string(version));
}

TEST_CASE("a journal that cannot be brought up to date stays as it was") {
  const test::TempDir directory;
  { (void)Journal(file_in(directory)).begin_run("parallel"); }
  run_sql(file_in(directory),
          "ALTER TABLE run DROP COLUMN findings; DROP INDEX attempt_of_run;"
          " ALTER TABLE attempt DROP COLUMN session; ALTER TABLE attempt DROP COLUMN cost_micros;"
          " ALTER TABLE attempt DROP COLUMN input_tokens;"
          " ALTER TABLE attempt DROP COLUMN output_tokens; PRAGMA user_version = 3");
  CHECK_THROWS_AS(Journal(file_in(directory)), Error);  // there is a table 'account' already
  CHECK(text_of_sql(file_in(directory), "PRAGMA user_version") == "3");
  CHECK(text_of_sql(file_in(directory),
                    "SELECT count(*) FROM pragma_table_info('attempt') WHERE name = 'session'") ==
        "0");
  CHECK_FALSE(std::filesystem::exists(file_in(directory).string() + ".damaged-1"));
  run_sql(file_in(directory), "DROP TABLE account");
  CHECK(Journal(file_in(directory)).runs().size() == 1);
}

TEST_CASE("several processes bring an older journal up to date at once") {
  const test::TempDir directory;
  { (void)Journal(file_in(directory)).begin_run("parallel"); }
  run_sql(file_in(directory),
          "DROP TABLE account; ALTER TABLE run DROP COLUMN findings; DROP INDEX attempt_of_run;"
          " ALTER TABLE attempt DROP COLUMN session; ALTER TABLE attempt DROP COLUMN cost_micros;"
          " ALTER TABLE attempt DROP COLUMN input_tokens;"
          " ALTER TABLE attempt DROP COLUMN output_tokens;"
          " DROP TABLE verdict; DROP TABLE finding; ALTER TABLE landing DROP COLUMN changes;"
          " ALTER TABLE landing DROP COLUMN locks; ALTER TABLE landing DROP COLUMN writer;"
          " PRAGMA user_version = 1");
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        Journal journal(file_in(directory));
        begun(journal, "a");
      } catch (const std::exception&) {
        _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  const Journal journal(file_in(directory));
  CHECK(journal.attempts("a").size() == 4);
  CHECK(journal.runs().size() == 1);
  CHECK(text_of_sql(file_in(directory), "PRAGMA user_version") == "4");
}

TEST_CASE("a file that is no database is moved aside and said so") {
  const test::TempDir directory;
  directory.write("chant/journal.db", std::string(5000, 'x'));
  directory.write("chant/journal.db.damaged-1", "an older one");
  Journal journal(file_in(directory));
  CHECK(journal.note().find("journal.db.damaged-2") != std::string::npos);
  CHECK(directory.read("chant/journal.db.damaged-1") == "an older one");
  CHECK(directory.read("chant/journal.db.damaged-2") == std::string(5000, 'x'));
  CHECK(begun(journal, "a").number == 1);
  CHECK(Journal(file_in(directory)).note().empty());
}

TEST_CASE("a damaged page is found when it is read, and a new database takes the write") {
  const test::TempDir directory;
  const auto path = file_in(directory);
  {
    Journal journal(path);
    for (int i = 0; i < 200; ++i) begun(journal, "spec-" + std::to_string(i));
  }
  std::string bytes = directory.read("chant/journal.db");
  REQUIRE(bytes.size() > 3 * 4096);
  std::fill(bytes.begin() + 4096, bytes.end(), '\x5a');
  directory.write("chant/journal.db", bytes);

  Journal journal(path);
  CHECK(begun(journal, "spec-1").number == 1);
  CHECK(journal.note().find("journal.db.damaged-1") != std::string::npos);
  CHECK(journal.attempts("spec-1").size() == 1);
  CHECK(directory.read("chant/journal.db.damaged-1") == bytes);
}

TEST_CASE("an attempt can be ended in a journal that was begun anew meanwhile") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  Attempt attempt = begun(journal, "a");
  run_sql(file_in(directory), "DELETE FROM attempt");
  attempt.exit_class = "ok";
  journal.end_attempt(attempt);
  CHECK(journal.attempts("a").at(0).exit_class == "ok");
}

TEST_CASE("an empty file is a new journal") {
  const test::TempDir directory;
  directory.write("chant/journal.db", "");
  Journal journal(file_in(directory));
  CHECK(journal.note().empty());
  CHECK(begun(journal, "a").number == 1);
}

TEST_CASE("a journal of a newer version is refused and left alone") {
  const test::TempDir directory;
  { Journal(file_in(directory)).add_reset("a"); }
  run_sql(file_in(directory), "PRAGMA user_version = 99");
  CHECK_THROWS_AS(Journal(file_in(directory)), Error);
  CHECK(text_of_sql(file_in(directory), "PRAGMA user_version") == "99");
  CHECK_FALSE(std::filesystem::exists(file_in(directory).string() + ".damaged-1"));
}

TEST_CASE("a path that cannot be a journal is an error") {
  const test::TempDir directory;
  std::filesystem::create_directories(file_in(directory));
  CHECK_THROWS_AS(Journal(file_in(directory)), Error);
}

TEST_CASE("several processes never get the same number, from the first open on") {
  const test::TempDir directory;
  constexpr int kProcesses = 4;
  constexpr int kEach = 25;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        Journal journal(file_in(directory));
        for (int n = 0; n < kEach; ++n) begun(journal, "a");
      } catch (const std::exception&) {
        _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  std::set<int> numbers;
  for (const Attempt& attempt : Journal(file_in(directory)).attempts("a")) {
    numbers.insert(attempt.number);
  }
  CHECK(numbers.size() == kProcesses * kEach);
  CHECK(*numbers.rbegin() == kProcesses * kEach);
}

TEST_CASE("a journal can be moved") {
  const test::TempDir directory;
  Journal first(file_in(directory));
  Journal second(std::move(first));
  second.add_event(0, "a", "claim", "");
  first = std::move(second);
  CHECK(first.events("a").size() == 1);
}

TEST_CASE("a landing says which refs and locks go with it") {
  const test::TempDir directory;
  Journal journal(file_in(directory));
  const auto id = journal.begin_landing(
      {0, "a", "refs/heads/main", "1", "2", {}, {"refs/heads/a 1 -", "refs/chant/ops - 2"}});
  CHECK(journal.open_landings()[0].locks.empty());
  journal.set_landing_locks(id, {"12 /a b.lock", "13 /c.lock"}, 4711);
  const auto open = journal.open_landings();
  REQUIRE(open.size() == 1);
  CHECK(open[0].changes == std::vector<std::string>{"refs/heads/a 1 -", "refs/chant/ops - 2"});
  CHECK(open[0].locks == std::vector<std::string>{"12 /a b.lock", "13 /c.lock"});
  CHECK(open[0].writer == 4711);
}
