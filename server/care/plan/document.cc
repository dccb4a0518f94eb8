// The document Bundle around a Composition.
#include "server/care/plan/document.h"

#include <algorithm>
#include <map>
#include <set>

#include "adapters/base/canonical.h"
#include "adapters/base/sha256.h"
#include "fhir/schema/registry.h"
#include "server/care/plan/stored.h"
#include "server/http/versions.h"

namespace server::care::plan {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::size_t kMostEntries = 2000;

class Bundling {
 public:
  Bundling(App& app, storage::Reader& reader, std::string base) : app_(app), reader_(reader), base_(std::move(base)) {}

  Result<Document> Run(const Element& composition) {
    bundle_.root = bundle_.NewResource("Bundle");
    const Element* subject = composition.Walk("subject", "reference");
    const auto patient = SplitReference(subject ? subject->value() : std::string_view());
    if (patient && patient->type == "Patient") {
      patient_ = "Patient/" + patient->id;
      auto person = reader_.PersonOf(patient->id);
      if (!person && person.error().kind() != ErrorKind::kNotFound) return std::move(person).error();
      if (person) person_ = *std::move(person);
    }
    TRY(Add(composition, "Composition/" + std::string(composition.ValueOf("id"))));
    while (next_ < resources_.size()) {
      Element* resource = resources_[next_++];
      std::vector<std::string> references;
      Note(*resource, references);
      for (const std::string& reference : references) {
        TRY(Follow(reference));
      }
    }
    Write();
    return std::move(bundle_);
  }

 private:
  static void Note(const Element& element, std::vector<std::string>& references) {
    if (element.name == "reference" && element.kind == fhir::ValueKind::kString) references.emplace_back(element.text);
    for (const Element& child : fhir::Children(element)) Note(child, references);
  }

  bool IsOfPerson(const std::string& patient) const { return std::ranges::find(person_, patient) != person_.end(); }

  // Another Patient stands in it: a group, an appointment of several.
  bool NamesOthers(const Element& element) const {
    if (element.name == "reference" && element.kind == fhir::ValueKind::kString) {
      const auto patient = SplitReference(element.text);
      if (patient && patient->type == "Patient" && !IsOfPerson(patient->id)) return true;
    }
    for (const Element& child : fhir::Children(element)) {
      if (NamesOthers(child)) return true;
    }
    return false;
  }

  Result<void> Add(const Element& resource, const std::string& key) {
    if (resources_.size() == kMostEntries) return Error(ErrorKind::kUnprocessable, "The document would have more than " + std::to_string(kMostEntries) + " entries. Make a Composition of less.");
    Element* copy = bundle_.Copy(resource);
    copy->name = bundle_.New("resource")->name;
    // Who else the person is, is this server's own business.
    if (resource.resource_type() == "Patient") {
      for (Element* child = copy->first_child; child;) {
        Element* next = child->next;
        if (child->name == "link" && (child->ValueOf("type") == "replaced-by" || child->ValueOf("type") == "replaces")) Document::Detach(child);
        child = next;
      }
    }
    One(copy);
    keys_.insert(key);
    resources_.push_back(copy);
    return {};
  }

  // Every Patient of the person is the document's one.
  void One(Element* element) {
    if (element->name == "reference" && element->text.starts_with("Patient/") && IsOfPerson(std::string(element->text.substr(8)))) {
      bundle_.SetValue(element, fhir::ValueKind::kString, patient_);
    }
    for (Element* child = element->first_child; child; child = child->next) One(child);
  }

  Result<void> Follow(const std::string& reference) {
    const auto split = SplitReference(reference);
    if (!split || !app_.registry->IsResourceType(split->type)) return {};
    const std::string key = split->type + "/" + split->id;
    if (keys_.contains(key) || missing_.contains(key)) return {};
    TRY_ASSIGN(const auto found, Load(app_, reader_, split->type, split->id));
    const auto patient = found ? SplitReference(PatientOf(*found->root)) : std::nullopt;
    const bool is_others = (patient && !IsOfPerson(patient->id)) || (split->type == "Patient" && key != patient_) || (found && !patient && NamesOthers(*found->root));
    if (!found || is_others) {
      missing_.insert(key);
      return {};
    }
    return Add(*found->root, key);
  }

  // What is not here is this server's, by its whole URL.
  void Absolute(Element* element) {
    if (element->name == "reference" && element->kind == fhir::ValueKind::kString) {
      const auto split = SplitReference(element->text);
      if (split && missing_.contains(split->type + "/" + split->id)) bundle_.SetValue(element, fhir::ValueKind::kString, base_ + "/" + std::string(element->text));
    }
    for (Element* child = element->first_child; child; child = child->next) Absolute(child);
  }

  void Write() {
    std::string content;
    for (const Element* resource : resources_) content += adapters::Canonical(*resource) + "\n";
    Element* root = bundle_.root;
    Element* identifier = bundle_.Add(root, "identifier");
    bundle_.AddString(identifier, "system", "urn:ietf:rfc:3986");
    bundle_.AddString(identifier, "value", "urn:uuid:" + adapters::DerivedUuid("document " + content));
    bundle_.AddString(root, "type", "document");
    bundle_.AddString(root, "timestamp", http::Instant(app_.now_us()));
    for (Element* resource : resources_) {
      Absolute(resource);
      Element* entry = bundle_.Add(root, "entry", true);
      bundle_.AddString(entry, "fullUrl", base_ + "/" + std::string(resource->resource_type()) + "/" + std::string(resource->ValueOf("id")));
      bundle_.Attach(entry, resource);
    }
  }

  App& app_;
  storage::Reader& reader_;
  const std::string base_;
  Document bundle_;
  std::string patient_;
  std::vector<std::string> person_;
  std::vector<Element*> resources_;
  std::set<std::string> keys_, missing_;
  std::size_t next_ = 0;
};

}  // namespace

Result<Document> MakeDocument(App& app, storage::Reader& reader, const Element& composition, const std::string& base) { return Bundling(app, reader, base).Run(composition); }

}  // namespace server::care::plan
