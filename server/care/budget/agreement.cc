// Making the Contract.
#include "server/care/budget/agreement.h"

#include "server/care/budget/arguments.h"
#include "server/search/url.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::string_view kContractType = "https://careloom.example/fhir/CodeSystem/contract-type";
constexpr std::string_view kAgreementId = "https://careloom.example/fhir/id/agreement";
constexpr std::string_view kSignerType = "http://terminology.hl7.org/CodeSystem/contractsignertypecodes";

// `signer` stands only where a signature is given.
Result<bool> AddSigners(Document& document, Element* contract, const Arguments& arguments) {
  bool is_signed = false;
  for (const Element* item : arguments.All("signer")) {
    TRY_ASSIGN(const Arguments parts, Arguments::Read(*item, {"type", "party", "signature*"}));
    TRY_ASSIGN(const Element* party, parts.Needed("party", {"valueReference"}));
    TRY_ASSIGN(const Element* type, parts.Value("type", {"valueCoding", "valueCode"}));
    Element* signer = document.Add(contract, "signer", true);
    if (type && type->name == "valueCoding") {
      AddCopy(document, signer, "type", *type);
    } else {
      Element* coding = document.Add(signer, "type");
      document.AddString(coding, "system", kSignerType);
      document.AddString(coding, "code", type ? type->value() : "COVPTY");   // covered party: the person
    }
    AddCopy(document, signer, "party", *party);
    const auto signatures = parts.All("signature");
    if (signatures.empty()) return parts.Missing("signature", "valueSignature {type, when, who}; leave the signer out until it has signed");
    for (const Element* one : signatures) {
      const Element* signature = one->Find("valueSignature");
      if (!signature) return Error(ErrorKind::kInvalid, "'signature' has to be a valueSignature.").At(PlaceOf(*one)).WithIssueType("value");
      AddCopy(document, signer, "signature", *signature, true);
      is_signed = true;
    }
  }
  return is_signed;
}

void AddItem(Document& document, Element* asset, const StoredEntry& line) {
  Element* item = document.Add(asset, "valuedItem", true);
  AddReference(document, item, "entityReference", "ChargeItem/" + line.entry.id);
  if (const Element* timing = line.charge_item.root->Walk("occurrenceTiming", "repeat", "boundsPeriod", "start")) document.AddString(item, "effectiveTime", timing->value());
  if (const Element* quantity = line.charge_item.root->Find("quantity")) AddCopy(document, item, "quantity", *quantity);
  if (line.entry.plan) fhir::money::WriteAmount(document, document.Add(item, "unitPrice"), {line.entry.plan->unit_price, line.entry.amount.currency});
}

}  // namespace

Result<void> AddAgreement(Writing& writing, const Element& agreement, const Family& family, const Ledger& ledger, fhir::money::Day date) {
  TRY_ASSIGN(const Arguments arguments, Arguments::Read(agreement, {"identifier", "applies", "authority*", "status", "signer*"}));
  TRY_ASSIGN(const Element* identifier, arguments.Value("identifier", {"valueIdentifier"}));
  TRY_ASSIGN(const Element* applies, arguments.Value("applies", {"valuePeriod"}));
  TRY_ASSIGN(std::string status, arguments.Word("status"));
  const std::string system(identifier ? identifier->ValueOf("system") : kAgreementId);
  const std::string value = identifier ? std::string(identifier->ValueOf("value")) : family.head.budget.id + "/" + fhir::money::FormatDay(date);
  Document& document = writing.document();
  Element* contract = writing.Create("Contract", PlaceOf(agreement), search::IdentifierCriterion(system, value));
  AddIdentifier(document, contract, system, value);
  Element* status_element = document.AddString(contract, "status", "offered");
  if (applies) {
    AddCopy(document, contract, "applies", *applies);
  } else if (const Element* period = family.head.account.root->Find("servicePeriod")) {
    AddCopy(document, contract, "applies", *period);
  }
  AddReference(document, contract, "subject", family.head.budget.subject, true);
  for (const Element* authority : arguments.All("authority")) {
    if (const Element* reference = authority->Find("valueReference")) AddCopy(document, contract, "authority", *reference, true);
  }
  AddConcept(document, contract, "type", kContractType, "direct-payment-agreement");
  AddReference(document, contract, "topicReference", family.head.name());
  Element* term = document.Add(contract, "term", true);
  document.AddString(document.Add(term, "offer"), "text", "Direct payments in place of the services that the plan names");
  Element* asset = nullptr;
  for (const StoredEntry& line : ledger.entries) {
    if (line.entry.kind != fhir::money::Kind::kPlanned || !line.entry.counts) continue;
    if (!asset) asset = document.Add(term, "asset", true);
    AddItem(document, asset, line);
  }
  TRY_ASSIGN(const bool is_signed, AddSigners(document, contract, arguments));
  if (status.empty()) status = is_signed ? "executed" : "offered";
  document.SetValue(status_element, fhir::ValueKind::kString, status);
  return {};
}

}  // namespace server::care::budget
