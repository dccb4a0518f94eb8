// Header first, then each row: its shape, its cells, and what the cells say together.
#include "adapters/council/cld/reader.h"

#include <algorithm>

#include "adapters/base/bad_row.h"
#include "adapters/base/cell_text.h"
#include "adapters/base/nhs_number.h"
#include "adapters/base/row_form.h"
#include "adapters/council/cld/cell.h"

namespace adapters::council::cld {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::size_t kMaxFindings = 10'000;
constexpr std::size_t kMaxCounted = 1'000;

bool IsCouncilCode(std::string_view code) {
  return code.size() == 3 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

std::string Names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) (text += text.empty() ? "'" : ", '") += name + "'";
  return text;
}

}  // namespace

std::string PlaceOf(std::uint64_t row, const ColumnFacts& column) {
  return "row " + std::to_string(row) + ", column " + std::string(column.header);
}

CldReader::CldReader(std::shared_ptr<const Lists> lists, const FileOptions& options)
    : lists_(std::move(lists)), options_(options), csv_(options.encoding == "windows-1252" ? Encoding::kWindows1252 : Encoding::kUtf8) {
  report_.outcome = fhir::IssueSink(kMaxFindings);
}

Result<void> CldReader::Read(std::string_view bytes, const Sink& sink) {
  if (options_.encoding != "utf-8" && options_.encoding != "windows-1252") {
    return Error(ErrorKind::kInvalid, "'" + options_.encoding + "' is not an encoding of such files; it may be utf-8 or windows-1252.");
  }
  return csv_.Read(bytes, [&](const CsvRow& row) { return TakeRow(row, sink); });
}

Result<FileFacts> CldReader::Finish(const Sink& sink) {
  TRY(csv_.Finish([&](const CsvRow& row) { return TakeRow(row, sink); }));
  if (!has_header_) return Error(ErrorKind::kInvalid, "The file is empty. The first row must hold the 50 column headers of the specification.");
  if (facts_.rows == 0) return Error(ErrorKind::kInvalid, "The file has a header and no row; there is nothing to take in.");
  if (facts_.scope.empty()) {
    const std::vector<fhir::Issue>& issues = report_.outcome.issues();
    return Error(ErrorKind::kInvalid, "No row says of which council and period the file is" +
                                          (issues.empty() ? std::string(".") : "; the first finding: " + issues.front().text))
        .At(issues.empty() ? std::string() : issues.front().expression);
  }
  ReportFlagged();
  ReportShifted();
  return facts_;
}

Result<void> CldReader::TakeRow(const CsvRow& row, const Sink& sink) {
  if (!has_header_) return ReadHeader(row);
  ++facts_.rows;
  Checked checked;
  checked.number = row.number;
  ReadCells(row, checked);
  CheckShape(row, checked);
  if (row.cells.size() == header_.size()) {
    CheckFile(checked);
    CheckMandatory(checked);
    CheckDates(checked);
    CheckNhsNumber(checked);
  }
  return HandOn(checked, sink);
}

Result<void> CldReader::ReadHeader(const CsvRow& row) {
  has_header_ = true;
  std::array<bool, kColumnCount> seen{};
  std::vector<std::string> unknown, missing;
  for (const std::string_view cell : row.cells) {
    const auto column = FindColumn(cell);
    header_.push_back(column ? &FactsOf(*column) : nullptr);
    if (!column) {
      unknown.emplace_back(TrimCell(cell).substr(0, 100));
    } else if (std::exchange(seen[static_cast<std::size_t>(*column)], true)) {
      return Error(ErrorKind::kInvalid, "The column '" + std::string(FactsOf(*column).header) + "' stands in the header twice. Take one of them out.")
          .At("row " + std::to_string(row.number));
    }
  }
  for (const ColumnFacts& column : Columns()) {
    if (!seen[static_cast<std::size_t>(column.column)]) missing.emplace_back(column.header);
  }
  if (!missing.empty()) {
    return Error(ErrorKind::kInvalid, "The header lacks " + Names(missing) + ". All 50 columns of the specification must be there, in any order" +
                                          (unknown.empty() ? "." : "; not known in it: " + Names(unknown) + "."))
        .At("row " + std::to_string(row.number));
  }
  if (!unknown.empty()) {
    report_.outcome.Report(Severity::kWarning, "not-supported", "The specification does not have the column " + Names(unknown) + "; what stands in it was left out.",
                           "row " + std::to_string(row.number));
  }
  return {};
}

void CldReader::Blame(Checked& row, const ColumnFacts& column, std::string text) {
  row.bad = true;
  ++faults_[static_cast<std::size_t>(column.column)];
  report_.outcome.Report(Severity::kError, "value", std::move(text), PlaceOf(row.number, column));
}

// What is in the columns that are known, checked one by one. Cells of unknown columns are counted and left out.
void CldReader::ReadCells(const CsvRow& row, Checked& checked) {
  const bool right_shape = row.cells.size() == header_.size();
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const ColumnFacts* column = i < header_.size() ? header_[i] : nullptr;
    if (TrimCell(row.cells[i]).empty()) continue;
    if (!column && right_shape) {
      ++report_.elements_in;
      ++report_.elements_reported;
      continue;
    }
    ++checked.filled;
    if (!column) continue;
    CellAnswer answer = ReadCell(*lists_, *column, row.cells[i]);
    if (!answer.fault.empty() && right_shape) Blame(checked, *column, std::move(answer.fault));
    if (column->holds == Holds::kList && answer.value.release != Release::kTwo) checked.flagged.emplace_back(column->column, answer.value);
    checked[column->column] = std::move(answer.text);
  }
}

void CldReader::CheckShape(const CsvRow& row, Checked& checked) {
  if (row.cells.size() != header_.size()) {
    checked.bad = true;
    report_.outcome.Report(Severity::kError, "structure", "The row has " + std::to_string(row.cells.size()) + " cells, the header " +
                               std::to_string(header_.size()) + ". A cell that holds a comma or a line end must stand in quotes.",
                           "row " + std::to_string(row.number));
    // Whose row it is can be told only where all that stands before it is in its place.
    const bool in_place = checked[Column::kLaCode] == facts_.scope && checked[Column::kPeriodStart] == facts_.from && checked[Column::kPeriodEnd] == facts_.to;
    if (!in_place) checked[Column::kPersonId].clear();
  } else if (row.broken != 0) {
    checked.bad = true;
    report_.outcome.Report(Severity::kError, "structure", "There is text after the closing quote of cell " + std::to_string(row.broken) +
                               ". Write a quote within quotes twice.", "row " + std::to_string(row.number));
  }
}

void CldReader::CheckFile(Checked& row) {
  const std::string& code = row[Column::kLaCode];
  const std::string &from = row[Column::kPeriodStart], &to = row[Column::kPeriodEnd];
  if (!code.empty() && !IsCouncilCode(code)) {
    Blame(row, FactsOf(Column::kLaCode), "The LA Code is not three digits, such as 503.");
    return;
  }
  if (code.empty() || from.empty() || to.empty()) return;
  if (to < from) {
    Blame(row, FactsOf(Column::kPeriodEnd), "The period ends on " + to + ", before it starts on " + from + ".");
    return;
  }
  if (facts_.scope.empty()) {
    facts_.scope = code;
    facts_.from = from;
    facts_.to = to;
  } else if (code != facts_.scope) {
    Blame(row, FactsOf(Column::kLaCode), "The row is of council " + code + ", the file of " + facts_.scope + ". A file is of one council; send the row in that council's own.");
    row[Column::kPersonId].clear();
  } else if (from != facts_.from || to != facts_.to) {
    Blame(row, FactsOf(Column::kPeriodStart), "The row is of the period " + from + " to " + to + ", the file of " + facts_.from + " to " + facts_.to + ". A file is of one period.");
  }
}

void CldReader::CheckMandatory(Checked& row) {
  for (const Column column : {Column::kLaCode, Column::kPeriodStart, Column::kPeriodEnd, Column::kPersonId, Column::kClientType, Column::kEventType, Column::kEventStart}) {
    if (row[column].empty() && !row.bad) Blame(row, FactsOf(column), "The cell is empty; every row must say it.");
  }
  if (row[Column::kEventEnd].empty() && row[Column::kEventType] != "Service" && !row.bad) {
    Blame(row, FactsOf(Column::kEventEnd), "The cell is empty; only a Service may be without an end.");
  }
}

void CldReader::CheckDates(Checked& row) {
  const std::string &start = row[Column::kEventStart], &end = row[Column::kEventEnd];
  if (!start.empty() && !end.empty() && end < start) {
    Blame(row, FactsOf(Column::kEventEnd), "The event ends on " + end + ", before it starts on " + start + ".");
  }
  const std::string &birth = row[Column::kDateOfBirth], &death = row[Column::kDateOfDeath];
  if (!birth.empty() && !death.empty() && death < birth) {
    Blame(row, FactsOf(Column::kDateOfDeath), "The date of death is before the date of birth.");
  }
}

// A wrong number is no reason to lose the row: the person is known by the council's own id.
void CldReader::CheckNhsNumber(Checked& row) {
  std::string& number = row[Column::kNhsNumber];
  std::erase(number, ' ');
  if (number.empty() || IsNhsNumber(number) || row.bad) return;
  number.clear();
  ++row.left_out;
  report_.outcome.Report(Severity::kWarning, "value", "The NHS number is not ten digits with the right check digit (modulus 11). It was left out; the rest of the row was taken.",
                         PlaceOf(row.number, FactsOf(Column::kNhsNumber)));
}

Result<void> CldReader::HandOn(Checked& row, const Sink& sink) {
  if (!row.bad) {
    CountFlagged(row);
    report_.elements_in += row.left_out;
    report_.elements_reported += row.left_out;
    return sink({row[Column::kPersonId], row.number, false, PackCells(row.cells)});
  }
  TRY(CountBadRow(options_, row.filled, report_, facts_));
  if (row[Column::kPersonId].empty()) return {};
  return sink({row[Column::kPersonId], row.number, true, {}});
}

void CldReader::CountFlagged(const Checked& row) {
  for (const auto& [column, value] : row.flagged) {
    const auto key = std::pair(column, row[column]);
    const auto at = counted_.find(key);
    if (at != counted_.end()) {
      ++at->second.second;
    } else if (counted_.size() < kMaxCounted) {
      counted_.emplace(key, std::pair(value.release, 1));
    } else {
      ++uncounted_;
    }
  }
}

void CldReader::ReportFlagged() {
  for (const auto& [key, count] : counted_) {
    const auto& [column, given] = key;
    const std::string_view code = lists_->Find(column, given).code;
    std::string text = "'" + given + "' ";
    if (count.first == Release::kOne) {
      text += code.empty() ? "is a value of Release 1 without a known code of Release 2, kept as given" : "is a value of Release 1, stored as '" + std::string(code) + "'";
    } else {
      text += "is not in the list as far as it is known, kept as given";
    }
    report_.outcome.Report(Severity::kInformation, count.first == Release::kOne ? "code-invalid" : "informational",
                           text + " (" + std::to_string(count.second) + (count.second == 1 ? " row)." : " rows)."), "column " + std::string(FactsOf(column).header));
  }
  if (uncounted_ == 0) return;
  report_.outcome.Report(Severity::kInformation, "informational", std::to_string(uncounted_) + " more cells hold values of Release 1 or values that are not in a list, kept as given.");
}

void CldReader::ReportShifted() {
  const auto most = std::ranges::max_element(faults_);
  if (*most * 2 <= facts_.rows || facts_.rows < 2) return;
  const ColumnFacts& column = Columns()[static_cast<std::size_t>(most - faults_.begin())];
  report_.outcome.Report(Severity::kError, "structure", std::to_string(*most) + " of " + std::to_string(facts_.rows) + " rows were refused for what stands in " +
                             std::string(column.header) + ". The columns may be shifted: compare the header with a row.",
                         "column " + std::string(column.header));
}

}  // namespace adapters::council::cld
