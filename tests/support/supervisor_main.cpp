// The plumbing verbs run-agent and wait-lock for tests of what starts them, without the rest of
// git-chant.
#include "process/supervisor.h"
#include "work/slots.h"

#include <string>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
  constexpr int kProgramAndVerb = 2;
  if (argc < kProgramAndVerb) return 129;
  const std::vector<std::string> arguments(argv + kProgramAndVerb, argv + argc);
  if (std::string_view(argv[1]) == "wait-lock") {
    return chant::work::wait_for_lock(arguments.at(0), std::stoi(arguments.at(1)));
  }
  return chant::process::run_supervisor(chant::process::parse_supervisor_arguments(arguments));
}
