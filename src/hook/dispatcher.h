// What git runs for us: the files of hooks/ with the path of the binary in them, and the command
// of the merge driver. Text alone; nothing is read or written here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chant::hook {

struct HookText {
  std::string event;
  std::string text;  // of the file hooks/<event>
};

// All that can be installed, in the order in which it is shown.
[[nodiscard]] const std::vector<HookText>& hook_texts();

// The hook file that runs `binary` after the hook that was there before.
[[nodiscard]] std::string dispatcher(const HookText& hook, const std::string& binary);

// The same for `hook.<name>.command`: no other hook is run, and what git appends is not.
[[nodiscard]] std::string configured_command(const HookText& hook, const std::string& binary);

// True for a hook file of ours, of whatever version.
[[nodiscard]] bool is_dispatcher(std::string_view text);

// `merge.chant-spec.driver`. Where git-chant is missing or dies, it is git's own text merge.
[[nodiscard]] std::string merge_driver(const std::string& binary);

}  // namespace chant::hook
