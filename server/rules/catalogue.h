// The rules behind the catalogue; each is described there and implemented in the file of its name.
#pragma once

#include <memory>

#include "server/rules/rule.h"

namespace server::rules {

std::unique_ptr<Rule> OpenAgreement(Context& context);
std::unique_ptr<Rule> OpenBudget(Context& context);
std::unique_ptr<Rule> OpenLedgerEntry(Context& context);
std::unique_ptr<Rule> OpenPathway(Context& context);
std::unique_ptr<Rule> OpenPlan(Context& context);

}  // namespace server::rules
