// Every element of every logical model of GP Connect, filled with many kinds of values, comes back from R4.
#include <filesystem>

#include "adapters/gp/connect/record.h"
#include "tests/adapters/gp/connect/round_trip.h"

namespace {

using careloom_test::ReadFile;
using fhir::Document;
using fhir::Element;
using fhir::Repeats;

constexpr int kVariants = 48;  // of each resource: choices, codes and targets take turns

template <std::size_t N>
std::string Turn(const char* const (&list)[N], int n) {
  return list[static_cast<std::size_t>(n) % N];
}

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

std::string Extension(int n) {
  static constexpr const char* kExtensions[] = {
      R"({"url":"https://example.org/own","valueString":"x"})",
      R"({"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-ClinicalSetting-1","valueCodeableConcept":{"text":"setting"}})",
      R"({"url":"https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-ActualProblem-1","valueReference":{"reference":"Observation/gone"}})",
      R"({"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-ListWarningCode-1","valueCode":"confidential-items"})",
      R"({"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-PrescriptionType-1","valueCodeableConcept":{"text":"repeat"}})",
      R"({"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-MedicationStatusReason-1","extension":[{"url":"statusReason","valueCodeableConcept":{"text":"why"}},{"url":"statusChangeDate","valueDateTime":"2020-01-02"}]})",
      R"({"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-MedicationRepeatInformation-1","extension":[{"url":"numberOfRepeatPrescriptionsAllowed","valueUnsignedInt":6},{"url":"numberOfRepeatPrescriptionsIssued","valueUnsignedInt":2},{"url":"authorisationExpiryDate","valueDateTime":"2021"}]})",
      R"({"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-AllergyIntoleranceEnd-1","extension":[{"url":"endDate","valueDateTime":"2020"},{"url":"reasonEnded","valueString":"grew out"}]})",
      R"({"url":"http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter","valueReference":{"reference":"Encounter/gone"}})",
      R"({"url":"https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-DateRecorded-1","valueDateTime":"2020-03-04"})",
      R"({"url":"https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-FastingStatus-1","valueCodeableConcept":{"text":"F"}})",
      R"({"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-NHSCommunication-1","extension":[{"url":"language","valueCodeableConcept":{"coding":[{"system":"https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-HumanLanguage-1","code":"cy"}]}},{"url":"preferred","valueBoolean":true},{"url":"modeOfCommunication","valueCodeableConcept":{"coding":[{"system":"https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-LanguageAbilityMode-1","code":"RSP"}]}},{"url":"communicationProficiency","valueCodeableConcept":{"coding":[{"system":"https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-LanguageAbilityProficiency-1","code":"G"}]}},{"url":"interpreterRequired","valueBoolean":false}]})",
      R"({"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-NHSCommunication-1","extension":[{"url":"interpreterRequired","valueBoolean":true}]})",
  };
  return Turn(kExtensions, n);
}

std::string Coding(int n) {
  static constexpr const char* kCodings[] = {
      R"({"system":"http://snomed.info/sct","code":"1","display":"one","extension":[{"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-coding-sctdescid","extension":[{"url":"descriptionId","valueId":"11"},{"url":"descriptionDisplay","valueString":"eleven"}]}]})",
      R"({"system":"http://read.info/readv2","version":"1","code":"A1","display":"a","userSelected":true})",
      R"({"id":"c","system":"http://hl7.org/fhir/v3/NullFlavor","code":"UNK","extension":[{"url":"https://example.org/own","valueCode":"x"}]})",
      R"({"system":"http://hl7.org/fhir/v2/0078","code":"A"})",
      R"({"system":"http://snomed.info/sct","code":"714311000000108"})",
      R"({"system":"http://snomed.info/sct","code":"792931000000107"})",
  };
  return Turn(kCodings, n);
}

std::string Concept(int n) {
  return n % 3 == 0 ? R"({"text":"words"})" : R"({"coding":[)" + Coding(n) + "," + Coding(n + 1) + R"(],"text":"words"})";
}

std::string Reference(int n) {
  static constexpr const char* kTypes[] = {"Patient",
                                           "Practitioner",
                                           "Organization",
                                           "Encounter",
                                           "Observation",
                                           "Location",
                                           "MedicationRequest",
                                           "ReferralRequest",
                                           "Condition",
                                           "Device",
                                           "PractitionerRole",
                                           "Medication",
                                           "Specimen",
                                           "ProcedureRequest",
                                           "CarePlan",
                                           "Group",
                                           "EpisodeOfCare",
                                           "Appointment",
                                           "Account",
                                           "Endpoint",
                                           "Questionnaire",
                                           "HealthcareService",
                                           "RelatedPerson",
                                           "ImagingStudy",
                                           "Media",
                                           "DocumentReference",
                                           "Provenance",
                                           "Substance",
                                           "DetectedIssue",
                                           "ActivityDefinition",
                                           "Procedure",
                                           "MedicationDispense"};
  if (n % 7 == 6) return R"({"reference":"a word of prose"})";
  if (n % 7 == 4) return R"({"id":"r","extension":[)" + Extension(0) + R"(],"reference":")" + Turn(kTypes, n * 7 + n / 3) + R"(/gone"})";
  if (n % 7 == 5) return R"({"reference":"https://example.org/fhir/)" + Turn(kTypes, n * 7 + n / 3) + R"(/far"})";
  if (n % 11 == 10) return R"({"identifier":{"system":"urn:x","value":"y"},"display":"z"})";
  return R"({"reference":")" + Turn(kTypes, n * 7 + n / 3) + (n % 2 == 0 ? "/v" + std::to_string(n % kVariants) : std::string("/gone")) +
         R"(","display":"name"})";
}

std::string Code(int n) {
  static constexpr const char* kCodes[] = {
      "active",      "completed",   "final",       "current",      "finished",    "unknown",   "order",     "plan",
      "routine",     "urgent",      "inactive",    "resolved",     "confirmed",   "allergy",   "food",      "low",
      "mild",        "male",        "snapshot",    "working",      "preliminary", "stopped",   "y",         "unk",
      "usual",       "official",    "home",        "phone",        "physical",    "instance",  "mon",       "available",
      "appends",     "replaced-by", "has-member",  "derived-from", "sequel-to",   "suspended", "cancelled", "entered-in-error",
      "in-progress", "arrived",     "unconfirmed", "provisional",  "medication",  "high",      "severe",    "amended"};
  return Turn(kCodes, n * 5 + n / 7);
}

std::string Quantity(int n) {
  return R"({"value":)" + std::to_string(n) + R"(.50,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"})";
}

// A value of the type as JSON; empty for a type that there is no sample of.
std::string Sample(const std::string& type, int n) {
  static constexpr const char* kDates[] = {"2020", "2020-02", "2020-02-03", "2020-02-03T04:05:06+01:00", "2020-02-03T04:05:06.789Z"};
  const std::string number = std::to_string(1 + n % 9);
  if (type == "boolean") return n % 2 == 0 ? "true" : "false";
  if (type == "integer" || type == "positiveInt" || type == "unsignedInt") return number;
  if (type == "decimal") return number + ".250";
  if (type == "code") return Quoted(Code(n));
  if (type == "string" || type == "markdown") return Quoted("words " + number);
  if (type == "id") return Quoted("i" + number);
  if (type == "uri") return Quoted("urn:example:" + number);
  if (type == "dateTime") return Quoted(Turn(kDates, n));
  if (type == "date") return Quoted("2020-02-0" + number);
  if (type == "instant") return Quoted("2020-02-03T04:05:06Z");
  if (type == "time") return Quoted("10:11:12");
  if (type == "base64Binary") return Quoted("AAAA");
  if (type == "Identifier")
    return R"({"use":"usual","type":)" + Concept(n) + R"(,"system":"urn:example","value":")" + number +
           R"(","period":{"start":"2020"},"assigner":{"display":"who"}})";
  if (type == "CodeableConcept") return Concept(n);
  if (type == "Coding") return Coding(n);
  if (type == "Reference") return Reference(n);
  if (type == "Extension") return Extension(n);
  if (type == "Period") return R"({"start":"2020-01-01","end":"2020-01-02T03:04:05Z"})";
  if (type == "Quantity") return Quantity(n);
  if (type == "Range") return R"({"low":)" + Quantity(n) + R"(,"high":)" + Quantity(n + 1) + "}";
  if (type == "Ratio") return R"({"numerator":)" + Quantity(n) + R"(,"denominator":)" + Quantity(n) + "}";
  if (type == "Annotation")
    return n % 2 == 0 ? R"({"text":"note )" + number + R"("})" : R"({"authorString":"me","time":"2020-01-01","text":"note"})";
  if (type == "Attachment") {
    return n % 2 == 0 ? R"({"contentType":"text/plain","language":"en","url":"https://example.org/a","size":12,"hash":"AAAA","title":"t"})"
                      : R"({"contentType":"text/plain","data":"AAAA","creation":"2020-05-0)" + number + R"("})";
  }
  if (type == "HumanName")
    return R"({"use":"official","text":"A B","family":"B","given":["A","C"],"prefix":["Mx"],"suffix":["Jr"],"period":{"start":"2020"}})";
  if (type == "Address")
    return R"({"use":"home","type":"physical","text":"all","line":["1","2"],"city":"c","district":"d","state":"s","postalCode":"p","country":"GB","period":{"end":"2020"}})";
  if (type == "ContactPoint")
    return n % 3 == 0 ? R"({"value":"01"})" : R"({"system":"phone","value":"01","use":"work","rank":1,"period":{"start":"2020"}})";
  if (type == "Timing")
    return R"({"event":["2020-01-01"],"repeat":{"boundsPeriod":{"start":"2020"},"count":2,"countMax":3,"duration":1.0,"durationMax":2.0,"durationUnit":"h","frequency":1,"frequencyMax":2,"period":1.0,"periodMax":2.0,"periodUnit":"d","timeOfDay":["10:00:00"],"offset":5},"code":)" +
           Concept(n) + "}";
  if (type == "Narrative") return R"({"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">words</div>"})";
  if (type == "SampledData") return R"({"origin":{"value":1},"period":10,"dimensions":1,"data":"1 2"})";
  if (type == "Meta")
    return R"({"versionId":"7","lastUpdated":"2020-02-03T04:05:06Z","tag":[{"system":"urn:t","code":"t"}],"security":[{"system":"urn:s","code":"s"}]})";
  return {};
}

// The logical models as read, by the type's name in GP Connect.
const std::map<std::string, Document>& Models() {
  static const std::map<std::string, Document> models = [] {
    std::map<std::string, Document> read;
    for (const auto& file :
         std::filesystem::directory_iterator(std::filesystem::path(CARELOOM_SOURCE_DIR) / "mappings/gp_connect/models")) {
      read.emplace(file.path().stem().string(), careloom_test::ReadLoosely(ReadFile(file.path())));
    }
    return read;
  }();
  return models;
}

std::string Members(const std::string& model, const std::string& under, int n);

std::string Value(const Element& definition, const std::string& model, const Element& type, int n) {
  const std::string code(type.ValueOf("code"));
  if (code == "BackboneElement" || code == "Element") return "{" + Members(model, std::string(definition.ValueOf("path")), n) + "}";
  if (code.ends_with("/Dosage")) return "{" + Members("Dosage", "GpConnectDosage", n) + "}";
  return Sample(code, n);
}

// One member: a choice takes its types in turn, a repeating one gets two values, and now and then it is left out.
std::string Member(const Element& definition, const std::string& model, const std::string& name, int n) {
  std::vector<const Element*> types;
  for (const Element& type : Repeats(definition, "type")) types.push_back(&type);
  if (types.empty() || n % 13 == 12) return {};
  const Element& type = *types[static_cast<std::size_t>(n) % types.size()];
  std::string written = name;
  if (name.ends_with("[x]")) {
    written = name.substr(0, name.size() - 3) + std::string(type.ValueOf("code"));
    written[name.size() - 3] = static_cast<char>(written[name.size() - 3] & ~0x20);
  }
  std::string value = Value(definition, model, type, n);
  if (value.empty() || value == "{}") return {};
  if (definition.ValueOf("max") == "*") value = "[" + value + "," + Value(definition, model, type, n + 1) + "]";
  return Quoted(written) + ":" + value;
}

std::string Members(const std::string& model, const std::string& under, int n) {
  // Every type inherits extensions from Element.
  std::string out = n % 5 == 4 ? std::string() : R"("extension":[)" + Extension(n) + "," + Extension(n * 3 + 2) + "]";
  int position = 0;
  for (const Element& definition : Repeats(*Models().at(model).root->Find("differential"), "element")) {
    const std::string path(definition.ValueOf("path"));
    if (!path.starts_with(under + ".") || path.find('.', under.size() + 1) != std::string::npos) continue;
    const std::string name = path.substr(under.size() + 1);
    if (name == "id" || name == "contained" || name == "implicitRules" || name == "language") continue;
    if (model == "QuestionnaireResponse" && name == "identifier") continue;
    const std::string member = Member(definition, model, name, n + ++position);
    if (!member.empty()) out += (out.empty() ? "" : ",") + member;
  }
  return out;
}

// A record with many resources of the type, everything in them filled.
std::string RecordOf(const std::string& type, int from, int past) {
  std::string entries =
      R"({"resource":{"resourceType":"Organization","id":"practice","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"X99999"}]}})";
  if (type != "Patient") {
    entries +=
        R"(,{"resource":{"resourceType":"Patient","id":"v0","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9999999999"}],"managingOrganization":{"reference":"Organization/practice"}}})";
  }
  for (int n = from; n < past; ++n) {
    // Only one identifier fits a QuestionnaireResponse in R4: two forms must not share it.
    std::string members = Members(type, "GpConnect" + type, n);
    if (type == "QuestionnaireResponse")
      members = R"("identifier":{"system":"urn:example","value":"q)" + std::to_string(n) + R"("},)" + members;
    entries += R"(,{"resource":{"resourceType":")" + type + R"(","id":"v)" + std::to_string(n) + R"(",)" + members + "}}";
  }
  return R"({"resourceType":"Bundle","type":"collection","entry":[)" + entries + "]}";
}

TEST(GpConnectEmit, EveryElementOfEveryModelComesBack) {
  for (const auto& kind : adapters::gp::connect::Kinds()) {
    const std::string type(kind.type);
    ASSERT_TRUE(Models().contains(type)) << type;
    // One person in a record.
    const int step = type == "Patient" ? 1 : kVariants;
    for (int n = 0; n < kVariants; n += step) careloom_test::RoundTrip(RecordOf(type, n, n + step), type);
  }
}

}  // namespace
