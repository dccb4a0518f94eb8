// careloom import and export: NDJSON in bulk, listed so that whoever looks for them learns what to use.
#include "server/command/command.h"

namespace server::command {

Command Import() {
  return {.name = "import",
          .summary = "Load NDJSON files into a store (not supported yet)",
          .example = "careloom import --data DIR Patient.ndjson",
          .parameters = {{.name = "FILE", .value = "FILE", .help = "NDJSON files", .repeats = true}},
          .run = nullptr,
          .unsupported = "import of NDJSON is not supported yet; POST transaction Bundles to a running server instead"};
}

Command Export() {
  return {.name = "export",
          .summary = "Write a store as NDJSON files (not supported yet)",
          .example = "careloom export --data DIR --to FOLDER",
          .parameters = {},
          .run = nullptr,
          .unsupported = "export of NDJSON is not supported yet; search a running server page by page instead"};
}

}  // namespace server::command
