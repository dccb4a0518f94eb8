// What the commands with a store of their own share: --data or --postgres, and opening it.
#pragma once

#include <functional>
#include <memory>

#include "server/app.h"
#include "server/command/command.h"

namespace server::command {

Parameter DataParameter();
Parameter PostgresParameter();
// The server's parts over the folder of --data, or over the database of --postgres. Read-only works beside
// a running server. `on_failed` is called, on another thread, when the disk fails.
fhir::Result<std::unique_ptr<App>> OpenStore(const Arguments& arguments, bool read_only = false, std::function<void()> on_failed = {});

}  // namespace server::command
