#include "tasks/boxes.h"
#include "tasks/numbered.h"
#include "tasks/stories.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

std::string_view after_marks(std::string_view text, std::string_view marks) {
  const auto first = text.find_first_not_of(marks);
  return first == npos ? std::string_view{} : text.substr(first);
}

// Length of "T001", "T007a", or of the "CPE-a" of a fork; 0 when the text begins with none.
std::size_t id_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_upper(text[at])) ++at;
  if (at == 1 && text.front() == 'T') {
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at < 3 || at > 5) return 0;
    if (at < text.size() && is_lower(text[at])) ++at;
  } else if (at >= 2 && at <= 5 && at + 1 < text.size() && text[at] == '-' &&
             is_lower(text[at + 1])) {
    at += 2;
  } else {
    return 0;
  }
  const bool ends = at == text.size() || std::string_view(" \t]*:.").find(text[at]) != npos;
  return ends ? at : 0;
}

bool is_placeholder(std::string_view rest) {
  rest = after_marks(rest, "*[");
  return rest.substr(0, 3) == "TXX" || rest.substr(0, 4) == "TNNN" || rest.substr(0, 4) == "T###";
}

// The first of several edges to one task counts.
void drop_repeated(std::vector<Dependency>& edges) {
  std::unordered_set<std::string> seen;
  const auto is_seen = [&](const Dependency& edge) { return !seen.insert(edge.on).second; };
  edges.erase(std::remove_if(edges.begin(), edges.end(), is_seen), edges.end());
}

// What stands in brackets behind the id.
struct Marks {
  bool is_parallel = false;
  std::string batch;    // "[P:1.1]"
  int story = 0;        // "[US1]"
  std::string unknown;  // "[DEFERRED]"
  std::string_view title;
};

Marks marks_of(std::string_view rest) {
  Marks marks;
  for (;;) {
    rest = after_marks(rest, " \t*:.");
    const auto close = rest.substr(0, 20).find(']');
    if (rest.empty() || rest.front() != '[' || close == npos) break;
    const auto mark = rest.substr(1, close - 1);
    const auto story = find_story(mark);
    if (mark == "P" || mark.substr(0, 2) == "P:") {
      marks.is_parallel = true;
      marks.batch = std::string(mark.substr(std::min<std::size_t>(2, mark.size())));
    } else if (story) {
      marks.story = *story;
    } else if (mark.find_first_of("abcdefghijklmnopqrstuvwxyz ") == npos) {
      marks.unknown = std::string(rest.substr(0, close + 1));
    } else {
      break;
    }
    rest.remove_prefix(close + 1);
  }
  marks.title = trim(rest);
  return marks;
}

// What is under one "## Phase N: …", or under another heading of that level.
struct Phase {
  int line = 0;
  std::string label, number;
  std::optional<int> story;
  std::vector<Step> steps;
  Front exit;
  std::set<std::size_t> behind;  // phases of stories that it waits for, all the way
};

// More stories than this do not run beside each other: what follows waits for all of them.
constexpr std::size_t kMaxStories = 32;

class SpecKit {
 public:
  SpecKit(std::string_view text, const Scan& scan) : text_(text), scan_(scan) {
    phases_.emplace_back();
  }

  Draftlist run();

 private:
  struct InPhase {
    std::size_t phase = 0;
    int section = 0;
  };

  void read_heading(const Line& line);
  bool take(const Line& line, Task& task);
  void sort_references();
  void make_steps(const Needs& needs);
  void order_phases(const Needs& needs);
  void order_story(std::size_t phase, Front& barrier, Order& order);
  void keep_files_apart(std::size_t phase, Order& order);
  void add_late(std::size_t phase, Order& order);
  void join_stories(Front& barrier);
  void note_story_needs();
  [[nodiscard]] std::map<std::size_t, int> story_phases_before(std::size_t phase);
  [[nodiscard]] std::optional<std::size_t> find_phase(const Reference& reference) const;

  std::string_view text_;
  const Scan& scan_;
  Boxes boxes_;
  std::vector<Phase> phases_;
  std::size_t level_ = 0;  // of the heading of a phase, 0 before the first
  int section_ = 0;
  std::string batch_;
  std::vector<InPhase> places_;  // of each task
  std::map<int, std::map<int, int>> story_needs_;
  std::set<std::pair<int, int>> said_needs_;            // stories of which a note says so
  std::map<std::string, std::size_t> phase_of_number_;  // the last one
  std::map<int, std::size_t> phase_of_story_;
  std::vector<std::size_t> stories_;            // phases that may run beside each other
  std::multimap<std::size_t, Reference> late_;  // tasks that wait for a phase
  struct Owner {
    std::size_t task = 0, phase = 0;
  };
  std::map<std::string, Owner> owners_;  // of files, in stories_
  std::map<std::size_t, std::string> unknown_marks_;
};

void SpecKit::read_heading(const Line& line) {
  const auto label = plain_title(line.rest);
  const bool is_phase = lower(label.substr(0, 6)) == "phase ";
  ++section_;
  if (!is_phase && (level_ == 0 || line.level > level_)) return;
  level_ = line.level;
  Phase phase;
  phase.line = line.number;
  phase.label = label;
  if (is_phase) {
    const auto rest = std::string_view(label).substr(6);
    const auto end = std::min(rest.find_first_not_of("0123456789.N"), rest.size());
    phase.number = std::string(rest.substr(0, rest.substr(0, end).find_last_not_of('.') + 1));
    const auto name =
        rest.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", end);
    if (name != npos) phase.story = find_story(rest.substr(name));
  }
  if (!phase.number.empty()) phase_of_number_[phase.number] = phases_.size();
  if (phase.story) phase_of_story_[*phase.story] = phases_.size();
  phases_.push_back(std::move(phase));
}

bool SpecKit::take(const Line& line, Task& task) {
  const auto rest = after_marks(line.rest, "*[");
  const auto length = id_length(rest);
  if (length == 0) return false;
  const auto marks = marks_of(after_marks(rest.substr(length), "]*"));
  task.id = std::string(rest.substr(0, length));
  task.title = std::string(marks.title);
  task.is_parallel = marks.is_parallel;
  task.group = marks.batch;
  task.phase = phases_.back().label;
  const auto story = marks.story != 0 ? marks.story : phases_.back().story.value_or(0);
  if (story != 0) task.track = fmt::format("US{}", story);
  if (!marks.unknown.empty()) unknown_marks_[places_.size()] = marks.unknown;
  if (marks.batch != batch_) ++section_;
  batch_ = marks.batch;
  places_.push_back({phases_.size() - 1, section_});
  return true;
}

// "(depends on US1)", "(depends on Phase 2)" are resolved here; what cannot be is left unread.
void SpecKit::sort_references() {
  auto& drafts = boxes_.draft.drafts;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    std::vector<Reference> kept;
    for (auto& reference : drafts[i].needs) {
      const bool is_phase = reference.kind == Reference::Kind::phase;
      const bool is_story =
          reference.kind == Reference::Kind::task && find_story(reference.first).has_value();
      if (!is_phase && !is_story) {
        kept.push_back(std::move(reference));
        continue;
      }
      const auto phase = find_phase(reference);
      if (phase && *phase < places_[i].phase) {
        late_.emplace(i, std::move(reference));
      } else {
        drafts[i].unread.push_back({(is_phase ? "phase " : "") + reference.first, reference.line});
      }
    }
    drafts[i].needs = std::move(kept);
  }
}

std::optional<std::size_t> SpecKit::find_phase(const Reference& reference) const {
  if (reference.kind == Reference::Kind::phase) {
    const auto found = phase_of_number_.find(reference.first);
    return found == phase_of_number_.end() ? std::nullopt : std::optional(found->second);
  }
  const auto found = phase_of_story_.find(find_story(reference.first).value_or(0));
  return found == phase_of_story_.end() ? std::nullopt : std::optional(found->second);
}

void SpecKit::make_steps(const Needs& needs) {
  for (auto& step : steps_of(boxes_.draft.list, needs, true)) {
    const auto& place = places_[step.place];
    step.section = place.section;
    phases_[place.phase].steps.push_back(std::move(step));
  }
}

// The phases of stories beside this one that it waits for, with the line that says so.
std::map<std::size_t, int> SpecKit::story_phases_before(std::size_t phase) {
  std::map<std::size_t, int> before;
  const auto& own = phases_[phase];
  const auto needs = story_needs_.find(*own.story);
  for (const auto other : stories_) {
    if (phases_[other].story == own.story) before.emplace(other, own.line);
    if (needs == story_needs_.end()) continue;
    const auto found = needs->second.find(*phases_[other].story);
    if (found == needs->second.end()) continue;
    before.emplace(other, found->second);
    if (!said_needs_.emplace(*own.story, found->first).second) continue;
    Note note;
    note.line = found->second;
    note.text = fmt::format("user story {} waits for user story {}, as this line says", *own.story,
                            found->first);
    boxes_.draft.list.notes.push_back(std::move(note));
  }
  return before;
}

void SpecKit::order_story(std::size_t phase, Front& barrier, Order& order) {
  auto& own = phases_[phase];
  const auto before = story_phases_before(phase);
  for (const auto& entry : before) {
    const auto& behind = phases_[entry.first].behind;
    own.behind.insert(behind.begin(), behind.end());
  }
  std::vector<Front> fronts;
  int line = own.line;
  for (const auto& [other, says] : before) {
    if (own.behind.count(other) != 0) continue;  // another one waits for it
    fronts.push_back(phases_[other].exit);
    line = says;
  }
  for (const auto& entry : before) own.behind.insert(entry.first);
  Front joined;
  if (!fronts.empty()) joined = join_fronts(fronts, barrier);
  own.exit = order.run(fronts.empty() ? barrier : joined, own.steps, {line, "phase"});
  keep_files_apart(phase, order);
  stories_.push_back(phase);
}

// Two stories that run beside each other do not work on the same file at the same time.
void SpecKit::keep_files_apart(std::size_t phase, Order& order) {
  for (const auto& step : phases_[phase].steps) {
    for (const auto& file : boxes_.draft.list.tasks[step.task].files) {
      const auto [owner, is_new] = owners_.try_emplace(file, Owner{step.task, phase});
      const bool is_beside = !is_new && owner->second.phase != phase &&
                             phases_[phase].behind.count(owner->second.phase) == 0;
      if (is_beside) order.add_same_file(step.task, owner->second.task, file);
      owner->second = {step.task, phase};
    }
  }
}

void SpecKit::add_late(std::size_t phase, Order& order) {
  for (const auto& step : phases_[phase].steps) {
    const auto [first, last] = late_.equal_range(step.task);
    for (auto late = first; late != last; ++late) {
      const auto other = find_phase(late->second);
      if (!other || *other == phase) continue;
      order.run_wave(phases_[*other].exit, {step.task}, {late->second.line, "task"});
    }
    if (first != last) drop_repeated(boxes_.draft.list.tasks[step.task].depends_on);
  }
}

// What the prose says of stories and cannot be followed.
void SpecKit::note_story_needs() {
  std::map<int, std::size_t> first;  // phase of a story
  for (std::size_t i = 0; i < phases_.size(); ++i) {
    if (phases_[i].story) first.emplace(*phases_[i].story, i);
  }
  for (const auto& [story, needs] : story_needs_) {
    const auto own = first.find(story);
    for (const auto& [other, line] : needs) {
      const auto found = first.find(other);
      if (own == first.end() || (found != first.end() && found->second < own->second)) continue;
      Note note;
      note.kind = Note::Kind::contradiction;
      note.line = line;
      note.text =
          fmt::format("user story {} cannot wait for user story {}, {}", story, other,
                      found == first.end() ? "which is not there" : "which stands behind it");
      boxes_.draft.list.notes.push_back(std::move(note));
    }
  }
}

// What follows waits for all the stories that run beside each other.
void SpecKit::join_stories(Front& barrier) {
  std::set<std::size_t> implied;
  for (const auto story : stories_) {
    implied.insert(phases_[story].behind.begin(), phases_[story].behind.end());
  }
  std::vector<Front> fronts;
  for (const auto story : stories_) {
    if (implied.count(story) == 0) fronts.push_back(phases_[story].exit);
    phases_[story].behind.clear();
  }
  if (!fronts.empty()) barrier = join_fronts(fronts, barrier);
  stories_.clear();
  owners_.clear();
}

void SpecKit::order_phases(const Needs& needs) {
  Order order(boxes_.draft.list, needs);
  Front barrier;
  for (std::size_t i = 0; i < phases_.size(); ++i) {
    if (phases_[i].steps.empty()) continue;
    if (!phases_[i].story || stories_.size() == kMaxStories) join_stories(barrier);
    if (phases_[i].story) {
      order_story(i, barrier, order);
    } else {
      barrier = order.run(barrier, phases_[i].steps, {phases_[i].line, "phase"});
      phases_[i].exit = barrier;
    }
    add_late(i, order);
  }
}

Draftlist SpecKit::run() {
  BoxRules rules;
  rules.dialect = Dialect::spec_kit;
  rules.on_heading = [this](const Line& line) { read_heading(line); };
  rules.take = [this](const Line& line, bool, Task& task) { return take(line, task); };
  rules.why_not = [](const Line& line) {
    return is_placeholder(line.rest) ? "a placeholder that the template left" : "";
  };
  boxes_ = read_boxes(text_, scan_, rules);
  auto& draft = boxes_.draft;
  for (const auto& [task, mark] : unknown_marks_) {
    Note note;
    note.line = draft.list.tasks[task].line;
    note.text = fmt::format("the mark {} of {} says nothing here", mark, draft.list.tasks[task].id);
    draft.notes.push_back({note, {task}});
  }
  sort_references();
  const auto needs = needs_of(draft);
  make_steps(needs);
  story_needs_ = find_story_needs(scan_);
  order_phases(needs);
  note_story_needs();
  draft.list.orders_itself = true;
  return std::move(draft);
}

}  // namespace

Draftlist read_spec_kit(std::string_view text, const Scan& scan) {
  auto draft = SpecKit(text, scan).run();
  if (!draft.list.tasks.empty()) return draft;
  NumberedForm form;
  form.dialect = Dialect::spec_kit;
  form.takes_all = true;
  return read_numbered(text, scan, form);
}

}  // namespace chant::tasks
