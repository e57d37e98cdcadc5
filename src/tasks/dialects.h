// The readers of the dialects, each a table and a function over the scanned lines. They fill tasks
// (all but dependencies that the document's order gives), labels and notes; read_list does the
// rest. For this module only.
//
// A reader whose file has an order of its own (phases, waves, "[P]") gives the keys (give_keys,
// which read_list may call again), fills Task::depends_on with them, and sets orders_itself;
// resolve keeps these edges, adds those of the drafts, and adds no order. An edge to a container is
// kept as it is and means all the tasks in it; one to a task that is optional and left out is
// satisfied.
#pragma once

#include "tasks/scan.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::tasks {

// What a dependency names before it is resolved: ids, ranges, tracks, groups, in any place.
struct Reference {
  enum class Kind { task, range, track, group, phase, all_before };
  Kind kind = Kind::task;
  std::string first, last;   // ids; of a track, group or phase its label in `first`
  bool reviews = false;      // of a track: its reviews, too ("reviews approved")
  bool conditional = false;  // "(failed)"
  int line = 0;
  std::string why = "task";
};

// Text that stood where a dependency should and is none.
struct Unread {
  std::string text;
  int line = 0;
};

// One draft for each task of List::tasks, in that order.
struct Draft {
  std::vector<Reference> needs;        // said by the task itself
  std::vector<Reference> track_needs;  // by the heading of its track or phase: added to those
  std::vector<Reference> group_needs;  // by the line of its group: instead of the group's own
  std::vector<Reference> blocks;       // what waits for it: "(blocks 4-6)".
  bool is_independent = false;         // "independent", "None": no group default
  std::vector<Unread> unread;          // becomes an error note with the key of the task
  std::optional<std::size_t> parent;   // of a task in a container; resolve fills Task::parent
};

// A note about tasks that have no key yet; resolve fills Note::keys.
struct Draftnote {
  Note note;
  std::vector<std::size_t> tasks;
};

// "43 total tasks": what the file says of itself.
struct Total {
  std::size_t count = 0;
  int line = 0;
  std::string text;
};

struct Draftlist {
  List list;
  std::vector<Draft> drafts;
  std::map<std::string, std::vector<Reference>> group_defaults;  // by group label
  std::map<std::string, std::vector<Unread>> group_unread;       // of a default.
  std::vector<Draftnote> notes;
  std::vector<Total> totals;  // as find_totals gives them; resolve compares.
};

// The expression that follows "Dependencies:" and its like, for every form in docs/task-lists.md.
// What is left over goes to `unread`. `why` of the references is "task"; set another where it is.
struct Expression {
  std::vector<Reference> references;
  bool is_none = false;  // "None", "No dependencies"
  std::vector<Unread> unread;
};
[[nodiscard]] Expression parse_expression(std::string_view text, int line);

// What metadata with this key, in lower case, says about order. Of "Requires:" and its like only
// what names tasks counts; parse_possible_needs gives nothing for the rest.
enum class NeedsKey { no, yes, maybe };
[[nodiscard]] NeedsKey needs_key(std::string_view key);
[[nodiscard]] std::optional<Expression> parse_possible_needs(std::string_view text, int line);

// Lines that say how many tasks there are.
[[nodiscard]] std::vector<Total> find_totals(const Scan& scan);
// The paths in the value of "Files:": what stands in code quotes, else words with "/" or ".".
[[nodiscard]] std::vector<std::string> find_paths(std::string_view value);
// "1.2" is in the container "1", by the longest id that is there; fills Draft::parent, Task::kind.
void nest_by_number(Draftlist& draft);

using Reader = Draftlist (*)(std::string_view text, const Scan& scan);
[[nodiscard]] Draftlist read_specflow(std::string_view text, const Scan& scan);
[[nodiscard]] Draftlist read_spec_kit(std::string_view text, const Scan& scan);
[[nodiscard]] Draftlist read_kiro(std::string_view text, const Scan& scan);  // pimzino, cc-sdd
[[nodiscard]] Draftlist read_cc_sdd(std::string_view text, const Scan& scan);
[[nodiscard]] Draftlist read_pimzino(std::string_view text, const Scan& scan);
[[nodiscard]] Draftlist read_spec_kitty(std::string_view text, const Scan& scan);
[[nodiscard]] Draftlist read_openspec(std::string_view text, const Scan& scan);
[[nodiscard]] Draftlist read_github(std::string_view text, const Scan& scan);

// These come with their dependencies; nothing is in the order of the file.
[[nodiscard]] List read_taskmaster(std::string_view text, const std::string& path);
[[nodiscard]] List read_beads(std::string_view text, const std::string& path);

struct Detected {
  Dialect dialect = Dialect::github;
  std::string by;
};
[[nodiscard]] Detected detect(std::string_view text, const Scan& scan, const std::string& path);

// Keys for all tasks: the id made safe for a spec id, "-2" and so on behind a duplicate; for one
// without id the words of its title.
void give_keys(List& list);

}  // namespace chant::tasks
