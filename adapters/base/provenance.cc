// https://hl7.org/fhir/R4/provenance.html
#include "adapters/base/provenance.h"

#include "adapters/base/keys.h"

namespace adapters {

using fhir::Element;

namespace {

constexpr std::string_view kNotUnderstood = "https://careloom.example/fhir/StructureDefinition/rows-not-understood";
constexpr std::string_view kMessageSystem = "https://careloom.example/fhir/id/message";

// A file without an id (adapted by itself, not out of the inbox) is known by its period.
std::string NameOf(const Submission& file) { return file.id.empty() ? file.from + "/" + file.to : file.id; }

}  // namespace

Element* MakeProvenance(const PersonPart& part, const ProvenanceFacts& facts, fhir::Document& output) {
  Element* provenance = output.NewResource("Provenance");
  output.AddString(provenance, "id", UuidOf("Provenance", facts.person_system, part.person + "|" + NameOf(part.file)));
  if (facts.bad_rows > 0) {
    Element* extension = output.Add(provenance, "extension", true);
    output.AddString(extension, "url", kNotUnderstood);
    output.AddNumber(extension, "valuePositiveInt", std::to_string(facts.bad_rows));
  }
  for (const std::string& target : facts.targets) output.AddString(output.Add(provenance, "target", true), "reference", target);
  const bool has_period = !part.file.from.empty() || !part.file.to.empty();
  Element* period = has_period ? output.Add(provenance, "occurredPeriod") : nullptr;
  if (!part.file.from.empty()) output.AddString(period, "start", part.file.from);
  if (!part.file.to.empty()) output.AddString(period, "end", part.file.to);
  if (part.file.received_us != 0) {
    output.AddString(provenance, "recorded", InstantOf(part.file.received_us));
  } else {
    Element* recorded = output.Add(provenance, "recorded");
    recorded->kind = fhir::ValueKind::kNull;
    Element* extension = output.Add(recorded, "extension", true);
    output.AddString(extension, "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
    output.AddString(extension, "valueCode", "unknown");
  }
  Element* who = output.Add(output.Add(provenance, "agent", true), "who");
  output.AddString(who, "reference", "urn:uuid:" + std::string(facts.agent_uuid));
  Element* entity = output.Add(provenance, "entity", true);
  output.AddString(entity, "role", "source");
  Element* what = output.Add(output.Add(entity, "what"), "identifier");
  output.AddString(what, "system", kMessageSystem);
  output.AddString(what, "value", NameOf(part.file));
  return provenance;
}

bool HadBadRows(const PersonPart& part, const Submission& file) {
  for (const fhir::Document& document : part.stored) {
    const Element* root = document.root;
    if (!root || root->resource_type() != "Provenance") continue;
    bool not_understood = false, of_file = false;
    for (const Element& extension : fhir::Repeats(*root, "extension")) not_understood = not_understood || extension.ValueOf("url") == kNotUnderstood;
    for (const Element& entity : fhir::Repeats(*root, "entity")) {
      const Element* value = entity.Walk("what", "identifier", "value");
      of_file = of_file || (value && value->value() == NameOf(file));
    }
    if (not_understood && of_file) return true;
  }
  return false;
}

}  // namespace adapters
