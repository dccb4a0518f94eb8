// What is no record of one person is refused in words that help; what is wrong inside one is kept out and said.
#include <set>

#include "tests/adapters/gp/connect/records.h"

using careloom_test::GpConnect;

namespace {

const std::string kPatient =
    R"({"resource":{"resourceType":"Patient","id":"p1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}})";

std::string Bundle(const std::string& entries) { return R"({"resourceType":"Bundle","type":"collection","entry":[)" + entries + "]}"; }

std::string Refusal(const std::string& bytes) {
  const auto adapted = GpConnect().Adapt(bytes);
  return adapted ? "taken in" : std::string(adapted.error().issue_type()) + ": " + adapted.error().ToString();
}

}  // namespace

TEST(GpConnectBadInput, TruncatedJsonSaysWhere) {
  const std::string whole = Bundle(kPatient);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(GpConnect().Adapt(whole.substr(0, length))) << length;
  }
  EXPECT_NE(Refusal(whole.substr(0, 40)).find("line 1"), std::string::npos) << Refusal(whole.substr(0, 40));
}

TEST(GpConnectBadInput, ABundleWithoutPatientIsRefused) {
  EXPECT_NE(Refusal(Bundle(R"({"resource":{"resourceType":"Organization","id":"o"}})")).find("no Patient"), std::string::npos);
  EXPECT_NE(Refusal(R"({"resourceType":"Bundle","type":"collection"})").find("no Patient"), std::string::npos);
}

TEST(GpConnectBadInput, APatientWithoutIdIsRefusedForNobodyCouldTellWhoseRecordItIs) {
  const std::string refusal = Refusal(Bundle(R"({"resource":{"resourceType":"Patient","birthDate":"1950-01-02"}})"));
  EXPECT_NE(refusal.find("required: The Patient has no id"), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("Bundle.entry[0].resource.id"), std::string::npos) << refusal;
}

TEST(GpConnectBadInput, TwoPatientsAreRefusedUnlessTheyAreTheSame) {
  EXPECT_NE(Refusal(Bundle(kPatient + R"(,{"resource":{"resourceType":"Patient","id":"p2"}})")).find("two Patients"), std::string::npos);
  const auto twice = GpConnect().Adapt(Bundle(kPatient + "," + kPatient));
  ASSERT_TRUE(twice) << twice.error().ToString();
  EXPECT_EQ(twice->report.entries_merged, 1u);
  EXPECT_EQ(twice->report.elements_merged, 3u);
}

TEST(GpConnectBadInput, AnErrorOfTheGpSystemIsSaidToBeOne) {
  const std::string outcome =
      R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"forbidden","details":{"coding":[{"code":"NO_RELATIONSHIP","display":"No relationship"}]}}]})";
  EXPECT_NE(Refusal(outcome).find("answered with an error instead of a record: NO_RELATIONSHIP (No relationship)"), std::string::npos)
      << Refusal(outcome);
}

TEST(GpConnectBadInput, AnotherResourceIsNoRecord) {
  EXPECT_NE(Refusal(R"({"resourceType":"Patient","id":"p"})").find("a resource of another type: Patient"), std::string::npos);
  EXPECT_NE(Refusal(R"({"entry":[]})").find("without resourceType"), std::string::npos);
}

TEST(GpConnectBadInput, AMalformedDateIsKeptOutAndTheRestGoesIn) {
  const auto adapted = GpConnect().Adapt(Bundle(
      kPatient +
      R"(,{"resource":{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"Weight"},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2020-02-30"}})"));
  ASSERT_TRUE(adapted) << adapted.error().ToString();
  const std::string out = fhir::json::Write(*adapted->transaction.root);
  EXPECT_EQ(out.find("2020-02-30"), std::string::npos);
  EXPECT_NE(out.find("\"text\":\"Weight\""), std::string::npos);
  EXPECT_TRUE(std::ranges::any_of(adapted->report.outcome.issues(), [](const fhir::Issue& issue) {
    return issue.expression == "Bundle.entry[1].resource.effectiveDateTime" && issue.text.find("dateTime") != std::string::npos;
  }));
}

TEST(GpConnectBadInput, AnNhsNumberThatFailsItsCheckIsKeptButJoinsNobody) {
  const auto adapted = GpConnect().Adapt(Bundle(
      R"({"resource":{"resourceType":"Patient","id":"p1","identifier":[{"extension":[{"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-NHSNumberVerificationStatus-1","valueCodeableConcept":{"coding":[{"system":"https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1","code":"01"}]}}],"system":"https://fhir.nhs.uk/Id/nhs-number","value":"1234567890"}]}})"));
  ASSERT_TRUE(adapted) << adapted.error().ToString();
  const fhir::Element* entry = adapted->transaction.root->Find("entry");
  EXPECT_EQ(entry->Walk("request", "url")->value(), "Patient?identifier=https://careloom.example/fhir/id/gp-connect/unknown|p1");
  const std::string out = fhir::json::Write(*entry);
  EXPECT_NE(out.find("\"value\":\"1234567890\""), std::string::npos) << "kept as given";
  EXPECT_NE(out.find("\"code\":\"03\""), std::string::npos) << "marked not verified";
}

// The transaction must not name one place twice: a server refuses it whole.
TEST(GpConnectBadInput, NoTwoEntriesOfTheTransactionHaveOneKey) {
  const std::string contained =
      R"({"resourceType":"Medication","id":"1","code":{"text":"x"}},{"resourceType":"Medication","id":"1","code":{"text":"y"}},{"resourceType":"Medication"})";
  const std::string twice = R"({"resource":{"resourceType":"Observation","identifier":[{"system":"s","value":"v"}],"status":"final"}},)"
                            R"({"resource":{"resourceType":"Observation","identifier":[{"system":"s","value":"v"}],"status":"amended"}},)";
  const auto adapted =
      GpConnect().Adapt(Bundle(kPatient + "," + twice + R"({"resource":{"resourceType":"List","contained":[)" + contained + "]}}"));
  ASSERT_TRUE(adapted) << adapted.error().ToString();
  std::set<std::string> urls, places;
  for (const fhir::Element& entry : fhir::Repeats(*adapted->transaction.root, "entry")) {
    EXPECT_TRUE(urls.insert(std::string(entry.Walk("request", "url")->value())).second) << entry.Walk("request", "url")->value();
    EXPECT_TRUE(places.insert(std::string(entry.ValueOf("fullUrl"))).second);
  }
}

TEST(GpConnectBadInput, HostileShapesNeverCrash) {
  for (const std::string entry :
       {"{}", R"({"resource":{}})", R"({"resource":{"resourceType":"List"}})", R"({"resource":{"resourceType":"Nonsense","id":5}})",
        R"({"resource":{"resourceType":"Observation","subject":"Patient/p1","code":[[1]],"extension":{"url":[]}}})",
        R"({"resource":{"resourceType":"Observation","subject":{"reference":""},"related":[null,{"target":{"reference":"#x"}}]}})"}) {
    const auto adapted = GpConnect().Adapt(Bundle(kPatient + "," + entry));
    if (!adapted) {
      EXPECT_NE(adapted.error().kind(), fhir::ErrorKind::kInternal) << entry;
    }
  }
}
