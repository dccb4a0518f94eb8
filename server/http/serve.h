// Serving as one call: the routes behind the listener until the process is told to stop.
#pragma once

#include <cstdint>
#include <functional>

#include "fhir/base/result.h"
#include "server/app.h"
#include "server/http/edge.h"

namespace server::http {

struct ServeOptions {
  EdgeOptions edge;                                    // body_bytes is taken from the app's limits
  std::function<void(std::uint16_t)> on_listening;     // called once with the bound port
};

// Blocks until SIGTERM, SIGINT or StopServing(), then finishes running requests. kForbidden when the address
// is not loopback, for there is no authentication yet; kUnavailable when it cannot be had; kInternal when the
// store failed (let AppOptions::on_store_failed call StopServing).
fhir::Result<void> Serve(const ServeOptions& options, App& app);

}  // namespace server::http
