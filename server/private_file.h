// Small files that may hold secrets: read whole, with what the file system lets others do to them.
#pragma once

#include <cstddef>
#include <string>

#include "fhir/base/result.h"

namespace server {

struct PrivateFile {
  std::string bytes;
  // Empty when nobody but the owner may read or change the file; else words that say what is wrong and how to put it right.
  std::string exposed;
};

// kInvalid, with words that name the file, when it cannot be opened, is a folder, pipe or device, or is longer than
// `most_bytes`.
fhir::Result<PrivateFile> ReadPrivateFile(const std::string& path, std::size_t most_bytes);

}  // namespace server
