// What the process is made of, put together once at start and handed to every handler: definitions,
// search parameters, store, clock, limits.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/schema/registry.h"
#include "fhir/search/extract.h"
#include "fhir/validate/validator.h"
#include "server/storage/store.h"

namespace adapters {
class Adapter;
}

namespace server {

namespace care::plan {
class Maps;
}
namespace inbox {
class Inbox;
}
namespace log {
class Log;
}
namespace metrics {
class Page;
}
namespace operations {
class Readiness;
}

inline constexpr char kSoftwareVersion[] = "0.1.0";

struct Limits {
  std::size_t body_bytes = 16u << 20;     // of a request; a longer one is refused before it is read
  std::size_t import_bytes = 256u << 20;  // of a file for the inbox
  std::size_t json_depth = 64;            // objects and arrays within each other
  std::size_t json_elements = 2'000'000;  // of one body, at some 90 bytes of memory each; real ones have one for every 20 bytes or more
  std::size_t bundle_entries = 20000;     // of one batch or transaction
  int page_entries = 20;                  // of a searchset or history when _count does not say
  int most_page_entries = 1000;           // what _count may ask for at the most
};

// What is worth telling the operator.
struct Watch {
  std::int64_t slow_us = 500'000;         // a request that takes longer has a line of its own in the log
  // What makes /health/ready say no.
  std::int64_t probe_ms = 5000;           // a look at the store, with a write, that takes longer
  int disk_full_percent = 95;             // of the data folder's disk in use, or more
  std::int64_t inbox_failing_ms = 60'000; // so long without getting on
};

struct App {
  std::shared_ptr<const fhir::schema::Registry> registry;
  std::shared_ptr<const fhir::search::Extractor> extractor;
  std::unique_ptr<const fhir::validate::Validator> validator;
  std::function<std::int64_t()> now_us;   // microseconds since 1970 UTC
  std::string base_url;                   // "https://host/fhir" for links; empty: from the request's Host
  std::string_view scheme = "http";       // of those links then; "https" over TLS
  Limits limits;
  Watch watch;
  std::shared_ptr<log::Log> log;          // never null
  std::vector<std::function<void(metrics::Page&)>> figures;   // what others add to /metrics; set before anything is served
  std::function<std::int64_t()> certificate_expires;   // the listener's, seconds since 1970; empty: it has none. Thread-safe
  std::atomic<bool> store_failed = false; // the disk or its file failed: the process should end, and be started anew
  std::unique_ptr<storage::Store> store;  // closed before the others, which it uses
  std::shared_ptr<care::plan::Maps> plan_maps;   // forms to resources and back
  std::shared_ptr<inbox::Inbox> inbox;    // works with all of them
  std::shared_ptr<operations::Readiness> readiness;   // last: it looks at all of them
};

struct AppOptions {
  std::string data_dir;                   // holds the SQLite files; made when absent; not looked at with postgres_url
  std::string base_url;
  Limits limits;
  Watch watch = {};
  std::shared_ptr<log::Log> log = {};     // for the server's events; empty: they are not written
  std::string mappings_dir = {};               // maps of the adapters; empty: those in the binary
  // The adapters by name; empty: those of the catalogue.
  std::function<fhir::Result<std::shared_ptr<const adapters::Adapter>>(std::string_view name)> adapters = {};
  bool read_only = false;                 // beside a running server
  std::function<void()> on_store_failed;  // called on the writer's thread, after App::store_failed is set
  std::string postgres_url = {};          // the store is in that PostgreSQL database; scratch files are in the system's folder for them
  int postgres_readers = 16, postgres_writers = 4;   // connections
};

// Loads the definitions and opens the store. kUnavailable or kInvalid say what stands in the way.
fhir::Result<std::unique_ptr<App>> OpenApp(const AppOptions& options);

}  // namespace server
