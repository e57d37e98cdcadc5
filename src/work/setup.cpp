#include "work/setup.h"

#include "util/error.h"
#include "util/text.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string_view>

namespace chant::work {
namespace {

constexpr int kBlock = 10;
constexpr int kMostBlocks = 1000;
constexpr int kEphemeral = 32768;  // from here on the kernel gives ports to anybody
constexpr int kPorts = 65536;

// FNV-1a: the same on every machine and in every version, unlike std::hash.
std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211U;
  }
  return hash;
}

std::string base36(std::uint64_t number, std::size_t length) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text;
  for (; text.size() < length; number /= kDigits.size()) text += kDigits[number % kDigits.size()];
  return text;
}

template <typename Address>
bool is_taken(const Address& address, int family) {
  const UniqueFd fd(::socket(family, SOCK_STREAM, 0));
  if (!fd) return false;
  const int yes = 1;
  ::fcntl(fd.number(), F_SETFD, FD_CLOEXEC);
  // Connections that are over do not keep a port from being used.
  ::setsockopt(fd.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  return ::bind(fd.number(), generic, sizeof address) != 0 && errno == EADDRINUSE;
}

bool is_taken(int port) {
  sockaddr_in address4{};
  address4.sin_family = AF_INET;
  address4.sin_port = htons(static_cast<std::uint16_t>(port));
  sockaddr_in6 address6{};
  address6.sin6_family = AF_INET6;
  address6.sin6_port = htons(static_cast<std::uint16_t>(port));
  return is_taken(address4, AF_INET) || is_taken(address6, AF_INET6);
}

bool has_taken_port(int first) {
  for (int port = first; port < first + kBlock; ++port) {
    if (is_taken(port)) return true;
  }
  return false;
}

// True when `id` with '_' for '-' is no other id's.
bool is_plain(std::string_view id, std::size_t most) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return id.size() <= most && id.find_first_not_of(kPlain) == std::string_view::npos &&
         id.find("--") == std::string_view::npos;
}

}  // namespace

PortBlock take_ports(const git::Repository& repository, int port_base, const std::string& id) {
  const int room = (port_base <= kEphemeral - kBlock ? kEphemeral : kPorts) - port_base;
  const int count = std::min(room / kBlock, kMostBlocks);
  if (port_base < 1 || count < 1) fail("there is no block of ports from {} on", port_base);
  // Other repositories have locks of their own; with their path they begin elsewhere.
  const std::uint64_t hash = stable_hash(repository.common_dir.string() + "\n" + id);
  const int start = static_cast<int>(hash % static_cast<std::uint64_t>(count));
  for (int i = 0; i < count; ++i) {
    const int first = port_base + (start + i) % count * kBlock;
    const std::string name = "locks/ports/" + std::to_string(first) + ".lock";
    auto lock = FileLock::try_acquire(repository.chant_dir() / name);
    if (lock && !has_taken_port(first)) return {first, std::move(*lock)};
  }
  fail("no block of {} ports is free between {} and {}", kBlock, port_base,
       port_base + count * kBlock - 1);
}

std::string slug_of(const std::string& id) {
  constexpr std::string_view kPrefix = "spec_";
  constexpr std::size_t kMost = 40;
  constexpr std::size_t kHash = 10;
  std::string slug = lower(id);
  std::replace_if(
      slug.begin(), slug.end(), [](char c) { return (c < 'a' || c > 'z') && (c < '0' || c > '9'); },
      '_');
  if (!is_plain(id, kMost - kPrefix.size())) {
    slug.resize(std::min(slug.size(), kMost - kPrefix.size() - 2 - kHash));
    slug += "__" + base36(stable_hash(id), kHash);
  }
  return std::string(kPrefix) + slug;
}

}  // namespace chant::work
