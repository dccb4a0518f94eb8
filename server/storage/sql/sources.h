// Candidates of a search as streams of keys, newest first. A stream answers "the largest key below this
// one", so that streams can skip, be merged and be intersected. No statement stays open between calls.
#pragma once

#include <memory>
#include <vector>

#include "fhir/base/result.h"
#include "server/storage/sql/connection.h"
#include "server/storage/slots.h"
#include "server/storage/store.h"

namespace server::storage::sql {

class KeySource {
 public:
  virtual ~KeySource() = default;
  // The largest key below `below`; 0 at the end. `below` never grows from call to call.
  virtual fhir::Result<Key> Next(Key below) = 0;
};
using KeySourcePtr = std::unique_ptr<KeySource>;

// All resources of one (slot, hash).
KeySourcePtr HashSource(Connection& connection, Slot slot, std::int64_t hash);
// These keys, in any order, repeated or not.
KeySourcePtr ListSource(std::vector<Key> keys);
// What any of the parts has.
KeySourcePtr AnyOf(std::vector<KeySourcePtr> parts);
// What all of the parts have; one part at least.
KeySourcePtr AllOf(std::vector<KeySourcePtr> parts);

}  // namespace server::storage::sql
