// Building a person's transaction.
#include "adapters/base/person_transaction.h"

#include "adapters/base/keys.h"
#include "adapters/base/search_url.h"

namespace adapters {

using fhir::Element;

Element* StartTransaction(fhir::Document& document) {
  document.root = document.NewResource("Bundle");
  document.AddString(document.root, "type", "transaction");
  return document.root;
}

Element* AddEntry(fhir::Document& transaction, std::string_view uuid, Element* resource, std::string_view method, std::string_view url) {
  Element* entry = transaction.Add(transaction.root, "entry", true);
  if (!uuid.empty()) transaction.AddString(entry, "fullUrl", "urn:uuid:" + std::string(uuid));
  if (resource) {
    resource->name = "resource";
    transaction.Attach(entry, resource);
  }
  Element* request = transaction.Add(entry, "request");
  transaction.AddString(request, "method", method);
  transaction.AddString(request, "url", url);
  return request;
}

Element* AddOnce(fhir::Document& transaction, std::string_view type, std::string_view system, std::string_view value) {
  Element* resource = transaction.NewResource(type);
  Element* identifier = transaction.Add(resource, "identifier", true);
  transaction.AddString(identifier, "system", system);
  transaction.AddString(identifier, "value", value);
  Element* request = AddEntry(transaction, UuidOf(type, system, value), resource, "POST", type);
  transaction.AddString(request, "ifNoneExist", IdentifierSearch(system, value));
  return resource;
}

void AddIfMatch(fhir::Document& transaction, Element* request, const Element& stored) {
  const Element* version = stored.Walk("meta", "versionId");
  if (version) transaction.AddString(request, "ifMatch", "W/\"" + std::string(version->value()) + "\"");
}

fhir::Result<void> CheckAccount(const Report& report) {
  const bool entries = report.entries_stored + report.entries_merged + report.entries_reported == report.entries_in;
  const bool elements = report.elements_carried + report.elements_merged + report.elements_reported == report.elements_in;
  if (entries && elements) return {};
  return fhir::Error(fhir::ErrorKind::kInternal, "The accounting of this person's rows does not add up; nothing was stored.");
}

}  // namespace adapters
