// Stores that an earlier version wrote, opened by this one.
#include <gtest/gtest.h>

#include "tests/support/first_schema.h"
#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;

TEST(Schema, JoinsThatWereStoredBeforeThereWasAPersonTableHold) {
  const careloom_test::TempFolder folder;
  const auto ports = std::make_shared<careloom_test::TestPorts>();
  {
    const auto store = *careloom_test::SqliteBackend::Open(folder.path(), ports);
    for (const char* json : {R"({"resourceType":"Patient","id":"a","link":[{"other":{"reference":"Patient/s"},"type":"seealso"},{"other":{"reference":"Patient/b"},"type":"replaced-by"}]})",
                             R"({"resourceType":"Patient","id":"b"})", R"({"resourceType":"Patient","id":"s"})",
                             R"({"resourceType":"Patient","id":"c","link":[{"other":{"reference":"Patient/b/_history/1"},"type":"replaced-by"},{"other":{"reference":"Patient/c"},"type":"replaced-by"}]})",
                             R"({"resourceType":"Patient","id":"d","link":[{"other":{"reference":"Patient/b"},"type":"replaced-by"}]})"}) {
      ASSERT_TRUE(PutJson(*store, json));
    }
    ASSERT_TRUE(PutJson(*store, R"({"resourceType":"Patient","id":"d"})"));
  }
  careloom_test::MakeFirstSchema((folder.path() / "store.db").string());
  const auto store = *careloom_test::SqliteBackend::Open(folder.path(), ports);
  const auto reader = *store->OpenReader();
  EXPECT_EQ(*reader->PersonOf("a"), (std::vector<std::string>{"b", "a", "c"}));
  EXPECT_EQ(*reader->PersonOf("s"), std::vector<std::string>{"s"});
  EXPECT_EQ(*reader->PersonOf("d"), std::vector<std::string>{"d"});
}

}  // namespace
