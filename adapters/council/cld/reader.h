// A council's file, read in pieces: header, cells and rows checked, good rows handed on in normal form. What
// refuses the file whole is an error; a bad row is a finding and the rest goes on.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/base/csv.h"
#include "adapters/base/people_file.h"
#include "adapters/council/cld/lists.h"

namespace adapters::council::cld {

// A place in findings: "row 17, column Service Type".
std::string PlaceOf(std::uint64_t row, const ColumnFacts& column);

class CldReader final : public RowReader {
 public:
  CldReader(std::shared_ptr<const Lists> lists, const FileOptions& options);

  fhir::Result<void> Read(std::string_view bytes, const Sink& sink) override;
  fhir::Result<FileFacts> Finish(const Sink& sink) override;
  Report& report() override { return report_; }

 private:
  // A data row while it is looked at.
  struct Checked {
    Cells cells;
    std::uint64_t number = 0;
    std::uint32_t filled = 0;            // cells that are not empty, those of unknown columns left out
    std::uint32_t left_out = 0;          // of these, refused without making the row bad
    bool bad = false;
    std::vector<std::pair<Column, ListValue>> flagged;   // list values to be counted when the row is good
    const std::string& operator[](Column column) const { return cells[static_cast<std::size_t>(column)]; }
    std::string& operator[](Column column) { return cells[static_cast<std::size_t>(column)]; }
  };

  fhir::Result<void> ReadHeader(const CsvRow& row);
  fhir::Result<void> TakeRow(const CsvRow& row, const Sink& sink);
  fhir::Result<void> HandOn(Checked& row, const Sink& sink);
  void ReadCells(const CsvRow& row, Checked& checked);
  void CheckShape(const CsvRow& row, Checked& checked);
  void CheckFile(Checked& row);
  void CheckMandatory(Checked& row);
  void CheckDates(Checked& row);
  void CheckNhsNumber(Checked& row);
  void Blame(Checked& row, const ColumnFacts& column, std::string text);
  void CountFlagged(const Checked& row);
  void ReportFlagged();
  void ReportShifted();

  std::shared_ptr<const Lists> lists_;
  FileOptions options_;
  CsvReader csv_;
  Report report_;
  FileFacts facts_;
  bool has_header_ = false;
  std::vector<const ColumnFacts*> header_;                   // by cell; null: an unknown column
  std::array<std::uint64_t, kColumnCount> faults_{};         // rows with a fault in the column
  std::map<std::pair<Column, std::string>, std::pair<Release, std::uint64_t>> counted_;
  std::uint64_t uncounted_ = 0;                              // flagged values beyond what counted_ may hold
};

}  // namespace adapters::council::cld
