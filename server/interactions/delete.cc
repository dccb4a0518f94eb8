// delete: of one resource by id or by criteria. Deleting what is not there is done already.
#include "server/http/versions.h"
#include "server/interactions/execute.h"
#include "server/interactions/handlers.h"
#include "server/interactions/write.h"

namespace server::interactions {

Answer Delete(const http::Call& call) {
  Plan plan;
  TRY_ASSIGN(PlannedEntry planned, PlanRequest(call, Verb::kDelete));
  plan.entries.push_back(std::move(planned));
  TRY_ASSIGN(const std::vector<Done> done, Execute(call.app, plan, {}));
  http::Response answer;
  answer.status = 204;
  if (done[0].version.version > 0) answer.headers.emplace_back("ETag", http::ETag(done[0].version.version));
  return answer;
}

}  // namespace server::interactions
