// One person at a council and at two practices: three Patients, joined by the NHS number; each Patient's $everything
// is the same set, and what goes back to GP Connect is one practice's record and nothing of anybody else's.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "adapters/catalogue.h"
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/inbox/person_record.h"
#include "server/interactions/transaction.h"
#include "tests/support/served.h"
#include "tests/support/shared_data.h"

namespace careloom_test {
namespace {

using fhir::Element;
using server::interactions::Done;

constexpr const char* kCouncil = R"({"resourceType":"Bundle","type":"transaction","entry":[
    {"fullUrl":"urn:uuid:0b0a3a7e-8f6f-4f0b-9b5c-6d1d0f6a0001","resource":{"resourceType":"Patient","identifier":[
        {"system":"https://careloom.example/fhir/id/la-person-id/203","value":"77"},{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000077"}],"birthDate":"1950-01-01"},
     "request":{"method":"PUT","url":"Patient?identifier=https://careloom.example/fhir/id/la-person-id/203|77"}},
    {"resource":{"resourceType":"Task","identifier":[{"system":"https://careloom.example/fhir/id/la-event/203","value":"t"}],"status":"requested","intent":"order",
        "for":{"reference":"urn:uuid:0b0a3a7e-8f6f-4f0b-9b5c-6d1d0f6a0001"}},
     "request":{"method":"PUT","url":"Task?identifier=https://careloom.example/fhir/id/la-event/203|t"}}]})";

class JoinedRecord : public testing::Test {
 protected:
  void SetUp() override {
    auto adapter = adapters::FindAdapter("gp-connect")->open({});
    ASSERT_TRUE(adapter) << adapter.error().ToString();
    adapter_ = std::move(*adapter);
    record_ = ReadFile(std::filesystem::path(CARELOOM_SOURCE_DIR) / "tests/cases/adapters/gp_connect/repeat_prescription/input.json");
  }

  static std::string Replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
    return text;
  }
  // The same person's record at another practice, under ids of that practice.
  std::string AtAnotherPractice() const { return Replaced(Replaced(record_, "A99999", "B99999"), "pat-1", "pat-9"); }

  // The Patient's id, and how many entries changed something.
  std::pair<std::string, int> Store(fhir::Document transaction) {
    std::size_t patient = 0, at = 0;
    for (const Element& entry : fhir::Repeats(*transaction.root, "entry")) {
      if (entry.Find("resource")->resource_type() == "Patient") patient = at;
      ++at;
    }
    fhir::IssueSink issues;
    server::interactions::TransactionOptions options;
    options.from_source = true;
    const auto done = server::interactions::ExecuteTransaction(served_.app(), std::move(transaction), issues, options);
    EXPECT_TRUE(done) << done.error().ToString();
    if (!done) return {};
    return {(*done)[patient].version.id, static_cast<int>(std::ranges::count_if(*done, [](const Done& one) { return one.changed; }))};
  }
  std::pair<std::string, int> Ingest(const std::string& bytes) {
    auto adapted = adapter_->Adapt(bytes);
    EXPECT_TRUE(adapted) << adapted.error().ToString();
    return adapted ? Store(std::move(adapted->transaction)) : std::pair<std::string, int>();
  }
  std::string Emit(const std::string& patient) {
    const auto resources = server::inbox::ReadPersonRecord(served_.app(), patient);
    EXPECT_TRUE(resources) << resources.error().ToString();
    const auto emitted = adapter_->Emit(*resources);
    EXPECT_TRUE(emitted) << emitted.error().ToString();
    return emitted ? emitted->bytes : std::string();
  }
  std::set<std::string> Everything(const std::string& patient) {
    const auto resources = server::inbox::ReadPersonRecord(served_.app(), patient);
    std::set<std::string> names;
    if (!resources) return names;
    for (const fhir::Document& one : *resources) names.insert(std::string(one.root->resource_type()) + "/" + std::string(one.root->ValueOf("id")));
    return names;
  }

  Served served_;
  std::unique_ptr<adapters::Adapter> adapter_;
  std::string record_;
};

TEST_F(JoinedRecord, EverySourceHasItsPatientAndTheGpRecordGoesBackAlone) {
  auto council = fhir::json::Read(kCouncil);
  ASSERT_TRUE(council) << council.error().ToString();
  const std::string la = Store(std::move(*council)).first;
  const std::string first = Ingest(record_).first, second = Ingest(AtAnotherPractice()).first;
  ASSERT_EQ((std::set<std::string>{la, first, second}.size()), 3u);

  const std::set<std::string> all = Everything(la);
  for (const std::string& patient : {la, first, second}) {
    EXPECT_EQ(Everything(patient), all);
    EXPECT_TRUE(all.contains("Patient/" + patient));
    const std::string record = Emit(patient);
    EXPECT_NE(record.find("pat-9"), std::string::npos) << "of the practice stored last";
    EXPECT_EQ(record.find("pat-1"), std::string::npos);
    EXPECT_EQ(record.find("1950-01-01"), std::string::npos) << "the council's date of birth";
    EXPECT_EQ(record.find("\"Task\""), std::string::npos);
    EXPECT_EQ(record.find(first), std::string::npos) << "a link of the store's own";
  }
}

TEST_F(JoinedRecord, TheEmittedRecordComesInAgainAndChangesNothing) {
  const std::string first = Ingest(record_).first, second = Ingest(AtAnotherPractice()).first;
  const auto [patient, changed] = Ingest(Emit(first));
  EXPECT_EQ(patient, second);
  EXPECT_EQ(changed, 0);
  EXPECT_EQ(Ingest(record_).second, 0) << "nor does either message again";
  EXPECT_EQ(Ingest(AtAnotherPractice()).second, 0);
}

TEST_F(JoinedRecord, AGpNumberVerifiedLaterJoinsThen) {
  const std::string verified = R"("code": "01")", unverified = R"("code": "02")";
  ASSERT_NE(record_.find(verified), std::string::npos);
  auto council = fhir::json::Read(kCouncil);
  const std::string la = Store(std::move(*council)).first;
  const std::string gp = Ingest(Replaced(record_, verified, unverified)).first;
  EXPECT_FALSE(Everything(la).contains("Patient/" + gp));
  EXPECT_EQ(Ingest(record_).first, gp) << "the same Patient";
  EXPECT_TRUE(Everything(la).contains("Patient/" + gp));
}

}  // namespace
}  // namespace careloom_test
