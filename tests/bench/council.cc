// A council's year, as a file of one quarter and of the next, through the program and past it.
#include "tests/bench/council.h"

#include <chrono>
#include <fstream>

#include "tests/bench/process.h"
#include "tests/support/cld_generator.h"
#include "tests/support/ledger_generator.h"

namespace careloom_bench {
namespace {

namespace fs = std::filesystem;

// The least that reading the file takes: cells by RFC 4180 into one text each, none kept. Answers the rows.
std::size_t ParsePlainly(const std::string& bytes) {
  std::size_t rows = 0;
  std::string cell;
  bool quoted = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < bytes.size() && bytes[i + 1] == '"') {
        cell += bytes[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      cell.clear();
    } else if (c == '\n') {
      cell.clear();
      ++rows;
    } else {
      cell += c;
    }
  }
  return rows;
}

double PlainRowsASecond(const std::string& bytes) {
  const auto start = std::chrono::steady_clock::now();
  std::size_t parsed = 0;
  constexpr int kTimes = 5;
  for (int i = 0; i < kTimes; ++i) parsed += ParsePlainly(bytes);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return static_cast<double>(parsed) / took.count();
}

void Write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

}  // namespace

CouncilFigures MeasureCouncil(const std::string& program, const fs::path& work, std::size_t rows) {
  careloom_test::CldOptions options;
  options.seed = 20'260'930;
  options.rows = rows;
  const careloom_test::CldOverlap quarters = careloom_test::GenerateCldOverlap(options);
  const std::string bytes = WriteCld(quarters.earlier.rows), next = WriteCld(quarters.later.rows);
  const std::string name = std::to_string(rows), data = (work / ("council-" + name)).string();
  const fs::path file = work / (name + ".csv"), next_file = work / (name + "-next.csv");
  Write(file, bytes);
  Write(next_file, next);

  CouncilFigures figures;
  figures.rows = quarters.earlier.rows.size();
  const auto count = static_cast<double>(figures.rows);
  figures.plain_rows_s = PlainRowsASecond(bytes);

  const Ran first = RunToEnd({program, "ingest", "cld", file.string(), "--data", data});
  const Ran second = RunToEnd({program, "ingest", "cld", next_file.string(), "--data", data});
  const Ran back = RunToEnd({program, "emit", "cld", "--period", quarters.later.options.from + "/" + quarters.later.options.to, "--release", "2", "--data", data});
  figures.ingest_rows_s = count / first.seconds;
  figures.again_rows_s = static_cast<double>(quarters.later.rows.size()) / second.seconds;
  figures.emit_rows_s = static_cast<double>(quarters.later.rows.size()) / back.seconds;
  figures.peak_mib = first.peak_mib;
  figures.well = first.well && second.well && back.well;
  return figures;
}

LedgerFigures MeasureLedger(const std::string& program, const fs::path& work, std::size_t people) {
  careloom_test::CldOptions options;
  options.seed = 20'260'930;
  options.people = people;
  const std::vector<careloom_test::LedgerRow> rows = careloom_test::GenerateLedger(careloom_test::GenerateCld(options));
  const std::string bytes = careloom_test::WriteLedger(rows, careloom_test::LedgerForm::kCareloom).files.front();
  const std::string name = "ledger-" + std::to_string(people), data = (work / name).string();
  const fs::path file = work / (name + ".csv");
  Write(file, bytes);
  LedgerFigures figures;
  figures.rows = rows.size();
  figures.plain_rows_s = PlainRowsASecond(bytes);
  const Ran first = RunToEnd({program, "ingest", "council-ledger", file.string(), "--data", data});
  const Ran again = RunToEnd({program, "ingest", "council-ledger", file.string(), "--data", data});
  figures.ingest_rows_s = static_cast<double>(rows.size()) / first.seconds;
  figures.again_rows_s = static_cast<double>(rows.size()) / again.seconds;
  figures.peak_mib = first.peak_mib;
  figures.well = first.well && again.well;
  return figures;
}

}  // namespace careloom_bench
