// Callers who write and read the same few resources at once, over HTTP or without it, and note what they asked and were told
// for history_checker. Every request is one of FHIR's: updates with and without If-Match, deletions, conditional create,
// update and delete, transactions, read, vread, history, search.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "server/http/message.h"
#include "tests/support/history_checker.h"

namespace careloom_test {

// Sends a request and gives its answer; status 0 when no whole answer came.
using Send = std::function<server::http::Response(const std::string& method, const std::string& target, const server::http::Headers& headers, const std::string& body)>;

struct WorkloadOptions {
  int callers = 16;
  int groups = 10;        // of three resources each, which transactions write together
  int conditions = 10;    // identifiers that conditional writes name
  std::uint64_t seed = 1;
};

class HistoryWorkload {
 public:
  explicit HistoryWorkload(const WorkloadOptions& options);
  // Makes the groups' resources. Once, before the first Run.
  void SetUp(const Send& send);
  // So many operations more, by all callers together; caller i sends through senders[i % size]. Ends early when a caller
  // gets no answer three times over: the server is gone.
  void Run(const std::vector<Send>& senders, int operations);
  // Every version of every resource that anybody was told of.
  FinalHistory ReadFinal(const Send& send);

  const std::vector<Operation>& operations() const { return operations_; }
  // How often each status came; 0 is no answer.
  const std::map<int, int>& statuses() const { return statuses_; }

 private:
  class Caller;
  std::string Key(std::size_t group, std::size_t member) const { return "g" + std::to_string(group) + "-" + std::to_string(member); }

  WorkloadOptions options_;
  std::atomic<std::int64_t> next_value_{1};
  std::vector<std::atomic<std::int64_t>> newest_;   // of each group's resources, the version last heard of
  std::mutex mutex_;
  std::vector<Operation> operations_;
  std::map<int, int> statuses_;
  std::uint64_t runs_ = 0;
};

}  // namespace careloom_test
