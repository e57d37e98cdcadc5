#include "spec/lint.h"

#include "spec/dependency.h"
#include "spec/frontmatter.h"
#include "spec/id.h"
#include "spec/lines.h"
#include "spec/markdown.h"
#include "spec/run_command.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

namespace chant::spec {

namespace {

// In a file; the others are only ever computed.
constexpr std::array<std::string_view, 7> kStatuses = {
    "pending", "in_progress", "failed", "needs_attention", "paused", "completed", "cancelled"};
constexpr std::array<std::string_view, 3> kComputed = {"ready", "blocked", "finished"};
constexpr std::array<std::string_view, 15> kKeys = {
    "type",   "status", "depends_on", "labels",  "target_files", "commits",  "commit", "agent",
    "prompt", "model",  "priority",   "timeout", "completed_at", "criteria", "check"};
constexpr std::array<std::string_view, 5> kSourceKeys = {"list", "dialect", "task", "key",
                                                         "fingerprint"};
constexpr std::size_t kMaxCycles = 20;
constexpr std::size_t kMaxShown = 8;  // ids of a cycle

template <typename Array>
bool is_one_of(const Array& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <typename Array>
std::string suggestion(std::string_view word, const Array& words) {
  const std::string near = nearest(word, {words.begin(), words.end()});
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

std::string path_of(std::string_view name) { return fmt::format(".chant/specs/{}", name); }

bool is_final(const Spec& spec) { return spec.status == "completed" || spec.status == "cancelled"; }

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// Zero-width joiners belong to scripts and emoji; between ASCII they only hide something.
std::string without_joiners(std::string_view line) {
  static constexpr std::string_view kStart = "\xE2\x80";
  std::string text;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool joins = starts_with(line.substr(at), kStart) && at + 2 < line.size() &&
                       (line[at + 2] == '\x8C' || line[at + 2] == '\x8D');
    const bool after_text = at > 0 && static_cast<unsigned char>(line[at - 1]) >= 0x80;
    if (joins && after_text) {
      at += 2;
    } else {
      text += line[at];
    }
  }
  return text;
}

// What can be said about one file that could be read.
class FileLint {
 public:
  FileLint(const Spec& spec, const DependencyGraph& graph, std::vector<Finding>& findings)
      : spec_(spec),
        graph_(graph),
        path_(path_of(spec.id + ".md")),
        frontmatter_(read_frontmatter(spec.text, path_)),
        findings_(findings) {}

  void check() {
    if (!spec_.has_title) add(Severity::error, 0, "title", "there is no title ('# …')");
    check_status();
    check_keys();
    check_dependencies();
    check_criteria();
    check_runs();
    check_conflicts();
    check_characters();
  }

  [[nodiscard]] int line_of(std::string_view key) const {
    for (const auto& entry : frontmatter_.root.entries) {
      if (entry.key == key) return entry.line;
    }
    return 0;
  }

 private:
  void add(Severity severity, int line, std::string rule, std::string message) {
    findings_.push_back({severity, spec_.id, path_, line, std::move(rule), std::move(message)});
  }

  [[nodiscard]] bool is_driver() const {
    return !graph_.members(spec_.id).empty() || spec_.type == "driver" || spec_.type == "group";
  }

  void check_status() {
    const std::string& status = spec_.status;
    const int line = line_of("status");
    if (is_one_of(kComputed, status)) {
      add(Severity::warning, line, "status",
          fmt::format("status '{}' is computed: in the file it means 'pending'", status));
    } else if (!is_one_of(kStatuses, status)) {
      add(Severity::error, line, "status",
          fmt::format("unknown status '{}'{}", status, suggestion(status, kStatuses)));
    } else if (status == "completed" && spec_.commits.empty() && !is_driver()) {
      add(Severity::note, line, "commits", "completed without commits");
    }
  }

  void check_keys() {
    if (line_of("fingerprint") > 0 && !spec_.source) {
      add(Severity::warning, line_of("fingerprint"), "key",
          "only 'list', 'dialect', 'task', 'key' and 'fingerprint' together name a task");
    }
    for (const auto& entry : frontmatter_.root.entries) {
      if (is_one_of(kKeys, entry.key) || entry.key == "branch") continue;
      if (is_one_of(kSourceKeys, entry.key)) continue;
      const std::string near = suggestion(lower(entry.key), kKeys);
      if (near.empty()) continue;
      add(Severity::note, entry.line, "key", fmt::format("unknown key '{}'{}", entry.key, near));
    }
  }

  void check_dependencies() {
    if (spec_.source) return;  // tasks of its list, which have no files
    const auto severity = is_final(spec_) ? Severity::note : Severity::error;
    const YamlNode* node = frontmatter_.root.find("depends_on");
    for (const auto& dependency : spec_.depends_on.value_or(std::vector<std::string>{})) {
      if (graph_.find(dependency)) continue;
      add(severity, item_line(*node, dependency), "dependency",
          fmt::format("dependency '{}' {}", dependency,
                      graph_.is_ambiguous(dependency) ? "is ambiguous" : "does not exist"));
    }
  }

  [[nodiscard]] static int item_line(const YamlNode& list, const std::string& text) {
    const auto found = std::find_if(list.items.begin(), list.items.end(),
                                    [&](const YamlNode& item) { return item.text == text; });
    return found == list.items.end() ? list.line : found->line;
  }

  void check_criteria() {
    const bool wanted =
        !is_final(spec_) && !is_driver() && spec_.criteria_policy != "ignore" && !spec_.source;
    if (!wanted || !spec_.criteria.empty()) return;
    add(Severity::warning, 0, "criteria",
        "there are no criteria: nothing says when this is done ('## Acceptance Criteria')");
  }

  void check_runs() {
    if (is_final(spec_)) return;
    for (const StrayRun& stray : find_stray_runs(spec_)) {
      add(Severity::warning, stray.line, "run",
          fmt::format("`{}` is never run: only a criterion that ends with `run: <command>` is",
                      trim(stray.code)));
    }
  }

  void check_conflicts() {
    MarkdownReader reader{spec_.text, spec_.body};
    while (const auto line = reader.next()) {
      if (line->kind != MarkdownLine::Kind::text) continue;
      if (!starts_with(line->text, "<<<<<<< ") && !starts_with(line->text, ">>>>>>> ")) continue;
      add(Severity::error, line->line, "conflict", "unresolved merge conflict");
      return;
    }
  }

  void check_characters() {
    int number = 0, first = 0, count = 0;
    for (std::size_t at = starts_with(spec_.text, "\xEF\xBB\xBF") ? 3 : 0;
         at < spec_.text.size();) {
      const Line line = line_at(spec_.text, at);
      at = line.end;
      ++number;
      const std::string text = without_joiners(line.text);
      if (printable(text) == text) continue;
      if (count++ == 0) first = number;
    }
    if (count == 0) return;
    add(Severity::warning, first, "characters",
        fmt::format("control, bidirectional or invisible characters in {}",
                    counted(static_cast<std::size_t>(count), "line")));
  }

  const Spec& spec_;
  const DependencyGraph& graph_;
  std::string path_;
  Frontmatter frontmatter_;
  std::vector<Finding>& findings_;
};

// The parse error "<path>:<line>: <what>" as a finding.
Finding broken_finding(const std::string& id, const std::string& error) {
  Finding finding{Severity::error, id, path_of(id + ".md"), 0, "unreadable", error};
  if (!starts_with(error, finding.path + ":")) return finding;
  const char* digits = error.data() + finding.path.size() + 1;
  const auto end = std::from_chars(digits, error.data() + error.size(), finding.line).ptr;
  const auto rest = std::string_view{error}.substr(static_cast<std::size_t>(end - error.data()));
  if (starts_with(rest, ": ")) finding.message = rest.substr(2);
  return finding;
}

void check_same_ids(const SpecFiles& files, std::vector<Finding>& findings) {
  std::map<std::string, std::vector<std::string>> spellings;
  for (const auto& [id, item] : files.items) spellings[lower(id)].push_back(id);
  for (const auto& [folded, ids] : spellings) {
    for (const auto& id : ids) {
      if (ids.size() == 1) continue;
      const auto& other = id == ids.front() ? ids.back() : ids.front();
      findings.push_back({Severity::error, id, path_of(id + ".md"), 0, "id",
                          fmt::format("the same id as '{}' but for case", other)});
    }
  }
}

std::string cycle_text(const std::vector<std::string>& cycle) {
  if (cycle.size() <= kMaxShown) return join(cycle, " -> ");
  const std::vector<std::string> first{cycle.begin(), cycle.begin() + kMaxShown - 2};
  return fmt::format("{} -> … -> {}", join(first, " -> "), cycle.back());
}

// Takes away what the ids of a cycle wait for, so that the next search finds another one.
void cut(std::map<std::string, Item>& items, const std::vector<std::string>& cycle) {
  for (const auto& member : cycle) {
    for (std::optional<std::string> id = member; id; id = driver_of(*id)) {
      const auto item = items.find(*id);
      if (item != items.end()) item->second.spec.depends_on.emplace();
    }
  }
}

void check_cycles(const SpecFiles& files, std::vector<Finding>& findings) {
  auto cycle = find_cycle(files.items);
  if (cycle.empty()) return;
  auto items = files.items;
  for (std::size_t i = 0; i < kMaxCycles && !cycle.empty(); ++i, cycle = find_cycle(items)) {
    const std::string text = "dependency cycle: " + cycle_text(cycle);
    for (std::size_t at = 0; at + 1 < cycle.size(); ++at) {
      const auto& spec = files.items.at(cycle[at]).spec;
      const std::string path = path_of(spec.id + ".md");
      const auto frontmatter = read_frontmatter(spec.text, path);
      const YamlNode* node = frontmatter.root.find("depends_on");
      findings.push_back(
          {Severity::error, spec.id, path, node == nullptr ? 0 : node->line, "cycle", text});
    }
    cut(items, cycle);
  }
}

}  // namespace

std::string_view name_of(Severity severity) {
  static constexpr std::array<std::string_view, 3> kNames = {"note", "warning", "error"};
  return kNames.at(static_cast<std::size_t>(severity));
}

std::vector<Finding> lint(const SpecFiles& files) {
  std::vector<Finding> findings;
  const DependencyGraph graph{files.items};
  for (const auto& [id, item] : files.items) {
    if (!item.broken.empty()) {
      findings.push_back(broken_finding(id, item.broken));
    } else {
      FileLint{item.spec, graph, findings}.check();
    }
  }
  for (const auto& name : files.strange_names) {
    findings.push_back(
        {Severity::error, "", path_of(name), 0, "id", "the file name is not a valid spec id"});
  }
  check_same_ids(files, findings);
  check_cycles(files, findings);
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.path, a.line) < std::tie(b.path, b.line);
  });
  return findings;
}

std::string line_of(const Finding& finding) {
  const auto place =
      finding.line == 0 ? finding.path : fmt::format("{}:{}", finding.path, finding.line);
  return printable_line(
      fmt::format("{}: {}: {}", place, name_of(finding.severity), finding.message));
}

}  // namespace chant::spec
