// Account/[id]/$statement: the figures of a budget, by GET with a query or by POST with Parameters (server/care/budget/README.md).
#include "server/http/error_response.h"
#include "server/interactions/reading.h"
#include "server/operations/budget.h"

namespace server::operations {

Answer BudgetStatement(const http::Call& call) {
  fhir::Document parameters;
  if (call.request.method == "POST") {
    if (auto refusal = http::CheckContentType(call.request, http::BodyType::kResource)) return *std::move(refusal);
    TRY_ASSIGN(parameters, BudgetParameters(call));
  } else {
    TRY_ASSIGN(parameters, BudgetQuery(call, {{"date", "valueDate"}, {"from", "valueDate"}, {"to", "valueDate"}, {"tolerance", "valueInteger"}, {"groups", "valueCode"}, {"entries", "valueBoolean"}}));
  }
  TRY_ASSIGN(const interactions::Reading reading, interactions::Reading::Open(call));
  TRY_ASSIGN(care::budget::Outcome outcome, care::budget::MakeStatement(call.app, *reading.operator->(), call.id, *parameters.root));
  return BudgetAnswer(call, std::move(outcome));
}

}  // namespace server::operations
