#include "git/run.h"
#include "hook/dispatcher.h"
#include "hook/install.h"
#include "hook/snippet.h"
#include "util/text.h"

#include <fmt/format.h>

#include <unistd.h>

#include <map>

namespace chant::hook {
namespace {

namespace fs = std::filesystem;

using Kind = Change::Kind;

constexpr const char* kInstalled = "installed";

class Inspector {
 public:
  explicit Inspector(const git::Repository& repository)
      : repository_(repository), survey_(survey(repository)), ledger_(load_ledger(repository)) {
    const process::Result found =
        git::run(repository.top_level, {"config", "-z", "--get-regexp", "^hook\\."});
    for (const std::string& entry : split(found.out, '\0')) {
      const auto end = std::min(entry.find('\n'), entry.size());
      settings_[entry.substr(0, end)] = end < entry.size() ? entry.substr(end + 1) : "true";
    }
  }

  Report report() {
    Report report;
    report.binary = ledger_ ? ledger_->binary : "";
    report.complete = true;
    for (const HookText& hook : hook_texts()) {
      report.hooks.push_back(state_of(hook));
      if (report.hooks.back().state != kInstalled) report.complete = false;
    }
    report.driver = driver_state();
    if (report.driver.state != kInstalled) report.complete = false;
    add_remarks(report);
    return report;
  }

 private:
  [[nodiscard]] HookState state_of(const HookText& hook) const {
    HookState state{hook.event, "missing", "", "", "", ""};
    if (survey_.configured_hooks && find_configured(hook, state)) return state;
    if (find_managed(hook, state) || find_file(hook, state)) return state;
    find_shadowed(hook, state);
    return state;
  }

  bool find_configured(const HookText& hook, HookState& state) const {
    const auto command = settings_.find(setting_name(hook.event, "command"));
    const auto event = settings_.find(setting_name(hook.event, "event"));
    if (command == settings_.end() || event == settings_.end()) return false;
    if (event->second != hook.event) return false;
    state.method = "config";
    state.path = "hook.chant-" + hook.event;
    state.state = kInstalled;
    if (ledger_ && command->second != configured_command(hook, ledger_->binary)) {
      set_outdated(state);
    }
    for (const std::string& name :
         {setting_name(hook.event, "enabled"), "hook." + hook.event + ".enabled"}) {
      const auto enabled = settings_.find(name);
      if (enabled == settings_.end() || !is_false(enabled->second)) continue;
      state.state = "disabled";
      state.why = "'" + name + "' is " + enabled->second;
    }
    return true;
  }

  static bool is_false(const std::string& value) {
    const std::string text = lower(value);
    return text == "false" || text == "no" || text == "off" || text == "0" || text.empty();
  }

  static void set_outdated(HookState& state) {
    state.state = "outdated";
    state.why = "git chant hooks install";
  }

  bool find_managed(const HookText& hook, HookState& state) const {
    const bool husky = survey_.managed == Managed::husky;
    if (!husky && survey_.managed != Managed::lefthook) return false;
    const fs::path file = husky ? survey_.managed_by / hook.event : survey_.managed_by;
    if (!has_block_for(text_at(file), hook.event)) return false;
    state.method = husky ? "husky" : "lefthook";
    state.path = file.string();
    state.state = kInstalled;
    if (access((survey_.directory / hook.event).c_str(), X_OK) != 0) {
      state.state = "missing";
      state.why = husky ? "husky has no hook for it" : "lefthook install";
    }
    return true;
  }

  bool find_file(const HookText& hook, HookState& state) const {
    fs::path path = survey_.directory / hook.event;
    if (access(path.c_str(), X_OK) == 0 && is_dispatcher(text_at(adopted_hook(path)))) {
      path = adopted_hook(path);
    }
    const std::string text = text_at(path);
    if (!is_dispatcher(text)) return false;
    state.method = "file";
    state.path = path.string();
    state.state = kInstalled;
    if (ledger_ && text != dispatcher(hook, ledger_->binary)) set_outdated(state);
    if (access(path.c_str(), X_OK) != 0) {
      state.state = "not executable";
      state.why = "git does not run it";
    }
    const fs::path previous = previous_hook(path);
    if (access(previous.c_str(), X_OK) == 0) state.previous = previous.string();
    return true;
  }

  // Installed once, but not where git looks now.
  void find_shadowed(const HookText& hook, HookState& state) const {
    if (!ledger_) return;
    for (const Change& change : ledger_->changes) {
      const fs::path path = change.path;
      if (change.kind == Kind::hook && path.filename() == hook.event &&
          path.parent_path() != survey_.directory && is_dispatcher(text_at(path))) {
        state = {hook.event, "shadowed",
                 "file",     change.path,
                 "",         fmt::format("core.hooksPath is '{}'", survey_.hooks_path)};
      }
      if (change.kind == Kind::setting && change.path == setting_name(hook.event, "command") &&
          !survey_.configured_hooks) {
        state = {hook.event, "shadowed",
                 "config",   "hook.chant-" + hook.event,
                 "",         "this git does not know configured hooks"};
      }
    }
  }

  [[nodiscard]] HookState driver_state() const {
    HookState state{"", "missing", "config", "merge.chant-spec", "", ""};
    const auto driver = find_setting(repository_, "merge.chant-spec.driver");
    const process::Result attribute =
        git::run(repository_.top_level, {"check-attr", "-z", "merge", "--", ".chant/specs/x.md"});
    const std::vector<std::string> fields = split(attribute.out, '\0');
    if (!driver) return state;
    if (fields.size() < 3 || fields[2] != "chant-spec") {
      state.why = "no attribute gives spec files this driver";
      return state;
    }
    state.state = kInstalled;
    if (ledger_ && *driver != merge_driver(ledger_->binary)) set_outdated(state);
    return state;
  }

  void add_remarks(Report& report) const {
    if (!report.binary.empty() && access(report.binary.c_str(), X_OK) != 0) {
      report.complete = false;
      report.remarks.push_back(
          fmt::format("'{}' is not there: git-chant on PATH is run instead", report.binary));
    }
    if (survey_.configured_hooks) return;
    if (survey_.area == Area::off) {
      report.remarks.push_back(
          fmt::format("hooks are turned off: core.hooksPath is '{}'", survey_.hooks_path));
    } else if (survey_.area == Area::outside) {
      report.remarks.push_back(fmt::format("hooks are outside this repository, in '{}' ({})",
                                           survey_.directory.string(), survey_.scope));
    }
    if (survey_.relative) {
      report.remarks.push_back(
          fmt::format("core.hooksPath is relative ('{}'): other worktrees have hooks of their own, "
                      "or none",
                      survey_.hooks_path));
    }
  }

  // What does not matter here reads as nothing.
  static std::string text_at(const fs::path& path) {
    if (!fs::is_regular_file(fs::symlink_status(path))) return {};
    return find_text(path).value_or("");
  }

  const git::Repository& repository_;
  Survey survey_;
  std::optional<Ledger> ledger_;
  std::map<std::string, std::string> settings_;
};

}  // namespace

Report inspect(const git::Repository& repository) { return Inspector(repository).report(); }

}  // namespace chant::hook
