// Read, create and transaction by 1, 16 and 64 clients.
#include "tests/bench/interactions.h"

#include <array>
#include <atomic>
#include <cstdio>

#include "tests/bench/load.h"
#include "tests/bench/process.h"
#include "tests/bench/table.h"

namespace careloom_bench {
namespace {

namespace fs = std::filesystem;

constexpr std::array<int, 3> kClients = {1, 16, 64};
constexpr double kSeconds = 4;

std::uintmax_t BytesUnder(const fs::path& folder) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) bytes += entry.is_regular_file() ? entry.file_size() : 0;
  return bytes;
}

void Print(const Served& served, const std::string& what, int clients, const LoadResult& load, double per_second, double floor, const char* aim) {
  if (load.failures > 0) std::fprintf(stderr, "%s: %llu of %s failed\n", served.name.c_str(), static_cast<unsigned long long>(load.failures), what.c_str());
  Row(served.name + ", " + what + ", clients: " + std::to_string(clients), Number(per_second), Floor(floor), Ratio(per_second, floor), aim);
  Row("  p50 / p99, ms", Number(load.p50_ms, 2) + " / " + Number(load.p99_ms, 2), "-", "-", "");
}

// What the machine does by itself; measured while nothing of Careloom runs.
struct Measured {
  std::array<double, kClients.size()> reads = {}, creates = {};
  double bulk = 0;
};

Measured Measure(Floors& floors, const Corpus& corpus) {
  Measured measured;
  for (std::size_t i = 0; i < kClients.size(); ++i) {
    measured.reads[i] = floors.Reads(kClients[i]);
    measured.creates[i] = floors.Creates(kClients[i], Patient(0, false).size());
  }
  measured.bulk = floors.Bulk(corpus.bytes / corpus.resources.size());
  return measured;
}

// Each round sends every Bundle once; what is posted is new every time.
void Transactions(const Served& served, const Corpus& corpus, double floor, int clients, std::uint64_t rounds) {
  const std::uint64_t count = rounds * corpus.bundles.size();
  const LoadResult load = RunLoad(kPort, clients, 0, [&](std::uint64_t n) { return n < count ? PostRequest("/fhir", corpus.bundles[n % corpus.bundles.size()]) : std::string(); });
  const double share = static_cast<double>(load.answers) / static_cast<double>(count);
  const double per_second = static_cast<double>(corpus.resources.size() * rounds) * share / load.seconds;
  Print(served, "transactions, resources/s", clients, load, per_second, floor, ">= 0.5");
}

}  // namespace

void MeasureInteractions(const Served& served, Floors& floors, const Corpus& corpus, const char* read_aim) {
  const Measured floor = Measure(floors, corpus);
  const Process server(served.command);
  UntilAnswer("/fhir/metadata");
  const std::vector<std::string> bundles = PatientBundles();
  const LoadResult loaded = RunLoad(kPort, 1, 0, [&](std::uint64_t n) { return n < bundles.size() ? PostRequest("/fhir", bundles[n]) : std::string(); });
  if (loaded.failures > 0) std::fprintf(stderr, "%llu bundles were refused\n", static_cast<unsigned long long>(loaded.failures));
  for (std::size_t i = 0; i < kClients.size(); ++i) {
    const LoadResult load = ReadById(kClients[i]);
    Print(served, "reads by id/s", kClients[i], load, load.per_second(), floor.reads[i], read_aim);
  }
  const LoadResult search = RunLoad(kPort, 64, kSeconds, [](std::uint64_t n) { return GetRequest("/fhir/Patient?family=family" + std::to_string(n % 500) + "&_count=20"); });
  Print(served, "searches by name, pages of 20, /s", 64, search, search.per_second(), 0, "");
  std::atomic<int> number = kPatients;
  for (std::size_t i = 0; i < kClients.size(); ++i) {
    const LoadResult load = RunLoad(kPort, kClients[i], kSeconds, [&](std::uint64_t) { return PostRequest("/fhir/Patient", Patient(number++, false)); });
    Print(served, "creates/s", kClients[i], load, load.per_second(), floor.creates[i], ">= 0.5");
  }
  const std::uintmax_t before = served.folder.empty() ? 0 : BytesUnder(served.folder);
  for (const int clients : kClients) Transactions(served, corpus, floor.bulk, clients, clients == 1 ? 1 : 2);
  Row(served.name + ", memory after all that, MiB", Number(server.ResidentMiB(), 1), "-", "-", "");
  if (served.folder.empty()) return;
  const double disk = static_cast<double>(BytesUnder(served.folder) - before), json = static_cast<double>(corpus.bytes) * 5;
  Row("bytes on disk of the transactions, MB, and the JSON's", Number(disk / 1e6, 1), Number(json / 1e6, 1), Ratio(disk, json), "< 2");
}

}  // namespace careloom_bench
