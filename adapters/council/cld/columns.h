// The fifty columns of the CLD specification, in its order (domain facts §5.1), and what kind of value each holds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace adapters::council::cld {

enum class Column : std::uint8_t {
  kLaCode, kPeriodStart, kPeriodEnd,
  kNhsNumber, kPersonId, kFirstName, kLastName, kGpPracticeName, kGpPracticeCode, kGender, kEthnicity, kDateOfBirth, kDateOfDeath,
  kClientType, kPrimarySupportReason, kPostcode, kAccommodationStatus, kEmploymentStatus, kHasUnpaidCarer, kAutism, kVisualImpairment,
  kHearingImpairment, kDementia, kClientFundingStatus,
  kEventType, kEventReference, kEventStart, kEventEnd, kEventDescription, kEventOutcome,
  kRouteOfAccess, kAssessmentType, kEligibleNeeds, kMethodOfAssessment,
  kHoursCaring, kAdultsCaredFor, kAdult1, kAdult2, kAdult3,
  kServiceType, kServiceComponent, kDeliveryMechanism, kProviderName, kProviderId,
  kReviewReason, kReviewOutcomes, kMethodOfReview,
  kUnitCost, kCostFrequency, kPlannedUnits,
};
inline constexpr std::size_t kColumnCount = 50;
// A row, as texts.
using Cells = std::array<std::string, kColumnCount>;

// What a cell holds. kList: a value of lists/<code>.json.
enum class Holds : std::uint8_t { kText, kDate, kList, kMoney, kNumber };

// Where it is kept: with the Patient, as a dated fact of the person, as the Condition, with the event itself, or in the Account.
enum class Of : std::uint8_t { kFile, kPatient, kFact, kNeed, kEvent, kAccount };

struct ColumnFacts {
  Column column;
  std::string_view header;   // as the specification writes it
  std::string_view code;     // in B CodeSystem/cld-column, in as-given and in the logical models: "accommodation-status"
  Holds holds;
  Of of;
};

// All, by number.
const std::array<ColumnFacts, kColumnCount>& Columns();
inline const ColumnFacts& FactsOf(Column column) { return Columns()[static_cast<std::size_t>(column)]; }
// By header: case, spaces and punctuation do not count, so that the snake-case form is known too.
std::optional<Column> FindColumn(std::string_view header);

}  // namespace adapters::council::cld
