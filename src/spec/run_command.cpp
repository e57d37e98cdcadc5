#include "spec/run_command.h"

#include "spec/criteria_section.h"
#include "util/text.h"

#include <algorithm>
#include <set>

namespace chant::spec {
namespace {

constexpr std::string_view kMark = "run:";

struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct CodeSpan {
  Piece whole;  // with the backticks
  std::string_view code;
};

std::vector<Piece> backtick_runs(std::string_view line) {
  std::vector<Piece> runs;
  for (auto at = line.find('`'); at != std::string_view::npos; at = line.find('`', at)) {
    const auto end = std::min(line.find_first_not_of('`', at), line.size());
    runs.push_back({at, end});
    at = end;
  }
  return runs;
}

// Where a run of backticks opens a span: behind the one that a backslash makes plain text.
std::size_t opening(std::string_view line, const Piece& run, std::size_t text_begin) {
  auto first = run.begin;
  while (first > text_begin && line[first - 1] == '\\') --first;
  return run.begin + (run.begin - first) % 2;
}

std::vector<CodeSpan> find_code_spans(std::string_view line) {
  std::vector<CodeSpan> spans;
  const auto runs = backtick_runs(line);
  std::set<std::size_t> unclosed;  // lengths that no later run has, so that each is sought once
  for (auto run = runs.begin(); run != runs.end(); ++run) {
    const auto begin = opening(line, *run, spans.empty() ? 0 : spans.back().whole.end);
    const auto length = run->end - begin;
    if (length == 0 || unclosed.count(length) > 0) continue;
    const auto close = std::find_if(
        run + 1, runs.end(), [&](const Piece& next) { return next.end - next.begin == length; });
    if (close == runs.end()) {
      unclosed.insert(length);
      continue;
    }
    spans.push_back({{begin, close->end}, line.substr(run->end, close->begin - run->end)});
    run = close;
  }
  return spans;
}

// What is behind "run:" when `code` is a command.
std::string_view command_of(std::string_view code) {
  code = trim(code);
  if (code.substr(0, kMark.size()) != kMark) return {};
  code.remove_prefix(kMark.size());
  return !code.empty() && (code[0] == ' ' || code[0] == '\t') ? trim(code) : std::string_view{};
}

// `run:all` may well be the name of something.
bool looks_like_command(std::string_view code) {
  code = trim(code);
  if (lower(code.substr(0, kMark.size())) != kMark) return false;
  return code.size() == kMark.size() || code.find_first_of(" \t") != std::string_view::npos;
}

}  // namespace

std::optional<RunCommand> find_run_command(std::string_view criterion) {
  const std::string_view text = trim(criterion);
  const auto spans = find_code_spans(text);
  if (spans.empty() || spans.back().whole.end != text.size()) return std::nullopt;
  const auto command = command_of(spans.back().code);
  if (command.empty()) return std::nullopt;
  return RunCommand{std::string{trim(text.substr(0, spans.back().whole.begin))},
                    std::string{command}};
}

std::vector<StrayRun> find_stray_runs(const Spec& spec) {
  std::vector<StrayRun> found;
  each_criteria_line(spec.text, spec.body, [&](const MarkdownLine& line) {
    auto spans = find_code_spans(line.text);
    const auto box = find_box(line);
    if (box && find_run_command(box->text)) spans.pop_back();
    for (const CodeSpan& span : spans) {
      if (looks_like_command(span.code)) found.push_back({line.line, std::string{span.code}});
    }
  });
  return found;
}

}  // namespace chant::spec
