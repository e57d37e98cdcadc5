// Putting back what a watch has found: nothing is overwritten that was not saved before.
#include "git/index_file.h"
#include "git/run.h"
#include "git/tree.h"
#include "git/watch.h"
#include "git/worktree.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

constexpr const char* kReason = "git chant: put back";
constexpr std::size_t kMaxIndex = 256UL * 1024 * 1024;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

bool is_behind_link(const fs::path& top, const fs::path& path) {
  std::error_code ignored;
  for (fs::path above = path.parent_path(); !above.empty(); above = above.parent_path()) {
    if (fs::is_symlink(top / above, ignored)) return true;
  }
  return false;
}

// Copies what is at `path` below `top`, if anything. A link on the way is what is there.
void save_aside(const fs::path& top, const fs::path& path, const fs::path& aside) {
  fs::path from = top;
  fs::path to = aside;
  std::error_code ignored;
  for (const fs::path& part : path) {
    fs::create_directories(to, ignored);
    from /= part;
    to /= part;
    if (fs::is_symlink(from, ignored)) break;
  }
  fs::copy(from, to, fs::copy_options::copy_symlinks | fs::copy_options::recursive, ignored);
}

}  // namespace

class Watch::Repair {
 public:
  Repair(const Watch& watch, RefWriter& refs, const fs::path& aside)
      : watch_(watch), refs_(refs), aside_(aside) {}

  std::vector<std::string> run(const IsOurs& is_ours) {
    using Kind = Foreign::Kind;
    make_private_directories(aside_);
    for (const Foreign& one : watch_.find(is_ours, Look::fully)) {
      attempt(watch_.line_of(one), [&] {
        if (one.kind == Kind::ref) put_ref_back(one);
        if (one.kind == Kind::stash) put_stash_back(one);
        if (one.kind == Kind::worktree) put_worktree_back(one);
        if (one.kind == Kind::head) put_head_back(one);
      });
    }
    // Only now it shows which files are not those of the branch.
    std::vector<std::string> files;
    for (const Foreign& one : watch_.find(is_ours, Look::fully)) {
      if (one.kind == Kind::file) files.push_back(one.name);
    }
    attempt("files were changed in the main checkout", [&] { put_files_back(files); });
    return std::move(done_);
  }

 private:
  template <typename Step>
  void attempt(const std::string& what, const Step& step) {
    try {
      step();
    } catch (const Error& error) {
      done_.push_back(fmt::format("not put back: {} ({})", what, printable_line(error.what())));
    }
  }

  [[nodiscard]] fs::path admin_of(const std::string& name) const {
    return watch_.repository_.common_dir / "worktrees" / name;
  }

  [[nodiscard]] std::string kept_ref() const {
    return free_foreign_ref(read_refs(watch_.repository_, *watch_.store_));
  }

  void put_ref_back(const Foreign& one) {
    const std::string words = ref_in_words(one.name);
    if (!one.was.empty() && !is_object_id(one.was)) fail("it was {}", shown_value(one.was));
    std::string kept;
    std::vector<RefChange> changes = {
        {one.name, one.is.empty() || is_object_id(one.is) ? one.is : "*", one.was}};
    if (is_object_id(one.is)) {
      kept = kept_ref();
      changes.push_back({kept, "", one.is});
    }
    if (const auto refused = refs_.change(changes)) fail("{}", *refused);
    const std::string where =
        one.was.empty() ? " is gone again" : " is back at " + shown_value(one.was);
    done_.push_back(words + where +
                    (kept.empty() ? "" : "; what it was moved to is kept as " + kept));
    touched_head_ = touched_head_ || branch_in(watch_.main_.head) == one.name;
  }

  void put_stash_back(const Foreign& one) {
    const fs::path& top = watch_.repository_.top_level;
    if (one.is.empty()) {
      (void)output(top, {"stash", "store", "--quiet", "--message", one.name, one.was});
      done_.push_back(fmt::format("the stash '{}' is back", printable_line(one.name)));
      return;
    }
    const std::vector<Stash> now =
        watch_.look_at_stashes(read_refs(watch_.repository_, *watch_.store_));
    const auto found = std::find_if(now.rbegin(), now.rend(),
                                    [&](const Stash& stash) { return stash.oid == one.is; });
    if (found == now.rend()) return;
    const std::string kept = kept_ref();
    if (const auto refused = refs_.change({{kept, "", one.is}})) fail("{}", *refused);
    (void)output(top, {"stash", "drop", "--quiet",
                       fmt::format("stash@{{{}}}", std::distance(now.rbegin(), found))});
    done_.push_back("the stash that was made is kept as " + kept);
  }

  void put_head_back(const Foreign& one) {
    const fs::path& top = watch_.main_.top;
    if (is_object_id(one.is)) {
      const std::string kept = kept_ref();
      if (const auto refused = refs_.change({{kept, "", one.is}})) fail("{}", *refused);
      done_.push_back("where HEAD was is kept as " + kept);
    }
    const std::string branch = branch_in(one.was);
    const std::vector<std::string> arguments =
        branch.empty()
            ? std::vector<std::string>{"update-ref", "--no-deref", "-m", kReason, "HEAD", one.was}
            : std::vector<std::string>{"symbolic-ref", "-m", kReason, "HEAD", branch};
    if (!process::succeeded(git::run(top, arguments).outcome)) {
      // Without a HEAD that makes sense, git sees no repository.
      AtomicFile head(watch_.repository_.common_dir / "HEAD");
      head.write(one.was + "\n");
      head.commit();
    }
    touched_head_ = true;
    done_.push_back("the main checkout is back on " +
                    (branch.empty() ? shown_value(one.was) : ref_in_words(branch)));
  }

  void put_files_back(const std::vector<std::string>& files) {
    const std::set<std::string> wanted(files.begin(), files.end());
    std::set<std::string> known;
    std::string entries, names;
    (void)read_index(watch_.main_.index, watch_.hash_size(), [&](const IndexEntry& entry) {
      const std::string path(entry.path);
      known.insert(path);
      if (wanted.count(path) == 0) return;
      entries += wanted_entry(entry, path) + '\0';
      names += path + '\0';
    });
    const std::vector<std::string> extra =
        touched_head_ ? not_in(known) : std::vector<std::string>{};
    for (const std::string& path : extra) {
      entries += "0 " + std::string(watch_.hash_size() * 2, '0') + '\t' + path + '\0';
    }
    if (entries.empty()) return;
    const fs::path& top = watch_.main_.top;
    const fs::path saved = aside_ / "checkout";
    for (const auto* paths : {&files, &extra}) {
      for (const std::string& path : *paths) save_aside(top, path, saved);
    }
    (void)output(top, {"update-index", "-z", "--index-info"}, entries);
    (void)output(top, {"checkout-index", "--force", "--quiet", "--index", "-z", "--stdin"}, names);
    for (const std::string& path : extra) {
      std::error_code ignored;
      if (!is_behind_link(top, path)) fs::remove(top / path, ignored);
    }
    done_.push_back(fmt::format("{} of the main checkout as before; what was there is in '{}'",
                                counted(files.size() + extra.size(), "file"),
                                printable_line(saved.string())));
  }

  // In a line for git update-index. What somebody had changed when the index was taken anew is to
  // be as in the commit, and so is what was as in the commit before: there may be a landing since.
  [[nodiscard]] std::string wanted_entry(const IndexEntry& entry, const std::string& path) const {
    const std::string branch = branch_in(watch_.main_.head);
    const std::string was = watch_.known(branch);
    const std::string is = watch_.store_->find_ref(branch).value_or(was);
    bool as_landed = watch_.main_.suspects.count(path) > 0;
    if (!as_landed && was != is) {
      const auto before = find_entry(*watch_.store_, was, path);
      as_landed = before && before->oid == entry.oid();
    }
    if (as_landed) {
      const auto landed = find_entry(*watch_.store_, is, path);
      if (landed) return fmt::format("{} {}\t{}", landed->mode, landed->oid, path);
    }
    return fmt::format("{:o} {}\t{}", entry.mode, entry.oid(), path);
  }

  // Files that the index has now and had not then.
  [[nodiscard]] std::vector<std::string> not_in(const std::set<std::string>& known) const {
    std::vector<std::string> paths;
    const std::string index =
        find_file(watch_.repository_.common_dir / "index", kMaxIndex).value_or("");
    (void)read_index(index, watch_.hash_size(), [&](const IndexEntry& entry) {
      std::string path(entry.path);
      if (known.count(path) == 0) paths.push_back(std::move(path));
    });
    return paths;
  }

  void put_worktree_back(const Foreign& one) {
    const Linked& linked = watch_.worktrees_.at(one.name);
    const FileLock lock = worktree_lock(watch_.repository_);
    std::error_code ignored;
    if (is_there(linked.path) && !fs::is_empty(linked.path, ignored)) {
      fail("there is something else in its place");
    }
    const fs::path admin = admin_of(one.name);
    if (is_there(admin / "HEAD") && is_there(admin / "index")) {
      fs::create_directories(linked.path);
      AtomicFile dot_git(linked.path / ".git");
      dot_git.write("gitdir: " + admin.string() + "\n");
      dot_git.commit();
      (void)output(linked.path, {"checkout-index", "--all", "--force", "--quiet", "--index"});
    } else {
      add_again(linked);
    }
    done_.push_back(
        fmt::format("worktree '{}' is there again, without what was not committed in it",
                    printable_line(linked.path.string())));
  }

  void add_again(const Linked& linked) {
    const fs::path& top = watch_.repository_.top_level;
    const std::string branch = branch_in(linked.head);
    const std::string commit = branch.empty() ? linked.head : watch_.refs_.find(branch);
    constexpr std::string_view kHeads = "refs/heads/";
    const auto add = [&](const std::vector<std::string>& what) {
      std::vector<std::string> arguments = {"worktree", "add", "--quiet"};
      arguments.insert(arguments.end(), what.begin(), what.end());
      return git::run(top, std::move(arguments));
    };
    process::Result added;
    const bool attached = branch.compare(0, kHeads.size(), kHeads) == 0;
    if (attached) {
      added = add({"--", linked.path.string(), branch.substr(kHeads.size())});
    }
    if (!attached || !process::succeeded(added.outcome)) {
      added = add({"--detach", "--", linked.path.string(), commit});
    }
    if (!process::succeeded(added.outcome)) fail_git("git worktree add", added);
    if (linked.spec.empty() || linked.owner != Owner::person) return;
    mark_worktree(linked.path, linked.spec, git::Owner::person);
  }

  const Watch& watch_;
  RefWriter& refs_;
  const fs::path& aside_;
  std::vector<std::string> done_;
  bool touched_head_ = false;  // the main checkout is on another commit than before
};

std::vector<std::string> Watch::put_back(RefWriter& refs, const IsOurs& is_ours,
                                         const fs::path& aside) const {
  return Repair(*this, refs, aside).run(is_ours);
}

}  // namespace chant::git
