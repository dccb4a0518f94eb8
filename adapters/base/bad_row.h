// A row that was refused, for the readers of people's files.
#pragma once

#include <cstdint>
#include <string_view>

#include "adapters/base/people_file.h"
#include "adapters/base/report.h"
#include "fhir/base/result.h"

namespace adapters {

// Counts it, with its `filled` cells, as reported. With `strict` it is kInvalid instead, as the last finding says: the `whole` ("file", "set") is refused.
// Requires: the row's faults are in the report.
fhir::Result<void> CountBadRow(const FileOptions& options, std::uint32_t filled, Report& report, FileFacts& facts, std::string_view whole = "file");

}  // namespace adapters
