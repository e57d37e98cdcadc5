#include "ui/feature.h"

#include "ui/feature_plan.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace chant::ui {

namespace {

using Kind = sched::EndedSpec::Kind;
using tasks::Task;

constexpr const char* kNone = "None";

std::optional<std::string> key_of(const std::string& id, const std::string& prefix) {
  if (!id.starts_with(prefix)) return std::nullopt;
  return id.substr(prefix.size());
}

std::string elapsed_line(Milliseconds elapsed) { return "Time Elapsed: " + elapsed_words(elapsed); }

// Its output is told from that of others by the key of the task.
Report::Names names_of(const std::vector<std::string>& ids, const std::string& prefix) {
  Report::Names names;
  for (const std::string& id : ids) names[id] = key_of(id, prefix).value_or(id);
  return names;
}

// "a, b" of what is not empty.
std::string listed(const std::vector<std::string>& parts, const char* separator) {
  std::vector<std::string> all;
  std::copy_if(parts.begin(), parts.end(), std::back_inserter(all),
               [](const std::string& part) { return !part.empty(); });
  return join(all, separator);
}

}  // namespace

Progress::Progress(const ShownFeature& feature)
    : list_(feature.list),
      prefix_(feature.name + "."),
      total_(feature.chosen.size()),
      states_(feature.list.tasks.size(), State::open) {
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    index_.emplace(list_.tasks[i].key, i);
    if (feature.done.count(list_.tasks[i].key) > 0) states_[i] = State::complete;
  }
}

void Progress::set(const std::string& id, State state) {
  const auto key = key_of(id, prefix_);
  const auto task = key ? index_.find(*key) : index_.end();
  if (task != index_.end()) states_[task->second] = state;
}

void Progress::start(const std::string& id) { set(id, State::active); }

void Progress::pause(const std::string& id) { set(id, State::open); }

void Progress::end(const sched::EndedSpec& spec) {
  switch (spec.kind) {
    case Kind::completed:
      return set(spec.id, State::complete);
    case Kind::finished:
      return set(spec.id, State::finished);
    case Kind::failed:
    case Kind::attention:
      return set(spec.id, State::failed);
    case Kind::skipped:
      return set(spec.id, spec.exit_class == "ok" ? State::complete : State::skipped);
  }
}

std::size_t Progress::count(State state) const {
  return static_cast<std::size_t>(std::count(states_.begin(), states_.end(), state));
}

std::string Progress::names(State state) const {
  std::vector<const Task*> tasks;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i] == state) tasks.push_back(&list_.tasks[i]);
  }
  return tasks.empty() ? kNone : tasks_text(tasks);
}

// "Track A (Tasks 5, 6), Task 9".
std::string Progress::active() const {
  std::vector<std::string> tracks;
  std::map<std::string, std::vector<const Task*>> by_track;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i] != State::active) continue;
    const std::string& track = list_.tasks[i].track;
    if (by_track.count(track) == 0) tracks.push_back(track);
    by_track[track].push_back(&list_.tasks[i]);
  }
  std::vector<std::string> parts;
  for (const std::string& track : tracks) {
    const std::string names = tasks_text(by_track.at(track));
    parts.push_back(track.empty()
                        ? names
                        : fmt::format("{} ({})", printable_line(labelled("Track", track)), names));
  }
  return parts.empty() ? kNone : join(parts, ", ");
}

std::vector<std::string> Progress::block(Milliseconds elapsed) const {
  std::vector<std::string> lines = {
      fmt::format("Progress: {}/{} tasks complete", complete(), total_), "Active: " + active(),
      "Completed: " + names(State::complete)};
  if (count(State::finished) > 0) lines.push_back("Waiting to land: " + names(State::finished));
  lines.push_back("Failed: " + names(State::failed));
  if (count(State::skipped) > 0) lines.push_back("Skipped: " + names(State::skipped));
  lines.push_back(elapsed_line(elapsed));
  return lines;
}

std::string Progress::line(Milliseconds elapsed) const {
  return fmt::format("Progress: {}/{} tasks complete; active: {}; failed: {}; {}", complete(),
                     total_, active(), names(State::failed), elapsed_words(elapsed));
}

FeatureReport::FeatureReport(Stream& out, Terminal terminal, const ShownFeature& feature,
                             const std::vector<std::string>& run_ids, Clock clock)
    : out_(out),
      terminal_(terminal),
      report_(out, terminal, names_of(run_ids, feature.name + "."), Report::Of::tasks),
      progress_(feature),
      clock_(std::move(clock)) {}

// A line takes several on the screen when the terminal has become narrower. To the first column,
// because what is typed is echoed behind the block.
void FeatureReport::erase() {
  const std::size_t columns = std::max<std::size_t>(1, columns_now(terminal_));
  std::size_t lines = 0;
  for (const std::size_t width : drawn_) {
    lines += std::max<std::size_t>(1, (width + columns - 1) / columns);
  }
  if (lines > 0) out_.print("\r\033[{}A\033[J", lines);
  drawn_.clear();
}

std::string FeatureReport::fitted(const std::string& line) const {
  return fit(line, std::max<std::size_t>(2, columns_) - 1);
}

// Each line must stay one on the screen, or it could not be erased.
void FeatureReport::draw() {
  if (!terminal_.cursor) return;
  const std::size_t columns = columns_now(terminal_);
  if (block_.empty() || columns != columns_) {
    columns_ = columns;
    block_.clear();
    for (const std::string& line : progress_.block(clock_())) block_.push_back(fitted(line));
  }
  block_.back() = fitted(elapsed_line(clock_()));
  for (const std::string& line : block_) {
    out_.print("{}\n", line);
    drawn_.push_back(display_width(line));
  }
  out_.flush();
}

template <typename Write>
void FeatureReport::around(Write write) {
  erase();
  write();
  draw();
}

void FeatureReport::show_change() {
  if (terminal_.cursor) return;
  out_.print("{}\n", progress_.line(clock_()));
  out_.flush();
}

void FeatureReport::began(const sched::Beginning& beginning) {
  around([&] { report_.began(beginning); });
}

void FeatureReport::started(const sched::StartedSpec& spec) {
  progress_.start(spec.id);
  block_.clear();
  around([&] { report_.started(spec); });
  show_change();
}

void FeatureReport::output(const std::string& id, std::string_view line) {
  around([&] { report_.output(id, line); });
}

void FeatureReport::ended(const sched::EndedSpec& spec) {
  progress_.end(spec);
  block_.clear();
  // One failure can skip hundreds: the report at the end has them with their reasons.
  if (spec.kind == Kind::skipped) return around([] {});
  around([&] { report_.ended(spec); });
  show_change();
}

void FeatureReport::retrying(const sched::RetriedSpec& spec) {
  progress_.pause(spec.id);
  block_.clear();
  around([&] { report_.retrying(spec); });
  show_change();
}

void FeatureReport::waiting(std::int64_t until, const std::string& reason) {
  around([&] { report_.waiting(until, reason); });
}

void FeatureReport::note(const std::string& id, const std::string& text) {
  around([&] { report_.note(id, text); });
}

void FeatureReport::stopping(bool at_once) {
  around([&] { report_.stopping(at_once); });
}

// The last state of the block stays; what was not good follows in the completion report.
void FeatureReport::summary(const sched::Summary& summary) {
  erase();
  for (const sched::EndedSpec& spec : summary.specs) progress_.end(spec);
  out_.write("\n");
  for (const std::string& line : progress_.block(Milliseconds(summary.elapsed_ms))) {
    out_.print("{}\n", wrapped(line, columns_now(terminal_), 2));
  }
  out_.flush();
}

void FeatureReport::tick() {
  if (!drawn_.empty()) around([] {});
}

namespace {

class CompletionWriter {
 public:
  explicit CompletionWriter(const CompletionReport& report)
      : report_(report), prefix_(report.feature.name + ".") {
    for (const Task& task : report.feature.list.tasks) tasks_.emplace(task.key, &task);
  }

  std::string write() {
    text_ = fmt::format("# Completion Report: {}\n\n", printable_line(report_.feature.name));
    write_counts();
    write_section("Complete", {Kind::completed});
    write_section("Waiting to land", {Kind::finished});
    write_section("Failed", {Kind::failed, Kind::attention});
    write_section("Skipped", {Kind::skipped});
    if (!report_.left_out.empty()) text_ += "\n## Not run\n\n";
    for (const std::string& line : report_.left_out) text_ += fmt::format("- {}\n", line);
    return std::move(text_);
  }

 private:
  // Another run has done it.
  static bool is_elsewhere(const sched::EndedSpec& spec) {
    return spec.kind == Kind::skipped && spec.exit_class == "ok";
  }

  [[nodiscard]] std::size_t count(const std::vector<Kind>& kinds) const {
    const auto& specs = report_.summary.specs;
    return static_cast<std::size_t>(
        std::count_if(specs.begin(), specs.end(),
                      [&](const sched::EndedSpec& spec) { return is_of(spec, kinds); }));
  }
  static bool is_of(const sched::EndedSpec& spec, const std::vector<Kind>& kinds) {
    const Kind kind = is_elsewhere(spec) ? Kind::completed : spec.kind;
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  }

  void write_counts() {
    const std::size_t before = report_.feature.done.size();
    const std::size_t now = count({Kind::completed});
    const auto part = [](std::size_t count, const char* what) {
      return count == 0 ? "" : fmt::format("{} {}", count, what);
    };
    text_ +=
        fmt::format("{} of {} tasks complete: {}\n", before + now, report_.feature.chosen.size(),
                    listed({fmt::format("{} in this run", now), part(before, "before"),
                            part(count({Kind::finished}), "waiting to land"),
                            part(count({Kind::failed, Kind::attention}), "failed"),
                            part(count({Kind::skipped}), "skipped")},
                           ", "));
    text_ += fmt::format("\n- list: {}\n- run: {}{}\n- time: {}\n",
                         printable_line(report_.feature.list.path), report_.run,
                         report_.summary.interrupted ? ", interrupted" : "",
                         elapsed_words(Milliseconds(report_.summary.elapsed_ms)));
    const sched::Usage& usage = report_.summary.usage;
    const std::string used = listed(
        {usage.tokens_known ? fmt::format("{} tokens", usage.tokens) : "",
         usage.cost_known ? fmt::format("${:.2f}", static_cast<double>(usage.cost_micros) / 1e6)
                          : ""},
        ", ");
    if (!used.empty()) text_ += fmt::format("- usage: {}\n", used);
  }

  void write_section(const char* head, const std::vector<Kind>& kinds) {
    if (count(kinds) == 0) return;
    text_ += fmt::format("\n## {}\n\n", head);
    for (const sched::EndedSpec& spec : report_.summary.specs) {
      if (is_of(spec, kinds)) write_task(spec);
    }
  }

  void write_task(const sched::EndedSpec& spec) {
    const auto key = key_of(spec.id, prefix_);
    const auto task = key ? tasks_.find(*key) : tasks_.end();
    std::string name = printable_line(spec.id);
    if (task != tasks_.end()) {
      const Task& one = *task->second;
      const std::string title = printable_line(one.title);
      name = one.id.empty() ? title : fmt::format("Task {}: {}", name_of(one), title);
    }
    std::vector<std::string> parts;
    const auto found = report_.results.find(spec.id);
    if (found != report_.results.end()) {
      const TaskResult& result = found->second;
      parts = {"agent " + printable_line(result.agent),
               result.commits.empty() ? ""
                                      : (result.commits.size() == 1 ? "commit " : "commits ") +
                                            join(result.commits, ", "),
               elapsed_words(Milliseconds(result.elapsed_ms))};
    }
    const bool is_good = spec.exit_class.empty() || spec.exit_class == "ok";
    const std::string why =
        listed({is_good ? "" : spec.exit_class, printable_line(spec.reason)}, ": ");
    parts.push_back(why);
    const bool has_next = !spec.next.empty() && spec.kind != Kind::skipped;
    parts.push_back(has_next ? "next: " + printable_line(spec.next) : "");
    const std::string details = listed(parts, "; ");
    text_ += fmt::format("- {}{}{}\n", name, details.empty() ? "" : "; ", details);
  }

  const CompletionReport& report_;
  std::string prefix_;
  std::unordered_map<std::string, const Task*> tasks_;
  std::string text_;
};

}  // namespace

std::string completion_text(const CompletionReport& report) {
  return CompletionWriter(report).write();
}

std::string elapsed_words(Milliseconds elapsed) {
  const auto seconds = std::max<std::int64_t>(0, elapsed.count()) / 1000;
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  return fmt::format("{}h {}m", seconds / 3600, seconds / 60 % 60);
}

}  // namespace chant::ui
