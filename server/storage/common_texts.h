// Texts that many resources hold (code systems, profiles, resource types, statuses), each with a number that
// packed facts keep instead of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace server::storage {

std::optional<std::size_t> CommonTextNumber(std::string_view text);
// Empty for a number that is none.
std::string_view CommonText(std::size_t number);

}  // namespace server::storage
