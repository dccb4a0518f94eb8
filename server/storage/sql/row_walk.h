// The rows of a stream of keys, newest first, several read at once: each statement may be a round trip.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "fhir/base/result.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/rows.h"
#include "server/storage/sql/sources.h"

namespace server::storage::sql {

class RowWalk {
 public:
  struct Candidate {
    Key key = 0;                        // 0: there are no more
    std::optional<ResourceRow> row;     // nothing: an index row is left of a resource that is not there
  };

  RowWalk(Connection& connection, KeySourcePtr source) : connection_(&connection), source_(std::move(source)) {}
  // The next below `below`, which never grows from call to call. Reads 1 ahead, then 4, then 16.
  fhir::Result<Candidate> Next(Key below);

 private:
  fhir::Result<void> Read(Key below);

  Connection* connection_;
  KeySourcePtr source_;
  std::vector<Key> keys_;               // read, with their rows; those before at_ were given or skipped
  std::vector<std::optional<ResourceRow>> rows_;
  std::size_t at_ = 0, wanted_ = 1;
};

}  // namespace server::storage::sql
