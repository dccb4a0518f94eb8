// The program serving as a process of its own, on each kind of store that it has.
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/http_client.h"
#include "tests/support/postgres_cluster.h"

namespace careloom_test {

// A kind of store as `careloom serve` is told of it.
struct ServedStore {
  std::string name;
  bool shared = false;   // several processes may serve it at once
  std::function<std::vector<std::string>(const std::filesystem::path& folder)> words;
  friend void PrintTo(const ServedStore& store, std::ostream* out) { *out << store.name; }
};

inline std::vector<ServedStore> ServedStores() {
  const auto in_folder = [](const std::filesystem::path& folder) { return std::vector<std::string>{"--data", (folder / "data").string()}; };
  const auto in_postgres = [in_folder](const std::filesystem::path& folder) {
    std::vector<std::string> words = in_folder(folder);
    words.insert(words.end(), {"--postgres", PostgresUrlFor(folder)});
    return words;
  };
  return {{"Sqlite", false, in_folder}, {"Postgres", true, in_postgres}};
}

// Ends the test, visibly, where what the store needs is not installed.
#define REQUIRE_STORE(store) \
  if ((store).shared && !careloom_test::PostgresCluster::Shared()) GTEST_SKIP() << "PostgreSQL 15 is not installed"

// `careloom serve` on a free port.
inline std::vector<std::string> ServeWords(const ServedStore& store, const std::filesystem::path& folder) {
  std::vector<std::string> words = {"serve", "--port", "0"};
  for (std::string& word : store.words(folder)) words.push_back(std::move(word));
  return words;
}

// One request on a connection of its own; status 0 unless the whole answer came.
inline server::http::Response FetchWhole(std::uint16_t port, const std::string& method, const std::string& target, server::http::Headers headers = {}, const std::string& body = {}) {
  if (!body.empty()) headers.emplace_back("Content-Type", "application/fhir+json");
  server::http::Response answer = Fetch(port, method, target, headers, body);
  const std::string_view length = server::http::FindHeader(answer.headers, "Content-Length");
  if (!length.empty() && std::to_string(answer.body.size()) != length) answer.status = 0;
  return answer;
}

}  // namespace careloom_test
