// The balances of an Account, read and written.
#include <array>
#include <utility>

#include "server/rules/ledger_account.h"
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

Balances ReadBalances(const Element& account) {
  Balances balances;
  for (const Element& extension : fhir::Repeats(account, "extension")) {
    if (extension.ValueOf("url") != fhir::money::extension::kBalance) continue;
    std::string_view code;
    const Element* amount = nullptr;
    for (const Element& part : fhir::Repeats(extension, "extension")) {
      if (const Element* concept_ = part.Find("valueCodeableConcept")) code = fhir::money::CodeIn(*concept_, fhir::money::code_system::kLedgerFigure);
      if (part.Find("valueMoney")) amount = part.Find("valueMoney");
    }
    if (!amount) continue;
    for (const auto& [name, member] : kFigures) {
      if (name != code) continue;
      // The server's own: a balance may be below 0 (reclaimed before it was transferred is not, but a figure's reversals may come first).
      std::string_view text = amount->ValueOf("value");
      const bool negative = text.starts_with('-');
      if (negative) text.remove_prefix(1);
      const auto pence = fhir::money::ParsePence(text);
      if (pence) balances.*member = negative ? -*pence : *pence;
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
