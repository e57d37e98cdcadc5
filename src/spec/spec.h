// A spec file as a value, and the only way to change one.
//
// Reading keeps the text exactly; unknown keys and values are kept. Writing changes only the
// bytes of the keys that are set: comments, order, quoting, line ends, a BOM and the rest of the
// file stay as they are, and every edit is checked by reading it back. Format:
// docs/spec-format.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chant::spec {

inline constexpr std::size_t kMaxSpecBytes = 1024 * 1024;

struct Criterion {
  std::string text;  // after the box
  bool ticked = false;
  int line = 0;         // 1-based, in the file
  std::size_t box = 0;  // byte offset, in the file, of the character between the brackets
};

struct RunBlock {
  std::string script;  // without the fence lines
  int line = 0;        // of the opening fence
};

// The task of a list that a spec stands for: where it is found again when it is done.
struct Source {
  std::string list;     // path in the repository
  std::string dialect;  // of the list
  std::string task;     // the task's id as written, "" when it has none
  std::string key, fingerprint;
};

struct Spec {
  std::string id;
  std::string text;   // the whole file
  std::string title;  // first level-1 heading outside fences; the id when there is none
  bool has_title = false;

  // Frontmatter. Text is kept as written; empty means absent.
  std::string type = "code";
  std::string status = "pending";
  std::optional<std::vector<std::string>> depends_on;  // absent is not the same as empty
  std::vector<std::string> labels;
  std::vector<std::string> target_files;
  std::vector<std::string> commits;  // also read from `commit`
  std::string agent, prompt, model, branch, completed_at;
  std::string criteria_policy;  // `criteria:` key: "" or "require" or "ignore"
  std::string timeout;
  std::string check;  // a shell line that must succeed besides the configured one
  long priority = 0;
  std::optional<Source> source;  // when all its keys are there, so that each may be somebody's own

  std::vector<Criterion> criteria;  // see find_criteria
  std::size_t body = 0;             // offset in `text` of the first byte after the frontmatter

  [[nodiscard]] std::string_view body_text() const { return std::string_view{text}.substr(body); }
  [[nodiscard]] std::size_t unticked() const;
};

// Parses a spec file. `shown` is the path for messages. Throws Error "<shown>:<line>: <what>".
[[nodiscard]] Spec parse_spec(std::string id, std::string text, const std::string& shown);

// The boxes under the Acceptance Criteria headings (any case, level 2 or 3; all of them when there
// are several), each up to the next heading of the same or a higher level. Boxes inside fenced
// code do not count; everything from `## Agent Output` on is cut before fences are counted.
// Offsets are relative to `text`, which is a whole file whose body starts at `body`.
[[nodiscard]] std::vector<Criterion> find_criteria(std::string_view text, std::size_t body);

// The fenced blocks whose info string is exactly `sh run`, in file order (cut as above).
[[nodiscard]] std::vector<RunBlock> find_run_blocks(const Spec& spec);

// A frontmatter value to write: a scalar, a list, or std::nullopt to remove the key.
struct Value {
  std::optional<std::string> scalar;
  std::optional<std::vector<std::string>> list;

  [[nodiscard]] static Value of(std::string text) { return {std::move(text), {}}; }
  [[nodiscard]] static Value of(std::vector<std::string> items) { return {{}, std::move(items)}; }
  [[nodiscard]] static Value removed() { return {}; }
};
using Changes = std::vector<std::pair<std::string, Value>>;

// `spec.text` with these keys set, in this order: a key that is there is replaced where it
// stands, in the style it has (flow or block list, indentation), a new one goes to the end of
// the frontmatter. A file without frontmatter gets one. Throws Error when the result does not
// read back as asked.
[[nodiscard]] std::string with_changes(const Spec& spec, const Changes& changes);

// `spec.text` with every criterion ticked.
[[nodiscard]] std::string with_all_ticked(const Spec& spec);

// The text of a new spec file, ready to be written. Lists may be empty, agent may be "".
struct Draft {
  std::string title;
  std::string type = "code";
  std::vector<std::string> labels, depends_on, target_files;
  std::string agent;
};
[[nodiscard]] std::string render_draft(const Draft& draft);

}  // namespace chant::spec
