#include "ui/report.h"

#include "sched/accounts.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace chant::ui {

using Kind = sched::EndedSpec::Kind;

Report::Report(Stream& out, Terminal terminal, Names names, Of of)
    : out_(out), terminal_(terminal), names_(std::move(names)), of_(of) {}

std::string Report::prefix(const std::string& id) {
  const auto known = names_.find(id);
  const std::string text = "[" + (known == names_.end() ? id : known->second) + "]";
  const auto agent = agent_of_.find(id);
  return agent == agent_of_.end() ? text : terminal_.paint(text, colours_[agent->second]);
}

std::string Report::symbol(const char* unicode, const char* ascii, Colour colour) const {
  return terminal_.paint(terminal_.unicode ? unicode : ascii, colour);
}

void Report::say(const std::string& id, const std::string& text) {
  out_.print("{} {}\n", prefix(id), text);
  out_.flush();
}

void Report::began(const sched::Beginning& beginning) {
  if (!beginning.parallel || beginning.specs == 0 || of_ == Of::tasks) return;
  out_.print("{} Starting {} in parallel...\n\n", symbol("→", "->", Colour::none),
             counted(beginning.specs, "spec"));
  out_.flush();
}

void Report::started(const sched::StartedSpec& spec) {
  constexpr std::array<Colour, 5> kColours = {Colour::cyan, Colour::magenta, Colour::blue,
                                              Colour::yellow, Colour::green};
  if (colours_.count(spec.agent) == 0) {
    colours_[spec.agent] = kColours.at(colours_.size() % kColours.size());
  }
  agent_of_[spec.id] = spec.agent;
  say(spec.id, fmt::format("Working with prompt '{}' on agent '{}'", spec.prompt, spec.agent));
}

void Report::output(const std::string& id, std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  const auto overwritten = line.rfind('\r');
  if (overwritten != std::string_view::npos) line.remove_prefix(overwritten + 1);
  say(id, printable_line(line));
}

void Report::ended(const sched::EndedSpec& spec) {
  const std::string good = symbol("✓", "+", Colour::green);
  switch (spec.kind) {
    case Kind::completed:
      say(spec.id, fmt::format("{} Completed (commit: {})", good, spec.commit));
      if (of_ == Of::specs) out_.print("{} Finalized {}\n", good, spec.id);
      break;
    case Kind::finished:
      say(spec.id, fmt::format("{} Finished (commit: {}){}", good, spec.commit,
                               spec.reason.empty() ? "" : ": " + spec.reason));
      break;
    case Kind::failed:
      say(spec.id, fmt::format("{} Failed ({}): {}", symbol("✗", "x", Colour::red), spec.exit_class,
                               spec.reason));
      break;
    case Kind::attention:
      say(spec.id, fmt::format("{} Needs attention ({}): {}", symbol("✗", "x", Colour::yellow),
                               spec.exit_class, spec.reason));
      break;
    case Kind::skipped:
      say(spec.id, fmt::format("{} Skipped: {}", symbol("–", "-", Colour::dim), spec.reason));
      break;
  }
  out_.flush();
}

void Report::retrying(const sched::RetriedSpec& spec) {
  std::string text = fmt::format("{} {}: {}", symbol("↻", "~", Colour::yellow), spec.exit_class,
                                 printable_line(spec.reason));
  const std::string account = printable_line(spec.agent);
  if (spec.closed_until == 0) {
    text += "; it is tried again";
  } else if (spec.closed_until == sched::kForGood) {
    text += fmt::format("; agent '{}' gets no more work in this run", account);
  } else {
    text += fmt::format("; agent '{}' waits until {}", account, time_of_day(spec.closed_until));
  }
  say(spec.id, text);
}

void Report::waiting(std::int64_t until, const std::string& reason) {
  const std::string why = printable_line(reason);
  if (until == sched::kForGood) {
    out_.print("No agent can work any more: {}\n", why);
  } else {
    out_.print("Every agent waits, until {}: {}\n", time_of_day(until), why);
  }
  out_.flush();
}

void Report::note(const std::string& id, const std::string& text) {
  if (!id.empty()) return say(id, text);
  out_.print("{}\n", text);
  out_.flush();
}

void Report::stopping(bool at_once) {
  out_.write(at_once ? "Stopping now.\n"
                     : "Stopping: agents are asked to end (Ctrl-C again to stop now)...\n");
  out_.flush();
}

void Report::list_open(const sched::Summary& summary) {
  for (const sched::EndedSpec& spec : summary.specs) {
    if (spec.kind == Kind::completed) continue;
    out_.print("  {} {}\n", prefix(spec.id),
               spec.reason.empty() ? "waits on its branch" : spec.reason);
    if (!spec.next.empty()) out_.print("      {} {}\n", symbol("→", "->", Colour::none), spec.next);
  }
}

void Report::summary(const sched::Summary& summary) {
  const auto count = [&](Kind kind) {
    return std::count_if(summary.specs.begin(), summary.specs.end(),
                         [&](const sched::EndedSpec& spec) { return spec.kind == kind; });
  };
  std::string text =
      fmt::format("Summary: {} completed, {} failed", count(Kind::completed), count(Kind::failed));
  constexpr std::array<std::pair<Kind, const char*>, 3> kRest = {
      {{Kind::attention, "needs attention"},
       {Kind::finished, "finished"},
       {Kind::skipped, "skipped"}}};
  for (const auto& [kind, word] : kRest) {
    if (count(kind) > 0) text += fmt::format(", {} {}", count(kind), word);
  }
  if (summary.interrupted) text += ", interrupted";
  out_.print("\n{} ({})\n", text, elapsed_text(Milliseconds(summary.elapsed_ms)));
  const sched::Usage& usage = summary.usage;
  if (usage.tokens_known || usage.cost_known) {
    out_.print(
        "Usage: {} tokens, {}\n", usage.tokens_known ? std::to_string(usage.tokens) : "unknown",
        usage.cost_known ? fmt::format("${:.2f}", static_cast<double>(usage.cost_micros) / 1e6)
                         : "unknown cost");
  }
  list_open(summary);
  out_.flush();
}

}  // namespace chant::ui
