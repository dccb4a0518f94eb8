// See common_texts.h. Stored facts point into the list: add at the end, never change or take away.
#include "server/storage/common_texts.h"

#include <array>
#include <unordered_map>

namespace server::storage {

namespace {

constexpr std::array<std::string_view, 106> kCommonTexts = {
    "",
    "http://snomed.info/sct",
    "http://loinc.org",
    "http://unitsofmeasure.org",
    "https://fhir.nhs.uk/Id/nhs-number",
    "https://fhir.nhs.uk/Id/ods-organization-code",
    "https://fhir.hl7.org.uk/Id/read-codes",
    "https://fhir.hl7.org.uk/Id/emis-drug-codes",
    "https://fhir.hl7.org.uk/Id/egton-codes",
    "http://read.info/readv2",
    "http://read.info/ctv3",
    "https://fhir.nhs.uk/STU3/CodeSystem/GPConnect-ParticipantType-1",
    "https://fhir.hl7.org.uk/STU3/CodeSystem/GPConnect-SecondaryListValues-1",
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-ListEmptyReasonCode",
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName",
    "http://terminology.hl7.org/CodeSystem/observation-category",
    "http://terminology.hl7.org/CodeSystem/condition-clinical",
    "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    "http://terminology.hl7.org/CodeSystem/condition-category",
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
    "http://terminology.hl7.org/CodeSystem/goal-achievement",
    "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
    "http://terminology.hl7.org/CodeSystem/v2-0074",
    "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-AllergyIntolerance",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Appointment",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-CarePlan",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-CareTeam",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Condition",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Consent",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-DiagnosticReport",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-DocumentReference",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Encounter",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-EpisodeOfCare",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-HealthcareService",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Immunization",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-List",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Location",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Medication",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-MedicationRequest",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-MedicationStatement",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Organization",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Practitioner",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-PractitionerRole",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Procedure",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-QuestionnaireResponse",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-RelatedPerson",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-ServiceRequest",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Specimen",
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Task",
    "Account",
    "AllergyIntolerance",
    "Appointment",
    "CarePlan",
    "CareTeam",
    "ChargeItem",
    "Communication",
    "Condition",
    "Consent",
    "Contract",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "EpisodeOfCare",
    "Goal",
    "Group",
    "HealthcareService",
    "Immunization",
    "List",
    "Location",
    "Medication",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "QuestionnaireResponse",
    "RelatedPerson",
    "ServiceRequest",
    "Specimen",
    "Task",
    "active",
    "inactive",
    "current",
    "final",
    "completed",
    "finished",
    "confirmed",
    "unconfirmed",
    "unknown",
    "order",
    "plan",
    "laboratory",
    "problem-list-item",
    "male",
    "female",
    "true",
    "false",
};

}  // namespace

std::optional<std::size_t> CommonTextNumber(std::string_view text) {
  static const std::unordered_map<std::string_view, std::size_t> numbers = [] {
    std::unordered_map<std::string_view, std::size_t> made;
    for (std::size_t i = 0; i < kCommonTexts.size(); ++i) made.emplace(kCommonTexts[i], i);
    return made;
  }();
  const auto found = numbers.find(text);
  return found == numbers.end() ? std::nullopt : std::optional<std::size_t>(found->second);
}

std::string_view CommonText(std::size_t number) { return number < kCommonTexts.size() ? kCommonTexts[number] : std::string_view(); }

}  // namespace server::storage
