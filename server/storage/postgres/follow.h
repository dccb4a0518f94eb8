// The change sequence as a follower reads it (subscriptions, export, the outbox): in order of (transaction, place), and only what no
// transaction that is still open can come before. So none is skipped, however late it commits.
#pragma once

#include <cstdint>
#include <vector>

#include "fhir/base/result.h"
#include "server/storage/sql/connection.h"
#include "server/storage/store.h"

namespace server::storage::postgres {

// Where a follower stands: behind this version.
struct Place {
  std::int64_t transaction = 0;   // xid8
  Sequence seq = 0;
};

struct Change {
  Place place;
  Key key = 0;
  std::int64_t version = 0;
};

// The next changes after `after`, at most `count`; none: nothing yet. One that is not shown now comes in a later call, always after
// what was shown. Of one resource a higher version may come before a lower one, when their transactions ran at the same time.
fhir::Result<std::vector<Change>> ChangesAfter(sql::Connection& connection, const Place& after, int count);

}  // namespace server::storage::postgres
