// Header first, then each row: its shape, its record, its cells, and what the cells say together.
#include "adapters/council/ledger/reader.h"

#include <algorithm>

#include "adapters/base/bad_row.h"
#include "adapters/base/cell_text.h"
#include "adapters/council/ledger/cells.h"

namespace adapters::council::ledger {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::size_t kMaxFindings = 10'000;
constexpr std::size_t kMaxHeader = 64 * 1024;

}  // namespace

const Layout* Layouts::Find(std::string_view name) const {
  const auto at = std::ranges::find(all, name, &Layout::name);
  return at == all.end() ? nullptr : &*at;
}

std::string_view Layouts::SystemOf(Field field) const {
  const auto at = systems.find(field);
  return at == systems.end() ? std::string_view() : std::string_view(at->second);
}

std::string PlaceOf(const Layout* layout, std::uint64_t row, Record record, Field field) {
  std::string place = "row " + std::to_string(row);
  std::size_t column = 0;
  if (layout && layout->Find(record, field, &column)) (place += ", column ") += layout->columns[column].header;
  return place;
}

LedgerReader::LedgerReader(std::shared_ptr<const Layouts> layouts, const FileOptions& options) : layouts_(std::move(layouts)), options_(options) {
  report_.outcome = fhir::IssueSink(kMaxFindings);
}

Result<void> LedgerReader::Read(std::string_view bytes, const Sink& sink) {
  if (options_.encoding != "utf-8" && options_.encoding != "windows-1252") {
    return Error(ErrorKind::kInvalid, "'" + options_.encoding + "' is not an encoding of such files; it may be utf-8 or windows-1252.");
  }
  if (csv_) return csv_->Read(bytes, [&](const CsvRow& row) { return TakeRow(row, sink); });
  head_ += bytes;
  const std::size_t end = HeadEnd();
  if (end == std::string::npos && head_.size() <= kMaxHeader) return {};
  if (end > kMaxHeader) return Error(ErrorKind::kInvalid, "The first row is longer than 64 KiB; it must hold the names of the columns.").At("row 1");
  return Begin(end, sink);
}

std::size_t LedgerReader::HeadEnd() const {
  bool quoted = false;
  for (std::size_t i = 0; i < head_.size(); ++i) {
    if (head_[i] == '"') quoted = !quoted;
    if (!quoted && (head_[i] == '\n' || head_[i] == '\r')) return i;
  }
  return std::string::npos;
}

Result<void> LedgerReader::Begin(std::size_t head_end, const Sink& sink) {
  TRY_ASSIGN(chosen_, ChooseLayout(layouts_->all, std::string_view(head_).substr(0, head_end), encoding()));
  csv_.emplace(encoding(), chosen_.layout->delimiter);
  const std::string head = std::move(head_);
  return csv_->Read(head, [&](const CsvRow& row) { return TakeRow(row, sink); });
}

Result<FileFacts> LedgerReader::Finish(const Sink& sink) {
  if (!csv_ && head_.empty()) return Error(ErrorKind::kInvalid, "The file is empty. The first row must hold the names of the columns.");
  if (!csv_) { TRY(Begin(head_.size(), sink)); }
  TRY(csv_->Finish([&](const CsvRow& row) { return TakeRow(row, sink); }));
  if (facts_.rows == 0) return Error(ErrorKind::kInvalid, "The file has a header and no row; there is nothing to take in.");
  if (facts_.scope.empty() || last_day_.empty()) {
    const std::vector<fhir::Issue>& issues = report_.outcome.issues();
    return Error(ErrorKind::kInvalid, "No row can be read" + (issues.empty() ? std::string(".") : "; the first finding: " + issues.front().text))
        .At(issues.empty() ? std::string() : issues.front().expression);
  }
  facts_.to = as_at_.empty() ? last_day_ : as_at_;
  facts_.from = std::min(first_day_, facts_.to);
  ReportLeftOut();
  ReportShifted();
  return facts_;
}

Result<void> LedgerReader::TakeRow(const CsvRow& row, const Sink& sink) {
  if (row.number == 1) return {};
  ++facts_.rows;
  Checked checked;
  checked.number = row.number;
  checked.facts.layout = chosen_.layout->name;
  const std::string place = "row " + std::to_string(row.number);
  for (const std::string_view cell : row.cells) checked.filled += TrimCell(cell).empty() ? 0U : 1U;
  if (row.cells.size() != chosen_.columns.size()) {
    checked.bad = true;
    report_.outcome.Report(Severity::kError, "structure", "The row has " + std::to_string(row.cells.size()) + " cells, the header " +
        std::to_string(chosen_.columns.size()) +
                               ". A cell that holds the delimiter or a line end must stand in quotes.", place);
  } else if (row.broken != 0) {
    checked.bad = true;
    report_.outcome.Report(Severity::kError, "structure", "There is text after the closing quote of cell " + std::to_string(row.broken) +
        ". Write a quote within quotes twice.", place);
  } else if (FindRecordOf(row, checked)) {
    ReadCells(row, checked);
    CheckFile(checked);
    CheckDemanded(checked);
    CheckPerson(checked);
    CheckMoney(checked);
    CheckReturn(checked);
    CheckSignature(checked);
    CheckDays(checked);
  }
  return HandOn(checked, sink);
}

// A row without a record that is known cannot be read: which columns count depends on it.
bool LedgerReader::FindRecordOf(const CsvRow& row, Checked& checked) {
  if (chosen_.layout->record) {
    checked.facts.record = *chosen_.layout->record;
    return true;
  }
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    for (const ColumnUse& use : chosen_.layout->columns[*chosen_.columns[i]].uses) {
      if (use.field != Field::kRecord) continue;
      const CellAnswer answer = ReadCell(*chosen_.layout, use, layouts_->codes, row.cells[i]);
      const auto record = FindRecord(answer.text);
      if (record) {
        checked.facts.record = *record;
        return true;
      }
      Blame(checked, Field::kRecord, answer.fault.empty() ? "The cell is empty; it must say what the row is." : answer.fault);
    }
  }
  return false;
}

void LedgerReader::ReadCells(const CsvRow& row, Checked& checked) {
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (TrimCell(row.cells[i]).empty()) continue;
    const std::size_t index = *chosen_.columns[i];
    const LayoutColumn& column = chosen_.layout->columns[index];
    const auto use = std::ranges::find_if(column.uses, [&](const ColumnUse& one) { return one.IsFor(checked.facts.record); });
    if (use == column.uses.end()) {
      ++checked.left_out;
      if (column.uses.empty()) {
        ++unused_[index];
      } else {
        report_.outcome.Report(Severity::kWarning, "not-supported", "A " + std::string(NameOf(checked.facts.record)) + " has no " + column.uses.front().holds +
            "; the cell was left out.",
                               "row " + std::to_string(row.number) + ", column " + column.header);
      }
      continue;
    }
    CellAnswer answer = ReadCell(*chosen_.layout, *use, layouts_->codes, row.cells[i]);
    if (answer.negative && use->field == Field::kAmount) {
      checked.negative = true;
    } else if (answer.negative && answer.fault.empty()) {
      answer.fault = "The amount is negative. Allowed: from 0 on; what is taken back is a reversal, a row of its own.";
    }
    if (!answer.fault.empty()) Blame(checked, *use->field, std::move(answer.fault));
    checked.facts[*use->field] = std::move(answer.text);
    checked.facts.words[static_cast<std::size_t>(*use->field)] = std::move(answer.word);
  }
}

void LedgerReader::CountDays(const Checked& row) {
  for (const Field field : {Field::kDate, Field::kStart, Field::kAsAt}) {
    const std::string& day = row.facts[field];
    if (day.empty()) continue;
    if (first_day_.empty() || day < first_day_) first_day_ = day;
    if (day > last_day_) last_day_ = day;
  }
}

void LedgerReader::Blame(Checked& row, Field field, std::string text) {
  row.bad = true;
  ++faults_[static_cast<std::size_t>(field)];
  report_.outcome.Report(Severity::kError, "value", std::move(text), PlaceOf(chosen_.layout, row.number, row.facts.record, field));
}

Result<void> LedgerReader::HandOn(Checked& row, const Sink& sink) {
  if (!row.bad) {
    CountDays(row);
    report_.elements_in += row.left_out;
    report_.elements_reported += row.left_out;
    return sink({row.facts[Field::kPerson], row.number, false, PackFacts(row.facts)});
  }
  TRY(CountBadRow(options_, row.filled, report_, facts_));
  if (row.facts[Field::kPerson].empty()) return {};
  return sink({row.facts[Field::kPerson], row.number, true, {}});
}

void LedgerReader::ReportLeftOut() {
  for (const auto& [index, count] : unused_) {
    const LayoutColumn& column = chosen_.layout->columns[index];
    report_.outcome.Report(Severity::kInformation, "not-supported", "The layout '" + chosen_.layout->name + "' leaves this column out: " + column.left_out +
        " (" + std::to_string(count) +
                               (count == 1 ? " cell)." : " cells)."), "column " + column.header);
  }
}

void LedgerReader::ReportShifted() {
  const auto most = std::ranges::max_element(faults_);
  if (*most * 2 <= facts_.rows || facts_.rows < 2) return;
  const auto field = static_cast<std::size_t>(most - faults_.begin());
  report_.outcome.Report(Severity::kError, "structure", std::to_string(*most) + " of " + std::to_string(facts_.rows) +
      " rows were refused for what stands where " +
                             std::string(Fields()[field].name) + " should. The columns may be shifted: compare the header with a row.", "row 1");
}

}  // namespace adapters::council::ledger
