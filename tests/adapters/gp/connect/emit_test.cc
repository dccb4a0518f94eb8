// The way back of GP Connect: record, adapt, store, emit, adapt again: the second transaction says what the
// first did, entry for entry, so that storing it makes no new version of anything.
#include <filesystem>

#include "tests/adapters/gp/connect/round_trip.h"

namespace {

using careloom_test::GpConnect;
using careloom_test::RoundTrip;

TEST(GpConnectEmit, RealRecordsComeBackAsTheyWere) {
  REQUIRE_SHARED_DATA("gp-connect");
  int records = 0;
  for (const auto& file : careloom_test::GpRecords()) {
    RoundTrip(careloom_test::ReadFile(file), file.filename().string());
    ++records;
  }
  EXPECT_GE(records, 18);
}

TEST(GpConnectEmit, CasesComeBackAsTheyWere) {
  const std::filesystem::path cases = std::filesystem::path(CARELOOM_SOURCE_DIR) / "tests/cases/adapters";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(cases / "gp_connect_back")) files.push_back(entry.path());
  for (const auto& entry : std::filesystem::directory_iterator(cases / "gp_connect")) files.push_back(entry.path() / "input.json");
  EXPECT_GE(files.size(), 3U + 9U);
  for (const auto& file : files) RoundTrip(careloom_test::ReadFile(file), std::filesystem::relative(file, cases).string());
}

fhir::Document Resource(const std::string& json) {
  auto document = fhir::json::Read(json);
  EXPECT_TRUE(document) << document.error().ToString();
  return *std::move(document);
}

constexpr const char* kPatient =
    R"({"resourceType":"Patient","id":"1","identifier":[{"system":"https://careloom.example/fhir/id/gp-connect/X1","value":"p"},)"
    R"({"system":"https://careloom.example/fhir/id/la-person-id/999","value":"council"}]})";

std::string Said(const adapters::Emitted& emitted) {
  std::string text;
  for (const fhir::Issue& issue : emitted.outcome.issues()) text += issue.expression + ": " + issue.text + "\n";
  return text;
}

TEST(GpConnectEmit, WithoutPersonOrRecordThereIsNothingToWrite) {
  std::vector<fhir::Document> resources;
  auto nobody = GpConnect().Emit(resources);
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().kind(), fhir::ErrorKind::kUnprocessable);
  resources.push_back(Resource(
      R"({"resourceType":"Patient","id":"1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9999999999"}]})"));
  auto stranger = GpConnect().Emit(resources);
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().kind(), fhir::ErrorKind::kUnprocessable);
  EXPECT_NE(stranger.error().text().find("GP Connect"), std::string::npos);
}

TEST(GpConnectEmit, WhatIsNotOfTheRecordIsLeftOutAndSaid) {
  std::vector<fhir::Document> resources;
  resources.push_back(Resource(kPatient));
  resources.push_back(
      Resource(R"({"resourceType":"CarePlan","id":"2","status":"active","intent":"plan","subject":{"reference":"Patient/1"}})"));
  resources.push_back(Resource(
      R"({"resourceType":"Encounter","id":"3","identifier":[{"system":"https://careloom.example/fhir/id/la-event","value":"e"}],"status":"finished"})"));
  resources.push_back(Resource(
      R"({"resourceType":"Observation","id":"4","identifier":[{"system":"urn:gp","value":"o"}],"status":"final","code":{"text":"c"},)"
      R"("encounter":{"reference":"Encounter/3"},"note":[{"text":"first"},{"text":"added here"}]})"));
  resources.push_back(Resource(R"({"resourceType":"Provenance","id":"5","target":[{"reference":"Observation/4"}]})"));
  auto emitted = GpConnect().Emit(resources);
  ASSERT_TRUE(emitted) << emitted.error().ToString();
  EXPECT_EQ(
      emitted->bytes,
      R"({"resourceType":"Bundle","meta":{"profile":["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-StructuredRecord-Bundle-1"]},)"
      R"("type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p"}},)"
      R"({"resource":{"resourceType":"Observation","id":"o","identifier":[{"system":"urn:gp","value":"o"}],"status":"final","code":{"text":"c"},"comment":"first"}}]})");
  const std::string said = Said(*emitted);
  EXPECT_NE(said.find("CarePlan/2 was left out"), std::string::npos) << said;
  EXPECT_NE(said.find("Encounter/3 was left out"), std::string::npos) << said;
  EXPECT_NE(said.find("Observation.encounter: The reference to Encounter/3"), std::string::npos) << said;
  EXPECT_NE(said.find("Observation.note[1]"), std::string::npos) << said;
  EXPECT_EQ(said.find("note[0]"), std::string::npos) << said;
}

TEST(GpConnectEmit, OfTwoPracticesTheOneStoredLastIsWritten) {
  const auto organization = [](const std::string& id, const std::string& practice, const std::string& stored) {
    return Resource(R"({"resourceType":"Organization","id":")" + id + R"(","meta":{"lastUpdated":")" + stored +
                    R"("},"identifier":[{"system":"https://careloom.example/fhir/id/gp-connect/)" + practice + R"(","value":"org"}]})");
  };
  std::vector<fhir::Document> resources;
  resources.push_back(Resource(
      R"({"resourceType":"Patient","id":"1","identifier":[{"system":"https://careloom.example/fhir/id/gp-connect/X1","value":"one"},)"
      R"({"system":"https://careloom.example/fhir/id/gp-connect/X2","value":"two"}]})"));
  resources.push_back(organization("2", "X1", "2026-01-02T00:00:00+01:00"));
  resources.push_back(organization("3", "X2", "2026-01-01T23:30:00Z"));
  auto emitted = GpConnect().Emit(resources);
  ASSERT_TRUE(emitted) << emitted.error().ToString();
  EXPECT_NE(emitted->bytes.find(R"("id":"two")"), std::string::npos) << emitted->bytes;
  EXPECT_EQ(emitted->bytes.find(R"("id":"one")"), std::string::npos) << emitted->bytes;
  EXPECT_NE(Said(*emitted).find("practice X2"), std::string::npos);
  EXPECT_NE(Said(*emitted).find("Organization/2 was left out"), std::string::npos);
}

fhir::Document PatientOf(const std::string& id, const std::string& practice, const std::string& gp_id, const std::string& more = {}) {
  return Resource(R"({"resourceType":"Patient","id":")" + id + R"(",)" + more +
                  R"("identifier":[{"system":"https://careloom.example/fhir/id/gp-connect/)" + practice + R"(","value":")" + gp_id + R"("}]})");
}

fhir::Document MessageOf(const std::string& practice, const std::string& patient, const std::string& stored) {
  return Resource(R"({"resourceType":"Provenance","id":"m-)" + patient + R"(","meta":{"lastUpdated":")" + stored +
                  R"("},"target":[{"reference":"Patient/)" + patient + R"("}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"identifier":{"value":")" + practice +
                  R"("}}}],"entity":[{"role":"source","what":{"identifier":{"system":"https://careloom.example/fhir/id/message-sha256","value":"f"}}}]})");
}

TEST(GpConnectEmit, OfAPersonOfSeveralSourcesOnlyTheGpRecordIsWritten) {
  std::vector<fhir::Document> resources;
  resources.push_back(PatientOf("1", "X1", "p", R"("link":[{"other":{"reference":"Patient/2"},"type":"replaces"},{"other":{"reference":"Patient/3"},"type":"replaces"}],)"));
  resources.push_back(Resource(
      R"({"resourceType":"Patient","id":"2","identifier":[{"system":"https://careloom.example/fhir/id/la-person-id/203","value":"council"}],"birthDate":"1950-01-01"})"));
  resources.push_back(Resource(
      R"({"resourceType":"Patient","id":"3","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],"birthDate":"1950-01-02"})"));
  resources.push_back(Resource(
      R"({"resourceType":"Observation","id":"4","identifier":[{"system":"urn:own","value":"o"}],"status":"final","code":{"text":"of the council"},"subject":{"reference":"Patient/2"}})"));
  resources.push_back(Resource(R"({"resourceType":"Task","id":"5","status":"requested","intent":"order","for":{"reference":"Patient/2"}})"));
  auto emitted = GpConnect().Emit(resources);
  ASSERT_TRUE(emitted) << emitted.error().ToString();
  EXPECT_NE(emitted->bytes.find(R"("entry":[{"resource":{"resourceType":"Patient","id":"p"}}])"), std::string::npos) << emitted->bytes;
  const std::string said = Said(*emitted);
  for (const char* left_out : {"Patient/2", "Patient/3", "Observation/4", "Task/5"}) EXPECT_NE(said.find(std::string(left_out) + " was left out"), std::string::npos) << said;
  EXPECT_EQ(said.find("The reference"), std::string::npos) << said;
}

TEST(GpConnectEmit, JoiningAPatientLaterDoesNotMakeItsPracticeTheNewest) {
  std::vector<fhir::Document> resources;
  resources.push_back(PatientOf("1", "X1", "one", R"("meta":{"lastUpdated":"2026-01-03T00:00:01Z"},)"));
  resources.push_back(PatientOf("2", "X2", "two", R"("meta":{"lastUpdated":"2026-01-03T00:00:00Z"},)"));
  resources.push_back(MessageOf("X1", "1", "2026-01-02T00:00:00Z"));
  resources.push_back(MessageOf("X2", "2", "2026-01-03T00:00:00Z"));
  auto emitted = GpConnect().Emit(resources);
  ASSERT_TRUE(emitted) << emitted.error().ToString();
  EXPECT_NE(emitted->bytes.find(R"("id":"two")"), std::string::npos) << emitted->bytes;
  EXPECT_EQ(emitted->bytes.find(R"("id":"one")"), std::string::npos) << emitted->bytes;
}

TEST(GpConnectEmit, OfTwoPatientsOfOnePracticeTheOneOfTheLastMessageIsWritten) {
  for (const bool first : {true, false}) {
    std::vector<fhir::Document> resources;
    resources.push_back(PatientOf("1", "X1", "one"));
    resources.push_back(PatientOf("2", "X1", "two"));
    resources.push_back(MessageOf("X1", "1", first ? "2026-01-02T00:00:00Z" : "2026-01-01T00:00:00Z"));
    resources.push_back(MessageOf("X1", "2", first ? "2026-01-01T00:00:00Z" : "2026-01-02T00:00:00Z"));
    auto emitted = GpConnect().Emit(resources);
    ASSERT_TRUE(emitted) << emitted.error().ToString();
    EXPECT_EQ(emitted->bytes.find(R"("id":"one")") != std::string::npos, first) << emitted->bytes;
    EXPECT_EQ(emitted->bytes.find(R"("id":"two")") != std::string::npos, !first) << emitted->bytes;
  }
}

TEST(GpConnectEmit, ProvenanceTellsWhatTheRecordBrought) {
  std::vector<fhir::Document> resources;
  resources.push_back(Resource(kPatient));
  const auto observation = [](const std::string& id) {
    return Resource(R"({"resourceType":"Observation","id":")" + id + R"(","identifier":[{"system":"urn:own","value":"o)" + id +
                    R"("}],"status":"final","code":{"text":"c"},"performer":[{"reference":"Organization/5"}]})");
  };
  resources.push_back(observation("2"));
  resources.push_back(observation("3"));
  resources.push_back(observation("2"));  // a page of $everything brings it again
  for (const std::string id : {"5", "6"}) {
    resources.push_back(
        Resource(R"({"resourceType":"Organization","id":")" + id + R"(","identifier":[{"system":"urn:own","value":"org)" + id + R"("}]})"));
  }
  resources.push_back(Resource(
      R"({"resourceType":"Provenance","id":"4","target":[{"reference":"Patient/1"},{"reference":"Observation/2"}],"recorded":"2026-01-01T00:00:00Z",)"
      R"("agent":[{"who":{"type":"Organization","identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"X1"}}}],)"
      R"("entity":[{"role":"source","what":{"identifier":{"system":"https://careloom.example/fhir/id/message-sha256","value":"f"}}}]})"));
  auto emitted = GpConnect().Emit(resources);
  ASSERT_TRUE(emitted) << emitted.error().ToString();
  const std::string observed = R"("id":"o2")";
  const std::size_t first = emitted->bytes.find(observed);
  ASSERT_NE(first, std::string::npos) << emitted->bytes;
  EXPECT_EQ(emitted->bytes.find(observed, first + 1), std::string::npos) << emitted->bytes;
  EXPECT_EQ(emitted->bytes.find(R"("id":"o3")"), std::string::npos) << emitted->bytes;
  EXPECT_NE(emitted->bytes.find(R"("id":"org5")"), std::string::npos) << emitted->bytes;
  EXPECT_EQ(emitted->bytes.find(R"("id":"org6")"), std::string::npos) << emitted->bytes;
  EXPECT_NE(Said(*emitted).find("Observation/3 was left out"), std::string::npos);
  EXPECT_NE(Said(*emitted).find("Organization/6 was left out"), std::string::npos);
}

}  // namespace
