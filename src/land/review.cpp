#include "land/review.h"

#include "git/run.h"
#include "git/tree.h"
#include "record/names.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace chant::land {
namespace {

using Lines = std::vector<std::string>;
using LineSet = std::set<std::string>;

constexpr std::size_t kMarkerSize = 7;

Lines lines_of(const std::string& text) {
  Lines lines;
  for (std::string& line : split(text, '\n')) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(std::move(line));
  }
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

LineSet set_of(const Lines& lines) { return {lines.begin(), lines.end()}; }

bool is_blank(const std::string& line) { return trim(line).empty(); }

void add_words(const std::string& line, LineSet& words) {
  std::string word;
  for (const char c : line + " ") {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0 || c == '_') {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, {}));
    }
  }
}

// The sign of a conflict that a line is: '<', '|', '=', '>', or 0.
char marker_of(std::string_view line, std::size_t size) {
  if (line.empty() || std::string_view("<|=>").find(line[0]) == std::string_view::npos) return 0;
  const std::size_t run = std::min(line.find_first_not_of(line[0]), line.size());
  if (line[0] == '=') return run == size && run == line.size() ? '=' : '\0';
  return run >= size && (run == line.size() || line[run] == ' ') ? line[0] : '\0';
}

// What a marked-up file has between its marks.
struct Block {
  std::size_t first = 0, last = 0;  // numbers of the lines with the marks, from 1
  Lines ours;
};

std::vector<Block> blocks_of(const Lines& lines, std::size_t size) {
  std::vector<Block> blocks;
  char part = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const char mark = marker_of(lines[i], size);
    if (mark == '<' && part == 0) {
      blocks.push_back({i + 1, 0, {}});
      part = '<';
    } else if (part != 0 && mark == '>') {
      blocks.back().last = i + 1;
      part = 0;
    } else if (part != 0 && mark != 0) {
      part = mark;
    } else if (part == '<') {
      blocks.back().ours.push_back(lines[i]);
    }
  }
  if (part != 0) blocks.pop_back();
  return blocks;
}

struct Hunk {
  Lines removed, added;
  std::size_t at = 0;  // number of the first added line
};

std::size_t number_after(const std::string& line, char sign) {
  const auto at = line.find(sign, 3);
  std::size_t number = 0;
  if (at != std::string::npos) {
    std::from_chars(line.data() + at + 1, line.data() + line.size(), number);
  }
  return number;
}

// The changes from one blob to another; std::nullopt when they are not text.
std::optional<std::vector<Hunk>> hunks_between(const std::filesystem::path& directory,
                                               const std::string& from, const std::string& to) {
  const std::string diff =
      git::output(directory, {"diff", "--no-color", "--no-ext-diff", "--no-textconv", "-U0",
                              "--inter-hunk-context=0", "--end-of-options", from, to});
  std::vector<Hunk> hunks;
  for (std::string& line : split(diff, '\n')) {
    if (line.compare(0, 3, "@@ ") == 0) {
      hunks.push_back({{}, {}, number_after(line, '+')});
    } else if (hunks.empty()) {
      if (line.compare(0, 13, "Binary files ") == 0) return std::nullopt;
    } else if (!line.empty() && (line[0] == '-' || line[0] == '+')) {
      if (line.back() == '\r') line.pop_back();
      (line[0] == '-' ? hunks.back().removed : hunks.back().added).push_back(line.substr(1));
    }
  }
  return hunks;
}

std::size_t count_of(const Lines& part, const Lines& whole) {
  std::size_t count = 0;
  auto from = whole.begin();
  while (!part.empty()) {
    from = std::search(from, whole.end(), part.begin(), part.end());
    if (from == whole.end()) break;
    ++count;
    ++from;
  }
  return count;
}

// What the branch has, and what the resolution has.
struct Sides {
  Sides(Lines on_branch, const Lines& in_merge, Lines in_result)
      : branch(std::move(on_branch)),
        now(std::move(in_result)),
        branch_set(branch.begin(), branch.end()),
        now_set(now.begin(), now.end()) {
    for (const std::string& line : branch) add_words(line, branch_words);
    const LineSet merged(in_merge.begin(), in_merge.end());
    for (const std::string& line : now) {
      if (branch_set.count(line) == 0 && merged.count(line) == 0) add_words(line, new_words);
    }
  }

  // Of these lines, those that say something and that the branch does not have anyway.
  [[nodiscard]] Lines telling(const Lines& lines) const {
    Lines result;
    for (const std::string& line : lines) {
      if (!is_blank(line) && branch_set.count(line) == 0) result.push_back(line);
    }
    return result;
  }
  // A line is there also when a new one has all words by which the branch does not know it.
  [[nodiscard]] bool is_there(const std::string& line) const {
    if (now_set.count(line) > 0) return true;
    LineSet words;
    add_words(line, words);
    std::erase_if(words, [this](const std::string& word) { return branch_words.count(word) > 0; });
    return !words.empty() && std::all_of(words.begin(), words.end(), [this](const auto& word) {
      return new_words.count(word) > 0;
    });
  }
  [[nodiscard]] std::size_t count_there(const Lines& lines) const {
    return static_cast<std::size_t>(std::count_if(
        lines.begin(), lines.end(), [this](const std::string& line) { return is_there(line); }));
  }

  Lines branch, now;
  LineSet branch_set, now_set, branch_words, new_words;
};

// A line that tells what of a hunk is not there, outside of what git could not merge.
std::optional<std::string> lost_of_hunk(const Hunk& hunk, const std::vector<Block>& blocks,
                                        const Sides& sides) {
  Lines added;
  for (std::size_t i = 0; i < hunk.added.size(); ++i) {
    const std::size_t number = hunk.at + i;
    const bool marked = std::any_of(blocks.begin(), blocks.end(), [number](const Block& block) {
      return block.first <= number && number <= block.last;
    });
    if (!marked) added.push_back(hunk.added[i]);
  }
  const Lines wanted = sides.telling(added);
  if (2 * sides.count_there(wanted) < wanted.size()) return wanted.front();
  const auto removed = std::find_if_not(hunk.removed.begin(), hunk.removed.end(), is_blank);
  if (!hunk.added.empty() || removed == hunk.removed.end()) return std::nullopt;
  const bool is_back = count_of(hunk.removed, sides.now) >= count_of(hunk.removed, sides.branch);
  return is_back ? std::optional("without " + *removed) : std::nullopt;
}

class Review {
 public:
  Review(record::Workspace& workspace, const Handmade& handmade)
      : workspace_(workspace),
        handmade_(handmade),
        ours_(git::load_commit(workspace.store(), handmade.ours).tree),
        theirs_(git::load_commit(workspace.store(), handmade.theirs).tree) {
    for (const git::ConflictedPath& file : handmade.merge.conflicts) conflicts_.insert(file.path);
  }

  [[nodiscard]] std::string fault();

 private:
  using Entry = std::optional<git::TreeEntry>;
  struct Versions {
    Entry ours, theirs, merged, result;
  };

  [[nodiscard]] std::size_t marker_size(const std::string& path) const;
  [[nodiscard]] std::string text_of(const Entry& entry);
  [[nodiscard]] std::string find_marker(const std::string& path, const Versions& versions);
  [[nodiscard]] std::string find_loss(const std::string& path, const Versions& versions);
  [[nodiscard]] std::string find_loss_of_file(const std::string& path, const Versions& versions);
  [[nodiscard]] std::string find_lost_hunk(const std::string& path, const Versions& versions);
  [[nodiscard]] std::string gone(const std::string& path, const std::string& what) const;

  record::Workspace& workspace_;
  const Handmade& handmade_;
  std::string ours_, theirs_;  // trees
  std::set<std::string> conflicts_;
};

std::size_t Review::marker_size(const std::string& path) const {
  const std::string answer = git::output(
      handmade_.directory, {"check-attr", "-z", "--stdin", "conflict-marker-size"}, path + '\0');
  const std::vector<std::string> fields = split(answer, '\0');
  std::size_t size = 0;
  if (fields.size() > 2) {
    std::from_chars(fields[2].data(), fields[2].data() + fields[2].size(), size);
  }
  return size == 0 ? kMarkerSize : size;
}

std::string Review::text_of(const Entry& entry) {
  if (!entry || entry->mode.compare(0, 3, "100") != 0) return "";
  const auto object = workspace_.store().find_object(entry->oid);
  return object ? object->content : "";
}

std::string Review::find_marker(const std::string& path, const Versions& versions) {
  const Lines lines = lines_of(text_of(versions.result));
  if (lines.empty()) return "";
  const std::size_t size = marker_size(path);
  LineSet known = set_of(lines_of(text_of(versions.ours)));
  known.merge(set_of(lines_of(text_of(versions.theirs))));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (marker_of(lines[i], size) == 0 || known.count(lines[i]) > 0) continue;
    return fmt::format("a conflict marker is left in '{}', line {}", printable_line(path), i + 1);
  }
  return "";
}

std::string Review::gone(const std::string& path, const std::string& what) const {
  return fmt::format("a change of '{}' is gone from '{}'{}", record::short_ref(handmade_.target),
                     printable_line(path),
                     what.empty() ? "" : ": " + fit(printable_line(trim(what)), 60));
}

// Files that are there or not, and those that are not text.
std::string Review::find_loss_of_file(const std::string& path, const Versions& versions) {
  const auto& [ours, theirs, merged, result] = versions;
  const bool conflict = conflicts_.count(path) > 0;
  if (!result) {
    const bool lost = ours && (conflict ? handmade_.by == By::agent : merged.has_value());
    return lost ? fmt::format("'{}' of '{}' is gone", printable_line(path),
                              record::short_ref(handmade_.target))
                : "";
  }
  if (!merged && theirs && !ours && !conflict) {
    return fmt::format("'{}' is back, which '{}' has removed", printable_line(path),
                       record::short_ref(handmade_.target));
  }
  return "";
}

std::string Review::find_lost_hunk(const std::string& path, const Versions& versions) {
  const auto& [ours, theirs, merged, result] = versions;
  const bool conflict = conflicts_.count(path) > 0;
  const std::string before = theirs ? theirs->oid : workspace_.store().write_object("blob", "");
  const auto hunks = hunks_between(handmade_.directory, before, merged->oid);
  if (!hunks) {
    const bool kept = conflict ? handmade_.by == By::person || !theirs || result->oid != theirs->oid
                               : result->oid == merged->oid;
    return kept ? "" : gone(path, "");
  }
  const Lines marked = lines_of(text_of(merged));
  const Sides sides(lines_of(text_of(theirs)), marked, lines_of(text_of(result)));
  std::vector<Block> blocks;
  if (conflict) blocks = blocks_of(marked, marker_size(path));
  for (const Hunk& hunk : *hunks) {
    const auto lost = lost_of_hunk(hunk, blocks, sides);
    if (lost) return gone(path, *lost);
  }
  for (const Block& block : blocks) {
    const Lines wanted = sides.telling(block.ours);
    if (handmade_.by == By::person || wanted.empty()) continue;
    if (sides.count_there(wanted) == 0) return gone(path, wanted.front());
  }
  return "";
}

std::string Review::find_loss(const std::string& path, const Versions& versions) {
  const auto& [ours, theirs, merged, result] = versions;
  if (!result || !merged) return find_loss_of_file(path, versions);
  const bool conflict = conflicts_.count(path) > 0;
  const auto same = [](const Entry& a, const Entry& b) {
    return a && b && a->oid == b->oid && a->mode == b->mode;
  };
  if (same(result, merged) || same(theirs, merged)) return "";
  if (conflict && !ours) return "";
  const auto is_file = [](const Entry& entry) {
    return !entry || entry->mode.compare(0, 3, "100") == 0;
  };
  if (is_file(theirs) && is_file(merged) && is_file(result)) {
    return find_lost_hunk(path, versions);
  }
  const bool dropped = conflict ? handmade_.by == By::agent && same(result, theirs) : true;
  return dropped ? gone(path, "") : "";
}

std::string Review::fault() {
  git::Store& store = workspace_.store();
  std::set<std::string> paths = conflicts_;
  for (std::string& path : git::changed_trees(store, handmade_.merge.tree, handmade_.result, "")) {
    paths.insert(std::move(path));
  }
  const std::string own = record::spec_path(handmade_.id);
  for (const std::string& path : paths) {
    const Versions versions{git::find_entry_in(store, ours_, path),
                            git::find_entry_in(store, theirs_, path),
                            git::find_entry_in(store, handmade_.merge.tree, path),
                            git::find_entry_in(store, handmade_.result, path)};
    std::string fault = find_marker(path, versions);
    if (!fault.empty()) return fault;
    if (path == own) continue;
    if (path.compare(0, 7, ".chant/") == 0 && conflicts_.count(path) == 0) {
      return fmt::format("'{}' was changed, which is not its own spec", printable_line(path));
    }
    fault = find_loss(path, versions);
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace

std::string find_fault(record::Workspace& workspace, const Handmade& handmade) {
  return Review(workspace, handmade).fault();
}

}  // namespace chant::land
