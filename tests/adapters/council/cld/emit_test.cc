// Rows out of stored resources that are written here by hand.
#include "adapters/council/cld/emit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "adapters/base/embedded.h"
#include "adapters/base/stored.h"
#include "fhir/json/reader.h"
#include "tests/support/cld_file.h"

namespace careloom_test {
namespace {

using adapters::EmitOptions;
using adapters::council::cld::Backward;
using adapters::council::cld::Lists;
using C = CldColumn;

constexpr std::string_view kPatient = R"({"resourceType":"Patient","id":"p","identifier":[
  {"system":"https://careloom.example/fhir/id/la-person-id/503","value":"17"},{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],
  "name":[{"family":"O'Neill","given":["Mary Ann","Jo"]}],"gender":"female","birthDate":"1950-02-03","deceasedDateTime":"2026-01-05",
  "address":[{"postalCode":"ZZ99 1AA"}],"generalPractitioner":[{"display":"Harbour, Lane","identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y99901"}}],
  "extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory","valueCodeableConcept":{"coding":[
    {"system":"https://careloom.example/fhir/CodeSystem/cld-ethnicity","code":"White: Irish"},{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland","code":"B"}]}}]})";
constexpr std::string_view kNeed = R"({"resourceType":"Condition","id":"n","identifier":[{"system":"https://careloom.example/fhir/id/cld-need/503","value":"17/x"}],
  "subject":{"reference":"Patient/p"},"code":{"text":"Support with Memory & Cognition","coding":[{"system":"https://careloom.example/fhir/CodeSystem/cld-primary-support-reason","code":"Support with memory and cognition"}]}})";
constexpr std::string_view kAccount = R"({"resourceType":"Account","id":"a","status":"active","identifier":[{"system":"https://careloom.example/fhir/id/cld-account/503","value":"17/x"}],
  "subject":[{"reference":"Patient/p"}],"extension":[{"url":"https://careloom.example/fhir/StructureDefinition/delivery-mechanism","valueCodeableConcept":{"coding":[
  {"system":"https://careloom.example/fhir/CodeSystem/cld-delivery-mechanism","code":"Direct payment"}]}}]})";
constexpr std::string_view kCharge = R"({"resourceType":"ChargeItem","id":"c","status":"planned","identifier":[{"system":"https://careloom.example/fhir/id/cld-charge/503","value":"17/service/2025-05-01/x"}],
  "subject":{"reference":"Patient/p"},"context":{"reference":"EpisodeOfCare/e"},"account":[{"reference":"Account/a"}],
  "code":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/cld-service-component","code":"Direct payment"}]},
  "extension":[{"url":"https://careloom.example/fhir/StructureDefinition/unit-price","valueMoney":{"value":18.70,"currency":"GBP"}}],
  "occurrenceTiming":{"repeat":{"frequency":1,"period":1,"periodUnit":"h"},"code":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/cld-cost-frequency","code":"Hourly"}]}},
  "quantity":{"value":3.5}})";
constexpr std::string_view kEpisode = R"({"resourceType":"EpisodeOfCare","id":"e","status":"active","patient":{"reference":"Patient/p"},
  "identifier":[{"system":"https://careloom.example/fhir/id/cld-event/503","value":"17/service/2025-05-01/x"},{"use":"secondary","system":"https://careloom.example/fhir/id/la-event-reference/503","value":"E-1"}],
  "extension":[
    {"url":"https://careloom.example/fhir/StructureDefinition/as-submitted","extension":[{"url":"period","valuePeriod":{"start":"2025-04-01","end":"2026-03-31"}},{"url":"received","valueInstant":"2026-04-01T10:00:00Z"}]},
    {"url":"https://careloom.example/fhir/StructureDefinition/client-type","valueCodeableConcept":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/cld-client-type","code":"Service user"}]}},
    {"url":"https://careloom.example/fhir/StructureDefinition/event-description","valueString":"=Says \"more\""},
    {"url":"https://careloom.example/fhir/StructureDefinition/cared-for","extension":[{"url":"position","valuePositiveInt":2},{"url":"person","valueReference":{"reference":"Patient/q"}}]},
    {"url":"https://careloom.example/fhir/StructureDefinition/as-given","extension":[{"url":"column","valueCode":"dementia"}]},
    {"url":"https://careloom.example/fhir/StructureDefinition/provider","valueReference":{"display":"Larch House","identifier":{"system":"https://careloom.example/fhir/id/cqc-location-id","value":"1-99"}}}],
  "type":[{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/cld-service-component","code":"Direct payment"}]},
          {"text":"Long Term Support: Community","coding":[{"system":"https://careloom.example/fhir/CodeSystem/cld-service-type","code":"Long term support: Community"}]}],
  "diagnosis":[{"condition":{"reference":"Condition/n"}}],"period":{"start":"2025-05-01"},"account":[{"reference":"Account/a"}]})";
constexpr std::string_view kOther = R"({"resourceType":"Patient","id":"q","identifier":[{"system":"https://careloom.example/fhir/id/la-person-id/503","value":"18"}]})";

std::string Fact(const std::string& id, const std::string& column, const std::string& from, const std::string& to, const std::string& words) {
  return R"({"resourceType":"Observation","id":")" + id + R"(","status":"final","identifier":[{"system":"https://careloom.example/fhir/id/cld-fact/503","value":")" + id +
         R"("}],"subject":{"reference":"Patient/p"},"code":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/cld-column","code":")" + column +
         R"("}]},"effectivePeriod":{"start":")" + from + R"(","end":")" + to + R"("},"valueCodeableConcept":{"text":")" + words + R"("}})";
}

struct Record {
  std::vector<fhir::Document> documents;
  void Add(std::string_view json) {
    auto document = fhir::json::Read(json);
    ASSERT_TRUE(document) << document.error().ToString();
    documents.push_back(*std::move(document));
  }
};

Record Whole() {
  Record record;
  for (const std::string_view json : {kPatient, kNeed, kAccount, kCharge, kEpisode, kOther}) record.Add(json);
  record.Add(Fact("f1", "dementia", "2025-04-01", "2025-06-01", "Yes"));
  record.Add(Fact("f2", "accommodation-status", "2025-04-01", "2025-04-30", "Refuge"));
  record.Add(Fact("f3", "accommodation-status", "2025-05-01", "2025-05-02", "Registered care home"));
  record.Add(Fact("f4", "adults-being-cared-for", "2025-05-01", "2025-05-01", "2"));
  return record;
}

const Backward& Back() {
  static const auto back = [] {
    std::vector<fhir::Document> models;
    for (const auto& file : adapters::MappingsOf({}, "council/models/")) models.push_back(*fhir::json::Read(file.content));
    auto loaded = Backward::Load({}, *fhir::schema::Registry::LoadR4With(models));
    EXPECT_TRUE(loaded) << loaded.error().ToString();
    return *loaded;
  }();
  return *back;
}

std::vector<CldRow> Emit(const Record& record, const EmitOptions& options, std::vector<std::string>* said = nullptr) {
  static const auto lists = *Lists::Load({});
  auto emitted = EmitPerson(record.documents, options, Back(), *lists);
  EXPECT_TRUE(emitted) << emitted.error().ToString();
  if (!emitted) return {};
  if (said) {
    for (const auto& issue : emitted->outcome.issues()) said->push_back(issue.expression + ": " + issue.text);
  }
  return ReadCld(*adapters::council::cld::EmitHead(options) + emitted->bytes);
}

TEST(CldEmit, AServiceWithAllItRefersToBecomesOneRow) {
  std::vector<std::string> said;
  const auto rows = Emit(Whole(), {"2025-04-01", "2026-03-31", "2"}, &said);
  ASSERT_EQ(rows.size(), 1u);
  CldRow expected;
  expected.cells = {"503", "2025-04-01", "2026-03-31", "9990000018", "17", "Mary Ann Jo", "O'Neill", "Harbour, Lane", "Y99901", "Female", "White: Irish", "1950-02-03",
                    "2026-01-05", "Service user", "Support with memory and cognition", "ZZ99 1AA", "Registered care home", "", "", "", "", "", "", "",
                    "Service", "E-1", "2025-05-01", "", "=Says \"more\"", "", "", "", "", "", "", "2", "", "18", "",
                    "Long term support: Community", "Direct payment", "Direct payment", "Larch House", "1-99", "", "", "", "18.70", "Hourly", "3.5"};
  EXPECT_EQ(rows[0].cells, expected.cells);
  EXPECT_TRUE(said.empty()) << said.size() << " " << said[0];
}

TEST(CldEmit, ReleaseOneIsWrittenInTheWordsGivenOrInItsOwn) {
  const auto rows = Emit(Whole(), {"2025-04-01", "2026-03-31", "1"});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0][C::kServiceType], "Long Term Support: Community");
  EXPECT_EQ(rows[0][C::kPrimarySupportReason], "Support with Memory & Cognition");
  EXPECT_EQ(rows[0][C::kDeliveryMechanism], "Direct Payment");
  EXPECT_EQ(rows[0][C::kClientType], "Service User");
}

TEST(CldEmit, TheMachineFileIsByteExact) {
  const Record record = Whole();
  static const auto lists = *Lists::Load({});
  const auto emitted = EmitPerson(record.documents, {"2025-04-01", "2026-03-31", "2"}, Back(), *lists);
  ASSERT_TRUE(emitted);
  EXPECT_TRUE(emitted->bytes.starts_with("503,01/04/2025,31/03/2026,9990000018,17,Mary Ann Jo,O'Neill,\"Harbour, Lane\",Y99901,Female,White: Irish,03/02/1950,"));
  EXPECT_NE(emitted->bytes.find(",\"=Says \"\"more\"\"\","), std::string::npos);
  EXPECT_TRUE(emitted->bytes.ends_with(",18.70,Hourly,3.5\r\n"));
}

TEST(CldEmit, OnlyWhatThePeriodCountsIsWritten) {
  EXPECT_EQ(Emit(Whole(), {"2026-04-01", "2026-06-30", "2"}).size(), 1u) << "an open service";
  EXPECT_EQ(Emit(Whole(), {"2024-04-01", "2025-04-30", "2"}).size(), 0u) << "not begun";
  Record withdrawn = Whole();
  withdrawn.documents.erase(withdrawn.documents.begin() + 4);
  std::string episode(kEpisode);
  episode.replace(episode.find("\"active\""), 8, "\"entered-in-error\"");
  withdrawn.Add(episode);
  EXPECT_EQ(Emit(withdrawn, {"2025-04-01", "2026-03-31", "2"}).size(), 0u);
}

TEST(CldEmit, AWrongPeriodOrReleaseIsRefusedWithWhatIsAllowed) {
  using adapters::council::cld::EmitHead;
  for (const EmitOptions& options : {EmitOptions{"2025-04-01", "2025-03-31", "2"}, EmitOptions{"2025-02-29", "2025-03-31", "2"}, EmitOptions{"", "2025-03-31", "2"},
                                     EmitOptions{"01/04/2025", "2025-04-31", "2"}}) {
    const auto head = EmitHead(options);
    ASSERT_FALSE(head);
    EXPECT_EQ(head.error().kind(), fhir::ErrorKind::kInvalid);
    EXPECT_NE(head.error().text().find("YYYY-MM-DD"), std::string::npos);
  }
  const auto head = EmitHead({"2025-04-01", "2026-03-31", "3"});
  ASSERT_FALSE(head);
  EXPECT_NE(head.error().text().find("allowed are 1 and 2"), std::string::npos) << head.error().text();
}

TEST(CldEmit, WhatWasGivenYieldsToAResourceThatWasChangedSince) {
  const auto with = [](std::string_view episode_end, std::string_view mechanism) {
    Record record = Whole();
    std::string episode(kEpisode), account(kAccount);
    episode.replace(episode.find("\"start\":\"2025-05-01\""), 20, "\"start\":\"2025-05-01\",\"end\":\"" + std::string(episode_end) + "\"");
    episode.replace(episode.find("\"extension\":["), 13, R"("extension":[
      {"url":"https://careloom.example/fhir/StructureDefinition/as-given","extension":[{"url":"column","valueCode":"event-end-date"}]},
      {"url":"https://careloom.example/fhir/StructureDefinition/as-given","extension":[{"url":"column","valueCode":"delivery-mechanism"},{"url":"text","valueString":"Direct Payment"}]},)");
    account.replace(account.find("Direct payment"), 14, mechanism);
    record.documents.erase(record.documents.begin() + 4);
    record.documents.erase(record.documents.begin() + 2);
    record.Add(episode);
    record.Add(account);
    const auto rows = Emit(record, {"2025-04-01", "2026-03-31", "1"});
    return rows.size() == 1 ? rows[0][C::kEventEnd] + "|" + rows[0][C::kDeliveryMechanism] : std::string("no row");
  };
  EXPECT_EQ(with("2026-01-05", "Direct payment"), "|Direct Payment") << "the day of death, and the words of Release 1";
  EXPECT_EQ(with("2026-01-04", "Direct payment"), "2026-01-04|Direct Payment");
  EXPECT_EQ(with("2026-01-05", "CASSR commissioned support"), "|CASSR Commissioned Support");
}

TEST(CldEmit, AnElementAddedToAnyResourceIsNamed) {
  constexpr std::string_view kPlan = R"({"resourceType":"CarePlan","id":"cp","status":"active","intent":"plan","identifier":[{"system":"https://careloom.example/fhir/id/cld-plan/503","value":"17"}],
    "subject":{"reference":"Patient/p"},"activity":[{"detail":{"status":"in-progress","extension":[{"url":"https://careloom.example/fhir/StructureDefinition/episode","valueReference":{"reference":"EpisodeOfCare/e"}}]}}]})";
  constexpr std::string_view kCarer = R"({"resourceType":"RelatedPerson","id":"r","active":true,"identifier":[{"system":"https://careloom.example/fhir/id/cld-carer/503","value":"17/18"}],
    "patient":{"reference":"Patient/p"}})";
  const std::pair<std::string_view, std::string_view> added[] = {{"Patient", "telecom"}, {"Condition", "note"}, {"Account", "description"}, {"ChargeItem", "note"},
                                                                 {"EpisodeOfCare", "team"}, {"Observation", "note"}, {"CarePlan", "title"}, {"RelatedPerson", "relationship"}};
  for (const auto& [type, member] : added) {
    Record record = Whole();
    record.Add(kPlan);
    record.Add(kCarer);
    for (fhir::Document& document : record.documents) {
      if (document.root->resource_type() == type && document.root->ValueOf("id") != "q") document.AddString(document.root, member, "x")->leaf = ++document.leaf_count;
    }
    std::vector<std::string> said;
    EXPECT_EQ(Emit(record, {"2025-04-01", "2026-03-31", "2"}, &said).size(), 1u);
    ASSERT_FALSE(said.empty()) << type;
    for (const std::string& text : said) EXPECT_TRUE(text.starts_with(std::string(type) + "." + std::string(member) + ":")) << text;
  }
}

TEST(CldEmit, WhatTheColumnsCannotSayIsNamed) {
  Record record = Whole();
  std::string episode(kEpisode);
  episode.replace(episode.find("\"active\""), 8, "\"cancelled\"");
  episode.replace(episode.find("\"diagnosis\""), 0, "\"careManager\":{\"display\":\"Someone\"},");
  record.documents.erase(record.documents.begin() + 4);
  record.Add(episode);
  record.Add(R"({"resourceType":"Task","id":"t","status":"requested","intent":"order","for":{"reference":"Patient/p"}})");
  std::vector<std::string> said;
  EXPECT_EQ(Emit(record, {"2025-04-01", "2026-03-31", "2"}, &said).size(), 1u);
  ASSERT_EQ(said.size(), 3u) << said[0];
  EXPECT_NE(said[0].find("EpisodeOfCare.careManager"), std::string::npos) << said[0];
  EXPECT_NE(said[1].find("EpisodeOfCare.status: A council's file has no column for the status 'cancelled'"), std::string::npos) << said[1];
  EXPECT_NE(said[2].find("Task/t is part of no event"), std::string::npos) << said[2];
}

}  // namespace
}  // namespace careloom_test
