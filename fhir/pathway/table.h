// The pathways of personalised care as data: the states of each, which step may follow which, what a step needs. The form is
// described at the head of conformance/personalised_care/pathways.txt.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace fhir::pathway {

// Systems and URLs of what a Task on a pathway carries; README.md has the representation.
inline constexpr std::string_view kPathwaySystem = "https://careloom.example/fhir/CodeSystem/pathway";         // Task.code
inline constexpr std::string_view kStateSystem = "https://careloom.example/fhir/CodeSystem/pathway-state";     // Task.businessStatus
inline constexpr std::string_view kDetailSystem = "https://careloom.example/fhir/CodeSystem/pathway-detail";   // Task.input.type, Task.output.type
inline constexpr std::string_view kStepUrl = "https://careloom.example/fhir/StructureDefinition/pathway-step";
inline constexpr std::string_view kSnomed = "http://snomed.info/sct";

// A kind of Task.input or Task.output.
struct Detail {
  std::string name;                    // "option"
  std::vector<std::string> kinds;      // resource types that it may refer to, or "boolean", "CodeableConcept", "string"
  std::string request_element;         // of the ServiceRequest in focus, which gets the same reference; empty: none
};

struct Need {
  enum class Kind { kReason, kFocus, kOwner, kOverdue, kInput, kOutput, kNewOutput, kChoice } kind = Kind::kReason;
  std::string detail, among;           // kChoice: the output `detail` is one of the inputs `among`
};

struct State {
  std::string name;
  std::vector<std::string> statuses, request_statuses;   // of the Task; of the ServiceRequest in focus, none: left alone
  std::string snomed;                  // empty: none is known
  bool verified = false;               // the SNOMED CT code was confirmed in a published file
  std::string text;
};

struct Step {
  std::string from, to;                // from is empty where the pathway begins
  std::vector<Need> needs;
};

// A Task in that state has one on another pathway beside it.
struct Raised {
  std::string state, pathway, begin, end;   // where that one begins, and where it ends when the first has moved on
};

struct Pathway {
  std::string code, text;
  std::optional<int> standard_days;    // of waiting, from the referral on
  std::vector<State> states;
  std::vector<Step> steps;
  std::vector<Raised> raises;

  const State* FindState(std::string_view name) const;
  const State* FindSnomed(std::string_view number) const;
  const Step* FindStep(std::string_view from, std::string_view to) const;
  // Where a step may lead from there, "a, b, c"; empty: nowhere.
  std::string After(std::string_view from) const;
  // The states that a step of that need leads out of, or into.
  bool LeadsOut(std::string_view from, Need::Kind kind) const;
};

class Table {
 public:
  // kInvalid with the line and what is wrong in it.
  static Result<Table> Read(std::string_view text);
  const Pathway* Find(std::string_view code) const;
  const Detail* FindDetail(std::string_view name) const;
  const std::vector<Pathway>& pathways() const { return pathways_; }
  const std::vector<Detail>& details() const { return details_; }
  // "a, b, c"
  std::string Codes() const;

 private:
  Result<void> ReadLine(const std::vector<std::string_view>& columns);
  Result<Need> ReadNeed(std::string_view text) const;
  Result<void> Check() const;

  std::vector<Detail> details_;
  std::vector<Pathway> pathways_;
};

// conformance/personalised_care/pathways.txt as it was when the program was built.
const Table& BuiltIn();

}  // namespace fhir::pathway
