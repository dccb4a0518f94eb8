// One cell: its text as the record keeps it, or why it cannot be.
#pragma once

#include <string>
#include <string_view>

#include "adapters/council/cld/columns.h"
#include "adapters/council/cld/lists.h"

namespace adapters::council::cld {

struct CellAnswer {
  std::string text;     // normalised: trimmed, "NULL" is empty, dates YYYY-MM-DD, numbers as JSON writes them
  std::string fault;    // not empty: why the value is refused, with what is allowed; names people's data never
  ListValue value;      // of a list
};

CellAnswer ReadCell(const Lists& lists, const ColumnFacts& column, std::string_view cell);

}  // namespace adapters::council::cld
