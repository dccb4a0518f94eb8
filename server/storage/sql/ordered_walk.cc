// See ordered_walk.h.
#include "server/storage/sql/ordered_walk.h"

#include <limits>

#include "server/storage/index_rows.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

// The statements that step to the next value, by kind of row, direction and whether the bound itself counts, and
// the ones that list a value's keys.
struct Statements {
  std::string_view up_from, up_past, down_from, down_past, keys;
};

// Two periods of one resource may begin alike: DISTINCT.
constexpr Statements kDates = {"SELECT low_us FROM date_row WHERE slot=?1 AND low_us>=?2 ORDER BY low_us LIMIT 1",
                               "SELECT low_us FROM date_row WHERE slot=?1 AND low_us>?2 ORDER BY low_us LIMIT 1",
                               "SELECT low_us FROM date_row WHERE slot=?1 AND low_us<=?2 ORDER BY low_us DESC LIMIT 1",
                               "SELECT low_us FROM date_row WHERE slot=?1 AND low_us<?2 ORDER BY low_us DESC LIMIT 1",
                               "SELECT DISTINCT key FROM date_row WHERE slot=?1 AND low_us=?2 LIMIT ?3"};
constexpr Statements kNumbers = {"SELECT value FROM number_row WHERE slot=?1 AND value>=?2 ORDER BY value LIMIT 1",
                                 "SELECT value FROM number_row WHERE slot=?1 AND value>?2 ORDER BY value LIMIT 1",
                                 "SELECT value FROM number_row WHERE slot=?1 AND value<=?2 ORDER BY value DESC LIMIT 1",
                                 "SELECT value FROM number_row WHERE slot=?1 AND value<?2 ORDER BY value DESC LIMIT 1",
                                 "SELECT key FROM number_row WHERE slot=?1 AND value=?2 LIMIT ?3"};
constexpr Statements kStrings = {"SELECT prefix FROM string_row WHERE slot=?1 AND prefix>=?2 ORDER BY prefix LIMIT 1",
                                 "SELECT prefix FROM string_row WHERE slot=?1 AND prefix>?2 ORDER BY prefix LIMIT 1",
                                 "SELECT prefix FROM string_row WHERE slot=?1 AND prefix<=?2 ORDER BY prefix DESC LIMIT 1",
                                 "SELECT prefix FROM string_row WHERE slot=?1 AND prefix<?2 ORDER BY prefix DESC LIMIT 1",
                                 "SELECT key FROM string_row WHERE slot=?1 AND prefix=?2 LIMIT ?3"};

const Statements& StatementsOf(std::string_view type) { return type == "date" ? kDates : type == "string" ? kStrings : kNumbers; }

}  // namespace

bool OrderedWalk::Serves(const search::SortKey& key) {
  if (!key.parameter) return false;
  const std::string_view type = key.parameter->type;
  return type == "date" || type == "string" || type == "number" || type == "quantity";
}

OrderedWalk::OrderedWalk(Connection& connection, Slot slot, const search::SortKey& key, const std::optional<search::SortValue>& from)
    : connection_(connection), slot_(slot), type_(key.parameter->type), descending_(key.descending) {
  if (from) {
    date_ = from->integer;
    number_ = from->number;
    prefix_ = StringPrefix(from->text);
  } else {
    date_ = descending_ ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
    number_ = descending_ ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
    // Above every folded text: no UTF-8 begins with this byte.
    prefix_ = descending_ ? "\xFF" : "";
  }
}

Result<bool> OrderedWalk::Advance() {
  const Statements& statements = StatementsOf(type_);
  TRY_ASSIGN(Cursor cursor, connection_.Query(descending_ ? (inclusive_ ? statements.down_from : statements.down_past)
                                                        : (inclusive_ ? statements.up_from : statements.up_past)));
  inclusive_ = false;
  cursor.Bind(1, slot_);
  const std::string bound = prefix_;   // borrowed by the cursor while prefix_ takes the new value
  if (type_ == "date") cursor.Bind(2, date_);
  else if (type_ == "string") cursor.BindBlob(2, bound);
  else cursor.Bind(2, number_);
  TRY_ASSIGN(const bool found, cursor.Step());
  if (!found) return false;
  if (type_ == "date") date_ = cursor.Int(0);
  else if (type_ == "string") prefix_ = std::string(cursor.Bytes(0));
  else number_ = cursor.Real(0);
  return true;
}

Result<std::vector<Key>> OrderedWalk::NextGroup() {
  std::vector<Key> keys;
  TRY_ASSIGN(const bool found, Advance());
  if (!found) return keys;
  TRY_ASSIGN(Cursor cursor, connection_.Query(StatementsOf(type_).keys));
  cursor.Bind(1, slot_).Bind(3, static_cast<std::int64_t>(kGroupLimit));
  if (type_ == "date") cursor.Bind(2, date_);
  else if (type_ == "string") cursor.BindBlob(2, prefix_);
  else cursor.Bind(2, number_);
  while (true) {
    TRY_ASSIGN(const bool more, cursor.Step());
    if (!more) break;
    keys.push_back(cursor.Int(0));
  }
  return keys;
}

bool OrderedWalk::IsOfGroup(const search::SortValue& value) const {
  if (value.missing) return false;
  if (type_ == "date") return value.integer == date_;
  if (type_ == "string") return StringPrefix(value.text) == prefix_;
  return value.number == number_;
}

}  // namespace server::storage::sql
