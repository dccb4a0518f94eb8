// What a return on direct payments says against what the plan allows: which planned lines a payment fits, and what is overdue.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "fhir/model/element.h"
#include "fhir/money/day.h"
#include "server/care/budget/family.h"

namespace server::care::budget {

// The names by which a service component is known: "system|code" of its codings, its text and displays in lower case.
std::set<std::string> NamesOf(const fhir::Element& concept_or_text);

struct Match {
  bool is_matched = false;
  std::string reason;                        // else: not-in-plan, other-goal, not-planned-then, over-plan
  fhir::money::Pence allowed = 0;            // what the plan still allows of it in the period
  std::vector<std::string> lines;            // "ChargeItem/1": the planned lines that it uses up, in that order
  std::set<std::string> goals;               // ids that these serve
};

// The plan in one period, being used up by payments in the order in which they are matched.
class Allowance {
 public:
  // Spend entries of the ledger that were matched before use it up, those with keys in `again` left out.
  Allowance(const Family& family, const Ledger& ledger, const fhir::money::Days& period, const std::set<std::string>& again);
  Match Take(const std::set<std::string>& names, const std::set<std::string>& goals, fhir::money::Pence amount);

 private:
  struct Line {
    const StoredEntry* entry = nullptr;
    std::set<std::string> names;
    fhir::money::Pence allowed = 0, left = 0;
  };
  std::vector<Line> lines_;
};

struct Overdue {
  std::string name;                          // "ChargeItem/1": a planned line, or a transfer
  fhir::money::Days days;
  fhir::money::Pence amount = 0;
};

// Of the days before `period` that no return covers (`returned`): what was planned by direct payment or third party, and what was paid out.
std::vector<Overdue> WhatIsOverdue(const Family& family, const Ledger& ledger, const fhir::money::Days& period, const std::vector<fhir::money::Days>& returned);

}  // namespace server::care::budget
