// careloom import: NDJSON in bulk, listed so that whoever looks for it learns what to use.
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

}  // namespace server::command
