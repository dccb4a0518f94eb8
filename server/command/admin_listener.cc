// A second listener with few threads.
#include "server/command/admin_listener.h"

namespace server::command {

fhir::Result<std::unique_ptr<http::Edge>> StartAdmin(const settings::Settings& settings, const http::Router& router, http::Access& access) {
  if (settings.admin_port == 0) return std::unique_ptr<http::Edge>();
  http::EdgeOptions options;
  options.address = settings.admin_address;
  options.port = settings.admin_port;
  options.workers = 4;
  options.connections = 64;
  options.body_bytes = 0;
  options.on_answered = [&access](const http::Request& request, const http::Response& answer, const http::Sent& sent) { access.Answered(request, answer, sent); };
  return http::Edge::Start(options, [&router](const http::Request& request) { return router.Handle(request); });
}

http::Serves ServedByMain(const settings::Settings& settings, bool is_loopback) {
  return settings.admin_port == 0 && is_loopback ? http::Serves::kAll : http::Serves::kPublic;
}

}  // namespace server::command
