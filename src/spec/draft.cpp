#include "spec/spec.h"
#include "spec/yaml.h"
#include "util/text.h"

#include <fmt/format.h>

namespace chant::spec {

namespace {

void add_key(std::string& text, std::string_view key, std::string_view value) {
  text += fmt::format("{}: {}\n", key, yaml_scalar(value));
}

void add_list(std::string& text, std::string_view key, const std::vector<std::string>& items) {
  if (items.empty()) return;
  text += fmt::format("{}:\n", key);
  for (const auto& item : items) text += fmt::format("  - {}\n", yaml_scalar(item));
}

}  // namespace

std::string render_draft(const Draft& draft) {
  std::string text = "---\n";
  add_key(text, "type", draft.type);
  add_key(text, "status", "pending");
  add_list(text, "depends_on", draft.depends_on);
  add_list(text, "labels", draft.labels);
  add_list(text, "target_files", draft.target_files);
  if (!draft.agent.empty()) add_key(text, "agent", draft.agent);
  const auto title = printable_line(draft.title);
  return text + fmt::format("---\n\n# {}\n", trim(title));
}

}  // namespace chant::spec
