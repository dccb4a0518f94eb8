// Loading mappings/council. All problems show here, before any file is read.
#include "adapters/council/cld/maps.h"

#include <array>
#include <vector>

#include "adapters/base/embedded.h"
#include "adapters/base/mapping_files.h"

namespace adapters::council::cld {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

struct Use {
  std::string_view group, map, model;
};

constexpr std::array<Use, 10> kUses = {{{"Person", "person", "Person"},
                                        {"Request", "event", "Event"},
                                        {"Work", "event", "Event"},
                                        {"Service", "event", "Event"},
                                        {"Charge", "event", "Charge"},
                                        {"Fact", "record", "Fact"},
                                        {"Need", "record", "Need"},
                                        {"Budget", "record", "Budget"},
                                        {"Plan", "record", "Plan"},
                                        {"Carer", "record", "Carer"}}};
constexpr std::string_view kMapUrl = "https://careloom.example/fhir/StructureMap/cld/";
constexpr std::string_view kModelUrl = "https://careloom.example/fhir/StructureDefinition/cld/";

}  // namespace

Result<std::shared_ptr<const Maps>> Maps::Load(const AdapterContext& context) {
  const std::vector<MappingFile> files = MappingsOf(context, "council/");
  auto maps = std::make_shared<Maps>();
  TRY_ASSIGN(maps->lists_, Lists::Load(context));
  for (const Use& use : kUses) {
    TRY(DemandMapping(files, "council/" + std::string(use.map) + ".map"));
    TRY(DemandMapping(files, "council/models/" + std::string(use.model) + ".json"));
  }
  TRY_ASSIGN(const auto models, ReadMappings(files, "council/models/"));
  TRY_ASSIGN(maps->registry_, fhir::schema::Registry::LoadR4With(models));
  TRY_ASSIGN(const auto concept_maps, ReadMappings(files, "council/concept_maps/"));
  fhir::mapping::MapSources sources;
  for (const MappingFile& file : files) {
    if (file.name.ends_with(".map") && !file.name.starts_with("council/back/")) sources.maps.push_back({file.name, file.content});
  }
  sources.concept_maps = concept_maps;
  TRY_ASSIGN(maps->set_, fhir::mapping::MapSet::Compile(sources, *maps->registry_));
  for (const Use& use : kUses) {
    Translation& translation = maps->translations_[use.group];
    TRY_ASSIGN(translation.group, maps->set_->GetGroup(std::string(kMapUrl) + std::string(use.map), use.group));
    const std::string url = std::string(kModelUrl) + std::string(use.model);
    translation.model = maps->registry_->FindType(url);
    if (!translation.model) return Error(ErrorKind::kInvalid, "council/models/" + std::string(use.model) + ".json does not define " + url + ".");
  }
  TRY(DemandMapping(files, "council/councils.json"));
  TRY_ASSIGN(const fhir::Document names, ReadMapping(*FindMapping(files, "council/councils.json")));
  for (const fhir::Element& row : fhir::Repeats(*names.root, "concept")) {
    maps->councils_[std::string(row.ValueOf("code"))] = row.ValueOf("display");
  }
  return std::shared_ptr<const Maps>(std::move(maps));
}

std::string_view Maps::NameOfCouncil(std::string_view scope) const {
  const auto at = councils_.find(scope);
  return at == councils_.end() ? std::string_view() : std::string_view(at->second);
}

}  // namespace adapters::council::cld
