#include "record/import.h"

#include "git/run.h"
#include "record/names.h"
#include "record/snapshot.h"
#include "record/spec_files.h"
#include "spec/frontmatter.h"
#include "spec/id.h"
#include "spec/yaml.h"
#include "tasks/plan.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/file.h"
#include "util/lock.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace chant::record {
namespace {

using tasks::Kind;
using tasks::Place;
using tasks::State;
using tasks::Task;

constexpr std::size_t kMaxBlock = spec::kMaxSpecBytes / 2;  // with its frame a spec file

std::string shown(const Task& task) { return task.id.empty() ? task.key : task.id; }

// What becomes of each task, and what it waits for then.
class Importer {
 public:
  Importer(const TaskList& loaded, const ImportRequest& request,
           const std::map<std::string, spec::Item>& items);

  // Ids come from `next_id`, in the order of the list.
  void run(const std::function<std::string()>& next_id);

  Import import;
  std::vector<std::size_t> order;  // of import.specs, what others need first

 private:
  enum class Fate { made, left_out, refused };
  struct Needs {
    std::vector<std::size_t> tasks;
    std::vector<LeftEdge> left;
  };

  void sort_out(std::size_t task);
  void find_faults(std::size_t task);
  void find_needs(std::size_t task);
  void add_need(std::size_t task, std::size_t on, const tasks::Dependency& edge);
  void refuse(std::size_t task, std::string why);
  void refuse_followers();
  void order_specs(const std::vector<std::size_t>& spec_of);
  [[nodiscard]] bool is_in(std::size_t task, std::size_t container) const;

  const tasks::List& list_;
  const ImportRequest& request_;
  tasks::Plan plan_;
  std::map<std::size_t, std::string> imported_;
  std::unordered_map<std::string, std::size_t> by_key_;
  std::vector<std::vector<std::size_t>> children_;
  std::vector<Fate> fates_;
  std::vector<std::string> why_;
  std::vector<Needs> needs_;
  std::vector<std::size_t> refused_;
};

Importer::Importer(const TaskList& loaded, const ImportRequest& request,
                   const std::map<std::string, spec::Item>& items)
    : list_(loaded.list),
      request_(request),
      plan_(tasks::make_plan(loaded.list, {request.tracks, false, {}})),
      imported_(find_imported(loaded.list, items)),
      children_(list_.tasks.size()),
      fates_(list_.tasks.size(), Fate::made),
      why_(list_.tasks.size()),
      needs_(list_.tasks.size()) {
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) by_key_.emplace(list_.tasks[i].key, i);
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    const auto parent = by_key_.find(list_.tasks[i].parent);
    if (parent != by_key_.end()) children_[parent->second].push_back(i);
  }
}

bool may_be_left_out(const Task& task) {
  return task.kind == Kind::conditional || task.kind == Kind::optional;
}

void Importer::sort_out(std::size_t task) {
  const tasks::Row& row = plan_.rows.at(task);
  const auto leave_out = [&](std::string why) {
    fates_[task] = Fate::left_out;
    why_[task] = std::move(why);
  };
  if (row.place == Place::container) return leave_out("only what is in it is work");
  if (row.place == Place::done) return leave_out("done");
  if (row.place == Place::dropped) return leave_out("dropped");
  if (const auto spec = imported_.find(task); spec != imported_.end()) {
    return leave_out("has a spec");
  }
  if (row.place == Place::not_chosen) return leave_out(row.why);
  if (const auto why = request_.refused.find(row.key); why != request_.refused.end()) {
    return refuse(task, why->second);
  }
  if (row.place == Place::refused) return refuse(task, row.why);
  const Task& own = list_.tasks[task];
  if (own.end > own.begin + kMaxBlock) return refuse(task, "it is too long for a spec file");
  if (!can_be_written(own.id)) return refuse(task, "its id has characters that no spec can have");
  if (may_be_left_out(own)) find_faults(task);
}

// The plan does not look at the faults of what it leaves out.
void Importer::find_faults(std::size_t task) {
  const Task& own = list_.tasks[task];
  if (own.state == State::unknown) return refuse(task, "nobody defined what its mark means");
  for (const tasks::Note& note : list_.notes) {
    if (note.kind != tasks::Note::Kind::error) continue;
    if (std::find(note.keys.begin(), note.keys.end(), own.key) == note.keys.end()) continue;
    return refuse(task, fmt::format("{} (line {})", note.text, note.line));
  }
}

void Importer::refuse(std::size_t task, std::string why) {
  fates_[task] = Fate::refused;
  why_[task] = std::move(why);
  refused_.push_back(task);
}

bool Importer::is_in(std::size_t task, std::size_t container) const {
  std::size_t one = task;
  for (std::size_t depth = 0; depth < list_.tasks.size(); ++depth) {
    const auto parent = by_key_.find(list_.tasks[one].parent);
    if (parent == by_key_.end()) return false;
    if (parent->second == container) return true;
    one = parent->second;
  }
  return false;
}

// What a task waits for, through what is nothing but others and what may be left out. With a list
// of what is to be looked at: chains of tasks can be of any length.
void Importer::find_needs(std::size_t task) {
  std::vector<bool> seen(list_.tasks.size());
  std::vector<std::pair<std::size_t, const tasks::Dependency*>> pending;
  const auto follow = [&](std::size_t from) {
    for (const tasks::Dependency& edge : list_.tasks[from].depends_on) {
      const auto on = by_key_.find(edge.on);
      if (edge.conditional) {
        const char* why =
            on == by_key_.end() ? "holds only sometimes, and is not there" : "holds only sometimes";
        if (from == task) needs_[task].left.push_back({edge.on, why, edge.line});
      } else if (!edge.dangling && on != by_key_.end()) {
        pending.emplace_back(on->second, &edge);
      }
    }
  };
  seen[task] = true;
  follow(task);
  for (std::size_t at = 0; at < pending.size() && fates_[task] == Fate::made; ++at) {
    const auto [on, edge] = pending[at];
    if (seen[on] || is_in(task, on)) continue;
    seen[on] = true;
    if (list_.tasks[on].kind == Kind::container) {
      for (const std::size_t child : children_[on]) pending.emplace_back(child, edge);
      continue;
    }
    add_need(task, on, *edge);
    const bool is_open = list_.tasks[on].state == State::open;
    if (list_.tasks[on].kind == Kind::optional && is_open) follow(on);
  }
}

void Importer::add_need(std::size_t task, std::size_t on, const tasks::Dependency& edge) {
  const Task& other = list_.tasks[on];
  Needs& needs = needs_[task];
  const auto leave = [&](const char* why) { needs.left.push_back({other.key, why, edge.line}); };
  if (other.state == State::done) return leave("done");
  if (other.kind == Kind::conditional) return leave("done only when its review asks for it");
  if (other.kind == Kind::optional) return leave("may be left out");
  if (other.state == State::dropped && edge.why != "task") return leave("dropped");
  if (other.state == State::dropped) {
    return refuse(task,
                  fmt::format("needs {} (line {}), which is dropped", shown(other), edge.line));
  }
  if (fates_[on] == Fate::left_out && imported_.count(on) == 0) {
    return refuse(task, fmt::format("needs {} (line {}), which has no spec: {}", shown(other),
                                    edge.line, why_[on]));
  }
  needs.tasks.push_back(on);
}

void Importer::refuse_followers() {
  std::vector<std::vector<std::size_t>> followers(list_.tasks.size());
  for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
    if (fates_[i] != Fate::made) continue;
    for (const std::size_t need : needs_[i].tasks) followers[need].push_back(i);
  }
  for (std::size_t at = 0; at < refused_.size(); ++at) {
    const std::size_t refused = refused_[at];
    for (const std::size_t follower : followers[refused]) {
      if (fates_[follower] != Fate::made) continue;
      refuse(follower, fmt::format("needs {}, which is refused", shown(list_.tasks[refused])));
    }
  }
}

void Importer::run(const std::function<std::string()>& next_id) {
  const std::size_t count = list_.tasks.size();
  for (std::size_t i = 0; i < count; ++i) sort_out(i);
  for (std::size_t i = 0; i < count; ++i) {
    if (fates_[i] == Fate::made) find_needs(i);
  }
  refuse_followers();
  std::vector<std::size_t> spec_of(count, count);
  for (std::size_t i = 0; i < count; ++i) {
    if (fates_[i] == Fate::made) {
      spec_of[i] = import.specs.size();
      import.specs.push_back(
          {i, next_id(), "", {}, std::move(needs_[i].left), may_be_left_out(list_.tasks[i])});
    } else {
      const auto spec = imported_.find(i);
      const bool has_spec = spec != imported_.end() && fates_[i] == Fate::left_out;
      auto& into = fates_[i] == Fate::refused ? import.refused : import.left_out;
      into.push_back({i, why_[i], has_spec ? spec->second : ""});
    }
  }
  for (NewSpec& spec : import.specs) {
    for (const std::size_t need : needs_[spec.task].tasks) {
      spec.depends_on.push_back(spec_of[need] < count ? import.specs[spec_of[need]].id
                                                      : imported_.at(need));
    }
    std::sort(spec.depends_on.begin(), spec.depends_on.end(), spec::id_less);
  }
  order_specs(spec_of);
}

void Importer::order_specs(const std::vector<std::size_t>& spec_of) {
  const std::size_t none = list_.tasks.size();
  std::vector<std::size_t> waits_for(import.specs.size(), 0);
  std::vector<std::vector<std::size_t>> followers(import.specs.size());
  for (std::size_t i = 0; i < import.specs.size(); ++i) {
    for (const std::size_t need : needs_[import.specs[i].task].tasks) {
      if (spec_of[need] == none) continue;
      ++waits_for[i];
      followers[spec_of[need]].push_back(i);
    }
    if (waits_for[i] == 0) order.push_back(i);
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    for (const std::size_t next : followers[order[at]]) {
      if (--waits_for[next] == 0) order.push_back(next);
    }
  }
  if (order.size() != import.specs.size()) fail("'{}': tasks wait for themselves", list_.path);
}

// The id that the list as it is here has as a blob of git.
std::string blob_of(const Workspace& workspace, const TaskList& loaded) {
  return git::output(workspace.repository().top_level,
                     {"hash-object", "--stdin", "--path=" + loaded.feature.list}, loaded.text);
}

std::filesystem::path file_of(const Workspace& workspace, const NewSpec& spec) {
  return workspace.repository().top_level / spec_path(spec.id);
}

// Whole or not at all, even when this process is killed: half a task would not be seen as that.
void write_spec(const std::filesystem::path& file, const std::string& text) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(file, error))) {
    fail("'{}' is there already", file.string());
  }
  const auto begun = file.parent_path() / (".tmp-" + file.filename().string());
  try {
    if (!make_file(begun, text)) fail("'{}' is there already", begun.string());
    std::filesystem::rename(begun, file, error);
    if (error) fail("cannot create '{}': {}", file.string(), error.message());
  } catch (const Error&) {
    std::filesystem::remove(begun, error);
    throw;
  }
}

// All of them, or none.
void write_specs(const Workspace& workspace, const std::vector<NewSpec>& specs,
                 const std::vector<std::size_t>& order) {
  std::size_t made = 0;
  make_specs_directory(workspace.repository());
  try {
    for (; made < order.size(); ++made) {
      const NewSpec& spec = specs[order[made]];
      write_spec(file_of(workspace, spec), spec.text);
      fault_point("spec file imported");
    }
  } catch (const Error&) {
    while (made > 0) {
      std::error_code ignored;
      std::filesystem::remove(file_of(workspace, specs[order[--made]]), ignored);
    }
    throw;
  }
}

std::vector<std::string> agent_names(const Workspace& workspace) {
  std::vector<std::string> names;
  for (const config::Agent& agent : workspace.config().agents) names.push_back(agent.name);
  return names;
}

}  // namespace

bool can_be_written(const std::string& text) {
  if (find_invalid_utf8(text) != std::string::npos) return false;
  try {
    return spec::parse_yaml(spec::yaml_scalar(text), {}).text == text;
  } catch (const Error&) {
    return false;
  }
}

std::optional<TaskOrigin> find_origin(const spec::Spec& spec) {
  if (spec.text.find("\norigin:") == std::string::npos) return std::nullopt;
  const auto frontmatter = spec::read_frontmatter(spec.text, spec.id);
  const spec::YamlNode* node = frontmatter.root.find("origin");
  if (node == nullptr || node->kind != spec::YamlNode::Kind::map) return std::nullopt;
  TaskOrigin origin;
  const std::array<std::pair<std::string_view, std::string*>, 6> keys = {
      {{"path", &origin.link.path},
       {"format", &origin.link.dialect},
       {"id", &origin.link.id},
       {"key", &origin.link.key},
       {"fingerprint", &origin.link.fingerprint},
       {"blob", &origin.blob}}};
  for (const auto& [key, value] : keys) {
    const spec::YamlNode* found = node->find(key);
    if (found == nullptr || found->kind != spec::YamlNode::Kind::scalar) return std::nullopt;
    *value = found->text;
  }
  return origin;
}

std::map<std::size_t, std::string> find_imported(const tasks::List& list,
                                                 const std::map<std::string, spec::Item>& items) {
  std::map<std::string, TaskOrigin> origins;
  for (const auto& [id, item] : items) {
    auto origin = item.broken.empty() ? find_origin(item.spec) : std::nullopt;
    if (origin && origin->link.path == list.path) origins.emplace(id, std::move(*origin));
  }
  if (origins.empty()) return {};
  std::unordered_map<std::string, std::size_t> by_key;
  for (std::size_t i = 0; i < list.tasks.size(); ++i) by_key.emplace(list.tasks[i].key, i);
  tasks::Finder finder(list);
  std::map<std::size_t, std::string> found;
  const auto add = [&](std::size_t task, const std::string& id) {
    const auto [other, is_new] = found.emplace(task, id);
    if (!is_new && items.at(other->second).spec.status == "cancelled") other->second = id;
  };
  for (const auto& [id, origin] : origins) {
    // Tasks that nothing else tells apart have their keys.
    const auto same = by_key.find(origin.link.key);
    const bool is_same =
        same != by_key.end() &&
        tasks::link_of(list, list.tasks[same->second]).fingerprint == origin.link.fingerprint;
    if (is_same) {
      add(same->second, id);
    } else if (const auto again = finder.find(origin.link);
               const auto* place = std::get_if<tasks::Found>(&again)) {
      add(place->task, id);
    }
  }
  return found;
}

Import import_list(Workspace& workspace, const TaskList& loaded, const ImportRequest& request) {
  const git::Repository& repository = workspace.repository();
  if (!can_be_written(loaded.list.path)) {
    throw Error(fmt::format("the path '{}' has characters that no spec can have",
                            printable_line(loaded.list.path)),
                "give the list another name");
  }
  // As `git chant add`: who comes second sees what the first one has made.
  const FileLock lock = FileLock::acquire(repository.chant_dir() / "locks/add.lock");
  std::vector<std::string> notes;
  auto items = load_specs(repository, notes);
  std::vector<std::string> ids;
  for (const auto& [id, item] : items) ids.push_back(id);
  const std::string today = local_date();
  Importer importer(loaded, request, items);
  importer.run([&] {
    ids = {spec::make_id(today, ids)};  // the last one is all that the next one needs
    return ids.front();
  });
  Import& import = importer.import;
  import.blob = blob_of(workspace, loaded);
  const auto agents = agent_names(workspace);
  std::vector<std::string> made;
  for (NewSpec& spec : import.specs) {
    const tasks::Task& task = loaded.list.tasks[spec.task];
    const SpecSource source{loaded, task, spec.depends_on, agents, import.blob, spec.is_paused};
    items[spec.id].spec = render_import(spec.id, source);
    spec.text = items[spec.id].spec.text;
    made.push_back(spec.id);
  }
  const auto cycle = spec::find_cycle(items, made);
  if (!made.empty() && !cycle.empty()) throw Error("dependency cycle: " + join(cycle, " -> "));
  const bool may_write = import.refused.empty() || request.partial;
  if (may_write && !request.dry_run && !import.specs.empty()) {
    write_specs(workspace, import.specs, importer.order);
    import.is_written = true;
  }
  return std::move(import);
}

}  // namespace chant::record
