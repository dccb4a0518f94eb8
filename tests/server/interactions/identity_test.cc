// Patients of several sources become one person by their NHS number, and come apart again.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "fhir/json/reader.h"
#include "server/http/message.h"
#include "server/interactions/transaction.h"
#include "tests/support/served.h"

namespace {

using fhir::Element;
using server::http::Response;
using server::interactions::Done;

constexpr std::string_view kA = "9990000018", kB = "9990001278";   // check digits are right
constexpr std::string_view kGp = "https://careloom.example/fhir/id/gp-connect/A82038";
constexpr std::string_view kCouncil = "https://careloom.example/fhir/id/la-person-id/203";

std::string Identifier(std::string_view system, std::string_view value, std::string_view more = {}) {
  return R"({"system":")" + std::string(system) + R"(","value":")" + std::string(value) + "\"" + std::string(more) + "}";
}
std::string Number(std::string_view number, std::string_view more = {}) { return Identifier("https://fhir.nhs.uk/Id/nhs-number", number, more); }
std::string Status(std::string_view code) {
  return R"(,"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus","valueCodeableConcept":{"coding":[{"system":
      "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland","code":")" + std::string(code) + R"("}]}}])";
}

class Identity : public testing::Test {
 protected:
  // A Patient over REST: its identifiers and, after a comma, what else it has.
  Response Put(const std::string& id, const std::string& identifiers, const std::string& more = {}) {
    return served_.Do("PUT", "/fhir/Patient/" + id, Body(id, identifiers, more));
  }
  static std::string Body(const std::string& id, const std::string& identifiers, const std::string& more = {}) {
    return R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[)" + identifiers + "]" + more + "}";
  }
  // The same as a message of a source, which knows its Patient by the first identifier, here its id.
  fhir::Result<std::vector<Done>> Message(const std::string& id, const std::string& identifiers, const std::string& more = {}) {
    TRY_ASSIGN(fhir::Document bundle, fhir::json::Read(R"({"resourceType":"Bundle","type":"transaction","entry":[
        {"resource":)" + Body(id, identifiers, more) + R"(,"request":{"method":"PUT","url":"Patient/)" + id + R"("}},
        {"resource":{"resourceType":"Observation","id":"of-)" + id + R"(","status":"final","code":{"text":"x"}},"request":{"method":"PUT","url":"Observation/of-)" + id + R"("}}]})"));
    fhir::IssueSink issues;
    server::interactions::TransactionOptions options;
    options.from_source = true;
    return server::interactions::ExecuteTransaction(served_.app(), std::move(bundle), issues, options);
  }
  // "replaces Patient/b, seealso Patient/c", in the resource's order; the status when it is not there.
  std::string LinksOf(const std::string& id) {
    const Response answer = served_.Do("GET", "/fhir/Patient/" + id);
    if (answer.status != 200) return std::to_string(answer.status);
    return LinksIn(answer.body);
  }
  static std::string LinksIn(const std::string& body) {
    const auto patient = fhir::json::Read(body);
    if (!patient) return patient.error().ToString();
    std::string links;
    for (const Element& link : fhir::Repeats(*patient->root, "link")) {
      links += (links.empty() ? "" : ", ") + std::string(link.ValueOf("type")) + " " + std::string(link.Find("other")->ValueOf("reference"));
    }
    return links;
  }
  std::string VersionOf(const std::string& id) { return std::string(server::http::FindHeader(served_.Do("GET", "/fhir/Patient/" + id).headers, "ETag")); }

  careloom_test::Served served_;
};

TEST_F(Identity, TwoSourcesWithOneNumberAreOnePerson) {
  ASSERT_TRUE(Message("la", Identifier(kCouncil, "1") + "," + Number(kA)).has_value());
  ASSERT_TRUE(Message("gp", Identifier(kGp, "1") + "," + Number(kA), R"(,"gender":"female")").has_value());
  EXPECT_EQ(LinksOf("gp"), "replaces Patient/la");
  EXPECT_EQ(LinksOf("la"), "replaced-by Patient/gp");
  EXPECT_EQ(served_.Do("GET", "/fhir/Patient/la").body.find("gender"), std::string::npos) << "each source keeps its own values";
}

TEST_F(Identity, ANumberThatComesLaterJoins) {
  ASSERT_TRUE(Message("gp", Identifier(kGp, "1") + "," + Number(kA, Status("01"))).has_value());
  ASSERT_TRUE(Message("la", Identifier(kCouncil, "1")).has_value());
  EXPECT_EQ(LinksOf("gp"), "");
  ASSERT_TRUE(Message("la", Identifier(kCouncil, "1") + "," + Number(kA)).has_value());
  EXPECT_EQ(LinksOf("gp"), "replaces Patient/la");
  EXPECT_EQ(LinksOf("la"), "replaced-by Patient/gp");
}

TEST_F(Identity, ABetterSourceThatComesLaterSurvives) {
  ASSERT_TRUE(Message("other", Number(kA)).has_value());
  ASSERT_TRUE(Message("la1", Identifier(kCouncil, "1") + "," + Number(kA)).has_value());
  ASSERT_TRUE(Message("la2", Identifier(kCouncil, "2") + "," + Number(kA)).has_value());
  EXPECT_EQ(LinksOf("la1"), "replaces Patient/other, replaces Patient/la2") << "of one council's the first stored, of all the council's";
  ASSERT_TRUE(Message("gp", Identifier(kGp, "1") + "," + Number(kA)).has_value());
  EXPECT_EQ(LinksOf("gp"), "replaces Patient/la1, replaces Patient/la2, replaces Patient/other");
  EXPECT_EQ(LinksOf("la1"), "replaced-by Patient/gp");
  EXPECT_EQ(LinksOf("la2"), "replaced-by Patient/gp");
  ASSERT_TRUE(Message("pds", Identifier("https://careloom.example/fhir/id/pds", "x") + "," + Number(kA)).has_value());
  EXPECT_EQ(LinksOf("gp"), "replaced-by Patient/pds");
  EXPECT_EQ(LinksOf("other"), "replaced-by Patient/pds");
  EXPECT_EQ(LinksOf("pds"), "replaces Patient/gp, replaces Patient/la1, replaces Patient/la2, replaces Patient/other");
}

TEST_F(Identity, WhatIsNotSurelyTheirsJoinsNobody) {
  ASSERT_EQ(Put("p", Number(kA)).status, 201);
  ASSERT_EQ(Put("untraced", Number(kA, Status("03"))).status, 201);
  ASSERT_EQ(Put("words", Number(kA, Status("number-present-but-not-traced"))).status, 201);
  ASSERT_EQ(Put("old", Number(kA, R"(,"use":"old")")).status, 201);
  ASSERT_EQ(Put("bad1", Number("9990000019")).status, 201);
  ASSERT_EQ(Put("bad2", Number("9990000019")).status, 201);
  for (const char* id : {"filler1", "filler2"}) ASSERT_EQ(Put(id, Number("9999999999")).status, 201);   // passes modulus 11
  ASSERT_EQ(Put("elsewhere", Identifier("https://example.org/id", kA)).status, 201);
  for (const char* id : {"p", "untraced", "words", "old", "bad1", "bad2", "filler1", "filler2", "elsewhere"}) EXPECT_EQ(LinksOf(id), "") << id;
  ASSERT_EQ(Put("untraced", Number(kA, Status("01"))).status, 200);
  EXPECT_EQ(LinksOf("untraced"), "replaced-by Patient/p") << "traced at last";
}

TEST_F(Identity, ANumberIsThePersonsThoughTheSurvivingPatientDoesNotHaveIt) {
  for (const char* id : {"gp", "la", "other"}) ASSERT_EQ(Put(id, Number(kA)).status, 201);
  ASSERT_TRUE(Message("gp", Number(kA, Status("03"))).has_value());
  EXPECT_EQ(LinksOf("gp"), "replaces Patient/la, replaces Patient/other");
  ASSERT_EQ(Put("new", Number(kA)).status, 201);
  EXPECT_EQ(LinksOf("new"), "replaced-by Patient/gp");
}

TEST_F(Identity, AnAnswerIsTheVersionThatStands) {
  ASSERT_EQ(Put("p", Number(kA)).status, 201);
  const Response created = Put("q", Number(kA));
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(LinksIn(created.body), "replaced-by Patient/p");
  EXPECT_EQ(server::http::FindHeader(created.headers, "ETag"), VersionOf("q"));
  ASSERT_EQ(Put("r", Number(kB)).status, 201);
  const Response updated = Put("r", Number(kA));
  EXPECT_EQ(updated.status, 200);
  EXPECT_EQ(LinksIn(updated.body), "replaced-by Patient/p");
  EXPECT_EQ(server::http::FindHeader(updated.headers, "ETag"), VersionOf("r"));
}

TEST_F(Identity, TakingTheLinkOutUnjoinsOnBothSidesForGood) {
  ASSERT_EQ(Put("p", Number(kA)).status, 201);
  ASSERT_EQ(Put("q", Number(kA)).status, 201);
  ASSERT_EQ(Put("r", Number(kA)).status, 201);
  ASSERT_EQ(Put("q", Number(kA), R"(,"gender":"male")").status, 200);
  EXPECT_EQ(LinksOf("q"), "");
  EXPECT_EQ(LinksOf("p"), "replaces Patient/r");
  ASSERT_TRUE(Message("q", Number(kA), R"(,"gender":"female")").has_value());
  EXPECT_EQ(LinksOf("q"), "") << "the same number again joins nobody";
  ASSERT_EQ(Put("p", Number(kA)).status, 200);
  EXPECT_EQ(LinksOf("r"), "") << "from the surviving one's side too";
}

TEST_F(Identity, WhoseANumberOfTwoPartedPatientsIsIsForAPersonToDecide) {
  ASSERT_EQ(Put("p", Number(kA)).status, 201);
  ASSERT_EQ(Put("q", Number(kA)).status, 201);
  ASSERT_EQ(Put("q", Number(kA), R"(,"gender":"male")").status, 200);
  const auto held = Message("r", Number(kA));
  ASSERT_FALSE(held.has_value());
  EXPECT_EQ(held.error().kind(), fhir::ErrorKind::kConflict);
  EXPECT_NE(held.error().text().find("Patient/p and Patient/q"), std::string::npos) << held.error().ToString();
  EXPECT_EQ(LinksOf("r"), "404");
  ASSERT_EQ(Put("q", Number(kA, R"(,"use":"old")")).status, 200);
  ASSERT_TRUE(Message("r", Number(kA)).has_value());
  EXPECT_EQ(LinksOf("r"), "replaced-by Patient/p");
}

TEST_F(Identity, ALinkPutInByHandJoinsAsANumberDoes) {
  ASSERT_EQ(Put("p", Number(kA)).status, 201);
  ASSERT_EQ(Put("q", Number(kA)).status, 201);
  ASSERT_EQ(served_.Do("PUT", "/fhir/Patient/r", R"({"resourceType":"Patient","id":"r","link":[{"other":{"reference":"Patient/q"},"type":"replaces"}]})").status, 201);
  EXPECT_EQ(LinksOf("p"), "replaces Patient/q, replaces Patient/r");
  EXPECT_EQ(LinksOf("q"), "replaced-by Patient/p");
  EXPECT_EQ(LinksOf("r"), "replaced-by Patient/p") << "no chains";
}

TEST_F(Identity, ANumberJoinsWithPatientsWhoseSurvivorLacksIt) {
  Put("gp", Identifier(kGp, "1"));
  for (const char* id : {"a", "b"}) {
    Put(id, Identifier(kCouncil, id) + "," + Number(kA), R"(,"link":[{"other":{"reference":"Patient/gp"},"type":"replaced-by"}])");
  }
  EXPECT_EQ(LinksOf("b"), "replaced-by Patient/gp");
  Put("c", Identifier(kCouncil, "c") + "," + Number(kA));
  EXPECT_EQ(LinksOf("c"), "replaced-by Patient/gp");
}

TEST_F(Identity, AReferenceByANumberIsToTheSurvivor) {
  Put("gp", Identifier(kGp, "1") + "," + Number(kA));
  Put("council", Identifier(kCouncil, "1") + "," + Number(kA));
  const std::string observation = R"({"resource":{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|)" +
                                  std::string(kA) + R"("}},"request":{"method":"PUT","url":"Observation/o"}})";
  const auto subject = [&](const std::string& more) {
    const Response answer = served_.Do("POST", "/fhir", R"({"resourceType":"Bundle","type":"transaction","entry":[)" + more + observation + "]}");
    if (answer.status != 200) return answer.body;
    const auto stored = fhir::json::Read(served_.Do("GET", "/fhir/Observation/o").body);
    EXPECT_EQ(served_.Do("DELETE", "/fhir/Observation/o").status, 204);
    return std::string(stored->root->Walk("subject", "reference")->value());
  };
  EXPECT_EQ(subject(""), "Patient/gp");
  // One of the Patients in the transaction itself; one that is new is somebody else until it is stored.
  const std::string council = R"({"resource":)" + Body("council", Identifier(kCouncil, "1") + "," + Number(kA), R"(,"gender":"female","link":[{"other":{"reference":"Patient/gp"},"type":"replaced-by"}])") +
                              R"(,"request":{"method":"PUT","url":"Patient/council"}},)";
  EXPECT_EQ(subject(council), "Patient/gp");
  const std::string fresh = R"({"resource":)" + Body("fresh", Number(kA)) + R"(,"request":{"method":"PUT","url":"Patient/fresh"}},)";
  EXPECT_NE(subject(fresh).find("multiple-matches"), std::string::npos);
}

TEST_F(Identity, ALinkToAPatientThatComesLaterGetsItsOtherSideThen) {
  ASSERT_EQ(Put("p", Number(kA), R"(,"link":[{"other":{"reference":"Patient/later"},"type":"replaced-by"}])").status, 201);
  ASSERT_EQ(Put("later", Identifier(kCouncil, "1")).status, 201);
  EXPECT_EQ(LinksOf("later"), "replaces Patient/p");
  EXPECT_EQ(LinksOf("p"), "replaced-by Patient/later");
}

TEST_F(Identity, AMessageKeepsTheJoinAndChangesNothingWhenItSaysTheSame) {
  const std::string seealso = R"(,"link":[{"other":{"reference":"Patient/carer"},"type":"seealso"}])";
  ASSERT_EQ(Put("carer", Identifier(kCouncil, "9")).status, 201);
  ASSERT_TRUE(Message("gp", Identifier(kGp, "1") + "," + Number(kA)).has_value());
  ASSERT_TRUE(Message("la", Identifier(kCouncil, "1") + "," + Number(kA), seealso).has_value());
  EXPECT_EQ(LinksOf("la"), "seealso Patient/carer, replaced-by Patient/gp");
  EXPECT_EQ(LinksOf("carer"), "");
  const std::string before = VersionOf("la");
  const auto again = Message("la", Identifier(kCouncil, "1") + "," + Number(kA), seealso);
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE((*again)[0].changed);
  EXPECT_EQ(VersionOf("la"), before);
  ASSERT_TRUE(Message("la", Identifier(kCouncil, "1") + "," + Number(kA), R"(,"gender":"male")").has_value());
  EXPECT_EQ(LinksOf("la"), "replaced-by Patient/gp") << "seealso is the source's own";
  ASSERT_TRUE(Message("la", Identifier(kCouncil, "1")).has_value());
  EXPECT_EQ(LinksOf("la"), "replaced-by Patient/gp") << "a number that goes un-joins nothing";
}

TEST_F(Identity, AnotherNumberFromASourceIsHeldAndNothingOfItStored) {
  ASSERT_TRUE(Message("gp", Identifier(kGp, "1") + "," + Number(kA)).has_value());
  ASSERT_TRUE(Message("la", Identifier(kCouncil, "1") + "," + Number(kA)).has_value());
  ASSERT_EQ(served_.Do("DELETE", "/fhir/Observation/of-la").status, 204);
  const auto held = Message("la", Identifier(kCouncil, "1") + "," + Number(kB));
  ASSERT_FALSE(held.has_value());
  EXPECT_EQ(held.error().kind(), fhir::ErrorKind::kConflict);
  EXPECT_EQ(held.error().path(), "Bundle.entry[0].resource.identifier");
  EXPECT_EQ(held.error().ToString().find(kB), std::string::npos) << "an NHS number in an error";
  EXPECT_EQ(served_.Do("GET", "/fhir/Observation/of-la").status, 410);
  EXPECT_NE(served_.Do("GET", "/fhir/Patient/la").body.find(kA), std::string::npos);
  // Somebody decides, and the message goes in.
  ASSERT_EQ(Put("la", Identifier(kCouncil, "1") + "," + Number(kB)).status, 200);
  EXPECT_EQ(LinksOf("gp"), "");
  ASSERT_TRUE(Message("la", Identifier(kCouncil, "1") + "," + Number(kB)).has_value());
  EXPECT_EQ(LinksOf("la"), "");
}

TEST_F(Identity, ANumberThatTheJoinedOnesDoNotHaveIsHeldTooWhenItsOwnIsGone) {
  ASSERT_TRUE(Message("gp", Identifier(kGp, "1") + "," + Number(kA)).has_value());
  ASSERT_TRUE(Message("la", Identifier(kCouncil, "1") + "," + Number(kA)).has_value());
  ASSERT_TRUE(Message("la", Identifier(kCouncil, "1")).has_value());
  EXPECT_FALSE(Message("la", Identifier(kCouncil, "1") + "," + Number(kB)).has_value());
  EXPECT_TRUE(Message("la", Identifier(kCouncil, "1") + "," + Number(kA)).has_value());
}

TEST_F(Identity, TwoNumbersForOneIdAreHeld) {
  EXPECT_FALSE(Message("la", Identifier(kCouncil, "1") + "," + Number(kA) + "," + Number(kB)).has_value());
  EXPECT_EQ(LinksOf("la"), "404");
  EXPECT_TRUE(Message("la", Identifier(kCouncil, "1") + "," + Number(kA) + "," + Number(kB, Status("02"))).has_value());
}

TEST_F(Identity, ANumberGivenToAJoinedPatientDoesNotMakeTwoPersonsOne) {
  ASSERT_EQ(Put("a", Number(kA)).status, 201);
  ASSERT_EQ(Put("b", Number(kB)).status, 201);
  ASSERT_EQ(Put("p", Number(kA)).status, 201);
  const Response refused = Put("p", Number(kB), R"(,"link":[{"other":{"reference":"Patient/a"},"type":"replaced-by"}])");
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_EQ(LinksOf("b"), "");
  ASSERT_EQ(Put("p", Number(kB)).status, 200);
  EXPECT_EQ(LinksOf("p"), "replaced-by Patient/b");
  EXPECT_EQ(LinksOf("a"), "");
}

TEST_F(Identity, PatientsOfOneTransactionJoinWithEachOtherAndWithWhatIsThere) {
  ASSERT_EQ(Put("there", Number(kA)).status, 201);
  const Response answer = served_.Do("POST", "/fhir", R"({"resourceType":"Bundle","type":"transaction","entry":[
      {"resource":)" + Body("one", Number(kA)) + R"(,"request":{"method":"PUT","url":"Patient/one"}},
      {"resource":)" + Body("two", Number(kA)) + R"(,"request":{"method":"PUT","url":"Patient/two"}},
      {"resource":)" + Body("three", Number(kB)) + R"(,"request":{"method":"PUT","url":"Patient/three"}}]})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(LinksOf("there"), "replaces Patient/one, replaces Patient/two");
  EXPECT_EQ(LinksOf("one"), "replaced-by Patient/there");
  EXPECT_EQ(LinksOf("two"), "replaced-by Patient/there");
  EXPECT_EQ(LinksOf("three"), "");
  EXPECT_NE(answer.body.find(R"("location":"Patient/one/_history/2")"), std::string::npos) << answer.body;
}

TEST_F(Identity, ADeletedPatientLeavesTheOthersJoined) {
  for (const char* id : {"p", "q", "r"}) ASSERT_EQ(Put(id, Number(kA)).status, 201);
  ASSERT_EQ(served_.Do("DELETE", "/fhir/Patient/p").status, 204);
  EXPECT_EQ(LinksOf("q"), "replaces Patient/r");
  EXPECT_EQ(LinksOf("r"), "replaced-by Patient/q");
  ASSERT_EQ(served_.Do("DELETE", "/fhir/Patient/r").status, 204);
  EXPECT_EQ(LinksOf("q"), "");
  ASSERT_EQ(Put("p", Number(kA)).status, 201);
  EXPECT_EQ(LinksOf("p"), "replaces Patient/q") << "it is back, and was stored first";
}

TEST_F(Identity, AnOlderMessageStaysOlderAfterAJoin) {
  const auto message = [&](std::string_view as_of, std::string_view gender) {
    auto bundle = fhir::json::Read(R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":)" +
                                   Body("gp", Number(kA), R"(,"gender":")" + std::string(gender) + "\"") +
                                   R"(,"request":{"method":"PUT","url":"Patient/gp","extension":[{"url":"https://careloom.example/fhir/StructureDefinition/as-of","valueInstant":")" +
                                   std::string(as_of) + R"("}]}}]})");
    fhir::IssueSink issues;
    server::interactions::TransactionOptions options;
    options.from_source = true;
    return server::interactions::ExecuteTransaction(served_.app(), std::move(*bundle), issues, options).has_value();
  };
  ASSERT_TRUE(message("2026-05-01T00:00:00Z", "female"));
  ASSERT_EQ(Put("q", Number(kA)).status, 201);
  ASSERT_TRUE(message("2026-04-01T00:00:00Z", "male"));
  EXPECT_NE(served_.Do("GET", "/fhir/Patient/gp").body.find("female"), std::string::npos);
}

TEST_F(Identity, MorePatientsThanOnePersonCanHaveAreRefused) {
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Put("p" + std::to_string(i), Number(kA)).status, 201) << i;
  const Response refused = Put("p100", Number(kA));
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_EQ(LinksOf("p100"), "404");
}

TEST_F(Identity, AtOnceOrNotThereIsExactlyOneSurvivor) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, i] { EXPECT_EQ(Put("p" + std::to_string(i), Number(kA)).status, 201); });
  }
  for (std::thread& thread : threads) thread.join();
  int survivors = 0, replaced = 0;
  for (int i = 0; i < 8; ++i) {
    const std::string links = LinksOf("p" + std::to_string(i));
    survivors += links.starts_with("replaces ") && std::ranges::count(links, ',') == 6;
    replaced += links.starts_with("replaced-by ") && std::ranges::count(links, ',') == 0;
  }
  EXPECT_EQ(survivors, 1);
  EXPECT_EQ(replaced, 7);
}

}  // namespace
