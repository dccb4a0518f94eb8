// Loading mappings/gp_connect. All problems show here, before any record is read.
#include "adapters/gp/connect/maps.h"

#include "adapters/base/embedded.h"
#include "adapters/base/mapping_files.h"

namespace adapters::gp::connect {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::string_view kFolder = "gp_connect/";
constexpr std::string_view kUrl = "https://careloom.example/fhir/StructureMap/gp-connect/";

Result<void> DemandAll(const std::vector<MappingFile>& files) {
  const std::string folder(kFolder);
  TRY(DemandMapping(files, folder + "datatypes.map"));
  TRY(DemandMapping(files, folder + "care_planning.map"));
  TRY(DemandMapping(files, folder + "care_planning.json"));
  TRY(DemandMapping(files, folder + "models/Dosage.json"));
  for (const std::string_view name : {"code_systems", "extensions", "profiles", "request_status"}) {
    TRY(DemandMapping(files, folder + "concept_maps/" + std::string(name) + ".json"));
  }
  for (const Kind& kind : Kinds()) {
    TRY(DemandMapping(files, folder + std::string(kind.map) + ".map"));
    TRY(DemandMapping(files, folder + "models/" + std::string(kind.type) + ".json"));
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Maps>> Maps::Load(const AdapterContext& context) {
  const std::vector<MappingFile> files = MappingsOf(context, kFolder);
  TRY(DemandAll(files));
  auto maps = std::make_shared<Maps>();
  TRY(maps->ReadModels(files));
  TRY(maps->ReadMaps(files));
  TRY(maps->ReadCarePlanning(files));
  return std::shared_ptr<const Maps>(std::move(maps));
}

Result<void> Maps::ReadModels(const std::vector<MappingFile>& files) {
  TRY_ASSIGN(const auto documents, ReadMappings(files, std::string(kFolder) + "models/"));
  TRY_ASSIGN(registry_, fhir::schema::Registry::LoadR4With(documents));
  for (const Kind& kind : Kinds()) {
    const std::string_view type = kind.type;
    const std::string url = std::string(kBase) + "StructureDefinition/gp-connect/" + std::string(type);
    models_[type] = registry_->FindType(url);
    if (!models_[type]) return Error(ErrorKind::kInvalid, "gp_connect/models/" + std::string(type) + ".json does not define " + url + ".");
  }
  return {};
}

Result<void> Maps::ReadMaps(const std::vector<MappingFile>& files) {
  TRY_ASSIGN(const auto concept_maps, ReadMappings(files, std::string(kFolder) + "concept_maps/"));
  fhir::mapping::MapSources sources;
  for (const MappingFile& file : files) {
    const bool forward = file.name.ends_with(".map") && !file.name.starts_with(std::string(kFolder) + "back/");
    if (forward) sources.maps.push_back({file.name, file.content});
  }
  sources.concept_maps = concept_maps;
  TRY_ASSIGN(set_, fhir::mapping::MapSet::Compile(sources, *registry_));
  for (const Kind& kind : Kinds()) {
    TRY_ASSIGN(groups_[kind.type], set_->GetGroup(std::string(kUrl) + std::string(kind.type), kind.type));
  }
  return {};
}

Result<void> Maps::ReadCarePlanning(const std::vector<MappingFile>& files) {
  const MappingFile* file = FindMapping(files, std::string(kFolder) + "care_planning.json");
  TRY_ASSIGN(const fhir::Document document, ReadMapping(*file));
  for (const Element& row : fhir::Repeats(*document.root, "code")) {
    for (const Element& use : fhir::Repeats(row, "becomes")) {
      CarePlanningCode& code = care_planning_.emplace_back();
      code.system = row.ValueOf("system");
      code.code = row.ValueOf("code");
      code.display = row.ValueOf("display");
      code.on = use.ValueOf("of");
      code.group = use.ValueOf("group");
      code.suffix = use.ValueOf("key");
      code.r4_type = use.ValueOf("type");
      if (!CarePlanningGroup(code.group)) {
        return Error(ErrorKind::kInvalid, file->name + ": the code " + code.code + " names the group \"" + code.group +
                                              "\", which care_planning.map does not have.");
      }
    }
  }
  return {};
}

const fhir::mapping::Group* Maps::CarePlanningGroup(std::string_view name) const {
  return set_->FindGroup(std::string(kUrl) + "care-planning", name);
}

}  // namespace adapters::gp::connect
