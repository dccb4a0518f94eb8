// A whole file at once, with nothing stored before: all its people in one transaction.
#pragma once

#include <string_view>

#include "adapters/base/adapter.h"
#include "adapters/base/people_file.h"
#include "fhir/base/result.h"

namespace adapters {

fhir::Result<Adapted> AdaptWholeFile(const PeopleFile& format, std::string_view bytes);

}  // namespace adapters
