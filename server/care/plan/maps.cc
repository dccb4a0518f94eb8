// Loading of mappings/plan.
#include "server/care/plan/maps.h"

#include "adapters/base/embedded.h"
#include "adapters/base/mapping_files.h"

namespace server::care::plan {

fhir::Result<std::shared_ptr<const fhir::mapping::MapSet>> Maps::Get() {
  const std::lock_guard lock(mutex_);
  if (set_) return set_;
  adapters::AdapterContext context;
  TRY_ASSIGN(context.mappings, files_());
  std::vector<adapters::MappingFile> files = adapters::MappingsOf(context, "plan/");
  if (files.empty()) files = adapters::MappingsOf({}, "plan/");
  TRY_ASSIGN(const auto concept_maps, adapters::ReadMappings(files, "plan/concept_maps/"));
  fhir::mapping::MapSources sources;
  for (const adapters::MappingFile& file : files) {
    if (file.name.ends_with(".map")) sources.maps.push_back({file.name, file.content});
  }
  sources.concept_maps = concept_maps;
  TRY_ASSIGN(set_, fhir::mapping::MapSet::Compile(sources, *registry_));
  return set_;
}

}  // namespace server::care::plan
