// A council's finance ledger: the catalogue's line.
#pragma once

#include "adapters/base/adapter.h"

namespace adapters::council::ledger {

extern const AdapterDescriptor kCouncilLedger;

}  // namespace adapters::council::ledger
