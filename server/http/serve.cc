// Router and listener together.
#include "server/http/serve.h"

#include "server/http/router.h"

namespace server::http {

fhir::Result<void> Serve(const ServeOptions& options, App& app) {
  EdgeOptions edge_options = options.edge;
  if (!edge_options.address.starts_with("127.") && edge_options.address != "::1") {
    return fhir::Error(fhir::ErrorKind::kForbidden,
                       "Listening on " + edge_options.address + " would let anybody in: there is no authentication yet. Listen on 127.0.0.1, behind a proxy that authenticates.");
  }
  edge_options.body_bytes = app.limits.body_bytes;
  const Router router(app);
  TRY_ASSIGN(const std::unique_ptr<Edge> edge, Edge::Start(edge_options, [&router](const Request& request) { return router.Handle(request); }));
  if (options.on_listening) options.on_listening(edge->port());
  WaitForStop();
  if (app.store_failed) return fhir::Error(fhir::ErrorKind::kInternal, "The store's disk or file failed. Check the disk, then start again: what was answered with success is stored.");
  return {};
}

}  // namespace server::http
