// Copies of a SQLite store: one made while a server writes to it, and one put in place of a store that is lost.
#pragma once

#include <memory>
#include <string>

#include "fhir/base/result.h"
#include "fhir/schema/registry.h"
#include "fhir/search/extract.h"
#include "server/storage/verify.h"

namespace server::storage::sqlite {

// What checking a store takes.
struct BackupDefinitions {
  const fhir::schema::Registry& registry;
  std::shared_ptr<const fhir::search::Extractor> extractor;
};

// Writes one consistent state of the store at `store`, with everything acknowledged before the call, to the new file
// `file`. It has that name only once it is on the disk and was checked (Store::Verify); until then, or when that fails, there
// is no such file. Beside a running server, whose writes go on. kNotFound: no store. kConflict: the file is there
// already. kUnsupported: a newer Careloom's store. kUnprocessable: the store does not check clean; `report` got why.
fhir::Result<VerifyCounts> BackUp(const std::string& store, const std::string& file, const BackupDefinitions& definitions, const VerifyReport& report);

// Makes the store at `store` (its folder must exist) of a backup, checked before it has that name. The backup is left
// as it is. kNotFound: no such file. kConflict: there is a store that holds anything. kUnavailable: a server has it open.
// kUnsupported, kUnprocessable: as above, or the file is no store.
fhir::Result<VerifyCounts> Restore(const std::string& file, const std::string& store, const BackupDefinitions& definitions, const VerifyReport& report);

}  // namespace server::storage::sqlite
