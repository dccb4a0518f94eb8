// The resources of a type in the order of one parameter, straight from its ordered rows: the first page of a
// sorted search without looking at all that match.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "server/search/match.h"
#include "server/search/query.h"
#include "server/storage/slots.h"
#include "server/storage/sql/connection.h"
#include "server/storage/store.h"

namespace server::storage::sql {

class OrderedWalk {
 public:
  // True for parameters that have ordered rows: dates, strings, numbers, quantities.
  static bool Serves(const search::SortKey& key);

  // From `from` on (a value of the order, itself included), or from the start.
  OrderedWalk(Connection& connection, Slot slot, const search::SortKey& key, const std::optional<search::SortValue>& from);

  // A group is cut at this many rows: one that long is too many.
  static constexpr std::size_t kGroupLimit = 5001;
  // Keys of the next value, in no order; empty at the end. Values group as their rows do: strings by their
  // prefix. A resource with several values comes with each of them.
  fhir::Result<std::vector<Key>> NextGroup();
  // The value, as a resource has it, belongs to the group that came last.
  bool IsOfGroup(const search::SortValue& value) const;

 private:
  fhir::Result<bool> Advance();

  Connection& connection_;
  Slot slot_;
  std::string_view type_;
  bool descending_, inclusive_ = true;
  std::int64_t date_ = 0;      // where the walk is: the value of the last group, or where it begins
  double number_ = 0;
  std::string prefix_;
};

}  // namespace server::storage::sql
