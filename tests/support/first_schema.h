// A SQLite store's file as the first version of its schema had it.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "server/storage/sqlite/database.h"

namespace careloom_test {

// Takes out whatever came after the first schema version.
inline void MakeFirstSchema(const std::string& path, const std::string& vfs = {}) {
  const std::set<std::string> first = {"meta", "type", "slot", "version", "older", "resource", "directory", "hash_row", "string_row", "date_row", "number_row", "counter"};
  const auto database = *server::storage::sqlite::Database::Open(path, {.vfs = vfs});
  std::string drops;
  {
    auto cursor = *database->Query("SELECT name FROM sqlite_master WHERE type='table'");
    while (*cursor.Step()) {
      const std::string name(cursor.Bytes(0));
      if (first.count(name) == 0) drops += "DROP TABLE " + name + ";";
    }
  }
  ASSERT_TRUE(database->Execute((drops + "ALTER TABLE version DROP COLUMN body_check;PRAGMA user_version=1").c_str()));
}

}  // namespace careloom_test
