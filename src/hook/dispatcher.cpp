#include "hook/dispatcher.h"

#include <fmt/format.h>

namespace chant::hook {
namespace {

constexpr std::string_view kHead = "#!/bin/sh\n# git-chant hook ";
constexpr std::string_view kRest = "# The rest is also what git runs where hooks are configured.\n";

// Every occurrence of `what` in `text` becomes `with`.
std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

std::string word(const std::string& text) { return "'" + replaced(text, "'", "'\\''") + "'"; }

}  // namespace

std::string dispatcher(const HookText& hook, const std::string& binary) {
  return replaced(hook.text, "@git-chant@", word(binary));
}

std::string configured_command(const HookText& hook, const std::string& binary) {
  const std::string text = dispatcher(hook, binary);
  // git appends the arguments; by then the hook has ended.
  return "status=0\n" + text.substr(text.find(kRest) + kRest.size()) + ":";
}

bool is_dispatcher(std::string_view text) { return text.substr(0, kHead.size()) == kHead; }

std::string merge_driver(const std::string& binary) {
  // git expands '%' everywhere in it.
  return "chant=" + replaced(word(binary), "%", "%%") +
         "; [ -x \"$chant\" ] || chant=$(command -v git-chant); "
         "exec 3>&2 2>/dev/null; if [ -x \"$chant\" ]; then "
         "(\"$chant\" merge-driver %O %A %B %P %L 2>&3 3>&-); result=$?; "
         "[ $result -gt 1 ] || exit $result; fi; "
         "exec git merge-file -q --marker-size=%L -L ours -L base -L theirs %A %O %B 2>&3 3>&-";
}

}  // namespace chant::hook
