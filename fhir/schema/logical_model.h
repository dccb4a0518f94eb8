// Logical models from StructureDefinitions. Private to fhir/schema.
#pragma once

#include <span>

#include "fhir/base/result.h"
#include "fhir/schema/registry_impl.h"

namespace fhir::schema {

// Adds the models; they may name each other's types by name or URL. Texts are copied. Fails with kInvalid
// or kUnsupported, at the definition's URL and element.
Result<void> AddLogicalModels(std::span<const Document> definitions, Registry::Impl& impl);

}  // namespace fhir::schema
