#include "work/selection.h"

#include "spec/id.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace chant::work {
namespace {

using record::Snapshot;
using spec::State;

State state_of(const Snapshot& snapshot, const std::string& id) {
  return snapshot.states.at(id).state;
}

bool has_members(const Snapshot& snapshot, const std::string& id) {
  return std::any_of(snapshot.items.begin(), snapshot.items.end(), [&](const auto& item) {
    return spec::driver_of(item.first) == id && !item.second.spec.source;
  });
}

// The specs that stand for `id`: itself, or the open members of a driver, nested ones included.
std::vector<std::string> open_members(const Snapshot& snapshot, const std::string& id) {
  const auto known = snapshot.items.find(id);
  if (known == snapshot.items.end() || known->second.spec.source) return {id};
  if (!has_members(snapshot, id)) return {id};
  std::vector<std::string> members;
  for (const auto& [other, item] : snapshot.items) {
    if (spec::driver_of(other) != id) continue;
    for (std::string& member : open_members(snapshot, other)) {
      const State state = state_of(snapshot, member);
      if (state == State::completed || state == State::cancelled) continue;
      members.push_back(std::move(member));
    }
  }
  std::sort(members.begin(), members.end(), spec::id_less);
  return members;
}

bool has_label(const spec::Spec& spec, const std::vector<std::string>& labels) {
  return labels.empty() || std::find_first_of(spec.labels.begin(), spec.labels.end(),
                                              labels.begin(), labels.end()) != spec.labels.end();
}

// Of the chosen specs and of all that they wait for.
void require_sound_graph(const Snapshot& snapshot, const std::set<std::string>& chosen) {
  std::vector<std::string> open(chosen.begin(), chosen.end());
  const std::vector<std::string> cycle = spec::find_cycle(snapshot.items, open);
  if (!open.empty() && !cycle.empty()) throw Error("dependency cycle: " + join(cycle, " -> "));
  std::set<std::string> seen = chosen;
  while (!open.empty()) {
    const std::string id = std::move(open.back());
    open.pop_back();
    const spec::Computed& computed = snapshot.states.at(id);
    for (const std::string& other : computed.blocked_by) {
      if (snapshot.items.count(other) == 0) fail("{}: {}", id, computed.why);
      if (seen.insert(other).second) open.push_back(other);
    }
  }
}

std::set<std::string> blocked_specs(const Snapshot& snapshot) {
  std::set<std::string> ids;
  for (const auto& [id, computed] : snapshot.states) {
    const bool is_task = snapshot.items.at(id).spec.source.has_value();
    if (computed.state == State::blocked && !is_task) ids.insert(id);
  }
  return ids;
}

bool is_sealed(const Snapshot& snapshot, const std::string& id) {
  const auto branch = snapshot.branches.find(id);
  return branch != snapshot.branches.end() && branch->second.sealed;
}

// Only the run of a feature knows what its list says, and that somebody has approved of it.
void require_no_task(const Snapshot& snapshot, const std::string& id) {
  const auto& source = snapshot.items.at(id).spec.source;
  if (!source || is_sealed(snapshot, id)) return;
  throw Error(fmt::format("{} is a task of '{}'", id, printable_line(source->list)),
              "git chant work --feature " + shell_quoted(source->list));
}

void require_workable(const Snapshot& snapshot, const std::string& id) {
  const spec::Computed& computed = snapshot.states.at(id);
  const std::string reset = "git chant reset " + id;
  switch (computed.state) {
    case State::completed:
      throw Error(fmt::format("{} is completed", id), reset);
    case State::cancelled:
      throw Error(fmt::format("{} is cancelled", id), reset);
    case State::in_progress:
      throw Error(fmt::format("{} is being worked on", id), "git chant log -f " + id);
    case State::broken:
      throw Error(computed.why);
    case State::paused:
      throw Error(fmt::format("{} is paused: {}", id, computed.why), reset);
    case State::needs_attention:
      if (is_sealed(snapshot, id)) return;
      throw Error(fmt::format("{} needs attention: {}", id, computed.why), reset);
    case State::failed:
      if (snapshot.last.count(id) > 0) return;
      throw Error(fmt::format("{} has failed: {}", id, computed.why), reset);
    case State::driver:
    case State::finished:
    case State::blocked:
    case State::ready:
      return;
  }
}

void require_no_person(const Choice& choice, const std::string& id) {
  const auto person = choice.people.find(id);
  if (person == choice.people.end()) return;
  const bool branch_only = person->second.compare(0, 3, "on ") == 0;
  throw Error(fmt::format("{} is worked on by a person {}", id, person->second),
              (branch_only ? "git chant reset " : "git chant worktree --remove ") + id);
}

std::set<std::string> named(const Snapshot& snapshot, const Choice& choice,
                            std::vector<std::string>& order) {
  std::set<std::string> chosen;
  for (const std::string& text : choice.ids) {
    const std::string id = snapshot.resolve(text);
    const std::vector<std::string> members = open_members(snapshot, id);
    if (members.empty()) throw Error(fmt::format("all members of {} are completed", id));
    for (const std::string& member : members) {
      require_workable(snapshot, member);
      require_no_task(snapshot, member);
      require_no_person(choice, member);
      if (!has_label(snapshot.items.at(member).spec, choice.labels)) continue;
      if (chosen.insert(member).second) order.push_back(member);
    }
  }
  return chosen;
}

// Everything that is ready, waits to land, or becomes ready through what is chosen.
std::set<std::string> everything(const Snapshot& snapshot, const Choice& choice) {
  std::set<std::string> chosen;
  for (const auto& [id, computed] : snapshot.states) {
    if (!has_label(snapshot.items.at(id).spec, choice.labels)) continue;
    if (choice.people.count(id) > 0) continue;
    const bool lands =
        computed.state == State::finished && choice.mode == config::BranchMode::direct;
    if (snapshot.items.at(id).spec.source && !lands) continue;
    if (computed.state == State::ready || computed.state == State::blocked || lands) {
      chosen.insert(id);
    }
  }
  const auto hopeless = [&](const std::string& id) {
    const auto& blockers = snapshot.states.at(id).blocked_by;
    return std::any_of(blockers.begin(), blockers.end(), [&](const std::string& blocker) {
      const auto members = open_members(snapshot, blocker);
      return std::any_of(members.begin(), members.end(), [&](const std::string& member) {
        return chosen.count(member) == 0 && state_of(snapshot, member) != State::in_progress;
      });
    });
  };
  while (true) {
    const auto found = std::find_if(chosen.begin(), chosen.end(), hopeless);
    if (found == chosen.end()) return chosen;
    chosen.erase(found);
  }
}

// Why a task cannot be worked on now, "" when it can.
std::string hindrance_of(const Snapshot& snapshot, const Choice& choice, const std::string& id) {
  const spec::Computed& computed = snapshot.states.at(id);
  const auto person = choice.people.find(id);
  if (person != choice.people.end()) return "it is worked on by a person " + person->second;
  switch (computed.state) {
    case State::ready:
    case State::blocked:
    case State::finished:
    case State::failed:
      return "";
    case State::needs_attention:
      if (is_sealed(snapshot, id)) return "";
      return fmt::format("it needs attention: {} (git chant reset {})", computed.why, id);
    case State::in_progress:
      return "another run works on it";
    default:
      return computed.why.empty() ? std::string(spec::name_of(computed.state)) : computed.why;
  }
}

// The task that it waits for and that this run does not do, "" when there is none.
std::string missing_of(const Snapshot& snapshot, const std::set<std::string>& chosen,
                       const std::string& id) {
  const auto& blockers = snapshot.states.at(id).blocked_by;
  const auto missing =
      std::find_if(blockers.begin(), blockers.end(), [&](const std::string& blocker) {
        const bool running =
            snapshot.states.count(blocker) > 0 && state_of(snapshot, blocker) == State::in_progress;
        return chosen.count(blocker) == 0 && !running;
      });
  return missing == blockers.end() ? "" : *missing;
}

std::set<std::string> of_feature(const Snapshot& snapshot, const Choice& choice,
                                 std::vector<sched::Skip>& left_out) {
  std::set<std::string> chosen;
  for (const FeatureTask& task : *choice.tasks) {
    const State state = state_of(snapshot, task.id);
    const bool waits_to_land =
        state == State::finished && choice.mode == config::BranchMode::branch;
    if (state == State::completed || waits_to_land) continue;
    if (!has_label(snapshot.items.at(task.id).spec, choice.labels)) continue;
    std::string why = hindrance_of(snapshot, choice, task.id);
    if (why.empty()) {
      chosen.insert(task.id);
    } else {
      left_out.push_back({task.id, std::move(why)});
    }
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const FeatureTask& task : *choice.tasks) {
      if (chosen.count(task.id) == 0) continue;
      const std::string missing = missing_of(snapshot, chosen, task.id);
      if (missing.empty()) continue;
      left_out.push_back({task.id, fmt::format("it depends on {}, which is not done", missing)});
      chosen.erase(task.id);
      changed = true;
    }
  }
  return chosen;
}

// What makes a job of the run of a feature: a lane, and the order of the list.
void arrange(const Choice& choice, std::vector<sched::Job>& jobs) {
  if (!choice.tasks) return;
  std::map<std::string, std::size_t> places;
  for (const FeatureTask& task : *choice.tasks) places.emplace(task.id, places.size());
  for (sched::Job& job : jobs) {
    const std::size_t place = places.at(job.id);
    job.priority = -static_cast<long>(place);
    job.lane = choice.tasks->at(place).lane;
  }
}

// The agents that may take a spec; throws or returns none when there is none.
std::vector<std::string> agents_for(const spec::Spec& spec, const Choice& choice,
                                    const std::vector<config::Agent>& agents) {
  std::string wanted = !choice.agent.empty() ? choice.agent : spec.agent;
  // Lists name those that other tools know.
  const auto is_wanted = [&](const config::Agent& agent) { return agent.name == wanted; };
  if (spec.source && choice.agent.empty() && std::none_of(agents.begin(), agents.end(), is_wanted))
    wanted.clear();
  const bool scripted = !spec::find_run_blocks(spec).empty();
  std::vector<std::string> scripts;
  std::vector<std::string> others;
  for (const config::Agent& agent : agents) {
    if (!wanted.empty() && agent.name != wanted) continue;
    if (!agent.labels.empty() && wanted.empty() && !has_label(spec, agent.labels)) continue;
    (agent.profile == "script" ? scripts : others).push_back(agent.name);
  }
  if (!wanted.empty() && scripts.empty() && others.empty()) {
    fail("{}: there is no agent '{}'", spec.id, printable_line(wanted));
  }
  if (scripted && !scripts.empty()) return scripts;
  return others;
}

}  // namespace

std::vector<config::Agent> available_agents(const config::Config& config) {
  std::vector<config::Agent> agents = config.agents;
  const bool has_script = std::any_of(agents.begin(), agents.end(),
                                      [](const auto& agent) { return agent.profile == "script"; });
  if (!has_script) agents.push_back(config::script_agent());
  return agents;
}

Selection select(const Snapshot& snapshot, const Choice& choice,
                 const std::vector<config::Agent>& agents) {
  std::vector<std::string> order;
  std::set<std::string> chosen;
  Selection selection;
  if (choice.tasks) {
    chosen = of_feature(snapshot, choice, selection.left_out);
  } else if (choice.ids.empty()) {
    require_sound_graph(snapshot, blocked_specs(snapshot));
    chosen = everything(snapshot, choice);
  } else {
    chosen = named(snapshot, choice, order);
    require_sound_graph(snapshot, chosen);
  }
  for (const std::string& id : chosen) {
    const spec::Item& item = snapshot.items.at(id);
    sched::Job job;
    job.id = id;
    job.target_files = item.spec.target_files;
    job.priority = item.spec.priority;
    job.rank = std::find(order.begin(), order.end(), id) - order.begin();
    job.agents = agents_for(item.spec, choice, agents);
    if (job.agents.empty() && state_of(snapshot, id) != State::finished) {
      const std::string why = "no agent is configured that could work on it";
      if (!choice.ids.empty()) {
        throw Error(fmt::format("{}: {}, and it has no 'sh run' block", id, why),
                    "add one under parallel.agents in .chant/config.yaml");
      }
      selection.left_out.push_back({id, why});
      continue;
    }
    for (const std::string& blocker : snapshot.states.at(id).blocked_by) {
      for (std::string& member : open_members(snapshot, blocker)) {
        if (chosen.count(member) == 0 && state_of(snapshot, member) != State::in_progress) {
          throw Error(fmt::format("{} is blocked by {}", id, member),
                      fmt::format("git chant work {} {}", member, id));
        }
        job.depends_on.push_back(std::move(member));
      }
    }
    for (const std::string& dependency : spec::resolved_dependencies(item, snapshot.items)) {
      for (std::string& member : open_members(snapshot, dependency)) {
        selection.dependencies[id].push_back(std::move(member));
      }
    }
    selection.jobs.push_back(std::move(job));
  }
  arrange(choice, selection.jobs);
  return selection;
}

}  // namespace chant::work
