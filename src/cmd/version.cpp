// git chant version
#include "cmd/verbs.h"

namespace chant::cmd {

Handler add_version(Options& /*options*/) {
  return [](Context& context) {
    context.out.print("git chant {}\n", CHANT_VERSION);
    return 0;
  };
}

}  // namespace chant::cmd
