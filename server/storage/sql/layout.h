// What every connection to one SQLite store shares: numbers of types and parameters, the secret, limits. Read
// once at open, then never changed. See README.md for the tables.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "fhir/schema/registry.h"
#include "fhir/search/extract.h"
#include "server/storage/index_rows.h"
#include "server/storage/placement.h"
#include "server/storage/slots.h"

namespace server::storage::sqlite {

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

}  // namespace server::storage::sqlite
