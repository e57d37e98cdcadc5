#include "cmd/wait_lock.h"

#include "util/error.h"
#include "work/slots.h"

#include <charconv>

namespace chant::cmd {

int wait_lock(const std::vector<std::string>& words) {
  int parent = 0;
  if (words.size() == 2) {
    const std::string& text = words.back();
    std::from_chars(text.data(), text.data() + text.size(), parent);
  }
  if (parent <= 0) fail_usage("usage: git-chant wait-lock <file> <pid>");
  return work::wait_for_lock(words.front(), parent);
}

}  // namespace chant::cmd
