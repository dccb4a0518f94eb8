// A person's whole record, in pages.
#pragma once

#include <string_view>

#include "fhir/base/result.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/layout.h"
#include "server/storage/store.h"

namespace server::storage::sql {

// As Reader::Everything.
fhir::Result<SearchPage> RunEverything(Connection& connection, const Layout& layout, std::string_view patient_id, int count, std::string_view cursor, bool joined);

}  // namespace server::storage::sql
