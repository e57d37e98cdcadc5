#include "journal/journal.h"

#include "journal/database.h"
#include "util/text.h"
#include "util/time.h"

#include <unistd.h>

#include <string_view>
#include <system_error>
#include <type_traits>

namespace chant::journal {
namespace {

constexpr std::string_view kAttempts =
    "SELECT a.spec, a.number, a.run, a.agent, a.profile, a.model, a.branch, a.base, a.worktree,"
    " a.log, a.step, a.started, a.ended, a.exit_class, a.reason, a.tip, a.commits,"
    " a.session, a.input_tokens, a.output_tokens, a.cost_micros FROM attempt a ";

std::string packed(const std::vector<std::string>& list) {
  return join(list, std::string_view{"\0", 1});
}

std::vector<std::string> unpacked(const std::string& text) {
  return text.empty() ? std::vector<std::string>{} : split(text, '\0');
}

Attempt attempt_of(const Statement& row) {
  Attempt attempt;
  attempt.spec = row.text(0);
  attempt.number = static_cast<int>(row.integer(1));
  attempt.run = row.integer(2);
  attempt.agent = row.text(3);
  attempt.profile = row.text(4);
  attempt.model = row.text(5);
  attempt.branch = row.text(6);
  attempt.base = row.text(7);
  attempt.worktree = row.text(8);
  attempt.log = row.text(9);
  attempt.step = row.text(10);
  attempt.started = row.integer(11);
  attempt.ended = row.integer(12);
  attempt.exit_class = row.text(13);
  attempt.reason = row.text(14);
  attempt.tip = row.text(15);
  attempt.commits = unpacked(row.text(16));
  attempt.session = row.text(17);
  attempt.input_tokens = row.integer(18);
  attempt.output_tokens = row.integer(19);
  attempt.cost_micros = row.integer(20);
  return attempt;
}

void write_attempt(const Connection& connection, const Attempt& attempt) {
  Statement(connection,
            "INSERT OR REPLACE INTO attempt (spec, number, run, agent, profile, model, branch,"
            " base, worktree, log, step, started, ended, exit_class, reason, tip, commits, session,"
            " input_tokens, output_tokens, cost_micros)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            attempt.spec, std::int64_t{attempt.number}, attempt.run, attempt.agent, attempt.profile,
            attempt.model, attempt.branch, attempt.base, attempt.worktree, attempt.log,
            attempt.step, attempt.started, attempt.ended, attempt.exit_class, attempt.reason,
            attempt.tip, packed(attempt.commits), attempt.session, attempt.input_tokens,
            attempt.output_tokens, attempt.cost_micros)
      .finish();
}

void write_event(const Connection& connection, const Event& event) {
  Statement(connection, "INSERT INTO event (run, spec, at, kind, detail) VALUES (?,?,?,?,?)",
            event.run, event.spec, now_ms(), event.kind, event.detail)
      .finish();
}

std::int64_t last_number(const Connection& connection, const std::string& spec) {
  Statement statement(connection, "SELECT coalesce(max(number), 0) FROM attempt WHERE spec = ?",
                      spec);
  return statement.step() ? statement.integer(0) : 0;
}

}  // namespace

struct Journal::Database {
  DatabaseFile file;

  explicit Database(const std::filesystem::path& path) : file(path) {}

  // One short transaction.
  template <typename Work>
  auto write(const Work& work) {
    return file.use([&work](Connection& connection) {
      Transaction transaction(connection);
      work(connection);
      const std::int64_t id = connection.last_id();
      transaction.commit();
      return id;
    });
  }

  // All rows of a query, each made a value by `make`.
  template <typename Make, typename... Values>
  auto read(std::string_view sql, const Make& make, const Values&... values) {
    return file.use([&](Connection& connection) {
      std::vector<std::invoke_result_t<Make, const Statement&>> rows;
      Statement statement(connection, sql, values...);
      while (statement.step()) rows.push_back(make(statement));
      return rows;
    });
  }
};

Journal::Journal(const std::filesystem::path& path) : Journal(std::make_unique<Database>(path)) {}
Journal::Journal(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

std::optional<Journal> Journal::open_existing(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  return Journal(path);
}

const std::string& Journal::note() const { return database_->file.note(); }

std::int64_t Journal::begin_run(const std::string& mode) {
  return database_->write([&](Connection& connection) {
    Statement(connection, "INSERT INTO run (pid, started, mode) VALUES (?,?,?)",
              std::int64_t{getpid()}, now_ms(), mode)
        .finish();
  });
}

void Journal::end_run(std::int64_t run) {
  database_->write([&](Connection& connection) {
    Statement(connection, "UPDATE run SET ended = ? WHERE id = ?", now_ms(), run).finish();
  });
}

void Journal::set_run_findings(std::int64_t run, const std::string& findings) {
  database_->write([&](Connection& connection) {
    Statement(connection, "UPDATE run SET findings = ? WHERE id = ?", findings, run).finish();
  });
}

void Journal::set_account(const Account& account) {
  database_->write([&](Connection& connection) {
    Statement(connection,
              "INSERT OR REPLACE INTO account (agent, closed_until, reason) VALUES (?,?,?)",
              account.agent, account.closed_until, account.reason)
        .finish();
  });
}

std::vector<Account> Journal::accounts() const {
  const auto make = [](const Statement& row) {
    return Account{row.text(0), row.integer(1), row.text(2)};
  };
  return database_->read("SELECT agent, closed_until, reason FROM account ORDER BY agent", make);
}

void Journal::begin_attempt(Attempt& attempt) {
  database_->write([&](Connection& connection) {
    attempt.number = static_cast<int>(last_number(connection, attempt.spec)) + 1;
    attempt.started = now_ms();
    write_attempt(connection, attempt);
  });
}

void Journal::set_step(Attempt& attempt, const std::string& step) {
  attempt.step = step;
  database_->write([&](Connection& connection) {
    write_attempt(connection, attempt);
    const std::string detail = fmt::format("attempt {}", attempt.number);
    write_event(connection, {0, attempt.run, attempt.spec, 0, step, detail});
  });
}

void Journal::end_attempt(const Attempt& attempt) {
  database_->write([&](Connection& connection) {
    Attempt ended = attempt;
    ended.ended = now_ms();
    Statement step(connection, "SELECT step FROM attempt WHERE spec = ? AND number = ?",
                   attempt.spec, std::int64_t{attempt.number});
    if (step.step()) ended.step = step.text(0);
    step.finish();
    write_attempt(connection, ended);
  });
}

void Journal::add_event(std::int64_t run, const std::string& spec, const std::string& kind,
                        const std::string& detail) {
  database_->write([&](Connection& connection) {
    write_event(connection, {0, run, spec, 0, kind, detail});
  });
}

void Journal::add_reset(const std::string& spec) {
  database_->write([&](Connection& connection) {
    const std::int64_t number = last_number(connection, spec);
    Statement(connection, "INSERT OR REPLACE INTO reset (spec, number) VALUES (?,?)", spec, number)
        .finish();
    write_event(connection, {0, 0, spec, 0, "reset", fmt::format("after attempt {}", number)});
  });
}

std::vector<Attempt> Journal::attempts(const std::string& spec) const {
  const std::string sql = std::string{kAttempts} + "WHERE a.spec = ? ORDER BY a.number";
  return database_->read(sql, attempt_of, spec);
}

std::map<std::string, Attempt> Journal::last_attempts() const {
  const std::string sql = std::string{kAttempts} +
                          "LEFT JOIN reset r ON r.spec = a.spec WHERE a.number ="
                          " (SELECT max(number) FROM attempt WHERE spec = a.spec)"
                          " AND a.number > coalesce(r.number, 0)";
  std::map<std::string, Attempt> last;
  for (Attempt& attempt : database_->read(sql, attempt_of)) {
    std::string spec = attempt.spec;
    last.emplace(std::move(spec), std::move(attempt));
  }
  return last;
}

std::vector<Event> Journal::events(const std::string& spec) const {
  const auto make = [](const Statement& row) {
    return Event{row.integer(0), row.integer(1), row.text(2),
                 row.integer(3), row.text(4),    row.text(5)};
  };
  const std::string columns = "SELECT id, run, spec, at, kind, detail FROM event ";
  if (spec.empty()) return database_->read(columns + "ORDER BY id", make);
  return database_->read(columns + "WHERE spec = ? ORDER BY id", make, spec);
}

std::vector<Run> Journal::runs() const {
  const auto make = [](const Statement& row) {
    return Run{row.integer(0), row.integer(1), row.integer(2),
               row.integer(3), row.text(4),    row.text(5)};
  };
  return database_->read("SELECT id, pid, started, ended, mode, findings FROM run ORDER BY id",
                         make);
}

std::vector<Attempt> Journal::attempts_of_run(std::int64_t run) const {
  const std::string sql =
      std::string{kAttempts} + "WHERE a.run = ? ORDER BY a.started, a.spec, a.number";
  return database_->read(sql, attempt_of, run);
}

std::int64_t Journal::begin_landing(const Landing& landing) {
  return database_->write([&](Connection& connection) {
    Statement(connection,
              "INSERT INTO landing (spec, target, old_tip, new_tip, checkouts, changes)"
              " VALUES (?,?,?,?,?,?)",
              landing.spec, landing.target, landing.old_tip, landing.new_tip,
              packed(landing.checkouts), packed(landing.changes))
        .finish();
  });
}

void Journal::set_landing_locks(std::int64_t id, const std::vector<std::string>& locks,
                                std::int64_t writer) {
  database_->write([&](Connection& connection) {
    Statement(connection, "UPDATE landing SET locks = ?, writer = ? WHERE id = ?", packed(locks),
              writer, id)
        .finish();
  });
}

void Journal::end_landing(std::int64_t id) {
  database_->write([&](Connection& connection) {
    Statement(connection, "DELETE FROM landing WHERE id = ?", id).finish();
  });
}

std::vector<Landing> Journal::open_landings() const {
  const auto make = [](const Statement& row) {
    return Landing{row.integer(0),        row.text(1),           row.text(2),
                   row.text(3),           row.text(4),           unpacked(row.text(5)),
                   unpacked(row.text(6)), unpacked(row.text(7)), row.integer(8)};
  };
  return database_->read(
      "SELECT id, spec, target, old_tip, new_tip, checkouts, changes, locks, writer"
      " FROM landing ORDER BY id",
      make);
}

void Journal::set_findings(const std::string& target, const std::vector<Finding>& findings) {
  database_->write([&](Connection& connection) {
    Statement(connection, "DELETE FROM finding WHERE target = ?", target).finish();
    for (const Finding& f : findings) {
      Statement(connection,
                "INSERT INTO finding (target, spec, state, proof, tip, arrival, commits, reason, "
                "at) VALUES (?,?,?,?,?,?,?,?,?)",
                target, f.spec, f.state, f.proof, f.tip, f.arrival, packed(f.commits), f.reason,
                f.at == 0 ? now_ms() : f.at)
          .finish();
    }
  });
}

std::map<std::string, Finding> Journal::findings(const std::string& target) const {
  const auto make = [](const Statement& row) {
    return Finding{row.text(0), row.text(1),           row.text(2), row.text(3),   row.text(4),
                   row.text(5), unpacked(row.text(6)), row.text(7), row.integer(8)};
  };
  std::map<std::string, Finding> all;
  // A journal that may only be read may be older than this table.
  const auto count = [](const Statement& row) { return row.integer(0); };
  if (database_->read("SELECT count(*) FROM sqlite_schema WHERE name = 'finding'", count) ==
      std::vector<std::int64_t>{0}) {
    return all;
  }
  for (Finding& finding : database_->read(
           "SELECT target, spec, state, proof, tip, arrival, commits, reason, at FROM finding "
           "WHERE target = ?",
           make, target)) {
    std::string spec = finding.spec;
    all.emplace(std::move(spec), std::move(finding));
  }
  return all;
}

void Journal::set_verdict(const GateVerdict& verdict) {
  database_->write([&](Connection& connection) {
    Statement(connection,
              "INSERT OR REPLACE INTO verdict (tree, command, operation, green, why, log, at)"
              " VALUES (?,?,?,?,?,?,?)",
              verdict.tree, verdict.command, verdict.operation, std::int64_t{verdict.green ? 1 : 0},
              verdict.why, verdict.log, now_ms())
        .finish();
  });
}

std::optional<GateVerdict> Journal::find_verdict(const std::string& tree,
                                                 const std::string& command,
                                                 const std::string& operation) const {
  const auto make = [](const Statement& row) {
    return GateVerdict{row.text(0), row.text(1), row.text(2),   row.integer(3) != 0,
                       row.text(4), row.text(5), row.integer(6)};
  };
  const auto found = database_->read(
      "SELECT tree, command, operation, green, why, log, at FROM verdict"
      " WHERE tree = ? AND command = ? AND (green = 1 OR operation = ?)"
      " ORDER BY green DESC, at DESC LIMIT 1",
      make, tree, command, operation);
  return found.empty() ? std::nullopt : std::optional{found.front()};
}

}  // namespace chant::journal
