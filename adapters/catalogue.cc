// The adapters: one line each.
#include "adapters/catalogue.h"

#include <array>

#include "adapters/council/cld/cld.h"
#include "adapters/council/ledger/ledger.h"
#include "adapters/gp/connect/gp_connect.h"
#include "adapters/gp/tpp/tpp.h"

namespace adapters {

std::span<const AdapterDescriptor> Catalogue() {
  static const std::array<AdapterDescriptor, 4> adapters = {
      council::cld::kCld,
      council::ledger::kCouncilLedger,
      gp::connect::kGpConnect,
      gp::tpp::kTpp,
  };
  return adapters;
}

const AdapterDescriptor* FindAdapter(std::string_view name) {
  for (const AdapterDescriptor& adapter : Catalogue()) {
    if (adapter.name == name) return &adapter;
  }
  return nullptr;
}

}  // namespace adapters
