// Accounts and ChargeItems as JSON, for tests of money.
#pragma once

#include <string>
#include <string_view>

namespace careloom_test {

inline std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

// {"url": …, "valueCodeableConcept": …} of ours.
inline std::string CodeExtension(std::string_view name, std::string_view code) {
  const std::string base = "https://careloom.example/fhir/";
  return R"({"url":")" + base + "StructureDefinition/" + std::string(name) + R"(","valueCodeableConcept":{"coding":[{"system":")" + base + "CodeSystem/" + std::string(name) +
         R"(","code":")" + std::string(code) + R"("}]}})";
}

inline std::string MoneyExtension(std::string_view name, std::string_view value) {
  return R"({"url":"https://careloom.example/fhir/StructureDefinition/)" + std::string(name) + R"(","valueMoney":{"value":)" + std::string(value) + R"(,"currency":"GBP"}})";
}

// A direct payment of 10,000.00 by Organization/icb, agreed for the year from 2026-04-01, part of Account/b0.
inline std::string AccountJson(std::string_view id) {
  return R"({"resourceType":"Account","id":")" + std::string(id) + R"(","extension":[)" + CodeExtension("budget-stage", "agreed") + "," + CodeExtension("delivery-mechanism", "direct-payment") +
         "," + CodeExtension("right-to-have", "adult-chc") + "," + MoneyExtension("agreed-amount", "10000.00") +
         R"(],"status":"active","type":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/budget-type","code":"personal-health-budget"}]},)"
         R"("subject":[{"reference":"Patient/p1"}],"servicePeriod":{"start":"2026-04-01","end":"2027-03-31"},"owner":{"reference":"Organization/icb"},"partOf":{"reference":"Account/b0"}})";
}

// An entry of any kind but planned, in Account/b1, that serves Goal/g1 and Goal/g2.
inline std::string EntryJson(std::string_view id, std::string_view kind, std::string_view amount, std::string_view day) {
  return R"({"resourceType":"ChargeItem","id":")" + std::string(id) + R"(","extension":[)" + CodeExtension("charge-kind", kind) + R"(],"identifier":[{"system":"urn:key","value":")" + std::string(id) +
         R"("}],"status":"billable","subject":{"reference":"Patient/p1"},"occurrenceDateTime":")" + std::string(day) + R"(","priceOverride":{"value":)" + std::string(amount) +
         R"(,"currency":"GBP"},"supportingInformation":[{"reference":"Goal/g2"},{"reference":"CarePlan/p"},{"reference":"Goal/g1"},{"reference":"Goal/g2"}],"account":[{"reference":"Account/b1"}]})";
}

// A planned line in Account/b1; `timing` are members of occurrenceTiming.
inline std::string PlannedJson(std::string_view id, std::string_view unit_price, std::string_view quantity, std::string_view timing) {
  const std::string units = quantity.empty() ? "" : R"("quantity":{"value":)" + std::string(quantity) + "},";
  return R"({"resourceType":"ChargeItem","id":")" + std::string(id) + R"(","extension":[)" + CodeExtension("charge-kind", "planned") + "," +
         MoneyExtension("unit-price", unit_price) + R"(],"status":"planned","subject":{"reference":"Patient/p1"},"occurrenceTiming":{)" + std::string(timing) + "}," +
         units + R"("account":[{"reference":"Account/b1"}]})";
}

}  // namespace careloom_test
