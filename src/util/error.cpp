#include "util/error.h"

#include <system_error>

namespace chant {

void fail_errno(const std::string& what, int error_number) {
  throw Error(what + ": " + std::generic_category().message(error_number));
}

}  // namespace chant
