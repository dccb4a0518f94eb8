// The rules over personal budgets where messages of other systems meet what people decided here, on both stores. What callers may do is
// in tests/cases/rest/budget.
#include <gtest/gtest.h>

#include <thread>

#include "server/interactions/transaction.h"
#include "server/rules/budget_stages.h"
#include "server/rules/ledger_account.h"
#include "tests/server/care/either_store.h"

namespace careloom_test {
namespace {

using fhir::money::Stage;

const std::string kBase = "https://careloom.example/fhir/";

std::string CodeExtension(const std::string& name, const std::string& code) {
  return R"({"url":")" + kBase + "StructureDefinition/" + name + R"(","valueCodeableConcept":{"coding":[{"system":")" + kBase + "CodeSystem/" + name + R"(","code":")" + code + "\"}]}}";
}

std::string Account(const std::string& stage, const std::string& status, const std::string& agreed, const std::string& more = {}) {
  std::string extensions = CodeExtension("delivery-mechanism", "direct-payment");
  if (!stage.empty()) extensions += "," + CodeExtension("budget-stage", stage);
  if (!agreed.empty()) extensions += R"(,{"url":")" + kBase + R"(StructureDefinition/agreed-amount","valueMoney":{"value":)" + agreed + R"(,"currency":"GBP"}})";
  return R"({"resourceType":"Account","id":"b","extension":[)" + extensions + R"(],"status":")" + status + R"(","type":{"coding":[{"system":")" + kBase +
         R"(CodeSystem/budget-type","code":"care-act-personal-budget"}]},"subject":[{"reference":"Patient/p"}])" + more + "}";
}

std::string Entry(const std::string& id, const std::string& kind, const std::string& amount, const std::string& more = {}) {
  return R"({"resourceType":"ChargeItem","id":")" + id + R"(","extension":[)" + CodeExtension("charge-kind", kind) + R"(],"status":"billable","code":{"text":"Care"},"subject":{"reference":"Patient/p"},"account":[{"reference":"Account/b"}],)" +
         R"("occurrenceDateTime":"2026-05-01","priceOverride":{"value":)" + amount + R"(,"currency":"GBP"})" + more + "}";
}

std::string Line(const std::string& id, const std::string& price) {
  return R"({"resourceType":"ChargeItem","id":")" + id + R"(","extension":[)" + CodeExtension("charge-kind", "planned") + R"(,{"url":")" + kBase + R"(StructureDefinition/unit-price","valueMoney":{"value":)" + price +
         R"(,"currency":"GBP"}}],"status":"planned","code":{"text":"Care"},"subject":{"reference":"Patient/p"},"account":[{"reference":"Account/b"}],"occurrenceDateTime":"2026-05-01"})";
}

class BudgetRules : public EitherStore {
 protected:
  void SetUp() override {
    EitherStore::SetUp();
    if (!IsSkipped()) Put("Patient/p", R"({"resourceType":"Patient","id":"p"})");
  }
  // A message of another system: the resources are put. "" or what was refused.
  std::string Message(const std::vector<std::string>& resources) {
    std::string text = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
    for (const std::string& resource : resources) {
      const auto document = fhir::json::Read(resource);
      text += (text.ends_with('[') ? "" : ",");
      text += R"({"resource":)" + resource + R"(,"request":{"method":"PUT","url":")" + std::string(document->root->resource_type()) + "/" + std::string(document->root->ValueOf("id")) + "\"}}";
    }
    fhir::IssueSink issues;
    server::interactions::TransactionOptions options;
    options.from_source = true;
    auto bundle = fhir::json::Read(text + "]}");
    const auto done = server::interactions::ExecuteTransaction(served_->app(), *std::move(bundle), issues, options);
    return done ? "" : done.error().text();
  }
  std::string Read(const std::string& name) { return served_->Do("GET", "/fhir/" + name).body; }
  std::string Figure(const std::string& name) {
    const std::string body = Read("Account/b/$statement?date=2027-03-31&groups=none&entries=false"), start = R"({"name":")" + name + R"(","part":[{"name":"amount","valueMoney":{"value":)";
    const std::size_t at = body.find(start);
    return at == std::string::npos ? body : body.substr(at + start.size(), body.find(',', at + start.size()) - at - start.size());
  }
};

TEST_P(BudgetRules, ASourceThatSaysNothingOfADecisionTakesNothingAway) {
  ASSERT_EQ(Message({Account("", "active", "")}), "");
  Put("Account/b", Account("agreed", "active", "100.00", R"(,"servicePeriod":{"start":"2026-04-01","end":"2027-03-31"})"));
  Put("ChargeItem/e", Entry("e", "charge", "40.00"));
  const std::string before = Read("Account/b");
  ASSERT_EQ(Message({Account("", "active", "")}), "");
  EXPECT_EQ(Read("Account/b"), before);   // not a new version even
  ASSERT_EQ(Message({Account("", "active", "", R"(,"name":"Renamed")")}), "");
  const std::string after = Read("Account/b");
  for (const char* stands : {"\"agreed\"", "\"value\":100.00", "\"code\":\"charged\"}]}},{\"url\":\"amount\",\"valueMoney\":{\"value\":40.00", "2027-03-31", "Renamed"}) EXPECT_NE(after.find(stands), std::string::npos) << stands;
  Put("Account/b", Account("suspended", "on-hold", "100.00", R"(,"servicePeriod":{"start":"2026-04-01","end":"2027-03-31"})"));
  ASSERT_EQ(Message({Account("", "active", "", R"(,"name":"Again")")}), "");
  EXPECT_NE(Read("Account/b").find("\"on-hold\""), std::string::npos);
}

TEST_P(BudgetRules, ASourceMayBringABudgetWithItsHistoryAndACallerMayNot) {
  const std::string closed = Account("closed", "inactive", "100.00", R"(,"servicePeriod":{"start":"2026-04-01","end":"2027-03-31"})");
  EXPECT_EQ(served_->Do("PUT", "/fhir/Account/b", closed).status, 409);
  EXPECT_EQ(Message({Entry("t", "transfer", "40.00"), Entry("s", "spend", "40.00"), closed}), "");
  EXPECT_EQ(Figure("spent"), "40.00");
  EXPECT_NE(Message({Entry("u", "charge", "1.00")}).find("is closed"), std::string::npos);
  EXPECT_EQ(Message({Entry("t", "transfer", "40.00"), Entry("s", "spend", "40.00"), closed}), "") << "the same message again changes nothing";
  EXPECT_EQ(Figure("spent"), "40.00");
}

TEST_P(BudgetRules, AClosedBudgetOfASourceIsNotClosedWhileMoneyIsHeld) {
  const std::string closed = Account("closed", "inactive", "100.00", R"(,"servicePeriod":{"start":"2026-04-01","end":"2027-03-31"})");
  EXPECT_NE(Message({Entry("t", "transfer", "40.00"), closed}).find("40.00 of Account/b is with the person"), std::string::npos);
  EXPECT_EQ(Count("Account"), 0);
  EXPECT_EQ(Count("ChargeItem"), 0);
}

TEST_P(BudgetRules, PlannedLinesOfASourceGoOnUntilTheBudgetIsClosed) {
  ASSERT_EQ(Message({Account("", "active", ""), Line("l", "10.00")}), "");
  ASSERT_EQ(Message({Line("l", "11.00")}), "");
  Put("Account/b", Account("agreed", "active", "100.00"));
  ASSERT_EQ(Message({Line("l", "12.00")}), "");
  EXPECT_EQ(Figure("planned"), "12.00");
  Put("Account/b", Account("closed", "inactive", "100.00"));
  EXPECT_EQ(Message({Line("l", "12.00"), Account("", "active", "")}), "") << "the same again is no change";
  EXPECT_NE(Message({Line("l", "13.00")}).find("Its plan stays as it is"), std::string::npos);
  EXPECT_EQ(served_->Do("DELETE", "/fhir/ChargeItem/l").status, 409);
  EXPECT_EQ(Figure("planned"), "12.00");
}

TEST_P(BudgetRules, ASourceDoesNotEditWhatIsRecorded) {
  ASSERT_EQ(Message({Account("agreed", "active", "100.00"), Entry("e", "charge", "40.00")}), "");
  EXPECT_NE(Message({Entry("e", "charge", "41.00")}).find("Its priceOverride cannot be changed"), std::string::npos);
  EXPECT_NE(Message({Line("e", "41.00")}).find("cannot be changed"), std::string::npos);
  EXPECT_NE(Message({Entry("f", "charge", "60.01")}).find("0.01 over its agreed amount"), std::string::npos);
  EXPECT_EQ(Message({Account("agreed", "active", "120.00")}), "") << "a source may say another amount";
  EXPECT_EQ(Message({Entry("f", "charge", "60.01")}), "");
  EXPECT_EQ(Figure("charged"), "100.01");
}

TEST_P(BudgetRules, OneKeyIsOneEntryHoweverItIsSent) {
  ASSERT_EQ(Message({Account("agreed", "active", "100.00")}), "");
  const std::string key = R"(,"identifier":[{"system":"urn:k","value":"a,b|c$d\\e"}])";
  Put("ChargeItem/e", Entry("e", "charge", "4.00", key));
  EXPECT_EQ(served_->Do("PUT", "/fhir/ChargeItem/f", Entry("f", "charge", "4.00", key)).status, 409);
  EXPECT_NE(Message({Entry("f", "charge", "4.00", key)}).find("has the same key"), std::string::npos);
  EXPECT_EQ(served_->Do("POST", "/fhir/Account/b/$record", R"({"resourceType":"Parameters","parameter":[{"name":"kind","valueCode":"charge"},{"name":"amount","valueMoney":{"value":4.00,"currency":"GBP"}},{"name":"date","valueDate":"2026-05-01"},
      {"name":"code","valueString":"Care"},{"name":"key","valueIdentifier":{"system":"urn:k","value":"a,b|c$d\\e"}}]})").status, 200);
  EXPECT_EQ(Figure("charged"), "4.00");
}

// Each of many at once takes what is left; together they do not take more than was agreed.
TEST_P(BudgetRules, ManyAtOnceDoNotTakeMoreThanIsAgreed) {
  Put("Account/b", Account("agreed", "active", "10.00"));
  std::atomic<int> taken = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 5; ++k) {
        const std::string id = std::to_string(i) + "-" + std::to_string(k);
        const int status = served_->Do("PUT", "/fhir/ChargeItem/" + id, Entry(id, "charge", "1.00")).status;
        (status == 201 ? taken : refused) += status == 201 || status == 422 ? 1 : 1000;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 10);
  EXPECT_EQ(refused, 30);
  EXPECT_EQ(Figure("charged"), "10.00");
}

TEST_P(BudgetRules, OneKeyIsOneEntryInSeveralBudgetsAtOnce) {
  constexpr int kBudgets = 6, kKeys = 12;
  const auto of = [](std::string text, int i) {
    for (const std::string& name : {std::string(R"("id":"b")"), std::string("Account/b")}) {
      if (const std::size_t at = text.find(name); at != std::string::npos) text.insert(at + name.size() - (name.ends_with('"') ? 1 : 0), std::to_string(i));
    }
    return text;
  };
  for (int i = 0; i < kBudgets; ++i) Put("Account/b" + std::to_string(i), of(Account("agreed", "active", "1000.00"), i));
  std::atomic<int> taken = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kBudgets; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < kKeys; ++k) {
        const std::string id = std::to_string(i) + "-" + std::to_string(k), key = R"(,"identifier":[{"system":"urn:keys","value":")" + std::to_string(k) + R"("}])";
        const int status = served_->Do("PUT", "/fhir/ChargeItem/" + id, of(Entry(id, "charge", "1.00", key), i)).status;
        (status == 201 ? taken : refused) += status == 201 || status == 409 ? 1 : 1000;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, kKeys);
  EXPECT_EQ(refused, kKeys * (kBudgets - 1));
}

// While entries are recorded and taken back, a source goes on sending the budget, and somebody notes things on the entries.
TEST_P(BudgetRules, WhatTheServerKeepsOutlivesSourcesAndNotesThatComeAtTheSameTime) {
  constexpr int kEntries = 25;
  const std::string period = R"(,"servicePeriod":{"start":"2026-04-01","end":"2027-03-31"})";
  Put("Account/b", Account("agreed", "active", "1000.00", period));
  for (int i = 0; i < kEntries; ++i) Put("ChargeItem/e" + std::to_string(i), Entry("e" + std::to_string(i), "charge", "1.00"));
  std::atomic<bool> recording = true;
  std::atomic<int> messages = 0;
  std::thread source([&] {
    for (int i = 0; recording; ++i) messages += Message({Account("", "active", "", period + R"(,"name":"Sent )" + std::to_string(i) + "\"")}).empty();
  });
  std::thread notes([&] {
    for (int i = 0; i < kEntries; ++i) {
      const std::string id = "e" + std::to_string(i);
      EXPECT_EQ(served_->Do("PUT", "/fhir/ChargeItem/" + id, Entry(id, "charge", "1.00", R"(,"note":[{"text":"Noted"}])")).status, 200);
    }
  });
  for (int i = 0; i < kEntries; ++i) {
    const std::string id = std::to_string(i);
    EXPECT_EQ(served_->Do("PUT", "/fhir/ChargeItem/r" + id, Entry("r" + id, "reversal", "1.00", R"(,"partOf":[{"reference":"ChargeItem/e)" + id + "\"}]")).status, 201);
  }
  recording = false;
  source.join();
  notes.join();
  EXPECT_GT(messages, 0);
  EXPECT_EQ(Figure("charged"), "0.00");
  EXPECT_NE(Read("Account/b").find(R"("code":"charged"}]}},{"url":"amount","valueMoney":{"value":0.00,)"), std::string::npos) << Read("Account/b");
  for (int i = 0; i < kEntries; ++i) {
    const std::string id = std::to_string(i);
    EXPECT_EQ(served_->Do("PUT", "/fhir/ChargeItem/s" + id, Entry("s" + id, "reversal", "1.00", R"(,"partOf":[{"reference":"ChargeItem/e)" + id + "\"}]")).status, 409) << "taken back twice";
  }
}

INSTANTIATE_TEST_SUITE_P(On, BudgetRules, testing::Bool(), StoreName);

TEST(Balances, AreReadAsTheyWereWrittenHoweverLarge) {
  fhir::Document account;
  account.root = account.NewResource("Account");
  const server::rules::Balances none = server::rules::ReadBalances(*account.root);
  EXPECT_FALSE(none.any());
  server::rules::Balances balances{1, 0, 9'000'000'000'000'00, -5, 12'34, 100'000'000'001, 7};
  server::rules::WriteBalances(account, none, "GBP");
  server::rules::WriteBalances(account, balances, "GBP");
  const server::rules::Balances read = server::rules::ReadBalances(*account.root);
  EXPECT_EQ(read.committed, 1);
  EXPECT_EQ(read.outstanding, 0);
  EXPECT_EQ(read.charged, 9'000'000'000'000'00);
  EXPECT_EQ(read.transferred, -5);
  EXPECT_EQ(read.spent, 12'34);
  EXPECT_EQ(read.contribution, 100'000'000'001);
  EXPECT_EQ(read.reclaimed, 7);
  EXPECT_EQ(read.held(), -5 - 12'34 - 7);
}

TEST(BudgetStages, TheTableSaysWhichMayFollow) {
  EXPECT_TRUE(server::rules::MayFollow(Stage::kUnsaid, Stage::kAgreed));
  EXPECT_TRUE(server::rules::MayFollow(Stage::kSuspended, Stage::kAgreed));
  EXPECT_FALSE(server::rules::MayFollow(Stage::kAgreed, Stage::kIndicative));
  EXPECT_EQ(server::rules::NextStagesOf(Stage::kClosed), "none, it is final");
  EXPECT_EQ(server::rules::NextStagesOf(Stage::kIndicative), "agreed or closed");
  EXPECT_EQ(server::rules::RowOf(Stage::kSuspended).status, "on-hold");
  for (const Stage stage : {Stage::kUnsaid, Stage::kIndicative, Stage::kAgreed, Stage::kSuspended, Stage::kClosed}) EXPECT_FALSE(server::rules::RowOf(stage).status.empty());
}

}  // namespace
}  // namespace careloom_test
