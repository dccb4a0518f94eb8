// /health/live and /health/ready, for whoever starts and watches the process.
#include "server/app.h"
#include "server/http/error_response.h"
#include "server/operations/handlers.h"

namespace server::operations {
namespace {

http::Response Well() { return {200, {{"Content-Type", "application/json; charset=utf-8"}}, R"({"status":"pass"})"}; }

}  // namespace

Answer Live(const http::Call&) { return Well(); }

Answer Ready(const http::Call& call) {
  const auto checked = call.app.store->Check();
  if (checked) return Well();
  return http::Refuse(503, "transient", "The store is not ready: " + checked.error().text());
}

}  // namespace server::operations
