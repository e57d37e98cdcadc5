#include "work/check.h"

#include "git/run.h"
#include "spec/run_command.h"
#include "util/text.h"

#include <memory>
#include <utility>

namespace chant::work {
namespace {

constexpr std::size_t kMostLogEnd = 2000;
constexpr std::size_t kKept = 4 * kMostLogEnd;  // with escape sequences and overwritten lines

// The end of a stream, in constant memory.
class StreamEnd {
 public:
  void feed(std::string_view bytes) {
    if (bytes.size() >= kKept) {
      cut_ = cut_ || bytes.size() > kKept || !text_.empty();
      text_ = bytes.substr(bytes.size() - kKept);
      return;
    }
    text_ += bytes;
    if (text_.size() <= 2 * kKept) return;
    cut_ = true;
    text_.erase(0, text_.size() - kKept);
  }

  // Whole lines, as a terminal would show them in the end: what a carriage return went back over is
  // not there any more.
  [[nodiscard]] std::string lines() const {
    std::string shown;
    for (const std::string& line : split(text_, '\n')) {
      std::string_view rest = line;
      if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
      const auto back = rest.rfind('\r');
      if (back != std::string_view::npos) rest.remove_prefix(back + 1);
      shown += printable(rest) + "\n";
    }
    while (!shown.empty() && shown.back() == '\n') shown.pop_back();
    return without_beginning(shown, cut_);
  }

 private:
  static std::string without_beginning(const std::string& text, bool cut) {
    if (!cut && text.size() <= kMostLogEnd) return text;
    const std::size_t from = text.size() <= kMostLogEnd ? 0 : text.size() - kMostLogEnd;
    const auto newline = text.find('\n', from == 0 ? 0 : from - 1);
    if (newline != std::string::npos) return text.substr(newline + 1);
    // One long line: at least whole characters of it.
    auto begin = from;
    while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) ++begin;
    return text.substr(begin);
  }

  std::string text_;
  bool cut_ = false;
};

// What is known about a command while it runs.
struct Running {
  StreamEnd end;
  std::string error;  // why it could not be started
  process::Loop::Bytes output;
  std::optional<Seconds> time_limit;
  std::function<void(const ShellEnd&)> done;
};

ShellEnd judge(const process::Outcome& outcome, const Running& running) {
  ShellEnd end;
  end.log_end = running.end.lines();
  end.stopped = std::holds_alternative<process::Stopped>(outcome);
  end.good = running.error.empty() && process::succeeded(outcome);
  if (end.good) return end;
  if (!running.error.empty()) {
    end.why = "cannot run it: " + printable_line(running.error);
  } else if (std::holds_alternative<process::TimedOut>(outcome) && running.time_limit) {
    end.why = "timed out after " + elapsed_text(*running.time_limit);
  } else {
    end.why = process::describe(outcome);
  }
  return end;
}

}  // namespace

process::Loop::Id run_shell(process::Loop& loop, ShellRun run,
                            std::function<void(const ShellEnd&)> done) {
  const auto running = std::make_shared<Running>();
  running->output = std::move(run.output);
  running->time_limit = run.time_limit;
  running->done = std::move(done);
  process::Loop::Supervised supervised;
  supervised.command.argv = {"sh", "-c", std::move(run.line)};
  supervised.command.cwd = std::move(run.directory);
  supervised.command.env = std::move(run.env);
  for (const std::string& name : git::local_environment_variables()) {
    supervised.command.env.try_emplace(name, std::nullopt);
  }
  supervised.log = std::move(run.log);
  supervised.supervisor = std::move(run.supervisor);
  supervised.time_limit = run.time_limit;
  supervised.grace = run.grace;
  supervised.mark = std::move(run.mark);
  supervised.output = [running](std::string_view bytes) {
    running->end.feed(bytes);
    if (running->output) running->output(bytes);
  };
  supervised.error = [running](std::string_view words) { running->error += words; };
  supervised.done = [running](const process::Outcome& outcome, std::size_t) {
    if (running->done) running->done(judge(outcome, *running));
  };
  return loop.supervise(std::move(supervised));
}

std::vector<RunCriterion> run_criteria(const spec::Spec& spec) {
  std::vector<RunCriterion> found;
  for (std::size_t i = 0; i < spec.criteria.size(); ++i) {
    const spec::Criterion& criterion = spec.criteria[i];
    auto run = spec::find_run_command(criterion.text);
    if (!run) continue;
    std::string text = run->text.empty() ? run->command : std::move(run->text);
    found.push_back(
        {i, criterion.line, std::move(text), std::move(run->command), criterion.ticked});
  }
  return found;
}

std::optional<std::vector<std::size_t>> places_in(const spec::Spec& later,
                                                  const std::vector<RunCriterion>& criteria) {
  const std::vector<RunCriterion> there = run_criteria(later);
  std::vector<bool> taken(there.size());
  std::vector<std::size_t> places;
  for (const RunCriterion& criterion : criteria) {
    std::size_t i = 0;
    while (i < there.size() &&
           (taken[i] || there[i].text != criterion.text || there[i].command != criterion.command)) {
      ++i;
    }
    if (i == there.size()) return std::nullopt;
    taken[i] = true;
    places.push_back(there[i].index);
  }
  return places;
}

std::string with_boxes(const spec::Spec& spec, const std::map<std::size_t, bool>& ticked) {
  std::string text = spec.text;
  for (const auto& [index, is_ticked] : ticked) {
    const spec::Criterion& criterion = spec.criteria.at(index);
    if (criterion.ticked != is_ticked) text.at(criterion.box) = is_ticked ? 'x' : ' ';
  }
  return text;
}

}  // namespace chant::work
