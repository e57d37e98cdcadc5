#include "config/config.h"

#include <string>

namespace chant::config {

namespace {

constexpr const char* kText = R"(## Configuration of git chant for this repository.
##
## Lines that begin with '##' explain. The others show every key with its default: to set one,
## remove the '#' in front of it and of the section it is in. The same values can be set for you
## alone in ~/.config/git-chant/config.yaml, with 'git config chant.<key>' or with GIT_CHANT_<KEY>
## in the environment. All of it: docs/configuration.md.

## The branch that finished work lands on; "" means the branch that is checked out.
#target: ""

#branch:
##  direct: finished work lands at once. branch: it stays on its branch.
#  mode: direct
##  What the names of spec branches begin with, in each of the two modes.
#  direct: spec/
#  prefix: chant/

## Each spec gets a worktree of its own below this directory.
#worktree:
#  root: /tmp

## The agent and the prompt for specs that name none; "" as agent means any agent.
#agent: ""
#prompt: standard
## The model to ask for; "" leaves it to the agent.
#model: ""

#parallel:
##  Specs worked on at the same time; 0 means as many as the agents take together.
#  total_max: 0
##  The longest an agent may work on one spec: 90s, 15m, 2h; or none.
#  timeout: none
##  How long an agent that must end has between the request and the kill.
#  grace: 10s
##  The agents. A command that is named here runs only after 'git chant trust'. Profiles: claude
##  (Claude Code), command (any program that reads the prompt on stdin), script (runs the spec's
##  own 'sh run' blocks; the agent that is there when none is configured).
#  agents:
#    - name: main
#      command: claude
#      profile: claude
#      args: []
#      model: ""
#      max_concurrent: 2
#    - name: script
#      profile: script
#      max_concurrent: 2

#reconcile:
##  A shell command that must succeed on exactly the tree that lands; "" means no gate. One that is
##  named here runs only after 'git chant trust'.
#  gate: ""
##  The longest a gate may run: 90s, 15m, 2h; or none.
#  gate_timeout: 1h
##  Gates that run at the same time; 0 means by the number of processors.
#  jobs: 0
##  How a branch comes into the target: merge, rebase or squash.
#  strategy: merge
##  group: all that is good lands at once. each: one after the other.
#  land: group
)";

}  // namespace

std::string default_config_text() { return kText; }

}  // namespace chant::config
