// The callers: one function for each kind of request, and what its answer tells.
#include "tests/support/history_workload.h"

#include <chrono>
#include <random>
#include <thread>

#include "fhir/json/reader.h"
#include "server/http/versions.h"

namespace careloom_test {
namespace {

using fhir::Element;
using server::http::FindHeader;
using server::http::Response;
using Outcome = Operation::Outcome;
using Shows = Operation::Shows;

constexpr std::size_t kMembers = 3;
constexpr char kType[] = "/fhir/Observation";

std::int64_t Now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::string GroupSearch(std::size_t group) { return "identifier=urn:g%7C" + std::to_string(group); }
std::string Condition(std::size_t condition) { return "identifier=urn:c%7C" + std::to_string(condition); }

std::string Body(const std::string& id, const std::string& system, std::size_t number, std::int64_t value) {
  return R"({"resourceType":"Observation")" + (id.empty() ? "" : R"(,"id":")" + id + "\"") + R"(,"identifier":[{"system":")" + system + R"(","value":")" + std::to_string(number) +
         R"("}],"status":"final","code":{"text":"x"},"valueInteger":)" + std::to_string(value) + "}";
}

Sight SightOf(const Element& resource) {
  const Element* meta = resource.Find("meta");
  return {std::string(resource.ValueOf("id")), meta ? std::stoll("0" + std::string(meta->ValueOf("versionId"))) : 0, std::stoll("0" + std::string(resource.ValueOf("valueInteger")))};
}

std::int64_t VersionOf(const Response& answer) { return server::http::ParseETag(FindHeader(answer.headers, "ETag")).value_or(0); }

std::string ETagHeader(std::int64_t version) { return "W/\"" + std::to_string(version) + "\""; }

}  // namespace

class HistoryWorkload::Caller {
 public:
  Caller(HistoryWorkload& workload, const Send& send, std::uint64_t seed) : workload_(workload), send_(send), random_(seed) {}

  void Run(std::atomic<int>& left) {
    while (unanswered_ < 3 && left.fetch_sub(1) > 0) Step();
    const std::lock_guard<std::mutex> lock(workload_.mutex_);
    workload_.operations_.insert(workload_.operations_.end(), std::make_move_iterator(done_.begin()), std::make_move_iterator(done_.end()));
    for (const auto& [status, count] : statuses_) workload_.statuses_[status] += count;
  }

  // An update without a condition.
  void Put(std::size_t group, std::size_t member, bool if_match) {
    const std::string key = workload_.Key(group, member);
    Operation operation;
    operation.writes.push_back({.key = key, .value = workload_.next_value_++});
    server::http::Headers headers;
    if (if_match) {
      operation.writes[0].expected = Newest(group, member);
      headers.emplace_back("If-Match", ETagHeader(*operation.writes[0].expected));
    }
    const Response answer = Ask(operation, "PUT", std::string(kType) + "/" + key, headers, Body(key, "urn:g", group, operation.writes[0].value));
    operation.writes[0].version = VersionOf(answer);
    if (operation.outcome == Outcome::kDone) Heard(group, member, operation.writes[0].version);
    Note(std::move(operation));
  }

 private:
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  std::atomic<std::int64_t>& Newest(std::size_t group, std::size_t member) { return workload_.newest_[group * kMembers + member]; }
  void Heard(std::size_t group, std::size_t member, std::int64_t version) {
    std::int64_t known = Newest(group, member);
    while (known < version && !Newest(group, member).compare_exchange_weak(known, version)) {
    }
  }

  // Times, outcome and the answer.
  Response Ask(Operation& operation, const std::string& method, const std::string& target, const server::http::Headers& headers = {}, const std::string& body = {}) {
    operation.start = Now();
    Response answer = send_(method, target, headers, body);
    operation.end = Now();
    ++statuses_[answer.status];
    unanswered_ = answer.status == 0 ? unanswered_ + 1 : 0;
    const bool read = method == "GET";
    if (answer.status == 0 || answer.status == 500) operation.outcome = Outcome::kUnknown;
    else if (answer.status >= 300 && !(read && (answer.status == 404 || answer.status == 410))) operation.outcome = Outcome::kRefused;
    // Only 412 says that the version was another.
    if (answer.status != 412 && operation.outcome == Outcome::kRefused) {
      for (HistoryWrite& write : operation.writes) write.expected.reset();
    }
    return answer;
  }
  void Note(Operation operation) {
    if (operation.outcome == Outcome::kDone || !operation.writes.empty()) done_.push_back(std::move(operation));
  }

  void Step() {
    const std::size_t group = Below(static_cast<std::size_t>(workload_.options_.groups)), member = Below(kMembers);
    const std::size_t condition = Below(static_cast<std::size_t>(workload_.options_.conditions)), dice = Below(100);
    if (dice < 14) return Put(group, member, false);
    if (dice < 28) return Put(group, member, true);
    if (dice < 34) return Delete(group, member, dice < 30);
    if (dice < 44) return ConditionalPost(condition);
    if (dice < 50) return ConditionalPut(condition);
    if (dice < 55) return ConditionalDelete(condition);
    if (dice < 65) return Transaction(group, condition);
    if (dice < 75) return Read(group, member);
    if (dice < 80) return ReadVersion(group, member);
    if (dice < 85) return History(group, member);
    if (dice < 95) return Search(GroupSearch(group), group, true);
    return Search(Condition(condition), condition, false);
  }

  void Delete(std::size_t group, std::size_t member, bool if_match) {
    Operation operation;
    operation.writes.push_back({.key = workload_.Key(group, member)});
    server::http::Headers headers;
    if (if_match) {
      operation.writes[0].expected = Newest(group, member);
      headers.emplace_back("If-Match", ETagHeader(*operation.writes[0].expected));
    }
    const Response answer = Ask(operation, "DELETE", std::string(kType) + "/" + operation.writes[0].key, headers);
    operation.writes[0].version = VersionOf(answer);
    if (operation.outcome == Outcome::kDone) Heard(group, member, operation.writes[0].version);
    Note(std::move(operation));
  }

  // The resource that was made (201), or that was there (200).
  void ConditionalPost(std::size_t condition) {
    Operation operation;
    operation.condition = Condition(condition);
    operation.writes.push_back({.value = workload_.next_value_++});
    const Response answer = Ask(operation, "POST", kType, {{"If-None-Exist", operation.condition}}, Body({}, "urn:c", condition, operation.writes[0].value));
    TakeWritten(operation, answer, answer.status == 201);
    Note(std::move(operation));
  }
  void ConditionalPut(std::size_t condition) {
    Operation operation;
    operation.condition = Condition(condition);
    operation.writes.push_back({.value = workload_.next_value_++});
    const Response answer = Ask(operation, "PUT", std::string(kType) + "?" + operation.condition, {}, Body({}, "urn:c", condition, operation.writes[0].value));
    TakeWritten(operation, answer, true);
    Note(std::move(operation));
  }
  static void TakeWritten(Operation& operation, const Response& answer, bool written) {
    if (operation.outcome != Outcome::kDone) return;
    const auto resource = fhir::json::Read(answer.body);
    const Sight sight = resource ? SightOf(*resource->root) : Sight{};
    if (!written) {
      operation.writes.clear();
      operation.sights.push_back(sight);
      return;
    }
    operation.writes[0].key = sight.key;
    operation.writes[0].version = sight.value == operation.writes[0].value ? sight.version : -1;   // it must show what was sent
  }

  void ConditionalDelete(std::size_t condition) {
    Operation operation;
    operation.condition = Condition(condition);
    operation.writes.push_back({});
    const Response answer = Ask(operation, "DELETE", std::string(kType) + "?" + operation.condition);
    operation.writes[0].version = VersionOf(answer);
    if (operation.outcome == Outcome::kDone && operation.writes[0].version == 0) operation.writes.clear();   // there was none
    Note(std::move(operation));
  }

  // Two or three of a group: all put, one deleted, or one under ifMatch; some with a conditional create besides.
  void Transaction(std::size_t group, std::size_t condition) {
    const std::size_t kind = Below(4), members = kind == 1 ? kMembers : 2 + Below(2), first = Below(kMembers);
    Operation operation, create;
    std::string entries;
    for (std::size_t i = 0; i < members; ++i) {
      const std::size_t member = (first + i) % kMembers;
      const std::string key = workload_.Key(group, member);
      if (i > 0) entries += ',';
      if (kind == 1 && i == 0) {
        operation.writes.push_back({.key = key});
        entries += R"({"request":{"method":"DELETE","url":"Observation/)" + key + "\"}}";
        continue;
      }
      operation.writes.push_back({.key = key, .value = workload_.next_value_++});
      std::string match;
      if (kind == 2 && i == 0) {
        operation.writes[0].expected = Newest(group, member);
        match = R"(,"ifMatch":"W/\")" + std::to_string(*operation.writes[0].expected) + "\\\"\"";
      }
      entries += R"({"resource":)" + Body(key, "urn:g", group, operation.writes.back().value) + R"(,"request":{"method":"PUT","url":"Observation/)" + key + "\"" + match + "}}";
    }
    if (kind == 3) {
      create.condition = Condition(condition);
      create.writes.push_back({.value = workload_.next_value_++});
      entries += R"(,{"resource":)" + Body({}, "urn:c", condition, create.writes[0].value) + R"(,"request":{"method":"POST","url":"Observation","ifNoneExist":")" + create.condition + "\"}}";
    }
    const Response answer = Ask(operation, "POST", "/fhir", {{"Prefer", "return=representation"}}, R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entries + "]}");
    create.start = operation.start, create.end = operation.end, create.outcome = operation.outcome;
    if (operation.outcome == Outcome::kDone) TakeTransaction(answer, operation, create);
    if (!create.writes.empty() || !create.sights.empty()) Note(std::move(create));
    Note(std::move(operation));
  }

  static void TakeTransaction(const Response& answer, Operation& operation, Operation& create) {
    const auto bundle = fhir::json::Read(answer.body);
    std::size_t i = 0;
    if (!bundle) return;
    for (const Element& entry : fhir::Repeats(*bundle->root, "entry")) {
      const Element* response = entry.Find("response");
      const std::int64_t version = response ? server::http::ParseETag(response->ValueOf("etag")).value_or(0) : 0;
      if (i < operation.writes.size()) {
        operation.writes[i++].version = version;
      } else if (const Element* resource = entry.Find("resource")) {
        const Sight sight = SightOf(*resource);
        if (response->ValueOf("status").starts_with("201")) {
          create.writes[0].key = sight.key;
          create.writes[0].version = version;
        } else {
          create.writes.clear();
          create.sights.push_back(sight);
        }
      }
    }
  }

  void Read(std::size_t group, std::size_t member) {
    Operation operation;
    const std::string key = workload_.Key(group, member);
    const Response answer = Ask(operation, "GET", std::string(kType) + "/" + key);
    if (answer.status == 200) {
      const auto resource = fhir::json::Read(answer.body);
      operation.sights.push_back(resource ? SightOf(*resource->root) : Sight{key, -2, 0});
    } else {
      operation.sights.push_back({key, answer.status == 410 ? VersionOf(answer) : kNotThere, kDeletion});
    }
    Note(std::move(operation));
  }

  void ReadVersion(std::size_t group, std::size_t member) {
    const std::int64_t newest = Newest(group, member);
    if (newest == 0) return;
    Operation operation;
    operation.shows = Shows::kVersion;
    const std::string key = workload_.Key(group, member);
    const std::int64_t version = newest - static_cast<std::int64_t>(Below(static_cast<std::size_t>(std::min<std::int64_t>(newest, 4))));
    const Response answer = Ask(operation, "GET", std::string(kType) + "/" + key + "/_history/" + std::to_string(version));
    const auto resource = fhir::json::Read(answer.body);
    if (answer.status == 200 && resource) operation.sights.push_back(SightOf(*resource->root));
    else operation.sights.push_back({key, answer.status == 410 ? version : kNotThere, kDeletion});
    if (answer.status == 404) operation.shows = Shows::kCurrent;   // somebody was told of this version: never there is stale
    Note(std::move(operation));
  }

  void History(std::size_t group, std::size_t member) {
    Operation operation;
    operation.shows = Shows::kHistory;
    const std::string key = workload_.Key(group, member);
    const Response answer = Ask(operation, "GET", std::string(kType) + "/" + key + "/_history?_count=5");
    const auto bundle = fhir::json::Read(answer.body);
    if (operation.outcome != Outcome::kDone || !bundle) return;
    for (const Element& entry : fhir::Repeats(*bundle->root, "entry")) {
      const Element* resource = entry.Find("resource");
      const Element* response = entry.Find("response");
      operation.sights.push_back(resource ? SightOf(*resource) : Sight{key, server::http::ParseETag(response->ValueOf("etag")).value_or(0), kDeletion});
    }
    Note(std::move(operation));
  }

  void Search(const std::string& criteria, std::size_t number, bool is_group) {
    Operation operation;
    if (!is_group) operation.condition = criteria;
    const Response answer = Ask(operation, "GET", std::string(kType) + "?" + criteria);
    const auto bundle = fhir::json::Read(answer.body);
    if (answer.status != 200 || !bundle) return;
    std::set<std::string> shown;
    for (const Element& entry : fhir::Repeats(*bundle->root, "entry")) {
      operation.sights.push_back(SightOf(*entry.Find("resource")));
      if (!shown.insert(operation.sights.back().key).second) operation.sights.back().version = -2;   // twice on one page
    }
    for (std::size_t member = 0; is_group && member < kMembers; ++member) {
      if (!shown.contains(workload_.Key(number, member))) operation.sights.push_back({workload_.Key(number, member), kNotShown, kDeletion});
    }
    Note(std::move(operation));
  }

  HistoryWorkload& workload_;
  const Send& send_;
  std::mt19937_64 random_;
  std::vector<Operation> done_;
  std::map<int, int> statuses_;
  int unanswered_ = 0;
};

HistoryWorkload::HistoryWorkload(const WorkloadOptions& options) : options_(options), newest_(static_cast<std::size_t>(options.groups) * kMembers) {}

void HistoryWorkload::SetUp(const Send& send) {
  Caller caller(*this, send, options_.seed);
  for (std::size_t group = 0; group < static_cast<std::size_t>(options_.groups); ++group) {
    for (std::size_t member = 0; member < kMembers; ++member) caller.Put(group, member, false);
  }
  std::atomic<int> none = 0;
  caller.Run(none);
}

void HistoryWorkload::Run(const std::vector<Send>& senders, int operations) {
  std::atomic<int> left = operations;
  std::vector<std::thread> threads;
  ++runs_;
  for (int i = 0; i < options_.callers; ++i) {
    const std::uint64_t seed = options_.seed * 1'000'003 + runs_ * 1009 + static_cast<std::uint64_t>(i);
    threads.emplace_back([&, i, seed] { Caller(*this, senders[static_cast<std::size_t>(i) % senders.size()], seed).Run(left); });
  }
  for (std::thread& thread : threads) thread.join();
}

FinalHistory HistoryWorkload::ReadFinal(const Send& send) {
  std::set<std::string> keys;
  for (const Operation& operation : operations_) {
    for (const HistoryWrite& write : operation.writes) keys.insert(write.key);
    for (const Sight& sight : operation.sights) keys.insert(sight.key);
  }
  for (std::size_t condition = 0; condition < static_cast<std::size_t>(options_.conditions); ++condition) {
    const auto bundle = fhir::json::Read(send("GET", std::string(kType) + "?" + Condition(condition), {}, {}).body);
    if (!bundle) continue;
    for (const Element& entry : fhir::Repeats(*bundle->root, "entry")) keys.emplace(entry.Find("resource")->ValueOf("id"));
  }
  keys.erase("");
  FinalHistory final_history;
  for (const std::string& key : keys) {
    std::vector<FinalVersion> versions;   // newest first
    for (std::int64_t before = 0; before != 1;) {
      const auto bundle = fhir::json::Read(send("GET", std::string(kType) + "/" + key + "/_history?_count=1000" + (before ? "&_before=" + std::to_string(before) : ""), {}, {}).body);
      before = 1;
      if (!bundle || bundle->root->resource_type() != "Bundle") continue;
      for (const Element& entry : fhir::Repeats(*bundle->root, "entry")) {
        const Element* resource = entry.Find("resource");
        const Element* response = entry.Find("response");
        before = server::http::ParseETag(response->ValueOf("etag")).value_or(1);
        versions.push_back({resource ? SightOf(*resource).value : kDeletion, server::http::ParseInstant(response->ValueOf("lastModified")).value_or(0)});
      }
    }
    final_history[key].assign(versions.rbegin(), versions.rend());
  }
  return final_history;
}

}  // namespace careloom_test
