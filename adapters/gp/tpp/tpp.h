// TPP SystmOne strategic reporting: sets of CSV tables of an organisation's people.
#pragma once

#include "adapters/base/adapter.h"

namespace adapters::gp::tpp {

extern const AdapterDescriptor kTpp;

}  // namespace adapters::gp::tpp
