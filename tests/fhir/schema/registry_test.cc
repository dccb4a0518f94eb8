// The registry of R4: against facts that others extracted, element for element, and what it answers.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "fhir/json/reader.h"
#include "fhir/schema/registry.h"
#include "tests/support/shared_data.h"

namespace fhir::schema {
namespace {

using careloom_test::ReadFile;
using careloom_test::SharedData;

const Registry& R4() {
  static const std::shared_ptr<const Registry> registry = [] {
    auto loaded = Registry::LoadR4();
    EXPECT_TRUE(loaded) << loaded.error().ToString();
    return *std::move(loaded);
  }();
  return *registry;
}

// The independent facts are an array or an object of FHIR-like JSON; the codec takes one root object.
Document ReadFacts(const char* name) {
  json::ReadOptions options;
  options.allow_empty = true;
  std::string bytes = ReadFile(SharedData(std::string("r4-facts/") + name));
  const auto replace_all = [&](std::string_view from, std::string_view by) {
    for (std::size_t at = 0; (at = bytes.find(from, at)) != std::string::npos; at += by.size()) bytes.replace(at, from.size(), by);
  };
  replace_all("[[", "[");   // pairs in arrays become one flat array
  replace_all("],[", ",");
  replace_all("]]", "]");
  auto document = json::Read(bytes.starts_with('[') ? "{\"all\":" + bytes + "}" : bytes, options);
  EXPECT_TRUE(document) << document.error().ToString();
  return *std::move(document);
}

std::string Join(const std::vector<std::string_view>& items, const char* by) {
  std::string text;
  for (const std::string_view item : items) text += (text.empty() ? "" : by) + std::string(item);
  return text;
}

std::string WithoutVersion(std::string_view canonical) { return std::string(canonical.substr(0, canonical.find('|'))); }

// The constraints that independent facts leave out, because they hold everywhere.
std::vector<std::string_view> Own(std::vector<std::string_view> keys) {
  std::erase_if(keys, [](std::string_view key) { return key == "ele-1" || key == "ext-1"; });
  for (std::string_view& key : keys) key = key.substr(0, key.find('@'));
  return keys;
}

std::string TypesOf(const ElementDefinition& element) {
  std::string text;
  for (const TypeChoice& choice : element.types) {
    if (!text.empty()) text += ',';
    const Type* type = choice.type->kind == TypeKind::kBackbone ? choice.type->base : choice.type;
    text += type->name;
    if (!choice.profile.empty()) text += "<" + std::string(choice.profile) + ">";
    if (!choice.targets.empty()) text += "(" + Join(choice.targets, "|") + ")";
  }
  return text;
}

std::string Facts(const ElementDefinition& element) {
  constexpr const char* kLetters[] = {"", "e:", "p:", "e:", "r:"};   // the independent facts write e for extensible too
  return std::string(element.path) + " " + std::to_string(element.min) + ".." + (element.max == kUnbounded ? "*" : std::to_string(element.max)) + " " +
         (element.is_summary ? "s" : "") + (element.is_modifier ? "m" : "") + " " + TypesOf(element) + " " +
         kLetters[static_cast<int>(element.binding)] + std::string(element.value_set) + " " + Join(Own(element.constraints), ",");
}

// What the independent facts say, in the same words.
std::string Facts(const Element& fact) {
  std::string types(fact.ValueOf("t"));
  for (std::size_t at; (at = types.find("(Resource)")) != std::string::npos;) types.erase(at, 10);
  if (fact.ValueOf("p").ends_with(".id") && fact.ValueOf("s") == "1") types = "id";   // of a resource: the published "string" is known to be wrong
  std::string binding = WithoutVersion(fact.ValueOf("b"));
  if (binding == "e:") binding.clear();   // a strength without a value set binds nothing
  return std::string(fact.ValueOf("p")) + " " + std::string(fact.ValueOf("n")) + ".." + std::string(fact.ValueOf("x")) + " " +
         (fact.Find("s") ? "s" : "") + (fact.Find("m") ? "m" : "") + " " + types + " " + binding + " " + std::string(fact.ValueOf("c"));
}

// Finds the definition by walking from the root type down the path's segments.
const ElementDefinition* Definition(const Type& root, std::string_view path) {
  const Type* type = &root;
  std::string_view rest = path.substr(path.find('.') + 1);
  for (;;) {
    const std::size_t dot = rest.find('.');
    std::string_view step = rest.substr(0, dot);
    if (step.ends_with("[x]")) step.remove_suffix(3);
    const Type::Match match = type->Find(step);
    if (dot == std::string_view::npos || !match.type) return match.definition;
    type = match.type;
    rest = rest.substr(dot + 1);
  }
}

TEST(RegistryFacts, ElementsAreThoseOfIndependentFacts) {
  REQUIRE_SHARED_DATA("r4-facts");
  const Document facts = ReadFacts("elements.json");
  int types = 0, elements = 0;
  for (const Element& expected : Children(*facts.root)) {
    const std::string_view kind = expected.ValueOf("k");
    if (kind == "logical") continue;
    const Type* type = R4().FindType(expected.name);
    ASSERT_NE(type, nullptr) << expected.name;
    ++types;
    EXPECT_EQ(type->base ? type->base->name : "", expected.ValueOf("b")) << type->name;
    EXPECT_EQ(type->is_abstract, expected.Find("a") != nullptr) << type->name;
    std::size_t direct = 0;
    for (const Element& fact : Repeats(expected, "e")) {
      const std::string_view path = fact.ValueOf("p");
      if (path == expected.name) {
        EXPECT_EQ(Join(Own(type->constraints), ","), fact.ValueOf("c")) << type->name;
        continue;
      }
      if (kind == "primitive-type") continue;
      const ElementDefinition* found = Definition(*type, path);
      ASSERT_NE(found, nullptr) << path;
      ++elements;
      if (path.find('.') == path.rfind('.')) {
        ASSERT_LT(direct, type->elements.size());
        EXPECT_EQ(type->elements[direct].path, path) << "the order of elements";
        ++direct;
      }
      if (const std::string_view reference = fact.ValueOf("r"); !reference.empty()) {
        ASSERT_EQ(found->types.size(), 1U) << path;
        EXPECT_EQ(found->types[0].type->name, reference.substr(1)) << path;
        continue;
      }
      EXPECT_EQ(Facts(*found), Facts(fact));
    }
    if (kind != "primitive-type") {
      EXPECT_EQ(direct, type->elements.size()) << type->name;
    }
  }
  EXPECT_EQ(types, 209);
  EXPECT_GT(elements, 7000);
}

TEST(RegistryFacts, ConstraintsAreThoseOfIndependentFacts) {
  REQUIRE_SHARED_DATA("r4-facts");
  const Document facts = ReadFacts("constraints.json");
  int count = 0;
  for (const Element& fact : Repeats(*facts.root, "all")) {
    ++count;
    if (fact.ValueOf("k").starts_with("inv-")) continue;   // these were read from the logical patterns
    const Constraint* found = R4().FindConstraint(fact.ValueOf("k"));
    ASSERT_NE(found, nullptr) << fact.ValueOf("k");
    std::string expression(fact.ValueOf("e"));
    std::replace_if(expression.begin(), expression.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    EXPECT_EQ(found->expression, expression) << found->key;
    EXPECT_EQ(found->is_error, fact.ValueOf("s") == "e") << found->key;
    EXPECT_FALSE(found->human.empty()) << found->key;
  }
  EXPECT_EQ(count, 238);
}

TEST(Registry, TellsConstraintsOfOneKeyApart) {
  const Type& task = *R4().FindType("Task");
  ASSERT_NE(std::find(task.constraints.begin(), task.constraints.end(), "inv-1@Task"), task.constraints.end());
  EXPECT_EQ(R4().FindConstraint("inv-1@Task")->key, "inv-1");
  EXPECT_NE(R4().FindConstraint("inv-1@Task")->expression, R4().FindConstraint("inv-1@Parameters")->expression);
}

TEST(RegistryFacts, SearchParametersAreThoseOfIndependentFacts) {
  REQUIRE_SHARED_DATA("r4-facts");
  const Document facts = ReadFacts("searchparams.json");
  std::unordered_map<std::string, const SearchParameter*> by_id;
  for (const SearchParameter& one : R4().search_parameters()) by_id[std::string(one.url.substr(one.url.rfind('/') + 1))] = &one;
  const auto list = [](const Element& fact, std::string_view name) {
    std::set<std::string_view> items;
    for (const Element& item : Repeats(fact, name)) items.insert(item.value());
    return items;
  };
  std::size_t found_count = 0;
  for (const Element& fact : Repeats(*facts.root, "all")) {
    const auto found = by_id.find(std::string(fact.ValueOf("i")));
    if (!fact.Find("b") || fact.ValueOf("i").starts_with("example")) {   // these define nothing
      EXPECT_EQ(found, by_id.end());
      continue;
    }
    if (found == by_id.end()) {
      ADD_FAILURE() << fact.ValueOf("i");
      continue;
    }
    const SearchParameter& one = *found->second;
    ++found_count;
    EXPECT_EQ(one.code, fact.ValueOf("n"));
    EXPECT_EQ(one.type, fact.ValueOf("t"));
    EXPECT_EQ(one.expression, fact.ValueOf("e")) << one.url;
    EXPECT_EQ(std::set<std::string_view>(one.bases.begin(), one.bases.end()), list(fact, "b")) << one.url;
    std::vector<std::string_view> components, expected_components;
    for (const SearchParameter::Component& component : one.components) components.insert(components.end(), {component.definition, component.expression});
    for (const Element& item : Repeats(fact, "comp")) expected_components.push_back(item.value());
    EXPECT_EQ(components, expected_components) << one.url;
    EXPECT_EQ(std::set<std::string_view>(one.targets.begin(), one.targets.end()), list(fact, "tg")) << one.url;
  }
  const auto own = std::ranges::count_if(R4().search_parameters(), [](const SearchParameter& one) { return one.url.starts_with("https://careloom.example/"); });
  EXPECT_EQ(found_count + static_cast<std::size_t>(own), R4().search_parameters().size());
}

TEST(RegistryFacts, RequiredCodesAreThoseOfIndependentFacts) {
  REQUIRE_SHARED_DATA("r4-facts");
  // [system, [codes]] pairs: arrays in arrays are no FHIR JSON, so they become text to look through.
  const std::string bytes = ReadFile(SharedData("r4-facts/codes_required.json"));
  std::size_t at = 0, sets = 0, codes = 0;
  const auto string_at = [&](std::size_t from, std::size_t* end) {
    const std::size_t open = bytes.find('"', from), close = bytes.find('"', open + 1);
    *end = close + 1;
    return bytes.substr(open + 1, close - open - 1);
  };
  while ((at = bytes.find('"', at)) != std::string::npos) {
    std::string set = string_at(at, &at);
    std::string url = set.starts_with("http:") ? set : "http://hl7.org/fhir/ValueSet/" + set;
    if (R4().CodesOf(url, 1).empty()) url = "http://terminology.hl7.org/ValueSet/" + set;
    ++sets;
    const bool of_a_pattern = set == "resource-status";   // bound by a logical pattern only
    at += 2;   // :[
    while (bytes[at] == '[' || bytes[at] == ',') {
      if (bytes[at] == ',') ++at;
      const std::string system = string_at(at, &at);
      at += 2;   // ,[
      while (bytes[at] == '"' || (bytes[at] == ',' && bytes[at + 1] == '"')) {
        const std::string code = string_at(at, &at);
        ++codes;
        if (of_a_pattern) continue;
        EXPECT_EQ(R4().InValueSet(url, system, code), Membership::kIn) << url << " " << system << "|" << code;
        EXPECT_EQ(R4().InValueSet(url, system, code + "-no"), Membership::kNotIn) << url;
      }
      at += 2;   // ]]
    }
    ++at;
  }
  EXPECT_EQ(sets, 221U);
  EXPECT_GT(codes, 2000U);
}

TEST(Registry, FindsTypesByNameUrlAndPath) {
  ASSERT_NE(R4().FindType("Patient"), nullptr);
  EXPECT_EQ(R4().FindType("http://hl7.org/fhir/StructureDefinition/Patient"), R4().FindType("Patient"));
  const Type* contact = R4().FindType("Patient.contact");
  ASSERT_NE(contact, nullptr);
  EXPECT_EQ(contact->kind, TypeKind::kBackbone);
  EXPECT_EQ(contact->elements[0].path, "Patient.contact.id");
  EXPECT_TRUE(contact->IsA("BackboneElement"));
  EXPECT_EQ(R4().FindType("Nonsense"), nullptr);
  EXPECT_EQ(R4().ResourceTypes().size(), 146U);
  EXPECT_TRUE(R4().IsResourceType("Patient"));
  EXPECT_FALSE(R4().IsResourceType("DomainResource"));
  EXPECT_FALSE(R4().IsResourceType("HumanName"));
}

TEST(Registry, MatchesJsonNames) {
  const Type& observation = *R4().FindType("Observation");
  const Type::Match chosen = observation.Find("valueQuantity");
  EXPECT_EQ(chosen.definition->path, "Observation.value[x]");
  EXPECT_EQ(chosen.type->name, "Quantity");
  const Type::Match bare = observation.Find("value");
  EXPECT_EQ(bare.definition, chosen.definition);
  EXPECT_EQ(bare.type, nullptr);
  EXPECT_EQ(observation.Find("valueAddress").definition, nullptr);
  EXPECT_EQ(observation.Find("nope").definition, nullptr);
}

TEST(Registry, KnowsWhatItDoesNotKnow) {
  EXPECT_EQ(R4().InValueSet("http://hl7.org/fhir/ValueSet/mimetypes", "", "text/plain"), Membership::kUnknown);
  EXPECT_EQ(R4().InValueSet("http://hl7.org/fhir/ValueSet/ucum-units", "http://unitsofmeasure.org", "mg"), Membership::kUnknown);
  EXPECT_EQ(R4().InValueSet("urn:nothing", "", "x"), Membership::kUnknown);
  EXPECT_EQ(R4().InValueSet("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1", "", "female"), Membership::kIn);
  EXPECT_EQ(R4().InValueSet("http://hl7.org/fhir/ValueSet/administrative-gender", "", "f"), Membership::kNotIn);
  EXPECT_EQ(R4().Display("http://hl7.org/fhir/administrative-gender", "female"), "Female");
  EXPECT_EQ(R4().Display("http://hl7.org/fhir/administrative-gender", "x"), "");
  EXPECT_EQ(R4().CodesOf("http://hl7.org/fhir/ValueSet/administrative-gender", 2).size(), 2U);
}

TEST(Registry, BindsATreeAllTheWayDown) {
  auto document = json::Read(R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient",
      "contained":[{"resourceType":"Organization","id":"o","name":"x"}],"name":[{"given":["A"]}],"_birthDate":{"extension":[{"url":"u","valueCode":"c"}]},
      "nonsense":{"inner":1}}}]})");
  ASSERT_TRUE(document);
  Bind(*document->root, R4());
  const Element* patient = document->root->Walk("entry", "resource");
  EXPECT_EQ(patient->type->name, "Patient");
  EXPECT_EQ(patient->definition->path, "Bundle.entry.resource");
  EXPECT_EQ(patient->Walk("contained", "name")->type->name, "string");
  EXPECT_EQ(patient->Walk("name", "given")->definition->path, "HumanName.given");
  EXPECT_EQ(patient->Walk("birthDate", "extension", "valueCode")->type->name, "code");
  EXPECT_EQ(patient->Find("nonsense")->definition, nullptr);
  EXPECT_EQ(patient->Walk("nonsense", "inner")->type, nullptr);
}

constexpr const char* kModels[] = {
    R"({"resourceType":"StructureDefinition","url":"https://careloom.example/fhir/StructureDefinition/Old-Bundle","name":"OldBundle","kind":"logical",
     "differential":{"element":[{"path":"OldBundle"},{"path":"OldBundle.type","min":1,"max":"1","type":[{"code":"code"}]},
       {"path":"OldBundle.entry","min":0,"max":"*","type":[{"code":"BackboneElement"}]},
       {"path":"OldBundle.entry.resource","min":0,"max":"1","type":[{"code":"Resource"}]}]}})",
    R"({"resourceType":"StructureDefinition","url":"https://careloom.example/fhir/StructureDefinition/Old-Patient","name":"Patient","kind":"logical",
     "differential":{"element":[{"path":"Patient"},{"path":"Patient.animal","min":0,"max":"1","type":[{"code":"BackboneElement"}]},
       {"path":"Patient.animal.species[x]","min":0,"max":"1","type":[{"code":"string"},{"code":"CodeableConcept"}]}]}})"};

TEST(Registry, AddsLogicalModelsBesideR4) {
  std::vector<Document> models;
  for (const char* model : kModels) models.push_back(*json::Read(model));
  auto loaded = Registry::LoadR4With(models);
  ASSERT_TRUE(loaded) << loaded.error().ToString();
  const Registry& registry = **loaded;
  EXPECT_NE(registry.FindType("Patient")->Find("birthDate").definition, nullptr) << "R4 keeps its name";
  const Type* bundle = registry.FindType("https://careloom.example/fhir/StructureDefinition/Old-Bundle");
  ASSERT_NE(bundle, nullptr);
  EXPECT_EQ(registry.FindType("OldBundle"), bundle);
  auto document = json::Read(R"({"resourceType":"Bundle","type":"x","entry":[{"resource":{"resourceType":"Patient","animal":{"speciesString":"dog"}}}]})");
  Bind(*document->root, registry, bundle);
  const Element* species = document->root->Walk("entry", "resource", "animal", "speciesString");
  ASSERT_NE(species->definition, nullptr);
  EXPECT_EQ(species->definition->path, "Patient.animal.species[x]");
  EXPECT_EQ(species->type->name, "string");
}

TEST(Registry, NamesTheModelsMistake) {
  std::vector<Document> models;
  models.push_back(*json::Read(R"({"resourceType":"StructureDefinition","url":"urn:m","name":"M","kind":"logical",
     "differential":{"element":[{"path":"M.a","min":0,"max":"1","type":[{"code":"Strin"}]}]}})"));
  auto loaded = Registry::LoadR4With(models);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().path(), "M.a");
  EXPECT_NE(loaded.error().text().find("Strin"), std::string::npos);
}

}  // namespace
}  // namespace fhir::schema
