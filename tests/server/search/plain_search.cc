// Search by walking every body.
#include "tests/server/search/plain_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "tests/server/search/plain_values.h"

namespace careloom_test {

using fhir::Element;

const std::vector<PlainParameter>& PlainParameters() {
  using enum PlainKind;
  static const std::vector<PlainParameter> parameters = {
      {"AllergyIntolerance", "clinical-status", kToken, "clinicalStatus"},
      {"AllergyIntolerance", "code", kToken, "code|reaction.substance"},
      {"AllergyIntolerance", "patient", kReference, "patient", "Patient"},
      {"CarePlan", "category", kToken, "category"},
      {"CarePlan", "date", kDate, "period"},
      {"CarePlan", "goal", kReference, "goal", "Goal"},
      {"CarePlan", "status", kToken, "status"},
      {"CarePlan", "subject", kReference, "subject", "Patient"},
      {"Condition", "clinical-status", kToken, "clinicalStatus"},
      {"Condition", "code", kToken, "code"},
      {"Condition", "encounter", kReference, "encounter", "Encounter"},
      {"Condition", "onset-date", kDate, "onsetDateTime|onsetPeriod"},
      {"Condition", "recorded-date", kDate, "recordedDate"},
      {"Condition", "subject", kReference, "subject", "Patient"},
      {"Encounter", "class", kToken, "class"},
      {"Encounter", "date", kDate, "period"},
      {"Encounter", "status", kToken, "status"},
      {"Encounter", "subject", kReference, "subject", "Patient"},
      {"Encounter", "type", kToken, "type"},
      {"Goal", "achievement-status", kToken, "achievementStatus"},
      {"Goal", "lifecycle-status", kToken, "lifecycleStatus"},
      {"Goal", "start-date", kDate, "startDate"},
      {"Goal", "target-date", kDate, "target.dueDate"},
      {"Goal", "subject", kReference, "subject", "Patient"},
      {"Immunization", "date", kDate, "occurrenceDateTime"},
      {"Immunization", "patient", kReference, "patient", "Patient"},
      {"Immunization", "vaccine-code", kToken, "vaccineCode"},
      {"MedicationRequest", "authoredon", kDate, "authoredOn"},
      {"MedicationRequest", "intent", kToken, "intent"},
      {"MedicationRequest", "status", kToken, "status"},
      {"MedicationRequest", "subject", kReference, "subject", "Patient"},
      {"Observation", "category", kToken, "category"},
      {"Observation", "code", kToken, "code"},
      {"Observation", "date", kDate, "effectiveDateTime|effectivePeriod|effectiveInstant"},
      {"Observation", "status", kToken, "status"},
      {"Observation", "subject", kReference, "subject", "Patient"},
      {"Observation", "value-concept", kToken, "valueCodeableConcept"},
      {"Observation", "value-quantity", kQuantity, "valueQuantity"},
      {"Observation", "value-string", kString, "valueString|valueCodeableConcept.text"},
      {"Organization", "active", kToken, "active"},
      {"Organization", "identifier", kToken, "identifier"},
      {"Organization", "name", kString, "name|alias"},
      {"Patient", "active", kToken, "active"},
      {"Patient", "address", kString, "address"},
      {"Patient", "address-city", kString, "address.city"},
      {"Patient", "birthdate", kDate, "birthDate"},
      {"Patient", "family", kString, "name.family"},
      {"Patient", "gender", kToken, "gender"},
      {"Patient", "general-practitioner", kReference, "generalPractitioner"},
      {"Patient", "given", kString, "name.given"},
      {"Patient", "identifier", kToken, "identifier"},
      {"Patient", "name", kString, "name"},
      {"Patient", "organization", kReference, "managingOrganization", "Organization"},
      {"Patient", "telecom", kToken, "telecom"},
      {"Procedure", "code", kToken, "code"},
      {"Procedure", "date", kDate, "performedDateTime|performedPeriod"},
      {"Procedure", "subject", kReference, "subject", "Patient"},
      {"RiskAssessment", "probability", kNumber, "prediction.probabilityDecimal"},
      {"RiskAssessment", "subject", kReference, "subject", "Patient"},
      {"ServiceRequest", "authored", kDate, "authoredOn"},
      {"ServiceRequest", "code", kToken, "code"},
      {"ServiceRequest", "instantiates-uri", kUri, "instantiatesUri"},
      {"ServiceRequest", "status", kToken, "status"},
      {"ServiceRequest", "subject", kReference, "subject", "Patient"},
  };
  return parameters;
}

namespace {

void Collect(const Element& at, std::string_view path, std::vector<const Element*>& found) {
  const std::size_t dot = path.find('.');
  for (const Element& child : fhir::Repeats(at, path.substr(0, dot))) {
    if (dot == std::string_view::npos) {
      found.push_back(&child);
    } else {
      Collect(child, path.substr(dot + 1), found);
    }
  }
}

bool MatchesDate(const PlainInterval& stored, const std::string& value) {
  const auto [prefix, text] = SplitPrefix(value);
  const auto asked = ParsePlainDate(text);
  if (!asked) return false;
  const bool contained = asked->low <= stored.low && stored.high <= asked->high;
  if (prefix == "eq") return contained;
  if (prefix == "ne") return !contained;
  if (prefix == "gt") return stored.high > asked->high;
  if (prefix == "lt") return stored.low < asked->low;
  if (prefix == "ge") return stored.high > asked->high || contained;
  if (prefix == "le") return stored.low < asked->low || contained;
  if (prefix == "sa") return stored.low >= asked->high;
  return stored.high <= asked->low;
}

bool MatchesNumber(double stored, const std::string& value) {
  const auto [prefix, text] = SplitPrefix(value);
  const auto asked = ParsePlainNumber(text);
  if (!asked) return false;
  const bool equal = asked->value - asked->half <= stored && stored < asked->value + asked->half;
  if (prefix == "eq") return equal;
  if (prefix == "ne") return !equal;
  if (prefix == "gt" || prefix == "sa") return stored > asked->value;
  if (prefix == "lt" || prefix == "eb") return stored < asked->value;
  if (prefix == "ge") return stored >= asked->value;
  return stored <= asked->value;
}

bool MatchesQuantity(const Element& stored, const std::string& value) {
  const auto number = ParsePlainNumber(stored.ValueOf("value"));
  if (!number) return false;
  const std::vector<std::string> parts = SplitBars(value);
  if (!MatchesNumber(number->value, parts[0])) return false;
  if (parts.size() < 3 || parts[2].empty()) return true;
  if (!parts[1].empty()) return stored.ValueOf("system") == parts[1] && stored.ValueOf("code") == parts[2];
  return stored.ValueOf("code") == parts[2] || stored.ValueOf("unit") == parts[2];
}

bool MatchesToken(const Element& stored, const std::string& value) {
  const std::vector<std::string> parts = SplitBars(value);
  for (const PlainToken& token : TokensOf(stored)) {
    if (parts.size() == 1) {
      if (token.code == parts[0]) return true;
    } else if (parts[0].empty()) {
      if (!token.has_system && token.code == parts[1]) return true;
    } else if (token.system == parts[0] && (parts[1].empty() || token.code == parts[1])) {
      return true;
    }
  }
  return false;
}

bool MatchesString(const Element& stored, const std::string& value, const std::string& modifier) {
  for (const std::string& text : StringsOf(stored)) {
    if (modifier == "exact" ? text == value
                            : modifier == "contains" ? PlainFold(text).find(PlainFold(value)) != std::string::npos : PlainFold(text).starts_with(PlainFold(value))) {
      return true;
    }
  }
  return false;
}

bool MatchesReference(const Element& stored, const std::string& value, const std::string& modifier) {
  const auto [type, id] = ReferenceOf(stored);
  if (id.empty()) return false;
  const std::size_t slash = value.find('/');
  const std::string asked_type = slash == std::string::npos ? modifier : value.substr(0, slash);
  return id == value.substr(slash == std::string::npos ? 0 : slash + 1) && (asked_type.empty() || asked_type == type);
}

bool MatchesElement(const Element& stored, PlainKind kind, const std::string& value, const std::string& modifier) {
  switch (kind) {
    case PlainKind::kToken: return MatchesToken(stored, value);
    case PlainKind::kString: return MatchesString(stored, value, modifier);
    case PlainKind::kReference: return MatchesReference(stored, value, modifier);
    case PlainKind::kUri: return stored.value() == value;
    case PlainKind::kQuantity: return MatchesQuantity(stored, value);
    case PlainKind::kDate: {
      const auto interval = DateOf(stored);
      return interval && MatchesDate(*interval, value);
    }
    case PlainKind::kNumber: {
      const auto number = ParsePlainNumber(stored.value());
      return number && MatchesNumber(number->value, value);
    }
  }
  return false;
}

// What a resource is sorted by; nothing when it has no value.
std::optional<std::string> SortText(const PlainStore::Resource& resource, const PlainSort& sort) {
  if (!sort.parameter) return resource.id;
  std::optional<std::string> best;
  for (const Element* element : ElementsAt(*resource.document.root, sort.parameter->path)) {
    for (const std::string& text : StringsOf(*element)) {
      const std::string folded = PlainFold(text);
      if (!best || (sort.descending ? folded > *best : folded < *best)) best = folded;
    }
  }
  return best;
}

std::optional<std::int64_t> SortTime(const PlainStore::Resource& resource, const PlainSort& sort) {
  if (!sort.parameter) {
    const auto updated = ParsePlainDate(resource.document.root->Walk("meta", "lastUpdated")->value());
    return updated->low;
  }
  std::optional<std::int64_t> best;
  for (const Element* element : ElementsAt(*resource.document.root, sort.parameter->path)) {
    const auto interval = DateOf(*element);
    if (!interval) continue;
    const std::int64_t time = interval->low;
    if (!best || (sort.descending ? time > *best : time < *best)) best = time;
  }
  return best;
}

// Below 0: a comes first. Resources without a value come last, whichever way.
template <typename T>
int CompareKeys(const std::optional<T>& a, const std::optional<T>& b, bool descending) {
  if (a.has_value() != b.has_value()) return a ? -1 : 1;
  if (!a || *a == *b) return 0;
  return (*a < *b) != descending ? -1 : 1;
}

int Compare(const PlainStore::Resource& a, const PlainStore::Resource& b, const std::vector<PlainSort>& sorts) {
  for (const PlainSort& sort : sorts) {
    const bool is_time = sort.parameter ? sort.parameter->kind == PlainKind::kDate : sort.name == "_lastUpdated";
    const int order = is_time ? CompareKeys(SortTime(a, sort), SortTime(b, sort), sort.descending)
                              : CompareKeys(SortText(a, sort), SortText(b, sort), sort.descending);
    if (order != 0) return order;
  }
  return a.arrival > b.arrival ? -1 : 1;
}

void AppendEncoded(std::string_view text, std::string& url) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      url += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      url += '%';
      url += kHex[byte >> 4];
      url += kHex[byte & 15];
    }
  }
}

// Commas and backslashes of a value are escaped; '|' separates parts and stays.
std::string Escaped(const std::string& value) {
  std::string escaped;
  for (const char c : value) {
    if (c == ',' || c == '\\' || c == '$') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void AppendCriterion(const PlainCriterion& criterion, std::string& url) {
  const PlainCriterion* last = &criterion;
  for (;; last = last->chain.get()) {
    url += last->name;
    if (!last->modifier.empty()) url += ":" + last->modifier;
    if (!last->chain) break;
    url += ".";
  }
  url += "=";
  std::string joined;
  for (const std::string& value : last->values) joined += (joined.empty() ? "" : ",") + Escaped(value);
  AppendEncoded(joined, url);
}

}  // namespace

std::vector<const Element*> ElementsAt(const Element& resource, std::string_view path) {
  std::vector<const Element*> found;
  while (true) {
    const std::size_t bar = path.find('|');
    Collect(resource, path.substr(0, bar), found);
    if (bar == std::string_view::npos) return found;
    path.remove_prefix(bar + 1);
  }
}

std::string PlainFold(std::string_view text) {
  // Letters with accents of the data that the tests use, and what is left without them.
  static constexpr std::pair<std::string_view, char> kAccents[] = {
      {"á", 'a'}, {"à", 'a'}, {"â", 'a'}, {"ä", 'a'}, {"Á", 'a'}, {"é", 'e'}, {"è", 'e'}, {"É", 'e'}, {"í", 'i'}, {"Í", 'i'}, {"ñ", 'n'},
      {"Ñ", 'n'}, {"ó", 'o'}, {"Ó", 'o'}, {"ö", 'o'}, {"Ö", 'o'}, {"ú", 'u'}, {"Ú", 'u'}, {"ü", 'u'}, {"ç", 'c'}, {"ë", 'e'}};
  std::string folded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto accent = std::ranges::find_if(kAccents, [&](const auto& pair) { return text.substr(at).starts_with(pair.first); });
    if (accent != std::end(kAccents)) {
      folded += accent->second;
      at += accent->first.size() - 1;
    } else if (text[at] >= 'A' && text[at] <= 'Z') {
      folded += static_cast<char>(text[at] - 'A' + 'a');
    } else {
      folded += text[at];
    }
  }
  return folded;
}

std::string UrlOf(const PlainSearch& search) {
  std::string url;
  for (const PlainCriterion& criterion : search.criteria) {
    if (!url.empty()) url += "&";
    AppendCriterion(criterion, url);
  }
  for (std::size_t i = 0; i < search.sort.size(); ++i) {
    url += i > 0 ? "," : url.empty() ? "_sort=" : "&_sort=";
    url += (search.sort[i].descending ? "-" : "") + search.sort[i].name;
  }
  return url;
}

void PlainStore::Add(std::int64_t arrival, fhir::Document document) {
  Resource resource{arrival, std::string(document.root->resource_type()), std::string(document.root->ValueOf("id")), std::move(document)};
  resources_.push_back(std::move(resource));
}

std::vector<const PlainStore::Resource*> PlainStore::OfType(std::string_view type) const {
  std::vector<const Resource*> found;
  for (const Resource& resource : resources_) {
    if (resource.type == type) found.push_back(&resource);
  }
  return found;
}

bool PlainStore::MatchesChain(const Resource& resource, const PlainCriterion& criterion) const {
  for (const Element* element : ElementsAt(*resource.document.root, criterion.parameter->path)) {
    const auto [type, id] = ReferenceOf(*element);
    for (const Resource& target : resources_) {
      if (target.type == type && target.id == id && type == criterion.parameter->target && Matches(target, *criterion.chain)) return true;
    }
  }
  return false;
}

bool PlainStore::Matches(const Resource& resource, const PlainCriterion& criterion) const {
  if (criterion.chain) return MatchesChain(resource, criterion);
  if (!criterion.parameter) {
    if (criterion.name == "_id") return std::ranges::find(criterion.values, resource.id) != criterion.values.end();
    const auto updated = ParsePlainDate(resource.document.root->Walk("meta", "lastUpdated")->value());
    return std::ranges::any_of(criterion.values, [&](const std::string& value) { return MatchesDate(*updated, value); });
  }
  const auto elements = ElementsAt(*resource.document.root, criterion.parameter->path);
  if (criterion.modifier == "missing") return elements.empty() == (criterion.values.front() == "true");
  const std::string modifier = criterion.modifier == "not" ? "" : criterion.modifier;
  bool any = false;
  for (const Element* element : elements) {
    for (const std::string& value : criterion.values) any = any || MatchesElement(*element, criterion.parameter->kind, value, modifier);
  }
  return any != (criterion.modifier == "not");
}

std::vector<std::string> PlainStore::Search(const PlainSearch& search) const {
  std::vector<const Resource*> found;
  for (const Resource& resource : resources_) {
    if (resource.type == search.type &&
        std::ranges::all_of(search.criteria, [&](const PlainCriterion& criterion) { return Matches(resource, criterion); })) {
      found.push_back(&resource);
    }
  }
  std::ranges::sort(found, [&](const Resource* a, const Resource* b) { return Compare(*a, *b, search.sort) < 0; });
  std::vector<std::string> ids;
  for (const Resource* resource : found) ids.push_back(resource->type + "/" + resource->id);
  return ids;
}

}  // namespace careloom_test
