// A return on direct payments as it is kept: a Task of code direct-payment-return about the budget, its lines as inputs, what became of
// them as outputs. README.md has the shape.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "fhir/model/element.h"
#include "server/care/budget/arguments.h"
#include "server/care/budget/family.h"
#include "server/care/budget/matching.h"

namespace server::care::budget {

struct ReturnLine {
  Arguments arguments;
  std::string place;
  const fhir::Element *key = nullptr, *code = nullptr;
  fhir::money::Day day = 0;
  fhir::money::Amount amount;
  std::set<std::string> goals;               // ids
  std::string KeyText() const { return std::string(key->ValueOf("system")) + "|" + std::string(key->ValueOf("value")); }
};

struct LineResult {
  Match match;
  std::vector<std::string> entries;          // references of the spend entries
};

bool IsReturn(const fhir::Element& task);
// What the return says: everything but when it came and what became of it.
void AddReturn(fhir::Document& document, fhir::Element* task, const Family& family, const std::string& system, const std::string& value, const fhir::Element& period, const std::vector<ReturnLine>& lines);
void AddResults(fhir::Document& document, fhir::Element* task, const std::vector<ReturnLine>& lines, const std::vector<LineResult>& results, const std::vector<Overdue>& overdue, const std::string& currency);
// Both say the same: budget, period, lines.
bool IsSameReturn(const fhir::Element& stored, const fhir::Element& asked);
// The operation's Parameters, from the Task alone.
fhir::Document ToAnswer(const fhir::Element& task, bool repeated);

}  // namespace server::care::budget
