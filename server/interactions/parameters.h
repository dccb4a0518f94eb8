// The parameters of interactions and operations that are not searches: the known ones are read, any other
// is refused with the list.
#pragma once

#include <initializer_list>
#include <string_view>

#include "fhir/base/result.h"
#include "server/http/route.h"

namespace server::interactions {

// Fails with kInvalid for a parameter that is neither in `known` nor _format or _pretty, with kUnsupported
// for one in `unsupported`.
fhir::Result<void> CheckParameters(const http::Call& call, std::initializer_list<std::string_view> known,
                                   std::initializer_list<std::string_view> unsupported = {});

// _count, cut to the limit; the default when it is not given. kInvalid when it is no number from 1 up.
fhir::Result<int> PageEntries(const http::Call& call);

// "&_format=…&_pretty=…" as the caller gave them, for links; empty when it did not.
std::string FormatSuffix(const http::Call& call);

}  // namespace server::interactions
