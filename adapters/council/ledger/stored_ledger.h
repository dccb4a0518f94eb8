// What is stored of a person's ledger, as rows: what a file at hand is compared with, and what is written back.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/council/ledger/maps.h"
#include "fhir/base/result.h"

namespace adapters::council::ledger {

inline constexpr std::string_view kCouncilSystem = "https://careloom.example/fhir/id/cassr-code";
inline constexpr std::string_view kOdsSystem = "https://fhir.nhs.uk/Id/ods-organization-code";
std::string PersonSystemOf(std::string_view scope);   // the same as of Client Level Data, so that both are one Patient

struct StoredRow {
  Facts facts;
  const fhir::Element* resource = nullptr;   // Account or ChargeItem
  std::string said_by;                       // last day of the file that said it last; empty for a posting
  std::int64_t received_us = 0;
};

class StoredLedger {
 public:
  // Views into the documents. Budgets, entries and returns of this source and scope alone; what is entered in error is passed over.
  static fhir::Result<StoredLedger> Read(std::span<const fhir::Document> documents, std::string_view scope, std::string_view person, const Maps& maps);

  const fhir::Element* patient() const { return patient_; }          // null: not stored
  std::string_view nhs_number() const { return nhs_number_; }
  const StoredRow* Budget(std::string_view reference) const;
  const StoredRow* Entry(std::string_view key) const;
  // What is known of a return by itself, its budget too; nothing when it is not stored.
  const std::optional<Facts>& Return(std::string_view reference) const;
  const std::map<std::string, std::optional<Facts>, std::less<>>& returns() const { return returns_; }
  const std::map<std::string, StoredRow, std::less<>>& budgets() const { return budgets_; }
  const std::map<std::string, StoredRow, std::less<>>& entries() const { return entries_; }
  // The one EpisodeOfCare, Goal, Task or Contract with that identifier; null when there is none, or several.
  const fhir::Element* Find(std::string_view type, std::string_view system, std::string_view value) const;
  const Stored& resources() const { return *stored_; }

 private:
  std::shared_ptr<const Stored> stored_;
  const fhir::Element* patient_ = nullptr;
  std::string nhs_number_;
  std::map<std::string, StoredRow, std::less<>> budgets_, entries_;
  std::map<std::string, std::optional<Facts>, std::less<>> returns_;
};

}  // namespace adapters::council::ledger
