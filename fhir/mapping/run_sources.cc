// What the sources of a rule match.
#include <algorithm>

#include "fhir/mapping/run.h"

namespace fhir::mapping {
namespace {

// A child that a source step names: by its JSON name, or by a choice's bare name ("value" for valueQuantity).
bool IsNamed(const Element& child, std::string_view name, const schema::Registry& registry) {
  if (child.name == name) return true;
  if (child.definition) return child.definition->is_choice && child.definition->name == name;
  if (!child.name.starts_with(name) || child.name.size() == name.size()) return false;
  std::string suffix(child.name.substr(name.size()));
  if (suffix[0] < 'A' || suffix[0] > 'Z') return false;
  if (registry.FindType(suffix)) return true;
  suffix[0] = static_cast<char>(suffix[0] - 'A' + 'a');
  return registry.FindType(suffix) != nullptr;
}

std::string CountText(std::size_t count) { return count == 1 ? "1 element" : std::to_string(count) + " elements"; }

}  // namespace

std::vector<const Element*> Run::ElementsAt(const Element& context, const Source& source) const {
  std::vector<const Element*> at = {&context};
  for (const std::string& step : source.path) {
    std::vector<const Element*> next;
    for (const Element* element : at) {
      const std::size_t before = next.size();
      for (const Element& child : Children(*element)) {
        if (IsNamed(child, step, registry_)) next.push_back(&child);
      }
      // A primitive's own value, as maps between data types write it.
      if (next.size() == before && step == "value" && element->has_value()) next.push_back(element);
    }
    at = std::move(next);
  }
  return at;
}

bool Run::HasType(const Element& element, const Source& source) const {
  if (source.type.empty()) return true;
  if (element.is_resource && element.text == source.type_name) return true;
  if (element.type) return source.known_type ? element.type->IsA(source.known_type->name) : element.type->IsA(source.type_name);
  const std::string_view guess = TypeNameOf(element, registry_);
  if (guess == source.type_name) return true;
  // Nothing but the value's kind is known of it.
  const bool is_choice = !source.path.empty() && element.name != source.path.back();
  return !is_choice && !element.is_resource;
}

const Element* Run::Synthetic(const Datum& value) {
  Element* element = scratch_.New({});
  scratch_.SetValue(element, value.kind, value.text);
  element->type = value.type.empty() ? nullptr : registry_.FindType(value.type);
  return element;
}

const Element* Run::Default(const Source& source, const Scope& scope) {
  const Datum value = ValueOf(*source.default_value, scope);
  if (value.empty()) return nullptr;
  return value.element ? value.element : Synthetic(value);
}

void Run::ApplyListMode(const Rule&, const Source& source, const Element& context, std::vector<const Element*>& items) {
  if (items.empty()) return;
  switch (source.list_mode) {
    case SourceListMode::kAll: return;
    case SourceListMode::kFirst: items.resize(1); return;
    case SourceListMode::kNotFirst: items.erase(items.begin()); return;
    case SourceListMode::kLast: items.erase(items.begin(), items.end() - 1); return;
    case SourceListMode::kNotLast: items.pop_back(); return;
    case SourceListMode::kOnlyOne: break;
  }
  if (items.size() == 1) return;
  Report(Severity::kError, "multiple-values", "the map takes only one '" + (source.path.empty() ? source.context : source.path.back()) + "' here, found " +
                                                  std::to_string(items.size()) + "; none is used", &context);
  items.clear();
}

bool Run::CardinalityHolds(const Source& source, const Element& context, std::size_t count) {
  if (!source.min || (count >= *source.min && (!source.max || count <= *source.max))) return true;
  Report(Severity::kError, "structure", "the map takes " + std::to_string(*source.min) + ".." + (source.max ? std::to_string(*source.max) : "*") + " of '" +
                                            (source.path.empty() ? source.context : source.path.back()) + "' here, found " + CountText(count), &context);
  return false;
}

bool Run::CheckHolds(const Rule&, const Source& source, const Element& item, const Scope& scope) {
  if (!source.check.present() || Holds(source.check, item, scope)) return true;
  Report(Severity::kError, "invariant", "this does not meet the map's check " + source.check.text + "; what the rule would make of it is left out", &item);
  return false;
}

std::vector<const Element*> Run::Matches(const Rule& rule, const Source& source, Scope& scope) {
  const Variable* context = Find(scope, source.context);
  if (!context || !context->element()) return {};
  const Element& from = *context->element();
  std::vector<const Element*> items = ElementsAt(from, source);
  std::erase_if(items, [&](const Element* item) { return !HasType(*item, source); });
  if (items.empty() && source.default_value) {
    if (const Element* standard = Default(source, scope)) items.push_back(standard);
  }
  const auto with_item = [&](const Element* item, auto test) {
    const Element* before = current_source_;
    current_source_ = item;
    scope.push_back({source.variable, item, nullptr});
    const bool answer = test(*item);
    scope.pop_back();
    current_source_ = before;
    return answer;
  };
  if (source.where.present()) {
    std::erase_if(items, [&](const Element* item) { return !with_item(item, [&](const Element& it) { return Holds(source.where, it, scope); }); });
  }
  ApplyListMode(rule, source, from, items);
  if (!CardinalityHolds(source, from, items.size())) return {};
  std::erase_if(items, [&](const Element* item) { return !with_item(item, [&](const Element& it) { return CheckHolds(rule, source, it, scope); }); });
  if (source.log.present() && context_.log) {
    for (const Element* item : items) {
      with_item(item, [&](const Element& it) {
        for (const Datum& value : EvaluateToData(source.log, &it, scope)) context_.log(value.text, it);
        return true;
      });
    }
  }
  return items;
}

}  // namespace fhir::mapping
