// Budgets and entries read from Account and ChargeItem, and the words and places of what is refused.
#include "fhir/money/ledger.h"

#include "fhir/json/reader.h"
#include "tests/fhir/money/resources.h"

namespace {

using namespace fhir::money;
using careloom_test::AccountJson;
using careloom_test::EntryJson;
using careloom_test::Replaced;

fhir::Document Parsed(const std::string& json) {
  auto document = fhir::json::Read(json);
  EXPECT_TRUE(document) << json << "\n" << (document ? "" : document.error().ToString());
  return *std::move(document);
}

std::string Refusal(const std::string& json) {
  const fhir::Document document = Parsed(json);
  if (document.root->resource_type() == "Account") {
    const auto budget = ReadBudget(*document.root);
    return budget ? "read" : budget.error().ToString();
  }
  const auto entry = ReadEntry(*document.root);
  return entry ? "read" : entry.error().ToString();
}

const std::string kAccount = AccountJson("b1");
const std::string kCharge = EntryJson("c1", "charge", "12.50", "2026-04-03");

TEST(Budget, IsReadFromItsAccount) {
  const fhir::Document document = Parsed(kAccount);
  ASSERT_TRUE(IsBudget(*document.root));
  const auto budget = ReadBudget(*document.root);
  ASSERT_TRUE(budget) << budget.error().ToString();
  EXPECT_EQ(budget->id, "b1");
  EXPECT_EQ(budget->type, "personal-health-budget");
  EXPECT_EQ(budget->subject, "Patient/p1");
  EXPECT_EQ(budget->owner, "Organization/icb");
  EXPECT_EQ(budget->stage, Stage::kAgreed);
  EXPECT_EQ(budget->mechanism, "direct-payment");
  EXPECT_EQ(budget->right_to_have, "adult-chc");
  EXPECT_EQ(FormatDay(budget->period.first) + " " + FormatDay(*budget->period.last), "2026-04-01 2027-03-31");
  EXPECT_EQ(budget->agreed, (Amount{1'000'000, "GBP"}));
  EXPECT_FALSE(budget->indicative);
  EXPECT_EQ(budget->over_policy, OverPolicy::kRefuse);
  EXPECT_EQ(budget->parent, "b0");
}

TEST(Budget, IsAnAccountOfOneOfItsTypesOnly) {
  EXPECT_FALSE(IsBudget(*Parsed(R"({"resourceType":"Account","status":"active"})").root));
  EXPECT_FALSE(IsBudget(*Parsed(R"({"resourceType":"Account","type":{"coding":[{"system":"http://example.org","code":"PBILLACCT"}]}})").root));
  EXPECT_FALSE(IsBudget(*Parsed(kCharge).root));
}

TEST(Budget, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(Refusal(Replaced(kAccount, "personal-health-budget", "purse")),
            "The type of budget is 'purse'; allowed are personal-health-budget, care-act-personal-budget, integrated-personal-budget and personal-wheelchair-budget (at Account.type)");
  EXPECT_EQ(Refusal(Replaced(kAccount, "\"2027-03-31\"", "\"2026-03-31\"")), "The period ends on 2026-03-31, before it begins on 2026-04-01 (at Account.servicePeriod.end)");
  EXPECT_EQ(Refusal(Replaced(kAccount, "\"2026-04-01\"", "\"2026-04\"")), "A whole day is needed, such as 2026-04-01; found is '2026-04' (at Account.servicePeriod.start)");
  EXPECT_NE(Refusal(Replaced(kAccount, "10000.00", "10000.001")).find("at most two places are allowed after the point (at Account.extension[3].valueMoney.value)"), std::string::npos);
  EXPECT_NE(Refusal(Replaced(kAccount, "\"direct-payment\"", "\"cash\"")).find("The delivery mechanism is 'cash'; allowed are notional"), std::string::npos);
  EXPECT_NE(Refusal(Replaced(kAccount, "\"agreed\"", "\"maybe\"")).find("The stage is 'maybe'"), std::string::npos);
  EXPECT_NE(Refusal(Replaced(kAccount, "Account/b0", "Patient/b0")).find("(at Account.partOf)"), std::string::npos);
}

TEST(Entry, IsReadFromItsChargeItem) {
  const fhir::Document document = Parsed(kCharge);
  ASSERT_TRUE(IsEntry(*document.root));
  const auto entry = ReadEntry(*document.root);
  ASSERT_TRUE(entry) << entry.error().ToString();
  EXPECT_EQ(entry->kind, Kind::kCharge);
  EXPECT_EQ(entry->account, "b1");
  EXPECT_EQ(entry->amount, (Amount{1250, "GBP"}));
  EXPECT_EQ(FormatDay(entry->day), "2026-04-03");
  EXPECT_EQ(entry->goals, (std::vector<std::string>{"g1", "g2"}));
  EXPECT_EQ(entry->keys, (std::vector<std::string>{"urn:key|c1"}));
  EXPECT_TRUE(entry->counts);
  EXPECT_FALSE(entry->part_of);
}

TEST(Entry, IsAChargeItemWithAKindAndAnAccount) {
  EXPECT_FALSE(IsEntry(*Parsed(R"({"resourceType":"ChargeItem","account":[{"reference":"Account/b1"}]})").root));
  EXPECT_FALSE(IsEntry(*Parsed(Replaced(kCharge, "\"account\"", "\"context\"")).root));
}

TEST(Entry, CountsOnTheDayThatWasWrittenWhateverItsOffset) {
  for (const char* moment : {"2026-04-03", "2026-04-03T00:30:00+01:00", "2026-04-03T23:30:00-05:00", "2026-04-03T10:00:00Z"}) {
    const auto entry = ReadEntry(*Parsed(Replaced(kCharge, "\"2026-04-03\"", '"' + std::string(moment) + '"')).root);
    ASSERT_TRUE(entry) << moment;
    EXPECT_EQ(FormatDay(entry->day), "2026-04-03") << moment;
  }
  const auto period = ReadEntry(*Parsed(Replaced(kCharge, "\"occurrenceDateTime\":\"2026-04-03\"", R"("occurrencePeriod":{"start":"2026-04-03","end":"2026-04-09"})")).root);
  EXPECT_EQ(FormatDay(period->day), "2026-04-03");
}

TEST(Entry, EnteredInErrorIsReadButDoesNotCount) {
  for (const char* status : {"entered-in-error", "aborted", "not-billable"}) EXPECT_FALSE(ReadEntry(*Parsed(Replaced(kCharge, "billable", status)).root)->counts) << status;
  for (const char* status : {"planned", "billed", "unknown"}) EXPECT_TRUE(ReadEntry(*Parsed(Replaced(kCharge, "billable", status)).root)->counts) << status;
}

TEST(Entry, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(Refusal(Replaced(kCharge, "\"charge\"", "\"gift\"")),
            "The kind of entry is 'gift'; allowed are planned, commitment, charge, transfer, spend, contribution, reclaim and reversal (at ChargeItem.extension[0])");
  EXPECT_EQ(Refusal(Replaced(kCharge, "12.50", "-12.50")),
            "The amount is '-12.50': it must not be negative; what takes money back is a kind of entry (reclaim, reversal), not a sign (at ChargeItem.priceOverride.value)");
  EXPECT_EQ(Refusal(Replaced(kCharge, "\"2026-04-03\"", "\"2026-02-30\"")), "The day is '2026-02-30'; allowed is a whole day that exists, such as 2026-04-01 (at ChargeItem.occurrenceDateTime)");
  EXPECT_EQ(Refusal(Replaced(kCharge, "\"charge\"", "\"reversal\"")), "A reversal needs partOf: the one entry that it takes back (at ChargeItem)");
  EXPECT_EQ(Refusal(Replaced(kCharge, R"("account":[{"reference":"Account/b1"}])", R"("account":[{"reference":"Account/b1"},{"reference":"Account/b2"}])")),
            "An entry is in one account; found is another (at ChargeItem.account[1])");
  EXPECT_NE(Refusal(Replaced(kCharge, "Account/b1", "http://elsewhere.example/Account/b1")).find("(at ChargeItem.account[0])"), std::string::npos);
  EXPECT_NE(Refusal(Replaced(kCharge, "\"priceOverride\"", "\"price\"")).find("needs priceOverride: its amount (at ChargeItem)"), std::string::npos);
  EXPECT_NE(Refusal(Replaced(kCharge, "\"occurrenceDateTime\"", "\"enteredDate\"")).find("needs its day"), std::string::npos);
  EXPECT_NE(Refusal(Replaced(EntryJson("s1", "spend", "1.00", "2026-04-03"), "\"status\"", R"("partOf":[{"reference":"ChargeItem/c1"}],"status")")).find("(at ChargeItem.partOf[0])"), std::string::npos);
}

TEST(References, AreToThisServersResourcesOfTheType) {
  EXPECT_EQ(IdOf("Account/b1", "Account"), "b1");
  EXPECT_EQ(IdOf("Account/b1/_history/3", "Account"), "b1");
  for (const char* reference : {"", "Account", "Account/", "Accounts/b1", "Account/b1/x", "http://a/Account/b1", "#b1", "Patient/b1"}) EXPECT_EQ(IdOf(reference, "Account"), std::nullopt) << reference;
}

TEST(Kinds, HaveTheirCodesAndSayWhatMayBeDoneToThem) {
  for (std::size_t i = 0; i < codes::kKinds.size(); ++i) {
    const auto kind = KindOf(codes::kKinds[i]);
    ASSERT_TRUE(kind);
    EXPECT_EQ(CodeOf(*kind), codes::kKinds[i]);
    EXPECT_EQ(IsImmutable(*kind), codes::kKinds[i] != "planned");
  }
  EXPECT_FALSE(KindOf("gift"));
  EXPECT_FALSE(KindOf(""));
  EXPECT_FALSE(CanBeReversed(Kind::kReversal));
  for (const Stage stage : {Stage::kIndicative, Stage::kAgreed, Stage::kSuspended, Stage::kClosed}) EXPECT_EQ(StageOf(CodeOf(stage)), stage);
  EXPECT_FALSE(StageOf(""));
}

}  // namespace
