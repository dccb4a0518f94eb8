// update: a new version under an id, or of the one resource that criteria find; creates what is not there.
#include "server/interactions/handlers.h"
#include "server/interactions/write.h"

namespace server::interactions {

Answer Update(const http::Call& call) {
  TRY_ASSIGN(PlannedEntry planned, PlanRequest(call, Verb::kPut));
  return WriteBody(call, std::move(planned));
}

}  // namespace server::interactions
