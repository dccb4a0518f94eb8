// A person's whole record, in pages.
#pragma once

#include <string_view>

#include "fhir/base/result.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/layout.h"
#include "server/storage/store.h"

namespace server::storage::sqlite {

// As Reader::Everything.
fhir::Result<SearchPage> RunEverything(Database& database, const Layout& layout, std::string_view patient_id, int count, std::string_view cursor, bool joined);

}  // namespace server::storage::sqlite
