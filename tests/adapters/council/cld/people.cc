// Just enough of a server: conditional PUT, POST and DELETE by identifier, ids, versions, compartments.
#include "tests/adapters/council/cld/people.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>

#include "adapters/base/keys.h"
#include "adapters/base/report.h"
#include "adapters/catalogue.h"
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"

namespace careloom_test {

using fhir::Document;
using fhir::Element;
using fhir::Repeats;

namespace {

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

// What stands behind %XX.
std::string Decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else if (text[i] != '\\') {
      out += text[i];
    }
  }
  return out;
}

void EveryReference(const Element& element, const std::function<void(const Element&)>& visit) {
  for (const Element& child : fhir::Children(element)) {
    if (child.name == "reference" && child.has_value()) visit(child);
    EveryReference(child, visit);
  }
}

Document Read(const std::string& json) {
  auto document = fhir::json::Read(json);
  EXPECT_TRUE(document) << document.error().ToString() << json;
  return document ? *std::move(document) : Document();
}

}  // namespace

const adapters::PeopleFile& Cld() {
  static const auto adapter = [] {
    auto opened = adapters::FindAdapter("cld")->open({});
    EXPECT_TRUE(opened) << opened.error().ToString();
    return *std::move(opened);
  }();
  return *adapter->people_file();
}

const fhir::schema::Registry& R4() {
  static const auto registry = *fhir::schema::Registry::LoadR4();
  return *registry;
}

std::string CldStore::IdOf(const std::string& type, const std::string& identifier) const {
  const auto at = by_identifier_.find(type + " " + identifier);
  return at == by_identifier_.end() ? std::string() : at->second;
}

void CldStore::Execute(const Element& transaction) {
  struct Write {
    std::string name, json;
  };
  std::vector<Write> writes;
  std::map<std::string, std::string> names;  // urn -> "Type/id"
  for (const Element& entry : Repeats(transaction, "entry")) {
    const Element& request = *entry.Find("request");
    const std::string method(request.ValueOf("method")), url(request.ValueOf("url"));
    const Element* resource = entry.Find("resource");
    const std::string type = resource ? std::string(resource->resource_type()) : url.substr(0, url.find('?'));
    const std::string query = Decoded(method == "POST" ? request.ValueOf("ifNoneExist") : std::string_view(url).substr(url.find('?') + 1));
    const std::string identifier = query.starts_with("identifier=") ? query.substr(11) : std::string();
    std::string name = identifier.empty() ? (method == "PUT" ? url : std::string()) : IdOf(type, identifier);
    const std::string_view match = request.ValueOf("ifMatch");
    EXPECT_TRUE(match.empty() || match == "W/\"" + std::to_string(versions_[name]) + "\"") << name << " " << match;
    if (method == "PUT" && type != "Provenance") {
      EXPECT_EQ(!match.empty(), versions_[name] > 0) << url << ": what is stored is replaced by version";
    }
    if (method == "DELETE") {
      resources_.erase(name);
      by_identifier_.erase(type + " " + identifier);
      continue;
    }
    const bool is_new = name.empty();
    if (is_new) name = type + "/" + std::to_string(next_id_++);
    if (is_new && !identifier.empty()) by_identifier_[type + " " + identifier] = name;
    names[std::string(entry.ValueOf("fullUrl"))] = name;
    if (method == "PUT" || is_new) writes.push_back({name, fhir::json::Write(*resource)});
  }
  if (!writes.empty()) ++filled_;
  for (Write& write : writes) {
    for (const auto& [urn, name] : names) {
      if (!urn.empty()) ReplaceAll(write.json, "\"" + urn + "\"", "\"" + name + "\"");
    }
    EXPECT_EQ(write.json.find("urn:uuid:"), std::string::npos) << write.json;
    Document document = Read(write.json);
    if (Element* old = document.root->Find("id")) Document::Detach(old);
    document.AddString(document.root, "id", write.name.substr(write.name.find('/') + 1));
    Element* meta = document.root->Find("meta");
    if (!meta) meta = document.Add(document.root, "meta");
    document.AddString(meta, "versionId", std::to_string(++versions_[write.name]));
    resources_[write.name] = fhir::json::Write(*document.root);
  }
}

void CldStore::Take(const std::string& bytes, std::int64_t received_us) {
  std::map<std::string, std::vector<adapters::Row>> people;
  const adapters::RowReader::Sink sink = [&](adapters::Row row) -> fhir::Result<void> {
    people[row.person].push_back(std::move(row));
    return {};
  };
  const auto reader = format_.OpenFile({});
  for (std::size_t at = 0; at < bytes.size(); at += 10'007) {
    const auto read = reader->Read(std::string_view(bytes).substr(at, 10'007), sink);
    ASSERT_TRUE(read) << read.error().ToString();
  }
  const auto facts = reader->Finish(sink);
  ASSERT_TRUE(facts) << facts.error().ToString();
  scope_ = facts->scope;
  const auto keep = [this](const adapters::Report& report) {
    for (const fhir::Issue& issue : report.outcome.issues()) {
      if (issue.severity != fhir::Severity::kInformation) findings_.push_back(issue.expression + ": " + issue.text);
    }
  };
  keep(reader->report());
  AddCounts(reader->report(), counts_);
  const adapters::Submission file{"file" + std::to_string(received_us), facts->from, facts->to.empty() ? adapters::InstantOf(received_us).substr(0, 10) : facts->to, received_us};
  std::vector<adapters::Submission> later;
  std::ranges::copy_if(taken_, std::back_inserter(later), [&](const adapters::Submission& other) {
    return std::tie(other.to, other.received_us) > std::tie(file.to, file.received_us);
  });
  if (format_.withdraws() && facts->speaks_of_all) {
    for (const std::string& person : this->people()) people.try_emplace(person);
  }
  for (const auto& [person, rows] : people) {
    const std::vector<Document> stored = Of(person);
    const auto adapted = format_.AdaptPerson({scope_, person, file, rows, later, stored});
    if (!adapted && adapted.error().kind() == fhir::ErrorKind::kUnprocessable && keeps_held_) {
      held_.push_back(adapted.error().path() + ": " + adapted.error().text());
      continue;
    }
    ASSERT_TRUE(adapted) << person << ": " << adapted.error().ToString();
    AddCounts(adapted->report, counts_);
    keep(adapted->report);
    Execute(*adapted->transaction.root);
  }
  taken_.push_back(file);
}

std::vector<std::string> CldStore::people() const {
  std::vector<std::string> ids;
  const std::string start = "Patient " + format_.PersonSystem(scope_) + "|";
  for (const auto& [identifier, name] : by_identifier_) {
    if (identifier.starts_with(start) && resources_.contains(name)) ids.push_back(identifier.substr(start.size()));
  }
  return ids;
}

std::vector<Document> CldStore::Of(const std::string& person) const {
  const std::string patient = IdOf("Patient", format_.PersonSystem(scope_) + "|" + person);
  std::vector<Document> documents;
  if (patient.empty()) return documents;
  std::set<std::string> names = {patient}, referred;
  for (const auto& [name, json] : resources_) {
    if (json.find("\"" + patient + "\"") == std::string::npos) continue;
    const Document document = Read(json);
    for (const std::string_view member : {"subject", "for", "patient"}) {
      const Element* holder = document.root->Find(member);
      if (holder && holder->ValueOf("reference") == patient) names.insert(name);
    }
  }
  for (const std::string& name : names) {
    const Document document = Read(resources_.at(name));
    EveryReference(*document.root, [&](const Element& reference) { referred.insert(std::string(reference.value())); });
  }
  names.insert(referred.begin(), referred.end());
  for (const std::string& name : names) {
    const auto at = resources_.find(name);
    if (at == resources_.end()) continue;
    documents.push_back(Read(at->second));
    fhir::schema::Bind(*documents.back().root, R4());
  }
  return documents;
}

std::vector<Document> CldStore::OfType(std::string_view type) const {
  std::vector<Document> documents;
  for (const auto& [name, json] : resources_) {
    if (name.starts_with(std::string(type) + "/")) documents.push_back(Read(json));
  }
  return documents;
}

std::string CldStore::Emit(const adapters::EmitOptions& options) {
  const auto head = format_.EmitHead(options);
  EXPECT_TRUE(head) << head.error().ToString();
  if (!head) return {};
  std::string bytes = *head;
  for (const std::string& person : people()) {
    const auto emitted = format_.EmitPerson(Of(person), options);
    EXPECT_TRUE(emitted) << emitted.error().ToString();
    if (!emitted) continue;
    bytes += emitted->bytes;
    for (const fhir::Issue& issue : emitted->outcome.issues()) findings_.push_back("emit: " + issue.expression + ": " + issue.text);
  }
  return bytes;
}

}  // namespace careloom_test
