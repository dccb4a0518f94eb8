// Reading and making of trees.
#include "server/care/plan/stored.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "fhir/base/date_time.h"
#include "fhir/schema/read_bound.h"
#include "server/http/target.h"
#include "server/http/versions.h"
#include "server/search/parse.h"

namespace server::care::plan {

using fhir::Document;
using fhir::Element;
using fhir::ErrorKind;
using fhir::Result;

std::string ExtensionUrl(std::string_view name) { return std::string(kBase) + "StructureDefinition/" + std::string(name); }

Result<std::optional<Document>> Load(const App& app, storage::Reader& reader, std::string_view type, std::string_view id) {
  auto version = reader.Read(type, id);
  if (!version && version.error().kind() == ErrorKind::kNotFound) return std::optional<Document>();
  if (!version) return std::move(version).error();
  if (version->deleted()) return std::optional<Document>();
  TRY_ASSIGN(Document document, fhir::schema::ReadBound(version->body, *app.registry));
  return std::optional<Document>(std::move(document));
}

Result<std::optional<Document>> LoadReferred(const App& app, storage::Reader& reader, std::string_view reference) {
  const auto split = SplitReference(reference);
  if (!split || !app.registry->IsResourceType(split->type)) return std::optional<Document>();
  return Load(app, reader, split->type, split->id);
}

std::string QueryValue(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\\' || c == ',' || c == '|' || c == '$') escaped += '\\';
    escaped += c;
  }
  return http::Encode(escaped);
}

Result<std::vector<Document>> Search(const App& app, storage::Reader& reader, std::string_view type, const std::string& query, int limit) {
  std::vector<Document> found;
  TRY_ASSIGN(search::Query parsed, search::ParseQuery(type, query, *app.registry, *app.extractor));
  parsed.count = limit;
  TRY_ASSIGN(const storage::SearchPage page, reader.Search(parsed));
  for (const storage::SearchEntry& entry : page.entries) {
    TRY_ASSIGN(Document document, fhir::schema::ReadBound(entry.version.body, *app.registry));
    found.push_back(std::move(document));
  }
  return found;
}

std::optional<TypeAndId> SplitReference(std::string_view reference) {
  if (const std::size_t history = reference.find("/_history/"); history != std::string_view::npos) reference = reference.substr(0, history);
  const std::size_t slash = reference.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == reference.size()) return std::nullopt;
  if (reference.find('/', slash + 1) != std::string_view::npos || reference.find_first_of(":?#") != std::string_view::npos) return std::nullopt;
  return TypeAndId{std::string(reference.substr(0, slash)), std::string(reference.substr(slash + 1))};
}

Element* AddReference(Document& document, Element* parent, std::string_view name, std::string_view reference, bool in_array) {
  if (reference.empty()) return nullptr;
  Element* added = document.Add(parent, name, in_array);
  document.AddString(added, "reference", reference);
  return added;
}

bool IsAuthoredBefore(const Element& a, const Element& b) {
  const auto moment = [](const Element& response) {
    const auto time = fhir::DateTime::Parse(response.ValueOf("authored"));
    return time && time->has_date ? time->FirstMicrosecond() : std::numeric_limits<std::int64_t>::min();
  };
  return moment(a) < moment(b);
}

void SortMembers(Element* element) {
  std::vector<Element*> members;
  for (Element* child = element->first_child; child; child = child->next) {
    SortMembers(child);
    members.push_back(child);
  }
  if (!element->type || members.size() < 2) return;
  const auto rank = [&](const Element* member) {
    const auto found = element->type->index.find(member->name);
    return found == element->type->index.end() ? std::uint32_t{0xFFFFFFFF} : found->second >> 8;
  };
  std::ranges::stable_sort(members, {}, rank);
  for (std::size_t i = 0; i < members.size(); ++i) members[i]->next = i + 1 < members.size() ? members[i + 1] : nullptr;
  element->first_child = members.front();
  element->last_child = members.back();
}

std::string_view PatientOf(const Element& resource) {
  for (const std::string_view name : {"subject", "patient", "for"}) {
    const Element* reference = resource.Find(name);
    if (reference && reference->ValueOf("reference").starts_with("Patient/")) return reference->ValueOf("reference");
  }
  return {};
}

Writes::Writes() {
  bundle_.root = bundle_.NewResource("Bundle");
  bundle_.AddString(bundle_.root, "type", "transaction");
}

void Writes::Put(const Element& resource, std::string_view id, std::int64_t version) {
  const std::string url = std::string(resource.resource_type()) + "/" + std::string(id);
  Element* entry = bundle_.Add(bundle_.root, "entry", true);
  Element* copy = AddCopy(bundle_, entry, "resource", resource);
  SetResourceId(bundle_, copy, id);
  Element* request = bundle_.Add(entry, "request");
  bundle_.AddString(request, "method", "PUT");
  bundle_.AddString(request, "url", url);
  if (version > 0) bundle_.AddString(request, "ifMatch", http::ETag(version));
}

bool Writes::empty() const { return !bundle_.root->Find("entry"); }

void SetResourceId(Document& document, Element* resource, std::string_view id) {
  if (Element* present = resource->Find("id")) return document.SetValue(present, fhir::ValueKind::kString, id);
  Element* added = document.New("id");
  document.SetValue(added, fhir::ValueKind::kString, id);
  added->parent = resource;
  added->next = resource->first_child;
  resource->first_child = added;
  if (!resource->last_child) resource->last_child = added;
}

}  // namespace server::care::plan
