// Eight clients at once record in budgets, repeat their keys and take entries back, while the server is killed and started again: what
// the statement says is what they were told, to the penny, and the balances that the server keeps are what the statement says.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "fhir/json/reader.h"
#include "fhir/money/amount.h"
#include "tests/support/served_process.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using fhir::Element;
using fhir::money::Pence;

constexpr int kClients = 8;
const std::string kBase = "https://careloom.example/fhir/";

struct Recorded {
  std::string key, kind, id;   // id: of the one entry of a budget that is not integrated
  std::string body;
  std::string account;
  Pence pence = 0;
  bool is_reversed = false;
};

std::string MoneyOf(Pence pence) { return R"({"value":)" + fhir::money::FormatPence(pence) + R"(,"currency":"GBP"})"; }

std::string Named(const std::string& name, const std::string& value) { return R"({"name":")" + name + "\"," + value + "}"; }

std::string Parameters(const std::string& parameters) { return R"({"resourceType":"Parameters","parameter":[)" + parameters + "]}"; }

// Wakes who waits for so many answers.
class Answers {
 public:
  void Add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  void WaitFor(int more) {
    std::unique_lock lock(mutex_);
    const int wanted = count_ + more;
    changed_.wait_for(lock, std::chrono::seconds(60), [&] { return count_ >= wanted; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

// One who records; what it does follows from its number.
class Client {
 public:
  Client(int number, std::vector<std::string> accounts) : name_("c" + std::to_string(number)), accounts_(std::move(accounts)), random_(static_cast<std::uint64_t>(number) + 1) {}

  // Until the server is gone, or `most` requests were answered.
  void Run(std::uint16_t port, Answers& answers, int most) {
    for (int done = 0; done < most; ++done) {
      if (!Step(port)) return;
      answers.Add();
    }
  }
  // What was asked last and not answered is asked again, under its key.
  void Finish(std::uint16_t port, Answers& answers) {
    if (!under_way_) return;
    ASSERT_TRUE(Ask(port)) << "no answer";
    answers.Add();
  }

  const std::vector<Recorded>& recorded() const { return recorded_; }
  int repeats() const { return repeats_; }
  int reversals() const { return reversals_; }

 private:
  bool Step(std::uint16_t port) {
    if (!under_way_) Choose();
    return Ask(port);
  }

  void Choose() {
    const std::uint64_t dice = random_() % 10;
    Recorded next;
    reverses_ = nullptr;
    if (dice < 2 && !recorded_.empty()) {
      under_way_ = recorded_[random_() % recorded_.size()];
      is_repeat_ = true;
      return;
    }
    is_repeat_ = false;
    next.key = name_ + "-" + std::to_string(++numbers_);
    const std::string key = Named("key", R"("valueIdentifier":{"system":"urn:test:ledger","value":")" + next.key + "\"}");
    if (dice < 5 && !recorded_.empty()) {
      for (std::size_t i = random_() % recorded_.size(); i < recorded_.size() && !reverses_; ++i) {
        if (!recorded_[i].is_reversed && recorded_[i].kind != "reversal") reverses_ = &recorded_[i];
      }
    }
    if (reverses_) {
      next.kind = "reversal";
      next.account = reverses_->account;
      next.pence = reverses_->pence;
      const std::string part_of = reverses_->id.empty() ? R"("valueIdentifier":{"system":"urn:test:ledger","value":")" + reverses_->key + "\"}" : R"("valueReference":{"reference":"ChargeItem/)" + reverses_->id + "\"}";
      next.body = Parameters(Named("kind", R"("valueCode":"reversal")") + "," + Named("date", R"("valueDate":"2026-07-01")") + "," + key + "," + Named("partOf", part_of));
    } else {
      constexpr const char* kKinds[] = {"charge", "transfer", "spend", "contribution", "commitment", "reclaim"};
      next.kind = kKinds[random_() % std::size(kKinds)];
      next.account = accounts_[random_() % accounts_.size()];
      next.pence = static_cast<Pence>(random_() % 10'000) + 1;
      std::string part_of;
      for (const Recorded& one : recorded_) {   // a charge may meet an order
        if (next.kind != "charge" || one.kind != "commitment" || one.is_reversed || one.id.empty() || random_() % 4 != 0) continue;
        next.account = one.account;
        part_of = "," + Named("partOf", R"("valueReference":{"reference":"ChargeItem/)" + one.id + "\"}");
      }
      next.body = Parameters(Named("kind", "\"valueCode\":\"" + next.kind + "\"") + "," + Named("amount", "\"valueMoney\":" + MoneyOf(next.pence)) + "," + Named("date", R"("valueDate":"2026-06-01")") + "," + Named("code", R"("valueString":"Care")") + "," + key + part_of);
    }
    under_way_ = std::move(next);
  }

  // False: no answer came.
  bool Ask(std::uint16_t port) {
    const auto answer = FetchWhole(port, "POST", "/fhir/Account/" + under_way_->account + "/$record", {}, under_way_->body);
    if (answer.status == 0) {
      was_cut_ = true;
      return false;
    }
    if (answer.status == 503) return true;   // not taken; asked again
    EXPECT_TRUE(answer.status == 200 || (answer.status == 201 && !is_repeat_)) << answer.status << " " << answer.body << "\n" << under_way_->body;
    EXPECT_TRUE(answer.status == 201 || is_repeat_ || was_cut_) << "200 for what was never asked before: " << under_way_->body;
    was_cut_ = false;
    const auto document = fhir::json::Read(answer.body);
    EXPECT_TRUE(document) << answer.body;
    if (is_repeat_) {
      ++repeats_;
      if (document && !under_way_->id.empty()) {
        EXPECT_EQ(document->root->ValueOf("id"), under_way_->id) << "another entry for the same key";
      }
    } else {
      if (document && document->root->resource_type() == "ChargeItem") under_way_->id = document->root->ValueOf("id");
      if (reverses_) reverses_->is_reversed = true;
      reversals_ += reverses_ != nullptr;
      reverses_ = nullptr;
      recorded_.push_back(*std::move(under_way_));
    }
    under_way_.reset();
    return true;
  }

  const std::string name_;
  const std::vector<std::string> accounts_;
  std::mt19937_64 random_;
  int numbers_ = 0, repeats_ = 0, reversals_ = 0;
  std::vector<Recorded> recorded_;
  std::optional<Recorded> under_way_;
  Recorded* reverses_ = nullptr;     // nothing is added to recorded_ while it is set
  bool is_repeat_ = false, was_cut_ = false;
};

Pence PenceOf(const Element* money) {
  if (!money) return -1;
  std::string_view text = money->ValueOf("value");
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto pence = fhir::money::ParsePence(text);
  return pence ? (negative ? -*pence : *pence) : -1;
}

const Element* Part(const Element& of, std::string_view name) {
  for (const std::string_view list : {"parameter", "part"}) {
    for (const Element& item : fhir::Repeats(of, list)) {
      if (item.ValueOf("name") == name) return &item;
    }
  }
  return nullptr;
}

// What the statement of an Account says in all, of the figures that the server keeps balances of.
std::map<std::string, Pence> Stated(std::uint16_t port, const std::string& account, bool check_entries) {
  const auto answer = FetchWhole(port, "GET", "/fhir/Account/" + account + "/$statement?date=2027-03-31&groups=none");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto document = fhir::json::Read(answer.body);
  std::map<std::string, Pence> figures;
  const Element* total = document ? Part(*document->root, "total") : nullptr;
  if (!total) return figures;
  for (const char* name : {"committed", "outstanding", "charged", "transferred", "spent", "contribution", "reclaimed"}) {
    const Element* figure = Part(*total, name);
    figures[name] = figure ? PenceOf(Part(*figure, "amount")->Find("valueMoney")) : -1;
    if (!figure || !check_entries) continue;
    Pence sum = 0;
    for (const Element& part : fhir::Repeats(*figure, "part")) {
      if (part.ValueOf("name") == "entry") sum += PenceOf(Part(part, "amount")->Find("valueMoney"));
    }
    EXPECT_EQ(sum, figures[name]) << name << " of Account/" << account << " is not the sum of its entries";
  }
  return figures;
}

std::map<std::string, Pence> Balances(std::uint16_t port, const std::string& account) {
  const auto document = fhir::json::Read(FetchWhole(port, "GET", "/fhir/Account/" + account).body);
  std::map<std::string, Pence> balances;
  if (!document) return balances;
  for (const Element& extension : fhir::Repeats(*document->root, "extension")) {
    if (extension.ValueOf("url") != kBase + "StructureDefinition/balance") continue;
    std::string name;
    Pence pence = 0;
    for (const Element& part : fhir::Repeats(extension, "extension")) {
      if (const Element* coding = part.Walk("valueCodeableConcept", "coding")) name = coding->ValueOf("code");
      if (const Element* money = part.Find("valueMoney")) pence = PenceOf(money);
    }
    balances[name] = pence;
  }
  return balances;
}

class KilledLedger : public testing::TestWithParam<ServedStore> {};

std::string Propose(const std::string& funders) {
  return Parameters(Named("subject", R"("valueReference":{"reference":"Patient/p"})") + "," + Named("type", R"("valueCode":"personal-health-budget")") + "," +
                    Named("period", R"("valuePeriod":{"start":"2026-04-01","end":"2027-03-31"})") + "," + Named("amount", R"("valueMoney":{"value":900000.00,"currency":"GBP"})") + funders);
}

// Ids of the Accounts: the whole, then its parts.
std::vector<std::string> MakeBudget(std::uint16_t port, const std::string& funders) {
  const auto made = FetchWhole(port, "POST", "/fhir/Account/$propose", {}, Propose(funders));
  EXPECT_EQ(made.status, 201) << made.body;
  const auto document = fhir::json::Read(made.body);
  std::vector<std::string> ids;
  for (const Element& entry : fhir::Repeats(*document->root, "entry")) ids.emplace_back(entry.Find("resource")->ValueOf("id"));
  EXPECT_EQ(FetchWhole(port, "POST", "/fhir/Account/" + ids[0] + "/$agree", {}, Parameters(Named("date", R"("valueDate":"2026-03-01")"))).status, 200);
  return ids;
}

TEST_P(KilledLedger, EightClientsRecordRepeatAndReverseThroughKillsAndNoPennyIsLostOrDoubled) {
  REQUIRE_STORE(GetParam());
  const TempFolder folder;
  const int kills = EveryDayOrLong(3, 40), answers_a_kill = 120;
  std::vector<std::string> single, integrated;
  {
    ChildProcess serve(ServeWords(GetParam(), folder.path()));
    const std::uint16_t port = serve.WaitForPort();
    ASSERT_NE(port, 0) << serve.err();
    ASSERT_EQ(FetchWhole(port, "PUT", "/fhir/Patient/p", {}, R"({"resourceType":"Patient","id":"p"})").status, 201);
    single = MakeBudget(port, "");
    std::string funders;
    for (const char* name : {"a", "b", "c"}) {
      funders += R"(,{"name":"funder","part":[{"name":"organisation","valueReference":{"reference":"Organization/)" + std::string(name) + R"("}},{"name":"share","valueString":"1/3"}]})";
    }
    integrated = MakeBudget(port, funders);
    ASSERT_EQ(integrated.size(), 4u);
  }
  std::vector<Client> clients;
  for (int i = 0; i < kClients; ++i) clients.emplace_back(i, std::vector<std::string>{single[0], integrated[0], integrated[1]});
  Answers answers;
  for (int round = 0; round <= kills; ++round) {
    const bool is_last = round == kills;
    ChildProcess serve(ServeWords(GetParam(), folder.path()));
    const std::uint16_t port = serve.WaitForPort();
    ASSERT_NE(port, 0) << serve.err();
    std::vector<std::thread> threads;
    for (Client& client : clients) {
      threads.emplace_back([&, is_last] {
        client.Run(port, answers, is_last ? 10 : 1'000'000);
        if (is_last) client.Finish(port, answers);
      });
    }
    if (!is_last) {
      answers.WaitFor(answers_a_kill);
      serve.Kill();
    }
    for (std::thread& thread : threads) thread.join();
    if (!is_last) {
      EXPECT_EQ(serve.Wait(), -SIGKILL);
      continue;
    }

    // What they were told, account by account.
    std::map<std::string, std::map<std::string, Pence>> told;
    const std::map<std::string, std::string> figures = {{"commitment", "committed"}, {"charge", "charged"}, {"transfer", "transferred"}, {"spend", "spent"}, {"contribution", "contribution"}, {"reclaim", "reclaimed"}};
    int entries = 0, repeats = 0, reversals = 0;
    for (const Client& client : clients) {
      for (const Recorded& one : client.recorded()) {
        ++entries;
        if (one.kind == "reversal" || one.is_reversed) continue;
        told[one.account][figures.at(one.kind)] += one.pence;
      }
      repeats += client.repeats();
      reversals += client.reversals();
    }
    std::map<std::string, std::map<std::string, Pence>> stated;
    for (const std::string& account : {single[0], integrated[0], integrated[1], integrated[2], integrated[3]}) stated[account] = Stated(port, account, true);
    std::map<std::string, Pence> parts;
    for (const std::string& leaf : {single[0], integrated[1], integrated[2], integrated[3]}) {
      EXPECT_EQ(Balances(port, leaf), stated[leaf]) << "the balances of Account/" << leaf;
      for (const auto& [name, pence] : stated[leaf]) {
        if (leaf != single[0]) parts[name] += pence;
      }
    }
    EXPECT_EQ(parts, stated[integrated[0]]) << "the parts sum to the whole";
    for (const auto& [kind, name] : figures) {
      EXPECT_EQ(stated[single[0]][name], told[single[0]][name]) << name;
      EXPECT_EQ(stated[integrated[0]][name], told[integrated[0]][name] + told[integrated[1]][name]) << name << " of the integrated budget";
    }
    std::printf("%d entries recorded, %d of them reversals, %d keys repeated, %d kills\n", entries, reversals, repeats, kills);
    EXPECT_GT(entries, kills * answers_a_kill / 2);
    EXPECT_GT(repeats, 0);
    EXPECT_GT(reversals, 0);
  }
  ChildProcess check([&] {
    std::vector<std::string> words = {"check"};
    for (std::string& word : GetParam().words(folder.path())) words.push_back(std::move(word));
    return words;
  }());
  EXPECT_EQ(check.Wait(), 0) << check.out() << check.err();
}

INSTANTIATE_TEST_SUITE_P(Stores, KilledLedger, testing::ValuesIn(ServedStores()), [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace careloom_test
