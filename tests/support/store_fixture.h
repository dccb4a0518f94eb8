// A store of any backend in a folder that goes away with the test, and short words for using it.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/reader.h"
#include "fhir/schema/registry.h"
#include "fhir/search/extract.h"
#include "server/search/parse.h"
#include "server/storage/postgres/postgres_store.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/storage/store.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {

// The definitions, loaded once for all tests of the process.
struct Definitions {
  std::shared_ptr<const fhir::schema::Registry> registry = *fhir::schema::Registry::LoadR4();
  std::shared_ptr<const fhir::search::Extractor> extractor = *fhir::search::Extractor::Create(*registry);
};

inline const Definitions& SharedDefinitions() {
  static const Definitions definitions;
  return definitions;
}

// A clock that moves a second a look, from 2026-01-01, and numbers from a seed: a run is the same every time.
struct TestPorts {
  std::atomic<std::int64_t> now_us = 1'767'225'600'000'000;
  std::mutex mutex;
  std::mt19937_64 random{7};
};

struct TestClock {
  std::shared_ptr<TestPorts> ports;
  std::int64_t operator()() const { return ports->now_us += 1'000'000; }
};

struct TestRandom {
  std::shared_ptr<TestPorts> ports;
  std::uint64_t operator()() const {
    const std::lock_guard<std::mutex> lock(ports->mutex);
    return ports->random();
  }
};

// Each backend keeps a store for a folder: opened again there, it is the same store.
struct SqliteBackend {
  static constexpr bool kManyProcesses = false;     // may write to one store
  static bool IsThere() { return true; }
  static fhir::Result<std::unique_ptr<server::storage::Store>> Open(const std::filesystem::path& folder, std::shared_ptr<TestPorts> ports,
                                                                    server::storage::sqlite::SqliteOptions options = {}) {
    return server::storage::sqlite::OpenSqlite((folder / "store.db").string(), *SharedDefinitions().registry, SharedDefinitions().extractor, std::move(options),
                                               TestClock{ports}, TestRandom{ports});
  }
};

struct PostgresBackend {
  static constexpr bool kManyProcesses = true;
  static bool IsThere() { return PostgresCluster::Shared() != nullptr; }
  static fhir::Result<std::unique_ptr<server::storage::Store>> Open(const std::filesystem::path& folder, std::shared_ptr<TestPorts> ports,
                                                                    server::storage::postgres::PostgresOptions options = {}) {
    if (options.connection.url.empty()) options.connection.url = PostgresUrlFor(folder);
    return server::storage::postgres::OpenPostgres(*SharedDefinitions().registry, SharedDefinitions().extractor, std::move(options), TestClock{ports}, TestRandom{ports});
  }
};

using Backends = testing::Types<SqliteBackend, PostgresBackend>;

// A test with a store of a backend; skipped, visibly, where the backend is not installed.
template <typename Backend>
class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Backend::IsThere()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    Open();
  }
  // Closes the store and opens it again.
  void Open() {
    store_.reset();
    auto opened = Backend::Open(folder_.path(), ports_);
    ASSERT_TRUE(opened) << opened.error().ToString() << " " << opened.error().detail();
    store_ = *std::move(opened);
  }

  TempFolder folder_;
  std::shared_ptr<TestPorts> ports_ = std::make_shared<TestPorts>();
  std::unique_ptr<server::storage::Store> store_;
};

// Parses and stores one resource in a transaction of its own; `id` is the one in the JSON.
inline fhir::Result<server::storage::Written> PutJson(server::storage::Store& store, std::string_view json, server::storage::PutRequest request = {}) {
  server::storage::Written written;
  TRY(store.Write([&](server::storage::WriteTransaction& transaction) -> fhir::Result<void> {
    TRY_ASSIGN(fhir::Document document, fhir::json::Read(json));
    request.type = std::string(document.root->resource_type());
    request.id = std::string(document.root->ValueOf("id"));
    request.document = &document;
    TRY_ASSIGN(written, transaction.Put(request));
    return {};
  }));
  return written;
}

inline fhir::Result<server::search::Query> ParseSearch(std::string_view type, std::string_view url_query) {
  return server::search::ParseQuery(type, url_query, *SharedDefinitions().registry, *SharedDefinitions().extractor);
}

inline fhir::Result<server::storage::SearchPage> SearchPageOf(server::storage::Store& store, std::string_view type, std::string_view url_query) {
  TRY_ASSIGN(const server::search::Query query, ParseSearch(type, url_query));
  TRY_ASSIGN(const std::unique_ptr<server::storage::Reader> reader, store.OpenReader());
  return reader->Search(query);
}

// "Type/id" of the page's entries, an included one with "+" before it.
inline std::vector<std::string> NamesOf(const server::storage::SearchPage& page) {
  std::vector<std::string> names;
  for (const server::storage::SearchEntry& entry : page.entries) names.push_back((entry.is_match ? "" : "+") + entry.version.type + "/" + entry.version.id);
  return names;
}

// All pages' names, or the error as one name.
inline std::vector<std::string> SearchAll(server::storage::Store& store, std::string_view type, const std::string& url_query, int pages = 10'000) {
  std::vector<std::string> names;
  std::string cursor;
  for (int page = 0; page < pages; ++page) {
    auto found = SearchPageOf(store, type, url_query + (cursor.empty() ? "" : "&_cursor=" + cursor));
    if (!found) return {found.error().ToString()};
    for (std::string& name : NamesOf(*found)) names.push_back(std::move(name));
    cursor = found->next_cursor;
    if (cursor.empty()) break;
  }
  return names;
}

}  // namespace careloom_test
