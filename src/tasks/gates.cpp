#include "tasks/gates.h"

#include "tasks/scan.h"
#include "util/text.h"

#include <nlohmann/json.hpp>

#include <string>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

// Without the marks of headings, quotes, bullets and emphasis at both ends.
std::string_view bare(std::string_view line) {
  constexpr std::string_view kMarks = " \t\r#>*_-";
  const auto begin = line.find_first_not_of(kMarks);
  if (begin == npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r*_") + 1 - begin);
}

std::string_view without_label(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == npos) return line;
  const auto label = lower(bare(line.substr(0, colon)));
  return label == "status" || label == "approval" ? bare(line.substr(colon + 1)) : line;
}

bool says_approved(std::string_view line) {
  constexpr std::string_view kApproved = "✅ APPROVED";
  line = without_label(bare(line));
  if (!line.starts_with(kApproved)) return false;
  const auto rest = line.substr(kApproved.size());
  return rest.empty() || rest.starts_with(" - ") || rest.starts_with(" – ") ||
         rest.starts_with(" — ");
}

std::optional<bool> find_flag(const nlohmann::json& object, const char* name) {
  const auto flag = object.find(name);
  if (flag == object.end() || !flag->is_boolean()) return std::nullopt;
  return flag->get<bool>();
}

}  // namespace

std::optional<bool> approved_by_spec_json(std::string_view json) {
  const auto spec = nlohmann::json::parse(json, nullptr, false);
  if (!spec.is_object()) return std::nullopt;
  const auto approvals = spec.find("approvals");
  if (approvals != spec.end() && approvals->is_object()) {
    const auto tasks = approvals->find("tasks");
    const bool is_said = tasks != approvals->end() && tasks->is_object();
    if (const auto approved = is_said ? find_flag(*tasks, "approved") : std::nullopt) {
      return approved;
    }
  }
  return find_flag(spec, "ready_for_implementation");
}

bool has_approved_line(std::string_view text) {
  for (const auto& line : scan(text).lines) {
    const bool is_prose = line.kind == Line::Kind::text || line.kind == Line::Kind::heading;
    if (is_prose && !line.box && says_approved(line.text)) return true;
  }
  return false;
}

Boxcount count_boxes(std::string_view text) {
  Boxcount count;
  for (const auto& line : scan(text).lines) {
    if (!line.box) continue;
    ++count.all;
    if (state_of_mark(*line.box, Dialect::github) != State::done) ++count.open;
  }
  return count;
}

}  // namespace chant::tasks
