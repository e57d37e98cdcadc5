// Real task lists, when CHANT_TASK_CORPUS names a directory of them. A Markdown file there begins
// with a line that says where it is from, which is not part of it. For tests only.
#pragma once

#include "support/catch.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace chant::tasks {

struct Sample {
  std::string name;  // in the corpus: "kiro/owner__repository__1.md"
  std::string path;  // in its repository
  std::string text;
};

inline Sample load_sample(const std::filesystem::path& file, const std::string& name) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  Sample sample{name, name, bytes.str()};
  const std::string lead = "<!-- source: ";
  if (sample.text.compare(0, lead.size(), lead) != 0) return sample;
  const auto end = sample.text.find('\n');
  const auto colon = sample.text.rfind(" : ", end), close = sample.text.rfind(" -->", end);
  if (colon != std::string::npos && close != std::string::npos && colon < close) {
    sample.path = sample.text.substr(colon + 3, close - colon - 3);
  }
  sample.text.erase(0, end + 1);
  return sample;
}

// Empty, with a warning, when there is no corpus on this machine. Sorted by name.
inline std::vector<Sample> load_task_corpus() {
  namespace fs = std::filesystem;
  const char* directory = std::getenv("CHANT_TASK_CORPUS");
  std::vector<Sample> samples;
  if (directory == nullptr || !fs::is_directory(directory)) {
    WARN("CHANT_TASK_CORPUS names no directory: nothing was tested");
    return samples;
  }
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const auto extension = entry.path().extension();
    if (extension != ".md" && extension != ".json" && extension != ".jsonl") continue;
    const auto name = fs::relative(entry.path(), directory).generic_string();
    samples.push_back(load_sample(entry.path(), name));
  }
  std::sort(samples.begin(), samples.end(),
            [](const Sample& a, const Sample& b) { return a.name < b.name; });
  REQUIRE(samples.size() > 20);
  return samples;
}

}  // namespace chant::tasks
