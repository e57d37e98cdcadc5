// Trailers of commit messages ("Key: value" lines at the end), by git's own rules: found, added,
// and brought back from where `git merge --squash` hides them.
//
// Text in, text out; nothing is run and no file is read. `comment` is what a comment line begins
// with (core.commentChar): comments at the end, the scissors line and all that follows it are not
// part of a message and stay where they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chant::git {

struct Trailer {
  std::string key;  // compared without regard to case, as git does
  std::string value;

  friend bool operator==(const Trailer&, const Trailer&) = default;
};

// Those of the trailer block, in their order, continued lines joined by a blank.
[[nodiscard]] std::vector<Trailer> find_trailers(std::string_view message,
                                                 std::string_view comment = "#");

// `message` with those of `trailers` that it does not have with the same value, at the end of its
// trailer block or in a new one. A blank message stays as it is: with nothing but trailers in it
// git would commit it. Line ends are those of the message.
[[nodiscard]] std::string with_trailers(std::string_view message,
                                        const std::vector<Trailer>& trailers,
                                        std::string_view comment = "#");

// True when nothing is in it that git would commit: comments, blanks, Signed-off-by.
[[nodiscard]] bool is_blank_message(std::string_view message, std::string_view comment = "#");

// True when git would commit the same text of both.
[[nodiscard]] bool same_message(std::string_view a, std::string_view b,
                                std::string_view comment = "#");

// The trailers with these keys anywhere in a message that lists other messages: indented by
// `git merge --squash`, or one after another in a squash of `git rebase`. Each value once.
[[nodiscard]] std::vector<Trailer> find_listed_trailers(std::string_view message,
                                                        const std::vector<std::string>& keys,
                                                        std::string_view comment = "#");

// `message` with all of those in its trailer block. Lines that stand unindented in a trailer
// block of one of the other messages are moved, not copied.
[[nodiscard]] std::string hoist_trailers(std::string_view message,
                                         const std::vector<std::string>& keys,
                                         std::string_view comment = "#");

// What comment lines of `message` begin with. `configured`: core.commentChar, "" when not set;
// for "auto" git has chosen a character that no line of the message begins with.
[[nodiscard]] std::string comment_prefix(std::string_view message, std::string_view configured);

}  // namespace chant::git
