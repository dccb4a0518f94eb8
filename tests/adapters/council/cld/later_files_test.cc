// Files that overlap: what a later one corrects and withdraws, and that the order they come in makes no difference.
#include <algorithm>
#include <array>
#include <cstdint>

#include "tests/adapters/council/cld/fake_store.h"

using careloom_test::council::CldFile;
using careloom_test::council::CldRow;
using careloom_test::council::CldSubmission;
using careloom_test::council::FakeStore;
using careloom_test::council::ReadCld;
using careloom_test::council::RequestRow;
using careloom_test::council::ServiceRow;
using careloom_test::council::Take;
using enum adapters::council::cld::Column;

namespace {

// From a seed: the same everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2862933555777941757u + 3037000493u) {}
  std::size_t Below(std::size_t count) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state_ >> 33) % count;
  }
  template <std::size_t N>
  std::string Pick(const std::array<const char*, N>& texts) { return texts[Below(N)]; }

 private:
  std::uint64_t state_;
};

CldSubmission MakeSubmission(const std::string& id, const std::string& from, const std::string& to, std::int64_t received, std::vector<CldRow> rows) {
  for (CldRow& row : rows) {
    row[kPeriodStart] = from;
    row[kPeriodEnd] = to;
  }
  CldSubmission submission{{id, from, to, received}, {}};
  if (rows.empty()) return submission;
  auto read = ReadCld(CldFile(rows));
  EXPECT_EQ(read.error, "");
  submission.rows = std::move(read.rows);
  return submission;
}

FakeStore TakeAll(const std::vector<const CldSubmission*>& files) {
  FakeStore store;
  std::vector<const CldSubmission*> taken;
  for (const CldSubmission* file : files) {
    const auto adapted = Take(*file, "P1", taken, store);
    EXPECT_TRUE(adapted) << adapted.error().ToString();
    taken.push_back(file);
  }
  return store;
}

std::string BodyWith(const FakeStore& store, std::string_view type, std::string_view part = {}) {
  for (const auto& [name, body] : store.bodies()) {
    if (body.find("\"resourceType\":\"" + std::string(type) + "\"") != std::string::npos && body.find(part) != std::string::npos) return body;
  }
  return {};
}

bool Says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(CldLaterFiles, ALaterFileCorrectsAndWithdraws) {
  const CldSubmission first = MakeSubmission("f1", "2024-04-01", "2025-03-31", 1'000'000,
                                             {ServiceRow("P1"), RequestRow("P1", {{kEventStart, "2024-04-05"}, {kEventEnd, "2024-04-06"}}),
                                              RequestRow("P1", {{kEventStart, "2024-09-05"}, {kEventEnd, "2024-09-06"}})});
  const CldSubmission second = MakeSubmission("f2", "2024-07-01", "2025-06-30", 2'000'000, {ServiceRow("P1", {{kUnitCost, "120.00"}})});
  for (const auto& order : {std::vector{&first, &second}, std::vector{&second, &first}}) {
    const FakeStore store = TakeAll(order);
    EXPECT_TRUE(Says(BodyWith(store, "ChargeItem"), "\"value\":120.00"));
    EXPECT_TRUE(Says(BodyWith(store, "EpisodeOfCare"), "\"status\":\"active\""));
    EXPECT_TRUE(Says(BodyWith(store, "ServiceRequest", "request/2024-09-05"), "\"status\":\"entered-in-error\""));
    EXPECT_TRUE(Says(BodyWith(store, "ServiceRequest", "request/2024-04-05"), "\"status\":\"completed\"")) << "the second file does not cover it";
  }
}

TEST(CldLaterFiles, AnOpenServiceEndsWithTheLastFileThatSaidIt) {
  const CldSubmission first = MakeSubmission("f1", "2024-01-01", "2024-03-31", 1'000'000, {ServiceRow("P1", {{kEventStart, "2024-02-01"}})});
  const CldSubmission second = MakeSubmission("f2", "2025-01-01", "2025-03-31", 2'000'000, {});
  for (const auto& order : {std::vector{&first, &second}, std::vector{&second, &first}}) {
    const FakeStore store = TakeAll(order);
    EXPECT_TRUE(Says(BodyWith(store, "EpisodeOfCare"), "\"status\":\"finished\""));
    EXPECT_TRUE(Says(BodyWith(store, "EpisodeOfCare"), "\"end\":\"2024-03-31\""));
  }
}

TEST(CldLaterFiles, RowsThatWereNotUnderstoodWithdrawNothing) {
  const CldSubmission first = MakeSubmission("f1", "2024-04-01", "2025-03-31", 1'000'000, {RequestRow("P1"), ServiceRow("P1")});
  const CldSubmission second = MakeSubmission("f2", "2024-04-01", "2025-06-30", 2'000'000, {ServiceRow("P1"), RequestRow("P1", {{kEventStart, "31/02/2024"}})});
  for (const auto& order : {std::vector{&first, &second}, std::vector{&second, &first}}) {
    const FakeStore store = TakeAll(order);
    EXPECT_TRUE(Says(BodyWith(store, "ServiceRequest"), "\"status\":\"completed\""));
    EXPECT_TRUE(Says(BodyWith(store, "Provenance", "\"f2\""), "rows-not-understood"));
  }
}

TEST(CldLaterFiles, AFileThatDoesNotNameAPersonChangesNothingItDoesNotCover) {
  FakeStore store;
  const CldSubmission first = MakeSubmission("f1", "2024-04-01", "2025-03-31", 1'000'000, {RequestRow("P1")});
  const CldSubmission second = MakeSubmission("f2", "2025-04-01", "2026-03-31", 2'000'000, {});
  ASSERT_TRUE(Take(first, "P1", {}, store));
  const auto adapted = Take(second, "P1", {&first}, store);
  ASSERT_TRUE(adapted);
  EXPECT_EQ(adapted->transaction.root->Find("entry"), nullptr);
}

TEST(CldLaterFiles, WhatIsReplacedIsNamedWithItsVersion) {
  FakeStore store;
  const CldSubmission first = MakeSubmission("f1", "2024-04-01", "2025-03-31", 1'000'000, {RequestRow("P1")});
  ASSERT_TRUE(Take(first, "P1", {}, store));
  const auto again = Take(first, "P1", {}, store);
  ASSERT_TRUE(again);
  for (const fhir::Element& entry : fhir::Repeats(*again->transaction.root, "entry")) {
    const fhir::Element* request = entry.Find("request");
    const bool by_identifier = request->ValueOf("method") == "PUT" && Says(std::string(request->ValueOf("url")), "?identifier=");
    EXPECT_EQ(request->ValueOf("ifMatch"), by_identifier ? "W/\"7\"" : "") << request->ValueOf("url");
  }
}

TEST(CldLaterFiles, ThePersonIsAsTheLatestFileSays) {
  const CldSubmission first = MakeSubmission("f1", "2024-04-01", "2025-03-31", 1'000'000,
                                             {ServiceRow("P1", {{kEventStart, "2024-11-01"}, {kEventEnd, "2024-12-01"}, {kPostcode, "AA1 1AA"}, {kFirstName, "Ada"}, {kDateOfDeath, "2025-01-02"}})});
  const CldSubmission second = MakeSubmission("f2", "2025-01-01", "2025-12-31", 2'000'000, {ServiceRow("P1", {{kEventStart, "2023-01-01"}, {kPostcode, "BB2 2BB"}})});
  for (const auto& order : {std::vector{&first, &second}, std::vector{&second, &first}}) {
    const std::string patient = BodyWith(TakeAll(order), "Patient");
    EXPECT_TRUE(Says(patient, "BB2 2BB")) << "although an older file's event starts later";
    EXPECT_TRUE(Says(patient, "Ada")) << "of which the later file says nothing";
    EXPECT_FALSE(Says(patient, "deceased")) << "which the later file took back";
  }
}

TEST(CldLaterFiles, WhatNoEventSaysAnyMoreIsDeleted) {
  const CldSubmission first = MakeSubmission("f1", "2024-04-01", "2025-03-31", 1'000'000,
                                             {ServiceRow("P1", {{kAdult1, "P2"}, {kDementia, "Yes"}, {kPrimarySupportReason, "Unknown"}})});
  const CldSubmission second = MakeSubmission("f2", "2024-04-01", "2025-06-30", 2'000'000,
                                              {ServiceRow("P1", {{kUnitCost, ""}, {kCostFrequency, ""}, {kDeliveryMechanism, ""}})});
  const FakeStore before = TakeAll({&first});
  const FakeStore after = TakeAll({&first, &second});
  for (const char* type : {"Observation", "Condition", "Account", "ChargeItem", "RelatedPerson"}) {
    EXPECT_NE(BodyWith(before, type), "") << type;
    EXPECT_EQ(BodyWith(after, type), "") << type;
  }
}

TEST(CldLaterFiles, APersonOfManyRowsTakesNoMoreThanItsShare) {
  std::vector<CldRow> rows;
  for (int i = 0; i < 4'000; ++i) {
    const std::string day = std::to_string(1 + i % 28), month = std::to_string(1 + i / 28 % 12), year = std::to_string(1990 + i / 336);
    rows.push_back(ServiceRow("P1", {{kEventStart, day + "/" + month + "/" + year}, {kAccommodationStatus, i % 2 == 0 ? "Refuge" : "Unknown"}, {kAdult1, "A" + std::to_string(i)}}));
  }
  const CldSubmission many = MakeSubmission("f1", "2024-04-01", "2025-03-31", 1'000'000, std::move(rows));
  const auto adapted = careloom_test::council::Cld().people_file()->AdaptPerson({"503", "P1", many.file, many.rows, {}, {}});
  ASSERT_TRUE(adapted) << adapted.error().ToString();
  std::size_t entries = 0;
  for ([[maybe_unused]] const fhir::Element& entry : fhir::Repeats(*adapted->transaction.root, "entry")) ++entries;
  EXPECT_EQ(entries, 5u + 5u * 4'000u);   // council, Patient, plan, Account, Provenance; five for each row
}

TEST(CldLaterFiles, AnyOrderOfThreeFilesEndsInTheSameRecord) {
  constexpr std::array<std::array<const char*, 2>, 5> kPeriods = {{{"2023-07-01", "2024-06-30"}, {"2024-01-01", "2024-12-31"}, {"2024-04-01", "2025-03-31"},
                                                                    {"2024-04-01", "2025-03-31"}, {"2025-04-01", "2025-12-31"}}};
  std::size_t withdrawn = 0, ended = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    Dice dice(seed);
    std::vector<CldSubmission> files;
    for (std::size_t f = 0; f < 3; ++f) {
      const auto& period = kPeriods[dice.Below(kPeriods.size())];
      std::vector<CldRow> rows;
      for (std::size_t i = dice.Below(6); i > 0; --i) {
        const std::string start = dice.Pick(std::array{"2023-08-01", "2024-02-10", "2024-05-01", "2024-11-11"});
        CldRow row = dice.Below(2) == 0 ? ServiceRow("P1", {{kUnitCost, dice.Pick(std::array{"10.00", "20.5", ""})}, {kEventEnd, dice.Pick(std::array{"", "", "2024-12-01"})}})
                                        : RequestRow("P1", {{kEventType, dice.Pick(std::array{"Request", "Review"})}, {kEventEnd, dice.Pick(std::array{"2024-11-20", "2024-12-01"})}});
        row[kEventStart] = start;
        row[kPostcode] = dice.Pick(std::array{"AA1 1AA", "BB2 2BB", ""});
        row[kAccommodationStatus] = dice.Pick(std::array{"Refuge", "Unknown", ""});
        row[kPrimarySupportReason] = dice.Pick(std::array{"Mental health support", "Mental Health Support", "Unknown", ""});
        row[kDeliveryMechanism] = dice.Pick(std::array{"Direct payment", "Direct Payment", "CASSR commissioned support"});
        if (dice.Below(8) == 0) row[kDateOfDeath] = "2024-11-30";
        if (dice.Below(8) == 0) row[kAdult1] = "P2";
        if (dice.Below(12) == 0) row[kGender] = "not a gender";
        rows.push_back(std::move(row));
      }
      files.push_back(MakeSubmission("f" + std::to_string(f), period[0], period[1], static_cast<std::int64_t>(f + 1) * 1'000'000, std::move(rows)));
    }
    std::vector<std::size_t> order = {0, 1, 2};
    std::map<std::string, std::string> expected;
    do {
      auto bodies = TakeAll({&files[order[0]], &files[order[1]], &files[order[2]]}).bodies();
      // A person cared for is somebody else's record: once named, it stays.
      std::erase_if(bodies, [](const auto& entry) { return Says(entry.second, "\"value\":\"P2\"}]}") && Says(entry.second, "\"Patient\""); });
      std::erase_if(bodies, [](const auto& entry) { return Says(entry.second, "\"Organization\""); });
      if (expected.empty()) expected = bodies;
      EXPECT_EQ(bodies, expected) << "seed " << seed << ", order " << order[0] << order[1] << order[2];
      if (::testing::Test::HasFailure()) return;
      for (const auto& [name, body] : bodies) withdrawn += Says(body, "entered-in-error") ? 1U : 0U, ended += Says(body, "\"finished\"") ? 1U : 0U;
    } while (std::ranges::next_permutation(order).found);
  }
  EXPECT_GT(withdrawn, 50u);
  EXPECT_GT(ended, 50u);
}
