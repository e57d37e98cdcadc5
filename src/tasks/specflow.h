// The parts of the reader of SpecFlow's lists: the heads of tasks and sections, and what the file
// says about tasks elsewhere. For this module only.
#pragma once

#include "tasks/dialects.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::tasks {

// "1. **Title**", "2.1 Title", "**Task 3**: Title", "CR-A. **Title**": the id and what follows it.
struct TaskHead {
  std::string id;
  std::string_view title;
};
[[nodiscard]] std::optional<TaskHead> find_head(std::string_view text);
// "Task 1.1: Title", of a heading.
[[nodiscard]] std::optional<TaskHead> find_heading_task(std::string_view text);

// "Track A: Name (…)" is A, "Testing Track" is Testing, "Checkpoint Review 1" is itself; "" when a
// heading names no track.
[[nodiscard]] std::string find_track(std::string_view heading);

// The track that a review is of, by its id: CR-A is of A. "" for CR1 and CR-FINAL.
[[nodiscard]] std::string track_of_review(std::string_view id);

// What stands behind "Dependencies:", "depends on" and the like in a heading or title, "(No
// dependencies)" as a whole; nothing when there is no such word.
struct NeedsClause {
  std::string_view text;
  std::size_t begin = 0;     // of the word
  bool is_prose = false;     // "depends on" in running text: it may be a part of the title
  bool is_possible = false;  // "(after …)": only what names tasks counts
};
[[nodiscard]] std::optional<NeedsClause> find_needs(std::string_view text);
// What the clause says; nothing when it turns out to be none.
[[nodiscard]] std::optional<Expression> parse_clause(const NeedsClause& clause, int line);

// The balanced parentheses that begin at `open`: what is in them.
[[nodiscard]] std::string_view inside_parentheses(std::string_view text, std::size_t open);

// The ids behind the word "Task" or "Tasks", and where in the plain text these stand.
struct NamedTasks {
  std::vector<Reference> references;
  std::size_t begin = 0, end = 0;
};
[[nodiscard]] NamedTasks find_members(const std::string& plain, int line);

// A heading, and what it says about all that stands under it.
struct TrackSection {
  std::size_t level = 0;
  std::string title;
  std::string track;
  Expression needs;
  bool says_needs = false;
  int line = 0;
};

// A line in a quote: "> Primary Agent: a (Task 1), b (Tasks 2-3)", "> Start after Track A + CR1".
struct SectionRemark {
  std::size_t section = 0;
  int line = 0;
  std::string_view text;
};

// Agents for tasks that name none; and a note where "start after" says more than the heading.
void apply_remarks(const std::vector<TrackSection>& sections,
                   const std::vector<SectionRemark>& remarks, Draftlist& draft);

// The lines that tell of many tasks at once: groups, the table of tracks, prerequisites.
void read_overview(const Scan& scan, Draftlist& draft);

// What a list shows of itself beside its tasks: totals, diagrams, characters that a write broke.
void note_claims(const Scan& scan, Draftlist& draft);

}  // namespace chant::tasks
