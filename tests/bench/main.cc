// Measures the program against what the same machine can do without it, in one run, and prints a table.
// usage: careloom_bench PROGRAM WORK_FOLDER [FLOOR_FOLDER]   FLOOR_FOLDER holds read_floor and ingest_floor
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "tests/bench/codec.h"
#include "tests/bench/council.h"
#include "tests/bench/load.h"
#include "tests/bench/process.h"
#include "tests/server/search/sample_data.h"
#include "tests/support/shared_data.h"

namespace careloom_bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint16_t kPort = 18980;
constexpr int kPatients = 10'000;
constexpr int kReadClients = 64;
constexpr int kWriteClients = 8;

void Row(const char* what, const std::string& careloom, const std::string& floor, const std::string& ratio, const char* aim) {
  std::printf("%-44s %16s %16s %8s   %s\n", what, careloom.c_str(), floor.c_str(), ratio.c_str(), aim);
  std::fflush(stdout);
}

std::string Number(double value, int decimals = 0) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string Ratio(double a, double b) { return b > 0 ? Number(a / b, 2) : "-"; }

// Milliseconds until the server answers with 200.
double UntilAnswer(const std::string& target, Clock::time_point start) {
  while (Clock::now() - start < std::chrono::seconds(30)) {
    if (Ask(kPort, GetRequest(target)).starts_with("HTTP/1.1 200")) return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return -1;
}

// A Patient of about 2 kB, as the read floor's bodies are.
std::string Patient(int number) {
  const std::string id = "id-" + std::to_string(number);
  std::string json = R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[{"system":"http://example.org/person","value":")" + std::to_string(number) +
                     R"("}],"active":true,"name":[{"family":"Family)" + std::to_string(number % 500) + R"(","given":["Given)" + std::to_string(number % 70) +
                     R"("]}],"gender":"female","birthDate":"19)" + std::to_string(10 + number % 90) + R"(-05-01","address":[{"line":[")";
  return json + std::string(1600, 'x') + R"("],"city":"Leeds"}]})";
}

std::vector<std::string> PatientBundles() {
  std::vector<std::string> bundles;
  for (int first = 0; first < kPatients; first += 500) {
    std::string bundle = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
    for (int i = first; i < first + 500; ++i) {
      if (i > first) bundle += ",";
      bundle += R"({"resource":)" + Patient(i) + R"(,"request":{"method":"PUT","url":"Patient/id-)" + std::to_string(i) + "\"}}";
    }
    bundles.push_back(bundle + "]}");
  }
  return bundles;
}

struct Corpus {
  std::vector<std::string> bundles;     // transactions that make new resources each time they are sent
  std::vector<std::string> resources;   // what is in them
  std::size_t bytes = 0;                // of the resources
};

Corpus SyntheticRecords() {
  Corpus corpus;
  const fs::path folder = careloom_test::SharedData("synthea/smart-r4-careplan-goal");
  if (fs::exists(folder)) {
    for (const auto& file : fs::directory_iterator(folder)) {
      auto document = fhir::json::Read(careloom_test::ReadFile(file.path()));
      if (!document) continue;
      corpus.bundles.push_back(fhir::json::Write(*document->root));
      for (const fhir::Element& entry : fhir::Repeats(*document->root, "entry")) {
        if (const fhir::Element* resource = entry.Find("resource")) corpus.resources.push_back(fhir::json::Write(*resource));
      }
    }
  } else {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      std::string bundle = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
      for (const std::string& resource : careloom_test::SampleResources(20, seed)) {
        const auto document = fhir::json::Read(resource);
        if (bundle.back() == '}') bundle += ",";
        bundle += R"({"resource":)" + resource + R"(,"request":{"method":"POST","url":")" + std::string(document->root->resource_type()) + "\"}}";
        corpus.resources.push_back(resource);
      }
      corpus.bundles.push_back(bundle + "]}");
    }
  }
  for (const std::string& resource : corpus.resources) corpus.bytes += resource.size();
  return corpus;
}

std::uintmax_t BytesUnder(const fs::path& folder) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) bytes += entry.is_regular_file() ? entry.file_size() : 0;
  return bytes;
}

std::vector<std::string> ServeCommand(const std::string& program, const fs::path& data) {
  return {program, "serve", "--port", std::to_string(kPort), "--data", data.string()};
}

void MeasureStart(const std::string& program, const fs::path& work) {
  std::vector<double> starts;
  double resident = 0;
  for (int i = 0; i < 5; ++i) {
    const fs::path data = work / ("start-" + std::to_string(i));
    const auto start = Clock::now();
    const Process server(ServeCommand(program, data));
    starts.push_back(UntilAnswer("/fhir/metadata", start));
    resident = server.ResidentMiB();
  }
  std::ranges::sort(starts);
  Row("start, empty store, to the first answer, ms", Number(starts[2], 1), "-", "-", "< 100");
  Row("memory, idle, MiB", Number(resident, 1), "-", "-", "< 64");
}

LoadResult ReadById() {
  const auto next = [](std::uint64_t n) { return GetRequest("/fhir/Patient/id-" + std::to_string(n * 7919 % kPatients)); };
  RunLoad(kPort, kReadClients, 1, next);   // warm
  return RunLoad(kPort, kReadClients, 4, next);
}

void MeasureReads(const std::string& program, const fs::path& work, const fs::path& floors) {
  double floor = 0;
  if (fs::exists(floors / "read_floor")) {
    const Process server({(floors / "read_floor").string(), std::to_string(kPort), (work / "floor.db").string(), std::to_string(kPatients)});
    UntilAnswer("/fhir/Patient/id-1", Clock::now());
    floor = ReadById().per_second();
  }
  const Process server(ServeCommand(program, work / "reads"));
  UntilAnswer("/fhir/metadata", Clock::now());
  const std::vector<std::string> bundles = PatientBundles();
  const LoadResult loaded = RunLoad(kPort, 1, 0, [&](std::uint64_t n) { return n < bundles.size() ? PostRequest("/fhir", bundles[n]) : std::string(); });
  if (loaded.failures > 0) std::fprintf(stderr, "%llu bundles were refused\n", static_cast<unsigned long long>(loaded.failures));
  const LoadResult read = ReadById();
  if (read.failures > 0) std::fprintf(stderr, "%llu reads failed\n", static_cast<unsigned long long>(read.failures));
  Row("read by id, 64 clients, requests/s", Number(read.per_second()), Number(floor), Ratio(read.per_second(), floor), ">= 0.7");
  Row("read by id, p50 / p99, ms", Number(read.p50_ms, 2) + " / " + Number(read.p99_ms, 2), "-", "-", "");
  const LoadResult search = RunLoad(kPort, kReadClients, 3, [](std::uint64_t n) { return GetRequest("/fhir/Patient?family=family" + std::to_string(n % 500) + "&_count=20"); });
  Row("search by name, page of 20, 64 clients, /s", Number(search.per_second()), "-", "-", "");
  Row("memory after that load, MiB", Number(server.ResidentMiB(), 1), "-", "-", "");
}

void MeasureIngest(const std::string& program, const fs::path& work, const fs::path& floors, const Corpus& corpus) {
  constexpr std::uint64_t kRounds = 3;
  const std::size_t mean = corpus.bytes / corpus.resources.size();
  double floor = 0;
  if (fs::exists(floors / "ingest_floor")) {
    // Commits as large as those of eight clients with Bundles of some hundred entries: more would flatter us.
    const std::string output = OutputOf((floors / "ingest_floor").string() + " " + (work / "ingest-floor.db").string() + " 30000 10 1000 " + std::to_string(mean));
    floor = std::atof(output.c_str());
  }
  const fs::path data = work / "ingest";
  double per_second = 0;
  {
    const Process server(ServeCommand(program, data));
    UntilAnswer("/fhir/metadata", Clock::now());
    const LoadResult loaded = RunLoad(kPort, kWriteClients, 0, [&](std::uint64_t n) {
      return n < kRounds * corpus.bundles.size() ? PostRequest("/fhir", corpus.bundles[n % corpus.bundles.size()]) : std::string();
    });
    if (loaded.failures > 0) std::fprintf(stderr, "%llu bundles were refused\n", static_cast<unsigned long long>(loaded.failures));
    per_second = static_cast<double>(corpus.resources.size() * kRounds) * static_cast<double>(loaded.answers) /
                 static_cast<double>(kRounds * corpus.bundles.size()) / loaded.seconds;
  }
  Row("transaction Bundles, 8 clients, resources/s", Number(per_second), Number(floor), Ratio(per_second, floor), ">= 0.5");
  const double disk = static_cast<double>(BytesUnder(data)), json = static_cast<double>(corpus.bytes * kRounds);
  Row("bytes on disk, MB, against the JSON's", Number(disk / 1e6, 1), Number(json / 1e6, 1), Ratio(disk, json), "< 2");
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
    Row(("council's file in" + of + ", rows/s").c_str(), Number(figures.ingest_rows_s), Number(figures.plain_rows_s), Number(figures.ingest_rows_s / figures.plain_rows_s, 5), "");
    Row(("next quarter's file" + of + ", rows/s").c_str(), Number(figures.again_rows_s), Number(figures.plain_rows_s), Number(figures.again_rows_s / figures.plain_rows_s, 5), "");
    Row(("council's file back" + of + ", rows/s").c_str(), Number(figures.emit_rows_s), "-", "-", "");
    Row(("most memory on the way in" + of + ", MiB").c_str(), Number(figures.peak_mib, 1), "-", "-", "flat");
  }
}

int Run(int argc, char** argv) {
  if (argc < 3) return std::fputs("usage: careloom_bench PROGRAM WORK_FOLDER [FLOOR_FOLDER]\n", stderr), 2;
  const std::string program = argv[1];
  const fs::path work = argv[2], floors = argc > 3 ? argv[3] : "";
  fs::remove_all(work);
  fs::create_directories(work);
  const Corpus corpus = SyntheticRecords();
  std::printf("%-44s %16s %16s %8s   %s\n", "", "Careloom", "floor", "ratio", "aim");
  MeasureReading(corpus);
  MeasureStart(program, work);
  MeasureReads(program, work, floors);
  MeasureIngest(program, work, floors, corpus);
  MeasureCouncilFiles(program, work);
  fs::remove_all(work);
  return 0;
}

}  // namespace
}  // namespace careloom_bench

int main(int argc, char** argv) { return careloom_bench::Run(argc, argv); }
