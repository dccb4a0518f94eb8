// See mapping_files.h.
#include "adapters/base/mapping_files.h"

#include <algorithm>

#include "fhir/json/reader.h"

namespace adapters {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

const MappingFile* FindMapping(const std::vector<MappingFile>& files, std::string_view name) {
  const auto at = std::ranges::find(files, name, &MappingFile::name);
  return at == files.end() ? nullptr : &*at;
}

Result<void> DemandMapping(const std::vector<MappingFile>& files, const std::string& name) {
  if (FindMapping(files, name)) return {};
  return Error(ErrorKind::kNotFound, "The mapping file " + name + " is not among the mappings given; a folder of mappings must be whole. " +
                                         "Copy it from mappings/ of the project.")
      .At(name);
}

Result<fhir::Document> ReadMapping(const MappingFile& file) {
  auto document = fhir::json::Read(file.content);
  if (!document) return Error(ErrorKind::kInvalid, file.name + ": " + document.error().text()).At(document.error().path());
  return document;
}

Result<std::vector<fhir::Document>> ReadMappings(const std::vector<MappingFile>& files, std::string_view folder) {
  std::vector<fhir::Document> documents;
  for (const MappingFile& file : files) {
    if (!file.name.starts_with(folder) || !file.name.ends_with(".json")) continue;
    TRY_ASSIGN(fhir::Document document, ReadMapping(file));
    documents.push_back(std::move(document));
  }
  return documents;
}

}  // namespace adapters
