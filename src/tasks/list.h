// A task list as a value: what is to be done, in which order, and where each box is.
//
// Formats: docs/task-lists.md. Reading works on bytes and keeps offsets into them; nothing is
// decoded, because real lists have broken encodings that must come through unchanged. What cannot
// be understood is said (Note) and never left out: text beside the word for a dependency that is no
// dependency we know is an error at its line, and the task is not run.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::tasks {

inline constexpr std::size_t kMaxListBytes = std::size_t{4} * 1024 * 1024;

enum class Dialect {
  specflow,
  spec_kit,
  cc_sdd,
  kiro,
  pimzino,
  openspec,
  github,
  taskmaster,
  beads,
  spec_kitty
};
[[nodiscard]] std::string_view name_of(Dialect dialect);
[[nodiscard]] std::optional<Dialect> find_dialect(std::string_view name);
[[nodiscard]] const std::vector<Dialect>& all_dialects();
// True when a task is done by one byte in a box: then git chant ticks it.
[[nodiscard]] bool has_boxes(Dialect dialect);

enum class State {
  open,
  done,
  dropped,  // cancelled, deferred: not to be done
  unknown   // a mark that nobody defined: shown, never done, never run
};

enum class Kind {
  task,
  review,       // CR-A, PR-A
  conditional,  // rework: only when something else says so; counts as done for what waits for it
  optional,     // may be left out
  container     // has tasks of its own; never run itself
};

struct Dependency {
  std::string on;  // key of the task; the text as written when there is none (dangling)
  bool dangling = false;
  bool conditional = false;  // "(failed)", a trigger: orders nothing
  int line = 0;              // that says so
  std::string why;           // "task", "track A", "group 2", "phase", "order", "wave 3"
};

// A box: the bytes from '[' to ']'.
struct Box {
  std::size_t offset = 0;  // of the byte after '['
  std::size_t length = 1;  // of what stands between the brackets
  char mark = ' ';
};

struct Task {
  std::string key;  // unique in the list, part of a spec id: the id, made safe; `~` never in it
  std::string id;   // as written; "" when it has none
  bool shares_id = false;  // another task has the same
  std::string title;       // without marks, estimates and status words
  std::string line_text;   // as it stands in the file, without its line end
  Kind kind = Kind::task;
  State state = State::open;
  std::vector<Dependency> depends_on;
  std::string track, group, phase;  // labels, "" when there is none
  bool is_parallel = false;         // [P], (P)
  std::string agent;                // a hint
  std::vector<std::string> files;   // declared: File:, _Files:, _Boundary:, `path` in the title
  std::string requirements;         // as written
  int line = 0;                     // 1-based
  std::size_t begin = 0, end = 0;   // the whole block in the file: its line and what belongs to it
  std::optional<Box> box;           // none in the JSON formats
  std::string parent;               // key of the container, "" when there is none
};

// A box, or a record, that is no task, and why: "no id, in 'Completion Checklist'".
struct Ignored {
  int line = 0;
  std::string text;
  std::string why;
};

struct Note {
  enum class Kind {
    info,           // how something was read
    contradiction,  // the file says two things, or something that cannot be
    error           // the tasks in `keys` cannot be run
  };
  Kind kind = Kind::info;
  int line = 0;
  std::string text;               // one line, not cleaned for a terminal
  std::vector<std::string> keys;  // of the tasks it is about
};

struct List {
  std::string path;  // as given to read_list
  Dialect dialect = Dialect::github;
  std::string detected_by;  // why it was taken for that: "the path", "4 signs: …", "--format"
  std::string title;        // first heading; ""
  std::vector<Task> tasks;  // in the order of the file
  std::vector<Ignored> ignored;
  std::vector<Note> notes;
  bool orders_itself = false;    // it declares an order; else that of the file is the order
  std::string total_as_written;  // "43 total tasks", "" when it says none

  [[nodiscard]] const Task* find(std::string_view key) const;
  // The task with this id (case does not count) or key; nullptr when there is none or are several.
  [[nodiscard]] const Task* find_id(std::string_view id) const;
};

// Reads a list. `path` (relative to the repository) is a sign of the dialect and the place for
// messages; `forced` overrides detection. Dependencies are resolved; cycles, duplicates, dangling
// ids, contradictions are in the notes (see graph.h). Throws Error "<path>:<line>: <what>" for what
// is no list at all: too large, broken JSON, no task.
[[nodiscard]] List read_list(std::string_view text, const std::string& path,
                             std::optional<Dialect> forced = std::nullopt);

}  // namespace chant::tasks
