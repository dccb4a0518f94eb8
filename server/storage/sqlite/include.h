// Resources that a page brings along: what its matches refer to, and what refers to them.
#pragma once

#include <unordered_set>
#include <vector>

#include "fhir/base/result.h"
#include "server/search/query.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/layout.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/store.h"

namespace server::storage::sqlite {

// Appends each included live resource once to `page`, none that is among `matches`. kUnprocessable
// ("too-costly") over the limit.
fhir::Result<void> AddIncludes(Database& database, const Layout& layout, const std::vector<search::Include>& includes,
                               const std::vector<ResourceRow>& matches, SearchPage& page);

}  // namespace server::storage::sqlite
