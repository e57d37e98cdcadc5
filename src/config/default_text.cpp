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
##  A shell command that runs there before the agent; its failure fails the attempt.
#  setup: ""
##  The longest it may run: 90s, 10m, 2h; or none.
#  setup_timeout: 10m
##  Untracked files to copy there, such as '.env': patterns as in .gitignore.
#  copy: []
##  Each spec gets ten ports of its own from here on: CHANT_PORT is the first of them.
#  port_base: 20000

## The agent and the prompt for specs that name none; "" as agent means any agent.
#agent: ""
#prompt: standard
## The model to ask for; "" leaves it to the agent.
#model: ""

## Whether all criteria of a spec must be ticked when its agent ends: require or ignore.
#criteria: require
## A shell command that must succeed in the worktree before an attempt is good; "" means none. It
## and the 'run:' commands of criteria may take so long: 90s, 30m, 2h; or none.
#check: ""
#check_timeout: 30m
## What an agent left uncommitted: true puts it on the branch, false keeps it for you to look at.
#commit_leftovers: false

#parallel:
##  Specs worked on at the same time; 0 means as many as the agents take together.
#  total_max: 0
##  Which free agent takes the next spec: least-loaded or round-robin.
#  distribution: least-loaded
##  How often a spec that failed is tried again in the same run.
#  retries: 1
##  The longest an agent may work on one spec: 90s, 15m, 2h; or none.
#  timeout: none
##  The longest it may print nothing and change nothing; or none.
#  idle_timeout: 30m
##  How long an agent that must end has between the request and the kill.
#  grace: 10s
##  Nothing more is started once a run has cost so much, in US dollars or in tokens; or none.
#  max_cost: none
#  max_tokens: none
##  When something is left to clean up after a run, an agent can be asked to, with this prompt.
##  auto_run: without asking you.
#  cleanup:
#    enabled: true
#    prompt: parallel-cleanup
#    auto_run: false
##  The agents. A command that is named here runs only after 'git chant trust'. Profiles: claude,
##  codex, opencode, qwen, gemini, copilot, cline, command (any program that reads the prompt on
##  stdin), script (runs the spec's own 'sh run' blocks; the agent that is there when none is
##  configured).
#  agents:
#    - name: main
#      command: claude
#      profile: claude
#      args: []
#      model: ""
#      max_concurrent: 2
##      Its share of the work; the labels of the specs that it takes (none: all specs); its own
##      limits (not set: those above); what it gets of your environment besides the usual.
#      weight: 1
#      labels: []
#      timeout: none
#      idle_timeout: 30m
#      retries: 1
#      env: {pass: [], set: {}}
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

## A shell command that is run when a run with --parallel has ended; "" means none. It finds
## CHANT_EVENT, CHANT_RUN and CHANT_SUMMARY in its environment.
#notify:
#  command: ""
)";

}  // namespace

std::string default_config_text() { return kText; }

}  // namespace chant::config
