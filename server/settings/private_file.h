// Small files that must be whole and, when they hold secrets, nobody else's to read.
#pragma once

#include <cstddef>
#include <string>

#include "fhir/base/result.h"

namespace server::settings {

enum class Readers { kAnybody, kOwnerOnly };

// The bytes of a regular file. kInvalid, with words that name the file, when it cannot be opened, is a folder, pipe or
// device, is longer than `most_bytes`, or, for kOwnerOnly, when its group or others may read or change it.
fhir::Result<std::string> ReadSmallFile(const std::string& path, std::size_t most_bytes, Readers readers = Readers::kAnybody);

}  // namespace server::settings
