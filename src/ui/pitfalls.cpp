#include "ui/pitfalls.h"

#include "util/text.h"

namespace chant::ui {

void print_outcome(Stream& out, const Terminal& terminal, std::size_t succeeded, std::size_t specs,
                   const std::vector<Issue>& issues) {
  out.print("\nParallel execution complete: {}/{} specs succeeded\n\n", succeeded, specs);
  if (issues.empty()) return out.flush();
  print_issues(out, terminal, issues);
  out.write("\n");
  out.flush();
}

void print_issues(Stream& out, const Terminal& terminal, const std::vector<Issue>& issues) {
  if (!issues.empty()) out.write("Issues detected:\n");
  for (const Issue& issue : issues) {
    const char* mark = terminal.unicode ? issue.is_grave ? "✗" : "⚠" : issue.is_grave ? "x" : "!";
    out.print("  {} {}{}\n", terminal.paint(mark, issue.is_grave ? Colour::red : Colour::yellow),
              issue.spec.empty() ? "" : printable_line(issue.spec) + ": ",
              printable_line(issue.text));
  }
}

void ring_bell(Stream& out, const Terminal& terminal) {
  if (!terminal.interactive) return;
  out.write("\a");
  out.flush();
}

}  // namespace chant::ui
