// One cell in a layout's form: days, money, numbers and words read to normal form and written back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/cell_text.h"
#include "adapters/council/ledger/layout.h"
#include "fhir/base/result.h"

namespace adapters::council::ledger {

struct CellAnswer {
  std::string text;          // normal form; empty: nothing is said
  std::string word;          // the word as given, where it is not the one that the layout writes for the code
  std::string fault;         // not empty: why the value is refused, with what is allowed
  bool negative = false;     // money with a sign before it; `text` is without
};

// `cell` as it stands between the delimiters.
CellAnswer ReadCell(const Layout& layout, const ColumnUse& use, const Codes& codes, std::string_view cell);
// The other way. A word of another layout is written as this one writes its code; a code without word as it is.
std::string WriteCell(const Layout& layout, const ColumnUse& use, std::string_view value, std::string_view word);
std::string WriteDay(const Layout& layout, std::string_view day);
std::string WriteMoney(const Layout& layout, std::string_view amount);

bool IsDatePattern(std::string_view pattern);
// The cells of one line, white space around them taken off. kInvalid for a broken quote or bytes that are no text.
fhir::Result<std::vector<std::string>> SplitLine(std::string_view line, char delimiter, Encoding encoding);

}  // namespace adapters::council::ledger
