// Spec ids: which are valid, which one a short form means, the order they are listed in.
//
// An id is the file name of the spec without `.md`: [A-Za-z0-9][A-Za-z0-9._-]{0,99}, no `..`, no
// trailing `.` or `.lock`, and not a name that git or a file system keeps for itself (`HEAD`,
// `con`, `nul`). New ids are YYYY-MM-DD-SSS-XXX: SSS a base-36 sequence of the day, XXX
// random base 36. Members of a group are `<driver>.<n>`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::spec {

[[nodiscard]] bool is_valid_id(std::string_view id);

// The driver of `driver.3` (also of `driver.3.1`: `driver.3`), or std::nullopt.
[[nodiscard]] std::optional<std::string> driver_of(std::string_view id);

// Number of a member (`7` of `x.7`), or std::nullopt.
[[nodiscard]] std::optional<long> member_number(std::string_view id);

// Listing order: `.2` before `.10`, `00z` before `010`; total, consistent with equality.
[[nodiscard]] bool id_less(std::string_view a, std::string_view b);

// The id that `text` means among `ids`. In this order, first rule with a match: exact; unique
// suffix at a `-` or `.` boundary (`x7m`, `001-x7m`, `x7m.2`); today's sequence (`001`);
// date suffix and sequence (`22-001`, `01-22-001`); unique prefix. `today` is YYYY-MM-DD.
// Throws a usage Error (129) that lists the candidates when ambiguous, that names `text` when
// nothing matches.
[[nodiscard]] std::string resolve_id(std::string_view text, const std::vector<std::string>& ids,
                                     std::string_view today);

// The shortest suffix of `id`, cut at its `-` boundaries, that no other of `ids` ends in.
[[nodiscard]] std::string short_id(std::string_view id, const std::vector<std::string>& ids);

// short_id of each of `ids` among them all.
[[nodiscard]] std::map<std::string, std::string> short_ids(const std::vector<std::string>& ids);

// The next id of `today` given those in use; the last part is random. Not reserved: the caller
// creates the file exclusively and asks again when it exists.
[[nodiscard]] std::string make_id(std::string_view today, const std::vector<std::string>& ids);

}  // namespace chant::spec
