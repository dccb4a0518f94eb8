// The plan as a document: readable, whole, and the same plan again in another store.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/care/plan/definitions.h"
#include "server/care/plan/narrative.h"
#include "tests/support/filled_form.h"
#include "tests/support/served.h"

namespace {

using careloom_test::FilledForm;
using careloom_test::Served;
using fhir::Document;
using fhir::Element;

constexpr char kJson[] = "application/fhir+json";

void Put(Served& served, const std::string& path, const std::string& body) {
  const auto answer = served.Do("PUT", "/fhir/" + path, body);
  EXPECT_TRUE(answer.status == 200 || answer.status == 201) << answer.body;
}

// A person with practice, budget, About Me and a plan in which everything is filled; the plan's id.
std::string FullPlan(Served& served) {
  Put(served, "Organization/practice", R"({"resourceType":"Organization","id":"practice","name":"Mill Lane Surgery","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"A81001"}]})");
  Put(served, "Organization/icb", R"({"resourceType":"Organization","id":"icb","name":"An ICB"})");
  Put(served, "Patient/p1", R"({"resourceType":"Patient","id":"p1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],"name":[{"family":"Okoro","given":["Amina"]}],)"
                            R"("birthDate":"1948-03-04","generalPractitioner":[{"reference":"Organization/practice"}],"managingOrganization":{"reference":"Organization/gone"}})");
  for (const std::string id : {"b1", "b2"}) {
    Put(served, "Account/" + id, R"({"resourceType":"Account","id":")" + id + R"(","status":"active","type":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/budget-type","code":"personal-health-budget"}],"text":"Personal health budget"},"subject":[{"reference":"Patient/p1"}],"owner":{"reference":"Organization/icb"},)"
                                     R"("servicePeriod":{"start":"2026-04-01","end":"2027-03-31"},"extension":[{"url":"https://careloom.example/fhir/StructureDefinition/budget-stage","valueCodeableConcept":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/budget-stage","code":"indicative"}]}},)"
                                     R"({"url":"https://careloom.example/fhir/StructureDefinition/indicative-amount","valueMoney":{"value":5200.00,"currency":"GBP"}}]})");
  }
  const auto reader = *served.app().store->OpenReader();
  const auto form = *server::care::plan::FindDefinition(served.app(), *reader, "Questionnaire", "https://careloom.example/fhir/Questionnaire/personalised-care-plan");
  const auto about = *server::care::plan::FindDefinition(served.app(), *reader, "Questionnaire", "https://careloom.example/fhir/Questionnaire/about-me");
  EXPECT_EQ(served.Do("POST", "/fhir/QuestionnaireResponse/$extract?store=true", fhir::json::Write(*FilledForm::Make(*about.root, "Patient/p1").root), kJson).status, 200);
  const auto answer = served.Do("POST", "/fhir/QuestionnaireResponse/$extract?store=true", fhir::json::Write(*FilledForm::Make(*form.root, "Patient/p1").root), kJson);
  EXPECT_EQ(answer.status, 200) << answer.body;
  const std::size_t at = answer.body.find("CarePlan/");
  return answer.body.substr(at, 9 + 36);
}

std::string DocumentOf(Served& served, const std::string& plan) {
  const auto answer = served.Do("GET", "/fhir/Composition/$document?plan=" + plan);
  EXPECT_EQ(answer.status, 200) << answer.body;
  return answer.body;
}

std::vector<Element*> Resources(Document& bundle) {
  std::vector<Element*> resources;
  for (Element* child = bundle.root->first_child; child; child = child->next) {
    if (child->name == "entry") resources.push_back(child->Find("resource"));
  }
  return resources;
}

void Rename(Document& document, Element* element, const std::map<std::string, std::string>& names) {
  if (element->name == "reference") {
    const auto found = names.find(std::string(element->text));
    if (found != names.end()) document.SetValue(element, fhir::ValueKind::kString, found->second);
  }
  for (Element* child = element->first_child; child; child = child->next) Rename(document, child, names);
}

// The resources in their order without meta and ids, references by their place.
std::vector<std::string> Content(const std::string& text) {
  auto bundle = *fhir::json::Read(text);
  std::map<std::string, std::string> names;
  std::size_t count = 0;
  for (Element* resource : Resources(bundle)) names[std::string(resource->text) + "/" + std::string(resource->ValueOf("id"))] = std::string(resource->text) + "#" + std::to_string(count++);
  std::vector<std::string> content;
  for (Element* resource : Resources(bundle)) {
    for (const char* name : {"id", "meta"}) {
      if (Element* child = resource->Find(name)) Document::Detach(child);
    }
    if (Element* date = resource->text == "Composition" ? resource->Find("date") : nullptr) Document::Detach(date);
    Rename(bundle, resource, names);
    content.push_back(fhir::json::Write(*resource));
  }
  return content;
}

// Resource by resource, so that a difference can be read.
void ExpectSame(const std::string& a, const std::string& b) {
  const auto left = Content(a), right = Content(b);
  ASSERT_EQ(left.size(), right.size());
  for (std::size_t i = 0; i < left.size(); ++i) EXPECT_EQ(left[i], right[i]) << i;
}

server::AppOptions At(const std::string& base) {
  server::AppOptions options;
  options.base_url = base;
  return options;
}

TEST(PlanDocument, IsTheSamePlanInAnotherStore) {
  Served first(At("https://first.example/fhir")), second(At("https://second.example/fhir"));
  const std::string plan = FullPlan(first);
  const std::string document = DocumentOf(first, plan);
  const auto taken = second.Do("POST", "/fhir", document);
  ASSERT_EQ(taken.status, 200) << taken.body;
  ExpectSame(DocumentOf(second, plan), document);
  // Its Composition was kept and can be made a document of as it came.
  const auto bundle = *fhir::json::Read(document);
  const std::string composition(bundle.root->Find("entry")->Find("resource")->ValueOf("id"));
  const auto again = second.Do("GET", "/fhir/Composition/" + composition + "/$document");
  ASSERT_EQ(again.status, 200) << again.body;
  ExpectSame(again.body, document);
}

TEST(PlanDocument, TwiceChangesNothingAndAnOlderOneNeither) {
  Served first(At("https://first.example/fhir")), second(At("https://second.example/fhir"));
  const std::string plan = FullPlan(first);
  const std::string document = DocumentOf(first, plan);
  ASSERT_EQ(second.Do("POST", "/fhir", document).status, 200);
  const auto before = second.app().store->Count();
  const auto answer = second.Do("POST", "/fhir", document);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(second.app().store->Count()->versions, before->versions);
  // What was changed at the source since comes with a newer document; the older one does not take it back.
  auto stored = *fhir::json::Read(first.Do("GET", "/fhir/" + plan).body);
  stored.SetValue(stored.root->Find("title"), fhir::ValueKind::kString, "My plan");
  Put(first, plan, fhir::json::Write(*stored.root));
  ASSERT_EQ(second.Do("POST", "/fhir", DocumentOf(first, plan)).status, 200);
  EXPECT_NE(second.Do("GET", "/fhir/" + plan).body.find("\"title\":\"My plan\""), std::string::npos);
  ASSERT_EQ(second.Do("POST", "/fhir", document).status, 200);
  EXPECT_NE(second.Do("GET", "/fhir/" + plan).body.find("\"title\":\"My plan\""), std::string::npos);
}

TEST(PlanDocument, ThatComesHomeDoesNotOverwriteWhatItIsACopyOf) {
  Served served;
  const std::string plan = FullPlan(served);
  const std::string document = DocumentOf(served, plan);
  auto stored = *fhir::json::Read(served.Do("GET", "/fhir/" + plan).body);
  stored.SetValue(stored.root->Find("title"), fhir::ValueKind::kString, "My plan");
  Put(served, plan, fhir::json::Write(*stored.root));
  const auto before = served.app().store->Count();
  ASSERT_EQ(served.Do("POST", "/fhir", document).status, 200);
  EXPECT_NE(served.Do("GET", "/fhir/" + plan).body.find("My plan"), std::string::npos);
  EXPECT_EQ(served.app().store->Count()->resources, before->resources + 2) << "the Composition and the Provenance";
}

TEST(PlanDocument, HasEveryWordAndCanBeRead) {
  Served served;
  const std::string document = DocumentOf(served, FullPlan(served));
  auto bundle = *fhir::json::Read(document);
  std::string divs;
  std::vector<std::string> titles;
  for (const Element& section : fhir::Repeats(*bundle.root->Find("entry")->Find("resource"), "section")) {
    titles.emplace_back(section.ValueOf("title"));
    ASSERT_TRUE(section.Find("text")) << section.ValueOf("title");
    divs += section.Find("text")->ValueOf("div");
  }
  EXPECT_EQ(titles, (std::vector<std::string>{"Person demographics", "GP practice", "About me", "Professional and personal contacts", "Formulation", "Care and support plan", "Contingency and safety plans", "Additional support plans", "Personal budget"}));
  // FilledForm numbers its words: none is missing.
  const auto reader = *served.app().store->OpenReader();
  for (const char* url : {"https://careloom.example/fhir/Questionnaire/personalised-care-plan", "https://careloom.example/fhir/Questionnaire/about-me"}) {
    const auto form = *server::care::plan::FindDefinition(served.app(), *reader, "Questionnaire", url);
    const Document filled = FilledForm::Make(*form.root, "Patient/p1");
    const std::string text = fhir::json::Write(*filled.root);
    std::size_t words = 0;
    for (std::size_t at = 0; (at = text.find("Words ", at)) != std::string::npos; ++at) {
      const std::string word = text.substr(at, text.find(' ', at + 6) - at);
      EXPECT_NE(divs.find(word + " &lt;b&gt;&amp;amp; &quot;ünïcode&quot;&lt;/b&gt;"), std::string::npos) << word;
      ++words;
    }
    EXPECT_GT(words, 7u);
  }
  for (const char* said : {"Amina Okoro", "4 March 1948", "9990000018", "Mill Lane Surgery", "5200.00 GBP", "1 April 2026 to 31 March 2027", "What is most important to me"}) EXPECT_NE(divs.find(said), std::string::npos) << said;
  EXPECT_EQ(served.Do("POST", "/fhir/Bundle/$validate", document).body.find("\"severity\":\"error\""), std::string::npos);
}

TEST(PlanDocument, IsJoinedWithWhomItsNumberNames) {
  Served first(At("https://first.example/fhir")), second(At("https://second.example/fhir"));
  const std::string plan = FullPlan(first);
  Put(second, "Patient/known", R"({"resourceType":"Patient","id":"known","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]})");
  ASSERT_EQ(second.Do("POST", "/fhir", DocumentOf(first, plan)).status, 200);
  EXPECT_NE(second.Do("GET", "/fhir/CarePlan?patient=known&_id=" + plan.substr(9)).body.find("\"entry\""), std::string::npos);
}

TEST(PlanDocument, NamesItsReferralsAndPutsWordsBehindTheirLabel) {
  Served served;
  Put(served, "Patient/p1", R"({"resourceType":"Patient","id":"p1"})");
  Put(served, "ServiceRequest/s1", R"({"resourceType":"ServiceRequest","id":"s1","status":"active","intent":"order","code":{"text":"Gardening group"},"subject":{"reference":"Patient/p1"}})");
  Put(served, "Goal/g1", R"({"resourceType":"Goal","id":"g1","lifecycleStatus":"active","description":{"text":"Be outside"},"subject":{"reference":"Patient/p1"}})");
  Put(served, "CarePlan/c1", R"({"resourceType":"CarePlan","id":"c1","status":"active","intent":"plan","subject":{"reference":"Patient/p1"},"goal":[{"reference":"Goal/g1"}],"activity":[{"reference":{"reference":"ServiceRequest/s1"}}]})");
  const std::string document = DocumentOf(served, "CarePlan/c1");
  EXPECT_NE(document.find("<li><b>Gardening group:</b> active</li>"), std::string::npos) << document;
  EXPECT_NE(document.find("<b>Goals and hopes:</b> Be outside</li>"), std::string::npos) << document;
}

TEST(PlanDocument, CanBeKept) {
  Served served;
  const std::string plan = FullPlan(served);
  const std::string body = R"({"resourceType":"Parameters","parameter":[{"name":"plan","valueString":")" + plan + R"("},{"name":"persist","valueBoolean":true}]})";
  const auto answer = served.Do("POST", "/fhir/Composition/$document", body);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto bundle = *fhir::json::Read(answer.body);
  const std::string id(bundle.root->ValueOf("id"));
  EXPECT_EQ(served.Do("GET", "/fhir/Bundle/" + id).status, 200);
  EXPECT_EQ(served.Do("POST", "/fhir/Composition/$document", body).status, 200);
}

TEST(PlanNarrative, IsEscapedAndDatesAreWords) {
  using namespace server::care::plan;
  EXPECT_EQ(Escape("<script>alert('x')</script>&\"\n\x01"), "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;<br/>");
  EXPECT_EQ(HumanDate("2026-03-04"), "4 March 2026");
  EXPECT_EQ(HumanDate("2026-03-04T05:06:07Z"), "4 March 2026, 05:06");
  EXPECT_EQ(HumanDate("2026-03"), "March 2026");
  EXPECT_EQ(HumanDate("2026"), "2026");
  EXPECT_EQ(HumanDate("soon"), "soon");
}

}  // namespace
