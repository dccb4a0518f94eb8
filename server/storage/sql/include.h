// Resources that a page brings along: what its matches refer to, and what refers to them.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "server/search/query.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/layout.h"
#include "server/storage/sql/rows.h"
#include "server/storage/store.h"

namespace server::storage::sql {

// Appends each included live resource once to `page`, none that is among `matches`. kUnprocessable
// ("too-costly") over the limit.
fhir::Result<void> AddIncludes(Connection& connection, const Layout& layout, const std::vector<search::Include>& includes,
                               const std::vector<ResourceRow>& matches, SearchPage& page);

// The same for every literal reference in the bodies of the page's matches, search parameter or not; but only what is
// at home with nobody: what is at home with the person is told as a match by $everything, on this page or another, and what
// is at home with somebody else (the person whom a carer cares for) is not this person's to tell.
fhir::Result<void> AddReferenced(Connection& connection, const Layout& layout, const std::vector<ResourceRow>& matches, SearchPage& page);

}  // namespace server::storage::sql
