// The list of transforms.
#include "fhir/mapping/transforms/catalogue.h"

#include <algorithm>
#include <array>

namespace fhir::mapping {
namespace {

constexpr auto kFunction = TransformKind::kFunction;

constexpr std::array<TransformEntry, 17> kCatalogue = {{
    {"append", 1, 50, kFunction, Append, "append(a, b, …): the texts joined"},
    {"c", 2, 3, kFunction, MakeCoding, "c(system, code, display): a Coding"},
    {"cast", 1, 2, kFunction, Cast, "cast(value, 'type'): the same text as another type, when it has that form"},
    {"cc", 1, 3, kFunction, MakeCodeableConcept, "cc(text) or cc(system, code, display): a CodeableConcept"},
    {"copy", 1, 1, TransformKind::kCopy, nullptr, "copy(value): a value or a whole subtree"},
    {"cp", 1, 2, kFunction, MakeContactPoint, "cp(value) or cp(system, value): a ContactPoint"},
    {"create", 0, 1, TransformKind::kCreate, nullptr, "create('Type'): an element of that type, to be filled"},
    {"dateOp", 0, 50, TransformKind::kUnsupported, nullptr, "dateOp: not defined by the standard; use evaluate"},
    {"escape", 2, 3, kFunction, Escape, "escape(text, 'xml' | 'html' | 'json' | 'url')"},
    {"evaluate", 1, 2, TransformKind::kEvaluate, nullptr, "evaluate(focus, FHIRPath)"},
    {"id", 2, 3, kFunction, MakeIdentifier, "id(system, value, type): an Identifier"},
    {"pointer", 1, 1, kFunction, MakePointer, "pointer(resource): urn:uuid: and the resource's id when that is a UUID, else Type/id"},
    {"qty", 1, 4, kFunction, MakeQuantity, "qty('5.4 mg') or qty(value, unit, system, code): a Quantity"},
    {"reference", 1, 1, kFunction, MakeReference, "reference(resource): the text of a reference to it"},
    {"translate", 2, 3, kFunction, Translate, "translate(code, 'concept map', 'code' | 'system' | 'display' | 'Coding' | 'CodeableConcept')"},
    {"truncate", 2, 2, kFunction, Truncate, "truncate(text, length)"},
    {"uuid", 0, 0, kFunction, MakeUuid, "uuid(): a UUID from the caller's generator"},
}};

}  // namespace

std::span<const TransformEntry> TransformCatalogue() { return kCatalogue; }

const TransformEntry* FindTransform(std::string_view name) {
  const auto* found = std::find_if(kCatalogue.begin(), kCatalogue.end(), [&](const TransformEntry& entry) { return entry.name == name; });
  return found == kCatalogue.end() ? nullptr : found;
}

std::vector<std::uint32_t> TransformInput::Leaves() const {
  std::vector<std::uint32_t> all;
  for (const Datum& argument : arguments) all.insert(all.end(), argument.leaves.begin(), argument.leaves.end());
  return all;
}

void TransformInput::Report(Severity severity, std::string_view code, std::string text) const {
  const Element* at = !arguments.empty() && arguments[0].element && arguments[0].element->leaf != 0 ? arguments[0].element : source;
  context.issues->Report(severity, code, std::move(text) + " (rule " + place + ")", at ? PathOf(*at) : std::string());
}

std::vector<std::uint32_t> TransformCall::Leaves() const {
  std::vector<std::uint32_t> all;
  for (const Datum& argument : arguments) all.insert(all.end(), argument.leaves.begin(), argument.leaves.end());
  return all;
}

}  // namespace fhir::mapping
