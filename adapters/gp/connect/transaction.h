// The R4 transaction of a record: every entry translated, keyed and put in order, and where it came from.
#pragma once

#include "adapters/base/adapter.h"
#include "adapters/gp/connect/maps.h"
#include "adapters/gp/connect/record.h"

namespace adapters::gp::connect {

// The whole way from bytes to transaction and accounting.
fhir::Result<Adapted> AdaptRecord(std::string_view bytes, const Maps& maps);

}  // namespace adapters::gp::connect
