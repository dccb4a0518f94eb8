// What the operations on personal budgets have in common: Parameters from the body or the query, and their answers.
#pragma once

#include <functional>
#include <utility>
#include <initializer_list>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/care/budget/budget.h"
#include "server/operations/handlers.h"

namespace server::operations {

// The Parameters of the body, valid ones. kInvalid for another resource, kUnprocessable with the first finding.
fhir::Result<fhir::Document> BudgetParameters(const http::Call& call);
// The same made of the query: each name and how its value is written ("valueDate").
fhir::Result<fhir::Document> BudgetQuery(const http::Call& call, std::initializer_list<std::pair<std::string_view, std::string_view>> types);

// One resource as such, several as a Bundle of type collection, Parameters as they are.
Answer BudgetAnswer(const http::Call& call, care::budget::Outcome outcome, bool always_bundle = false);

}  // namespace server::operations
