// What a budget's statement costs.
#include "tests/bench/money.h"

#include <rapidjson/reader.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "fhir/json/reader.h"
#include "fhir/money/statement.h"
#include "tests/bench/table.h"
#include "tests/support/budget_generator.h"

namespace careloom_bench {
namespace {

using namespace fhir::money;

struct Nothing : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Nothing> {};

// The best of a few rounds, in milliseconds.
double Milliseconds(const std::function<void()>& work) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

// A statement from the bodies, to the day; ends the program when there is none.
Pence StatePaid(const std::vector<std::string>& bodies, Day to) {
  std::vector<Budget> budgets;
  std::vector<Entry> entries;
  for (const std::string& body : bodies) {
    const auto document = fhir::json::Read(body);
    if (!document) std::abort();
    if (IsBudget(*document->root)) {
      auto budget = ReadBudget(*document->root);
      if (!budget) std::abort();
      budgets.push_back(*std::move(budget));
    } else if (IsEntry(*document->root)) {
      auto entry = ReadEntry(*document->root);
      if (!entry) std::abort();
      entries.push_back(*std::move(entry));
    }
  }
  const auto statement = MakeStatement(budgets, entries, {std::nullopt, to});
  if (!statement) std::abort();
  return statement->total[Figure::kPaid].amount;
}

void ParsePlainly(const std::string& bytes) {
  rapidjson::Reader reader;
  rapidjson::StringStream stream(bytes.c_str());
  Nothing handler;
  reader.Parse(stream, handler);
}

}  // namespace

void MeasureStatements() {
  for (const int entries : {100, 1'000, 10'000}) {
    std::vector<std::string> bodies;
    for (std::string& resource : careloom_test::GenerateLedgers(5, {.people = 1, .entries_each = entries, .one_each = true})) {
      const bool read = resource.find("\"resourceType\":\"ChargeItem\"") != std::string::npos || resource.find("\"resourceType\":\"Account\"") != std::string::npos;
      if (read) bodies.push_back(std::move(resource));
    }
    const double ours = Milliseconds([&] { StatePaid(bodies, *ParseDay("2025-06-30")); });
    const double plain = Milliseconds([&] { std::ranges::for_each(bodies, ParsePlainly); });
    Row("statement from " + std::to_string(entries) + " bodies, ms, against RapidJSON's plain SAX", Number(ours, 2), Number(plain, 2), Ratio(ours, plain), "");
  }
}

}  // namespace careloom_bench
