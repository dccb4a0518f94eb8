// See told_store.h.
#include "tests/support/told_store.h"

#include <algorithm>
#include <utility>

#include "fhir/json/reader.h"
#include "server/storage/sha256.h"

namespace careloom_test {

namespace {

using fhir::Result;
using server::storage::WriteTransaction;

constexpr std::string_view kMessage = "message ";

std::pair<std::string, std::string> TypeAndId(const std::string& name) {
  const std::size_t slash = name.find('/');
  return {name.substr(0, slash), name.substr(slash + 1)};
}

// Long enough that some fill more than a page of the database.
std::string Body(const std::string& name, const std::string& patient, std::uint64_t salt) {
  const auto [type, id] = TypeAndId(name);
  const std::string text(salt % 11 == 0 ? 9'000 : 20 + salt % 300, static_cast<char>('a' + salt % 26));
  if (type == "Patient") return R"({"resourceType":"Patient","id":")" + id + R"(","active":true,"name":[{"family":"F)" + std::to_string(salt % 1000) + R"(","text":")" + text + "\"}]}";
  return R"({"resourceType":"Observation","id":")" + id + R"(","status":"final","code":{"text":")" + text + R"("},"subject":{"reference":")" + patient +
         R"("},"effectiveDateTime":"2026-03-01","valueQuantity":{"value":)" + std::to_string(salt % 1000) + "}}";
}

Result<void> Put(WriteTransaction& transaction, const std::string& name, const std::string& patient, std::uint64_t salt) {
  TRY_ASSIGN(fhir::Document document, fhir::json::Read(Body(name, patient, salt)));
  const auto [type, id] = TypeAndId(name);
  return transaction.Put({.type = type, .id = id, .document = &document}).has_value() ? Result<void>() : fhir::Error(fhir::ErrorKind::kInternal, "not put");
}

Result<void> Receive(WriteTransaction& transaction, const std::string& id, std::uint64_t salt) {
  const std::string bytes(100 + salt % 30'000, 'm');
  server::storage::Message message;
  message.id = id;
  TRY(transaction.PutMessage(message));
  TRY(transaction.AppendMessageBytes(id, bytes));
  message.state = server::storage::MessageState::kReceived;
  message.size_bytes = static_cast<std::int64_t>(bytes.size());
  server::storage::Sha256 hash;
  hash.Add(bytes);
  message.sha256 = hash.Finish();
  return transaction.PutMessage(message);
}

}  // namespace

bool ToldClient::Step(server::storage::Store& store) {
  Stand next = stands_.back();
  const std::string fresh = name_ + "-" + std::to_string(stands_.size());
  std::vector<std::string> live;
  for (const auto& [name, standing] : next) {
    if (!standing.deleted && !name.starts_with(kMessage)) live.push_back(name);
  }
  const std::uint64_t choice = random_() % 10, salt = random_();
  std::function<Result<void>(WriteTransaction&)> job;
  if (choice < 2 && messages_) {
    const std::string name = std::string(kMessage) + fresh;
    next[name] = {1, false};
    job = [=](WriteTransaction& transaction) { return Receive(transaction, fresh, salt); };
  } else if (choice < 6 || live.empty()) {
    const std::string patient = "Patient/" + fresh;
    std::vector<std::string> names = {patient};
    for (std::uint64_t i = 0; choice >= 3 && i < 2 + salt % 3; ++i) names.push_back("Observation/" + fresh + "-" + std::to_string(i));
    for (const std::string& name : names) next[name] = {1, false};
    job = [=](WriteTransaction& transaction) -> Result<void> {
      for (const std::string& name : names) {
        TRY(Put(transaction, name, patient, salt));
      }
      return {};
    };
  } else {
    const std::string name = live[salt % live.size()];
    const bool deletes = choice == 9;
    next[name] = {next[name].version + 1, deletes};
    const auto number = static_cast<std::uint64_t>(stands_.size());
    job = [=](WriteTransaction& transaction) -> Result<void> {
      if (!deletes) return Put(transaction, name, "Patient/" + fresh, salt + number);
      const auto [type, id] = TypeAndId(name);
      TRY(transaction.Delete(type, id, std::nullopt));
      return {};
    };
  }
  stands_.push_back(std::move(next));
  return store.Write(std::move(job)).has_value();
}

Outcome Compare(server::storage::Reader& reader, const ToldClient& client, std::size_t acknowledged) {
  Stand found;
  for (const auto& [name, unused] : client.stands().back()) {
    if (name.starts_with(kMessage)) {
      if (reader.ReadMessage(name.substr(kMessage.size()))) found[name] = {1, false};
      continue;
    }
    const auto [type, id] = TypeAndId(name);
    if (const auto stored = reader.Read(type, id)) found[name] = {stored->version, stored->deleted()};
  }
  const std::vector<Stand>& stands = client.stands();
  const auto from = stands.begin() + static_cast<std::ptrdiff_t>(acknowledged);
  if (std::find(from, stands.end(), found) != stands.end()) return Outcome::kHeld;
  return std::find(stands.begin(), from, found) != from ? Outcome::kLost : Outcome::kTorn;
}

}  // namespace careloom_test
