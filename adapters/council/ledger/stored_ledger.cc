// By identifiers of this source; a line of a return gets the return's own facts from its Task.
#include "adapters/council/ledger/stored_ledger.h"

#include "adapters/base/keys.h"
#include "adapters/base/nhs_number.h"
#include "fhir/base/date_time.h"
#include "fhir/model/lookup.h"

namespace adapters::council::ledger {

using fhir::Element;
using fhir::Result;

namespace {

void ReadSubmitted(StoredRow& row) {
  const Element* submitted = fhir::FindOwnExtension(*row.resource, "as-submitted");
  if (!submitted) return;
  const Element* period = PartOf(*submitted, "period");
  const Element* end = period ? period->Walk("valuePeriod", "end") : nullptr;
  if (end) row.said_by = end->value();
  const Element* received = PartOf(*submitted, "received");
  const auto time = received ? fhir::DateTime::Parse(received->ValueOf("valueInstant")) : std::nullopt;
  if (time) row.received_us = time->FirstMicrosecond();
}

}  // namespace

std::string PersonSystemOf(std::string_view scope) { return SystemOf("la-person-id", scope); }

Result<StoredLedger> StoredLedger::Read(std::span<const fhir::Document> documents, std::string_view scope, std::string_view person, const Maps& maps) {
  StoredLedger ledger;
  ledger.stored_ = std::make_shared<Stored>(documents);
  const Stored& stored = *ledger.stored_;
  for (const Stored::Item& item : stored.Of("Patient")) {
    if (IdentifierOf(*item.resource, PersonSystemOf(scope)) != person) continue;
    ledger.patient_ = item.resource;
    ledger.nhs_number_ = IdentifierOf(*item.resource, kNhsNumberSystem);
  }
  if (!ledger.patient_) return ledger;
  for (const Stored::Item& item : stored.Of("Account")) {
    const std::string_view reference = IdentifierOf(*item.resource, SystemOf("council-budget", scope));
    if (reference.empty() || IsWithdrawn(*item.resource)) continue;
    StoredRow row;
    row.resource = item.resource;
    TRY_ASSIGN(row.facts, maps.Read(*item.resource, stored, scope));
    row.facts.record = Record::kBudget;
    ReadSubmitted(row);
    ledger.budgets_.emplace(reference, std::move(row));
  }
  for (const Stored::Item& item : stored.Of("Contract")) {
    const auto budget = ledger.budgets_.find(IdentifierOf(*item.resource, SystemOf("council-agreement", scope)));
    if (budget == ledger.budgets_.end() || IsWithdrawn(*item.resource)) continue;
    TRY_ASSIGN(const Facts facts, maps.Read(*item.resource, stored, scope));
    for (const Field field : {Field::kSignedOn, Field::kSignedBy}) budget->second.facts[field] = facts[field];
  }
  // The return that each entry is a line of, by its key.
  std::map<std::string, Facts, std::less<>> returns;
  for (const Stored::Item& item : stored.Of("Task")) {
    if (IdentifierOf(*item.resource, SystemOf("direct-payment-return", scope)).empty() || IsWithdrawn(*item.resource)) continue;
    TRY_ASSIGN(const Facts facts, maps.Read(*item.resource, stored, scope));
    Facts& alone = ledger.returns_[facts[Field::kReturn]].emplace(facts);
    alone.record = Record::kReturn;
    for (const Element& line : fhir::Repeats(*item.resource, "input")) {
      const Element* key = line.Find("valueIdentifier");
      if (key && key->ValueOf("system") == SystemOf("ledger-entry", scope)) returns.emplace(key->ValueOf("value"), facts);
    }
  }
  for (const Stored::Item& item : stored.Of("ChargeItem")) {
    const std::string_view key = IdentifierOf(*item.resource, SystemOf("ledger-entry", scope));
    if (key.empty() || IsWithdrawn(*item.resource)) continue;
    StoredRow row;
    row.resource = item.resource;
    TRY_ASSIGN(row.facts, maps.Read(*item.resource, stored, scope));
    row.facts.record = row.facts[Field::kKind] == "planned" ? Record::kPackage : Record::kPayment;
    if (const auto of = returns.find(key); of != returns.end()) {
      row.facts.record = Record::kReturn;
      for (const Field field : {Field::kReturn, Field::kReturnFrom, Field::kReturnTo, Field::kReturnDue,
          Field::kReturnReceived}) row.facts[field] = of->second[field];
    }
    ReadSubmitted(row);
    ledger.entries_.emplace(key, std::move(row));
  }
  return ledger;
}

const StoredRow* StoredLedger::Budget(std::string_view reference) const {
  const auto at = budgets_.find(reference);
  return at == budgets_.end() ? nullptr : &at->second;
}

const StoredRow* StoredLedger::Entry(std::string_view key) const {
  const auto at = entries_.find(key);
  return at == entries_.end() ? nullptr : &at->second;
}

const std::optional<Facts>& StoredLedger::Return(std::string_view reference) const {
  static const std::optional<Facts> none;
  const auto at = returns_.find(reference);
  return at == returns_.end() ? none : at->second;
}

const Element* StoredLedger::Find(std::string_view type, std::string_view system, std::string_view value) const {
  const Element* found = nullptr;
  for (const Stored::Item& item : stored_->Of(type)) {
    for (const Element& identifier : fhir::Repeats(*item.resource, "identifier")) {
      if (identifier.ValueOf("system") != system || identifier.ValueOf("value") != value) continue;
      if (found && found != item.resource) return nullptr;
      found = item.resource;
    }
  }
  return found;
}

}  // namespace adapters::council::ledger
