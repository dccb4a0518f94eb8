// Random searches.
#include "tests/server/search/questions.h"

#include <algorithm>
#include <set>

#include "tests/server/search/plain_values.h"

namespace careloom_test {
namespace {

bool IsPlain(char c) { return c == ' ' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80); }
bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::vector<const PlainParameter*> ParametersOf(std::string_view type) {
  std::vector<const PlainParameter*> found;
  for (const PlainParameter& parameter : PlainParameters()) {
    if (parameter.type == type) found.push_back(&parameter);
  }
  return found;
}

}  // namespace

PlainSearch Questions::Next() {
  std::vector<std::string_view> types;
  for (const PlainParameter& parameter : PlainParameters()) {
    if ((types.empty() || types.back() != parameter.type) && !store_.OfType(parameter.type).empty()) types.push_back(parameter.type);
  }
  PlainSearch search;
  search.type = types[static_cast<std::size_t>(Below(static_cast<int>(types.size())))];
  std::set<std::string> names;   // R4 leaves open what the same name twice in the URL of a modifier means; once is enough here
  for (int i = 0, count = Below(10) == 0 ? 0 : 1 + Below(3); i < count; ++i) {
    PlainCriterion criterion = Chance(7) ? Special(search.type) : Criterion(search.type, true);
    if (names.insert(criterion.name).second) search.criteria.push_back(std::move(criterion));
  }
  if (Chance(50)) {
    std::vector<PlainSort> keys = {{nullptr, "_lastUpdated", Chance(50)}, {nullptr, "_id", Chance(50)}};
    for (const PlainParameter* parameter : ParametersOf(search.type)) {
      if (parameter->kind == PlainKind::kDate || parameter->kind == PlainKind::kString) keys.push_back({parameter, std::string(parameter->code), Chance(50)});
    }
    std::ranges::shuffle(keys, random_);
    keys.resize(static_cast<std::size_t>(1 + Below(2)));
    search.sort = keys;
  }
  return search;
}

PlainCriterion Questions::Special(std::string_view type) {
  const auto resources = store_.OfType(type);
  PlainCriterion criterion;
  const auto* resource = resources[static_cast<std::size_t>(Below(static_cast<int>(resources.size())))];
  if (Chance(50)) {
    criterion.name = "_id";
    criterion.values = {resource->id, "nobody"};
  } else {
    criterion.name = "_lastUpdated";
    const std::string updated(resource->document.root->Walk("meta", "lastUpdated")->value());
    criterion.values = {Prefixed(Chance(50) ? updated : updated.substr(0, 10))};
  }
  return criterion;
}

PlainCriterion Questions::Criterion(std::string_view type, bool may_chain) {
  const auto parameters = ParametersOf(type);
  const PlainParameter& parameter = *parameters[static_cast<std::size_t>(Below(static_cast<int>(parameters.size())))];
  PlainCriterion criterion;
  criterion.parameter = &parameter;
  criterion.name = parameter.code;
  if (Chance(8)) {
    criterion.modifier = "missing";
    criterion.values = {Chance(50) ? "true" : "false"};
    return criterion;
  }
  if (may_chain && !parameter.target.empty() && Chance(40)) {
    criterion.modifier = parameter.target;
    PlainCriterion inner = Criterion(parameter.target, false);
    criterion.chain = std::make_shared<PlainCriterion>(std::move(inner));
    return criterion;
  }
  if (parameter.kind == PlainKind::kToken && Chance(10)) criterion.modifier = "not";
  if (parameter.kind == PlainKind::kString && Chance(40)) criterion.modifier = Chance(50) ? "exact" : "contains";
  if (parameter.kind == PlainKind::kReference && Chance(20) && !parameter.target.empty()) criterion.modifier = parameter.target;
  for (int i = 0, count = Chance(25) ? 2 : 1; i < count; ++i) {
    std::string value = ValueOf(parameter, criterion.modifier);
    criterion.values.push_back(value.empty() ? "2020" : value);
  }
  return criterion;
}

std::string Questions::ValueOf(const PlainParameter& parameter, const std::string& modifier) {
  const auto resources = store_.OfType(parameter.type);
  for (int attempt = 0; attempt < 20 && !resources.empty(); ++attempt) {
    const auto* resource = resources[static_cast<std::size_t>(Below(static_cast<int>(resources.size())))];
    const auto elements = ElementsAt(*resource->document.root, parameter.path);
    if (elements.empty()) continue;
    std::string value = ValueFrom(*elements[static_cast<std::size_t>(Below(static_cast<int>(elements.size())))], parameter.kind, modifier);
    if (!value.empty()) return value;
  }
  return {};
}

std::string Questions::ValueFrom(const fhir::Element& element, PlainKind kind, const std::string& modifier) {
  switch (kind) {
    case PlainKind::kToken: return Token(element);
    case PlainKind::kDate: return Date(element);
    case PlainKind::kQuantity: return Quantity(element);
    case PlainKind::kNumber: return Prefixed(std::string(element.value()));
    case PlainKind::kUri: return std::string(element.value());
    case PlainKind::kString: {
      const auto texts = StringsOf(element);
      return texts.empty() ? std::string() : Text(texts[static_cast<std::size_t>(Below(static_cast<int>(texts.size())))], modifier);
    }
    case PlainKind::kReference: {
      const auto [type, id] = ReferenceOf(element);
      if (id.empty()) return {};
      return modifier.empty() && Chance(60) ? type + "/" + id : id;
    }
  }
  return {};
}

std::string Questions::Text(const std::string& stored, const std::string& modifier) {
  if (modifier == "exact") return Chance(80) ? stored : PlainFold(stored);
  std::size_t from = 0;
  if (modifier == "contains") {
    from = static_cast<std::size_t>(Below(static_cast<int>(stored.size())));
    while (from > 0 && IsContinuation(stored[from])) --from;
  }
  std::size_t to = std::min(stored.size(), from + 1 + static_cast<std::size_t>(Below(6)));
  while (to < stored.size() && IsContinuation(stored[to])) ++to;
  std::string text = stored.substr(from, to - from);
  text = text.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(text, IsPlain) - text.begin()));
  while (!text.empty() && text.back() == ' ') text.pop_back();
  while (!text.empty() && text.front() == ' ') text.erase(0, 1);
  return Chance(50) ? PlainFold(text) : text;
}

std::string Questions::Token(const fhir::Element& element) {
  const auto tokens = TokensOf(element);
  if (tokens.empty()) return {};
  const PlainToken& token = tokens[static_cast<std::size_t>(Below(static_cast<int>(tokens.size())))];
  // A code, boolean or contact has no system of its own to ask for.
  const bool bare = element.has_value() || (element.Find("system") == nullptr && element.Find("coding") == nullptr) || element.name == "telecom";
  if (bare) return token.code;
  switch (Below(4)) {
    case 0: return "|" + token.code;
    case 1: return token.has_system ? token.system + "|" : token.code;
    case 2: return token.has_system ? token.system + "|" + token.code : "|" + token.code;
    default: return token.code;
  }
}

std::string Questions::Date(const fhir::Element& element) {
  std::string text(element.has_value() ? element.value() : element.ValueOf(element.Find("start") ? "start" : "end"));
  static constexpr std::size_t kPrecisions[] = {4, 7, 10};
  if (Chance(60)) text = text.substr(0, std::min(text.size(), kPrecisions[Below(3)]));
  return text.empty() ? text : Prefixed(text);
}

std::string Questions::Quantity(const fhir::Element& element) {
  const std::string number = Prefixed(std::string(element.ValueOf("value")));
  const std::string system(element.ValueOf("system")), code(element.ValueOf("code")), unit(element.ValueOf("unit"));
  switch (Below(3)) {
    case 0: return number;
    case 1: return unit.empty() ? number : number + "||" + unit;
    default: return system.empty() ? number : number + "|" + system + "|" + code;
  }
}

std::string Questions::Prefixed(const std::string& value) {
  static constexpr const char* kPrefixes[] = {"", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"};
  return kPrefixes[Below(10)] + value;
}

}  // namespace careloom_test
