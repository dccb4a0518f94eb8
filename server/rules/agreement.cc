// Rule agreement: a direct-payment agreement (https://hl7.org/fhir/R4/contract.html) is in force only with a signature, is the budget's
// person's, and once executed changes only by its end.
#include "fhir/money/ledger.h"
#include "fhir/model/lookup.h"
#include "server/rules/catalogue.h"
#include "server/rules/money_reading.h"

namespace server::rules {

using fhir::Document;
using fhir::Element;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::string_view kAgreementRule = "agreement";
constexpr std::string_view kContractType = "https://careloom.example/fhir/CodeSystem/contract-type";
constexpr std::string_view kDirectPayment = "direct-payment-agreement";

bool IsAgreement(const Element* contract) {
  const Element* type = contract ? contract->Find("type") : nullptr;
  return type && fhir::CodeIn(*type, kContractType) == kDirectPayment;
}

bool IsSigned(const Element& contract) {
  for (const Element& signer : fhir::Repeats(contract, "signer")) {
    const Element* signature = signer.Find("signature");
    if (signature && signature->Find("when") && signature->Find("who")) return true;
  }
  return false;
}

bool EndsIt(std::string_view status) { return status == "terminated" || status == "cancelled" || status == "revoked" || status == "entered-in-error"; }

class Agreement : public Rule {
 public:
  explicit Agreement(Context& context) : context_(context) {}

  Result<void> Check(const Write& write) override {
    const bool was = IsAgreement(write.before), is = write.after && IsAgreement(write.after->root);
    if (!was && !is) return {};
    const std::string place(write.place), name = "Contract/" + std::string(write.id);
    const std::string_view before = write.before ? write.before->ValueOf("status") : "";
    if (was && (before == "executed" || EndsIt(before)) && !(before == "entered-in-error")) {
      if (!write.after) return Refuse(kAgreementRule, place, name + " is " + std::string(before) + " and cannot be deleted. To end it set its status to terminated, revoked or cancelled, with the end of applies.");
      TRY(OnlyEnds(write, before, place, name));
      return {};
    }
    if (!write.after) return {};
    if (before == "entered-in-error" && write.after->root->ValueOf("status") != before) {
      return Refuse(kAgreementRule, place + ".status", name + " was entered in error and stays so. Make a new agreement.", ErrorKind::kConflict);
    }
    if (write.after->root->ValueOf("status") == "executed" && !IsSigned(*write.after->root)) {
      return Refuse(kAgreementRule, place + ".signer", name + " is executed but nobody has signed it. Give signer.signature with when and who, or leave the status offered.");
    }
    contracts_.emplace_back(write.id, place);
    return {};
  }

  Result<void> Settle() override {
    for (const auto& [id, place] : contracts_) {
      TRY_ASSIGN(const std::optional<Document> contract, context_.Load("Contract", id));
      if (!contract) continue;
      const Element* topic = contract->root->Find("topicReference");
      const auto account = topic ? fhir::money::IdOf(topic->ValueOf("reference"), "Account") : std::nullopt;
      TRY_ASSIGN(const std::optional<Document> budget, account ? context_.Load("Account", *account) : Result<std::optional<Document>>(std::optional<Document>()));
      if (!budget || !fhir::money::IsBudget(*budget->root)) {
        return Refuse(kAgreementRule, place + ".topicReference", "A direct-payment agreement is about a personal budget. Write topicReference.reference as Account/[id] of one that is here.");
      }
      const Element* whose = budget->root->Find("subject");
      const Element* subject = contract->root->Find("subject");
      TRY_ASSIGN(const bool same, IsSamePerson(context_, subject ? subject->ValueOf("reference") : "", whose ? whose->ValueOf("reference") : ""));
      if (!subject || !same) {
        return Refuse(kAgreementRule, place + ".subject", "The agreement is with '" + std::string(subject ? subject->ValueOf("reference") : "nobody") + "', but Account/" + *account + " is the budget of '" + std::string(whose ? whose->ValueOf("reference") : "") + "'.");
      }
    }
    return {};
  }

 private:
  static Result<void> OnlyEnds(const Write& write, std::string_view before, const std::string& place, const std::string& name) {
    const std::string_view changed = FirstDifference(*write.before, *write.after->root, {"id", "meta", "text", "status", "applies"});
    const std::string_view status = write.after->root->ValueOf("status");
    const Element* was = write.before->Find("applies");
    const Element* is = write.after->root->Find("applies");
    const bool starts_otherwise = (was ? was->ValueOf("start") : "") != (is ? is->ValueOf("start") : "");
    if (changed.empty() && !starts_otherwise && (status == before || (before == "executed" && EndsIt(status)))) return {};
    const std::string where = !changed.empty() ? std::string(changed) : starts_otherwise ? "applies.start" : "status";
    return Refuse(kAgreementRule, place + "." + where, name + " is " + std::string(before) + ". What was agreed stays: only applies.end may change" + (before == "executed" ? ", and the status to terminated, revoked or cancelled" : "") + ". For other terms make a new agreement.", ErrorKind::kConflict);
  }

  Context& context_;
  std::vector<std::pair<std::string, std::string>> contracts_;   // id and place
};

}  // namespace

std::unique_ptr<Rule> OpenAgreement(Context& context) { return std::make_unique<Agreement>(context); }

}  // namespace server::rules
