// What one Patient says of who it is: the numbers that join it with others, its source's precedence, and the
// links that say which Patients are the same person (https://hl7.org/fhir/R4/patient.html#links).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/model/element.h"

namespace server::interactions {

// conformance/identity/precedence.txt.
std::string_view PrecedenceTable();

// NHS numbers that join: check digit right, not one digit ten times, verified or without a word about it, not of use "old".
std::set<std::string> JoiningNumbers(const fhir::Element& patient);

// By the table; a smaller number goes before. What no line names comes last.
int PrecedenceOf(const fhir::Element& patient);

// Ids of the Patients that it names in links of type replaced-by and replaces, itself left out. Only what stands
// in this store is meant: "Patient/x".
std::set<std::string> JoinedWith(const fhir::Element& patient);

// Takes away the links of type replaced-by and replaces to `id`. True when there were any.
bool RemoveJoin(fhir::Element& patient, std::string_view id);

// How a Patient stands in its person: replaced by the surviving one, or replacing all others.
struct Standing {
  std::string survivor;               // may be the Patient itself
  std::vector<std::string> others;    // the person's Patients but the survivor
};

// Makes the links say just that, once each; other types' links, and those to Patients that are not of the person,
// stay as they are. True when something changed.
bool SetJoins(fhir::Document& patient, std::string_view id, const Standing& standing);

// Puts the links of type replaced-by and replaces of `stored` into `patient` where they are not yet.
void CarryJoins(const fhir::Element& stored, fhir::Document& patient);

}  // namespace server::interactions
