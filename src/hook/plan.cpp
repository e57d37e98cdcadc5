#include "hook/plan.h"

#include "hook/dispatcher.h"
#include "hook/snippet.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <functional>

namespace chant::hook {
namespace {

namespace fs = std::filesystem;

using Kind = Change::Kind;

class Planner {
 public:
  Planner(const git::Repository& repository, const Survey& survey,
          const std::optional<Ledger>& ledger, const Request& request)
      : repository_(repository), survey_(survey), ledger_(ledger), request_(request) {}

  Plan plan() {
    plan_hooks();
    plan_driver();
    return std::move(plan_);
  }

 private:
  using Insert = std::function<std::optional<std::string>(const std::string&)>;

  [[nodiscard]] const Change* known(Kind kind, const std::string& path) const {
    return ledger_ ? ledger_->find(kind, path) : nullptr;
  }

  void plan_hooks() {
    if (survey_.configured_hooks) return plan_settings();
    switch (survey_.managed) {
      case Managed::husky:
        return plan_husky();
      case Managed::lefthook:
        return plan_lefthook();
      case Managed::overcommit:
        plan_.method = "none";
        plan_.remarks = {
            "overcommit runs only what is tracked and signed in the repository, so no hook is "
            "installed beside it",
            kSweepDoes};
        return;
      case Managed::no:
        return plan_files();
    }
  }

  void plan_settings() {
    plan_.method = "config";
    for (const HookText& hook : hook_texts()) {
      // git complains about an event without a command, not about the opposite.
      add_setting(plan_.hooks, setting_name(hook.event, "command"),
                  configured_command(hook, request_.binary));
      add_setting(plan_.hooks, setting_name(hook.event, "event"), hook.event);
    }
  }

  void plan_husky() {
    plan_.method = "husky";
    for (const HookText& hook : hook_texts()) {
      const fs::path script = survey_.managed_by / hook.event;
      const auto insert = [&](const std::string& text) {
        return with_block_at_start(text, husky_block(hook.event));
      };
      (void)add_file(plan_.hooks, script, insert);
      plan_.by_hand += fmt::format("in '{}':\n{}\n", shown(script), husky_block(hook.event));
    }
    ask(fmt::format("husky manages the hooks here. Add git-chant to the scripts in '{}'?",
                    shown(survey_.managed_by)));
    plan_.remarks.emplace_back("these scripts find git-chant on PATH; commit them to share them");
  }

  void plan_lefthook() {
    const fs::path& file = survey_.managed_by;
    std::string sample;
    for (const HookText& hook : hook_texts()) {
      sample = with_lefthook_command(sample, hook.event).value_or("");
    }
    plan_.by_hand = fmt::format("in '{}':\n{}\n", shown(file), sample);
    const auto insert = [](const std::string& text) {
      std::optional<std::string> result = text;
      for (const HookText& hook : hook_texts()) {
        if (result) result = with_lefthook_command(*result, hook.event);
      }
      return result;
    };
    const std::string end = file.extension().string();
    if ((end != ".yml" && end != ".yaml") || !add_file(plan_.hooks, file, insert)) {
      plan_.method = "none";
      plan_.remarks = {fmt::format("'{}' cannot be added to line by line", shown(file)),
                       kSweepDoes};
      return;
    }
    plan_.method = "lefthook";
    ask(fmt::format("lefthook manages the hooks here. Add git-chant to '{}'?", shown(file)));
    plan_.remarks.emplace_back("run 'lefthook install' to activate them");
  }

  void plan_files() {
    plan_.method = "files";
    if (survey_.area == Area::off) {
      plan_.method = "none";
      plan_.remarks = {
          fmt::format("hooks are turned off here: core.hooksPath is '{}'", survey_.hooks_path),
          kSweepDoes};
      return;
    }
    make_directories(plan_.hooks, survey_.directory);
    for (const HookText& hook : hook_texts()) plan_hook(hook);
    const std::string where = survey_.directory.string();
    if (survey_.area == Area::outside) {
      ask(
          fmt::format("Hooks are in '{}' (core.hooksPath, {}), outside this repository: others may "
                      "use them too. Install there?",
                      where, survey_.scope));
      plan_.by_hand = "nothing was written there; " + std::string(kSweepDoes) + "\n";
    } else if (survey_.relative && survey_.area == Area::checkout) {
      ask(
          fmt::format("Hooks are among the files of this checkout, in '{}' (core.hooksPath). "
                      "Install there?",
                      survey_.hooks_path));
      plan_.by_hand = "nothing was written there; " + std::string(kSweepDoes) + "\n";
    }
    if (survey_.relative) {
      plan_.remarks.push_back(
          fmt::format("core.hooksPath is relative ('{}'): other worktrees have hooks of their own, "
                      "or none",
                      survey_.hooks_path));
    }
  }

  void plan_hook(const HookText& hook) {
    const fs::path path = survey_.directory / hook.event;
    const fs::path previous = previous_hook(path);
    Change change{Kind::hook, path.string(), false, "", dispatcher(hook, request_.binary)};
    const bool there = fs::exists(fs::symlink_status(path));
    const bool stored = fs::exists(fs::symlink_status(previous));
    const bool regular = fs::is_regular_file(fs::symlink_status(path));
    const std::string text = regular ? find_text(path).value_or("") : "";
    const Change* before = known(Kind::hook, change.path);
    if (there && fs::is_directory(fs::symlink_status(path))) {
      fail("'{}' is a directory", path.string());
    }
    if (there && is_dispatcher(text)) {
      // A directory that others use too may have it from them: then it is theirs to remove.
      if (before == nullptr && survey_.area == Area::outside && text == change.after) return;
      change.existed = stored && (before == nullptr || before->existed);
    } else if (there && before != nullptr && is_adopted(path)) {
      change.existed = before->existed;
    } else if (stored && !(before != nullptr && before->existed && !there)) {
      if (!there || !regular || find_text(previous) != text) {
        throw Error(fmt::format("'{}' is in the way: it is where the hook that is there now would "
                                "be kept",
                                previous.string()),
                    "mv " + shell_quoted(previous.string()) + " somewhere else");
      }
      change.existed = true;
    } else {
      change.existed = there || stored;
    }
    plan_.hooks.push_back(std::move(change));
  }

  static bool is_adopted(const fs::path& hook) {
    const fs::path adopted = adopted_hook(hook);
    return fs::is_regular_file(fs::symlink_status(adopted)) &&
           is_dispatcher(find_text(adopted).value_or(""));
  }

  void plan_driver() {
    const fs::path config = repository_.common_dir / "config";
    if (const Change* line = known(Kind::last_line, config.string())) {
      plan_.driver.push_back(*line);
    } else if (const auto text = find_text(config);
               text && !text->empty() && text->back() != '\n') {
      plan_.driver.push_back(
          {Kind::last_line, config.string(), true, fmt::format("{}", text->size()), ""});
    }
    add_setting(plan_.driver, "merge.chant-spec.name", "spec files of git-chant, merged by key");
    add_setting(plan_.driver, "merge.chant-spec.driver", merge_driver(request_.binary));
    const fs::path attributes = attributes_path(repository_, request_.attributes);
    make_directories(plan_.driver, attributes.parent_path());
    const bool added = add_file(plan_.driver, attributes, [](const std::string& text) {
      return with_block_at_end(text, ".chant/specs/*.md merge=chant-spec\n");
    });
    if (!added) fail("cannot add to '{}': its marks do not match", attributes.string());
  }

  void add_setting(std::vector<Change>& changes, const std::string& name,
                   const std::string& value) const {
    Change change{Kind::setting, name, false, "", value};
    const auto now = find_setting(repository_, name);
    if (const Change* before = known(Kind::setting, name); before != nullptr && now) {
      if (*now != before->after && *now != before->before) {
        fail("'{}' in git's configuration was changed since it was installed", name);
      }
      change.existed = before->existed;
      change.before = before->before;
    } else if (now) {
      change.existed = *now != value;  // of an installation that was forgotten
      change.before = change.existed ? *now : "";
    }
    changes.push_back(std::move(change));
  }

  // False when nothing can be inserted.
  bool add_file(std::vector<Change>& changes, const fs::path& path, const Insert& insert) const {
    const auto now = find_text(path);
    const Change* before = known(Kind::file, path.string());
    Change change{Kind::file, path.string(), now.has_value(), now.value_or(""), ""};
    if (before != nullptr && now && *now == before->after) {
      change.existed = before->existed;
      change.before = before->before;
    } else if (now && has_block(*now)) {
      const auto rest = without_blocks(*now);
      if (!rest) return false;
      change.before = *rest;
      change.existed = before == nullptr || before->existed;
    }
    const auto after = insert(change.before);
    if (!after) return false;
    change.after = *after;
    // What came with the checkout stays when we go.
    if (before != nullptr || !now || *now != change.after) changes.push_back(std::move(change));
    return true;
  }

  void make_directories(std::vector<Change>& changes, const fs::path& path) const {
    const Change* before = known(Kind::directory, path.string());
    if (before == nullptr && fs::exists(path)) return;
    make_directories(changes, path.parent_path());
    changes.push_back({Kind::directory, path.string(), false, "", ""});
  }

  void ask(const std::string& question) {
    for (const Change& change : plan_.hooks) {
      if (known(change.kind, change.path) == nullptr) plan_.question = question;
      if (!plan_.question.empty()) return;
    }
  }

  [[nodiscard]] std::string shown(const fs::path& path) const {
    const fs::path below = path.lexically_relative(repository_.top_level);
    return below.empty() || *below.begin() == ".." ? path.string() : below.string();
  }

  static constexpr const char* kSweepDoes =
      "the next git chant command does what the hooks would have done";

  const git::Repository& repository_;
  const Survey& survey_;
  const std::optional<Ledger>& ledger_;
  const Request& request_;
  Plan plan_;
};

}  // namespace

Plan make_plan(const git::Repository& repository, const Survey& survey,
               const std::optional<Ledger>& ledger, const Request& request) {
  return Planner(repository, survey, ledger, request).plan();
}

std::string setting_name(const std::string& event, const std::string& key) {
  return "hook.chant-" + event + "." + key;
}

fs::path attributes_path(const git::Repository& repository, AttributesIn attributes) {
  return attributes == AttributesIn::checkout ? repository.top_level / ".gitattributes"
                                              : repository.common_dir / "info/attributes";
}

}  // namespace chant::hook
