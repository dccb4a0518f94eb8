// A reporting set, read in pieces: several CSV files in one multipart/form-data body, or one CSV file. Each file's table is
// known by its name or its header; rows are checked and good ones handed on. What refuses the set whole is an error; a bad
// row is a finding and the rest goes on.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "adapters/base/csv.h"
#include "adapters/base/multipart.h"
#include "adapters/base/people_file.h"
#include "adapters/gp/tpp/set_row.h"
#include "adapters/gp/tpp/tables.h"

namespace adapters::gp::tpp {

// A full set speaks of all that ever was: its period begins on this day.
inline constexpr std::string_view kEver = "1900-01-01";

// "'SRGoal', 'SRNeeds'", for findings.
std::string NamesOf(const std::vector<std::string>& names);

class TppReader final : public RowReader {
 public:
  TppReader(std::shared_ptr<const Tables> tables, const FileOptions& options);

  fhir::Result<void> Read(std::string_view bytes, const Sink& sink) override;
  fhir::Result<FileFacts> Finish(const Sink& sink) override;
  Report& report() override { return report_; }

 private:
  // What the bytes at hand belong to.
  enum class In : std::uint8_t { kNothing, kTable, kManifest, kField, kUnknown };

  fhir::Result<void> BeginPart(const Part& part);
  fhir::Result<void> TakeData(std::string_view bytes, const Sink& sink);
  fhir::Result<void> EndPart(const Sink& sink);
  void BeginFile(In in, std::size_t table);
  fhir::Result<void> TakeRow(const CsvRow& row, const Sink& sink);
  fhir::Result<void> ReadHeader(const CsvRow& row);
  fhir::Result<void> CheckHeader(const std::vector<std::string>& header, std::uint64_t number);
  fhir::Result<void> TakeDataRow(const CsvRow& row, const Sink& sink);
  void ReadCells(const CsvRow& row, SetRow& made, bool& bad);
  void CheckMandatory(SetRow& row, bool& bad);
  fhir::Result<void> TakeManifestRow(const CsvRow& row);
  fhir::Result<void> TakeField();
  fhir::Result<void> Load(std::string_view load, const std::string& where);
  fhir::Result<void> Extracted(std::string day, const std::string& where);
  fhir::Result<void> CheckWhole() const;
  void Blame(bool& bad, std::uint64_t row, std::string_view column, std::string text, std::string_view code = "value");
  const Table& table() const { return tables_->at(table_); }

  std::shared_ptr<const Tables> tables_;
  FileOptions options_;
  Report report_;
  FileFacts facts_;
  bool started_ = false, is_set_ = false;
  std::string start_;                          // the first bytes, until it is known what they are
  MultipartReader parts_;
  std::unique_ptr<CsvReader> csv_;
  In in_ = In::kNothing;
  std::size_t table_ = kNone;                  // of the file at hand; kNone: its header will say
  std::string part_name_, field_;
  bool has_header_ = false;
  std::vector<std::size_t> header_;            // by cell: the column; kNone: an unknown one
  std::vector<std::string> manifest_header_;
  std::uint64_t unknown_rows_ = 0;
  std::uint32_t unknown_cells_ = 0;            // of the row at hand
  std::set<std::size_t> seen_;                 // tables that the set has
  std::vector<std::uint64_t> faults_;          // by column of the file at hand: rows with a fault there
  std::uint64_t file_rows_ = 0;
  std::string load_, extracted_, since_;       // "full", "delta"; days
};

}  // namespace adapters::gp::tpp
