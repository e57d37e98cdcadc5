#include "tasks/dialects.h"
#include "util/text.h"

#include <fmt/format.h>

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

namespace chant::tasks {

namespace {

constexpr std::size_t kMaxKey = 48;  // with the name of the feature in front a valid spec id
constexpr std::size_t kMaxWords = 5;

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void strip(std::string& key, std::string_view characters) {
  key.erase(0, key.find_first_not_of(characters));
  key.erase(key.find_last_not_of(characters) + 1);
}

std::string without_lock(std::string key) {
  constexpr std::string_view kLock = ".lock";  // git allows no ref that ends so
  if (key.size() >= kLock.size() && lower(key).substr(key.size() - kLock.size()) == kLock) {
    key[key.size() - kLock.size()] = '-';
  }
  return key;
}

// The id in the characters that a spec id may have; "" when nothing is left of it.
std::string safe_id(std::string_view id) {
  std::string key;
  for (const char c : id) {
    const char safe = is_word(c) || c == '.' || c == '_' ? c : '-';
    const bool is_repeated = !key.empty() && key.back() == safe && (safe == '.' || safe == '-');
    if (!is_repeated) key += safe;
  }
  strip(key, ".-");
  if (key.size() > kMaxKey) key.resize(kMaxKey);
  strip(key, ".-");
  return without_lock(key);
}

// A title without a letter or digit of ASCII still needs a key that stays: one of its bytes.
std::string digest(std::string_view title) {
  std::uint32_t hash = 2166136261U;
  for (const char c : title) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return fmt::format("t-{:08x}", hash);
}

std::string slug(std::string_view title) {
  std::string key;
  std::size_t words = 0;
  for (std::size_t at = 0; at < title.size(); ++at) {
    const char c = title[at];
    if (!is_word(c)) continue;
    const bool is_apostrophe = at > 1 && title[at - 1] == '\'' && is_word(title[at - 2]);
    if (at == 0 || !(is_word(title[at - 1]) || is_apostrophe)) {
      if (words == kMaxWords) break;
      ++words;
      if (!key.empty()) key += '-';
    }
    key += c;
  }
  if (key.size() > kMaxKey) key.resize(kMaxKey);
  strip(key, "-");
  return key.empty() ? digest(title) : lower(key);
}

// Hands out names that differ without regard to case, because files are named by them. The first
// task with a name has it as it is, wherever a task whose name had to be changed stands.
class Names {
 public:
  // True when nobody had the name.
  bool take(const std::string& name) { return taken_.insert(lower(name)).second; }

  std::string numbered(const std::string& name) {
    auto& last = last_.try_emplace(lower(name), 1).first->second;
    for (;;) {
      auto candidate = fmt::format("{}-{}", name, ++last);
      if (take(candidate)) return candidate;
    }
  }

 private:
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, int> last_;
};

}  // namespace

void give_keys(List& list) {
  Names names;
  const auto name_all = [&](bool with_id) {
    std::vector<Task*> waiting;
    for (auto& task : list.tasks) {
      auto key = safe_id(task.id);
      if (key.empty() == with_id) continue;
      task.key = with_id ? std::move(key) : slug(task.title);
      if (!names.take(task.key)) waiting.push_back(&task);
    }
    for (auto* task : waiting) task->key = names.numbered(task->key);
  };
  name_all(true);
  name_all(false);
}

}  // namespace chant::tasks
