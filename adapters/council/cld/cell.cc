// What the specification lets a cell hold (domain facts §5.1 to 5.4).
#include "adapters/council/cld/cell.h"

#include "adapters/base/cell_text.h"

namespace adapters::council::cld {
namespace {

std::string Allowed(const Lists& lists, Column column) {
  std::string text;
  for (const std::string& code : lists.CodesOf(column)) (text += text.empty() ? "" : "; ") += code;
  return text;
}

}  // namespace

CellAnswer ReadCell(const Lists& lists, const ColumnFacts& column, std::string_view cell) {
  CellAnswer answer;
  const std::string_view text = TrimCell(cell);
  if (text.empty()) return answer;
  if (HasControl(text)) {
    answer.fault = "The cell holds a control character, which is not text.";
    return answer;
  }
  switch (column.holds) {
    case Holds::kText:
      answer.text = text;
      break;
    case Holds::kDate:
      answer.text = ReadDate(text);
      if (answer.text.empty()) answer.fault = QuotedCell(text) + " is not a day there is. Write it as 24/02/2024 or 2024-02-24.";
      break;
    case Holds::kList:
      answer.text = text;
      answer.value = lists.Find(column.column, text);
      if (!answer.value.known() && lists.IsClosed(column.column)) {
        answer.fault = QuotedCell(text) + " is not one of its values, in which capitals count. Allowed: " + Allowed(lists, column.column) + ".";
      }
      break;
    case Holds::kMoney:
    case Holds::kNumber:
      answer.text = ReadNumber(text);
      if (answer.text.empty()) {
        answer.fault = std::string(text.front() == '-' ? "The number is negative." : "The value is not a number.") +
                       " Allowed: a number from 0 on, with at most two decimal places, without a currency sign or commas, such as 123.45.";
      }
      break;
  }
  return answer;
}

}  // namespace adapters::council::cld
