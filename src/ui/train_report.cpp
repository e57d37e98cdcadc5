#include "ui/train_report.h"

#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::ui {

std::string TrainReport::symbol(const char* unicode, const char* ascii, Colour colour) const {
  return terminal_.paint(terminal_.unicode ? unicode : ascii, colour);
}

void TrainReport::clear() {
  if (shown_) out_.write("\r\033[K");
  shown_ = false;
}

void TrainReport::say(const std::string& line) {
  clear();
  out_.print("{}\n", line);
  out_.flush();
}

void TrainReport::show(const std::string& status) {
  if (!terminal_.interactive) return;
  clear();
  out_.write(status.substr(0, terminal_.columns > 1 ? terminal_.columns - 1 : 1));
  out_.flush();
  shown_ = true;
}

void TrainReport::began(const std::string& target, std::size_t branches) {
  if (branches == 0) return say(fmt::format("nothing waits to land on '{}'", target));
  say(fmt::format("{} Reconciling {} onto '{}'", symbol("→", "->", Colour::none),
                  branches == 1 ? "1 branch" : std::to_string(branches) + " branches", target));
}

void TrainReport::merged(const std::string& id, std::size_t number, std::size_t of) {
  const std::string line = fmt::format("merged {}/{} {}", number, of, id);
  if (terminal_.interactive) return show(line);
  say(line);
}

void TrainReport::gate_began(const std::string& label) {
  gates_.push_back(label);
  const std::string line = "gate: " + join(gates_, ", ");
  if (terminal_.interactive) return show(line);
  say("gate began: " + label);
}

void TrainReport::gate_ended(const std::string& label, bool green, const std::string& verdict) {
  gates_.erase(std::remove(gates_.begin(), gates_.end(), label), gates_.end());
  const std::string mark = green ? symbol("✓", "+", Colour::green) : symbol("✗", "x", Colour::red);
  say(fmt::format("{} gate {}: {}", mark, label, printable_line(verdict)));
  if (!gates_.empty()) show("gate: " + join(gates_, ", "));
}

void TrainReport::parked(const sched::ParkedSpec& spec) {
  say(fmt::format("{} Parked {} ({}): {}", symbol("⚠", "!", Colour::yellow), spec.id, spec.kind,
                  printable_line(spec.reason)));
}

void TrainReport::resolving(const std::string& id, const std::string& agent) {
  say(fmt::format("{} Agent '{}' resolves {}", symbol("→", "->", Colour::none), agent, id));
}

void TrainReport::output(const std::string& id, std::string_view line) {
  say(fmt::format("[{}] {}", id, printable_line(line)));
}

void TrainReport::landed(const std::vector<std::string>& ids, const std::string& commit) {
  gates_.clear();
  const std::string good = symbol("✓", "+", Colour::green);
  for (const std::string& id : ids) say(fmt::format("{} Landed {}", good, id));
  say(fmt::format("the target is at {} now", commit.substr(0, 10)));
}

void TrainReport::note(const std::string& text) { say(printable_line(text)); }

void TrainReport::list_parked(const sched::TrainSummary& summary) {
  const std::string arrow = symbol("→", "->", Colour::none);
  for (const sched::ParkedSpec& spec : summary.parked) {
    out_.print("  {} {}\n", spec.id, printable_line(spec.reason));
    out_.print("      {} {}\n", arrow, printable_line(spec.next));
  }
  for (const auto& [id, reason] : summary.left_out) {
    out_.print("  {} left out: {}\n", id, printable_line(reason));
  }
  if (!summary.waits.empty()) out_.print("  {}\n", printable_line(summary.waits));
  if (!summary.next.empty()) out_.print("      {} {}\n", arrow, printable_line(summary.next));
}

void TrainReport::summary(const sched::TrainSummary& summary) {
  clear();
  std::string text =
      fmt::format("Summary: {} landed, {} parked", summary.landed.size(), summary.parked.size());
  if (!summary.left_out.empty()) text += fmt::format(", {} left out", summary.left_out.size());
  if (summary.gate_runs > 0) text += ", " + counted(summary.gate_runs, "gate run");
  if (summary.interrupted) text += ", interrupted: nothing more has changed";
  out_.print("\n{} ({})\n", text, elapsed_text(Milliseconds(summary.elapsed_ms)));
  list_parked(summary);
  out_.flush();
}

}  // namespace chant::ui
