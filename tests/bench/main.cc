// Measures the program against what the same machine can do without it, in one run, and prints a table.
// usage: careloom_bench PROGRAM WORK_FOLDER [FLOOR_FOLDER [POSTGRES_URL FLOOR_URL]]   FLOOR_FOLDER holds read_floor, ingest_floor, pgbench
// and psql; the two databases are empty and of one server
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/care.h"
#include "tests/bench/codec.h"
#include "tests/bench/corpus.h"
#include "tests/bench/council.h"
#include "tests/bench/floors.h"
#include "tests/bench/interactions.h"
#include "tests/bench/load.h"
#include "tests/bench/money.h"
#include "tests/bench/process.h"
#include "tests/bench/table.h"
#include "tests/support/size.h"

namespace careloom_bench {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> ServeCommand(const std::string& program, const std::string& where, const std::string& store) {
  return {program, "serve", "--port", std::to_string(kPort), where, store};
}

void MeasureStart(const std::string& program, const fs::path& work) {
  std::vector<double> starts;
  double resident = 0;
  for (int i = 0; i < 5; ++i) {
    const Process server(ServeCommand(program, "--data", work / ("start-" + std::to_string(i))));
    starts.push_back(UntilAnswer("/fhir/metadata"));
    resident = server.ResidentMiB();
  }
  std::ranges::sort(starts);
  Row("start, empty store, to the first answer, ms", Number(starts[2], 1), "-", "-", "< 100");
  Row("memory, idle, MiB", Number(resident, 1), "-", "-", "< 64");
}

void MeasureReading(const Corpus& corpus) {
  const CodecFigures figures = MeasureCodec(corpus.resources);
  Row("parse, MB/s, against RapidJSON's plain SAX", Number(figures.read_mb_s), Number(figures.sax_mb_s), Ratio(figures.sax_mb_s, figures.read_mb_s), "");
  if (figures.validate_mb_s > 0) {
    Row("parse and validate, MB/s, against the same", Number(figures.validate_mb_s), Number(figures.sax_mb_s), Ratio(figures.sax_mb_s, figures.validate_mb_s), "<= 5");
  }
}

void MeasureCouncilFiles(const std::string& program, const fs::path& work) {
  for (const std::size_t rows : {10'000UL, 100'000UL}) {
    const CouncilFigures figures = MeasureCouncil(program, work, rows);
    if (!figures.well) std::fputs("a command over the council's file did not end well\n", stderr);
    const std::string of = ", " + std::to_string(figures.rows) + " rows";
    Row("council's file in" + of + ", rows/s", Number(figures.ingest_rows_s), Number(figures.plain_rows_s), Number(figures.ingest_rows_s / figures.plain_rows_s, 5), "");
    Row("next quarter's file" + of + ", rows/s", Number(figures.again_rows_s), Number(figures.plain_rows_s), Number(figures.again_rows_s / figures.plain_rows_s, 5), "");
    Row("council's file back" + of + ", rows/s", Number(figures.emit_rows_s), "-", "-", "");
    Row("most memory on the way in" + of + ", MiB", Number(figures.peak_mib, 1), "-", "-", "flat");
  }
}

void MeasureLedgers(const std::string& program, const fs::path& work) {
  std::vector<std::size_t> sizes = {200, 2'000};
  if (careloom_test::IsLong()) sizes.push_back(20'000);
  for (const std::size_t people : sizes) {
    const LedgerFigures figures = MeasureLedger(program, work, people);
    if (!figures.well) std::fputs("a command over the council's ledger did not end well\n", stderr);
    const std::string of = ", " + std::to_string(figures.rows) + " rows";
    Row("council's ledger in" + of + ", rows/s", Number(figures.ingest_rows_s), Number(figures.plain_rows_s), Number(figures.ingest_rows_s / figures.plain_rows_s, 5), "");
    Row("the same ledger again" + of + ", rows/s", Number(figures.again_rows_s), Number(figures.plain_rows_s), Number(figures.again_rows_s / figures.plain_rows_s, 5), "");
    Row("most memory on the way in" + of + ", MiB", Number(figures.peak_mib, 1), "-", "-", "");
  }
}

int Run(int argc, char** argv) {
  if (argc < 3) return std::fputs("usage: careloom_bench PROGRAM WORK_FOLDER [FLOOR_FOLDER [POSTGRES_URL FLOOR_URL]]\n", stderr), 2;
  const std::string program = argv[1];
  const fs::path work = argv[2], floors = argc > 3 ? argv[3] : "";
  fs::remove_all(work);
  fs::create_directories(work);
  const Corpus corpus = SyntheticRecords();
  Row("", "Careloom", "floor", "ratio", "aim");
  MeasureReading(corpus);
  MeasureStatements();
  MeasureStart(program, work);
  SqliteFloors sqlite(floors, work);
  MeasureInteractions({"SQLite", ServeCommand(program, "--data", work / "store"), work / "store"}, sqlite, corpus, ">= 0.7");
  if (argc > 5) {
    PostgresFloors postgres(floors, argv[5], work);
    MeasureInteractions({"PostgreSQL", ServeCommand(program, "--postgres", argv[4]), {}}, postgres, corpus, ">= 0.4");
  }
  MeasureCare(program, sqlite, work);
  MeasureCouncilFiles(program, work);
  MeasureLedgers(program, work);
  fs::remove_all(work);
  return 0;
}

}  // namespace
}  // namespace careloom_bench

int main(int argc, char** argv) { return careloom_bench::Run(argc, argv); }
