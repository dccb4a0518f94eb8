// Account/[id]/$agree: an indicative budget is agreed (server/care/budget/README.md).
#include "server/http/error_response.h"
#include "server/operations/budget.h"

namespace server::operations {

Answer BudgetAgree(const http::Call& call) {
  if (auto refusal = http::CheckContentType(call.request, http::BodyType::kResource)) return *std::move(refusal);
  TRY_ASSIGN(const fhir::Document parameters, BudgetParameters(call));
  TRY_ASSIGN(care::budget::Outcome outcome, care::budget::Agree(call.app, call.id, *parameters.root));
  return BudgetAnswer(call, std::move(outcome));
}

}  // namespace server::operations
