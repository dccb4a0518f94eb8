// Identity of GP Connect resources. EMIS and most others give clinical entries an identifier that repeats the
// id; Lists, Locations, Medications and roles often have only an id, secondary Lists not even that.
#include "adapters/gp/connect/keys.h"

#include <algorithm>
#include <map>
#include <vector>

#include "adapters/base/nhs_number.h"
#include "adapters/base/sha256.h"

namespace adapters::gp::connect {

using fhir::Element;
using fhir::Severity;

namespace {

// The copy that stays when several entries have one id: the one that says most, then a fixed one.
bool SaysMore(const Entry& a, const Entry& b) {
  return a.canonical.size() != b.canonical.size() ? a.canonical.size() > b.canonical.size() : a.canonical < b.canonical;
}

void FoldInto(Entry& keeper, Entry& other, Ledger& ledger, fhir::IssueSink& outcome) {
  other.same_as = &keeper;
  if (other.canonical == keeper.canonical) {
    other.fate = Fate::kMerged;
    ledger.Merge(other.received ? *other.received : *other.resource);
    return;
  }
  other.fate = Fate::kReported;
  ledger.ExplainAll(*other.resource, "another entry of this record has the same id and says more");
  outcome.Report(Severity::kWarning, "duplicate",
                 "Two entries have the id of one " + std::string(other.kind->type) + " and differ; the one that says more was taken in.",
                 other.path);
}

// Entries of one type and id are one resource.
void FoldDuplicates(Record& record, Ledger& ledger, fhir::IssueSink& outcome) {
  std::map<std::string, std::vector<Entry*>> same;
  for (Entry& entry : record.entries) {
    if (entry.fate != Fate::kStored) continue;
    // A contained resource has an id within its container only; without an id only the same content is the same resource.
    const std::string name = (entry.container ? entry.container->path + "#" : std::string()) + std::string(entry.kind->type) + "/";
    same[entry.id.empty() ? name + "=" + entry.canonical : name + std::string(entry.id)].push_back(&entry);
  }
  for (auto& [name, entries] : same) {
    if (entries.size() < 2) continue;
    std::ranges::stable_sort(entries, [](const Entry* a, const Entry* b) { return SaysMore(*a, *b); });
    for (std::size_t i = 1; i < entries.size(); ++i) FoldInto(*entries[0], *entries[i], ledger, outcome);
  }
  for (auto& [anchor, entry] : record.by_anchor) {
    if (entry->same_as) entry = entry->same_as;
  }
  for (auto& [reference, entry] : record.by_reference) {
    if (entry->same_as) entry = entry->same_as;
  }
  if (record.patient->same_as) record.patient = record.patient->same_as;
}

const Element* OwnIdentifier(const Entry& entry) {
  for (const Element& identifier : fhir::Repeats(*entry.resource, "identifier")) {
    const std::string_view system = identifier.ValueOf("system");
    if (system.empty() || identifier.ValueOf("value").empty()) continue;
    if (entry.kind->own_key ? true : system == entry.kind->key_system) return &identifier;
  }
  return nullptr;
}

void AddIdentifier(Record& record, Entry& entry, std::string_view system, std::string_view value, std::uint32_t leaf) {
  const bool repeats = entry.kind->type != "QuestionnaireResponse";  // which has one identifier at the most
  if (!repeats && entry.resource->Find("identifier")) return;
  Element* identifier = record.work.Add(entry.resource, "identifier", repeats);
  record.work.AddString(identifier, "system", system);
  record.work.AddString(identifier, "value", value);
  identifier->Find("value")->leaf = leaf;
}

// A resource without id: the person's id and what it is; the List's code tells the top-level Lists apart.
std::string MadeUpId(const Record& record, const Entry& entry) {
  const Element* code = entry.resource->Walk("code", "coding", "code");
  return std::string(record.patient->id) + "/" + std::string(code ? code->value() : entry.kind->type);
}

// The id that a contained resource has outside of its container: the container's goes first.
std::string IdOutside(const Record& record, const Entry& entry) {
  const Element* identifier = entry.resource->Find("identifier");
  if (!entry.container || (identifier && identifier->ValueOf("value") == entry.id)) return std::string(entry.id);
  return (entry.container->id.empty() ? MadeUpId(record, *entry.container) : std::string(entry.container->id)) + "." +
         std::string(entry.id);
}

// The key by the GP system's own id; it becomes an identifier unless the first one already says it.
void KeyById(Record& record, Entry& entry, const std::string& id, bool use_as_key) {
  const Element* first = entry.resource->Find("identifier");
  const Element* source = entry.resource->Find("id");
  const bool said = first && first->ValueOf("value") == id;
  if (!said || use_as_key) AddIdentifier(record, entry, IdSystem(record), id, source ? source->leaf : 0);
  if (use_as_key) entry.key_system = IdSystem(record), entry.key_value = id;
}

const Element* StatusOf(const Element& identifier) {
  for (const Element& extension : fhir::Repeats(identifier, "extension")) {
    if (extension.ValueOf("url") == kNhsNumberStatus) return &extension;
  }
  return nullptr;
}

// A number that fails its check digit cannot have been verified, whatever the source says.
void MarkNotVerified(Record& record, Element& identifier, Ledger& ledger) {
  if (const Element* status = StatusOf(identifier)) {
    ledger.ExplainAll(*status, "the NHS number fails its check digit (modulus 11), so it is kept as given and marked 03, trace required");
    fhir::Document::Detach(const_cast<Element*>(status));
  }
  Element* extension = record.work.Add(&identifier, "extension", true);
  record.work.AddString(extension, "url", kNhsNumberStatus);
  Element* coding = record.work.Add(record.work.Add(extension, "valueCodeableConcept"), "coding", true);
  record.work.AddString(coding, "system", "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1");
  record.work.AddString(coding, "code", "03");
  record.work.AddString(coding, "display", "Trace required");
}

// The key is the GP system's own id, always: each source has its own Patient. A verified NHS number joins the Patient
// with those of other sources where it is stored; one not verified stands where it joins nobody.
void KeyPatient(Record& record, Entry& entry, Ledger& ledger, fhir::IssueSink& outcome) {
  Element* number = nullptr;
  for (Element* at = entry.resource->Find("identifier"); at && !number; at = at->next) {
    if (at->name == "identifier" && at->ValueOf("system") == kNhsNumberSystem) number = at;
  }
  const Element* status = number ? StatusOf(*number) : nullptr;
  const Element* code = status ? status->Walk("valueCodeableConcept", "coding", "code") : nullptr;
  const bool well_formed = number && IsNhsNumber(number->ValueOf("value"));
  const bool verified = well_formed && code && code->value() == "01";
  if (number && !well_formed) {
    outcome.Report(Severity::kWarning, "value",
                   "The NHS number fails its check digit (modulus 11). It is kept as given and marked not verified; the Patient is joined "
                   "with nobody by this number.",
                   "Patient.identifier");
    if (!code || code->value() == "01") MarkNotVerified(record, *number, ledger);
  } else if (number && !verified) {
    outcome.Report(Severity::kInformation, "informational",
                   "The NHS number is not marked as verified (status 01), so the Patient is joined with nobody by it.",
                   "Patient.identifier");
    record.work.SetValue(number->Find("system"), fhir::ValueKind::kString, kUnverifiedNhsNumber);
  }
  const std::string id(entry.id);
  KeyById(record, entry, id, true);
  // Neither the place in the transaction nor anything else is ever got from an NHS number.
  entry.uuid = DerivedUuid("Patient|" + IdSystem(record) + "|" + (IsNhsNumber(id) ? std::string() : id));
}

}  // namespace

std::string IdSystem(const Record& record) { return std::string(kBase) + "id/gp-connect/" + record.practice; }

void AssignKeys(Record& record, Ledger& ledger, fhir::IssueSink& outcome) {
  FoldDuplicates(record, ledger, outcome);
  std::map<std::string, int> claims;                      // of an own identifier, by R4 type
  std::map<std::string, std::vector<Entry*>> without_id;  // by made-up id
  const auto claim = [](const Entry& entry, const Element& identifier) {
    return std::string(entry.kind->r4_type) + "|" + std::string(identifier.ValueOf("system")) + "|" +
           std::string(identifier.ValueOf("value"));
  };
  for (Entry& entry : record.entries) {
    if (entry.fate != Fate::kStored || entry.kind->type == "Patient") continue;
    if (const Element* own = OwnIdentifier(entry)) ++claims[claim(entry, *own)];
  }
  // An identifier that several entries claim (one problem coded twice) tells none of them apart.
  const auto is_key = [&](const Entry& entry, const Element* own) { return own && claims[claim(entry, *own)] == 1; };
  for (Entry& entry : record.entries) {
    if (entry.fate != Fate::kStored || entry.kind->type == "Patient" || !entry.id.empty()) continue;
    if (!is_key(entry, OwnIdentifier(entry))) without_id[MadeUpId(record, entry)].push_back(&entry);
  }
  std::map<const Entry*, std::string> made_up;
  for (auto& [id, entries] : without_id) {
    std::ranges::stable_sort(entries, {}, &Entry::canonical);
    for (std::size_t i = 0; i < entries.size(); ++i) made_up[entries[i]] = i == 0 ? id : id + "/" + std::to_string(i + 1);
  }
  for (Entry& entry : record.entries) {
    if (entry.fate != Fate::kStored) continue;
    if (entry.kind->type == "Patient") {
      KeyPatient(record, entry, ledger, outcome);
      continue;
    }
    const Element* own = OwnIdentifier(entry);
    const bool by_own = is_key(entry, own);
    if (by_own) entry.key_system = own->ValueOf("system"), entry.key_value = own->ValueOf("value");
    const auto invented = made_up.find(&entry);
    if (invented != made_up.end()) {
      KeyById(record, entry, invented->second, true);
    } else if (!entry.id.empty()) {
      KeyById(record, entry, IdOutside(record, entry), !by_own);
    }
    entry.uuid = DerivedUuid(std::string(entry.kind->r4_type) + "|" + entry.key_system + "|" + entry.key_value);
  }
}

}  // namespace adapters::gp::connect
