// What a cell of a CSV file may hold, whoever's file it is: white space, days, decimal numbers, control characters.
#pragma once

#include <string>
#include <string_view>

namespace adapters {

// The cell without white space around it; "NULL" is empty.
std::string_view TrimCell(std::string_view cell);

// 24/02/2024, 24/2/2024, 2024-02-24, each also with a midnight behind it, as YYYY-MM-DD; empty when it is no day there is.
std::string ReadDate(std::string_view text);

// A number of at most 16 digits and two decimal places, as JSON writes it: one leading zero, digits around the point, the
// places as given. Empty: not such a number, or negative.
std::string ReadNumber(std::string_view text);

// The value in single quotes, cut after 80 bytes: for a finding.
std::string QuotedCell(std::string_view value);

// Control characters other than tab and line ends, which are no text.
bool HasControl(std::string_view text);

}  // namespace adapters
