// The operations of personalised care over HTTP.
#include "tests/bench/care.h"

#include <rapidjson/reader.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "tests/bench/load.h"
#include "tests/bench/process.h"
#include "tests/bench/table.h"
#include "tests/support/budget_generator.h"
#include "tests/support/size.h"

namespace careloom_bench {
namespace {

using Clock = std::chrono::steady_clock;
using careloom_test::GenerateLedgers;

struct Nothing : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Nothing> {};

double Since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

// The value of the first member of that name.
std::string Member(const std::string& json, const std::string& name) {
  const std::string start = '"' + name + "\":\"";
  const std::size_t at = json.find(start);
  return at == std::string::npos ? std::string() : json.substr(at + start.size(), json.find('"', at + start.size()) - at - start.size());
}

// PUTs as transactions of up to 500.
std::vector<std::string> Bundles(const std::vector<std::string>& resources) {
  std::vector<std::string> bundles;
  for (std::size_t at = 0; at < resources.size();) {
    std::string entries;
    for (const std::size_t end = std::min(at + 500, resources.size()); at < end; ++at) {
      entries += (entries.empty() ? "" : ",");
      entries += R"({"resource":)" + resources[at] + R"(,"request":{"method":"PUT","url":")" + Member(resources[at], "resourceType") + "/" + Member(resources[at], "id") + "\"}}";
    }
    bundles.push_back(R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entries + "]}");
  }
  return bundles;
}

// Resources a second.
double Load(const std::vector<std::string>& resources) {
  const std::vector<std::string> bundles = Bundles(resources);
  const auto start = Clock::now();
  for (const std::string& bundle : bundles) {
    const std::string answer = Ask(kPort, PostRequest("/fhir", bundle));
    if (!answer.starts_with("HTTP/1.1 200")) std::fprintf(stderr, "a transaction of ledgers was refused: %.600s\n", answer.c_str());
  }
  return 1000 * static_cast<double>(resources.size()) / Since(start);
}

double ParsePlainly(const std::vector<std::string>& bodies) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const auto start = Clock::now();
    for (const std::string& body : bodies) {
      rapidjson::Reader reader;
      rapidjson::StringStream stream(body.c_str());
      Nothing handler;
      reader.Parse(stream, handler);
    }
    best = std::min(best, Since(start));
  }
  return best;
}

struct Asked {
  double ms = 0;       // the median of some
  std::string body;    // of the last answer
};

template <typename Request>
Asked AskOften(int times, const Request& request) {
  Asked asked;
  std::vector<double> took;
  for (int i = 0; i < times; ++i) {
    const std::string bytes = request(i);
    const auto start = Clock::now();
    const std::string answer = Ask(kPort, bytes);
    took.push_back(Since(start));
    if (!answer.starts_with("HTTP/1.1 20")) std::fprintf(stderr, "%.80s was not answered as it should be: %.600s\n", bytes.c_str(), answer.c_str());
    asked.body = answer.substr(std::min(answer.find("\r\n\r\n") + 4, answer.size()));
  }
  std::ranges::sort(took);
  asked.ms = took[took.size() / 2];
  return asked;
}

void Print(const std::string& what, double ms, double floor) { Row(what, Number(ms, 2), floor > 0 ? Number(floor, 2) : "-", Ratio(ms, floor), ""); }

void MeasureAmong(int people, const std::string& program, Floors& floors, const std::filesystem::path& work) {
  const std::string of = ", " + std::to_string(people) + " people, ms";
  const Process server({program, "serve", "--port", std::to_string(kPort), "--data", (work / ("care-" + std::to_string(people))).string()});
  UntilAnswer("/fhir/metadata");
  double rate = 0;
  constexpr int kAtOnce = 10'000;   // people in memory
  for (int done = 0; done < people; done += kAtOnce) {
    rate = Load(GenerateLedgers(static_cast<std::uint32_t>(17 + done), {.people = std::min(people - done, kAtOnce), .entries_each = 10, .one_each = true, .prefix = "q" + std::to_string(done) + "-"}));
  }
  Row("budgets and entries stored, " + std::to_string(people) + " people, resources/s", Number(rate), "-", "-", "");
  for (const int entries : {100, 1'000, 10'000}) {
    const std::string prefix = "m" + std::to_string(entries) + "-", name = "$statement, " + std::to_string(entries) + " entries" + of;
    std::vector<std::string> ledger = GenerateLedgers(5, {.people = 1, .entries_each = entries, .one_each = true, .prefix = prefix});
    Load(ledger);
    std::erase_if(ledger, [](const std::string& body) { return Member(body, "resourceType") != "ChargeItem"; });
    const double floor = ParsePlainly(ledger);
    const std::string target = "/fhir/Account/" + prefix + "0-b/$statement?to=2025-06-30";
    Print(name + ", with them", AskOften(9, [&](int) { return GetRequest(target); }).ms, floor);
    Print(name + ", figures", AskOften(9, [&](int) { return GetRequest(target + "&entries=false"); }).ms, floor);
  }
  constexpr int kPlans = 100;
  const Asked applied = AskOften(kPlans, [](int i) {
    return PostRequest("/fhir/PlanDefinition/careloom-six-stages/$apply",
                       R"({"resourceType":"Parameters","parameter":[{"name":"subject","valueString":"Patient/q0-)" + std::to_string(i) + R"("},{"name":"start","valueDate":"2026-01-31"}]})");
  });
  const double creates = floors.Creates(1, applied.body.size());
  Print("$apply" + of + ", against one commit", applied.ms, creates > 0 ? 1000 / creates : 0);
  const std::string target = "/fhir/Composition/$document?plan=CarePlan/" + Member(applied.body, "id");
  const Asked document = AskOften(25, [&](int) { return GetRequest(target); });
  Print("$document" + of, document.ms, ParsePlainly({document.body}));
}

}  // namespace

void MeasureCare(const std::string& program, Floors& floors, const std::filesystem::path& work) {
  MeasureAmong(1'000, program, floors, work);
  if (careloom_test::IsLong()) MeasureAmong(100'000, program, floors, work);
}

}  // namespace careloom_bench
