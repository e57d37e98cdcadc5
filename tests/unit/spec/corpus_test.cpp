// Every file of a directory of real specs, when CHANT_SPEC_CORPUS names one.
#include "spec/spec.h"
#include "spec/state.h"
#include "support/catch.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace fs = std::filesystem;
using namespace chant::spec;

namespace {

std::string load(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Empty, with a warning, when there is no corpus on this machine.
std::vector<Spec> load_corpus() {
  const char* directory = std::getenv("CHANT_SPEC_CORPUS");
  std::vector<Spec> specs;
  if (directory == nullptr || !fs::is_directory(directory)) {
    WARN("CHANT_SPEC_CORPUS names no directory: nothing was tested");
    return specs;
  }
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() != ".md") continue;
    const auto shown = entry.path().filename().string();
    INFO(shown);
    REQUIRE_NOTHROW(specs.push_back(parse_spec(entry.path().stem(), load(entry.path()), shown)));
  }
  return specs;
}

// The frontmatter without the lines of these keys.
std::string strip_keys(const std::string& frontmatter, const std::vector<std::string>& keys) {
  std::istringstream lines(frontmatter);
  std::string kept, line;
  bool stripping = false;
  while (std::getline(lines, line)) {
    const bool goes_on = line.rfind("- ", 0) == 0 || line.rfind("  ", 0) == 0;
    if (!goes_on) {
      stripping = std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
        return line.rfind(key + ":", 0) == 0;
      });
    }
    if (!stripping) kept += line + '\n';
  }
  return kept;
}

struct Counts {
  std::size_t total = 0, ticked = 0;
};

std::map<std::string, Counts> load_golden() {
  const auto path = fs::path(__FILE__).parent_path() / "../../golden/criteria.tsv";
  std::ifstream lines(path);
  std::string id, total, ticked;
  std::map<std::string, Counts> golden;
  std::getline(lines, id);
  while (lines >> id >> total >> ticked) golden[id] = {std::stoul(total), std::stoul(ticked)};
  return golden;
}

}  // namespace

TEST_CASE("every real spec has the criteria that an independent reader counts") {
  const auto specs = load_corpus();
  if (specs.empty()) return;
  const auto golden = load_golden();
  REQUIRE(golden.size() > 400);
  for (const auto& spec : specs) {
    const auto expected = golden.find(spec.id);
    if (expected == golden.end()) continue;
    INFO(spec.id);
    CHECK(spec.criteria.size() == expected->second.total);
    CHECK(spec.criteria.size() - spec.unticked() == expected->second.ticked);
    for (const auto& criterion : spec.criteria) {
      CHECK((spec.text[criterion.box] == ' ') == !criterion.ticked);
      CHECK(spec.text[criterion.box - 1] == '[');
    }
  }
}

TEST_CASE("every real spec is written back byte for byte when nothing changes") {
  for (const auto& spec : load_corpus()) {
    INFO(spec.id);
    CHECK(with_changes(spec, {}) == spec.text);
    CHECK(with_changes(spec, {{"status", Value::of(spec.status)}}) == spec.text);
    if (!spec.labels.empty()) {
      CHECK(with_changes(spec, {{"labels", Value::of(spec.labels)}}) == spec.text);
    }
  }
}

TEST_CASE("finalizing a real spec changes only the lines of the keys it sets") {
  const std::vector<std::string> keys = {"status", "commits", "completed_at", "model"};
  for (const auto& spec : load_corpus()) {
    INFO(spec.id);
    const std::vector<std::string> commits = {"5e58057", "1234567", "abcdef0"};
    const auto text = with_changes(spec, {{"status", Value::of("completed")},
                                          {"commits", Value::of(commits)},
                                          {"completed_at", Value::of("2026-03-01T10:00:00Z")},
                                          {"model", Value::of("claude-x-1")}});
    const auto after = parse_spec(spec.id, text, spec.id);
    CHECK(after.status == "completed");
    CHECK(after.commits == commits);
    CHECK(after.completed_at == "2026-03-01T10:00:00Z");
    CHECK(after.model == "claude-x-1");
    CHECK(after.body_text() == spec.body_text());
    CHECK(after.depends_on == spec.depends_on);
    CHECK(strip_keys(text.substr(0, after.body), keys) ==
          strip_keys(spec.text.substr(0, spec.body), keys));
    CHECK(with_changes(after, {{"status", Value::of("completed")},
                               {"commits", Value::of(commits)}}) == text);
  }
}

TEST_CASE("real specs have no dependency cycles and every one has a state") {
  std::map<std::string, Item> all;
  for (auto& spec : load_corpus()) {
    const auto id = spec.id;
    all[id] = Item{std::move(spec), {}, {}};
  }
  CHECK(find_cycle(all).empty());
  CHECK(compute_states(all).size() == all.size());
}
