// The inbox over HTTP: acknowledged when kept, listed, shown, given back, replayed; refusals that help.
#include <gtest/gtest.h>

#include <thread>

#include "fhir/json/reader.h"
#include "server/inbox/inbox.h"
#include "tests/support/days_file.h"
#include "tests/support/http_client.h"
#include "tests/support/served.h"

namespace careloom_test {
namespace {

using server::http::FindHeader;
using server::http::Response;

constexpr char kFile[] = "503 2024-01-01 2024-12-31\na,2024-02-01,two\nb,2024-03-01,hold\n";

class InboxOverHttp : public testing::Test {
 protected:
  static server::AppOptions WithDays(const std::shared_ptr<DaysBehaviour>& behaviour) {
    server::AppOptions options;
    options.limits.body_bytes = 1000;
    options.adapters = [behaviour](std::string_view name) -> fhir::Result<std::shared_ptr<const adapters::Adapter>> {
      if (name == "gp-connect") return MakeDaysAdapter(behaviour);   // under a name of the catalogue
      return fhir::Error(fhir::ErrorKind::kNotFound, "'" + std::string(name) + "' is not an adapter; there is gp-connect");
    };
    return options;
  }

  // Sends the file and lets it be processed; its id.
  std::string Send(const std::string& file) {
    const Response kept = served_.Do("POST", "/inbox/gp-connect?name=a.txt", file, "text/csv");
    EXPECT_EQ(kept.status, 202) << kept.body;
    EXPECT_NE(kept.body.find(R"("valueCode":"received")"), std::string::npos) << kept.body;
    const auto done = served_.app().inbox->ProcessWaiting();
    EXPECT_TRUE(done) << done.error().ToString();
    return std::string(FindHeader(kept.headers, "Location")).substr(7);
  }

  std::shared_ptr<DaysBehaviour> behaviour_ = std::make_shared<DaysBehaviour>();
  Served served_{WithDays(behaviour_)};
};

TEST_F(InboxOverHttp, AFileIsKeptShownGivenBackAndReplayed) {
  const std::string id = Send(kFile);
  const Response shown = served_.Do("GET", "/inbox/" + id);
  EXPECT_EQ(shown.status, 200);
  EXPECT_NE(shown.body.find(R"("valueCode":"held")"), std::string::npos) << shown.body;
  EXPECT_NE(shown.body.find("OperationOutcome"), std::string::npos) << shown.body;
  EXPECT_NE(shown.body.find(R"({"name":"name","valueString":"a.txt"})"), std::string::npos) << shown.body;
  const Response bytes = served_.Do("GET", "/inbox/" + id + "/bytes?_pretty=true");
  EXPECT_EQ(bytes.status, 200);
  EXPECT_EQ(bytes.body, kFile);
  behaviour_->strict_people = false;
  const Response replay = served_.Do("POST", "/inbox/" + id + "/replay");
  EXPECT_EQ(replay.status, 202) << replay.body;
  EXPECT_EQ(FindHeader(replay.headers, "Location"), "/inbox/" + id);
  ASSERT_TRUE(served_.app().inbox->ProcessWaiting());
  EXPECT_NE(served_.Do("GET", "/inbox/" + id).body.find(R"("valueCode":"stored")"), std::string::npos);
}

TEST_F(InboxOverHttp, TheListIsPagedAndNarrowed) {
  for (int i = 0; i < 5; ++i) Send("503 2024-01-01 2024-12-31\na,2024-02-0" + std::to_string(i + 1) + ",two\n");
  Send(kFile);
  std::string target = "/inbox?_count=2&state=stored";
  int pages = 0, entries = 0;
  while (!target.empty()) {
    const Response page = served_.Do("GET", target);
    ASSERT_EQ(page.status, 200) << page.body;
    const auto bundle = fhir::json::Read(page.body);
    ASSERT_TRUE(bundle) << bundle.error().ToString();
    target.clear();
    ++pages;
    for (const fhir::Element& entry : fhir::Repeats(*bundle->root, "entry")) {
      ++entries;
      EXPECT_TRUE(entry.ValueOf("fullUrl").starts_with("http://localhost/inbox/")) << entry.ValueOf("fullUrl");
      EXPECT_EQ(entry.Find("resource")->resource_type(), "Parameters");
    }
    for (const fhir::Element& link : fhir::Repeats(*bundle->root, "link")) {
      if (link.ValueOf("relation") == "next") target = link.ValueOf("url").substr(std::string_view("http://localhost").size());
    }
  }
  EXPECT_EQ(entries, 5);
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(served_.Do("GET", "/inbox?state=lost").status, 400);
  EXPECT_EQ(served_.Do("GET", "/inbox?adapter=telex").status, 400);
  EXPECT_EQ(served_.Do("GET", "/inbox?colour=red").status, 400);
}

TEST_F(InboxOverHttp, WhatCannotBeKeptIsRefusedWithWords) {
  const Response unknown = served_.Do("POST", "/inbox/telex", kFile, "text/csv");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_NE(unknown.body.find("gp-connect"), std::string::npos) << unknown.body;
  EXPECT_EQ(served_.Do("POST", "/inbox/gp-connect").status, 400);
  EXPECT_EQ(served_.Do("POST", "/inbox/gp-connect?strict=perhaps", kFile, "text/csv").status, 400);
  EXPECT_EQ(served_.Do("POST", "/inbox/gp-connect?encoding=ebcdic", kFile, "text/csv").status, 400);
  EXPECT_EQ(served_.Do("POST", "/inbox/gp-connect?scope=1", kFile, "text/csv").status, 400);
  EXPECT_EQ(served_.Do("GET", "/inbox/nobody").status, 404);
  EXPECT_EQ(served_.Do("GET", "/inbox/nobody/bytes").status, 404);
  EXPECT_EQ(served_.Do("POST", "/inbox/nobody/replay").status, 404);
  EXPECT_EQ(served_.Do("DELETE", "/inbox/nobody").status, 405);
  EXPECT_EQ(served_.Do("GET", "/fhir/inbox").status, 404);
}

TEST_F(InboxOverHttp, FilesMayBeLargerThanResources) {
  const auto limit = [&](const char* method, const char* target) { return served_.router().BodyBytes({method, target, {}, {}, {}}); };
  EXPECT_EQ(limit("POST", "/inbox/gp-connect?name=x"), served_.app().limits.import_bytes);
  EXPECT_EQ(limit("POST", "/fhir/Patient"), 1000u);
  EXPECT_EQ(limit("POST", "/inbox/x/replay"), 1000u);
  EXPECT_EQ(limit("GET", "nonsense"), 1000u);
}

TEST_F(InboxOverHttp, TheWorkerTakesWhatComes) {
  served_.app().inbox->Start();
  const Response kept = served_.Do("POST", "/inbox/gp-connect", "503 2024-01-01 2024-12-31\na,2024-02-01,two\n", "text/csv");
  ASSERT_EQ(kept.status, 202);
  const std::string location(FindHeader(kept.headers, "Location"));
  for (int tries = 0; tries < 500 && served_.Do("GET", location).body.find(R"("valueCode":"stored")") == std::string::npos; ++tries) ::usleep(10'000);
  EXPECT_NE(served_.Do("GET", location).body.find(R"("valueCode":"stored")"), std::string::npos);
}

TEST_F(InboxOverHttp, FilesThatComeAtOnceAreAllTaken) {
  served_.app().inbox->Start();
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 4; ++sender) {
    senders.emplace_back([&, sender] {
      std::string file = "503 2024-01-01 2024-0" + std::to_string(sender + 6) + "-01\n";
      for (int i = 0; i < 50; ++i) file += "p" + std::to_string(i) + ",2024-02-0" + std::to_string(sender + 1) + ",x\n";
      EXPECT_EQ(served_.Do("POST", "/inbox/gp-connect", file, "text/csv").status, 202);
      EXPECT_EQ(served_.Do("POST", "/inbox/gp-connect", file, "text/csv").status, 202);
    });
  }
  for (std::thread& sender : senders) sender.join();
  const auto count = [&](const std::string& state) {
    const auto bundle = fhir::json::Read(served_.Do("GET", "/inbox?state=" + state).body);
    int entries = 0;
    for (const fhir::Element& entry : fhir::Repeats(*bundle->root, "entry")) entries += entry.Find("resource") ? 1 : 0;
    return entries;
  };
  for (int tries = 0; tries < 2000 && count("stored") < 4; ++tries) ::usleep(10'000);
  EXPECT_EQ(count("stored"), 4);
  EXPECT_EQ(count("received"), 0);
  // The one that ends last says alone what there was in its period.
  EXPECT_NE(served_.Do("GET", "/fhir/Observation?_summary=count").body.find("\"total\":50"), std::string::npos);
  EXPECT_NE(served_.Do("GET", "/fhir/Observation?_summary=count&date=2024-02-04").body.find("\"total\":50"), std::string::npos);
}

}  // namespace
}  // namespace careloom_test
