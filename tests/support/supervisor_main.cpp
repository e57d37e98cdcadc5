// A supervisor for the tests of the event loop: the verb run-agent without the rest of git-chant.
#include "process/supervisor.h"

#include <string>
#include <vector>

int main(int argc, char** argv) {
  constexpr int kProgramAndVerb = 2;
  if (argc < kProgramAndVerb) return 129;
  const std::vector<std::string> arguments(argv + kProgramAndVerb, argv + argc);
  return chant::process::run_supervisor(chant::process::parse_supervisor_arguments(arguments));
}
