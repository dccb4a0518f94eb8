// Every operation ($name) and the server's own pages, those of R4 not done included. To add one: its source
// file here, a line in catalogue.cc, scenarios in tests/cases/rest/operations.
#pragma once

#include <span>

#include "server/http/route.h"

namespace server::operations {

std::span<const http::Route> Catalogue();

}  // namespace server::operations
