// Loading mappings/gp_connect/back. All problems show here, before anything is emitted.
#include "adapters/gp/connect/emit_maps.h"

#include <vector>

#include "adapters/base/embedded.h"
#include "adapters/base/mapping_files.h"

namespace adapters::gp::connect {

using fhir::Result;

namespace {

constexpr std::string_view kFolder = "gp_connect/back/";
constexpr std::string_view kUrl = "https://careloom.example/fhir/StructureMap/gp-connect/back/";

}  // namespace

Result<std::shared_ptr<const BackMaps>> BackMaps::Load(const AdapterContext& context,
                                                       std::shared_ptr<const fhir::schema::Registry> registry) {
  const std::vector<MappingFile> files = MappingsOf(context, kFolder);
  TRY(DemandMapping(files, std::string(kFolder) + "datatypes.map"));
  for (const Kind& kind : Kinds()) {
    TRY(DemandMapping(files, std::string(kFolder) + std::string(kind.map) + ".map"));
  }
  for (const std::string_view name : {"code_systems", "extensions", "profiles", "request_status"}) {
    TRY(DemandMapping(files, std::string(kFolder) + "concept_maps/" + std::string(name) + ".json"));
  }
  auto maps = std::make_shared<BackMaps>();
  maps->registry_ = std::move(registry);
  TRY_ASSIGN(const std::vector<fhir::Document> concept_maps, ReadMappings(files, kFolder));
  fhir::mapping::MapSources sources;
  for (const MappingFile& file : files) {
    if (file.name.ends_with(".map")) sources.maps.push_back({file.name, file.content});
  }
  sources.concept_maps = concept_maps;
  TRY_ASSIGN(maps->set_, fhir::mapping::MapSet::Compile(sources, *maps->registry_));
  for (const Kind& kind : Kinds()) {
    TRY_ASSIGN(maps->groups_[kind.type], maps->set_->GetGroup(std::string(kUrl) + std::string(kind.type), kind.type));
  }
  return std::shared_ptr<const BackMaps>(std::move(maps));
}

}  // namespace adapters::gp::connect
