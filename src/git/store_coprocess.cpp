// The Store that asks git: `git cat-file --batch` and `git hash-object --stdin-paths` as
// coprocesses that are started when first needed, plumbing for the rest.
#include "git/run.h"
#include "git/store.h"
#include "process/coprocess.h"
#include "util/error.h"
#include "util/file.h"
#include "util/random.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <unordered_set>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

// `git cat-file` takes any revision; only what cannot mean another one is passed on.
bool is_object_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_ref_name(std::string_view name) {
  const bool plain = std::none_of(name.begin(), name.end(), [](char c) {
    return (c >= 0 && c <= ' ') || c == '\x7f' ||
           std::string_view("~^:?*[\\").find(c) != std::string_view::npos;
  });
  return plain && name.substr(0, 5) == "refs/" && name.find("..") == std::string_view::npos &&
         name.find("@{") == std::string_view::npos;
}

class CoprocessStore : public Store {
 public:
  explicit CoprocessStore(const Repository& repository)
      : directory_(repository.top_level), scratch_(repository.chant_dir() / "tmp") {}

  std::optional<Object> find_object(const std::string& oid) override {
    if (!is_object_id(oid)) return std::nullopt;
    auto named = ask(oid);
    if (!named) return std::nullopt;
    return std::move(named->second);
  }

  std::optional<std::string> find_ref(const std::string& full_name) override {
    if (!is_ref_name(full_name)) return std::nullopt;
    auto named = ask(full_name);
    if (!named) return std::nullopt;
    return std::move(named->first);
  }

  std::string write_object(std::string_view type, std::string_view content) override {
    make_private_directories(scratch_);
    const fs::path file = scratch_ / ("object-" + random_base36(12));
    if (!make_file(file, content, 0600)) fail("'{}' exists", file.string());
    try {
      std::string oid = hash(std::string(type), file);
      fs::remove(file);
      return oid;
    } catch (const Error&) {
      std::error_code ignored;
      fs::remove(file, ignored);
      writers_.erase(std::string(type));  // git has ended
      throw;
    }
  }

  std::vector<Ref> refs(const std::vector<std::string>& patterns) override {
    if (patterns.empty()) return {};
    std::vector<std::string> arguments = {"for-each-ref", "--format=%(objectname) %(refname)"};
    arguments.insert(arguments.end(), patterns.begin(), patterns.end());
    std::vector<Ref> found;
    for (const std::string& line : split(output(directory_, std::move(arguments)), '\n')) {
      const auto space = line.find(' ');
      if (space == std::string::npos) continue;
      Ref ref{line.substr(space + 1), line.substr(0, space)};
      // To git, a pattern without a slash at its end is a directory too.
      if (is_wanted(ref.name, patterns)) found.push_back(std::move(ref));
    }
    return found;
  }

  bool is_ancestor(const std::string& ancestor, const std::string& descendant) override {
    if (ancestor == descendant) return true;
    if (const History* history = known_history(descendant)) {
      if (history->commits.count(ancestor) > 0) return true;
      if (history->is_whole) return false;
    }
    const process::Result result =
        run(directory_, {"merge-base", "--is-ancestor", ancestor, descendant});
    const auto* exited = std::get_if<process::Exited>(&result.outcome);
    if (exited == nullptr || exited->code > 1) fail_git("git merge-base", result);
    return exited->code == 0;
  }

  std::vector<std::string> commits_between(const std::vector<std::string>& tips,
                                           const std::vector<std::string>& excluded) override {
    std::string wanted;
    for (const std::string& oid : tips) wanted += oid + "\n";
    for (const std::string& oid : excluded) wanted += "^" + oid + "\n";
    std::vector<std::string> commits = split(
        output(directory_, {"rev-list", "--topo-order", "--reverse", "--stdin"}, wanted), '\n');
    if (commits.size() == 1 && commits[0].empty()) commits.clear();
    return commits;
  }

  [[nodiscard]] std::string_view kind() const override { return "git"; }

  void prepare() override {
    if (reader_) return;
    reader_ = std::make_unique<process::Coprocess>(command(directory_, {"cat-file", "--batch"}));
  }

 private:
  // The history of a commit, as far as it was read.
  struct History {
    std::unordered_set<std::string> commits;
    bool is_whole = false;
  };

  // Of a commit that is asked about often, so that not every question is a process.
  const History* known_history(const std::string& descendant) {
    constexpr int kOften = 3;
    constexpr std::size_t kMaxCommits = 200000;
    constexpr std::size_t kMaxHistories = 4;
    const auto known = histories_.find(descendant);
    if (known != histories_.end()) return &known->second;
    if (++questions_[descendant] <= kOften) return nullptr;
    if (histories_.size() >= kMaxHistories) histories_.clear();
    History& history = histories_[descendant];
    for (std::string& oid : split(output(directory_, {"rev-list", "--max-count",
                                                      std::to_string(kMaxCommits), descendant}),
                                  '\n')) {
      history.commits.insert(std::move(oid));
    }
    history.is_whole = history.commits.size() < kMaxCommits;
    return &history;
  }

  std::string hash(const std::string& type, const fs::path& file) {
    auto& writer = writers_[type];
    if (!writer) {
      writer = std::make_unique<process::Coprocess>(
          command(directory_, {"hash-object", "-w", "-t", type, "--no-filters", "--stdin-paths"}));
    }
    writer->write(file.string() + "\n");
    return writer->read_line();
  }

  // The object that a name means, with its id.
  std::optional<std::pair<std::string, Object>> ask(const std::string& name) {
    prepare();
    reader_->write(name + "\n");
    const std::string header = reader_->read_line();
    const std::vector<std::string> words = split(header, ' ');
    if (words.size() != 3 || words[1] == "missing" || words[1] == "ambiguous") return std::nullopt;
    std::size_t size = 0;
    const std::string& digits = words[2];
    std::from_chars(digits.data(), digits.data() + digits.size(), size);
    Object object{words[1], reader_->read_exactly(size)};
    (void)reader_->read_exactly(1);
    return std::pair{words[0], std::move(object)};
  }

  fs::path directory_;
  fs::path scratch_;
  std::unique_ptr<process::Coprocess> reader_;
  std::map<std::string, std::unique_ptr<process::Coprocess>> writers_;
  std::map<std::string, int> questions_;  // about the history of a commit
  std::map<std::string, History> histories_;
};

}  // namespace

bool is_wanted(const std::string& ref, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return ref == pattern || (!pattern.empty() && pattern.back() == '/' &&
                              ref.compare(0, pattern.size(), pattern) == 0);
  });
}

std::unique_ptr<Store> make_coprocess_store(const Repository& repository) {
  return std::make_unique<CoprocessStore>(repository);
}

}  // namespace chant::git
