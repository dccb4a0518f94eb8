// The statement of a stored budget, for the operations that need its figures.
#pragma once

#include <vector>

#include "fhir/base/result.h"
#include "fhir/money/statement.h"
#include "server/care/budget/family.h"

namespace server::care::budget {

// Over the leaves; see fhir::money::MakeStatement.
fhir::Result<fhir::money::Statement> Reckon(const Family& family, const std::vector<fhir::money::Entry>& entries, const fhir::money::Window& window, const fhir::money::StatementOptions& options = {});

}  // namespace server::care::budget
