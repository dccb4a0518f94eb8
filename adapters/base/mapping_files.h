// What every adapter does with the files of mappings/ when it opens: find one, insist on one, read those of a folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/adapter.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace adapters {

// Null when it is not there.
const MappingFile* FindMapping(const std::vector<MappingFile>& files, std::string_view name);
// kNotFound naming the file and what to do.
fhir::Result<void> DemandMapping(const std::vector<MappingFile>& files, const std::string& name);
// The JSON in a file. kInvalid naming file and place.
fhir::Result<fhir::Document> ReadMapping(const MappingFile& file);
// All JSON files whose name starts with `folder`, in their order.
fhir::Result<std::vector<fhir::Document>> ReadMappings(const std::vector<MappingFile>& files, std::string_view folder);

}  // namespace adapters
