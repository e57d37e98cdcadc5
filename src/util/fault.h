// Points at which a test may kill this process: after every change of state that outlives it. With
// CHANT_KILL_AT=<n> in the environment the n-th of them sends SIGKILL. Nothing of it is in a build
// without CHANT_FAULT_POINTS.
#pragma once

namespace chant {

#ifdef CHANT_FAULT_POINTS
void fault_point(const char* what);
#else
inline void fault_point(const char* /*what*/) {}
#endif

}  // namespace chant
