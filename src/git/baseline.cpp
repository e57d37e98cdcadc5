#include "git/baseline.h"

#include "git/fields.h"
#include "util/file.h"
#include "util/random.h"

#include <string>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 1024UL * 1024 * 1024;

fs::path baseline_path(const Repository& repository) { return repository.chant_dir() / "watch"; }

}  // namespace

void save_baseline(const Repository& repository, const Guard& guard, const Watch& watch) {
  make_private_directories(repository.chant_dir());
  FieldWriter out;
  out.add(guard.save());
  out.add(watch.save());
  AtomicFile file(baseline_path(repository), 0600);
  file.write(out.take());
  file.commit();
}

std::optional<Baseline> load_baseline(const Repository& repository, Store& store) {
  const auto text = find_file(baseline_path(repository), kMaxBytes);
  if (!text) return std::nullopt;
  FieldReader in(*text);
  Guard guard = Guard::load(repository, in.next());
  return Baseline{std::move(guard), Watch::load(repository, store, in.next())};
}

void remove_baseline(const Repository& repository) {
  std::error_code ignored;
  fs::remove(baseline_path(repository), ignored);
}

fs::path make_aside(const Repository& repository, std::string_view what) {
  fs::path aside = repository.chant_dir() / "aside" / (std::string(what) + "-" + random_base36(8));
  make_private_directories(aside);
  return aside;
}

}  // namespace chant::git
