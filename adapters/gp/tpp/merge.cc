// One rule for what a set says and one for what it does not.
#include "adapters/gp/tpp/merge.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "adapters/base/nhs_number.h"
#include "adapters/gp/tpp/reader.h"

namespace adapters::gp::tpp {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

using RowId = std::pair<std::size_t, std::string>;

bool RanksAfter(const Submission& a, const Submission& b) { return std::tie(a.to, a.received_us) > std::tie(b.to, b.received_us); }

bool IsYes(std::string_view cell) {
  constexpr std::string_view kYes[] = {"1", "Y", "y", "Yes", "YES", "yes", "TRUE", "True", "true"};
  return std::ranges::find(kYes, cell) != std::end(kYes);
}

std::string Recorded(const Table& table, const SetRow& row) {
  const std::size_t place = table.Find("DateEventRecorded");
  return place == kNone ? std::string() : row.cells[place];
}

// Of rows of one id: recorded last, and then in a fixed order.
bool StandsBefore(const Table& table, const SetRow& a, const SetRow& b) {
  const std::string recorded_a = Recorded(table, a), recorded_b = Recorded(table, b);
  if (recorded_a != recorded_b) return recorded_a > recorded_b;
  return a.cells < b.cells;
}

Result<void> CheckNhsNumbers(const Tables& tables, const std::vector<Line>& lines) {
  const SetRow* first = nullptr;
  for (const Line& line : lines) {
    const Table& table = tables.at(line.row.table);
    const std::size_t place = table.Find("NHSNumber");
    if (place == kNone || !IsNhsNumber(WithoutBlanks(line.row.cells[place]))) continue;
    if (!first) first = &line.row;
    if (WithoutBlanks(line.row.cells[place]) != WithoutBlanks(first->cells[place])) {
      return Error(ErrorKind::kUnprocessable, "Rows " + std::to_string(first->number) + " and " + std::to_string(line.row.number) + " of " + table.name +
                                                  " give one person id two different NHS numbers, both well-formed. Nothing of the person was stored; "
                                                  "correct the number or the person id and send the set again.")
          .At(PlaceOf(table.name, line.row.number, "NHSNumber"));
    }
  }
  return {};
}

// Rows of one id in the set: one stands.
void Choose(const Tables& tables, std::vector<Line>& lines, std::map<RowId, Line*>& chosen) {
  for (Line& line : lines) {
    const Table& table = tables.at(line.row.table);
    const auto [at, is_new] = chosen.try_emplace({line.row.table, IdOf(table, line.row)}, &line);
    if (is_new) continue;
    if (StandsBefore(table, line.row, at->second->row)) at->second = &line;
  }
  for (Line& line : lines) {
    const Table& table = tables.at(line.row.table);
    const Line* stands = chosen.at({line.row.table, IdOf(table, line.row)});
    if (stands == &line) continue;
    line.fate = stands->row.cells == line.row.cells ? Fate::kSame : Fate::kPassed;
    line.by = "row " + std::to_string(stands->row.number);
  }
}

// A row that says only that it was taken back leaves what it said before as it was.
void TakeBack(const Table& table, const SetRow* before, SetRow& row) {
  row.withdrawn = true;
  if (!before) return;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (row.cells[i].empty() && i != table.removed) row.cells[i] = before->cells[i];
  }
}

}  // namespace

bool IsFull(const Submission& set) { return !set.from.empty() && set.from <= kEver; }

Result<PersonRows> ReadPersonRows(const Tables& tables, const PersonPart& part) {
  PersonRows rows;
  for (const Row& row : part.rows) {
    if (row.bad) {
      ++rows.bad;
      continue;
    }
    std::optional<SetRow> read = UnpackRow(tables, row.bytes);
    if (!read || read->cells.empty()) return Error(ErrorKind::kInternal, "A staged row cannot be read again; take the set in anew.").At("row " + std::to_string(row.number));
    read->said_by = part.file;
    rows.lines.push_back({*std::move(read), Fate::kStands, {}});
  }
  TRY(CheckNhsNumbers(tables, rows.lines));
  return rows;
}

std::vector<Merged> MergeRows(const Tables& tables, const PersonPart& part, PersonRows& rows, std::vector<SetRow> stored,
                              const std::function<bool(const Submission&)>& had_bad_rows, fhir::IssueSink& outcome) {
  std::map<RowId, Line*> at_hand;
  Choose(tables, rows.lines, at_hand);
  std::map<RowId, Merged> merged;
  for (SetRow& row : stored) {
    RowId id{row.table, IdOf(tables.at(row.table), row)};
    merged.emplace(std::move(id), Merged{std::move(row), false});
  }
  // The last full set that ranks after this one and does not hold what is not stored out of it.
  const Submission* full = nullptr;
  for (const Submission& set : part.later) {
    if (IsFull(set) && (!full || RanksAfter(set, *full)) && !had_bad_rows(set)) full = &set;
  }
  for (auto& [id, line] : at_hand) {
    const Table& table = tables.at(id.first);
    const auto before = merged.find(id);
    SetRow row = line->row;
    if (table.removed != kNone && IsYes(row.cells[table.removed])) TakeBack(table, before == merged.end() ? nullptr : &before->second.row, row);
    if (before != merged.end()) {
      const SetRow& was = before->second.row;
      if (RanksAfter(was.said_by, part.file)) {
        line->fate = was.cells == row.cells ? Fate::kSame : Fate::kPassed;
        line->by = "a later set";
        continue;
      }
      if (was.cells == row.cells && was.withdrawn == row.withdrawn && was.said_by.to == part.file.to) {
        line->fate = Fate::kSame;
        line->by = "what is stored";
        continue;
      }
    }
    if (full && !row.withdrawn) {
      row.withdrawn = true;
      row.said_by = *full;
      outcome.Report(Severity::kInformation, "informational", "A later full set does not hold the row; it is kept as entered in error.", PlaceOf(table.name, row.number));
    }
    merged.insert_or_assign(id, Merged{std::move(row), true});
  }
  const bool takes_back = IsFull(part.file) && rows.bad == 0;
  std::vector<Merged> all;
  for (auto& [id, one] : merged) {
    if (takes_back && !at_hand.contains(id) && !one.row.withdrawn && RanksAfter(part.file, one.row.said_by)) {
      one.row.withdrawn = true;
      one.row.said_by = part.file;
      one.changed = true;
      outcome.Report(Severity::kInformation, "informational", "A row of " + tables.at(id.first).name + " that is stored is not in this full set: it is kept as entered in error.",
                     tables.at(id.first).name);
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace adapters::gp::tpp
