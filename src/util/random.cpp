#include "util/random.h"

#include <random>

namespace chant {

std::string random_base36(std::size_t length) {
  static std::random_device device;
  std::uniform_int_distribution<std::size_t> digit(0, 35);
  std::string text(length, '\0');
  for (char& c : text) c = "0123456789abcdefghijklmnopqrstuvwxyz"[digit(device)];
  return text;
}

double random_fraction() {
  static std::random_device device;
  return std::uniform_real_distribution<double>(0, 1)(device);
}

}  // namespace chant
