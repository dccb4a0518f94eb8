// Entries of the ledger as resources, found again by the source's key, and what an integrated budget's parts agreed to when an entry
// was split among them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/money/ledger.h"
#include "server/care/budget/arguments.h"
#include "server/care/budget/family.h"
#include "server/care/budget/writing.h"

namespace server::care::budget {

struct EntryRequest {
  const Arguments* arguments = nullptr;      // code, goal*, plan, service, mechanism, note
  fhir::money::Kind kind = fhir::money::Kind::kCharge;
  fhir::money::Day day = 0;
  std::string key_system, key_value;         // an empty value: it has no key
  std::string place = "Parameters";
  std::vector<std::pair<std::string, std::string>> fields;   // see Writing::Field
  std::vector<std::string> planned;          // the planned lines that a spend was matched with
  std::vector<std::string> goals;            // ids, beside those of the arguments
  bool goals_are_derived = false;            // from the plan: another time they may be others
};

// An entry's part in one leaf.
struct Share {
  const StoredBudget* leaf = nullptr;
  fhir::money::Pence pence = 0;
  std::string part_of;                       // reference; empty: none
  std::string code = {};                     // of a reversal: that of the entry it takes back, as JSON
};

inline constexpr std::string_view kPlannedLine = "https://careloom.example/fhir/StructureDefinition/planned-line";   // valueReference, on a spend: the line it was matched with

// The key's value in a leaf: with the leaf's id behind it in an integrated budget.
std::string KeyIn(const Family& family, const StoredBudget& leaf, const std::string& value);
// The ChargeItem, to be created once for its key. kInvalid, kUnprocessable at the argument's place.
fhir::Result<void> AddEntry(Writing& writing, const EntryRequest& request, const Family& family, const Share& share);

// What was recorded under the key in the family's leaves.
fhir::Result<std::vector<Found>> FindByKey(const App& app, storage::Reader& reader, const Family& family, const std::string& system, const std::string& value);
// The entries that were recorded with that one, under one key.
fhir::Result<std::vector<Found>> FindSiblings(const App& app, storage::Reader& reader, const Family& family, const std::string& id);
// The versions recorded under the request's key before, when they say the same as the ChargeItems from `first` on in `writing`; nothing
// when there are none. kConflict when they say something else.
fhir::Result<std::optional<std::vector<storage::Version>>> FindRecorded(const App& app, storage::Reader& reader, const Family& family, const EntryRequest& request, Writing& writing, std::size_t first = 0);

struct AgreedAt {
  std::string id;
  std::optional<fhir::money::Amount> agreed;
};
// Of the parts; empty for a budget that is not integrated.
std::vector<AgreedAt> AgreedOf(const Family& family);
// kPrecondition when a part has agreed to another amount meanwhile.
fhir::Result<void> StillAgreed(const App& app, storage::Reader& reader, const std::vector<AgreedAt>& agreed);

}  // namespace server::care::budget
