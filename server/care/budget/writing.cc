// One transaction of an operation.
#include "server/care/budget/writing.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "server/interactions/transaction.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

// The entry that a path of the transaction is in: "Bundle.entry[12].resource.status" is 12.
std::optional<std::size_t> EntryOf(std::string_view path) {
  constexpr std::string_view kBefore = "Bundle.entry[";
  if (!path.starts_with(kBefore)) return std::nullopt;
  std::size_t index = 0;
  for (const char c : path.substr(kBefore.size())) {
    if (c < '0' || c > '9') break;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  return index;
}

}  // namespace

Writing::Writing() {
  bundle_.root = bundle_.NewResource("Bundle");
  bundle_.AddString(bundle_.root, "type", "transaction");
}

Element* Writing::Entry(std::string_view method, const std::string& url, std::string place) {
  Element* entry = bundle_.Add(bundle_.root, "entry", true);
  char uuid[64];
  std::snprintf(uuid, sizeof uuid, "urn:uuid:00000000-0000-4000-8000-%012zu", places_.size() + 1);
  urls_.emplace_back(uuid);
  bundle_.AddString(entry, "fullUrl", urls_.back());
  Element* request = bundle_.Add(entry, "request");
  bundle_.AddString(request, "method", method);
  bundle_.AddString(request, "url", url);
  places_.push_back(std::move(place));
  fields_.emplace_back();
  return entry;
}

// The caller knows its own request alone.
std::string Writing::PlaceOf(std::string_view path) const {
  const auto entry = EntryOf(path);
  if (!entry || *entry >= places_.size()) return std::string(path);
  for (const auto& [member, place] : fields_[*entry]) {
    if (path.find(".resource." + member) != std::string_view::npos) return place;
  }
  return places_[*entry];
}

Element* Writing::Create(std::string_view type, std::string place, const std::string& if_none_exist) {
  Element* entry = Entry("POST", std::string(type), std::move(place));
  if (!if_none_exist.empty()) bundle_.AddString(entry->Find("request"), "ifNoneExist", if_none_exist);
  Element* resource = bundle_.New("resource");
  resource->is_resource = true;
  resource->text = bundle_.arena().Copy(type);
  bundle_.Attach(entry, resource);
  return resource;
}

Element* Writing::Change(const Element& resource, std::int64_t version, std::string place) {
  const std::string id(resource.ValueOf("id"));
  Element* entry = Entry("PUT", std::string(resource.resource_type()) + "/" + id, std::move(place));
  Document::Detach(entry->Find("fullUrl"));
  bundle_.AddString(entry->Find("request"), "ifMatch", "W/\"" + std::to_string(version) + "\"");
  Element* copy = bundle_.Copy(resource);
  copy->name = "resource";
  bundle_.Attach(entry, copy);
  return copy;
}

void Writing::Drop(std::size_t first) {
  std::size_t at = 0;
  for (Element* child = bundle_.root->first_child; child;) {
    Element* const next = child->next;
    if (child->name == "entry" && at++ >= first) Document::Detach(child);
    child = next;
  }
  places_.resize(first);
  urls_.resize(first);
  fields_.resize(first);
}

Result<std::vector<interactions::Done>> Writing::Store(App& app, interactions::Also also) && {
  interactions::TransactionOptions options;
  options.keep_bodies = true;
  options.also = std::move(also);
  fhir::IssueSink issues;
  auto done = interactions::ExecuteTransaction(app, std::move(bundle_), issues, options);
  if (done) return done;
  const auto within = [](std::string_view path) {   // "…resource.status" is "status"
    const std::size_t resource = path.find(".resource.");
    return resource == std::string_view::npos ? std::string() : " (" + std::string(path.substr(resource + 10)) + ")";
  };
  if (issues.HasErrors()) {
    for (const fhir::Issue& issue : issues.issues()) {
      if (issue.severity != fhir::Severity::kError && issue.severity != fhir::Severity::kFatal) continue;
      return Error(ErrorKind::kUnprocessable, issue.text + within(issue.expression)).At(PlaceOf(issue.expression)).WithIssueType(issue.code);
    }
  }
  const Error& error = done.error();
  return Error(error.kind(), error.text()).At(PlaceOf(error.path())).WithIssueType(std::string(error.issue_type())).WithDetail(error.detail());
}

void AddReference(Document& document, Element* parent, std::string_view name, std::string_view reference, bool in_array) {
  document.AddString(document.Add(parent, name, in_array), "reference", reference);
}

void AddIdentifier(Document& document, Element* parent, std::string_view system, std::string_view value) {
  Element* identifier = document.Add(parent, "identifier", true);
  if (!system.empty()) document.AddString(identifier, "system", system);
  document.AddString(identifier, "value", value);
}

Element* AddExtension(Document& document, Element* parent, std::string_view url) {
  Element* extension = document.Add(parent, "extension", true);
  document.AddString(extension, "url", url);
  return extension;
}

void AddMoneyExtension(Document& document, Element* parent, std::string_view url, const fhir::money::Amount& amount) {
  fhir::money::WriteAmount(document, document.Add(AddExtension(document, parent, url), "valueMoney"), amount);
}

void AddCodeExtension(Document& document, Element* parent, std::string_view url, std::string_view system, std::string_view code) {
  AddConcept(document, AddExtension(document, parent, url), "valueCodeableConcept", system, code);
}

void DropExtension(Element* parent, std::string_view url) {
  for (Element* child = parent->first_child; child;) {
    Element* const next = child->next;
    if (child->name == "extension" && child->ValueOf("url") == url) Document::Detach(child);
    child = next;
  }
}

std::string SortedText(const Element& element) {
  std::vector<const Element*> children;
  for (const Element& child : fhir::Children(element)) children.push_back(&child);
  std::ranges::stable_sort(children, {}, [](const Element* child) { return child->name; });
  std::string text = std::string(element.value()) + "{";
  for (const Element* child : children) text += std::string(child->name) + ":" + SortedText(*child) + ";";
  return text + "}";
}

}  // namespace server::care::budget
