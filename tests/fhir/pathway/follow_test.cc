// Tasks on their pathways: which steps are allowed, what they need, what is completed.
#include "fhir/pathway/follow.h"

#include <gtest/gtest.h>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "fhir/pathway/task.h"

namespace {

using fhir::Document;
using fhir::ErrorKind;
using fhir::pathway::BuiltIn;
using fhir::pathway::Follow;
using fhir::pathway::PartOf;
using fhir::pathway::StepsOf;

constexpr std::int64_t kNow = 1'772'355'600'000'000;   // 2026-03-01T09:00:00Z
constexpr const char* kHead = R"({"resourceType":"Task","intent":"order","for":{"reference":"Patient/p"})";

std::string Task(const std::string& pathway, const std::string& state, const std::string& status, const std::string& more = {}) {
  return std::string(kHead) + R"(,"status":")" + status + R"(","code":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/pathway","code":")" + pathway +
         R"("}]},"businessStatus":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/pathway-state","code":")" + state + "\"}]}" + more + "}";
}

std::string Detail(const std::string& kind, const std::string& value) {
  return R"({"type":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/pathway-detail","code":")" + kind + "\"}]}," + value + "}";
}

std::string Step(const std::string& state, const std::string& at) {
  return R"({"url":"https://careloom.example/fhir/StructureDefinition/pathway-step","extension":[{"url":"state","valueCode":")" + state + R"("},{"url":"at","valueDateTime":")" + at + "\"}]}";
}

// What became of it: the steps as "state@at", or the error as "kind: text (at path)".
struct Followed {
  Document task;
  std::string steps, error;
};

Followed After(const Followed* before, const std::string& json) {
  Followed followed;
  followed.task = *fhir::json::Read(json);
  const auto progress = Follow(BuiltIn(), before ? before->task.root : nullptr, followed.task, kNow);
  if (!progress) {
    followed.error = (progress.error().kind() == ErrorKind::kConflict ? "409 " : "422 ") + progress.error().ToString();
    return followed;
  }
  for (const fhir::Element* step : StepsOf(*followed.task.root)) followed.steps += std::string(followed.steps.empty() ? "" : " ") + std::string(PartOf(*step, "state")) + "@" + std::string(PartOf(*step, "at"));
  return followed;
}

Followed First(const std::string& json) { return After(nullptr, json); }

TEST(FollowPathway, ATaskThatCarriesNoneIsLeftAsItIs) {
  const std::string json = R"({"resourceType":"Task","status":"draft","intent":"order","code":{"coding":[{"system":"http://snomed.info/sct","code":"425268008"}]}})";
  const Followed task = First(json);
  EXPECT_EQ(task.error, "");
  EXPECT_EQ(fhir::json::Write(*task.task.root), json);
}

TEST(FollowPathway, AnOfferBecomesAReferralAndEachStepKeepsItsTime) {
  const Followed offered = First(Task("social-prescribing", "offered", "requested", R"(,"authoredOn":"2026-01-05")"));
  EXPECT_EQ(offered.error + offered.steps, "offered@2026-01-05");
  EXPECT_EQ(offered.task.root->Find("businessStatus")->first_child->NextRepeat()->ValueOf("code"), "871691000000100");
  EXPECT_EQ(PartOf(*StepsOf(*offered.task.root)[0], "recorded"), "2026-03-01T09:00:00Z");
  const Followed referred = After(&offered, Task("social-prescribing", "referred", "accepted"));
  EXPECT_EQ(referred.error + referred.steps, "offered@2026-01-05 referred@2026-03-01T09:00:00Z");
  const Followed again = After(&referred, Task("social-prescribing", "referred", "accepted"));
  EXPECT_EQ(again.error + again.steps, referred.steps);
}

TEST(FollowPathway, ASnomedCodeAloneIsUnderstood) {
  Followed task = First(std::string(kHead) + R"(,"status":"accepted","code":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/pathway","code":"social-prescribing"}]},"businessStatus":{"coding":[{"system":"http://snomed.info/sct","code":"871731000000106"}]}})");
  EXPECT_EQ(task.error + task.steps, "referred@2026-03-01T09:00:00Z");
  EXPECT_EQ((*fhir::pathway::StateOf(*BuiltIn().Find("social-prescribing"), *task.task.root))->name, "referred");
}

TEST(FollowPathway, AStepThatIsNotAllowedSaysWhichAre) {
  const Followed offered = First(Task("social-prescribing", "offered", "requested"));
  EXPECT_EQ(After(&offered, Task("social-prescribing", "closed", "completed")).error,
            "409 There is no step from 'offered' to 'closed' on the pathway social-prescribing. From 'offered' it may go to: declined, referred. (at businessStatus)");
  EXPECT_EQ(First(Task("social-prescribing", "seen", "in-progress")).error, "422 Nothing begins with 'seen' on the pathway social-prescribing. It begins with: offered, referred. (at businessStatus)");
  EXPECT_TRUE(After(&offered, Task("social-prescribing", "refered", "accepted")).error.starts_with("422 'refered' is no state on the pathway social-prescribing. Its states: offered, declined, referred"));
  EXPECT_TRUE(First(Task("social-proscribing", "offered", "requested")).error.starts_with("422 No pathway is called 'social-proscribing'. There are: social-prescribing, "));
}

TEST(FollowPathway, DecliningNeedsAReason) {
  const Followed offered = First(Task("social-prescribing", "offered", "requested"));
  EXPECT_EQ(After(&offered, Task("social-prescribing", "declined", "rejected")).error,
            "422 The step from 'offered' to 'declined' on the pathway social-prescribing needs a reason, as a coding or text in Task.statusReason. (at statusReason)");
  const Followed declined = After(&offered, Task("social-prescribing", "declined", "rejected", R"(,"statusReason":{"text":"no time"})"));
  EXPECT_EQ(declined.error, "");
  EXPECT_NE(fhir::json::Write(*declined.task.root).find(R"({"url":"reason","valueCodeableConcept":{"text":"no time"}})"), std::string::npos);
}

TEST(FollowPathway, TheStatusMustFitTheState) {
  EXPECT_EQ(First(Task("social-prescribing", "offered", "completed")).error, "422 Task.status is 'completed', but 'offered' on the pathway social-prescribing means requested. (at status)");
}

TEST(FollowPathway, PersonPathwayAndHistoryStay) {
  const Followed offered = First(Task("social-prescribing", "offered", "requested", R"(,"authoredOn":"2026-01-05")"));
  const auto refused = [&](std::string json) { return After(&offered, json).error.substr(0, 60); };
  std::string other = Task("social-prescribing", "offered", "requested");
  other.replace(other.find("Patient/p"), 9, "Patient/q");
  EXPECT_EQ(refused(other), "422 The Task is for Patient/p, and cannot become that of som");
  EXPECT_EQ(refused(Task("peer-support", "offered", "requested")), "422 The Task is on the pathway social-prescribing and stays ");
  EXPECT_EQ(refused(Task("social-prescribing", "referred", "accepted", ",\"extension\":[" + Step("offered", "2026-01-06") + "]")), "422 The steps that are recorded (extensions pathway-step) ar");
  EXPECT_EQ(refused(R"({"resourceType":"Task","status":"requested","intent":"order","for":{"reference":"Patient/p"}})"), "422 The Task is on the pathway social-prescribing and stays ");
}

TEST(FollowPathway, AHistoryThatComesWithTheTaskIsHeldToThePathway) {
  const std::string outcome = ",\"output\":[" + Detail("contact", R"("valueReference":{"reference":"Encounter/e"})") + "," + Detail("outcome", R"("valueString":"a walking group")") + "]";
  const auto with = [&](const std::string& steps) { return First(Task("social-prescribing", "closed", "completed", outcome + ",\"extension\":[" + steps + "]")); };
  EXPECT_EQ(with(Step("referred", "2026-01-05") + "," + Step("seen", "2026-01-19") + "," + Step("closed", "2026-02-19")).error, "");
  EXPECT_TRUE(with(Step("referred", "2026-01-05") + "," + Step("closed", "2026-02-19")).error.starts_with("409 There is no step from 'referred' to 'closed'"));
  EXPECT_TRUE(with(Step("referred", "2026-01-05") + "," + Step("seen", "2026-01-04") + "," + Step("closed", "2026-02-19")).error.starts_with("422 The step to 'seen' was taken at 2026-01-04, before the last one"));
  EXPECT_TRUE(with(Step("referred", "2026-01-05") + "," + Step("seen", "2026-01-19")).error.starts_with("422 The last step leads to 'seen'"));
  EXPECT_TRUE(with(Step("referred", "2026-01-05") + "," + Step("seen", "2026-01-19") + "," + Step("closed", "2026-03-02")).error.starts_with("422 The step to 'closed' was taken at 2026-03-02, which is yet to come"));
  EXPECT_TRUE(with(Step("referred", "2026-01") + "," + Step("seen", "2026-01-19") + "," + Step("closed", "2026-02-19")).error.starts_with("422 '2026-01' does not say the day"));
}

std::string Choice(const std::string& state, const std::string& status, const std::string& right, const std::string& more = {}) {
  return Task("choice-of-provider", state, status,
              R"(,"authoredOn":"2025-06-02","input":[)" + Detail("option", R"("valueReference":{"reference":"HealthcareService/a"})") + "," + Detail("option", R"("valueReference":{"reference":"HealthcareService/b"})") + "," +
                  Detail("legal-right", "\"valueBoolean\":" + right) + "]" + more);
}

TEST(FollowPathway, OnlyWhatWasOfferedCanBeChosen) {
  const Followed offered = First(Choice("offered", "requested", "true"));
  EXPECT_EQ(offered.error, "");
  const auto choose = [&](const std::string& which) { return After(&offered, Choice("chosen", "accepted", "true", ",\"output\":[" + Detail("chosen", R"("valueReference":{"reference":")" + which + "\"}") + "]")).error; };
  EXPECT_EQ(choose("HealthcareService/b"), "");
  EXPECT_EQ(choose("HealthcareService/c"),
            "422 'HealthcareService/c' is not among what was offered: HealthcareService/a, HealthcareService/b. Choose one of them, or add it as an input of kind option first. (at output)");
  EXPECT_EQ(choose("Practitioner/c"), "422 The detail chosen is of type Practitioner. Allowed: HealthcareService, Organization. (at output[0])");
  EXPECT_TRUE(First(Task("choice-of-provider", "offered", "requested")).error.starts_with("422 Beginning with 'offered' on the pathway choice-of-provider needs a Task.input whose type is "));
}

TEST(FollowPathway, TheStandardRunsWhereTheLegalRightAppliesAndIsMissedWhenItIsOver) {
  const Followed offered = First(Choice("offered", "requested", "true"));
  EXPECT_EQ(offered.task.root->Walk("restriction", "period", "end")->value(), "2025-10-06");
  EXPECT_EQ(First(Choice("offered", "requested", "false")).task.root->Find("restriction"), nullptr);
  const std::string chosen = ",\"output\":[" + Detail("chosen", R"("valueReference":{"reference":"HealthcareService/a"})") + "]";
  const Followed taken = After(&offered, Choice("chosen", "accepted", "true", chosen));
  EXPECT_EQ(After(&taken, Choice("breached", "in-progress", "true", chosen)).error, "");
  const std::string later = R"(,"restriction":{"period":{"end":"2026-03-01"}})";
  EXPECT_TRUE(After(&taken, Choice("breached", "in-progress", "true", chosen + later)).error.starts_with("422 The step from 'chosen' to 'breached' on the pathway choice-of-provider may be taken once 2026-03-01 is over"));
}

TEST(FollowPathway, AFurtherSessionIsAFurtherOutput) {
  const std::string one = Detail("session", R"("valueReference":{"reference":"Appointment/1"})"), two = Detail("session", R"("valueReference":{"reference":"Appointment/2"})");
  const Followed offered = First(Task("peer-support", "offered", "requested"));
  const Followed accepted = After(&offered, Task("peer-support", "accepted", "accepted"));
  const Followed attended = After(&accepted, Task("peer-support", "attended", "in-progress", ",\"output\":[" + one + "]"));
  EXPECT_EQ(attended.error, "");
  EXPECT_TRUE(After(&attended, Task("peer-support", "missed", "in-progress", ",\"output\":[" + one + "]")).error.starts_with("422 The step from 'attended' to 'missed' on the pathway peer-support needs a further Task.output"));
  EXPECT_EQ(After(&attended, Task("peer-support", "missed", "in-progress", ",\"output\":[" + one + "," + two + "]")).error, "");
}

TEST(FollowPathway, WhatWasEnteredInErrorTakesNoStep) {
  const Followed offered = First(Task("social-prescribing", "offered", "requested"));
  const Followed wrong = After(&offered, Task("social-prescribing", "offered", "entered-in-error"));
  EXPECT_EQ(wrong.error, "");
  EXPECT_TRUE(After(&wrong, Task("social-prescribing", "referred", "accepted")).error.starts_with("409 The Task was entered in error and stays so."));
}

// A Task with everything that any step could need, and more.
std::string Furnished(const fhir::pathway::Pathway& pathway, const fhir::pathway::State& state, const std::string& round, const std::string& steps) {
  std::string details;
  for (const auto& detail : BuiltIn().details()) {
    const std::string& kind = detail.kinds[0];
    const std::string value = kind == "boolean" ? "\"valueBoolean\":true" : kind == "CodeableConcept" ? "\"valueCodeableConcept\":{\"text\":\"" + round + "\"}" : "\"valueReference\":{\"reference\":\"" + kind + "/" + round + "\"}";
    details += (details.empty() ? "" : ",") + Detail(detail.name, value);
  }
  // What is chosen is among the options.
  const std::string option = Detail("option", R"("valueReference":{"reference":"HealthcareService/)" + round + "\"}");
  return Task(pathway.code, state.name, state.statuses[0],
              R"(,"statusReason":{"text":"why"},"focus":{"reference":"ServiceRequest/s"},"owner":{"reference":"Organization/o"},"restriction":{"period":{"end":"2025-01-01"}},"input":[)" + option + "," + details +
                  "],\"output\":[" + details + "]" + (steps.empty() ? "" : ",\"extension\":[" + steps + "]"));
}

TEST(FollowPathway, EveryStepOfTheTableIsTakenAndEveryOtherRefusedWithTheOnesThatAre) {
  int taken = 0, refused = 0;
  for (const auto& pathway : BuiltIn().pathways()) {
    for (const auto& from : pathway.states) {
      const Followed before{*fhir::json::Read(Furnished(pathway, from, "one", Step(from.name, "2026-02-01"))), {}, {}};
      for (const auto& to : pathway.states) {
        const std::string name = pathway.code + ": " + from.name + " to " + to.name;
        const Followed after = After(&before, Furnished(pathway, to, "two", Step(from.name, "2026-02-01") + "," + Step(to.name, "2026-02-02")));
        if (pathway.FindStep(from.name, to.name)) {
          EXPECT_EQ(after.error, "") << name;
          ++taken;
        } else {
          const std::string next = pathway.After(from.name);
          EXPECT_TRUE(after.error.starts_with("409 ")) << name << after.error;
          EXPECT_NE(after.error.find(next.empty() ? "is an end: make a new Task." : "it may go to: " + next + "."), std::string::npos) << name << after.error;
          ++refused;
        }
      }
    }
    for (const auto& to : pathway.states) {
      EXPECT_EQ(First(Furnished(pathway, to, "one", {})).error.empty(), pathway.FindStep("", to.name) != nullptr) << pathway.code << " begins with " << to.name;
    }
  }
  EXPECT_GT(taken, 90);
  EXPECT_GT(refused, 200);
}

}  // namespace
