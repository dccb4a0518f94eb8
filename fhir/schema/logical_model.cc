// StructureDefinition (kind logical) trees to types: https://hl7.org/fhir/R4/structuredefinition.html.
#include "fhir/schema/logical_model.h"

#include <charconv>
#include <string>

#include "fhir/schema/type_builder.h"

namespace fhir::schema {
namespace {

Error Wrong(std::string_view url, std::string text) { return Error(ErrorKind::kInvalid, std::move(text)).At(std::string(url)); }

Result<std::uint16_t> Bound(const Element& element, std::string_view name, std::uint16_t absent, std::string_view path) {
  const std::string_view text = element.ValueOf(name);
  if (text.empty()) return absent;
  if (text == "*") return kUnbounded;
  std::uint16_t count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failed != std::errc() || end != text.data() + text.size()) {
    return Wrong(path, std::string(name) + " is \"" + std::string(text) + "\"; a number or * is allowed");
  }
  return count;
}

// The types column that the builder reads.
std::string TypesOf(const Element& element) {
  if (const std::string_view reference = element.ValueOf("contentReference"); !reference.empty()) return std::string(reference.substr(reference.find('#')));
  std::string column;
  for (const Element& type : Repeats(element, "type")) {
    if (!column.empty()) column += ',';
    column += type.ValueOf("code");
    std::string targets;
    for (const Element& target : Repeats(type, "targetProfile")) {
      const std::string_view url = target.value();
      if (!targets.empty()) targets += '|';
      targets += url.substr(url.rfind('/') + 1);
    }
    if (!targets.empty()) column += "(" + targets + ")";
  }
  return column;
}

std::string BindingOf(const Element& element) {
  const Element* binding = element.Find("binding");
  if (!binding || binding->ValueOf("valueSet").empty()) return {};
  const std::string_view strength = binding->ValueOf("strength"), value_set = binding->ValueOf("valueSet");
  return (strength == "extensible" ? "x" : std::string(strength.substr(0, 1))) + ":" + std::string(value_set.substr(0, value_set.find('|')));
}

std::string ConstraintsOf(const Element& element, Registry::Impl& impl) {
  std::string keys;
  for (const Element& constraint : Repeats(element, "constraint")) {
    const std::string_view key = impl.arena.Copy(constraint.ValueOf("key"));
    impl.constraints.emplace(key, Constraint{key, constraint.ValueOf("severity") != "warning", impl.arena.Copy(constraint.ValueOf("expression")),
                                             impl.arena.Copy(constraint.ValueOf("human"))});
    keys += (keys.empty() ? "" : ",") + std::string(key);
  }
  return keys;
}

Result<void> AddModel(const Element& model, Registry::Impl& impl, TypeBuilder& builder) {
  const std::string_view url = model.ValueOf("url");
  if (model.resource_type() != "StructureDefinition" || url.empty()) return Wrong(url, "a StructureDefinition with a url is expected");
  if (model.ValueOf("kind") != "logical") {
    return Error(ErrorKind::kUnsupported, "only logical models can be added; this one's kind is \"" + std::string(model.ValueOf("kind")) + "\"").At(std::string(url));
  }
  const Element* elements = model.Find("differential");
  if (!elements) elements = model.Find("snapshot");
  if (!elements || !elements->Find("element")) return Wrong(url, "the model has no differential element");
  Type head;
  head.name = impl.arena.Copy(model.ValueOf("name"));
  head.url = impl.arena.Copy(url);
  head.kind = TypeKind::kLogical;
  if (impl.by_url.contains(head.url)) return Wrong(url, "the model stands twice");
  bool first = true;
  for (const Element& element : Repeats(*elements, "element")) {
    const std::string_view path = impl.arena.Copy(element.ValueOf("path"));
    if (first) {
      builder.AddType(head, "Element", path.substr(0, path.find('.')));
      first = false;
      if (path.find('.') == std::string_view::npos) continue;
    }
    ElementFacts facts;
    facts.path = path;
    TRY_ASSIGN(facts.min, Bound(element, "min", 0, path));
    TRY_ASSIGN(facts.max, Bound(element, "max", 1, path));
    facts.types = impl.arena.Copy(TypesOf(element));
    facts.binding = impl.arena.Copy(BindingOf(element));
    facts.constraints = impl.arena.Copy(ConstraintsOf(element, impl));
    if (!builder.AddElement(facts)) return Wrong(url, "the element \"" + std::string(path) + "\" stands before its parent, or outside the model");
  }
  return {};
}

}  // namespace

Result<void> AddLogicalModels(std::span<const Document> definitions, Registry::Impl& impl) {
  TypeBuilder builder(impl);
  for (const Document& definition : definitions) {
    TRY(AddModel(*definition.root, impl, builder));
  }
  return builder.Finish();
}

}  // namespace fhir::schema
