// What is stored of one person.
#include "server/command/person_record.h"

#include <set>

#include "fhir/json/reader.h"
#include "server/search/parse.h"

namespace server::command {
namespace {

constexpr int kPage = 1000;

class Collector {
 public:
  Collector(App& app, storage::Reader& reader) : app_(app), reader_(reader) {}

  fhir::Result<void> Add(const storage::Version& version) {
    if (version.deleted() || !seen_.insert(version.type + "/" + version.id).second) return {};
    TRY_ASSIGN(fhir::Document document, fhir::json::Read(version.body));
    fhir::schema::Bind(*document.root, *app_.registry);
    resources_.push_back(std::move(document));
    return {};
  }

  // What the resources refer to, what that refers to, and so on; but not other people's records.
  fhir::Result<void> AddReferenced() {
    for (std::size_t i = 0; i < resources_.size(); ++i) {
      std::vector<std::string> references;
      Collect(*resources_[i].root, references);
      for (const std::string& reference : references) {
        const std::size_t slash = reference.find('/');
        if (reference.starts_with("Patient/") || seen_.contains(reference)) continue;
        const auto version = reader_.Read(reference.substr(0, slash), reference.substr(slash + 1));
        if (version) {
          TRY(Add(*version));
        } else if (version.error().kind() != fhir::ErrorKind::kNotFound) {
          return fhir::Error(version.error().kind(), version.error().text());
        }
      }
    }
    return {};
  }

  // What the practitioners do and for whom: nothing refers to a role, but the record that it came with held it.
  fhir::Result<void> AddRoles() {
    std::vector<std::string> practitioners;
    for (const fhir::Document& resource : resources_) {
      if (resource.root->resource_type() == "Practitioner") practitioners.emplace_back(resource.root->ValueOf("id"));
    }
    for (const std::string& practitioner : practitioners) {
      TRY_ASSIGN(search::Query query,
                 search::ParseQuery("PractitionerRole", "_count=" + std::to_string(kPage) + "&practitioner=" + practitioner, *app_.registry,
                                    *app_.extractor));
      do {
        TRY_ASSIGN(storage::SearchPage page, reader_.Search(query));
        for (const storage::SearchEntry& entry : page.entries) {
          TRY(Add(entry.version));
        }
        query.cursor = std::move(page.next_cursor);
      } while (!query.cursor.empty());
    }
    return {};
  }

  std::vector<fhir::Document> Take() { return std::move(resources_); }

 private:
  // Relative references, "Type/id".
  static void Collect(const fhir::Element& element, std::vector<std::string>& references) {
    if (element.name == "reference" && element.has_value()) {
      std::string text(element.value());
      const std::size_t slash = text.find('/');
      if (slash != std::string::npos && text.find(':') == std::string::npos && !text.starts_with('#')) {
        references.push_back(text.substr(0, text.find('/', slash + 1)));
      }
    }
    for (const fhir::Element& child : fhir::Children(element)) Collect(child, references);
  }

  App& app_;
  storage::Reader& reader_;
  std::vector<fhir::Document> resources_;
  std::set<std::string> seen_;
};

}  // namespace

fhir::Result<std::vector<fhir::Document>> ReadPersonRecord(App& app, const std::string& patient_id) {
  TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app.store->OpenReader());
  Collector collector(app, *reader);
  std::string cursor;
  do {
    TRY_ASSIGN(storage::SearchPage page, reader->Everything(patient_id, kPage, cursor));
    for (const storage::SearchEntry& entry : page.entries) {
      TRY(collector.Add(entry.version));
    }
    cursor = std::move(page.next_cursor);
  } while (!cursor.empty());
  TRY(collector.AddReferenced());
  TRY(collector.AddRoles());
  TRY(collector.AddReferenced());
  return collector.Take();
}

}  // namespace server::command
