// The header of each file, then its rows: shape, cells, and whose they are.
#include <algorithm>

#include "adapters/base/bad_row.h"
#include "adapters/base/cell_text.h"
#include "adapters/base/nhs_number.h"
#include "adapters/gp/tpp/reader.h"
#include "adapters/gp/tpp/time.h"

namespace adapters::gp::tpp {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

bool IsOrganisation(std::string_view code) {
  return code.size() >= 3 && code.size() <= 10 && std::ranges::all_of(code, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

std::string NamesOf(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) (text += text.empty() ? "'" : ", '") += name + "'";
  return text;
}

Result<void> TppReader::ReadHeader(const CsvRow& row) {
  has_header_ = true;
  std::vector<std::string> header;
  for (const std::string_view cell : row.cells) header.emplace_back(TrimCell(cell));
  const std::size_t of_header = tables_->OfHeader(header);
  if (table_ == kNone) {
    if (of_header == kNone && is_set_) {
      in_ = In::kUnknown;
      return {};
    }
    if (of_header == kNone) {
      return Error(ErrorKind::kInvalid, "The header is that of none of the tables " + tables_->Names() + ". Is it the right file? A set of several files is sent as multipart/form-data.")
          .At(PlaceOf("header", row.number));
    }
    table_ = of_header;
  }
  if (!seen_.insert(table_).second) return Error(ErrorKind::kInvalid, "The table " + table().name + " is in the set twice. Send one file of each.").At(part_name_);
  faults_.assign(table().columns.size(), 0);
  // A file under another's name: its header has what the table must have, and does not know the rest.
  if (of_header != kNone && of_header != table_) {
    const auto known = [&](std::size_t of) { return std::ranges::count_if(header, [&](const std::string& name) { return tables_->at(of).Find(name) != kNone; }); };
    if (known(of_header) > known(table_)) {
      return Error(ErrorKind::kInvalid, "The file is named " + table().name + " but its header is that of " + tables_->at(of_header).name + ". Nothing of the set was stored.").At(part_name_);
    }
  }
  return CheckHeader(header, row.number);
}

Result<void> TppReader::CheckHeader(const std::vector<std::string>& header, std::uint64_t number) {
  std::vector<bool> seen(table().columns.size());
  std::vector<std::string> unknown, missing;
  for (const std::string& name : header) {
    const std::size_t column = table().Find(name);
    header_.push_back(column);
    if (column == kNone) {
      unknown.push_back(name.substr(0, 100));
    } else if (seen[column]) {
      return Error(ErrorKind::kInvalid, "The column '" + name + "' stands in the header twice. Take one of them out.").At(PlaceOf(table().name, number));
    } else {
      seen[column] = true;
    }
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i] && table().columns[i].mandatory) missing.push_back(table().columns[i].name);
  }
  if (!missing.empty()) {
    return Error(ErrorKind::kInvalid, "The header of " + table().name + " lacks " + NamesOf(missing) + ", without which its rows cannot be placed" +
                                          (unknown.empty() ? "." : "; not known in it: " + NamesOf(unknown) + "."))
        .At(PlaceOf(table().name, number));
  }
  if (!unknown.empty()) {
    report_.outcome.Report(Severity::kWarning, "not-supported", "The table is not known to have the column " + NamesOf(unknown) + "; what stands in it was left out.",
                           PlaceOf(table().name, number));
  }
  return {};
}

void TppReader::Blame(bool& bad, std::uint64_t row, std::string_view column, std::string text, std::string_view code) {
  bad = true;
  const std::size_t place = column.empty() ? kNone : table().Find(column);
  if (place != kNone) ++faults_[place];
  report_.outcome.Report(Severity::kError, code, std::move(text), PlaceOf(table().name, row, column));
}

Result<void> TppReader::TakeDataRow(const CsvRow& row, const Sink& sink) {
  ++facts_.rows;
  ++file_rows_;
  SetRow made;
  made.table = table_;
  made.number = row.number;
  made.cells.resize(table().columns.size());
  bool bad = false;
  ReadCells(row, made, bad);
  if (row.cells.size() != header_.size()) {
    Blame(bad, row.number, {}, "The row has " + std::to_string(row.cells.size()) + " cells, the header " + std::to_string(header_.size()) +
                                   ". A cell that holds a comma or a line end must stand in quotes.", "structure");
    made.cells[table().patient].clear();   // whose it is cannot be told when cells are out of place
  } else if (row.broken != 0) {
    Blame(bad, row.number, {}, "There is text after the closing quote of cell " + std::to_string(row.broken) + ". Write a quote within quotes twice.", "structure");
  } else {
    CheckMandatory(made, bad);
  }
  if (!bad) {
    report_.elements_in += unknown_cells_;
    report_.elements_reported += unknown_cells_;
    return sink({made.Cell(table().patient), facts_.rows, false, PackRow(made)});
  }
  const auto filled = static_cast<std::uint32_t>(std::ranges::count_if(row.cells, [](std::string_view cell) { return !TrimCell(cell).empty(); }));
  TRY(CountBadRow(options_, filled, report_, facts_, "set"));
  if (made.Cell(table().patient).empty()) return {};
  return sink({made.Cell(table().patient), facts_.rows, true, PackBadRow(table_, row.number)});
}

void TppReader::ReadCells(const CsvRow& row, SetRow& made, bool& bad) {
  const bool right_shape = row.cells.size() == header_.size();
  unknown_cells_ = 0;
  for (std::size_t i = 0; i < row.cells.size() && i < header_.size(); ++i) {
    const std::string_view cell = TrimCell(row.cells[i]);
    if (cell.empty()) continue;
    if (header_[i] == kNone) {
      ++unknown_cells_;
      continue;
    }
    const Column& column = table().columns[header_[i]];
    std::string& text = made.cells[header_[i]];
    text = column.holds == Holds::kTime ? ReadTime(cell) : std::string(cell);
    if (!right_shape) continue;
    if (HasControl(cell)) {
      Blame(bad, row.number, column.name, "The cell holds a control character, which is not text.");
    } else if (text.empty()) {
      Blame(bad, row.number, column.name, QuotedCell(cell) + " is not a time there is. Write it as 24 Feb 2024 09:30:00.");
    }
  }
}

void TppReader::CheckMandatory(SetRow& row, bool& bad) {
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (table().columns[i].mandatory && row.cells[i].empty() && !bad) Blame(bad, row.number, table().columns[i].name, "The cell is empty; every row must say it.", "required");
  }
  const std::string& organisation = row.cells[table().organisation];
  if (bad) return;
  const std::size_t number = table().Find("NHSNumber");
  if (number != kNone && !row.cells[number].empty() && !IsNhsNumber(WithoutBlanks(row.cells[number]))) {
    report_.outcome.Report(Severity::kWarning, "value", "The NHS number is not ten digits with the right check digit (modulus 11). It is kept as it came, and identifies nobody.",
                           PlaceOf(table().name, row.number, "NHSNumber"));
  }
  if (!IsOrganisation(organisation)) {
    Blame(bad, row.number, table().columns[table().organisation].name, QuotedCell(organisation) + " is not an ODS code: 3 to 10 capital letters and digits.");
  } else if (facts_.scope.empty()) {
    facts_.scope = organisation;
  } else if (organisation != facts_.scope) {
    Blame(bad, row.number, table().columns[table().organisation].name, "The row is of organisation " + organisation + ", the set of " + facts_.scope +
                                                                           ". A set is of one organisation; send the row in that one's own.");
    row.cells[table().patient].clear();
  }
}

}  // namespace adapters::gp::tpp
