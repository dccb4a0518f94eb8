// The catalogue's line for GP Connect, and the adapter behind it.
#include "adapters/gp/connect/gp_connect.h"

#include "adapters/gp/connect/maps.h"
#include "adapters/gp/connect/transaction.h"

namespace adapters::gp::connect {
namespace {

class GpConnect : public Adapter {
 public:
  explicit GpConnect(std::shared_ptr<const Maps> maps) : maps_(std::move(maps)) {}

  fhir::Result<Adapted> Adapt(std::string_view bytes) const override { return AdaptRecord(bytes, *maps_); }

  fhir::Result<Emitted> Emit(std::span<const fhir::Document>) const override {
    return fhir::Error(fhir::ErrorKind::kUnsupported, "GP Connect records cannot be written yet; they can be read (adapt).");
  }

 private:
  std::shared_ptr<const Maps> maps_;
};

fhir::Result<std::unique_ptr<Adapter>> Open(const AdapterContext& context) {
  TRY_ASSIGN(auto maps, Maps::Load(context));
  return std::unique_ptr<Adapter>(std::make_unique<GpConnect>(std::move(maps)));
}

}  // namespace

const AdapterDescriptor kGpConnect = {
    .name = "gp-connect",
    .summary = "A GP practice's structured record of one person (GP Connect, FHIR STU3 Bundle) to FHIR R4",
    .media_type = "application/fhir+json",
    .emits = false,
    .open = &Open,
};

}  // namespace adapters::gp::connect
