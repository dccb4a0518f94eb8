// A store as small as can be: what transactions of the adapter leave behind, by entry name. Enough to take files one
// after the other; the real one is tested by scenarios.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/search_url.h"
#include "fhir/schema/registry.h"
#include "tests/adapters/council/cld/files.h"

namespace careloom_test::council {

class FakeStore {
 public:
  // PUT and DELETE by identifier, POST if none exists. Names of entries come from keys, so they serve as ids.
  void Apply(const fhir::Document& transaction) {
    std::map<std::string, std::string> types;
    for (const fhir::Element& entry : fhir::Repeats(*transaction.root, "entry")) {
      if (const fhir::Element* resource = entry.Find("resource")) types[std::string(entry.ValueOf("fullUrl"))] = resource->resource_type();
    }
    for (const fhir::Element& entry : fhir::Repeats(*transaction.root, "entry")) {
      const std::string method(entry.Walk("request", "method")->value());
      if (method == "DELETE") {
        Delete(entry.Walk("request", "url")->value());
        continue;
      }
      const std::string name(entry.ValueOf("fullUrl"));
      if (method == "POST" && bodies_.contains(name)) continue;
      std::string body = fhir::json::Write(*entry.Find("resource"));
      for (const auto& [uuid, type] : types) {
        for (std::size_t at = body.find(uuid); at != std::string::npos; at = body.find(uuid)) body.replace(at, uuid.size(), type + "/" + uuid.substr(9));
      }
      bodies_[name] = std::move(body);
    }
  }

  // As a person's part gets it: ids in place, bound, without other people's Patients.
  std::vector<fhir::Document> Read(const std::string& person) const {
    static const auto registry = *fhir::schema::Registry::LoadR4();
    std::vector<fhir::Document> documents;
    for (const auto& [name, body] : bodies_) {
      fhir::Document document = *fhir::json::Read(body);
      const fhir::Element* own = document.root->Walk("identifier", "value");
      if (document.root->resource_type() == "Patient" && (!own || own->value() != person)) continue;
      if (!document.root->Find("id")) document.AddString(document.root, "id", name.substr(9));
      document.AddString(document.Add(document.root, "meta"), "versionId", "7");
      fhir::schema::Bind(*document.root, *registry);
      documents.push_back(std::move(document));
    }
    return documents;
  }

  const std::map<std::string, std::string>& bodies() const { return bodies_; }

 private:
  void Delete(std::string_view url) {
    for (auto at = bodies_.begin(); at != bodies_.end(); ++at) {
      const fhir::Document document = *fhir::json::Read(at->second);
      for (const fhir::Element& identifier : fhir::Repeats(*document.root, "identifier")) {
        const std::string search = adapters::IdentifierSearch(identifier.ValueOf("system"), identifier.ValueOf("value"));
        if (url != std::string(document.root->resource_type()) + "?" + search) continue;
        bodies_.erase(at);
        return;
      }
    }
    ADD_FAILURE() << url << " is to be deleted and is not there";
  }

  std::map<std::string, std::string> bodies_;
};

// A file to be taken, read already.
struct CldSubmission {
  adapters::Submission file;
  std::vector<adapters::Row> rows;
};

// Takes one person's part of a file, knowing which were taken before.
inline fhir::Result<adapters::Adapted> Take(const CldSubmission& submission, const std::string& person, const std::vector<const CldSubmission*>& taken, FakeStore& store) {
  std::vector<adapters::Submission> later;
  for (const CldSubmission* other : taken) {
    if (std::tie(other->file.to, other->file.received_us) > std::tie(submission.file.to, submission.file.received_us)) later.push_back(other->file);
  }
  std::vector<adapters::Row> rows;
  for (const adapters::Row& row : submission.rows) {
    if (row.person == person) rows.push_back(row);
  }
  const std::vector<fhir::Document> stored = store.Read(person);
  auto adapted = Cld().people_file()->AdaptPerson({"503", person, submission.file, rows, later, stored});
  if (adapted) store.Apply(adapted->transaction);
  return adapted;
}

}  // namespace careloom_test::council
