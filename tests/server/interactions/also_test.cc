// What is stored in the same commit as a transaction's entries: both or neither.
#include <gtest/gtest.h>

#include "fhir/json/reader.h"
#include "server/interactions/transaction.h"
#include "tests/support/served.h"

namespace {

using server::interactions::Done;
using server::storage::WriteTransaction;

constexpr std::string_view kPatient = R"({"resourceType":"Patient","id":"p"})";

fhir::Result<std::vector<Done>> Store(careloom_test::Served& served, server::interactions::Also also) {
  TRY_ASSIGN(fhir::Document bundle, fhir::json::Read(R"({"resourceType":"Bundle","type":"transaction","entry":[
      {"resource":)" + std::string(kPatient) + R"(,"request":{"method":"PUT","url":"Patient/p"}}]})"));
  fhir::IssueSink issues;
  server::interactions::TransactionOptions options;
  options.also = std::move(also);
  return server::interactions::ExecuteTransaction(served.app(), std::move(bundle), issues, options);
}

fhir::Result<void> PutGroup(WriteTransaction& transaction) {
  TRY_ASSIGN(fhir::Document group, fhir::json::Read(R"({"resourceType":"Group","id":"g","type":"person","actual":true})"));
  server::storage::PutRequest request;
  request.type = "Group";
  request.id = "g";
  request.document = &group;
  TRY(transaction.Put(request));
  return {};
}

TEST(Also, IsStoredWithTheEntries) {
  careloom_test::Served served;
  std::size_t seen = 0;
  const auto done = Store(served, [&](WriteTransaction& transaction, const std::vector<Done>& entries) {
    seen = entries.size();
    return PutGroup(transaction);
  });
  ASSERT_TRUE(done.has_value()) << done.error().ToString();
  EXPECT_EQ(seen, 1u);
  EXPECT_EQ(served.Do("GET", "/fhir/Patient/p").status, 200);
  EXPECT_EQ(served.Do("GET", "/fhir/Group/g").status, 200);
}

TEST(Also, AnErrorOfItUndoesTheEntriesToo) {
  careloom_test::Served served;
  const auto done = Store(served, [](WriteTransaction& transaction, const std::vector<Done>&) -> fhir::Result<void> {
    TRY(PutGroup(transaction));
    return fhir::Error(fhir::ErrorKind::kConflict, "no");
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind(), fhir::ErrorKind::kConflict);
  EXPECT_EQ(served.Do("GET", "/fhir/Patient/p").status, 404);
  EXPECT_EQ(served.Do("GET", "/fhir/Group/g").status, 404);
}

}  // namespace
