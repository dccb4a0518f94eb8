// Documents as transactions.
#include "server/interactions/document.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "adapters/base/sha256.h"
#include "fhir/base/uuid.h"
#include "fhir/json/reader.h"
#include "fhir/schema/registry.h"
#include "server/http/router.h"
#include "server/http/target.h"
#include "server/http/versions.h"
#include "server/interactions/identity.h"
#include "server/interactions/plan.h"
#include "server/search/parse.h"

namespace server::interactions {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Repeats;
using fhir::Result;

namespace {

constexpr std::int64_t kDay = 86'400'000'000;   // in microseconds; as far as a sender's clock may be ahead

// "http://x/fhir/Patient/1" gives "http://x/fhir"; empty for any other text.
std::string_view BaseOf(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return {};
  const std::size_t id = url.rfind('/'), type = id == std::string_view::npos || id == 0 ? id : url.rfind('/', id - 1);
  return type == std::string_view::npos ? std::string_view() : url.substr(0, type);
}

// Types that belong to nobody and are known by their identifier.
bool IsShared(std::string_view type) {
  constexpr std::string_view kShared = " Organization Practitioner PractitionerRole Location HealthcareService ";
  return kShared.find(" " + std::string(type) + " ") != std::string_view::npos;
}

std::string_view PatientOf(const Element& resource) {
  for (const std::string_view name : {"subject", "patient", "for"}) {
    const Element* reference = resource.Find(name);
    if (reference && reference->Find("reference")) return reference->ValueOf("reference");
  }
  return {};
}

struct Entry {
  Element* resource = nullptr;     // in the made Bundle's arena
  std::string place, full_url, type, id;
  bool write = true, keep_richer = false, is_twin = false;
};

class Reading {
 public:
  Reading(const App& app, storage::Reader& reader, Element& bundle, const std::string& own_base, fhir::IssueSink& issues)
      : app_(app), reader_(reader), bundle_(bundle), own_base_(own_base), issues_(issues) {}

  Result<Document> Run() {
    TRY(Entries());
    TRY(OnePatient());
    TRY(Identify(entries_[by_url_[patient_->full_url]]));   // the others are compared with it
    for (Entry& entry : entries_) {
      if (&entry == patient_) continue;
      TRY(Identify(entry));
    }
    JoinTwins();
    for (Entry& entry : entries_) {
      TRY(Settle(entry, entry.resource));
      TRY(BelongsToPerson(entry));
    }
    return Write();
  }

 private:
  static Error Refuse(std::string text, std::string place, std::string issue_type = "invalid") { return Error(ErrorKind::kUnprocessable, std::move(text)).At(std::move(place)).WithIssueType(std::move(issue_type)); }

  Result<void> Entries() {
    TRY(app_.validator->Validate(bundle_, {}, issues_));
    if (issues_.HasErrors()) return Error(ErrorKind::kUnprocessable, "The document is not valid.");
    timestamp_ = bundle_.ValueOf("timestamp");
    const auto made_at = http::ParseInstant(timestamp_);
    if (!made_at) return Refuse("A document has a timestamp: when it was put together, with date, time and offset.", "Bundle.timestamp", "required");
    if (*made_at > app_.now_us() + kDay) {
      return Refuse("The document's timestamp, " + timestamp_ + ", is yet to come. The later of two documents counts, so every one until then would be passed over.", "Bundle.timestamp", "value");
    }
    const Element* value = bundle_.Walk("identifier", "value");
    if (!value) return Refuse("A document has an identifier with system and value, its own for all time.", "Bundle.identifier", "required");
    for (const Element& given : Repeats(bundle_, "entry")) {
      if (entries_.size() == app_.limits.bundle_entries) return Error(ErrorKind::kTooLarge, "The document has more than " + std::to_string(app_.limits.bundle_entries) + " entries.").At("Bundle.entry");
      Entry entry;
      entry.place = "Bundle.entry[" + std::to_string(entries_.size()) + "]";
      entry.full_url = given.ValueOf("fullUrl");
      const Element* resource = given.Find("resource");
      if (!resource) return Refuse("Every entry of a document holds a resource; this one does not.", entry.place, "required");
      if (given.Find("request")) return Refuse("An entry of a document has no request. Send a transaction to say what is to be done.", entry.place + ".request");
      if (entry.full_url.empty()) return Refuse("The entry has no fullUrl, by which the others would refer to it.", entry.place, "required");
      if (!by_url_.emplace(entry.full_url, entries_.size()).second) return Refuse("The fullUrl '" + entry.full_url + "' is also that of another entry.", entry.place + ".fullUrl", "duplicate");
      entry.resource = made_.Copy(*resource);
      entry.resource->name = made_.New("resource")->name;
      entry.type = resource->resource_type();
      entries_.push_back(std::move(entry));
    }
    if (entries_.empty() || entries_[0].type != "Composition") {
      return Refuse("The first entry of a document is its Composition; here it is " + (entries_.empty() ? "missing" : "a " + entries_[0].type) + ". Other resources come in by a transaction.", "Bundle.entry[0]");
    }
    source_ = BaseOf(entries_[0].full_url);
    if (source_.empty()) source_ = bundle_.Walk("identifier", "system") ? std::string(bundle_.Walk("identifier", "system")->value()) : "document";
    return {};
  }

  Result<void> OnePatient() {
    for (const Entry& entry : entries_) {
      if (entry.type == "Composition" && &entry != &entries_[0]) return Refuse("A document has one Composition; this is a second.", entry.place);
      if (entry.type != "Patient") continue;
      if (patient_) return Refuse("The document holds two Patients, here and at " + patient_->place + ". A plan is of one person.", entry.place);
      patient_ = &entry;
    }
    if (!patient_) return Refuse("The document holds no Patient, so nobody knows whose it is.", "Bundle.entry", "required");
    const Element* subject = entries_[0].resource->Find("subject");
    if (!subject || Find(entries_[0], subject->ValueOf("reference")) != patient_) {
      return Refuse("The Composition's subject is not the document's Patient (" + patient_->full_url + ").", entries_[0].place + ".resource.subject");
    }
    return {};
  }

  // The entry that a reference of `from` leads to (https://hl7.org/fhir/R4/bundle.html#references); null when it is none of the document.
  const Entry* Find(const Entry& from, std::string_view reference) const {
    if (const std::size_t version = reference.find("/_history/"); version != std::string_view::npos) reference = reference.substr(0, version);
    auto found = by_url_.find(std::string(reference));
    if (found == by_url_.end()) {
      const std::string_view base = BaseOf(from.full_url);
      if (!base.empty()) found = by_url_.find(std::string(base) + "/" + std::string(reference));
    }
    return found == by_url_.end() ? nullptr : &entries_[found->second];
  }

  Result<std::optional<Document>> Stored(const std::string& type, const std::string& id) {
    auto version = reader_.Read(type, id);
    if (!version && version.error().kind() == ErrorKind::kNotFound) return std::optional<Document>();
    if (!version) return std::move(version).error();
    if (version->deleted()) return std::optional<Document>();
    TRY_ASSIGN(Document document, fhir::json::Read(version->body));
    return std::optional<Document>(std::move(document));
  }

  Result<void> Identify(Entry& entry) {
    const std::string own(entry.resource->ValueOf("id"));
    const std::string_view base = BaseOf(entry.full_url);
    entry.id = own;
    if (!own.empty() && base == own_base_) {
      TRY_ASSIGN(const auto stored, Stored(entry.type, own));
      if (stored) {
        entry.write = IsFromHere(*stored->root);
        return IsSameSubject(entry, *stored->root);
      }
    }
    if (entry.id.empty() && entry.full_url.starts_with("urn:uuid:")) entry.id = entry.full_url.substr(9);
    if (IsShared(entry.type)) {
      TRY_ASSIGN(const std::string known, ByIdentifier(entry));
      if (!known.empty()) {
        entry.id = known;
        entry.keep_richer = true;
        return {};
      }
    }
    if (!fhir::IsUuid(entry.id)) entry.id = adapters::DerivedUuid("document " + entry.full_url);
    TRY_ASSIGN(const auto stored, Stored(entry.type, entry.id));
    if (!stored) return {};
    entry.write = IsFromHere(*stored->root);
    return IsSameSubject(entry, *stored->root);
  }

  // A document of the same source brought it.
  bool IsFromHere(const Element& stored) const {
    const Element* source = stored.Walk("meta", "source");
    return source && source->value() == source_;
  }

  Result<std::string> ByIdentifier(const Entry& entry) {
    for (const Element& identifier : Repeats(*entry.resource, "identifier")) {
      const std::string_view system = identifier.ValueOf("system"), value = identifier.ValueOf("value");
      if (system.empty() || value.empty()) continue;
      std::string query = "identifier=";
      for (const std::string_view part : {system, std::string_view("|"), value}) {
        std::string escaped;
        for (const char c : part) escaped += (c == ',' || c == '$' || c == '\\' || (c == '|' && part != "|")) ? std::string("\\") + c : std::string(1, c);
        query += http::Encode(escaped);
      }
      TRY_ASSIGN(search::Query parsed, search::ParseQuery(entry.type, query, *app_.registry, *app_.extractor));
      parsed.count = 2;
      TRY_ASSIGN(const storage::SearchPage page, reader_.Search(parsed));
      if (page.entries.size() == 1) return page.entries[0].version.id;
    }
    return std::string();
  }

  // What is here under that id must be the same person's, or the document would speak of somebody else.
  Result<void> IsSameSubject(const Entry& entry, const Element& stored) {
    if (entry.type == "Patient") {
      const auto here = JoiningNumbers(stored), there = JoiningNumbers(*entry.resource);
      if (here.empty() || there.empty() || here == there) return {};
      return Refuse("Patient/" + entry.id + " is here already and is another person than the document's: their NHS numbers differ.", entry.place + ".resource.identifier", "conflict");
    }
    const std::string_view owner = PatientOf(stored);
    if (!owner.starts_with("Patient/")) return {};
    const std::string wanted = patient_->id.empty() ? std::string() : "Patient/" + patient_->id;
    if (wanted.empty() || owner == wanted) return {};
    auto person = reader_.PersonOf(owner.substr(8));
    const auto numbers = [&](std::string_view id) -> Result<std::set<std::string>> {
      TRY_ASSIGN(const auto patient, Stored("Patient", std::string(id)));
      return patient ? JoiningNumbers(*patient->root) : std::set<std::string>();
    };
    if (person) {
      if (std::ranges::find(*person, patient_->id) != person->end()) return {};
      TRY_ASSIGN(const std::set<std::string> here, numbers(owner.substr(8)));
      const auto there = JoiningNumbers(*patient_->resource);
      if (std::ranges::any_of(there, [&](const std::string& number) { return here.contains(number); })) return {};
    }
    return Refuse(entry.type + "/" + entry.id + " is here already and belongs to another person than the document's Patient.", entry.place, "conflict");
  }

  // Entries that are one known organisation are stored once.
  void JoinTwins() {
    std::set<std::string> known;
    for (Entry& entry : entries_) entry.is_twin = entry.keep_richer && !known.insert(entry.type + "/" + entry.id).second;
  }

  std::string PlaceOf(const Entry& entry, const Element& element) const {
    const std::string path = fhir::PathOf(element);
    return entry.place + ".resource" + path.substr(std::min(path.find('.'), path.size()));
  }

  Result<void> Settle(const Entry& entry, Element* element) {
    if (element->name == "reference" && element->kind == fhir::ValueKind::kString && !element->text.starts_with('#')) {
      const Entry* target = Find(entry, element->text);
      if (target) {
        made_.SetValue(element, fhir::ValueKind::kString, target->type + "/" + target->id);
      } else if (!element->text.starts_with("http://") && !element->text.starts_with("https://")) {
        return Refuse("The reference '" + std::string(element->text) + "' leads to no entry of the document. Add the entry, or refer to what is elsewhere by its whole URL.", PlaceOf(entry, *element), "not-found");
      }
    }
    for (Element* child = element->first_child; child; child = child->next) {
      TRY(Settle(entry, child));
    }
    return {};
  }

  Result<void> BelongsToPerson(const Entry& entry) const {
    const std::string_view owner = PatientOf(*entry.resource);
    const bool is_patient = owner.starts_with("Patient/") || owner.find("/Patient/") != std::string_view::npos;
    if (!is_patient || owner == "Patient/" + patient_->id) return {};
    return Refuse("The " + entry.type + " is of " + std::string(owner) + ", not of the document's Patient.", entry.place + ".resource");
  }

  Document Write() {
    Element* root = made_.root = made_.NewResource("Bundle");
    made_.AddString(root, "type", "transaction");
    Document provenance;
    Element* said = provenance.root = provenance.NewResource("Provenance");
    const Element& identifier = *bundle_.Find("identifier");
    const std::string id = adapters::DerivedUuid("document " + std::string(identifier.ValueOf("system")) + "|" + std::string(identifier.ValueOf("value")));
    for (Entry& entry : entries_) {
      if (entry.is_twin) continue;
      provenance.AddString(provenance.Add(said, "target", true), "reference", entry.type + "/" + entry.id);
      if (!entry.write) continue;
      Element* meta = entry.resource->Find("meta");
      if (!meta) meta = made_.Add(entry.resource, "meta");
      if (Element* source = meta->Find("source")) Document::Detach(source);
      made_.AddString(meta, "source", source_);
      SetId(entry);
      AddEntry(entry.resource, entry.type + "/" + entry.id, entry.full_url, entry.keep_richer);
    }
    provenance.AddString(said, "recorded", timestamp_);
    Element* agent = provenance.Add(said, "agent", true);
    Element* author = entries_[0].resource->Find("author");
    Element* who = author && !author->ValueOf("reference").starts_with('#') ? provenance.Copy(*author) : provenance.New("who");
    who->name = provenance.New("who")->name;
    who->in_array = false;
    if (!who->first_child) provenance.AddString(who, "display", source_);
    provenance.Attach(agent, who);
    Element* entity = provenance.Add(said, "entity", true);
    provenance.AddString(entity, "role", "source");
    Element* what = provenance.Copy(*bundle_.Find("identifier"));
    provenance.Attach(provenance.Add(entity, "what"), what);
    provenance.AddString(said, "id", id);
    Element* copy = made_.Copy(*said);
    copy->name = made_.New("resource")->name;
    AddEntry(copy, "Provenance/" + id, "urn:uuid:" + id, false);
    return std::move(made_);
  }

  void SetId(const Entry& entry) {
    if (Element* present = entry.resource->Find("id")) return made_.SetValue(present, fhir::ValueKind::kString, entry.id);
    made_.AddString(entry.resource, "id", entry.id);
  }

  void AddEntry(Element* resource, const std::string& url, const std::string& full_url, bool keep_richer) {
    Element* entry = made_.Add(made_.root, "entry", true);
    made_.AddString(entry, "fullUrl", full_url);
    made_.Attach(entry, resource);
    Element* request = made_.Add(entry, "request");
    Element* as_of = made_.Add(request, "extension", true);
    made_.AddString(as_of, "url", kAsOf);
    made_.AddString(as_of, "valueInstant", timestamp_);
    if (keep_richer) {
      Element* richer = made_.Add(request, "extension", true);
      made_.AddString(richer, "url", kKeepRicher);
      made_.AddBoolean(richer, "valueBoolean", true);
    }
    made_.AddString(request, "method", "PUT");
    made_.AddString(request, "url", url);
  }

  const App& app_;
  storage::Reader& reader_;
  Element& bundle_;
  const std::string own_base_;
  fhir::IssueSink& issues_;
  Document made_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> by_url_;
  const Entry* patient_ = nullptr;
  std::string timestamp_, source_;
};

}  // namespace

Result<Document> ReadDocument(const App& app, storage::Reader& reader, Element& bundle, const std::string& own_base, fhir::IssueSink& issues) {
  return Reading(app, reader, bundle, own_base, issues).Run();
}

}  // namespace server::interactions
