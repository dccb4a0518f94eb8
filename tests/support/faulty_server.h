// The program over a store that was prepared, while calls of it fail (fault_shim.cc) or its files may not grow: what it answers to a
// few writes and reads, how it ends, and what is in the store afterwards.
#pragma once

#include <signal.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/http_client.h"
#include "tests/support/store_fixture.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {

struct Fault {
  std::string kind, how;      // as in fault_shim.cc
  bool always = false;
  bool from_start = false;    // else once it serves
};

// The program, started with the shim so that the n-th such call fails. An empty fault: none does.
class FaultyServer {
 public:
  FaultyServer(const std::filesystem::path& data, const std::filesystem::path& told, const Fault& fault, long number)
      : process_(Words(data, told, fault, number), "/usr/bin/env") {
    port_ = process_.WaitForPort();
    if (port_ != 0 && !fault.from_start && !fault.kind.empty()) process_.Signal(SIGUSR1);
  }
  // 0: it did not start.
  std::uint16_t port() const { return port_; }
  ChildProcess& process() { return process_; }
  // 0: no answer.
  int Do(const std::string& method, const std::string& path, const std::string& body = {}) {
    return port_ == 0 ? 0 : Fetch(port_, method, path, {{"Content-Type", "application/fhir+json"}}, body).status;
  }
  std::string Body(const std::string& path) { return Fetch(port_, "GET", path).body; }

 private:
  static std::vector<std::string> Words(const std::filesystem::path& data, const std::filesystem::path& told, const Fault& fault, long number) {
    std::vector<std::string> words;
    if (!fault.kind.empty()) {
      words = {"LD_PRELOAD=" + (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "libcareloom_fault_shim.so").string(), "CARELOOM_FAULT=" + fault.kind + " " + std::to_string(number) + " " + fault.how + (fault.always ? " always" : " once"),
               "CARELOOM_FAULT_FOLDER=" + data.string(), "CARELOOM_FAULT_TOLD=" + told.string()};
      if (fault.from_start) words.emplace_back("CARELOOM_FAULT_ARMED=1");
    }
    for (const std::string& word : {BuiltProgram(), std::string("serve"), std::string("--port"), std::string("0"), std::string("--data"), data.string()}) words.push_back(word);
    return words;
  }

  ChildProcess process_;
  std::uint16_t port_ = 0;
};

// The store of the program in that folder, opened here.
inline std::unique_ptr<server::storage::Store> OpenStoreOf(const std::filesystem::path& data) {
  const auto ports = std::make_shared<TestPorts>();
  auto store = server::storage::sqlite::OpenSqlite(server::storage::sqlite::StoreFile(data.string()), *SharedDefinitions().registry, SharedDefinitions().extractor, {},
                                                   [ports] { return ports->now_us += 1'000'000; }, [ports] { return ports->random(); });
  EXPECT_TRUE(store) << store.error().ToString() << " " << store.error().detail();
  return store ? *std::move(store) : nullptr;
}

// Findings, as words; empty when the store agrees with itself.
inline std::string FindingsOf(server::storage::Store& store) {
  std::string found;
  const auto counts = store.Verify([&](const server::storage::VerifyFinding& finding) { found += finding.where + ": " + finding.text + "\n"; });
  return counts ? found : counts.error().ToString();
}

}  // namespace careloom_test
