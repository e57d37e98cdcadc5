// Histories of several branches with edits, renames, new and gone files and directories, for git
// fast-import: what is true of merges must be true of all of these.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace chant::test {

// Random histories as a stream for `git fast-import`. Contents are long enough to be renamed.
class RandomHistory {
 public:
  explicit RandomHistory(unsigned seed) : random_(seed) {
    State state;
    for (int i = 0; i < 14; ++i) state[new_path()] = fresh_text();
    commit("main", "", "", state);
    for (int i = 0; i < 3; ++i) step("main", "main");
    for (int i = 0; i < 7; ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      const bool stacked = i > 0 && below(4) == 0;
      const std::string from =
          stacked ? std::string(1, static_cast<char>('a' + below(static_cast<std::size_t>(i))))
                  : "main";
      for (std::size_t k = 1 + below(3); k > 0; --k) step(name, states_.count(name) ? name : from);
      if (below(5) == 0) merge(name, "main");
      if (below(3) == 0) step("main", "main");
    }
  }

  [[nodiscard]] const std::string& stream() const { return stream_; }

 private:
  using State = std::map<std::string, std::string>;  // path -> text

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  std::string new_path() {
    static const std::vector<std::string> kDirectories = {"",   "d/",   "d/s/", "d/t/",
                                                          "e/", "e/s/", "f/",   "f/s/u/"};
    return kDirectories[below(kDirectories.size())] + "n" + std::to_string(below(12));
  }
  std::string fresh_text() {
    std::string text;
    for (int i = 0; i < 12; ++i) text += std::to_string(random_()) + "\n";
    return text;
  }

  // A file where another has a directory takes its place.
  static void put(State& state, const std::string& path, const std::string& text) {
    std::erase_if(state, [&](const auto& file) {
      return file.first.compare(0, path.size() + 1, path + "/") == 0 ||
             path.compare(0, file.first.size() + 1, file.first + "/") == 0;
    });
    state[path] = text;
  }

  void rename_directory(State& state, const std::string& from, const std::string& to) {
    State moved;
    for (const auto& [path, text] : state) {
      if (path.compare(0, from.size(), from) == 0) moved[to + path.substr(from.size())] = text;
    }
    std::erase_if(state,
                  [&](const auto& file) { return file.first.compare(0, from.size(), from) == 0; });
    for (const auto& [path, text] : moved) put(state, path, text);
  }

  void change(State& state) {
    auto file = state.begin();
    std::advance(file, static_cast<std::ptrdiff_t>(below(state.size())));
    const auto [path, text] = *file;
    switch (below(9)) {
      case 0:
      case 1:
        state[path] = "changed " + std::to_string(random_()) + "\n" + text;
        break;
      case 2:
        state[path] = text + "changed " + std::to_string(random_()) + "\n";
        break;
      case 3:
      case 4:
        put(state, new_path(), fresh_text());
        break;
      case 5:
        if (state.size() > 6) state.erase(path);
        break;
      case 6:
        state.erase(path);
        put(state, new_path(), text);
        break;
      case 7:
        if (path.find('/') != std::string::npos) {
          rename_directory(state, path.substr(0, path.find('/') + 1),
                           below(2) == 0 ? "g/" : "h" + std::to_string(below(3)) + "/");
        }
        break;
      default:
        put(state, path + "/inside", fresh_text());
        break;
    }
  }

  void step(const std::string& branch, const std::string& from) {
    State state = states_.at(from);
    for (std::size_t k = 1 + below(3); k > 0; --k) change(state);
    commit(branch, from, "", state);
  }
  void merge(const std::string& branch, const std::string& other) {
    State state = states_.at(branch);
    for (const auto& [path, text] : states_.at(other)) put(state, path, text);
    commit(branch, branch, other, state);
  }

  void commit(const std::string& branch, const std::string& from, const std::string& merged,
              const State& state) {
    stream_ += "commit refs/heads/" + branch + "\ncommitter A <a> " + std::to_string(++time_) +
               " +0000\ndata 1\nx\n";
    if (!from.empty() && from != branch) stream_ += "from refs/heads/" + from + "\n";
    if (!merged.empty()) stream_ += "merge refs/heads/" + merged + "\n";
    stream_ += "deleteall\n";
    for (const auto& [path, text] : state) {
      stream_ +=
          "M 100644 inline " + path + "\ndata " + std::to_string(text.size()) + "\n" + text + "\n";
    }
    states_[branch] = state;
  }

  std::mt19937 random_;
  std::map<std::string, State> states_;
  std::string stream_;
  int time_ = 1700000000;
};

}  // namespace chant::test
