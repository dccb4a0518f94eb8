// Rule: what JSON has where. A primitive is a value of its kind, everything else an object; a resource
// stands where a resource may.
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

using schema::Primitive;

ValueKind KindOf(Primitive primitive) {
  switch (primitive) {
    case Primitive::kBoolean: return ValueKind::kBoolean;
    case Primitive::kDecimal:
    case Primitive::kInteger:
    case Primitive::kPositiveInt:
    case Primitive::kUnsignedInt: return ValueKind::kNumber;
    default: return ValueKind::kString;
  }
}

std::string_view Word(ValueKind kind) {
  switch (kind) {
    case ValueKind::kNone: return "an object";
    case ValueKind::kString: return "a string";
    case ValueKind::kNumber: return "a number";
    case ValueKind::kBoolean: return "a boolean";
    case ValueKind::kNull: return "null";
  }
  return {};
}

bool Wrong(const Visit& visit, std::string_view expected) {
  visit.Error("structure", std::string(Word(visit.element.kind)) + " was found, " + std::string(expected) + " is expected: the type is " +
                               std::string(visit.type.name));
  return false;
}

bool PrimitiveHas(const Visit& visit) {
  const Element& element = visit.element;
  if (element.is_resource) return Wrong(visit, Word(KindOf(visit.type.primitive)));
  if (element.kind == ValueKind::kNull) {
    if (element.first_child) return true;
    visit.Error("value", "null was found, a value is expected; leave the element out when there is none");
    return false;
  }
  const ValueKind expected = KindOf(visit.type.primitive);
  return element.kind == expected || Wrong(visit, Word(expected));
}

bool Run(const Visit& visit) {
  const Element& element = visit.element;
  if (visit.type.kind == schema::TypeKind::kPrimitive) return PrimitiveHas(visit);
  if (element.kind != ValueKind::kNone && element.has_value()) return Wrong(visit, "an object");
  const bool takes_resource = visit.type.name == "Resource";
  if (takes_resource && !element.is_resource) {
    visit.Error("structure", "resourceType is missing: a resource is expected here");
    return false;
  }
  // One R4 element is itself called resourceType (ExampleScenario.instance.resourceType).
  if (!takes_resource && element.is_resource && !visit.type.Find("resourceType").definition) {
    visit.Error("structure", "a resource was found, " + std::string(visit.type.name) + " is expected; leave resourceType out");
    return false;
  }
  return true;
}

}  // namespace

Rule Shape() {
  return {.name = "shape", .resource = nullptr, .shape = Run, .object = nullptr, .value = nullptr, .bound = nullptr};
}

}  // namespace fhir::validate
