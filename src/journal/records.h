// What the journal keeps. Times are milliseconds since the epoch; 0 is none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chant::journal {

struct Attempt {
  std::int64_t run = 0;
  std::string spec;
  int number = 0;  // from 1 for each spec
  std::string agent;
  std::string profile;
  std::string model;
  std::string branch;    // full ref name
  std::string base;      // object id of the fork point
  std::string worktree;  // absolute path, "" in the current checkout
  std::string log;       // absolute path
  std::string step;      // the last step that was begun: "worktree", "agent", "seal", "land" …
  std::int64_t started = 0;
  std::int64_t ended = 0;            // 0: running, or interrupted when nobody holds the claim
  std::string exit_class;            // "ok", "no_commit" …; "" while running
  std::string reason;                // one line
  std::string tip;                   // object id of the branch at the end
  std::vector<std::string> commits;  // object ids, oldest first
  std::string session;               // of the agent's tool
  // -1: the profile cannot know.
  std::int64_t input_tokens = -1, output_tokens = -1;
  std::int64_t cost_micros = -1;  // millionths of a US dollar
};

struct Event {
  std::int64_t id = 0;
  std::int64_t run = 0;
  std::string spec;
  std::int64_t at = 0;
  std::string kind;  // "claim", "worktree", "agent", "end", "seal", "land", "reset" …
  std::string detail;
};

struct Run {
  std::int64_t id = 0;
  std::int64_t pid = 0;
  std::int64_t started = 0;
  std::int64_t ended = 0;
  std::string mode;      // "parallel", "sequential", "worktree", "cleanup"
  std::string findings;  // what was wrong after it, as JSON (work/pitfalls.h); "" = not looked
};

// An account: one agent of the configuration, for all runs on this repository.
struct Account {
  std::string agent;
  std::int64_t closed_until = 0;  // 0: open
  std::string reason;
};

// A landing that has begun: what to finish or undo when its process died.
struct Landing {
  std::int64_t id = 0;
  std::string spec;
  std::string target;  // full ref name
  std::string old_tip, new_tip;
  std::vector<std::string> checkouts;     // worktrees that have the target checked out
  std::vector<std::string> changes = {};  // further refs that move: "<name> <from> <to>"
  // What git::lock_files found while the refs were locked, and the process that had them.
  std::vector<std::string> locks = {};
  std::int64_t writer = 0;
};

// What the sweep found out about a spec's work and a target.
struct Finding {
  std::string target;  // full ref
  std::string spec;
  std::string state;                 // see record/landing.h
  std::string proof;                 // what kind of proof, "" when there is none
  std::string tip;                   // of the spec branch that was looked at
  std::string arrival;               // the commit of the target that brought the work, or ""
  std::vector<std::string> commits;  // object ids in the target, oldest first
  std::string reason;                // one line, "" when landed and recorded
  std::int64_t at = 0;
};

// What the gate said of a tree.
struct GateVerdict {
  std::string tree;
  std::string command;    // shell line
  std::string operation;  // in which it was said
  bool green = false;
  std::string why;  // of a red
  std::string log;  // absolute path
  std::int64_t at = 0;
};

}  // namespace chant::journal
