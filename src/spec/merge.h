// Merging two versions of a spec file on top of a common one, key by key.
//
// The frontmatter is merged by key: what one side changed wins; lists merge as sets against the
// base; of two new statuses the one that says more about what happened wins, and with it what
// that side recorded about the result; anything else that both sides changed is a conflict around
// that key. Comments go with the key below them. The body is merged as text. What cannot be read
// as a spec is merged as text altogether. Rules for people: docs/spec-format.md.
#pragma once

#include <functional>
#include <string>

namespace chant::spec {

struct Versions {
  std::string base;  // "" when both sides added the file
  std::string ours, theirs;
};

struct Merged {
  std::string text;
  bool conflict = false;  // the text has conflict markers
};

// A three-way merge of plain text; marks conflicts as git does.
using TextMerge = std::function<Merged(const Versions&)>;

// Throws what `merge_text` throws.
[[nodiscard]] Merged merge(const Versions& versions, const TextMerge& merge_text);

}  // namespace chant::spec
