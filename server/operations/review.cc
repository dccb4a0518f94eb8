// $review: looks for what is overdue or out of hand now, as the server's own review does.
#include "server/care/review/review.h"

#include "fhir/json/writer.h"
#include "server/app.h"
#include "server/http/error_response.h"
#include "server/interactions/parameters.h"
#include "server/operations/handlers.h"

namespace server::operations {

Answer ReviewNow(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {}));
  TRY_ASSIGN(const std::vector<care::review::Tally> tallies, care::review::Review(call.app));
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, fhir::json::Write(*care::review::Write(tallies).root)};
}

}  // namespace server::operations
