// Every file of a directory of real task lists, when CHANT_TASK_CORPUS names one.
#include "corpus.h"

#include "box_flips.h"
#include "tasks/dialects.h"

using namespace chant::tasks;

namespace {

// Lists whose tasks have boxes; the others are JSON, or only a part of a list.
std::vector<Sample> load_lists_of_boxes() {
  auto samples = load_task_corpus();
  samples.erase(std::remove_if(samples.begin(), samples.end(),
                               [](const Sample& sample) {
                                 const auto lines = scan(sample.text).lines;
                                 return std::none_of(
                                     lines.begin(), lines.end(),
                                     [](const Line& line) { return line.box.has_value(); });
                               }),
                samples.end());
  return samples;
}

}  // namespace

TEST_CASE("every box of every real list is ticked and unticked by one byte", "[tasks]") {
  for (const auto& sample : load_lists_of_boxes()) {
    INFO(sample.name);
    std::size_t boxes = 0;
    for (const auto& task : read_list(sample.text, sample.path).tasks) {
      if (task.box) ++boxes;
    }
    const auto flips = flip_all(sample.text, sample.path);
    CHECK(flips.refused.empty());
    CHECK(flips.ticked + flips.unticked == boxes);
  }
}

TEST_CASE("a real list with other ends of line is the same list", "[tasks]") {
  for (const auto& sample : load_lists_of_boxes()) {
    INFO(sample.name);
    const auto list = read_list(sample.text, sample.path);
    auto no_end = with_crlf(sample.text);
    while (no_end.back() == '\n' || no_end.back() == '\r') no_end.pop_back();
    const auto other = read_list("\xEF\xBB\xBF" + no_end, sample.path);
    REQUIRE(other.tasks.size() == list.tasks.size());
    CHECK(other.dialect == list.dialect);
    for (std::size_t i = 0; i < list.tasks.size(); ++i) {
      const auto &a = list.tasks[i], &b = other.tasks[i];
      INFO(a.key);
      CHECK(a.key == b.key);
      CHECK(fingerprint_of(a) == fingerprint_of(b));
      CHECK(a.line == b.line);
      CHECK(a.depends_on.size() == b.depends_on.size());
    }
    std::size_t flipped = 0;
    for (const auto& task : other.tasks) {
      Flips flips;
      if (!task.box || ++flipped > 20) continue;
      flip(other, "\xEF\xBB\xBF" + no_end, task, flips);
      CHECK(flips.refused.empty());
    }
  }
}

TEST_CASE("every box of a real list is a task or is said to be none", "[tasks]") {
  for (const auto& sample : load_lists_of_boxes()) {
    INFO(sample.name);
    const auto list = read_list(sample.text, sample.path);
    std::vector<int> said;
    for (const auto& ignored : list.ignored) said.push_back(ignored.line);
    for (const auto& task : list.tasks) {
      if (task.box) said.push_back(task.line);
    }
    std::sort(said.begin(), said.end());
    CHECK(std::adjacent_find(said.begin(), said.end()) == said.end());
    for (const auto& line : scan(sample.text).lines) {
      INFO(line.number);
      if (line.box) CHECK(std::binary_search(said.begin(), said.end(), line.number));
    }
  }
}
