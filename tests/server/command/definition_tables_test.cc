// The generator of facts: what of a definition becomes which line, and that the order of a package does
// not matter. That the tables hold all of R4 is tests/fhir/schema/registry_test.cc.
#include "server/command/definition_tables.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fhir/json/reader.h"

namespace server::command {
namespace {

constexpr const char* kDefinitions[] = {
    R"j({"resourceType":"StructureDefinition","url":"http://hl7.org/fhir/StructureDefinition/Thing","kind":"resource","abstract":false,"type":"Thing",
     "baseDefinition":"http://hl7.org/fhir/StructureDefinition/DomainResource","derivation":"specialization","snapshot":{"element":[
      {"path":"Thing","min":0,"max":"*","constraint":[{"key":"dom-2","severity":"error","human":"h","expression":"e"}]},
      {"path":"Thing.text","min":0,"max":"1","base":{"path":"DomainResource.text"},"type":[{"code":"Narrative"}]},
      {"path":"Thing.status","min":1,"max":"1","base":{"path":"Thing.status"},"isSummary":true,"isModifier":true,"type":[{"code":"code"}],
       "binding":{"strength":"required","valueSet":"http://x/ValueSet/status|4.0.1"}},
      {"path":"Thing.part","min":0,"max":"*","base":{"path":"Thing.part"},"type":[{"code":"BackboneElement"}],
       "constraint":[{"key":"ele-1","severity":"error","human":"h","expression":"e"},{"key":"thg-1","severity":"warning","human":"Two\nlines","expression":"a.exists()"}]},
      {"path":"Thing.part.of","min":0,"max":"1","base":{"path":"Thing.part.of"},"type":[{"code":"Reference","targetProfile":["http://x/Patient","http://x/Group"]}]},
      {"path":"Thing.part.part","min":0,"max":"*","base":{"path":"Thing.part.part"},"contentReference":"#Thing.part"}]}})j",
    R"j({"resourceType":"StructureDefinition","url":"http://x/profile","kind":"resource","type":"Thing","derivation":"constraint","snapshot":{"element":[{"path":"Thing"}]}})j",
    R"j({"resourceType":"ValueSet","url":"http://x/ValueSet/status","compose":{"include":[{"system":"http://x/status"},
      {"system":"http://x/tree","filter":[{"property":"concept","op":"is-a","value":"b"}]},{"system":"http://elsewhere"},{"valueSet":["http://x/ValueSet/more"]}],
      "exclude":[{"system":"http://x/status","concept":[{"code":"off"}]}]}})j",
    R"j({"resourceType":"ValueSet","url":"http://x/ValueSet/more","compose":{"include":[{"system":"http://elsewhere","concept":[{"code":"z"}]}]}})j",
    R"j({"resourceType":"ValueSet","url":"http://x/ValueSet/unbound","compose":{"include":[{"system":"http://x/status"}]}})j",
    R"j({"resourceType":"CodeSystem","url":"http://x/status","content":"complete","concept":[{"code":"on","display":"On"},{"code":"off","display":"off"}]})j",
    R"j({"resourceType":"CodeSystem","url":"http://x/tree","content":"complete","concept":[{"code":"a"},{"code":"b","concept":[{"code":"c"}]}]})j",
    R"j({"resourceType":"SearchParameter","url":"http://x/SearchParameter/thing","id":"thing","code":"of","type":"reference","base":["Thing"],"expression":"Thing.part.of","target":["Patient","Group"]})j",
    R"j({"resourceType":"SearchParameter","url":"http://x/SearchParameter/example","id":"example","code":"x","type":"token","base":["Thing"],"expression":"y"})j"};

std::vector<DefinitionTables::File> Tables(bool backwards) {
  std::vector<const char*> order(std::begin(kDefinitions), std::end(kDefinitions));
  if (backwards) std::reverse(order.begin(), order.end());
  DefinitionTables tables;
  for (const char* definition : order) {
    auto document = fhir::json::Read(definition);
    EXPECT_TRUE(document) << document.error().ToString();
    tables.Add(*std::move(document));
  }
  return tables.Write();
}

// Without the first line, which is a comment.
std::string Content(const char* name) {
  for (const DefinitionTables::File& file : Tables(false)) {
    if (file.name == name) return file.content.substr(file.content.find('\n') + 1);
  }
  return "no such table";
}

TEST(DefinitionTables, HoldOwnElementsOfTypes) {
  EXPECT_EQ(Content("types.txt"),
            "T\tThing\tresource\tDomainResource\t-\tdom-2\n"
            "Thing.status\t1..1\tsm\tcode\tr:http://x/ValueSet/status\n"
            "Thing.part\t0..*\t\tBackboneElement\t\tthg-1\n"
            "Thing.part.of\t0..1\t\tReference(Patient|Group)\n"
            "Thing.part.part\t0..*\t\t#Thing.part\n");
}

TEST(DefinitionTables, HoldConstraintsWithTheirSentence) {
  EXPECT_EQ(Content("constraints.txt"), "dom-2\te\te\th\nele-1\te\te\th\nthg-1\tw\ta.exists()\tTwo lines\n");
}

TEST(DefinitionTables, HoldCompositionOfBoundValueSets) {
  EXPECT_EQ(Content("value_sets.txt"),
            "V\thttp://x/ValueSet/more\n+\thttp://elsewhere\tz\n"
            "V\thttp://x/ValueSet/status\n+\thttp://x/status\n+\thttp://x/tree\tb\tc\n?\thttp://elsewhere\n@\thttp://x/ValueSet/more\n-\thttp://x/status\toff\n");
}

TEST(DefinitionTables, HoldCodesOfTheSystemsThatAreUsed) {
  EXPECT_EQ(Content("codes.txt"), "\thttp://x/status\non\tOn\noff\n\thttp://x/tree\na\nb\nc\n");
}

TEST(DefinitionTables, HoldSearchParametersButNoExamples) {
  EXPECT_EQ(Content("search_parameters.txt"), "of\thttp://x/SearchParameter/thing\treference\tThing\tThing.part.of\tPatient,Group\n");
}

TEST(DefinitionTables, AreTheSameInWhateverOrder) {
  const auto one = Tables(false), other = Tables(true);
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].content, other[i].content) << one[i].name;
}

}  // namespace
}  // namespace server::command
