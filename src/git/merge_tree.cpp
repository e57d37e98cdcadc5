#include "git/merge_tree.h"

#include "git/run.h"
#include "process/coprocess.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

// Cuts what git writes into the fields that end in NUL.
class Fields {
 public:
  using Source = std::function<std::string()>;  // "" at the end
  explicit Fields(Source source) : source_(std::move(source)) {}

  std::optional<std::string> next() {
    std::size_t searched = at_;
    for (;;) {
      const std::size_t end = buffer_.find('\0', searched);
      if (end != std::string::npos) {
        std::string field = buffer_.substr(at_, end - at_);
        at_ = end + 1;
        return field;
      }
      searched = buffer_.size() - at_;
      buffer_.erase(0, at_);
      at_ = 0;
      const std::string more = source_();
      if (more.empty()) return std::nullopt;
      buffer_ += more;
    }
  }

 private:
  Source source_;
  std::string buffer_;
  std::size_t at_ = 0;
};

struct Message {
  std::vector<std::string> paths;
  std::string type;  // "CONFLICT (contents)", "Auto-merging" …
};

bool is_object_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "<mode> <object id> <stage>\t<path>"
bool add_stage(std::vector<ConflictedPath>& conflicts, const std::string& field) {
  const auto tab = field.find('\t');
  if (tab == std::string::npos || tab < 49 || field[6] != ' ' || field[tab - 2] != ' ')
    return false;
  const std::string oid = field.substr(7, tab - 9);
  const char stage = field[tab - 1];
  if (!is_object_id(oid) || stage < '1' || stage > '3') return false;
  std::string path = field.substr(tab + 1);
  if (conflicts.empty() || conflicts.back().path != path) {
    conflicts.push_back({std::move(path), "", "", "", ""});
  }
  ConflictedPath& conflict = conflicts.back();
  (stage == '1' ? conflict.base : stage == '2' ? conflict.ours : conflict.theirs) = oid;
  return true;
}

// "contents" of "CONFLICT (contents)", "" of what is no conflict. Some have no blank there.
std::string kind_of(const std::string& type) {
  const auto open = type.find('(');
  if (open == std::string::npos || type.back() != ')') return "";
  if (trim(std::string_view(type).substr(0, open)) != "CONFLICT") return "";
  return type.substr(open + 1, type.size() - open - 2);
}

// The first path of a message is the one that it is about.
void name_kinds(std::vector<ConflictedPath>& conflicts, const std::vector<Message>& messages) {
  const auto find = [&](const std::string& path) {
    return std::find_if(conflicts.begin(), conflicts.end(),
                        [&](const ConflictedPath& conflict) { return conflict.path == path; });
  };
  for (const bool about : {true, false}) {
    for (const Message& message : messages) {
      const std::string kind = kind_of(message.type);
      if (kind.empty() || message.paths.empty()) continue;
      bool known = false;
      for (std::size_t i = 0; i < (about ? 1 : message.paths.size()); ++i) {
        const auto conflict = find(message.paths[i]);
        if (conflict == conflicts.end()) continue;
        known = true;
        if (conflict->kind.empty()) conflict->kind = kind;
      }
      // Some conflicts leave no file unmerged, such as a directory that was renamed to two.
      if (!known && !about) conflicts.push_back({message.paths.front(), kind, "", "", ""});
    }
  }
  for (ConflictedPath& conflict : conflicts) {
    if (conflict.kind.empty()) conflict.kind = "conflict";
    // So it is called in git's prose.
    const bool both_add =
        conflict.base.empty() && !conflict.ours.empty() && !conflict.theirs.empty();
    if (conflict.kind == "contents" && both_add) conflict.kind = "add/add";
  }
  if (conflicts.empty()) conflicts.push_back({"", "conflict", "", "", ""});
}

// How many paths a message names; std::nullopt for what does not begin a message.
std::optional<std::size_t> find_count(const std::string& text) {
  std::size_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return count;
}

std::optional<Message> read_message(Fields& fields, std::size_t count) {
  Message message;
  for (std::size_t i = 0; i < count; ++i) {
    auto path = fields.next();
    if (!path) return std::nullopt;
    message.paths.push_back(std::move(*path));
  }
  auto type = fields.next();
  if (!type || !fields.next()) return std::nullopt;  // the last is prose
  message.type = std::move(*type);
  return message;
}

// What follows the tree of a merge that is not clean. std::nullopt when it is not as it should be.
std::optional<std::vector<ConflictedPath>> read_conflicts(Fields& fields) {
  std::vector<ConflictedPath> conflicts;
  auto field = fields.next();
  for (; field && !field->empty(); field = fields.next()) {
    if (!add_stage(conflicts, *field)) return std::nullopt;
  }
  if (!field) return std::nullopt;
  std::vector<Message> messages;
  // Advice, of submodules, may follow the messages.
  for (field = fields.next(); field; field = fields.next()) {
    const auto count = find_count(*field);
    if (!count) break;
    auto message = read_message(fields, *count);
    if (!message) return std::nullopt;
    messages.push_back(std::move(*message));
  }
  name_kinds(conflicts, messages);
  return conflicts;
}

std::optional<TreeMerge> read_merge(Fields& fields, bool clean) {
  auto tree = fields.next();
  if (!tree || !is_object_id(*tree)) return std::nullopt;
  TreeMerge merge{std::move(*tree), {}};
  if (clean) return merge;
  auto conflicts = read_conflicts(fields);
  if (!conflicts) return std::nullopt;
  merge.conflicts = std::move(*conflicts);
  return merge;
}

// A merge driver may write to its standard output, which is git's, before git does.
std::optional<TreeMerge> find_merge(const std::string& output, bool clean) {
  for (std::size_t end = output.find('\0'); end != std::string::npos;
       end = output.find('\0', end + 1)) {
    for (const std::size_t length : {std::size_t{64}, std::size_t{40}}) {
      if (end < length || !is_object_id(std::string_view(output).substr(end - length, length))) {
        continue;
      }
      std::string rest = output.substr(end - length);
      Fields fields([&] { return std::exchange(rest, ""); });
      auto merge = read_merge(fields, clean);
      if (merge && !fields.next()) return merge;
    }
  }
  return std::nullopt;
}

std::vector<std::string> merge_tree_arguments() { return {"merge-tree", "--write-tree", "-z"}; }

// One merge of a batch; std::nullopt when there is none, or not as it should be.
std::optional<TreeMerge> next_merge(Fields& fields) {
  const auto status = fields.next();
  if (!status || (*status != "0" && *status != "1")) return std::nullopt;
  const bool clean = *status == "1";
  auto merge = read_merge(fields, clean);
  if (merge && clean) {
    const auto end = fields.next();
    if (!end || !end->empty()) return std::nullopt;
  }
  return merge;
}

// Merges the pairs from `first` on in one process. Returns the first that git has not answered: a
// merge driver can spoil the rest by reading the standard input or by writing to the standard
// output that it shares with git.
std::size_t merge_batch(const fs::path& directory,
                        const std::vector<std::pair<std::string, std::string>>& pairs,
                        std::size_t first,
                        const std::function<void(std::size_t, const TreeMerge&)>& each) {
  std::vector<std::string> arguments = merge_tree_arguments();
  arguments.emplace_back("--stdin");
  process::Coprocess git(command(directory, std::move(arguments)));
  std::string input;
  for (std::size_t i = first; i < pairs.size(); ++i) {
    input += pairs[i].first + " " + pairs[i].second + "\n";
  }
  try {
    git.write(input);
  } catch (const Error&) {
    // It has ended early: what it said until then is read.
  }
  git.end_input();
  Fields fields([&] { return git.read_more(); });
  for (std::size_t i = first; i < pairs.size(); ++i) {
    const auto merge = next_merge(fields);
    if (!merge) return i;
    each(i, *merge);
  }
  return pairs.size();
}

// What git refuses to merge, or fails at for what it is, does not fit: it is no failure of ours.
std::optional<TreeMerge> find_refusal(const fs::path& directory, const std::string& ours,
                                      const std::string& theirs, const process::Result& result) {
  std::string kind;
  const auto* exited = std::get_if<process::Exited>(&result.outcome);
  if (process::crashed(result.outcome)) {
    kind = "git failed: " + process::describe(result.outcome);
  } else if (exited != nullptr && exited->code > 1) {
    const process::Result base = run(directory, {"merge-base", ours, theirs});
    const auto* none = std::get_if<process::Exited>(&base.outcome);
    if (none != nullptr && none->code == 1 && base.err.empty()) kind = "unrelated histories";
  }
  if (kind.empty()) return std::nullopt;
  return TreeMerge{output(directory, {"rev-parse", "--verify", "-q", ours + "^{tree}"}),
                   {{"", kind, "", "", ""}}};
}

// A commit that only a merge needs: nothing reaches it, and it is the same for the same tree.
std::string make_stand_in(Store& store, const std::string& tree, const std::string& parent) {
  const std::string line = parent.empty() ? "" : "parent " + parent + "\n";
  const std::string who = "git-chant <git-chant> 0 +0000";
  return store.write_object(
      "commit",
      fmt::format("tree {}\n{}author {}\ncommitter {}\n\nstand-in\n", tree, line, who, who));
}

}  // namespace

TreeMerge merge_commits(const fs::path& directory, const std::string& ours,
                        const std::string& theirs) {
  std::vector<std::string> arguments = merge_tree_arguments();
  arguments.insert(arguments.end(), {ours, theirs});
  const process::Result result = run(directory, std::move(arguments));
  if (auto refused = find_refusal(directory, ours, theirs, result)) return std::move(*refused);
  const auto* exited = std::get_if<process::Exited>(&result.outcome);
  // It also ends with 1, and without a tree, when there is nothing to merge.
  if (exited == nullptr || exited->code > 1 || result.out.empty()) {
    fail_git("git merge-tree", result);
  }
  auto merge = find_merge(result.out, exited->code == 0);
  if (!merge) fail("cannot read what 'git merge-tree' says of {} and {}", ours, theirs);
  return std::move(*merge);
}

void merge_pairs(const fs::path& directory,
                 const std::vector<std::pair<std::string, std::string>>& pairs,
                 const std::function<void(std::size_t, const TreeMerge&)>& each) {
  for (std::size_t next = 0; next < pairs.size(); ++next) {
    next = merge_batch(directory, pairs, next, each);
    if (next == pairs.size()) return;
    each(next, merge_commits(directory, pairs[next].first, pairs[next].second));
  }
}

TreeMerge merge_change(Store& store, const fs::path& directory, const std::string& base,
                       const std::string& ours, const std::string& theirs) {
  const std::string root = make_stand_in(store, base, "");
  const std::string one = make_stand_in(store, ours, root);
  const std::string other = make_stand_in(store, theirs, root);
  store.flush();
  return merge_commits(directory, one, other);
}

}  // namespace chant::git
