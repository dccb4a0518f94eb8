// Every interaction of R4's RESTful API (https://hl7.org/fhir/R4/http.html), those not done included. To
// add one: its source file here, a line in catalogue.cc, scenarios in tests/cases/rest.
#pragma once

#include <span>

#include "server/http/route.h"

namespace server::interactions {

std::span<const http::Route> Catalogue();

}  // namespace server::interactions
