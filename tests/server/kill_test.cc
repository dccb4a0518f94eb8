// A server killed at random moments while it stores, deletes, takes files in and starts, and started again on what is left: nothing
// that was acknowledged is missing, nothing is half there, and the store agrees with itself. CARELOOM_LONG: 300 times.
// (hardening: S01)
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "server/app.h"
#include "tests/support/cld_generator.h"
#include "tests/support/served_process.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

constexpr int kThreads = 3, kObservations = 3;

// What one client was told, of the resources that it alone writes.
struct Told {
  struct Standing {
    std::int64_t version = 0;
    bool deleted = false;
  };
  std::map<std::string, Standing> acknowledged;     // by "Type/id"
  std::vector<std::string> attempted;               // ids of the transactions, acknowledged or not
  std::vector<std::string> messages;                // ids of files that were taken in
};

// Where the store is: what the program is told of it, and how the test opens it.
struct Place {
  std::vector<std::string> arguments;
  server::AppOptions options;

  std::vector<std::string> With(std::vector<std::string> words) const {
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
  }
};

std::vector<std::string> NamesOf(const std::string& id) {
  std::vector<std::string> names = {"Patient/" + id};
  for (int i = 0; i < kObservations; ++i) names.push_back("Observation/" + id + "-" + std::to_string(i));
  return names;
}

std::string Resource(const std::string& name, const std::string& patient, int number) {
  const std::string type = name.substr(0, name.find('/')), id = name.substr(name.find('/') + 1);
  if (type == "Patient") return R"({"resourceType":"Patient","id":")" + id + R"(","name":[{"family":"Family)" + std::to_string(number) + "\"}]}";
  return R"({"resourceType":"Observation","id":")" + id + R"(","status":"final","code":{"coding":[{"system":"http://loinc.org","code":")" + std::to_string(number) +
         R"("}]},"subject":{"reference":"Patient/)" + patient + R"("},"effectiveDateTime":"2026-03-01","valueQuantity":{"value":)" + std::to_string(number) + "}}";
}

std::string Transaction(const std::string& id, int number) {
  std::string bundle;
  for (const std::string& name : NamesOf(id)) {
    bundle += (bundle.empty() ? R"({"resourceType":"Bundle","type":"transaction","entry":[)" : ",");
    bundle += R"({"resource":)" + Resource(name, id, number) + R"(,"request":{"method":"PUT","url":")" + name + "\"}}";
  }
  return bundle + "]}";
}

class Client {
 public:
  Client(std::uint16_t port, Told& told) : port_(port), told_(told) {}

  // Transactions, updates and deletions until the server is gone.
  void Run(const std::string& prefix) {
    for (int number = 0;; ++number) {
      const std::string id = prefix + std::to_string(number);
      told_.attempted.push_back(id);
      if (!Do("POST", "", Transaction(id, number))) return;
      for (const std::string& name : NamesOf(id)) told_.acknowledged[name] = {1, false};
      const std::string changed = "Patient/" + id, deleted = NamesOf(id).back();
      if (!Do("PUT", "/" + changed, Resource(changed, id, number + 1))) return;
      told_.acknowledged[changed] = {2, false};
      if (!Do("DELETE", "/" + deleted, "")) return;
      told_.acknowledged[deleted] = {2, true};
    }
  }

  // Files of two rows each, until the server is gone.
  void SendFiles(std::uint64_t seed) {
    for (std::uint64_t number = 0;; ++number) {
      CldOptions options;
      options.seed = seed * 1000 + number;
      options.rows = 2;
      const CldFile file = GenerateCld(options);
      const auto answer = Fetch(port_, "POST", "/inbox/cld?name=" + std::to_string(seed) + "-" + std::to_string(number), {}, WriteCld(file.rows));
      if (answer.status == 0) return;
      EXPECT_EQ(answer.status, 202) << answer.body;
      for (const auto& [name, value] : answer.headers) {
        if (name == "Location") told_.messages.push_back(value.substr(value.rfind('/') + 1));
      }
    }
  }

 private:
  bool Do(const std::string& method, const std::string& path, const std::string& body) {
    const auto answer = Fetch(port_, method, "/fhir" + path, {{"Content-Type", "application/fhir+json"}}, body);
    EXPECT_TRUE(answer.status < 300) << answer.status << " " << answer.body;   // 0: no answer
    return answer.status >= 200;
  }

  const std::uint16_t port_;
  Told& told_;
};

// What was told against what is there: the version told, or the one that was being stored when the end came.
void Compare(const Place& place, const std::vector<Told>& all) {
  std::size_t acknowledged = 0, found = 0, torn = 0, messages = 0;
  const auto app = server::OpenApp(place.options);
  ASSERT_TRUE(app) << app.error().ToString();
  const auto reader = *(*app)->store->OpenReader();
  const auto read = [&](const std::string& name) { return reader->Read(name.substr(0, name.find('/')), name.substr(name.find('/') + 1)); };
  for (const Told& told : all) {
    for (const auto& [name, standing] : told.acknowledged) {
      const auto stored = read(name);
      ASSERT_TRUE(stored) << name << " was acknowledged: " << stored.error().ToString();
      EXPECT_TRUE(stored->version == standing.version || stored->version == standing.version + 1) << name;
      EXPECT_TRUE(stored->version != standing.version || stored->deleted() == standing.deleted) << name;
      ++found;
    }
    acknowledged += told.acknowledged.size();
    for (const std::string& id : told.messages) {
      const auto message = reader->ReadMessage(id);
      EXPECT_TRUE(message && message->state != server::storage::MessageState::kReceiving) << id << " was taken in";
      ++messages;
    }
    for (const std::string& id : told.attempted) {
      std::size_t there = 0;
      for (const std::string& name : NamesOf(id)) there += read(name).has_value();
      EXPECT_TRUE(there == 0 || there == NamesOf(id).size()) << id << ": " << there;
      torn += there != 0 && there != NamesOf(id).size();
    }
  }
  std::printf("%zu resources acknowledged, %zu found, %zu transactions torn, %zu files taken in and found\n", acknowledged, found, torn, messages);
}

class KilledServer : public testing::TestWithParam<ServedStore> {};

TEST_P(KilledServer, LosesNothingThatItAcknowledgedAndLeavesNothingHalf) {
  REQUIRE_STORE(GetParam());
  const int rounds = EveryDayOrLong(5, 300), rounds_a_check = EveryDayOrLong(1, 10);
  const TempFolder folder;
  Place place{GetParam().words(folder.path()), {}};
  place.options.data_dir = folder.path() / "data";
  if (GetParam().shared) place.options.postgres_url = PostgresUrlFor(folder.path());
  place.options.read_only = true;
  std::mt19937 random(11);
  std::vector<Told> all;
  for (int round = 0; round < rounds; ++round) {
    ChildProcess serve(place.With({"serve", "--port", "0"}));
    const std::uint16_t port = serve.WaitForPort();
    ASSERT_NE(port, 0) << serve.err();
    std::vector<Told> told(kThreads + 1);
    std::vector<std::thread> clients;
    for (int i = 0; i < kThreads; ++i) {
      clients.emplace_back([&, i] { Client(port, told[static_cast<std::size_t>(i)]).Run("r" + std::to_string(round) + "-c" + std::to_string(i) + "-"); });
    }
    clients.emplace_back([&] { Client(port, told.back()).SendFiles(static_cast<std::uint64_t>(round) + 1); });
    std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 400));
    serve.Kill();
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(serve.Wait(), -SIGKILL);
    all.insert(all.end(), told.begin(), told.end());
    if (round % 2 == 1) {
      // And once more while it starts on what the first kill left.
      ChildProcess starting(place.With({"serve", "--port", "0"}));
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 200));
      starting.Kill();
      EXPECT_EQ(starting.Wait(), -SIGKILL) << starting.err();
    }
    if ((round + 1) % rounds_a_check != 0) continue;
    ChildProcess check(place.With({"check"}));
    EXPECT_EQ(check.Wait(), 0) << check.out() << check.err();
    EXPECT_NE(check.out().find(": clean"), std::string::npos) << check.out();
  }
  Compare(place, all);
  std::size_t acknowledged = 0;
  for (const Told& told : all) acknowledged += told.acknowledged.size();
  EXPECT_GT(acknowledged, static_cast<std::size_t>(rounds) * 10);   // it was at work when the end came
}

INSTANTIATE_TEST_SUITE_P(Stores, KilledServer, testing::ValuesIn(ServedStores()), [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace careloom_test
