#include "util/fault.h"

#ifdef CHANT_FAULT_POINTS

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace chant {

void fault_point(const char* what) {
  static const char* const at = std::getenv("CHANT_KILL_AT");
  if (at == nullptr) return;
  static long left = std::strtol(at, nullptr, 10);
  if (--left != 0) return;
  (void)std::fprintf(stderr, "killed after: %s\n", what);
  (void)std::fflush(stderr);
  (void)std::raise(SIGKILL);
}

}  // namespace chant

#endif
