// The day on which an operation is done when it does not say.
#pragma once

#include "fhir/money/day.h"
#include "server/app.h"

namespace server::care::budget {

// In UTC.
inline fhir::money::Day Today(const App& app) { return static_cast<fhir::money::Day>(app.now_us() / 86'400'000'000); }

}  // namespace server::care::budget
