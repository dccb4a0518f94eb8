// What is stored of one person.
#include "server/inbox/person_record.h"

#include <set>

#include "fhir/json/reader.h"
#include "fhir/schema/read_bound.h"
#include "server/search/parse.h"
#include "server/search/url.h"

namespace server::inbox {
namespace {

constexpr int kPage = 1000;
constexpr int kIdentifiedPage = 200;

// A part of a token as a search URL holds it.
std::string AsToken(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\,|$").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return search::EncodePercent(escaped);
}

class Collector {
 public:
  Collector(App& app, storage::Reader& reader) : app_(app), reader_(reader) {}

  fhir::Result<void> Add(const storage::Version& version) {
    if (version.deleted() || !seen_.insert(version.type + "/" + version.id).second) return {};
    TRY_ASSIGN(fhir::Document document, fhir::schema::ReadBound(version.body, *app_.registry));
    resources_.push_back(std::move(document));
    return {};
  }

  fhir::Result<void> AddEverything(const std::string& patient_id, bool joined) {
    std::string cursor;
    do {
      TRY_ASSIGN(storage::SearchPage page, reader_.Everything(patient_id, kPage, cursor, joined));
      for (const storage::SearchEntry& entry : page.entries) {
        TRY(Add(entry.version));
      }
      cursor = std::move(page.next_cursor);
    } while (!cursor.empty());
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
  TRY(collector.AddEverything(patient_id, true));
  TRY(collector.AddReferenced());
  TRY(collector.AddRoles());
  TRY(collector.AddReferenced());
  return collector.Take();
}

fhir::Result<std::vector<fhir::Document>> ReadOwnRecord(App& app, storage::Reader& reader, const std::string& patient_id) {
  Collector collector(app, reader);
  TRY(collector.AddEverything(patient_id, false));
  TRY(collector.AddReferenced());
  return collector.Take();
}

fhir::Result<IdentifiedPage> ResourcesOfSystem(App& app, storage::Reader& reader, std::string_view type, std::string_view system, std::string_view cursor) {
  TRY_ASSIGN(search::Query query, search::ParseQuery(type, "_count=" + std::to_string(kIdentifiedPage) + "&identifier=" + AsToken(system) + "%7C", *app.registry, *app.extractor));
  query.cursor = cursor;
  query.each_patient = true;
  TRY_ASSIGN(storage::SearchPage found, reader.Search(query));
  IdentifiedPage page;
  page.next_cursor = std::move(found.next_cursor);
  for (const storage::SearchEntry& entry : found.entries) {
    TRY_ASSIGN(const fhir::Document resource, fhir::json::Read(entry.version.body));
    for (const fhir::Element& identifier : fhir::Repeats(*resource.root, "identifier")) {
      if (identifier.ValueOf("system") == system) page.resources.push_back({std::string(identifier.ValueOf("value")), entry.version.id});
    }
  }
  return page;
}

fhir::Result<std::string> PatientOfIdentifier(App& app, storage::Reader& reader, const std::string& system, const std::string& value) {
  TRY_ASSIGN(search::Query query, search::ParseQuery("Patient", "_count=2&identifier=" + AsToken(system) + "%7C" + AsToken(value), *app.registry, *app.extractor));
  query.each_patient = true;
  TRY_ASSIGN(const storage::SearchPage found, reader.Search(query));
  if (found.entries.size() > 1) return fhir::Error(fhir::ErrorKind::kConflict, "Two Patients have this person's identifier of the source. Correct the one that is not this person.");
  return found.entries.empty() ? std::string() : found.entries.front().version.id;
}

}  // namespace server::inbox
