// The rules over writes, one a line, in the order in which they are asked.
#include "server/rules/catalogue.h"

#include <array>

namespace server::rules {

std::span<const RuleDescriptor> Catalogue() {
  static constexpr std::array kRules = {
      RuleDescriptor{"ledger-entry", " ChargeItem Account ", "what is recorded in a budget's ledger stays, fits its budget, and moves its balances", OpenLedgerEntry},
      RuleDescriptor{"budget", " Account ", "a personal budget keeps its person, its stages' order and the sum of its parts", OpenBudget},
      RuleDescriptor{"agreement", " Contract ", "a direct-payment agreement is signed, its budget's person's, and stays as it was agreed", OpenAgreement},
      RuleDescriptor{"pathway", " ServiceRequest Task ", "a Task on a pathway takes the steps that the pathway allows, and keeps them with their times", OpenPathway, false},
      RuleDescriptor{"plan", " CarePlan Goal ", "all of a plan is of one person; scores are from 1 to 10; a contingency plan has triggers and a whole; a stage goal has its goal", OpenPlan},
      RuleDescriptor{"plan-part", " Condition Account Task ServiceRequest ", "a part of a plan does not become another person's", OpenPlan, false},
  };
  return kRules;
}

}  // namespace server::rules
