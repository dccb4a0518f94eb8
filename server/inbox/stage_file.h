// A file of many people read once, in pieces, its rows staged on the disk by person.
#pragma once

#include <memory>
#include <string>

#include "adapters/base/people_file.h"
#include "fhir/base/result.h"
#include "server/inbox/inbox.h"
#include "server/storage/staging.h"

namespace server::inbox {

struct Staged {
  std::unique_ptr<storage::Staging> staging;
  adapters::FileFacts facts;
};

// `report` gets what the reader reports, whether it could read the file or not. kInvalid: the file is refused whole.
fhir::Result<Staged> StageFile(const adapters::PeopleFile& format, const adapters::FileOptions& options, const ByteSource& bytes,
                               const std::string& folder, adapters::Report& report);

// The rows of the first person after `person`; none at the end.
fhir::Result<std::vector<adapters::Row>> NextPerson(storage::Staging& staging, std::string_view person);

}  // namespace server::inbox
