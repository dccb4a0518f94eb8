// Form to resources and back: nothing is lost, nothing is made twice, and what a form cannot say stays.
#include <gtest/gtest.h>

#include <map>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/care/plan/definitions.h"
#include "tests/support/filled_form.h"
#include "tests/support/served.h"

namespace {

using careloom_test::FilledForm;
using careloom_test::Served;
using fhir::Document;
using fhir::Element;

constexpr char kPlanForm[] = "https://careloom.example/fhir/Questionnaire/personalised-care-plan";
constexpr char kAboutMe[] = "https://careloom.example/fhir/Questionnaire/about-me";

Document Form(Served& served, const char* url) { return *server::care::plan::FindDefinition(served.app(), **served.app().store->OpenReader(), "Questionnaire", url); }

// Items alone, without their element ids.
void WithoutIds(Element& element) {
  for (Element* child = element.first_child; child; child = child->next) {
    if (child->name != "item") continue;
    if (Element* id = child->Find("id")) Document::Detach(id);
    WithoutIds(*child);
  }
}

std::string ItemsOf(const std::string& response) {
  auto document = fhir::json::Read(response);
  EXPECT_TRUE(document) << response;
  if (!document) return {};
  WithoutIds(*document->root);
  std::string text;
  for (const Element& item : fhir::Repeats(*document->root, "item")) text += fhir::json::Write(item) + "\n";
  return text;
}

// "Type/id" of all that a transaction's answer names, with its version.
std::map<std::string, std::string> Versions(const std::string& answer) {
  std::map<std::string, std::string> versions;
  auto document = fhir::json::Read(answer);
  EXPECT_TRUE(document) << answer;
  for (const Element& entry : fhir::Repeats(*document->root, "entry")) {
    const std::string location(entry.Find("response")->ValueOf("location"));
    versions[location.substr(0, location.find("/_history"))] = location.substr(location.rfind('/') + 1);
  }
  return versions;
}

class Forms : public testing::Test {
 protected:
  Forms() {
    Put("Patient/p1", R"({"resourceType":"Patient","id":"p1"})");
    Put("Patient/p2", R"({"resourceType":"Patient","id":"p2"})");
    for (const char* id : {"b1", "b2"}) Put("Account/" + std::string(id), R"({"resourceType":"Account","id":")" + std::string(id) + R"(","status":"active","subject":[{"reference":"Patient/p1"}]})");
  }
  void Put(const std::string& path, const std::string& body) {
    const int status = served_.Do("PUT", "/fhir/" + path, body).status;
    EXPECT_TRUE(status == 200 || status == 201) << status << " " << path;
  }
  std::string Get(const std::string& target) {
    const auto answer = served_.Do("GET", "/fhir/" + target);
    EXPECT_EQ(answer.status, 200) << target << answer.body;
    return answer.body;
  }
  std::string Extract(const std::string& response, int status = 200) {
    const auto answer = served_.Do("POST", "/fhir/QuestionnaireResponse/$extract?store=true", response);
    EXPECT_EQ(answer.status, status) << answer.body;
    return answer.body;
  }
  std::string Populated(const std::string& more = {}) { return Get("Questionnaire/careloom-personalised-care-plan/$populate?subject=Patient/p1" + more); }
  static std::string Completed(std::string populated) {
    const std::string from = "\"status\":\"in-progress\"";
    return populated.replace(populated.find(from), from.size(), "\"status\":\"completed\",\"authored\":\"2026-11-01\"");
  }

  Served served_;
};

TEST_F(Forms, EveryFieldOfThePlanGoesToResourcesAndBack) {
  const Document form = Form(served_, kPlanForm);
  const Document filled = FilledForm::Make(*form.root, "Patient/p1");
  const std::string sent = fhir::json::Write(*filled.root);
  const auto first = Versions(Extract(sent));
  EXPECT_GT(first.size(), 20u);
  EXPECT_EQ(ItemsOf(Populated()), ItemsOf(sent));
}

TEST_F(Forms, TheSameAgainChangesNothing) {
  const Document form = Form(served_, kPlanForm);
  const std::string sent = fhir::json::Write(*FilledForm::Make(*form.root, "Patient/p1").root);
  auto first = Versions(Extract(sent)), second = Versions(Extract(sent));
  // An event that was none has no Provenance.
  EXPECT_EQ(std::erase_if(first, [](const auto& one) { return one.first.starts_with("Provenance/"); }), 1u);
  EXPECT_EQ(first, second);
  for (const auto& [what, version] : second) EXPECT_EQ(version, "1") << what;
}

TEST_F(Forms, WhatWasPopulatedAndSentBackChangesNothingOfThePlan) {
  const Document form = Form(served_, kPlanForm);
  const auto first = Versions(Extract(fhir::json::Write(*FilledForm::Make(*form.root, "Patient/p1").root)));
  const std::string populated = Populated();
  const auto second = Versions(Extract(Completed(populated)));
  EXPECT_EQ(ItemsOf(Populated()), ItemsOf(populated));
  for (const auto& [what, version] : second) {
    if (what.starts_with("QuestionnaireResponse/") || what.starts_with("Provenance/")) continue;
    EXPECT_TRUE(first.contains(what)) << what << " is new";
    EXPECT_EQ(version, "1") << what << Get(what + "/_history");
  }
}

TEST_F(Forms, EachFieldAloneGoesToResourcesAndBack) {
  const Document form = Form(served_, kPlanForm);
  // One top part at a time: what is optional is not needed for the rest.
  for (const char* part : {"contacts", "formulation", "strength", "need", "agreed", "funding", "updated", "document", "review", "location", "performer", "completedBy", "contingency", "additional"}) {
    static std::string_view wanted;
    wanted = part;
    Served served;
    for (const char* path : {"Patient/p1"}) served.Do("PUT", "/fhir/" + std::string(path), R"({"resourceType":"Patient","id":"p1"})");
    for (const char* id : {"b1", "b2"}) served.Do("PUT", "/fhir/Account/" + std::string(id), R"({"resourceType":"Account","id":")" + std::string(id) + R"(","status":"active","subject":[{"reference":"Patient/p1"}]})");
    const std::string sent = fhir::json::Write(*FilledForm::Make(*form.root, "Patient/p1", [](std::string_view link) { return link.substr(0, link.find('.')) == wanted; }).root);
    const auto answer = served.Do("POST", "/fhir/QuestionnaireResponse/$extract?store=true", sent);
    EXPECT_EQ(answer.status, 200) << part << answer.body;
    EXPECT_EQ(ItemsOf(served.Do("GET", "/fhir/Questionnaire/careloom-personalised-care-plan/$populate?subject=Patient/p1").body), ItemsOf(sent)) << part;
  }
}

TEST_F(Forms, AboutMeIsKeptWithWhoHelpedAndComesBack) {
  const Document form = Form(served_, kAboutMe);
  const std::string sent = fhir::json::Write(*FilledForm::Make(*form.root, "Patient/p1").root);
  const auto first = Versions(Extract(sent));
  EXPECT_EQ(first.size(), 3u);   // the response, where its film is, the Provenance
  EXPECT_EQ(Versions(Extract(sent)).size(), 2u);
  std::string response;
  for (const auto& [what, version] : first) response = what.starts_with("QuestionnaireResponse/") ? what : response;
  EXPECT_NE(Get("Provenance?target=" + response).find("\"display\":\"Words"), std::string::npos);
  EXPECT_NE(Get("DocumentReference?patient=p1").find("https://example.org/film/"), std::string::npos);
  EXPECT_EQ(ItemsOf(Get("Questionnaire/careloom-about-me/$populate?subject=Patient/p1")), ItemsOf(sent));
}

TEST_F(Forms, APlanThatWasOpenedIsFilledAndKeepsItsStagesAndItsReview) {
  const auto opened = served_.Do("POST", "/fhir/PlanDefinition/careloom-six-stages/$apply?subject=Patient/p1&start=2026-01-31");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const auto plan = fhir::json::Read(opened.body);
  const std::string id(plan->root->ValueOf("id"));
  const Document form = Form(served_, kPlanForm);
  Document filled = FilledForm::Make(*form.root, "Patient/p1");
  filled.AddString(filled.Add(filled.root, "basedOn", true), "reference", "CarePlan/" + id);
  const std::string sent = fhir::json::Write(*filled.root);
  const auto versions = Versions(Extract(sent));
  EXPECT_EQ(versions.at("CarePlan/" + id), "2");
  const std::string stored = Get("CarePlan/" + id);
  for (const char* stage : {"make-contact", "understand", "agree-money", "make-plan", "organise", "\"id\":\"review\""}) EXPECT_NE(stored.find(stage), std::string::npos) << stage;
  EXPECT_NE(stored.find("six-stages|1.0.0"), std::string::npos);
  EXPECT_NE(stored.find("\"status\":\"draft\""), std::string::npos);
  const std::string reviews = Get("Task?patient=p1&code=425268008&focus=CarePlan/" + id);
  EXPECT_NE(reviews.find("\"start\":\"2026-01-31\""), std::string::npos) << "the review that $apply made is the one that the form speaks of";
  EXPECT_EQ(ItemsOf(Populated()), ItemsOf(sent));
}

TEST_F(Forms, ALaterVersionUpdatesTheSameResourcesThoughItsOrderIsAnother) {
  const std::string start = R"({"resourceType":"QuestionnaireResponse","questionnaire":")" + std::string(kPlanForm) + R"(","subject":{"reference":"Patient/p1"},)";
  Extract(start + R"("status":"completed","item":[{"linkId":"need","item":[{"linkId":"need.text","answer":[{"valueString":"Pain"}]}]},{"linkId":"need","item":[{"linkId":"need.text","answer":[{"valueString":"Alone"}]}]}]})");
  auto populated = fhir::json::Read(Populated());
  std::vector<Element*> needs;
  for (Element* child = populated->root->first_child; child; child = child->next) {
    if (child->name == "item") needs.push_back(child);
  }
  ASSERT_EQ(needs.size(), 2u);
  const std::string pain(needs[0]->ValueOf("id"));
  Document::Detach(needs[0]);
  populated->Attach(populated->root, needs[0]);
  populated->SetValue(needs[0]->Find("item")->Find("answer")->Find("valueString"), fhir::ValueKind::kString, "Less pain");
  Extract(Completed(fhir::json::Write(*populated->root)));
  EXPECT_NE(Get("Condition/" + pain).find("Less pain"), std::string::npos);
  EXPECT_EQ(ItemsOf(Populated()), ItemsOf(fhir::json::Write(*populated->root)));
}

TEST_F(Forms, WhatAFormCannotSayStays) {
  Extract(R"({"resourceType":"QuestionnaireResponse","questionnaire":")" + std::string(kPlanForm) + R"(","subject":{"reference":"Patient/p1"},"status":"completed","item":[
    {"linkId":"need","item":[{"linkId":"need.text","answer":[{"valueString":"Pain"}]},{"linkId":"need.goal","item":[{"linkId":"need.goal.text","answer":[{"valueString":"Walk"}]}]}]}]})");
  auto goals = fhir::json::Read(Get("Goal?patient=p1"));
  auto goal = fhir::json::Write(*goals->root->Find("entry")->Find("resource"));
  const std::string id(goals->root->Find("entry")->Find("resource")->ValueOf("id"));
  const auto with = [&](const std::string& from, const std::string& to) { goal.replace(goal.find(from), from.size(), to); };
  with("\"lifecycleStatus\":\"active\"", "\"lifecycleStatus\":\"on-hold\",\"startDate\":\"2026-02-02\"");
  with("{\"text\":\"Walk\"}", R"({"coding":[{"system":"urn:x","code":"a"},{"system":"urn:x","code":"b"}],"text":"Walk"})");
  Put("Goal/" + id, goal);
  const std::string populated = Populated();
  EXPECT_NE(populated.find("on-hold"), std::string::npos);
  Extract(Completed(populated));
  const std::string after = Get("Goal/" + id);
  EXPECT_NE(after.find("2026-02-02"), std::string::npos);
  EXPECT_NE(after.find("\"code\":\"b\""), std::string::npos);
  EXPECT_NE(after.find("on-hold"), std::string::npos);
}

}  // namespace
