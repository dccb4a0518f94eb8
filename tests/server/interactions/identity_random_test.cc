// Whatever is written in whatever order: joined Patients have exactly one survivor, the best by source and then the
// first stored, which names all others, and each of them it alone; and the store's PersonOf says the same.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "fhir/json/reader.h"
#include "server/interactions/identity.h"
#include "server/interactions/transaction.h"
#include "tests/support/served.h"

namespace {

using fhir::Element;

constexpr const char* kSystems[] = {"https://careloom.example/fhir/id/pds", "https://careloom.example/fhir/id/gp-connect/A82038",
                                    "https://careloom.example/fhir/id/la-person-id/203", "https://example.org/id"};
constexpr const char* kNumbers[] = {"9990000018", "9990001278", "9990002517"};
constexpr int kPatients = 9;

class IdentityRandom : public testing::TestWithParam<unsigned> {
 protected:
  unsigned Pick(unsigned below) { return static_cast<unsigned>(random_() % below); }

  // A Patient's source goes by its id; its number is one of three, or none, or not traced.
  std::string Body(unsigned patient, const std::string& links) {
    const std::string id = "p" + std::to_string(patient);
    std::string number;
    if (const unsigned which = Pick(5); which < 4) {
      number = R"(,{"system":"https://fhir.nhs.uk/Id/nhs-number","value":")" + std::string(kNumbers[which % 3]) + "\"" + (which == 3 ? R"(,"use":"old")" : "") + "}";
    }
    return R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[{"system":")" + kSystems[patient % 4] + R"(","value":")" + id + "\"}" + number + "]" + links + "}";
  }

  void Message(unsigned patient) {
    auto bundle = fhir::json::Read(R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":)" + Body(patient, {}) +
                                   R"(,"request":{"method":"PUT","url":"Patient/p)" + std::to_string(patient) + R"("}}]})");
    ASSERT_TRUE(bundle) << bundle.error().ToString();
    fhir::IssueSink issues;
    server::interactions::TransactionOptions options;
    options.from_source = true;
    const auto done = server::interactions::ExecuteTransaction(served_.app(), std::move(*bundle), issues, options);
    EXPECT_TRUE(done || done.error().kind() == fhir::ErrorKind::kConflict) << done.error().ToString();
  }

  void Step() {
    const unsigned patient = Pick(kPatients), what = Pick(10);
    const std::string target = "/fhir/Patient/p" + std::to_string(patient);
    int status = 200;
    if (what == 0) {
      status = served_.Do("DELETE", target).status;
    } else if (what <= 4) {
      Message(patient);
    } else {   // over REST, with no link or one made up
      const std::string type = Pick(2) == 0 ? "replaces" : "replaced-by";
      const std::string link = R"(,"link":[{"other":{"reference":"Patient/p)" + std::to_string(Pick(kPatients)) + R"("},"type":")" + type + "\"}]";
      status = served_.Do("PUT", target, Body(patient, what == 5 ? link : "")).status;
    }
    EXPECT_TRUE(status == 200 || status == 201 || status == 204 || status == 409) << status;
  }

  void CheckAll() {
    const auto reader = served_.app().store->OpenReader();
    ASSERT_TRUE(reader);
    std::map<std::string, std::pair<int, std::int64_t>> order;   // source's precedence, key
    std::map<std::string, std::map<std::string, std::string>> links;
    for (int i = 0; i < kPatients; ++i) {
      const auto version = (*reader)->Read("Patient", "p" + std::to_string(i));
      if (!version || version->deleted()) continue;
      const auto patient = fhir::json::Read(version->body);
      ASSERT_TRUE(patient);
      order[version->id] = {server::interactions::PrecedenceOf(*patient->root), version->key};
      for (const Element& link : fhir::Repeats(*patient->root, "link")) {
        const std::string other(link.Find("other")->ValueOf("reference").substr(8));
        EXPECT_TRUE(links[version->id].emplace(other, link.ValueOf("type")).second) << version->id << " names " << other << " twice";
      }
    }
    for (const auto& [id, rank] : order) {
      std::set<std::string> person = {id};
      for (const auto& [other, type] : links[id]) {
        if (!order.contains(other)) continue;   // made up, or not there yet
        person.insert(other);
        if (other == id) continue;
        EXPECT_EQ(links[other][id], type == "replaces" ? "replaced-by" : "replaces") << id << " and " << other;
        EXPECT_EQ(rank < order[other], type == "replaces") << id << " before " << other;
        if (type == "replaces") continue;
        for (const auto& [sibling, of] : links[other]) {
          if (order.contains(sibling)) person.insert(sibling);
        }
      }
      const auto told = (*reader)->PersonOf(id);
      ASSERT_TRUE(told) << told.error().ToString();
      EXPECT_EQ(std::set<std::string>(told->begin(), told->end()), person);
    }
  }

  careloom_test::Served served_;
  std::mt19937 random_{GetParam()};
};

TEST_P(IdentityRandom, LinksAlwaysTellOneSurvivorFromBothSides) {
  for (int step = 0; step < 150 && !HasFailure(); ++step) {
    Step();
    CheckAll();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, IdentityRandom, testing::Range(1u, 9u));

}  // namespace
