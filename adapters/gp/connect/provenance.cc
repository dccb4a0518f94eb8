// https://hl7.org/fhir/R4/provenance.html
#include "adapters/gp/connect/provenance.h"

#include "adapters/base/canonical.h"
#include "adapters/base/sha256.h"

namespace adapters::gp::connect {

using fhir::Element;

std::string Fingerprint(const Record& record, std::span<const Element* const> resources) {
  std::string all = record.as_of + '\n';
  for (const Element* resource : resources) {
    all += Canonical(*resource);
    all += '\n';
  }
  return Sha256Hex(all);
}

Element* MakeProvenance(const Record& record, std::string_view fingerprint, const std::vector<std::string>& targets,
                        fhir::Document& output) {
  Element* provenance = output.NewResource("Provenance");
  output.AddString(provenance, "id", DerivedUuid("Provenance|" + std::string(fingerprint)));
  for (const std::string& target : targets) {
    output.AddString(output.Add(provenance, "target", true), "reference", "urn:uuid:" + target);
  }
  // A record without any date has no time to speak of; R4 demands one, so its absence is said.
  if (!record.as_of.empty()) {
    output.AddString(provenance, "occurredDateTime", record.as_of);
    output.AddString(provenance, "recorded", record.as_of);
  } else {
    Element* recorded = output.Add(provenance, "recorded");
    recorded->kind = fhir::ValueKind::kNull;
    Element* extension = output.Add(recorded, "extension", true);
    output.AddString(extension, "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
    output.AddString(extension, "valueCode", "unknown");
  }
  Element* who = output.Add(output.Add(provenance, "agent", true), "who");
  if (const Entry* practice = record.practice_entry) {
    if (practice->same_as) practice = practice->same_as;
    if (practice->fate == Fate::kStored) output.AddString(who, "reference", "urn:uuid:" + practice->uuid);
  }
  output.AddString(who, "type", "Organization");
  Element* identifier = output.Add(who, "identifier");
  if (record.practice == "unknown") {
    output.AddString(identifier, "value", "unknown");
  } else {
    output.AddString(identifier, "system", "https://fhir.nhs.uk/Id/ods-organization-code");
    output.AddString(identifier, "value", record.practice);
  }
  Element* entity = output.Add(provenance, "entity", true);
  output.AddString(entity, "role", "source");
  Element* what = output.Add(output.Add(entity, "what"), "identifier");
  output.AddString(what, "system", std::string(kBase) + "id/message-sha256");
  output.AddString(what, "value", fingerprint);
  return provenance;
}

}  // namespace adapters::gp::connect
