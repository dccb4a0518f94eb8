// What every connection to one store shares: numbers of types and parameters, the secret, limits. Read
// once at open, then never changed. See README.md for the tables.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "fhir/base/result.h"
#include "fhir/schema/registry.h"
#include "fhir/search/extract.h"
#include "server/storage/index_rows.h"
#include "server/storage/placement.h"
#include "server/storage/slots.h"
#include "server/storage/sql/connection.h"

namespace server::storage::sql {

struct Layout {
  Layout(const fhir::schema::Registry& of, std::shared_ptr<const fhir::search::Extractor> with) : registry(of), extractor(std::move(with)) {}

  const fhir::schema::Registry& registry;
  std::shared_ptr<const fhir::search::Extractor> extractor;
  Slots slots;
  Placement placement;
  Hasher hasher{HashKey{}};
  std::string cursor_secret;
  std::int64_t visit_limit = 0;                 // candidates that one search may look at
  std::int64_t include_limit = 0;               // resources that one page may include
  std::function<std::int64_t()> now_us;
  std::function<std::uint64_t()> random;
};

// Fills in the secret, the numbers of types and parameters and what follows from them. Makes the secret of a new store with
// `random` and gives numbers to new types and parameters, unless `read_only`. Inside a transaction that only one process is in.
fhir::Result<void> LoadLayout(Connection& connection, Layout& layout, bool read_only);

}  // namespace server::storage::sql
