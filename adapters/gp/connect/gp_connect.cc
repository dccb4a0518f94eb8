// The catalogue's line for GP Connect.
#include "adapters/gp/connect/gp_connect.h"

namespace adapters::gp::connect {
namespace {

fhir::Result<std::unique_ptr<Adapter>> Open(const AdapterContext&) {
  return fhir::Error(fhir::ErrorKind::kUnsupported, "The GP Connect adapter is not in this build.");
}

}  // namespace

const AdapterDescriptor kGpConnect = {
    .name = "gp-connect",
    .summary = "A GP practice's structured record of one person (GP Connect, FHIR STU3 Bundle) to FHIR R4, and back.",
    .media_type = "application/fhir+json",
    .emits = false,
    .open = &Open,
};

}  // namespace adapters::gp::connect
