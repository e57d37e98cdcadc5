// When something in a worktree changed last, by the times of its files; looked for piece by piece,
// because a tree may be as large as an agent likes.
#pragma once

#include <dirent.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace chant::work {

class NewestChange {
 public:
  // Everything in `worktree`, ignored files included, without following links; of `git_directory`
  // (may be empty) its own files and its logs.
  NewestChange(const std::filesystem::path& worktree, const std::filesystem::path& git_directory);

  // Looks at some thousand entries; false when there is no more to see.
  [[nodiscard]] bool step();

  [[nodiscard]] std::int64_t newest() const { return newest_; }  // ms since the epoch, 0: nothing
  // False when the tree was too large to see all of it.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  enum class Below { all, nothing };
  struct Place {
    std::filesystem::path path;
    Below below = Below::all;
  };
  struct Close {
    void operator()(DIR* directory) const { closedir(directory); }
  };

  [[nodiscard]] bool open_next();
  void see(const char* name);
  void add(Place place);

  std::filesystem::path worktree_, git_directory_;
  std::vector<Place> places_;  // still to be seen
  std::size_t places_size_ = 0;
  Place here_;
  std::unique_ptr<DIR, Close> directory_;
  std::size_t seen_ = 0;
  std::int64_t newest_ = 0;
  bool complete_ = true;
};

}  // namespace chant::work
