// A stored body as a tree.
#pragma once

#include <string_view>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/schema/registry.h"

namespace fhir::schema {

// The JSON, read and bound by its own type. The reader's error when it is none.
Result<Document> ReadBound(std::string_view body, const Registry& registry);

}  // namespace fhir::schema
