#include "tasks/dialects.h"
#include "tasks/layout.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kEnoughSigns = 2;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

struct Name {
  Dialect dialect;
  std::string_view name;
};
constexpr std::array<Name, 10> kNames = {{{Dialect::specflow, "specflow"},
                                          {Dialect::spec_kit, "spec-kit"},
                                          {Dialect::cc_sdd, "cc-sdd"},
                                          {Dialect::kiro, "kiro"},
                                          {Dialect::pimzino, "pimzino"},
                                          {Dialect::openspec, "openspec"},
                                          {Dialect::github, "github"},
                                          {Dialect::taskmaster, "taskmaster"},
                                          {Dialect::beads, "beads"},
                                          {Dialect::spec_kitty, "spec-kitty"}}};

// The signs of one dialect that a text has: its own, that no other has, and shared ones, that tell
// nothing alone.
struct Signs {
  std::set<std::string_view> own;
  std::set<std::string_view> shared;

  [[nodiscard]] std::size_t weight() const { return own.empty() ? 0 : own.size() + shared.size(); }
  [[nodiscard]] bool any() const { return !own.empty() || !shared.empty(); }
};

// What the lines of a text say, in one pass.
struct Evidence {
  Signs specflow, spec_kit, spec_kitty, cc_sdd, kiro, pimzino, openspec;
};

// Length of "1", "1.2", "10.2.3" at the beginning of `text`; `parts` is how many numbers.
std::size_t number_length(std::string_view text, std::size_t& parts) {
  std::size_t at = 0;
  parts = 0;
  while (at < text.size() && is_digit(text[at])) {
    while (at < text.size() && is_digit(text[at])) ++at;
    ++parts;
    if (at + 1 >= text.size() || text[at] != '.' || !is_digit(text[at + 1])) break;
    ++at;
  }
  return at;
}

bool is_review_id(std::string_view text) {
  if (text.size() < 3 ||
      (!starts_with(text, "CR") && !starts_with(text, "PR") && !starts_with(text, "RW"))) {
    return false;
  }
  return is_digit(text[2]) || (text.size() > 3 && text[2] == '-' && is_upper(text[3]));
}

bool is_spec_kit_id(std::string_view text) {
  if (starts_with(text, "[")) text.remove_prefix(1);
  const auto digits = text.empty() ? npos : text.find_first_not_of("0123456789", 1);
  return starts_with(text, "T") && (digits == npos ? text.size() : digits) >= 3;
}

void note_box(const Line& line, const std::set<std::string_view>& groups, Evidence& evidence) {
  auto rest = line.rest;
  while (starts_with(rest, "*")) rest.remove_prefix(1);
  if (is_review_id(rest)) evidence.specflow.own.insert("CR-A");
  if (is_spec_kit_id(rest)) {
    evidence.spec_kit.own.insert("T001");
    evidence.spec_kitty.shared.insert("T001");
  }
  if (rest.find('[') != npos) {
    const bool is_parallel = rest.find(" [P]") != npos || rest.find(" [P:") != npos;
    if (is_parallel) evidence.spec_kit.own.insert("[P]");
    if (rest.find(" [US") != npos) evidence.spec_kit.own.insert("[US1]");
  }
  if (line.star) evidence.kiro.own.insert("[ ]*");
  std::size_t parts = 0;
  const auto length = number_length(rest, parts);
  if (length == 0) return;
  for (auto* shared :
       {&evidence.specflow.shared, &evidence.pimzino.shared, &evidence.cc_sdd.shared}) {
    shared->insert("1.1");
  }
  auto title = trim(rest.substr(length));
  if (starts_with(title, ".")) title = trim(title.substr(1));
  if (starts_with(title, "(P) ")) evidence.cc_sdd.own.insert("(P)");
  if (parts < 2) return;
  evidence.kiro.own.insert("1.1");
  if (groups.count(rest.substr(0, rest.find('.'))) == 0) return;
  evidence.openspec.own.insert("## 1.");
  evidence.openspec.own.insert("1.1 under it");
}

// "Track A: …", "**Group 2 (…)**": the word and a label that is one letter or a number.
bool names_label(std::string_view text, std::string_view word) {
  const auto at = text.find(word);
  if (at == npos || (at != 0 && text[at - 1] != ' ' && text[at - 1] != '*')) return false;
  const auto label = text.substr(at + word.size());
  if (label.empty() || !(is_upper(label.front()) || is_digit(label.front()))) return false;
  return label.size() == 1 || !(label[1] >= 'a' && label[1] <= 'z');
}

void note_text(const Line& line, Evidence& evidence) {
  const bool is_bold = line.text.find("**") != npos;
  if (line.kind == Line::Kind::heading || is_bold) {
    if (names_label(line.text, "Track ")) evidence.specflow.own.insert("Track A");
    if (is_bold && names_label(line.text, "Group ")) evidence.specflow.own.insert("Group 1");
  }
  if (line.kind == Line::Kind::heading) {
    const auto package = line.rest.find("WP");
    const bool has_number = package != npos && package + 2 < line.rest.size();
    if (has_number && is_digit(line.rest[package + 2])) evidence.spec_kitty.own.insert("WP01");
    return;
  }
  const auto meta = find_meta(line.text);
  if (!meta) return;
  static const std::map<std::string_view, Signs Evidence::*> kOwn = {
      {"agent", &Evidence::specflow},         {"dependencies", &Evidence::specflow},
      {"trigger", &Evidence::specflow},       {"spec references", &Evidence::specflow},
      {"primary agent", &Evidence::specflow}, {"recommended agent", &Evidence::specflow},
      {"checkpoint", &Evidence::spec_kit},    {"boundary", &Evidence::cc_sdd},
      {"depends", &Evidence::cc_sdd},         {"contracts", &Evidence::cc_sdd},
      {"validates", &Evidence::kiro},         {"leverage", &Evidence::pimzino},
      {"prompt", &Evidence::pimzino}};
  const auto own = kOwn.find(meta->key);
  if (own != kOwn.end()) (evidence.*own->second).own.insert(own->first);
  if (meta->key != "requirements") return;
  evidence.kiro.own.insert("requirements");
  for (auto* signs : {&evidence.specflow, &evidence.pimzino, &evidence.cc_sdd}) {
    signs->shared.insert("requirements");
  }
}

// All signs, or as many as show that there is one of `enough`.
Evidence gather(std::string_view text, const Scan& scan, Signs Evidence::*enough) {
  Evidence evidence;
  std::set<std::string_view> groups;
  for (const auto& line : scan.lines) {
    if (enough != nullptr && (evidence.*enough).any()) return evidence;
    if (line.kind == Line::Kind::fence) continue;
    if (line.box) {
      note_box(line, groups, evidence);
      continue;
    }
    std::size_t parts = 0;
    const auto length = line.kind == Line::Kind::heading ? number_length(line.rest, parts) : 0;
    if (length != 0 && parts == 1) groups.insert(line.rest.substr(0, length));
    if (!line.text.empty()) note_text(line, evidence);
  }
  if (text.find("\"waves\"") != npos) evidence.kiro.own.insert("waves");
  return evidence;
}

// In the order that decides between equals: a dialect before the one that it is an extension of.
struct Entry {
  Dialect dialect;
  Signs Evidence::*signs;
};
constexpr std::array<Entry, 7> kByContent = {{{Dialect::spec_kitty, &Evidence::spec_kitty},
                                              {Dialect::spec_kit, &Evidence::spec_kit},
                                              {Dialect::specflow, &Evidence::specflow},
                                              {Dialect::pimzino, &Evidence::pimzino},
                                              {Dialect::cc_sdd, &Evidence::cc_sdd},
                                              {Dialect::kiro, &Evidence::kiro},
                                              {Dialect::openspec, &Evidence::openspec}}};

const Entry* best_of(const Evidence& evidence) {
  const auto best =
      std::max_element(kByContent.begin(), kByContent.end(), [&](const Entry& a, const Entry& b) {
        return (evidence.*a.signs).weight() < (evidence.*b.signs).weight();
      });
  return (evidence.*best->signs).weight() >= kEnoughSigns ? &*best : nullptr;
}

Detected by_signs(const Entry& entry, const Evidence& evidence) {
  std::vector<std::string> names;
  for (const auto& set : {(evidence.*entry.signs).own, (evidence.*entry.signs).shared}) {
    names.insert(names.end(), set.begin(), set.end());
  }
  return {entry.dialect, fmt::format("{}: {}", counted(names.size(), "sign"), join(names, ", "))};
}

// JSON is no Markdown, wherever it is kept.
std::optional<Detected> detect_json(std::string_view text, const std::string& path) {
  const auto located = locate(path);
  if (located && (located->layout->dialect == Dialect::taskmaster ||
                  located->layout->dialect == Dialect::beads)) {
    return Detected{*located->layout->dialect, "the path"};
  }
  const auto start = trim(text.substr(0, std::min<std::size_t>(text.size(), 4096)));
  if (!starts_with(start, "{") && !starts_with(start, "\xEF\xBB\xBF{")) return std::nullopt;
  const auto first = start.substr(0, start.find('\n'));
  const bool is_issue = first.find("\"id\"") != npos && first.find("\"status\"") != npos;
  if (ends_with(path, ".jsonl") || (is_issue && first.find("\"issue_type\"") != npos)) {
    return Detected{Dialect::beads, "a JSON object on each line"};
  }
  if (ends_with(path, ".json") || text.find("\"tasks\"") != npos) {
    return Detected{Dialect::taskmaster, "JSON with \"tasks\""};
  }
  return std::nullopt;
}

const Entry* entry_of(Dialect dialect) {
  const auto* found = std::find_if(kByContent.begin(), kByContent.end(),
                                   [&](const Entry& entry) { return entry.dialect == dialect; });
  return found == kByContent.end() ? nullptr : found;
}

Detected detect_markdown(std::optional<Dialect> by_path, const Evidence& evidence) {
  const auto* best = best_of(evidence);
  // cc-sdd keeps its lists where Kiro does, and only the text tells which of them it is.
  if (by_path == Dialect::kiro && !evidence.cc_sdd.own.empty()) {
    return by_signs(*entry_of(Dialect::cc_sdd), evidence);
  }
  // A place says little when nothing in the list is of its form and much is of another.
  const auto* own = by_path ? entry_of(*by_path) : nullptr;
  const bool has_own = own == nullptr || (evidence.*own->signs).any();
  if (by_path && (has_own || best == nullptr)) return {*by_path, "the path"};
  if (best != nullptr) return by_signs(*best, evidence);
  return {Dialect::github, "no sign of another form"};
}

}  // namespace

std::string_view name_of(Dialect dialect) {
  const auto* found = std::find_if(kNames.begin(), kNames.end(),
                                   [&](const Name& name) { return name.dialect == dialect; });
  return found == kNames.end() ? std::string_view{} : found->name;
}

std::optional<Dialect> find_dialect(std::string_view name) {
  auto wanted = lower(trim(name));
  std::replace(wanted.begin(), wanted.end(), '_', '-');
  for (const auto& entry : kNames) {
    if (entry.name == wanted) return entry.dialect;
  }
  return std::nullopt;
}

const std::vector<Dialect>& all_dialects() {
  static const std::vector<Dialect> kAll = [] {
    std::vector<Dialect> all;
    for (const auto& entry : kNames) all.push_back(entry.dialect);
    return all;
  }();
  return kAll;
}

bool has_boxes(Dialect dialect) {
  return dialect != Dialect::taskmaster && dialect != Dialect::beads &&
         dialect != Dialect::spec_kitty;
}

Detected detect(std::string_view text, const Scan& scan, const std::string& path) {
  if (auto json = detect_json(text, path)) return *json;
  const auto located = locate(path);
  const auto by_path = located ? located->layout->dialect : std::nullopt;
  // Where Kiro keeps its lists, all of the text tells which form it is.
  const auto* own = by_path && by_path != Dialect::kiro ? entry_of(*by_path) : nullptr;
  return detect_markdown(by_path, gather(text, scan, own == nullptr ? nullptr : own->signs));
}

}  // namespace chant::tasks
