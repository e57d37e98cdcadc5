#include "ui/matrix.h"

#include "spec/id.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace chant::ui {
namespace {

constexpr std::size_t kFilesShown = 8;

using Names = std::map<std::string, std::string>;  // id -> short id; "" -> the target

Names names_of(const ShownMatrix& matrix) {
  Names names = spec::short_ids(matrix.ids);
  names[""] = printable_line(matrix.target);
  return names;
}

std::string files_text(const std::vector<ShownFile>& files) {
  std::vector<std::string> texts;
  for (const ShownFile& file : files) {
    if (texts.size() == kFilesShown) {
      texts.push_back(fmt::format("and {} more", files.size() - kFilesShown));
      break;
    }
    const std::string kind = printable_line(file.kind);
    texts.push_back(file.path.empty() ? kind
                                      : fmt::format("{} ({})", printable_line(file.path), kind));
  }
  return join(texts, ", ");
}

// Ids that conflict, in the order of the matrix; the target first.
std::vector<std::string> conflicting(const ShownMatrix& matrix) {
  std::set<std::string> some;
  for (const ShownClash& clash : matrix.clashes) some.insert({clash.one, clash.other});
  std::vector<std::string> ids;
  if (some.count("") > 0) ids.emplace_back();
  std::copy_if(matrix.ids.begin(), matrix.ids.end(), std::back_inserter(ids),
               [&](const std::string& id) { return some.count(id) > 0; });
  return ids;
}

// A row for each of those that conflict; "" when the terminal is too narrow for the columns.
std::string table_text(const ShownMatrix& matrix, const Names& names, const Terminal& terminal) {
  const std::vector<std::string> ids = conflicting(matrix);
  std::set<std::pair<std::string, std::string>> pairs;
  for (const ShownClash& clash : matrix.clashes) {
    pairs.insert({clash.one, clash.other});
    pairs.insert({clash.other, clash.one});
  }
  std::size_t width = 0;
  for (const std::string& id : ids) width = std::max(width, display_width(names.at(id)));
  const std::size_t cell = fmt::formatted_size("{}", ids.size()) + 1;
  if (2 + width + cell + ids.size() * cell > terminal.columns) return "";
  std::string text(2 + width + cell, ' ');
  for (std::size_t i = 0; i < ids.size(); ++i) text += fmt::format("{:>{}}", i + 1, cell);
  text += "\n";
  const std::string none = terminal.unicode ? "·" : ".", conflict = terminal.unicode ? "✗" : "x";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string& name = names.at(ids[i]);
    text += fmt::format("{:>{}}  {}{}", i + 1, cell, name,
                        std::string(width - display_width(name), ' '));
    for (const std::string& id : ids) {
      const bool clash = pairs.count({ids[i], id}) > 0;
      text += std::string(cell - 1, ' ');
      if (id == ids[i]) {
        text += " ";
      } else {
        text += clash ? terminal.paint(conflict, Colour::red) : terminal.paint(none, Colour::dim);
      }
    }
    text += "\n";
  }
  return text + "\n";
}

}  // namespace

std::string matrix_text(const ShownMatrix& matrix, const Terminal& terminal) {
  const Names names = names_of(matrix);
  const std::string branches =
      matrix.ids.size() == 1 ? "1 branch" : fmt::format("{} branches", matrix.ids.size());
  if (matrix.clashes.empty()) {
    return fmt::format("no conflicts: {} and '{}'\n", branches, names.at(""));
  }
  std::string text =
      fmt::format("{} among {} and '{}'\n\n", counted(matrix.clashes.size(), "conflict"), branches,
                  names.at(""));
  if (terminal.interactive) text += table_text(matrix, names, terminal);
  std::size_t width = 0;
  const auto pair_of = [&](const ShownClash& clash) {
    return clash.other.empty() ? fmt::format("{} - {}", names.at(""), names.at(clash.one))
                               : fmt::format("{} - {}", names.at(clash.one), names.at(clash.other));
  };
  for (const ShownClash& clash : matrix.clashes) {
    width = std::max(width, display_width(pair_of(clash)));
  }
  for (const ShownClash& clash : matrix.clashes) {
    const std::string pair = pair_of(clash);
    text += fmt::format("  {}{}  {}\n", pair, std::string(width - display_width(pair), ' '),
                        files_text(clash.files));
  }
  return text;
}

std::string waves_text(const std::vector<std::vector<std::string>>& waves,
                       const std::vector<std::string>& all) {
  const Names names = spec::short_ids(all);
  std::string text;
  for (std::size_t i = 0; i < waves.size(); ++i) {
    std::vector<std::string> shown;
    for (const std::string& id : waves[i]) {
      const auto name = names.find(id);
      shown.push_back(name == names.end() ? id : name->second);
    }
    text += fmt::format("wave {}: {}\n", i + 1, join(shown, " "));
  }
  return text;
}

}  // namespace chant::ui
