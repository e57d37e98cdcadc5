// git chant lint
#include "spec/lint.h"

#include "cmd/json.h"
#include "cmd/verbs.h"
#include "git/index.h"
#include "record/spec_files.h"
#include "spec/id.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <algorithm>
#include <memory>
#include <set>

namespace chant::cmd {
namespace {

using spec::Severity;

struct LintOptions {
  bool staged = false;
  bool strict = false;
  bool json = false;
  std::vector<std::string> ids;
};

std::vector<std::string> ids_of(const spec::SpecFiles& files) {
  std::vector<std::string> ids;
  for (const auto& [id, item] : files.items) ids.push_back(id);
  return ids;
}

struct Result {
  std::vector<std::string> ids;  // of the specs that were looked at
  std::vector<spec::Finding> findings;
};

Result lint_index(const git::Repository& repository) {
  const auto changes =
      git::staged_changes(repository.top_level, repository.git_dir / "index", ".chant/specs");
  const auto store = git::open_store(repository, git::Use::light);
  Result result{{}, record::lint_staged(*store, repository.head, changes)};
  for (const git::StagedChange& change : changes) {
    const auto name = record::spec_file_name(change.path);
    if (name && change.status != 'D') result.ids.push_back(name->substr(0, name->size() - 3));
  }
  return result;
}

Result lint_checkout(const git::Repository& repository) {
  std::error_code ignored;
  if (!std::filesystem::exists(repository.top_level / ".chant", ignored)) {
    throw Error("there is no .chant/specs in this repository", "git chant init");
  }
  const spec::SpecFiles files = record::load_spec_files(repository);
  return {ids_of(files), spec::lint(files)};
}

void keep_only(Result& result, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  std::set<std::string> wanted;
  for (const std::string& text : texts) {
    wanted.insert(spec::resolve_id(text, result.ids, local_date()));
  }
  auto& findings = result.findings;
  findings.erase(std::remove_if(findings.begin(), findings.end(),
                                [&](const auto& f) { return wanted.count(f.id) == 0; }),
                 findings.end());
  result.ids.assign(wanted.begin(), wanted.end());
}

int lint(const LintOptions& options, Context& context) {
  const git::Repository repository = git::discover(context.directory);
  Result result = options.staged ? lint_index(repository) : lint_checkout(repository);
  keep_only(result, options.ids);
  const auto count = [&](Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(result.findings.begin(), result.findings.end(),
                      [&](const auto& finding) { return finding.severity == severity; }));
  };
  const std::size_t errors = count(Severity::error), warnings = count(Severity::warning);
  if (options.json) {
    context.out.write(json_findings(result.findings));
  } else {
    for (const spec::Finding& finding : result.findings) {
      context.out.print("{}\n", spec::line_of(finding));
    }
    context.out.flush();
    context.err.print("{}: {}, {}, {}\n", counted(result.ids.size(), "spec"),
                      counted(errors, "error"), counted(warnings, "warning"),
                      counted(count(Severity::note), "note"));
  }
  const bool faulty = errors > 0 || (options.strict && warnings > 0);
  return static_cast<int>(faulty ? Exit::no : Exit::done);
}

}  // namespace

Handler add_lint(Options& options) {
  auto chosen = std::make_shared<LintOptions>();
  options.flag("--staged", chosen->staged, "what is staged, instead of the files");
  options.flag("--strict", chosen->strict, "warnings count as errors");
  options.flag("--json", chosen->json, "as JSON");
  options.arguments("ID", chosen->ids, 0, 10000);
  return [chosen](Context& context) { return lint(*chosen, context); };
}

}  // namespace chant::cmd
