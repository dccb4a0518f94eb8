// Resources of our own making for search tests: small, many-sided, the same for the same seed. Names and
// numbers are invented; nobody real is in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace careloom_test {

// JSON of each resource, with an id, what is referred to before what refers. About 12 for each person.
std::vector<std::string> SampleResources(int people, std::uint32_t seed);

}  // namespace careloom_test
