// A ledger file, read in pieces: its layout found by the header, cells and rows checked, good rows handed on in normal form. What
// refuses the file whole is an error; a bad row is a finding with row and column, and the rest goes on.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/base/csv.h"
#include "adapters/base/people_file.h"
#include "adapters/council/ledger/layout.h"

namespace adapters::council::ledger {

// All layouts, and what words may mean.
struct Layouts {
  std::vector<Layout> all;
  Codes codes;
  std::map<Field, std::string> systems;
  const Layout* Find(std::string_view name) const;
  // The code system of a word field; empty: it has none (record, funder, over-policy).
  std::string_view SystemOf(Field field) const;
};

// "row 17, column Betrag": where the layout has that field of that record; the row alone where it has not.
std::string PlaceOf(const Layout* layout, std::uint64_t row, Record record, Field field);

class LedgerReader final : public RowReader {
 public:
  LedgerReader(std::shared_ptr<const Layouts> layouts, const FileOptions& options);

  fhir::Result<void> Read(std::string_view bytes, const Sink& sink) override;
  fhir::Result<FileFacts> Finish(const Sink& sink) override;
  Report& report() override { return report_; }

 private:
  // A data row while it is looked at.
  struct Checked {
    Facts facts;
    std::uint64_t number = 0;
    std::uint32_t filled = 0;              // cells that are not empty, of columns that are not left out
    std::uint32_t left_out = 0;            // of these, left out without making the row bad
    bool bad = false, negative = false;
  };

  Encoding encoding() const { return options_.encoding == "windows-1252" ? Encoding::kWindows1252 : Encoding::kUtf8; }
  // The end of the first row within `head_`, or npos.
  std::size_t HeadEnd() const;
  fhir::Result<void> Begin(std::size_t head_end, const Sink& sink);
  fhir::Result<void> TakeRow(const CsvRow& row, const Sink& sink);
  bool FindRecordOf(const CsvRow& row, Checked& checked);
  void ReadCells(const CsvRow& row, Checked& checked);
  void CheckFile(Checked& row);
  void CheckPerson(Checked& row);
  void CheckMoney(Checked& row);
  void CheckReturn(Checked& row);
  void CheckSignature(Checked& row);
  void CheckDays(Checked& row);
  void CheckDemanded(Checked& row);
  fhir::Result<void> HandOn(Checked& row, const Sink& sink);
  void Blame(Checked& row, Field field, std::string text);
  void CountDays(const Checked& row);
  void ReportLeftOut();
  void ReportShifted();

  std::shared_ptr<const Layouts> layouts_;
  FileOptions options_;
  std::string head_;                       // the file's first bytes, until its first row is whole
  Chosen chosen_;
  std::optional<CsvReader> csv_;
  Report report_;
  FileFacts facts_;
  std::string as_at_, first_day_, last_day_;
  std::array<std::uint64_t, kFieldCount> faults_{};    // rows with a fault in the field
  std::map<std::size_t, std::uint64_t> unused_;        // cells left out, by column of the layout
};

}  // namespace adapters::council::ledger
