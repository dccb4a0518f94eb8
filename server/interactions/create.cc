// create: a new resource under an id of the server's, or with If-None-Exist the one that is there.
#include "server/interactions/handlers.h"
#include "server/interactions/write.h"

namespace server::interactions {

Answer Create(const http::Call& call) {
  TRY_ASSIGN(PlannedEntry planned, PlanRequest(call, Verb::kPost));
  return WriteBody(call, std::move(planned));
}

}  // namespace server::interactions
