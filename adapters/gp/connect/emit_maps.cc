// Loading mappings/gp_connect/back. All problems show here, before anything is emitted.
#include "adapters/gp/connect/emit_maps.h"

#include <algorithm>
#include <vector>

#include "adapters/base/embedded.h"
#include "fhir/json/reader.h"

namespace adapters::gp::connect {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::string_view kFolder = "gp_connect/back/";
constexpr std::string_view kUrl = "https://careloom.example/fhir/StructureMap/gp-connect/back/";

Result<void> Demand(const std::vector<MappingFile>& files, const std::string& name) {
  if (std::ranges::find(files, name, &MappingFile::name) != files.end()) return {};
  return Error(ErrorKind::kNotFound, "The mapping file " + name + " is not among the mappings given; a folder of mappings must be whole. " +
                                         "Copy it from mappings/ of the project.")
      .At(name);
}

}  // namespace

Result<std::shared_ptr<const BackMaps>> BackMaps::Load(const AdapterContext& context,
                                                       std::shared_ptr<const fhir::schema::Registry> registry) {
  const std::vector<MappingFile> files = MappingsOf(context, kFolder);
  TRY(Demand(files, std::string(kFolder) + "datatypes.map"));
  for (const Kind& kind : Kinds()) {
    TRY(Demand(files, std::string(kFolder) + std::string(kind.map) + ".map"));
  }
  for (const std::string_view name : {"code_systems", "extensions", "profiles", "request_status"}) {
    TRY(Demand(files, std::string(kFolder) + "concept_maps/" + std::string(name) + ".json"));
  }
  auto maps = std::make_shared<BackMaps>();
  maps->registry_ = std::move(registry);
  std::vector<fhir::Document> concept_maps;
  fhir::mapping::MapSources sources;
  for (const MappingFile& file : files) {
    if (file.name.ends_with(".map")) sources.maps.push_back({file.name, file.content});
    if (!file.name.ends_with(".json")) continue;
    auto document = fhir::json::Read(file.content);
    if (!document) return Error(ErrorKind::kInvalid, file.name + ": " + document.error().text()).At(document.error().path());
    concept_maps.push_back(*std::move(document));
  }
  sources.concept_maps = concept_maps;
  TRY_ASSIGN(maps->set_, fhir::mapping::MapSet::Compile(sources, *maps->registry_));
  for (const Kind& kind : Kinds()) {
    TRY_ASSIGN(maps->groups_[kind.type], maps->set_->GetGroup(std::string(kUrl) + std::string(kind.type), kind.type));
  }
  return std::shared_ptr<const BackMaps>(std::move(maps));
}

}  // namespace adapters::gp::connect
