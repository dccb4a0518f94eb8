// Budgets kept by eight callers at once over HTTP, on either backend, with the program killed in the middle: no penny is lost or doubled. Then every
// $statement beside the program that reckons it anew from an export.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "fhir/json/reader.h"
#include "tests/scenarios/recomputed.h"
#include "tests/support/served_process.h"
#include "tests/support/shared_data.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using namespace fhir::money;
namespace fs = std::filesystem;

std::string Text(std::string_view name, std::string_view type, std::string_view value) {
  return R"({"name":")" + std::string(name) + R"(","value)" + std::string(type) + R"(":")" + std::string(value) + "\"}";
}
std::string MoneyText(std::string_view name, Pence pence) {
  return R"({"name":")" + std::string(name) + R"(","valueMoney":{"value":)" + FormatPence(pence) + R"(,"currency":"GBP"}})";
}
std::string RefersTo(std::string_view name, const std::string& reference) { return R"({"name":")" + std::string(name) + R"(","valueReference":{"reference":")" + reference + "\"}}"; }
std::string KeyText(std::string_view name, const std::string& value) {
  return R"({"name":")" + std::string(name) + R"(","valueIdentifier":{"system":"urn:callers","value":")" + value + "\"}}";
}
std::string Parameters(const std::vector<std::string>& parameters) {
  std::string text;
  for (const std::string& parameter : parameters) text += (text.empty() ? "" : ",") + parameter;
  return R"({"resourceType":"Parameters","parameter":[)" + text + "]}";
}

// The ids of the resources of that type in an answer: the resource itself, or the entries of a Bundle.
std::vector<std::string> IdsIn(const std::string& body, std::string_view type) {
  std::vector<std::string> ids;
  const auto document = fhir::json::Read(body);
  if (!document) return ids;
  if (document->root->resource_type() == type) ids.emplace_back(document->root->ValueOf("id"));
  for (const fhir::Element& entry : fhir::Repeats(*document->root, "entry")) {
    const fhir::Element* resource = entry.Find("resource");
    if (resource && resource->resource_type() == type) ids.emplace_back(resource->ValueOf("id"));
  }
  return ids;
}

// The program, started anew when it was killed.
class Program {
 public:
  Program(const ServedStore& store, fs::path folder) : store_(store), folder_(std::move(folder)) { Start(); }

  std::uint16_t port() const { return port_; }
  void KillAndStart() {
    down_ = true;
    serve_->Kill();
    EXPECT_EQ(serve_->Wait(), -SIGKILL);
    Start();
    down_ = false;
    down_.notify_all();
  }
  // Asked until an answer comes; a request that got none may have been carried out.
  server::http::Response Ask(const std::string& method, const std::string& target, const std::string& body = {}) const {
    for (int tries = 0; tries < 2'000; ++tries) {
      server::http::Response answer = FetchWhole(port_, method, target, {}, body);
      if (answer.status != 0 && answer.status != 503) return answer;
      down_.wait(true);
    }
    return {};
  }

 private:
  void Start() {
    serve_ = std::make_unique<ChildProcess>(ServeWords(store_, folder_));
    port_ = serve_->WaitForPort();
    EXPECT_NE(port_, 0) << serve_->err();
  }

  const ServedStore store_;
  const fs::path folder_;
  std::unique_ptr<ChildProcess> serve_;
  std::atomic<std::uint16_t> port_ = 0;
  std::atomic<bool> down_ = false;
};

struct Account {
  std::string id, patient;
  bool integrated = false;
};

// Budgets of a few people: of one funder, or of two councils and an ICB together.
std::vector<Account> Propose(const Program& program) {
  std::vector<Account> accounts;
  for (int i = 0; i < 4; ++i) {
    const std::string patient = "person-" + std::to_string(i), goal = patient + "-goal";
    EXPECT_EQ(program.Ask("PUT", "/fhir/Patient/" + patient, R"({"resourceType":"Patient","id":")" + patient + "\"}").status, 201);
    EXPECT_EQ(program.Ask("PUT", "/fhir/Goal/" + goal, R"({"resourceType":"Goal","id":")" + goal + R"(","lifecycleStatus":"active","description":{"text":"x"},"subject":{"reference":"Patient/)" +
                          patient + "\"}}").status, 201);
    std::vector<std::string> wanted = {RefersTo("subject", "Patient/" + patient), Text("mechanism", "Code", "direct-payment"),
                                       R"({"name":"period","valuePeriod":{"start":"2026-04-01","end":"2027-03-31"}})", KeyText("identifier", "budget-" + std::to_string(i)),
                                       R"({"name":"action","part":[)" + RefersTo("goal", "Goal/" + goal) + "," + Text("code", "String", "Personal assistant") + "," +
                                           MoneyText("unitPrice", 1433) + "," + Text("frequency", "String", "Hourly") + R"(,{"name":"quantity","valueDecimal":10.5}]})",
                                       R"({"name":"action","part":[)" + Text("code", "String", "Day centre") + "," + MoneyText("unitPrice", 9'999) + "," +
                                           Text("frequency", "String", "Monthly") + "]}"};
    const auto funder = [](const char* code, const char* share) {
      return R"({"name":"funder","part":[{"name":"organisation","valueIdentifier":{"system":"urn:funders","value":")" + std::string(code) + R"("}},)" + Text("share", "String", share) + "]}";
    };
    const bool integrated = i == 3;
    wanted.push_back(Text("type", "Code", integrated ? "integrated-personal-budget" : "personal-health-budget"));
    for (const char* code : {"council-a", "council-b", "icb"}) {
      if (integrated || code == std::string_view("icb")) wanted.push_back(funder(code, integrated ? "1/3" : "1"));
    }
    const auto proposed = program.Ask("POST", "/fhir/Account/$propose", Parameters(wanted));
    EXPECT_EQ(proposed.status, 201) << proposed.body;
    const std::vector<std::string> ids = IdsIn(proposed.body, "Account");
    if (ids.empty()) continue;
    const auto agreed = program.Ask("POST", "/fhir/Account/" + ids[0] + "/$agree", Parameters({Text("date", "Date", "2026-03-20"), MoneyText("amount", 1'000'003)}));
    EXPECT_LT(agreed.status, 300) << agreed.body;
    accounts.push_back({ids[0], patient, integrated});
  }
  return accounts;
}

// One caller's requests, each with a key of its own, sent again until it is answered; what it was told.
class Caller {
 public:
  Caller(int number, const Program& program, const std::vector<Account>& accounts, std::atomic<int>& answered)
      : name_("caller-" + std::to_string(number)), engine_(static_cast<std::uint64_t>(number) + 41), program_(program), accounts_(accounts), answered_(answered) {}

  void Run(int requests) {
    for (int i = 0; i < requests; ++i) {
      Record(name_ + "-" + std::to_string(i));
      ++answered_;
    }
  }
  const std::map<std::string, std::string>& taken() const { return taken_; }
  const std::map<int, int>& statuses() const { return statuses_; }

 private:
  struct Taken {
    const Account* account;
    std::string key;
    std::string commitment;   // its id, when it is one
  };

  std::int64_t Pick(std::int64_t low, std::int64_t high) { return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1)); }

  void Record(const std::string& key) {
    const bool reverse = !reversible_.empty() && Pick(1, 6) == 1;
    Taken now{reverse ? reversible_.back().account : &accounts_[static_cast<std::size_t>(Pick(0, static_cast<std::int64_t>(accounts_.size()) - 1))], key, {}};
    const std::string kind = reverse ? "reversal" : std::vector<std::string>{"commitment", "charge", "transfer", "spend", "contribution", "reclaim"}[static_cast<std::size_t>(Pick(0, 5))];
    std::vector<std::string> wanted = {Text("kind", "Code", kind), KeyText("key", key), Text("date", "Date", FormatDay(*ParseDay("2026-04-01") + static_cast<Day>(Pick(-2, 364))))};
    if (reverse) {
      wanted.push_back(KeyText("partOf", reversible_.back().key));
      reversible_.pop_back();
    } else {
      wanted.push_back(MoneyText("amount", Pick(1, 12) == 1 ? 2'000'000 : Pick(0, 30'000)));
      wanted.push_back(Text("code", "String", "Home support"));
      if (Pick(1, 3) == 1) wanted.push_back(RefersTo("goal", "Goal/" + now.account->patient + "-goal"));
      if (Pick(1, 4) == 1) wanted.push_back(Text("mechanism", "Code", "third-party"));
      if (kind == "charge" && !now.account->integrated && commitments_.contains(now.account->id)) wanted.push_back(RefersTo("partOf", "ChargeItem/" + commitments_[now.account->id]));
    }
    const std::string body = Parameters(wanted), target = "/fhir/Account/" + now.account->id + "/$record";
    auto answer = program_.Ask("POST", target, body);
    if (Pick(1, 5) == 1) {
      // Sent twice, by a caller that forgot: the same answer.
      const auto again = program_.Ask("POST", target, body);
      if (answer.status < 300) {
        EXPECT_EQ(again.status, 200) << again.body;
        EXPECT_EQ(IdsIn(again.body, "ChargeItem"), IdsIn(answer.body, "ChargeItem"));
      }
    }
    ++statuses_[answer.status];
    if (answer.status >= 300) return;
    const auto ids = IdsIn(answer.body, "ChargeItem");
    EXPECT_EQ(ids.size(), now.account->integrated ? 3u : 1u) << answer.body;
    for (const std::string& id : ids) taken_[id] = key;
    if (kind == "commitment" && !ids.empty()) commitments_[now.account->id] = ids[0];
    if (!reverse && kind != "commitment") reversible_.push_back(now);
  }

  const std::string name_;
  std::mt19937_64 engine_;
  const Program& program_;
  const std::vector<Account>& accounts_;
  std::atomic<int>& answered_;
  std::vector<Taken> reversible_;
  std::map<std::string, std::string> commitments_;   // by account, the last one
  std::map<std::string, std::string> taken_;         // id of each entry that it was told of, with its key
  std::map<int, int> statuses_;
};

std::vector<std::string> LinesOf(const fs::path& file) {
  std::vector<std::string> lines;
  const std::string bytes = ReadFile(file);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    lines.push_back(bytes.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

class RecomputedLedger : public testing::TestWithParam<ServedStore> {};

TEST_P(RecomputedLedger, OfEightCallersAndAKillLosesAndDoublesNoPenny) {
  REQUIRE_STORE(GetParam());
  if (!HasPython()) GTEST_SKIP() << "python3 is not installed";
  const TempFolder folder;
  Program program(GetParam(), folder.path());
  ASSERT_NE(program.port(), 0);
  const std::vector<Account> accounts = Propose(program);
  ASSERT_EQ(accounts.size(), 4u);

  const int each = EveryDayOrLong(25, 400);
  std::atomic<int> answered = 0;
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 8; ++i) callers.push_back(std::make_unique<Caller>(i, program, accounts, answered));
  std::vector<std::thread> threads;
  for (const auto& caller : callers) threads.emplace_back([&caller, each] { caller->Run(each); });
  while (answered < 4 * each) std::this_thread::yield();
  program.KillAndStart();
  for (std::thread& thread : threads) thread.join();

  const fs::path out = folder.path() / "export";
  std::vector<std::string> words = {"export", "--out", out.string()};
  for (std::string& word : GetParam().words(folder.path())) words.push_back(std::move(word));
  ChildProcess exported(words);
  ASSERT_EQ(exported.Wait(), 0) << exported.err();

  // Each entry that a caller was told of is there once under its key, and no other is.
  std::map<std::string, std::string> told, stored;
  int refused = 0;
  for (const auto& caller : callers) {
    for (const auto& [id, key] : caller->taken()) {
      EXPECT_TRUE(told.insert({id, key}).second) << id;
    }
    for (const auto& [status, count] : caller->statuses()) {
      EXPECT_TRUE(status == 200 || status == 201 || status == 409 || status == 422) << count << " answers with status " << status;
      if (status >= 400) refused += count;
    }
  }
  std::set<std::string> keys;
  for (const std::string& line : LinesOf(out / "ChargeItem.ndjson")) {
    const auto document = fhir::json::Read(line);
    ASSERT_TRUE(document);
    const auto entry = ReadEntry(*document->root);
    ASSERT_TRUE(entry) << entry.error().ToString();
    if (entry->kind == Kind::kPlanned) continue;
    stored[entry->id] = told[entry->id];
    for (const std::string& key : entry->keys) EXPECT_TRUE(keys.insert(key).second) << key << " twice";
  }
  EXPECT_EQ(stored, told);

  EXPECT_GT(refused, 0);   // over the agreed amount

  int compared = 0;
  for (const Window& window : {WindowOf("", "2027-03-31"), WindowOf("", "2026-09-30"), WindowOf("2026-07-01", "2026-09-30"), WindowOf("2026-12-25", "2026-12-25")}) {
    const auto lines = Recomputed(out, window, ++compared);
    EXPECT_EQ(lines.size(), 7u);   // three, and one with its three parts
    for (const auto& [id, line] : lines) {
      const std::string query = (window.from ? "from=" + FormatDay(*window.from) + "&" : std::string()) + "to=" + FormatDay(window.to);
      const auto answer = program.Ask("GET", "/fhir/Account/" + id + "/$statement?" + query);
      ASSERT_EQ(answer.status, 200) << answer.body;
      EXPECT_EQ(FirstDifference(LineOf(id, answer.body), line), "") << id << " " << query;
      ++compared;
    }
  }
  std::printf("%d answers, %zu entries, %d refused; %d statements recomputed\n", answered.load(), stored.size(), refused, compared - 4);
}

INSTANTIATE_TEST_SUITE_P(Stores, RecomputedLedger, testing::ValuesIn(ServedStores()), [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace careloom_test
