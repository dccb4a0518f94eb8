// The listener for whoever runs the server: figures and health, nothing of FHIR.
#pragma once

#include <memory>

#include "fhir/base/result.h"
#include "server/app.h"
#include "server/http/access.h"
#include "server/http/edge.h"
#include "server/http/router.h"
#include "server/settings/settings.h"

namespace server::command {

// Serves on admin.address and admin.port; null when the port is 0. `router` and `access` must outlive it.
fhir::Result<std::unique_ptr<http::Edge>> StartAdmin(const settings::Settings& settings, const http::Router& router, http::Access& access);

// Whether figures stay on the main listener: only where nobody but this machine can ask, and there is no other place.
http::Serves ServedByMain(const settings::Settings& settings, bool is_loopback);

}  // namespace server::command
