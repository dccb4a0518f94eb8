// What the commands with a store of their own share.
#include "server/command/store_use.h"

#include <utility>

namespace server::command {

Parameter DataParameter() {
  return {.name = "--data", .value = "DIR", .help = "folder of the store; made when it is not there", .fallback = "careloom-data"};
}

Parameter PostgresParameter() {
  return {.name = "--postgres", .value = "URL", .help = "not supported yet; the store is SQLite in --data"};
}

fhir::Result<std::unique_ptr<App>> OpenStore(const Arguments& arguments, bool read_only, std::function<void()> on_failed) {
  if (arguments.Has("--postgres")) return fhir::Error(fhir::ErrorKind::kUnsupported, "--postgres is not supported yet; --data DIR keeps the store in SQLite");
  return OpenApp({.data_dir = arguments.Get("--data"),
                  .base_url = arguments.Get("--base-url"),
                  .limits = {},
                  .mappings_dir = arguments.Get("--mappings"),
                  .read_only = read_only,
                  .on_store_failed = std::move(on_failed)});
}

}  // namespace server::command
