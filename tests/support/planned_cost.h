// What stored ChargeItems plan to cost, read from FHIR alone: the other side of PlannedPennies over a file's rows.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "fhir/model/element.h"

namespace careloom_test {

// Pennies in the period, rounded half up once: ChargeItems of kind planned and status planned, with the period of the
// EpisodeOfCare that is their context (both among `resources`; entered in error counts nothing).
std::int64_t PlannedPenniesOf(std::span<const fhir::Document> resources, std::string_view from, std::string_view to);

}  // namespace careloom_test
