// What FHIR adds to FHIRPath (https://hl7.org/fhir/R4/fhirpath.html#functions).
#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

bool HasUrl(const Element& extension, std::string_view url) { return extension.ValueOf("url") == url; }

// The extensions of that URL on all items.
Result<Values> Extensions(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<SystemValue> url, evaluator.ScalarArgument(call, 0));
  Values out;
  if (!url) return out;
  for (const Value& value : call.input) {
    const Element* const* element = std::get_if<const Element*>(&value);
    if (!element) continue;
    for (const Element& extension : Repeats(**element, "extension")) {
      TRY(evaluator.Spend(1, call.node));
      if (HasUrl(extension, url->text)) out.push_back(&extension);
    }
  }
  return out;
}

// The type in "Patient/123" or "http://somewhere/Patient/123/_history/1"; empty when none is written.
std::string_view TypeInReference(std::string_view reference) {
  if (const std::size_t history = reference.find("/_history/"); history != std::string_view::npos) reference = reference.substr(0, history);
  const std::size_t id = reference.rfind('/');
  if (id == std::string_view::npos || id + 1 == reference.size()) return {};
  reference = reference.substr(0, id);
  const std::size_t type = reference.rfind('/');
  return type == std::string_view::npos ? reference : reference.substr(type + 1);
}

const Element* Stub(Evaluator& evaluator, std::string_view type) {
  if (type.empty() || !evaluator.registry().IsResourceType(type)) return nullptr;
  Element* stub = evaluator.made().NewResource(type);
  stub->type = evaluator.registry().FindType(type);
  return stub;
}

const Element* Contained(const Element* resource, std::string_view id) {
  if (!resource || id.empty()) return resource;
  for (const Element& contained : Repeats(*resource, "contained")) {
    if (contained.ValueOf("id") == id) return &contained;
  }
  return nullptr;
}

// The resource in which the fragment of this element's reference is looked up.
const Element* Container(Evaluator& evaluator, const Element* from) {
  const Element* resource = from ? from->Resource() : nullptr;
  if (!resource) return evaluator.root_resource();
  return resource->name == "contained" && resource->parent ? resource->parent->Resource() : resource;
}

const Element* Target(Evaluator& evaluator, std::string_view reference, std::string_view type, const Element* from) {
  if (!reference.empty() && reference[0] == '#') return Contained(Container(evaluator, from), reference.substr(1));
  if (!reference.empty()) {
    if (evaluator.context().resolve) {
      if (const Element* found = evaluator.context().resolve(reference)) return found;
    }
    if (const Element* found = evaluator.FindInBundle(reference)) return found;
  }
  const std::string_view written = TypeInReference(reference);
  if (const Element* stub = Stub(evaluator, written)) return stub;
  return Stub(evaluator, type);
}

using Membership = schema::Membership;

// Of several codings one is enough; where none is in, an unknown one leaves it open.
Membership MembershipOf(const Element& element, std::string_view value_set, const schema::Registry& registry) {
  if (element.has_value()) return registry.InValueSet(value_set, {}, element.text);
  if (element.Find("code")) return registry.InValueSet(value_set, element.ValueOf("system"), element.ValueOf("code"));
  Membership all = Membership::kNotIn;
  for (const Element& coding : Repeats(element, "coding")) {
    const Membership one = registry.InValueSet(value_set, coding.ValueOf("system"), coding.ValueOf("code"));
    if (one == Membership::kIn) return one;
    if (one == Membership::kUnknown) all = one;
  }
  return all;
}

}  // namespace

// Value sets whose codes are not known answer with nothing.
Result<Values> MemberOf(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<SystemValue> url, evaluator.ScalarArgument(call, 0));
  if (call.input.empty() || !url) return Values();
  if (call.input.size() > 1) return Evaluator::Fail(call.node, "memberOf() asks about one code, found " + std::to_string(call.input.size()) + ".");
  const std::string_view value_set = std::string_view(url->text).substr(0, url->text.find('|'));
  const Element* const* element = std::get_if<const Element*>(&call.input[0]);
  const SystemValue* text = std::get_if<SystemValue>(&call.input[0]);
  const schema::Registry& registry = evaluator.registry();
  const Membership found = element ? MembershipOf(**element, value_set, registry) : registry.InValueSet(value_set, {}, text->text);
  return found == Membership::kUnknown ? Values() : One(Boolean(found == Membership::kIn));
}

Result<Values> HasValue(Evaluator&, const Call& call) {
  if (call.input.size() != 1) return One(Boolean(false));
  const Element* const* element = std::get_if<const Element*>(&call.input[0]);
  return One(Boolean(!element || (*element)->has_value()));
}

Result<Values> GetValue(Evaluator&, const Call& call) {
  const std::optional<Scalar> scalar = call.input.size() == 1 ? ToScalar(call.input[0]) : std::nullopt;
  return scalar ? One(Own(*scalar)) : Values();
}

Result<Values> Extension(Evaluator& evaluator, const Call& call) { return Extensions(evaluator, call); }

Result<Values> HasExtension(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Values found, Extensions(evaluator, call));
  return One(Boolean(!found.empty()));
}

Result<Values> Resolve(Evaluator& evaluator, const Call& call) {
  Values out;
  for (const Value& value : call.input) {
    TRY(evaluator.Spend(1, call.node));
    const Element* const* element = std::get_if<const Element*>(&value);
    const Element* from = element ? *element : nullptr;
    std::string_view reference, type;
    if (from && !from->has_value()) {
      reference = from->ValueOf("reference");
      type = from->ValueOf("type");
    } else if (const std::optional<Scalar> scalar = ToScalar(value); scalar && scalar->type == SystemType::kString) {
      reference = scalar->text;
    }
    if (const Element* target = Target(evaluator, reference, type, from)) out.push_back(target);
  }
  return out;
}

}  // namespace fhir::path::functions
