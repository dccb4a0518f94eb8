// Stores that an earlier version wrote, opened by this one.
#include <gtest/gtest.h>

#include <set>

#include "server/storage/sqlite/database.h"
#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;
using server::storage::sqlite::Database;

// Takes out whatever came after the first schema version.
void MakeFirstVersion(const std::string& path) {
  const std::set<std::string> first = {"meta", "type", "slot", "version", "older", "resource", "directory", "hash_row", "string_row", "date_row", "number_row", "counter"};
  const auto database = *Database::Open(path, {});
  std::string drops;
  {
    auto cursor = *database->Query("SELECT name FROM sqlite_master WHERE type='table'");
    while (*cursor.Step()) {
      const std::string name(cursor.Bytes(0));
      if (first.count(name) == 0) drops += "DROP TABLE " + name + ";";
    }
  }
  ASSERT_TRUE(database->Execute((drops + "PRAGMA user_version=1").c_str()));
}

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
  MakeFirstVersion((folder.path() / "store.db").string());
  const auto store = *careloom_test::SqliteBackend::Open(folder.path(), ports);
  const auto reader = *store->OpenReader();
  EXPECT_EQ(*reader->PersonOf("a"), (std::vector<std::string>{"b", "a", "c"}));
  EXPECT_EQ(*reader->PersonOf("s"), std::vector<std::string>{"s"});
  EXPECT_EQ(*reader->PersonOf("d"), std::vector<std::string>{"d"});
}

}  // namespace
