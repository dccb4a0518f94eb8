// The balances of an Account, read and written.
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "server/rules/ledger_account.h"
#include "fhir/model/lookup.h"
#include "server/rules/money_reading.h"

namespace server::rules {

using fhir::Document;
using fhir::Element;
using fhir::money::Pence;

namespace {

constexpr std::array<std::pair<std::string_view, Pence Balances::*>, 7> kFigures = {{
    {"committed", &Balances::committed}, {"outstanding", &Balances::outstanding}, {"charged", &Balances::charged}, {"transferred", &Balances::transferred},
    {"spent", &Balances::spent}, {"contribution", &Balances::contribution}, {"reclaimed", &Balances::reclaimed},
}};

}  // namespace

const std::string& CurrencyOf(const fhir::money::Budget& budget) {
  static const std::string kDefault(fhir::money::kDefaultCurrency);
  return budget.agreed ? budget.agreed->currency : budget.indicative ? budget.indicative->currency : kDefault;
}

Pence PenceOf(const Element* money) {
  std::string digits(money ? money->ValueOf("value") : "");
  std::erase(digits, '.');   // always two places
  Pence pence = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), pence);
  return pence;
}

Balances ReadBalances(const Element& account) {
  Balances balances;
  for (const Element& extension : fhir::Repeats(account, "extension")) {
    if (extension.ValueOf("url") != fhir::money::extension::kBalance) continue;
    std::string_view code;
    const Element* amount = nullptr;
    for (const Element& part : fhir::Repeats(extension, "extension")) {
      if (const Element* concept_ = part.Find("valueCodeableConcept")) code = fhir::CodeIn(*concept_, fhir::money::code_system::kLedgerFigure);
      if (part.Find("valueMoney")) amount = part.Find("valueMoney");
    }
    if (!amount) continue;
    for (const auto& [name, member] : kFigures) {
      if (name != code) continue;
      balances.*member = PenceOf(amount);
    }
  }
  return balances;
}

void WriteBalances(Document& account, const Balances& balances, const std::string& currency) {
  RemoveExtensions(*account.root, fhir::money::extension::kBalance);
  for (const auto& [name, member] : kFigures) {
    Element* extension = account.Add(account.root, "extension", true);
    Element* aggregate = account.Add(extension, "extension", true);
    account.AddString(aggregate, "url", "aggregate");
    Element* coding = account.Add(account.Add(aggregate, "valueCodeableConcept"), "coding", true);
    account.AddString(coding, "system", fhir::money::code_system::kLedgerFigure);
    account.AddString(coding, "code", name);
    Element* amount = account.Add(extension, "extension", true);
    account.AddString(amount, "url", "amount");
    fhir::money::WriteAmount(account, account.Add(amount, "valueMoney"), {balances.*member, currency});
    account.AddString(extension, "url", fhir::money::extension::kBalance);
  }
}

}  // namespace server::rules
