// The Store that reads and writes objects in this process, through the libgit2 module.
#include "git/libgit2_abi.h"
#include "git/run.h"
#include "git/store.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <dlfcn.h>

#include <algorithm>
#include <array>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

// Beside the binary in a build tree, else where `cmake --install` puts it.
std::vector<fs::path> module_candidates() {
  const fs::path directory = process::own_path().parent_path();
#ifdef __APPLE__
  const char* name = "libchant-git2.dylib";
#else
  const char* name = "libchant-git2.so";
#endif
  return {directory / name, directory.parent_path() / "lib/git-chant" / name};
}

const ChantGit2Api* load_module() {
  for (const fs::path& path : module_candidates()) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) continue;
    void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) continue;
    using Entry = const ChantGit2Api* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(module, kChantGit2Entry));
    const ChantGit2Api* api = entry == nullptr ? nullptr : entry();
    if (api != nullptr && api->version == kChantGit2AbiVersion) return api;
  }
  return nullptr;
}

const ChantGit2Api* find_module() {
  static const ChantGit2Api* const api = load_module();
  return api;
}

// libgit2 1.5 refuses or misreads these; git itself reads them (docs/ARCHITECTURE.md).
bool is_plain(const Repository& repository) {
  const auto config = find_file(repository.common_dir / "config", 4 * 1024 * 1024);
  std::error_code ignored;
  for (const char* odd : {"shallow", "refs/replace", "info/grafts"}) {
    if (fs::exists(repository.common_dir / odd, ignored)) return false;
  }
  if (!config || lower(*config).find("[extensions") != std::string::npos) return false;
  constexpr std::array<std::string_view, 3> kPartial = {"promisor", "partialclone", "[include"};
  return std::none_of(kPartial.begin(), kPartial.end(), [&](std::string_view word) {
    return lower(*config).find(word) != std::string::npos;
  });
}

struct Collected {
  std::vector<std::pair<std::string, std::string>> results;  // kind, text

  static void add(void* receiver, const char* kind, const char* text, std::size_t size) {
    static_cast<Collected*>(receiver)->results.emplace_back(kind, std::string(text, size));
  }
};

bool require_answer(int answer, std::string_view what) {
  if (answer < 0) fail("cannot read the repository: {}", what);
  return answer == 1;
}

class Libgit2Store : public Store {
 public:
  Libgit2Store(const ChantGit2Api& api, void* repository) : api_(api), repository_(repository) {}
  Libgit2Store(const Libgit2Store&) = delete;
  Libgit2Store& operator=(const Libgit2Store&) = delete;
  ~Libgit2Store() override { api_.close(repository_); }

  std::optional<Object> find_object(const std::string& oid) override {
    Collected found;
    const int answer = api_.find_object(repository_, oid.c_str(), Collected::add, &found);
    if (!require_answer(answer, "object " + oid)) return std::nullopt;
    return Object{std::move(found.results[0].first), std::move(found.results[0].second)};
  }

  std::string write_object(std::string_view type, std::string_view content) override {
    Collected found;
    const std::string name(type);
    const int answer = api_.write_object(repository_, name.c_str(), content.data(), content.size(),
                                         Collected::add, &found);
    if (answer != 1) fail("cannot write a {} to the repository", type);
    return found.results[0].second;
  }

  std::optional<std::string> find_ref(const std::string& full_name) override {
    Collected found;
    const int answer = api_.find_ref(repository_, full_name.c_str(), Collected::add, &found);
    if (!require_answer(answer, full_name)) return std::nullopt;
    return found.results[0].second;
  }

  std::vector<Ref> refs(const std::vector<std::string>& patterns) override {
    Collected found;
    for (const std::string& pattern : patterns) {
      (void)require_answer(api_.refs(repository_, pattern.c_str(), Collected::add, &found), "refs");
    }
    std::sort(found.results.begin(), found.results.end());
    found.results.erase(std::unique(found.results.begin(), found.results.end()),
                        found.results.end());
    std::vector<Ref> matching;
    for (auto& [name, oid] : found.results) {
      if (is_wanted(name, patterns)) matching.push_back({std::move(name), std::move(oid)});
    }
    return matching;
  }

  bool is_ancestor(const std::string& ancestor, const std::string& descendant) override {
    return require_answer(api_.is_ancestor(repository_, ancestor.c_str(), descendant.c_str()),
                          "history of " + descendant);
  }

  std::vector<std::string> commits_between(const std::vector<std::string>& tips,
                                           const std::vector<std::string>& excluded) override {
    if (tips.empty()) return {};
    const std::vector<const char*> wanted = c_strings(tips);
    const std::vector<const char*> hidden = c_strings(excluded);
    Collected found;
    const int answer = api_.commits_between(repository_, wanted.data(), wanted.size(),
                                            hidden.data(), hidden.size(), Collected::add, &found);
    (void)require_answer(answer, "history of " + tips.front());
    std::vector<std::string> commits;
    for (auto& result : found.results) commits.push_back(std::move(result.second));
    std::reverse(commits.begin(), commits.end());
    return commits;
  }

  [[nodiscard]] std::string_view kind() const override { return "libgit2"; }

  void flush() override {
    if (api_.flush(repository_) < 0) fail("cannot write objects to the repository");
  }

 private:
  void hold() override {
    if (api_.hold(repository_) < 0) fail("cannot hold objects of the repository");
  }
  void release() override { api_.release(repository_); }

  static std::vector<const char*> c_strings(const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    pointers.reserve(texts.size());
    for (const std::string& text : texts) pointers.push_back(text.c_str());
    return pointers;
  }

  const ChantGit2Api& api_;
  void* repository_;
};

}  // namespace

std::unique_ptr<Store> make_libgit2_store(const Repository& repository) {
  if (!is_plain(repository)) return nullptr;
  const ChantGit2Api* api = find_module();
  if (api == nullptr) return nullptr;
  void* opened = api->open(repository.common_dir.c_str());
  if (opened == nullptr) return nullptr;
  return std::make_unique<Libgit2Store>(*api, opened);
}

std::unique_ptr<Store> open_store(const Repository& repository, Use use) {
  if (use == Use::heavy) {
    if (auto store = make_libgit2_store(repository)) return store;
  }
  return make_coprocess_store(repository);
}

}  // namespace chant::git
