#include "tasks/graph.h"
#include "tasks/specflow.h"
#include "tasks/words.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace chant::tasks {

namespace {

using Indices = std::vector<std::size_t>;

constexpr auto npos = std::string_view::npos;
constexpr std::array<std::string_view, 7> kWaits = {"needs",   "depends",      "requires",  "after",
                                                    "blocked", "dependencies", "dependency"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_short(std::string_view label) {
  return label.size() == 1 || label.find_first_not_of("0123456789") == npos;
}

// Length of a bullet with the blanks behind it, 0 when there is none.
std::size_t bullet_length(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  const auto marks = digits == 0 ? std::string_view("-*+") : std::string_view(".)");
  const bool is_bullet = digits + 1 < text.size() && marks.find(text[digits]) != npos &&
                         (text[digits + 1] == ' ' || text[digits + 1] == '\t');
  return is_bullet ? std::min(text.find_first_not_of(" \t", digits + 1), text.size()) : 0;
}

// "**Group 2 (Depends on Group 1)**", "3. **Group 3 (After PR-A)** - PARALLEL:", "#### Group 1".
struct GroupHead {
  std::string label;
  std::string_view condition;  // what is in its parentheses
  std::string_view rest;       // behind it
};

std::optional<GroupHead> find_group(const Line& line) {
  auto text = trim(line.text);
  if (line.kind == Line::Kind::heading) text = line.rest;
  if (line.kind == Line::Kind::text) text.remove_prefix(bullet_length(text));
  const bool is_bold = text.substr(0, 2) == "**";
  text.remove_prefix(std::min(text.find_first_not_of('*'), text.size()));
  constexpr std::string_view kWord = "group ";
  if (lower(text.substr(0, kWord.size())) != kWord) return std::nullopt;
  text = trim(text.substr(kWord.size()));
  const auto end = std::min(text.find_first_of(" (:*-"), text.size());
  GroupHead head;
  head.label = std::string(text.substr(0, end));
  text = trim(text.substr(end));
  const bool is_set_off = !text.empty() && (text.front() == ':' || text.front() == '(');
  if (head.label.empty() || !is_short(head.label)) return std::nullopt;
  if (!is_bold && line.kind != Line::Kind::heading && !is_set_off) return std::nullopt;
  const auto open = text.find('(');
  const auto task = lower(text).find("task");
  const bool is_condition = open != npos && (task == std::string::npos || open < task);
  if (is_condition) {
    head.condition = inside_parentheses(text, open);
    text.remove_prefix(std::min(open + head.condition.size() + 2, text.size()));
  }
  head.rest = text;
  return head;
}

// "Track E: …", "Testing Track (…)", at the beginning of a line in a table or group.
std::string track_at_start(const std::string& plain) {
  const auto tokens = tokens_of(plain);
  if (tokens.size() > 1 && tokens[0].lowered == "track") {
    return is_short(tokens[1].text) ? std::string(tokens[1].text) : std::string();
  }
  const auto named = std::string_view(plain).substr(0, plain.find('('));
  const auto track = lower(named).find(" track");
  const bool is_end =
      track != std::string::npos && trim(named).size() == trim(named.substr(0, track)).size() + 6;
  return is_end ? std::string(trim(named.substr(0, track))) : std::string();
}

// Where words about waiting begin: behind the tasks, outside of parentheses.
struct Words {
  bool is_independent = false;
  std::optional<std::string_view> needs;
};

Words words_in(const std::string& plain, std::size_t from) {
  Words words;
  std::size_t depth = 0;
  for (const auto& token : tokens_of(plain)) {
    const auto at = static_cast<std::size_t>(token.text.data() - plain.data());
    if (token.kind == Token::Kind::open) ++depth;
    if (token.kind == Token::Kind::close && depth != 0) --depth;
    if (at < from || depth != 0) continue;
    const auto& word = token.lowered;
    if (word == "independent" || word == "anytime") words.is_independent = true;
    if (std::find(kWaits.begin(), kWaits.end(), word) == kWaits.end()) continue;
    words.needs = std::string_view(plain).substr(at + token.text.size());
    break;
  }
  return words;
}

bool names_members(const std::string& plain) {
  if (!find_members(plain, 0).references.empty()) return true;
  const auto tokens = tokens_of(plain);
  return !tokens.empty() && is_review_id(tokens.front().text);
}

class Overview {
 public:
  Overview(const Scan& scan, Draftlist& draft)
      : scan_(scan), draft_(draft), tasks_(draft.list.tasks), ids_(tasks_) {
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      if (!tasks_[i].track.empty()) by_track_[lower(tasks_[i].track)].push_back(i);
    }
    in_table_.resize(tasks_.size());
    in_groups_.resize(tasks_.size());
  }

  void read();

 private:
  struct Claim {
    std::string track;
    int line = 0;
  };

  void read_line(const Line& line);
  void open_group(const Line& line, const GroupHead& head);
  void read_member(std::string_view text, int line);
  void read_table(std::string_view text, int line);
  void read_prerequisite(std::string_view text, int line);
  void read_sentence(std::string_view text, int line);
  void add_to_group(std::size_t task, const std::string& track, int line);
  void settle_tracks();
  [[nodiscard]] std::set<std::string> tracks_of_other_tables() const;
  void note_groupless();
  [[nodiscard]] Indices resolved(const std::vector<Reference>& references, int line);
  [[nodiscard]] Indices members_of(const std::string& plain, const NamedTasks& named,
                                   const std::string& track, int line);
  void add_note(Note::Kind kind, int line, std::string text, Indices tasks);

  const Scan& scan_;
  Draftlist& draft_;
  std::vector<Task>& tasks_;
  Ids ids_;
  std::map<std::string, Indices> by_track_;
  std::vector<Claim> in_table_, in_groups_;  // by task
  std::string group_;                        // that is open, "" when there is none
  int first_group_ = 0;
};

void Overview::read() {
  for (const auto& line : scan_.lines) {
    if (line.kind == Line::Kind::text || line.kind == Line::Kind::heading) read_line(line);
  }
  settle_tracks();
  note_groupless();
}

void Overview::read_line(const Line& line) {
  const auto head = find_group(line);
  if (head) return open_group(line, *head);
  auto text = trim(line.text);
  if (text.empty()) return;
  const auto bullet = bullet_length(text);
  if (line.kind == Line::Kind::heading || bullet == 0) {
    group_.clear();
    return;
  }
  text.remove_prefix(bullet);
  if (!group_.empty()) return read_member(text, line.number);
  read_table(text, line.number);
  read_prerequisite(text, line.number);
  read_sentence(text, line.number);
}

void Overview::open_group(const Line& line, const GroupHead& head) {
  group_ = head.label;
  if (first_group_ == 0) first_group_ = line.number;
  const auto condition = plain_text(head.condition), rest = plain_text(head.rest);
  auto needs = words_in(condition, 0).needs;
  // "**Group 2**: after Group 1"; but "**Group 2**: Tasks 4-6 - needs 3" is a line of the group.
  const bool names_tasks = names_members(rest);
  if (!needs && !names_tasks) needs = words_in(rest, 0).needs;
  if (needs) {
    const auto expression = parse_expression(*needs, line.number);
    for (auto reference : expression.references) {
      reference.why = "group " + group_;
      draft_.group_defaults[group_].push_back(std::move(reference));
    }
    if (!expression.unread.empty()) draft_.group_unread[group_] = expression.unread;
  }
  if (names_tasks) read_member(head.rest, line.number);
}

// What a line names and the list does not have is said.
Indices Overview::resolved(const std::vector<Reference>& references, int line) {
  Indices found;
  for (const auto& reference : references) {
    const bool is_range = reference.kind == Reference::Kind::range;
    const auto range = is_range ? ids_.find_range(reference.first, reference.last) : Ids::Range();
    const auto& tasks = is_range ? range.tasks : ids_.find(reference.first);
    found.insert(found.end(), tasks.begin(), tasks.end());
    if (tasks.empty() || (is_range && !range.missing.empty())) {
      const auto missing = is_range && !range.missing.empty() ? range.missing : reference.first;
      add_note(Note::Kind::contradiction, line,
               fmt::format("names task {}, which is not there", missing), {});
    }
  }
  return found;
}

// "Tasks 4-6", "CR-A → PR-A", or else a whole track.
Indices Overview::members_of(const std::string& plain, const NamedTasks& named,
                             const std::string& track, int line) {
  if (!named.references.empty()) return resolved(named.references, line);
  std::vector<Reference> reviews;
  for (const auto& token : tokens_of(plain)) {
    if (!is_review_id(token.text)) continue;
    Reference reference;
    reference.first = std::string(token.text);
    reviews.push_back(std::move(reference));
  }
  if (!reviews.empty()) return resolved(reviews, line);
  const auto whole = by_track_.find(lower(track));
  return whole == by_track_.end() ? Indices() : whole->second;
}

void Overview::read_member(std::string_view text, int line) {
  const auto plain = plain_text(text);
  auto words = words_in(plain, 0);
  auto named = find_members(plain, line);
  const auto word =
      words.needs ? static_cast<std::size_t>(words.needs->data() - plain.data()) : npos;
  if (!named.references.empty() && named.begin < word) {
    words = words_in(plain, named.end);
  } else {
    named = {};  // what it names is what it waits for
  }
  const auto track = track_at_start(plain);
  const auto members = members_of(plain.substr(0, word), named, track, line);
  Expression expression;
  if (words.needs) expression = parse_expression(*words.needs, line);
  if (words.needs && members.empty()) {
    add_note(Note::Kind::contradiction, line, "waits for something, and names no task of the list",
             {});
  }
  for (const auto task : members) {
    add_to_group(task, track, line);
    auto& draft = draft_.drafts[task];
    draft.is_independent = draft.is_independent || words.is_independent || expression.is_none;
    for (auto reference : expression.references) {
      reference.why = "group " + group_;
      draft.group_needs.push_back(std::move(reference));
    }
    draft.unread.insert(draft.unread.end(), expression.unread.begin(), expression.unread.end());
  }
}

void Overview::add_to_group(std::size_t task, const std::string& track, int line) {
  if (!track.empty() && in_groups_[task].track.empty()) in_groups_[task] = {track, line};
  auto& group = tasks_[task].group;
  if (!group.empty() && group != group_) {
    add_note(Note::Kind::contradiction, line,
             fmt::format("is in group {} here, and in group {} before", group_, group), {task});
  }
  if (group.empty()) group = group_;
}

// "- **Track A**: Name (Tasks 2, 4-6)".
void Overview::read_table(std::string_view text, int line) {
  if (text.find("rack") == npos && text.find("RACK") == npos) return;
  const auto plain = plain_text(text);
  const auto track = track_at_start(plain);
  const auto members = find_members(plain, line);
  if (track.empty() || members.references.empty()) return;
  for (const auto task : resolved(members.references, line)) {
    if (in_table_[task].track.empty()) in_table_[task] = {track, line};
  }
}

// "- Task 2: Core types (blocks 4-6, 9-10)".
void Overview::read_prerequisite(std::string_view text, int line) {
  constexpr std::string_view kWord = "(blocks ";
  if (text.find('(') == npos) return;
  const auto open = lower(text).find(kWord);
  if (open == std::string::npos) return;
  const auto plain = plain_text(text.substr(0, open));
  const auto tokens = tokens_of(plain);
  const bool is_first = !tokens.empty() && tokens.front().lowered.substr(0, 4) == "task";
  if (!is_first) return;
  const auto content = inside_parentheses(text, open);
  const auto expression =
      parse_expression(content.substr(std::min<std::size_t>(7, content.size())), line);
  for (const auto task : resolved(find_members(plain, line).references, line)) {
    auto& draft = draft_.drafts[task];
    for (auto reference : expression.references) {
      reference.why = "prerequisites";
      draft.blocks.push_back(std::move(reference));
    }
    draft.unread.insert(draft.unread.end(), expression.unread.begin(), expression.unread.end());
  }
}

// "- Task 4 depends on Tasks 1-3", away from task 4. It is near to prose: what cannot be read in
// full is said, but stops nothing.
void Overview::read_sentence(std::string_view text, int line) {
  const auto clause = find_needs(text);
  if (!clause) return;
  const auto plain = plain_text(text.substr(0, clause->begin));
  const auto named = find_members(plain, line);
  const bool is_first = trim(std::string_view(plain).substr(0, named.begin)).empty();
  if (named.references.empty() || !is_first) return;
  if (clause->is_possible && !parse_clause(*clause, line)) return;
  const auto expression = parse_expression(clause->text, line);
  if (!expression.unread.empty()) {
    add_note(Note::Kind::contradiction, line,
             fmt::format("cannot read '{}' as what a task depends on: not obeyed", clause->text),
             {});
    return;
  }
  for (const auto task : resolved(named.references, line)) {
    auto& needs = draft_.drafts[task].needs;
    needs.insert(needs.end(), expression.references.begin(), expression.references.end());
  }
}

// The heading that a task stands under counts before the groups, those before the table on top.
// Names of more than one letter are said in several ways, and are not compared.
void Overview::settle_tracks() {
  std::map<std::tuple<int, int, std::string, std::string>, Indices> differences;
  const auto compare = [&](std::size_t task, const Claim& claim, const Claim& counts) {
    const bool differ = is_short(claim.track) && is_short(counts.track) &&
                        lower(claim.track) != lower(counts.track);
    if (differ) differences[{claim.line, counts.line, claim.track, counts.track}].push_back(task);
  };
  const auto others = tracks_of_other_tables();
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    auto& track = tasks_[i].track;
    const auto &group = in_groups_[i], &table = in_table_[i];
    const auto counts = track.empty() ? group : Claim{track, tasks_[i].line};
    if (!group.track.empty()) compare(i, group, counts);
    if (!table.track.empty() && !counts.track.empty()) compare(i, table, counts);
    const bool is_other = others.count(lower(table.track)) != 0;
    track = !counts.track.empty() || is_other ? counts.track : table.track;
    if (counts.track.empty() && is_other)
      differences[{table.line, 0, table.track, ""}].push_back(i);
  }
  for (auto& [what, tasks] : differences) {
    const auto& [line, other, claimed, counts] = what;
    const auto ids = shown_ids(tasks_, tasks);
    auto text = counts.empty()
                    ? fmt::format("puts {} in track {}, but the groups call others so: in no track",
                                  ids, claimed)
                    : fmt::format("puts {} in track {}, line {} in track {}: the latter counts",
                                  ids, claimed, other, counts);
    add_note(Note::Kind::contradiction, line, std::move(text), tasks);
  }
}

// A letter may stand for one track in the table and for another one in the groups: when no task is
// in both.
std::set<std::string> Overview::tracks_of_other_tables() const {
  std::set<std::string> in_groups, in_both;
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    const auto track = lower(in_groups_[i].track);
    if (!track.empty()) in_groups.insert(track);
    if (track == lower(in_table_[i].track)) in_both.insert(track);
  }
  std::set<std::string> others;
  std::set_difference(in_groups.begin(), in_groups.end(), in_both.begin(), in_both.end(),
                      std::inserter(others, others.end()));
  return others;
}

void Overview::note_groupless() {
  Indices groupless;
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    const bool counts = tasks_[i].kind != Kind::container && tasks_[i].group.empty();
    if (counts) groupless.push_back(i);
  }
  if (first_group_ == 0 || groupless.empty()) return;
  const auto verb = groupless.size() == 1 ? "is" : "are";
  auto text = fmt::format("{} {} in no group", shown_ids(tasks_, groupless), verb);
  add_note(Note::Kind::info, first_group_, std::move(text), std::move(groupless));
}

void Overview::add_note(Note::Kind kind, int line, std::string text, Indices tasks) {
  Note note;
  note.kind = kind;
  note.line = line;
  note.text = std::move(text);
  draft_.notes.push_back({std::move(note), std::move(tasks)});
}

}  // namespace

void read_overview(const Scan& scan, Draftlist& draft) { Overview(scan, draft).read(); }

}  // namespace chant::tasks
