// Rows on their way from a file into the store, put in order of the people they are of. They stand on the disk, so that
// memory does not grow with the file; they are scratch, so nothing of them outlives the process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace server::storage {

struct StagedRow {
  std::string person;
  std::uint64_t number = 0;
  bool bad = false;
  std::string bytes;
};

// One thread at a time. kUnavailable when the disk is full.
class Staging {
 public:
  virtual ~Staging() = default;
  // A number that the person has already takes the place of the earlier row.
  virtual fhir::Result<void> Add(const StagedRow& row) = 0;
  // The rows of the first person after `person` in order of bytes, by number; none: that was the last.
  virtual fhir::Result<std::vector<StagedRow>> RowsAfter(std::string_view person) = 0;
  virtual fhir::Result<bool> Holds(std::string_view person) = 0;
};

// In a file of that folder which has no name any more: it goes with the object, or with the process.
fhir::Result<std::unique_ptr<Staging>> OpenStaging(const std::string& folder);

}  // namespace server::storage
