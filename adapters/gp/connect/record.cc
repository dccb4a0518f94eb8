// Reading a record, and refusing what is none.
#include "adapters/gp/connect/record.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "adapters/base/canonical.h"
#include "fhir/base/date_time.h"
#include "fhir/json/reader.h"

namespace adapters::gp::connect {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::string_view kOds = "https://fhir.nhs.uk/Id/ods-organization-code";

constexpr std::array<Kind, 21> kKinds = {{
    {"AllergyIntolerance", "AllergyIntolerance", "allergy_intolerance", ""},
    {"Condition", "Condition", "condition", ""},
    {"DiagnosticReport", "DiagnosticReport", "diagnostic_report", ""},
    {"DocumentReference", "DocumentReference", "document_reference", ""},
    {"Encounter", "Encounter", "encounter", ""},
    {"HealthcareService", "HealthcareService", "healthcare_service", "", true},
    {"Immunization", "Immunization", "immunization", ""},
    {"List", "List", "list", ""},
    {"Location", "Location", "location", "https://fhir.nhs.uk/Id/ods-site-code", true, false},
    {"Medication", "Medication", "medication", "", true, false},
    {"MedicationRequest", "MedicationRequest", "medication_request", ""},
    {"MedicationStatement", "MedicationStatement", "medication_statement", ""},
    {"Observation", "Observation", "observation", ""},
    {"Organization", "Organization", "organization", kOds, true, false},
    {"Patient", "Patient", "patient", "", false, false},
    {"Practitioner", "Practitioner", "practitioner", "https://fhir.nhs.uk/Id/sds-user-id", true, false},
    {"PractitionerRole", "PractitionerRole", "practitioner_role", "", true, false},
    {"ProcedureRequest", "ServiceRequest", "procedure_request", ""},
    {"QuestionnaireResponse", "QuestionnaireResponse", "questionnaire_response", ""},
    {"ReferralRequest", "ServiceRequest", "referral_request", ""},
    {"Specimen", "Specimen", "specimen", ""},
}};

// What an OperationOutcome of the GP system says, codes before words.
std::string ErrorsOf(const Element& outcome) {
  std::string text;
  for (const Element& issue : fhir::Repeats(outcome, "issue")) {
    if (!text.empty()) text += "; ";
    const Element* coding = issue.Walk("details", "coding");
    if (coding) {
      text += coding->ValueOf("code");
      if (const std::string_view display = coding->ValueOf("display"); !display.empty()) text += " (" + std::string(display) + ")";
    } else {
      text += issue.ValueOf("code");
    }
  }
  return text.empty() ? "no reason given" : text;
}

Result<void> CheckBundle(const Element& root) {
  if (root.resource_type() == "OperationOutcome") {
    return Error(ErrorKind::kUnprocessable, "The GP system answered with an error instead of a record: " + ErrorsOf(root) +
                                                ". Nothing was taken in; ask the GP system again once that is put right.")
        .At("OperationOutcome.issue");
  }
  if (root.resource_type() != "Bundle") {
    return Error(ErrorKind::kInvalid, "A GP Connect record is a Bundle; this is " +
                                          (root.is_resource ? "a resource of another type: " + std::string(root.text)
                                                            : std::string("a JSON object without resourceType")) +
                                          ".")
        .At(root.is_resource ? std::string(root.text) : std::string());
  }
  return {};
}

// A contained resource (an ended allergy in its List) becomes an entry of its own, so that it is found as any other.
void TakeOutContained(Record& record, Entry& entry) {
  Element* next = nullptr;
  for (Element* contained = entry.resource->Find("contained"); contained; contained = next) {
    next = contained->next && contained->next->name == "contained" ? contained->next : nullptr;
    const Kind* kind = contained->is_resource ? FindKind(contained->text) : nullptr;
    if (!kind || kind->type == "Patient") continue;
    Entry& inner = record.entries.emplace_back();
    inner.resource = contained;
    inner.kind = kind;
    inner.id = contained->ValueOf("id");
    inner.container = &entry;
    inner.canonical = Canonical(*contained);
    record.by_anchor.emplace(std::pair(&entry, "#" + std::string(inner.id)), &inner);
  }
}

void AddEntry(Record& record, const Element& received, Element& working) {
  Entry& entry = record.entries.emplace_back();
  entry.received = &received;
  entry.path = "Bundle.entry[" + std::to_string(record.entries.size() - 1) + "]";
  entry.resource = working.Find("resource");
  if (!entry.resource || !entry.resource->is_resource) {
    entry.fate = Fate::kReported;
    entry.resource = nullptr;
    return;
  }
  entry.kind = FindKind(entry.resource->text);
  if (!entry.kind) {
    entry.fate = Fate::kReported;
    return;
  }
  entry.id = entry.resource->ValueOf("id");
  entry.canonical = Canonical(*entry.resource);
}

// The newest moment among `name` members of Lists (or, without any, of all resources) becomes the record's time.
struct Newest {
  std::optional<fhir::DateTime> moment;
  std::string text;
  void See(std::string_view written) {
    const auto parsed = fhir::DateTime::Parse(written);
    if (!parsed || parsed->precision < fhir::DatePrecision::kDay) return;
    if (moment && parsed->FirstMicrosecond() < moment->FirstMicrosecond()) return;
    if (moment && parsed->FirstMicrosecond() == moment->FirstMicrosecond() && written <= text) return;
    moment = parsed;
    text = written;
  }
};

void SeeDates(const Element& element, Newest& newest) {
  if (element.kind == fhir::ValueKind::kString && element.text.size() >= 10 && element.text[4] == '-' && element.name != "birthDate" &&
      element.name != "expirationDate" && element.name != "end") {
    newest.See(element.text);
  }
  for (const Element& child : fhir::Children(element)) SeeDates(child, newest);
}

std::string AsOf(const Record& record) {
  Newest newest;
  for (const Entry& entry : record.entries) {
    if (entry.kind && entry.kind->type == "List") newest.See(entry.resource->ValueOf("date"));
  }
  if (!newest.moment) SeeDates(*record.received.root, newest);
  if (!newest.moment) return {};
  if (newest.moment->precision == fhir::DatePrecision::kSecond && newest.moment->offset_minutes) return newest.text;
  return newest.text.substr(0, 10) + "T00:00:00Z";
}

void FindPractice(Record& record) {
  record.practice = "unknown";
  const Element* managing = record.patient->resource->Walk("managingOrganization", "reference");
  if (!managing) return;
  const auto found = record.by_reference.find(managing->value());
  if (found == record.by_reference.end() || found->second->kind->type != "Organization") return;
  record.practice_entry = found->second;
  for (const Element& identifier : fhir::Repeats(*found->second->resource, "identifier")) {
    if (identifier.ValueOf("system") != kOds || identifier.ValueOf("value").empty()) continue;
    record.practice = identifier.ValueOf("value");
    return;
  }
}

Result<void> FindPatient(Record& record) {
  for (Entry& entry : record.entries) {
    if (!entry.kind || entry.kind->type != "Patient") continue;
    if (!record.patient) {
      record.patient = &entry;
    } else if (entry.canonical != record.patient->canonical) {
      return Error(ErrorKind::kUnprocessable,
                   "The Bundle holds two Patients that differ. A record is of one person: which of the two the entries belong to "
                   "cannot be told, so nothing was taken in.")
          .At(entry.path);
    }
  }
  if (!record.patient) {
    return Error(ErrorKind::kUnprocessable,
                 "The Bundle has no Patient, so whose record it is cannot be told; nothing was taken in. Ask the GP system for the "
                 "record again: GP Connect always sends the Patient.")
        .WithIssueType("required")
        .At("Bundle.entry");
  }
  if (record.patient->id.empty()) {
    return Error(ErrorKind::kUnprocessable,
                 "The Patient has no id. The GP system's id is what the person is known by from record to record, so nothing was taken in. "
                 "Ask the GP system for the record again: GP Connect always sends it.")
        .WithIssueType("required")
        .At(record.patient->path + ".resource.id");
  }
  return {};
}

}  // namespace

std::span<const Kind> Kinds() { return kKinds; }

const Kind* FindKind(std::string_view stu3_type) {
  const auto at = std::ranges::lower_bound(kKinds, stu3_type, {}, &Kind::type);
  return at != kKinds.end() && at->type == stu3_type ? &*at : nullptr;
}

Result<Record> ReadRecord(std::string_view bytes) {
  Record record;
  TRY_ASSIGN(record.received, fhir::json::Read(bytes, {.max_depth = 64, .allow_empty = true}));
  TRY(CheckBundle(*record.received.root));
  record.work.root = record.work.Copy(*record.received.root);
  Element* working = record.work.root->Find("entry");
  for (const Element& received : fhir::Repeats(*record.received.root, "entry")) {
    AddEntry(record, received, *working);
    working = working->next;
  }
  const std::size_t count = record.entries.size();
  for (std::size_t i = 0; i < count; ++i) {
    Entry& entry = record.entries[i];
    if (!entry.kind) continue;
    if (!entry.id.empty()) record.by_reference.emplace(std::string(entry.kind->type) + "/" + std::string(entry.id), &entry);
    if (const std::string_view url = entry.received->ValueOf("fullUrl"); !url.empty()) record.by_reference.emplace(url, &entry);
    TakeOutContained(record, entry);
  }
  TRY(FindPatient(record));
  FindPractice(record);
  record.as_of = AsOf(record);
  return record;
}

}  // namespace adapters::gp::connect
