// The files of mappings/, and of conformance/personalised_care/, as they were when the binary was built.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "adapters/base/adapter.h"

namespace adapters {

struct EmbeddedFile {
  std::string_view name;  // "gp_connect/patient.map"
  const unsigned char* bytes;
  std::size_t size_bytes;
};

std::span<const EmbeddedFile> EmbeddedMappings();
// FHIR resources: templates, forms, value sets, extensions. "forms/plan.json"
std::span<const EmbeddedFile> EmbeddedDefinitions();

// What an adapter reads: the context's files when it has any, else the embedded ones; only those whose
// name starts with `folder` ("gp_connect/").
std::vector<MappingFile> MappingsOf(const AdapterContext& context, std::string_view folder);

}  // namespace adapters
