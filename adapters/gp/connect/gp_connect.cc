// The catalogue's line for GP Connect, and the adapter behind it.
#include "adapters/gp/connect/gp_connect.h"

#include "adapters/gp/connect/emit.h"
#include "adapters/gp/connect/maps.h"
#include "adapters/gp/connect/transaction.h"

namespace adapters::gp::connect {
namespace {

class GpConnect : public Adapter {
 public:
  GpConnect(std::shared_ptr<const Maps> maps, std::shared_ptr<const BackMaps> back) : maps_(std::move(maps)), back_(std::move(back)) {}

  fhir::Result<Adapted> Adapt(std::string_view bytes) const override { return AdaptRecord(bytes, *maps_); }

  fhir::Result<Emitted> Emit(std::span<const fhir::Document> resources) const override { return EmitRecord(resources, *back_); }

 private:
  std::shared_ptr<const Maps> maps_;
  std::shared_ptr<const BackMaps> back_;
};

fhir::Result<std::unique_ptr<Adapter>> Open(const AdapterContext& context) {
  TRY_ASSIGN(auto maps, Maps::Load(context));
  TRY_ASSIGN(auto back, BackMaps::Load(context, maps->shared_registry()));
  return std::unique_ptr<Adapter>(std::make_unique<GpConnect>(std::move(maps), std::move(back)));
}

}  // namespace

const AdapterDescriptor kGpConnect = {
    .name = "gp-connect",
    .summary = "A GP practice's structured record of one person (GP Connect, FHIR STU3 Bundle) to FHIR R4, and back",
    .media_type = "application/fhir+json",
    .emits = true,
    .open = &Open,
};

}  // namespace adapters::gp::connect
