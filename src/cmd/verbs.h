// One function for each verb: binds its options and returns what to do. The table is in
// commands.cpp; each verb is a file of its own.
#pragma once

#include "cmd/context.h"

namespace chant::cmd {

[[nodiscard]] Handler add_add(Options& options);
[[nodiscard]] Handler add_approve(Options& options);
[[nodiscard]] Handler add_cancel(Options& options);
[[nodiscard]] Handler add_config(Options& options);
[[nodiscard]] Handler add_conflicts(Options& options);
[[nodiscard]] Handler add_demo(Options& options);
[[nodiscard]] Handler add_doctor(Options& options);
[[nodiscard]] Handler add_finalize(Options& options);
[[nodiscard]] Handler add_gc(Options& options);
[[nodiscard]] Handler add_hooks(Options& options);
[[nodiscard]] Handler add_import(Options& options);
[[nodiscard]] Handler add_init(Options& options);
[[nodiscard]] Handler add_lint(Options& options);
[[nodiscard]] Handler add_list(Options& options);
[[nodiscard]] Handler add_log(Options& options);
[[nodiscard]] Handler add_merge_driver(Options& options);
[[nodiscard]] Handler add_ops(Options& options);
[[nodiscard]] Handler add_plan(Options& options);
[[nodiscard]] Handler add_reconcile(Options& options);
[[nodiscard]] Handler add_reset(Options& options);
[[nodiscard]] Handler add_runs(Options& options);
[[nodiscard]] Handler add_show(Options& options);
[[nodiscard]] Handler add_show_run(Options& options);
[[nodiscard]] Handler add_status(Options& options);
[[nodiscard]] Handler add_trust(Options& options);
[[nodiscard]] Handler add_undo(Options& options);
[[nodiscard]] Handler add_version(Options& options);
[[nodiscard]] Handler add_work(Options& options);
[[nodiscard]] Handler add_worktree(Options& options);

}  // namespace chant::cmd
