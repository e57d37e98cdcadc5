#include "record/seen.h"

#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <unistd.h>

#include <algorithm>

namespace chant::record {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{256} * 1024;

bool starts_with(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

}  // namespace

bool Seen::is_spec_branch(const std::string& ref) const {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return starts_with(ref, prefix); });
}

std::string Seen::tip(const std::string& ref) const {
  const auto found = tips.find(ref);
  return found == tips.end() ? "" : found->second;
}

Seen load_seen(const std::filesystem::path& chant_dir) {
  Seen seen;
  if (access((chant_dir / "journal.db").c_str(), F_OK) != 0) return seen;
  std::optional<std::string> text;
  try {
    text = find_file(chant_dir / "seen", kMaxBytes);
  } catch (const Error&) {
    return seen;
  }
  for (const std::string& line : split(text.value_or(""), '\n')) {
    const std::vector<std::string> words = split(line, ' ');
    if (words.size() == 2 && words[0] == "target") seen.target = words[1];
    if (words.size() == 2 && words[0] == "spec-branch") seen.prefixes.push_back(words[1]);
    if (words.size() == 3 && words[0] == "at") seen.tips[words[1]] = words[2];
  }
  return seen;
}

void save_seen(const std::filesystem::path& chant_dir, const Seen& seen) {
  std::string text;
  if (!seen.target.empty()) text += "target " + seen.target + "\n";
  for (const std::string& prefix : seen.prefixes) text += "spec-branch " + prefix + "\n";
  for (const auto& [ref, oid] : seen.tips) text += "at " + ref + " " + oid + "\n";
  AtomicFile file(chant_dir / "seen", 0600);
  file.write(text);
  file.commit();
}

}  // namespace chant::record
