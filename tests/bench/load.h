// A small HTTP load client: many keep-alive connections on a few threads, each sending its next request when
// its answer is complete.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace careloom_bench {

struct LoadResult {
  std::uint64_t answers = 0;         // with the status that was expected
  std::uint64_t failures = 0;        // another status, or a connection lost
  double seconds = 0;
  double p50_ms = 0, p99_ms = 0;
  double per_second() const { return seconds > 0 ? static_cast<double>(answers) / seconds : 0; }
};

// The n-th request as bytes on the wire; empty: there are no more. Called on several threads.
using NextRequest = std::function<std::string(std::uint64_t n)>;

constexpr std::uint16_t kPort = 18980;   // of what is measured

// Sends until `next` has no more or `seconds` are over (0: no such end).
LoadResult RunLoad(std::uint16_t port, int connections, double seconds, const NextRequest& next);

// Reads of Patient/id-0 to id-9999 in no order, for some seconds after a warm one.
LoadResult ReadById(int clients);

// Milliseconds until kPort answers 200 to a GET of that target, from now; -1 after 30 s.
double UntilAnswer(const std::string& target);

// One request, one answer, on a connection of its own; empty when nothing listens.
std::string Ask(std::uint16_t port, const std::string& request);

std::string GetRequest(const std::string& target);
std::string PostRequest(const std::string& target, const std::string& body);

}  // namespace careloom_bench
