// The built-in templates, forms and extensions in the store: put there once, renewed when older, left alone when newer.
#include "server/care/plan/definitions.h"

#include <gtest/gtest.h>

#include <thread>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/served.h"

namespace {

using careloom_test::Served;
using server::care::plan::IsOlder;
using server::care::plan::StoreDefinitions;

constexpr char kTemplate[] = "/fhir/PlanDefinition/careloom-six-stages";
constexpr char kMark[] = "/fhir/Basic/careloom-definitions";

int Stored(server::App& app) {
  auto stored = StoreDefinitions(app);
  EXPECT_TRUE(stored) << stored.error().ToString() << " " << stored.error().detail();
  return stored ? *stored : -1;
}

std::string WithVersion(Served& served, const std::string& version, const std::string& title) {
  auto document = fhir::json::Read(served.Do("GET", kTemplate).body);
  document->SetValue(document->root->Find("version"), fhir::ValueKind::kString, version);
  document->SetValue(document->root->Find("title"), fhir::ValueKind::kString, title);
  return fhir::json::Write(*document->root);
}

TEST(PlanDefinitions, AreStoredOnceAndFoundBySearch) {
  Served served;
  EXPECT_GT(Stored(served.app()), 20);
  EXPECT_EQ(Stored(served.app()), 0);
  EXPECT_NE(served.Do("GET", "/fhir/Questionnaire?url=https://careloom.example/fhir/Questionnaire/about-me").body.find("1515861000000103"), std::string::npos);
  EXPECT_NE(served.Do("GET", "/fhir/StructureDefinition?url=https://careloom.example/fhir/StructureDefinition/confidence").body.find("careloom-confidence"), std::string::npos);
  EXPECT_EQ(served.Do("GET", kTemplate).status, 200);
}

TEST(PlanDefinitions, ThatAreOlderAreRenewedAndNewerOnesStay) {
  Served served;
  Stored(served.app());
  ASSERT_EQ(served.Do("PUT", kTemplate, WithVersion(served, "0.9.9", "Ours")).status, 200);
  EXPECT_EQ(Stored(served.app()), 0) << "this set was put there already";
  ASSERT_EQ(served.Do("DELETE", kMark).status, 204);
  EXPECT_EQ(Stored(served.app()), 1);
  EXPECT_EQ(served.Do("GET", kTemplate).body.find("Ours"), std::string::npos);
  ASSERT_EQ(served.Do("PUT", kTemplate, WithVersion(served, "1.10", "Ours")).status, 200);
  ASSERT_EQ(served.Do("DELETE", kMark).status, 204);
  EXPECT_EQ(Stored(served.app()), 0);
  EXPECT_NE(served.Do("GET", kTemplate).body.find("Ours"), std::string::npos);
}

TEST(PlanDefinitions, OfTwoServersAtOnceAreStoredOnce) {
  if (!careloom_test::PostgresCluster::Shared()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  const careloom_test::TempFolder folder;
  server::AppOptions options;
  options.data_dir = folder.path().string();
  options.postgres_url = careloom_test::PostgresUrlFor(folder.path());
  Served first(options), second(options);
  std::thread other([&] { Stored(second.app()); });
  Stored(first.app());
  other.join();
  EXPECT_NE(first.Do("GET", kTemplate).body.find("\"versionId\":\"1\""), std::string::npos);
}

TEST(PlanDefinitions, VersionsCompareAsNumbers) {
  EXPECT_TRUE(IsOlder("1.9", "1.10.0"));
  EXPECT_FALSE(IsOlder("1.10", "1.9"));
  EXPECT_FALSE(IsOlder("1.0.0", "1"));
  EXPECT_TRUE(IsOlder("", "1"));
}

}  // namespace
