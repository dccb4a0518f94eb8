// One event of one person as a row of the file says it, whether it came from a file at hand or was turned back
// from what is stored. Both directions meet here.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "adapters/base/people_file.h"
#include "adapters/council/cld/columns.h"

namespace adapters::council::cld {

struct Event {
  // The cells in the specification's order: words as given (of either release), trimmed; dates as YYYY-MM-DD;
  // numbers as written; an empty text: nothing is said ("NULL" too).
  std::array<std::string, kColumnCount> cells;
  // The file that said it last; id may be empty out of the store.
  Submission said_by;
  // A later file covers it and does not hold it.
  bool withdrawn = false;
  // Where it stands in the file at hand (the header is row 1); 0: out of the store.
  std::uint64_t row = 0;
  // Which resource it is stored as: the value of its cld-event identifier; empty before it was keyed.
  std::string key;

  const std::string& operator[](Column column) const { return cells[static_cast<std::size_t>(column)]; }
  std::string& operator[](Column column) { return cells[static_cast<std::size_t>(column)]; }
};

}  // namespace adapters::council::cld
