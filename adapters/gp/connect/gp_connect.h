// GP Connect Access Record: Structured (FHIR STU3): a GP practice's record of one person.
#pragma once

#include "adapters/base/adapter.h"

namespace adapters::gp::connect {

extern const AdapterDescriptor kGpConnect;

}  // namespace adapters::gp::connect
