// /health/live and /health/ready, for whoever starts and watches the process.
#include <string>
#include <vector>

#include "fhir/json/writer.h"
#include "server/app.h"
#include "server/http/router.h"
#include "server/operations/handlers.h"
#include "server/operations/readiness.h"

namespace server::operations {
namespace {

http::Response Well() { return {200, {{"Content-Type", "application/json; charset=utf-8"}}, R"({"status":"pass"})"}; }

}  // namespace

Answer Live(const http::Call&) { return Well(); }

Answer Ready(const http::Call& call) {
  const std::vector<Unready> reasons = call.app.readiness->Look();
  if (reasons.empty()) return Well();
  std::string codes, details;
  for (const Unready& reason : reasons) {
    codes += codes.empty() ? "" : ",";
    fhir::json::WriteString(reason.code, codes);
    details += details.empty() ? "" : ",";
    fhir::json::WriteString(reason.detail, details);
  }
  std::string body = R"({"status":"fail","reasons":[)" + codes + "]";
  if (call.router.is_admin()) body += R"(,"details":[)" + details + "]";
  return http::Response{503, {{"Content-Type", "application/json; charset=utf-8"}, {"Retry-After", "5"}}, body + "}"};
}

}  // namespace server::operations
