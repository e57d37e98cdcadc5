#include "git/watch.h"

#include "git/fields.h"
#include "git/index_file.h"
#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxIndex = 256UL * 1024 * 1024;
constexpr std::size_t kMaxLog = 16UL * 1024 * 1024;
constexpr std::size_t kSmall = 64UL * 1024;
constexpr std::size_t kMaxNamedFiles = 20;
constexpr std::string_view kSaved = "chant watch 1";

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// What cannot be read is told by its own text, which is not that of a file.
std::string text_of(const fs::path& path, std::size_t max_bytes) {
  try {
    return std::string(trim(find_file(path, max_bytes).value_or("")));
  } catch (const Error& error) {
    return error.what();
  }
}

template <typename Map, typename Same>
void add_differing(const Map& one, const Map& other, const Same& same,
                   std::set<std::string>& names) {
  for (const auto& [name, value] : one) {
    const auto found = other.find(name);
    if (found == other.end() || !same(value, found->second)) names.insert(name);
  }
}

// Names of the refs that may differ.
std::set<std::string> differing(const RefTable& one, const RefTable& other) {
  const auto same_value = [](const RefTable::Loose& a, const RefTable::Loose& b) {
    return a.value == b.value;
  };
  std::set<std::string> names;
  add_differing(one.loose, other.loose, same_value, names);
  add_differing(other.loose, one.loose, same_value, names);
  if (!one.packed_stamp.empty() && one.packed_stamp == other.packed_stamp) return names;
  add_differing(one.packed, other.packed, std::equal_to<>(), names);
  add_differing(other.packed, one.packed, std::equal_to<>(), names);
  return names;
}

// Files of a checkout that git finds to be changed; std::nullopt when it cannot tell.
std::optional<std::set<std::string>> changed_files(const fs::path& checkout) {
  const process::Result status =
      process::run(command(checkout, {"status", "--porcelain=v2", "-z", "--untracked-files=no",
                                      "--no-renames", "--ignore-submodules=all"}));
  if (!process::succeeded(status.outcome)) return std::nullopt;
  std::set<std::string> paths;
  for (StatusEntry& entry : parse_status(status.out).entries) paths.insert(std::move(entry.path));
  return paths;
}

}  // namespace

Watch::Watch(Repository repository, Store& store, Nothing /*to be loaded*/)
    : repository_(std::move(repository)), store_(&store) {}

Watch::Watch(Repository repository, Store& store) : Watch(std::move(repository), store, Nothing{}) {
  refs_ = read_refs(repository_, store);
  stashes_ = look_at_stashes(refs_);
  worktrees_ = look_at_worktrees();
  main_ = look_at_main();
}

std::size_t Watch::hash_size() const {
  const auto is_long = [](const auto& entry) { return entry.second.size() == 64; };
  const bool packed = std::any_of(refs_.packed.begin(), refs_.packed.end(), is_long);
  const bool loose = std::any_of(refs_.loose.begin(), refs_.loose.end(),
                                 [](const auto& entry) { return entry.second.value.size() == 64; });
  return packed || loose ? 32 : 20;
}

fs::path Watch::main_top() const {
  const fs::path& common = repository_.common_dir;
  if (repository_.git_dir == common) return repository_.top_level;
  return common.filename() == ".git" ? common.parent_path() : fs::path();
}

Watch::Checkout Watch::look_at_main() const {
  Checkout checkout;
  const fs::path& common = repository_.common_dir;
  checkout.top = main_top();
  if (checkout.top.empty()) return checkout;
  checkout.since = file_clock_now();
  checkout.head = text_of(common / "HEAD", kSmall);
  checkout.index = find_file(common / "index", kMaxIndex).value_or("");
  FileGlance glance(checkout.top);
  const bool whole = read_index(checkout.index, hash_size(), [&](const IndexEntry& entry) {
    if (glance.differs(entry, checkout.since)) checkout.dirty.emplace(entry.path);
  });
  if (!whole) checkout.index.clear();
  return checkout;
}

std::map<std::string, Watch::Linked> Watch::look_at_worktrees() const {
  std::map<std::string, Linked> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(repository_.common_dir / "worktrees", ignored)) {
    const fs::path& admin = entry.path();
    const std::string dot_git = text_of(admin / "gitdir", kSmall);
    if (dot_git.empty()) continue;
    const fs::path file = (admin / dot_git).lexically_normal();
    if (!fs::exists(file, ignored)) continue;
    Linked linked{file.parent_path(), text_of(admin / "HEAD", kSmall),
                  text_of(admin / "chant/spec", kSmall), Owner::nobody};
    if (!linked.spec.empty()) linked.owner = Owner::run;
    if (fs::exists(admin / "chant/scratch", ignored)) linked.owner = Owner::passing;
    if (fs::exists(admin / "chant/passing", ignored)) linked.owner = Owner::passing;
    if (fs::exists(admin / "chant/person", ignored)) linked.owner = Owner::person;
    found.emplace(admin.filename().string(), std::move(linked));
  }
  return found;
}

// The list of the stashes is the reflog of their ref.
std::vector<Watch::Stash> Watch::look_at_stashes(const RefTable& refs) const {
  std::vector<Stash> stashes;
  const std::string newest = refs.find("refs/stash");
  if (newest.empty()) return stashes;
  const std::string log = text_of(repository_.common_dir / "logs/refs/stash", kMaxLog);
  for (const std::string& line : split(log, '\n')) {
    const auto first = line.find(' ');
    if (first == std::string::npos) continue;
    const auto second = line.find(' ', first + 1);
    const auto tab = line.find('\t');
    if (second == std::string::npos || tab == std::string::npos) continue;
    stashes.push_back({line.substr(first + 1, second - first - 1), line.substr(tab + 1)});
  }
  if (stashes.empty()) stashes.push_back({newest, ""});
  return stashes;
}

std::vector<Watch::Foreign> Watch::find(const IsOurs& is_ours, Look look) const {
  std::vector<Foreign> found;
  const RefTable now = read_refs(repository_, *store_, refs_);
  find_refs(now, is_ours, look, found);
  if (!is_ours("refs/stash")) find_stashes(now, found);
  find_worktrees(is_ours, found);
  find_in_main(look, found);
  return found;
}

void Watch::find_refs(const RefTable& now, const IsOurs& is_ours, Look look,
                      std::vector<Foreign>& found) const {
  for (const std::string& name : differing(refs_, now)) {
    const std::string was = refs_.find(name);
    const std::string is = now.find(name);
    if (was == is || name == "refs/stash" || is_ours(name)) continue;
    // A new ref is in nobody's way, unless it makes one object look like another.
    if (was.empty() && !starts_with(name, "refs/replace/")) continue;
    if (is_peoples_work(name, was, is, look)) continue;
    found.push_back({Foreign::Kind::ref, name, was, is});
  }
}

bool Watch::is_peoples_work(const std::string& ref, const std::string& was, const std::string& is,
                            Look look) const {
  if (was.empty() || is.empty()) return false;
  const bool branch = starts_with(ref, "refs/heads/");
  if (!branch) {
    for (const char* fixed : {"refs/tags/", "refs/replace/", "refs/chant/"}) {
      if (starts_with(ref, fixed)) return false;
    }
    return went_forward(was, is, look);
  }
  const bool checked_out =
      ref == target_ || branch_in(main_.head) == ref ||
      std::any_of(worktrees_.begin(), worktrees_.end(), [&](const auto& entry) {
        const bool ours = entry.second.owner == Owner::run || entry.second.owner == Owner::passing;
        return !ours && branch_in(entry.second.head) == ref;
      });
  return checked_out && went_forward(was, is, look);
}

bool Watch::went_forward(const std::string& was, const std::string& is, Look look) const {
  if (look == Look::files || !is_object_id(was) || !is_object_id(is)) return false;
  try {
    return store_->is_ancestor(was, is);
  } catch (const Error&) {
    return false;
  }
}

bool Watch::is_kept(const std::string& ref) const {
  const std::string was = known(ref);
  const std::string is = store_->find_ref(ref).value_or("");
  return was.empty() || was == is || went_forward(was, is, Look::fully);
}

void Watch::find_stashes(const RefTable& now, std::vector<Foreign>& found) const {
  const std::vector<Stash> stashes = look_at_stashes(now);
  const auto has = [](const std::vector<Stash>& list, const Stash& stash) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Stash& one) { return one.oid == stash.oid; });
  };
  for (const Stash& stash : stashes_) {
    if (!has(stashes, stash)) {
      found.push_back({Foreign::Kind::stash, stash.message, stash.oid, ""});
    }
  }
  for (const Stash& stash : stashes) {
    if (!has(stashes_, stash)) {
      found.push_back({Foreign::Kind::stash, stash.message, "", stash.oid});
    }
  }
}

void Watch::find_worktrees(const IsOurs& is_ours, std::vector<Foreign>& found) const {
  if (worktrees_.empty()) return;
  const std::map<std::string, Linked> now = look_at_worktrees();
  for (const auto& [name, linked] : worktrees_) {
    if (now.count(name) > 0 || linked.owner == Owner::passing) continue;
    const std::string branch = branch_in(linked.head);
    if (linked.owner == Owner::run && (branch.empty() || is_ours(branch))) continue;
    found.push_back({Foreign::Kind::worktree, name, linked.head, ""});
  }
}

void Watch::find_in_main(Look look, std::vector<Foreign>& found) const {
  if (main_.top.empty()) return;
  const std::string head = text_of(repository_.common_dir / "HEAD", kSmall);
  if (head != main_.head && !went_forward(main_.head, head, look)) {
    found.push_back({Foreign::Kind::head, "HEAD", main_.head, head});
  }
  std::vector<std::string> touched = touched_files();
  if (touched.empty()) return;
  const auto changed = look == Look::fully ? changed_files(main_.top) : std::nullopt;
  for (std::string& path : touched) {
    if (changed && changed->count(path) == 0) continue;
    found.push_back({Foreign::Kind::file, std::move(path), "", ""});
  }
}

std::vector<std::string> Watch::touched_files() const {
  std::vector<std::string> paths;
  FileGlance glance(main_.top);
  (void)read_index(main_.index, hash_size(), [&](const IndexEntry& entry) {
    if (main_.dirty.count(entry.path) > 0) return;
    if (main_.suspects.count(entry.path) > 0 || glance.differs(entry, main_.since)) {
      paths.emplace_back(entry.path);
    }
  });
  return paths;
}

std::string Watch::line_of(const Foreign& one) const {
  switch (one.kind) {
    case Foreign::Kind::ref:
      if (one.is.empty()) return ref_in_words(one.name) + " was deleted";
      if (one.was.empty()) return ref_in_words(one.name) + " was made";
      return fmt::format("{} moved from {} to {}", ref_in_words(one.name), shown_value(one.was),
                         shown_value(one.is));
    case Foreign::Kind::stash:
      if (one.was.empty()) return "a stash was made";
      return fmt::format("the stash '{}' was dropped", printable_line(one.name));
    case Foreign::Kind::worktree:
      return fmt::format("worktree '{}' is gone",
                         printable_line(worktrees_.at(one.name).path.string()));
    case Foreign::Kind::head: {
      const std::string branch = branch_in(one.was);
      return "the main checkout left " +
             (branch.empty() ? shown_value(one.was) : ref_in_words(branch));
    }
    case Foreign::Kind::file:
      break;
  }
  return fmt::format("'{}' was changed in the main checkout", printable_line(one.name));
}

// A checkout writes down where its HEAD went; a branch that is moved from elsewhere leaves no trace
// there.
bool Watch::was_moved_in_main(const Foreign& one) const {
  if (main_.top.empty() || one.kind != Foreign::Kind::ref || one.is.empty()) return false;
  if (branch_in(main_.head) != one.name) return false;
  const std::string log = text_of(repository_.common_dir / "logs/HEAD", kMaxLog);
  const std::string last = log.substr(log.rfind('\n') + 1);
  const auto space = last.find(' ');
  return space != std::string::npos && last.compare(space + 1, one.is.size(), one.is) == 0;
}

std::vector<Watch::Change> Watch::find_changes(const IsOurs& is_ours, Look look) const {
  std::vector<Change> found;
  std::size_t files = 0;
  for (const Foreign& one : find(is_ours, look)) {
    const bool is_file = one.kind == Foreign::Kind::file;
    if (is_file && ++files > kMaxNamedFiles) continue;
    const bool is_head = one.kind == Foreign::Kind::head;
    found.push_back({line_of(one), is_file || is_head || was_moved_in_main(one)});
  }
  if (files > kMaxNamedFiles) {
    found.push_back(
        {counted(files - kMaxNamedFiles, "other file") + " changed in the main checkout", true});
  }
  return found;
}

std::vector<std::string> Watch::changes(const IsOurs& is_ours, Look look) const {
  std::vector<std::string> lines;
  for (Change& change : find_changes(is_ours, look)) lines.push_back(std::move(change.line));
  return lines;
}

// What a landing of ours wrote into the main checkout is in its index now; all else there is to be
// as it was.
void Watch::accept(const std::string& ref, const std::string& oid) {
  refs_.set(ref, oid);
  if (main_.top.empty() || branch_in(main_.head) != ref) return;
  std::set<std::string, std::less<>> suspects;
  for (std::string& path : touched_files()) suspects.insert(std::move(path));
  std::string index = find_file(repository_.common_dir / "index", kMaxIndex).value_or("");
  const bool whole = read_index(index, hash_size(), [&](const IndexEntry& entry) {
    const auto suspect = suspects.find(entry.path);
    if (suspect == suspects.end()) return;
    const auto landed = find_entry(*store_, oid, *suspect);
    if (landed && landed->oid == entry.oid()) suspects.erase(suspect);
  });
  if (!whole) return;
  main_.index = std::move(index);
  main_.suspects = std::move(suspects);
}

std::string Watch::save() const {
  FieldWriter out;
  out.add(kSaved);
  out.add(target_);
  std::map<std::string, std::string> refs = refs_.packed;
  for (const auto& [name, ref] : refs_.loose) refs[name] = ref.value;
  out.add_number(static_cast<std::int64_t>(refs.size()));
  for (const auto& [name, value] : refs) {
    out.add(name);
    out.add(value);
  }
  out.add_number(static_cast<std::int64_t>(stashes_.size()));
  for (const Stash& stash : stashes_) {
    out.add(stash.oid);
    out.add(stash.message);
  }
  out.add_number(static_cast<std::int64_t>(worktrees_.size()));
  for (const auto& [name, linked] : worktrees_) {
    for (const std::string& field : {name, linked.path.string(), linked.head, linked.spec}) {
      out.add(field);
    }
    out.add_number(static_cast<int>(linked.owner));
  }
  for (const std::string& field : {main_.top.string(), main_.head, main_.index}) out.add(field);
  for (const auto* paths : {&main_.dirty, &main_.suspects}) {
    out.add_number(static_cast<std::int64_t>(paths->size()));
    for (const std::string& path : *paths) out.add(path);
  }
  out.add_number(main_.since);
  return out.take();
}

Watch Watch::load(Repository repository, Store& store, const std::string& text) {
  Watch watch(std::move(repository), store, Nothing{});
  FieldReader in(text);
  if (in.next() != kSaved) fail("this is not how a repository was");
  watch.target_ = in.next();
  for (std::size_t left = in.next_count(); left > 0; --left) {
    std::string name = in.next();
    watch.refs_.packed[std::move(name)] = in.next();
  }
  for (std::size_t left = in.next_count(); left > 0; --left) {
    std::string oid = in.next();
    watch.stashes_.push_back({std::move(oid), in.next()});
  }
  for (std::size_t left = in.next_count(); left > 0; --left) {
    std::string name = in.next();
    Linked& linked = watch.worktrees_[std::move(name)];
    linked.path = in.next();
    linked.head = in.next();
    linked.spec = in.next();
    const std::int64_t owner = in.next_number();
    if (owner < 0 || owner > static_cast<int>(Owner::passing)) fail("a field is damaged");
    linked.owner = static_cast<Owner>(owner);
  }
  // It is where the repository is now, whatever was written down.
  if (!in.next().empty()) watch.main_.top = watch.main_top();
  watch.main_.head = in.next();
  watch.main_.index = in.next();
  for (auto* paths : {&watch.main_.dirty, &watch.main_.suspects}) {
    for (std::size_t left = in.next_count(); left > 0; --left) paths->insert(in.next());
  }
  watch.main_.since = in.next_number();
  return watch;
}

}  // namespace chant::git
