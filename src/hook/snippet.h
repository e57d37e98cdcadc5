// Text that is put into files of other people, between lines that mark it, and taken out again.
// Everything else in the file stays byte for byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chant::hook {

// `text` with a marked block at its end.
[[nodiscard]] std::string with_block_at_end(std::string text, std::string_view block);

// `text`, a shell script or nothing, with a marked block before its first command: a script may
// end with exec, and may read the standard input that the block needs as well.
[[nodiscard]] std::string with_block_at_start(const std::string& text, std::string_view block);

// `text`, a lefthook configuration, with a command for `event`. std::nullopt when it is written
// in a way that cannot be added to line by line.
[[nodiscard]] std::optional<std::string> with_lefthook_command(const std::string& text,
                                                               const std::string& event);

// The script that husky runs for `event`, without marks.
[[nodiscard]] std::string husky_block(const std::string& event);

[[nodiscard]] bool has_block(std::string_view text);
// True when a marked block runs `git-chant hook <event>`.
[[nodiscard]] bool has_block_for(std::string_view text, const std::string& event);

// `text` without any marked block. std::nullopt when the marks do not match each other.
[[nodiscard]] std::optional<std::string> without_blocks(std::string_view text);

}  // namespace chant::hook
