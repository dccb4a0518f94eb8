// Retention of domain facts §5.4, within one file.
#include "adapters/council/cld/person.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "adapters/base/row_form.h"
#include "adapters/council/cld/keys.h"

namespace adapters::council::cld {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

// Does `a` stand before `b`, where both say one event?
bool Precedes(const Lists& lists, const Cells& a, const Cells& b) {
  const std::string &end_a = At(a, Column::kEventEnd), &end_b = At(b, Column::kEventEnd);
  if (end_a.empty() != end_b.empty()) return end_a.empty();
  if (end_a != end_b) return end_a > end_b;
  const int rank_a = lists.RankOfOutcome(At(a, Column::kEventOutcome)), rank_b = lists.RankOfOutcome(At(b, Column::kEventOutcome));
  if (rank_a != rank_b) return rank_a < rank_b;
  return a < b;
}

Result<void> CheckNhsNumbers(const std::vector<Line>& lines) {
  const Line* first = nullptr;
  for (const Line& line : lines) {
    const std::string& number = At(line.cells, Column::kNhsNumber);
    if (number.empty()) continue;
    if (!first) first = &line;
    if (number != At(first->cells, Column::kNhsNumber)) {
      return Error(ErrorKind::kUnprocessable, "Rows " + std::to_string(first->number) + " and " + std::to_string(line.number) +
                                                  " give one person id two different NHS numbers, both well-formed. Nothing of the person was stored; "
                                                  "correct the number or the person id and send the file again.")
          .At("row " + std::to_string(line.number) + ", column NHS Number");
    }
  }
  return {};
}

}  // namespace

Result<PersonRows> ReadPersonRows(const PersonPart& part, const Lists& lists) {
  PersonRows rows;
  for (const Row& row : part.rows) {
    if (row.bad) {
      ++rows.bad;
      continue;
    }
    Cells cells;
    if (!UnpackCells(row.bytes, cells)) return Error(ErrorKind::kInternal, "A staged row cannot be read again; take the file in anew.").At("row " + std::to_string(row.number));
    rows.lines.push_back({std::move(cells), row.number, {}, true});
  }
  TRY(CheckNhsNumbers(rows.lines));
  // By key, then by what tells services of one key apart.
  std::map<std::pair<std::string, std::string>, std::vector<std::uint32_t>> events;
  for (std::uint32_t i = 0; i < rows.lines.size(); ++i) {
    const Cells& cells = rows.lines[i].cells;
    const bool service = At(cells, Column::kEventType) == "Service";
    events[{EventKey(lists, cells), service ? ServiceDetail(lists, cells) : std::string()}].push_back(i);
  }
  std::string previous;
  std::size_t count = 0;
  for (auto& [name, lines] : events) {
    count = name.first == previous ? count + 1 : 1;
    previous = name.first;
    const std::string key = count == 1 ? name.first : name.first + "/" + std::to_string(count);
    const auto stands = std::ranges::min_element(lines, [&](std::uint32_t a, std::uint32_t b) {
      return Precedes(lists, rows.lines[a].cells, rows.lines[b].cells);
    });
    for (const std::uint32_t line : lines) {
      rows.lines[line].key = key;
      rows.lines[line].stands = line == *stands;
    }
    Said said{{.cells = rows.lines[*stands].cells, .said_by = part.file, .row = rows.lines[*stands].number, .key = key}, *stands + 1};
    rows.events.push_back(std::move(said));
  }
  std::ranges::sort(rows.events, {}, [](const Said& said) -> const std::string& { return said.event.key; });
  return rows;
}

}  // namespace adapters::council::cld
