#include "cmd/run_agent.h"

#include "process/supervisor.h"

namespace chant::cmd {

int run_agent(const std::vector<std::string>& words) {
  return process::run_supervisor(process::parse_supervisor_arguments(words));
}

}  // namespace chant::cmd
