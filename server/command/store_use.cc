// What the commands with a store of their own share.
#include "server/command/store_use.h"

#include <utility>

namespace server::command {

Parameter DataParameter() {
  return {.name = "--data", .value = "DIR", .help = "folder of the store; made when it is not there", .fallback = "careloom-data"};
}

Parameter PostgresParameter() {
  return {.name = "--postgres", .value = "URL", .help = "the store is in this PostgreSQL database, not in --data: postgresql://user@host/database"};
}

fhir::Result<std::unique_ptr<App>> OpenStore(const Arguments& arguments, bool read_only, std::function<void()> on_failed) {
  return OpenApp({.data_dir = arguments.Get("--data"),
                  .base_url = arguments.Get("--base-url"),
                  .limits = {},
                  .mappings_dir = arguments.Get("--mappings"),
                  .read_only = read_only,
                  .on_store_failed = std::move(on_failed),
                  .postgres_url = arguments.Get("--postgres")});
}

}  // namespace server::command
