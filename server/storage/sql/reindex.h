// Makes anew what is made of the bodies: facts, homes, index rows, joins, counters and the directory.
#pragma once

#include <functional>

#include "fhir/base/result.h"
#include "server/storage/index_rows.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/layout.h"
#include "server/storage/sql/rows.h"

namespace server::storage::sql {

// How the backend adds the index rows of a resource (its key and home).
using WriteRows = std::function<fhir::Result<void>(const ResourceRow& row, const IndexRows& rows)>;

// Inside a transaction beside which nobody writes; the caller commits it, or when this fails rolls it back. Of a body that
// cannot be read, what search knew of it stays.
fhir::Result<void> Reindex(Connection& connection, const Layout& layout, const WriteRows& write_rows);

}  // namespace server::storage::sql
