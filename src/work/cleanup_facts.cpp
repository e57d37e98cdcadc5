// What the cleanup agent is told about a run.
#include "record/names.h"
#include "util/text.h"
#include "util/time.h"
#include "work/cleanup.h"
#include "work/log_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

namespace chant::work {
namespace {

using sched::EndedSpec;

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What failed for reasons outside of it first, what failed for its own text last.
int rank_of(const EndedSpec& spec) {
  if (spec.kind == EndedSpec::Kind::finished) return 0;
  if (is_one_of(spec.exit_class, {"rate_limited", "overloaded", "auth", "killed"})) return 1;
  if (is_one_of(spec.exit_class, {"timeout", "stalled", "setup"})) return 2;
  if (spec.exit_class == "conflict" || spec.kind == EndedSpec::Kind::skipped) return 3;
  return 4;
}

std::string step_for(const EndedSpec& spec) {
  if (spec.exit_class == "tampered") return "git chant doctor";
  if (spec.exit_class == "conflict") return "git chant reconcile --resolve " + spec.id;
  if (spec.kind == EndedSpec::Kind::finished || spec.exit_class == "gate") {
    return "git chant reconcile " + spec.id;
  }
  return "git chant work " + spec.id;
}

// Those that did not succeed: what others wait for before them, else by rank.
std::vector<EndedSpec> in_order_of_tries(const RunFacts& facts) {
  std::vector<EndedSpec> open;
  std::copy_if(facts.specs.begin(), facts.specs.end(), std::back_inserter(open),
               [](const EndedSpec& spec) { return !is_success(spec); });
  std::stable_sort(open.begin(), open.end(),
                   [](const EndedSpec& a, const EndedSpec& b) { return rank_of(a) < rank_of(b); });
  std::set<std::string> left;
  for (const EndedSpec& spec : open) left.insert(spec.id);
  const auto waits = [&](const EndedSpec& spec) {
    const auto wanted = facts.depends_on.find(spec.id);
    return wanted != facts.depends_on.end() &&
           std::any_of(wanted->second.begin(), wanted->second.end(),
                       [&](const std::string& other) { return left.contains(other); });
  };
  std::vector<EndedSpec> ordered;
  while (!open.empty()) {
    auto next = std::find_if_not(open.begin(), open.end(), waits);
    if (next == open.end()) next = open.begin();
    left.erase(next->id);
    ordered.push_back(std::move(*next));
    open.erase(next);
  }
  return ordered;
}

const journal::Attempt* last_attempt(const RunFacts& facts, const std::string& id) {
  const auto found =
      std::find_if(facts.attempts.rbegin(), facts.attempts.rend(),
                   [&](const journal::Attempt& attempt) { return attempt.spec == id; });
  return found == facts.attempts.rend() ? nullptr : &*found;
}

std::string quoted(const std::string& text) {
  std::string lines;
  for (const std::string& line : split(text, '\n')) lines += "    | " + line + "\n";
  return lines;
}

std::string about_spec(record::Workspace& workspace, const RunFacts& facts, const EndedSpec& spec) {
  std::string text = fmt::format("- {}: {}{}\n", spec.id,
                                 spec.exit_class.empty() ? "not started" : spec.exit_class,
                                 spec.reason.empty() ? "" : ": " + printable_line(spec.reason));
  const journal::Attempt* attempt = last_attempt(facts, spec.id);
  if (attempt != nullptr) {
    const std::string branch = record::short_ref(attempt->branch);
    text += fmt::format("  attempt {} on agent {}, branch {}{}\n", attempt->number, attempt->agent,
                        branch, workspace.store().find_ref(attempt->branch) ? "" : " (gone)");
  }
  const auto worktree = facts.worktrees.find(spec.id);
  if (worktree != facts.worktrees.end()) {
    text += fmt::format("  worktree {}{}\n", worktree->second,
                        facts.uncommitted.count(spec.id) > 0 ? " (with uncommitted work)" : "");
  }
  const auto conflicts = facts.conflicts.find(spec.id);
  if (conflicts != facts.conflicts.end() && !conflicts->second.empty()) {
    text += "  conflicts with " + join(conflicts->second, ", ") + "\n";
  }
  const std::string end = attempt == nullptr ? "" : log_end(*attempt);
  if (!end.empty()) text += "  the end of its log:\n" + quoted(end);
  return text;
}

}  // namespace

std::string cleanup_facts(record::Workspace& workspace, const std::vector<Pitfall>& pitfalls,
                          const RunFacts& facts) {
  const auto good = std::count_if(facts.specs.begin(), facts.specs.end(), is_success);
  const std::vector<EndedSpec> open = in_order_of_tries(facts);
  std::string text = fmt::format("Run {}: {} of {} succeeded.\n\nFound to be wrong:\n", facts.run,
                                 good, counted(facts.specs.size(), "spec"));
  for (const Pitfall& pitfall : pitfalls) {
    text += fmt::format("- {}{}\n", pitfall.spec.empty() ? "" : pitfall.spec + ": ",
                        printable_line(pitfall.text));
  }
  if (pitfalls.empty()) text += "- nothing\n";
  if (open.empty()) return text;
  text += "\nSpecs that did not succeed:\n";
  for (const EndedSpec& spec : open) text += about_spec(workspace, facts, spec);
  text += "\nThe order in which to go on, as far as it can be told without judgement:\n";
  int number = 0;
  for (const EndedSpec& spec : open) text += fmt::format("{}. {}\n", ++number, step_for(spec));
  return text;
}

}  // namespace chant::work
