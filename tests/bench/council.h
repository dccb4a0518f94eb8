// What taking a council's files in costs, Client Level Data and the finance ledger, against plainly parsing the same CSV.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace careloom_bench {

struct CouncilFigures {
  std::size_t rows = 0;
  double plain_rows_s = 0;          // RFC 4180 to cells, nothing kept
  double ingest_rows_s = 0;         // careloom ingest, durable, into an empty store
  double again_rows_s = 0;          // the next quarter's file over it: nine months shared, some corrected, some withdrawn
  double emit_rows_s = 0;
  double peak_mib = 0;              // of the first ingest
  bool well = false;                // every command ended with 0
};

// A generated file of so many rows; stores stand under `work`.
CouncilFigures MeasureCouncil(const std::string& program, const std::filesystem::path& work, std::size_t rows);

struct LedgerFigures {
  std::size_t rows = 0;
  double plain_rows_s = 0, ingest_rows_s = 0;
  double again_rows_s = 0;          // the same file again, which changes nothing
  double peak_mib = 0;              // of the first ingest
  bool well = false;
};

// A finance ledger of so many people: a budget each, with its packages, payments and return.
LedgerFigures MeasureLedger(const std::string& program, const std::filesystem::path& work, std::size_t people);

}  // namespace careloom_bench
